"""A national day planned: `python -m benchmarks.national --orders 100000 [--fees low|high|none] [--table]`.

Prints one JSON object; with `--table` a table to stderr besides. `benchmarks.national_day` says what is made up.
The day is written to a folder by one process, the yardstick reads its orders in another, and this one loads it (polars
data frames) and plans it with as many workers as there are processors, so that `peak_mib` is what loading and planning
hold at most, workers included. `plan_s` runs from the loaded problem to a plan of which the shipments can be read,
nothing cached and no worker begun.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
import warnings
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import harvest_planner as hp
from benchmarks.national_day import add_options

ASKED_OFTEN = 16
"""Times that each worker is asked what it held, so that none is missed."""
TOOLS = ("highspy", "numpy", "pydantic", "polars")


def run(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The figures of one run."""
    options = [f"--orders={given.orders}", f"--seed={given.seed}", f"--fees={given.fees}", f"--gap={given.gap}"]
    options += ["--distinct-prices"] * given.distinct_prices
    made = _answer("benchmarks.national_day", str(folder), *options)
    measured = _answer("benchmarks.yardstick", str(folder))
    started = time.perf_counter()
    problem = load(folder)
    loaded, loaded_s = time.perf_counter(), time.process_time()
    with _workers(given.workers) as executor:
        plan = hp.plan_harvest(problem, executor=executor, time_limit_s=given.time_limit)
        first = plan.shipments[0].kg if len(plan.shipments) else 0.0
        planned, processor_s = time.perf_counter(), time.process_time() - loaded_s
        peak_mib = _held_mib(0)[1] + _held_by_workers_mib(executor, given.workers)
    plan_s, yardstick_s = planned - loaded, measured["yardstick_s"]
    return {
        **{name: made[name] for name in ("orders", "batches", "growers", "lanes", "classes")},
        "yardstick_s": yardstick_s,
        "load_s": round(loaded - started, 3),
        "plan_s": round(plan_s, 3),
        "processor_s": round(processor_s, 3),
        "ratio": round(plan_s / yardstick_s, 2),
        "gap": plan.gap,
        "peak_mib": round(peak_mib),
        **judged(plan, problem),
        "faults": len(hp.check_plan(plan, problem)) if given.check == "full" else None,
        "status": plan.status,
        "bound_vnd": plan.bound_vnd,
        "first_shipment_kg": first,
        **{name: getattr(given, name) for name in ("seed", "fees", "distinct_prices", "time_limit", "workers")},
        "policy_gap": given.gap,
        "versions": {"harvest_planner": hp.__version__, **{name: version(name) for name in TOOLS}},
    }


def _workers(count: int) -> AbstractContextManager[Executor | None]:
    """Processes to plan with; none where one is enough."""
    # Not forked: they would count this process's memory as theirs.
    return ProcessPoolExecutor(count, mp_context=get_context("spawn")) if count > 1 else nullcontext()


def _held_by_workers_mib(executor: Executor | None, count: int) -> float:
    """What all workers held at most, added up [MiB]."""
    return 0.0 if executor is None else sum(dict(executor.map(_held_mib, range(ASKED_OFTEN * count))).values())


def _held_mib(_: int) -> tuple[int, float]:
    """The process that is asked, and what it held at most [MiB]."""
    return os.getpid(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def load(folder: Path) -> hp.PlanningProblem:
    """The problem of the folder, every table through a data frame."""
    import polars

    head = tomllib.loads((folder / "problem.toml").read_text(encoding="utf-8"))
    tables = {path.stem: polars.read_csv(path, infer_schema_length=None) for path in sorted(folder.glob("*.csv"))}
    return hp.PlanningProblem.from_frames(**head, **tables)


def judged(plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> dict[str, Any]:
    """Value, fees and service of a plan."""
    trip_vnd = {batch.id: batch.trip_cost_vnd for batch in problem.batches}
    fees = math.fsum(trip_vnd[pick.batch_id] for pick in plan.picks)
    asked = math.fsum(order.quantity_kg for order in problem.orders)
    # By picks: they are few, and a large plan makes each record anew when it is read.
    sent = math.fsum(pick.kg - pick.surplus_kg for pick in plan.picks)
    return {
        "value_vnd": plan.value_vnd,
        "fee_share": round(fees / max(plan.value_vnd, 1.0), 5),
        "served_share": round(sent / asked, 4),
        "picks": len(plan.picks),
        "shipments": len(plan.shipments),
    }


def _answer(module: str, *arguments: str) -> dict[str, Any]:
    """What a module of its own process prints."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--time-limit", type=float, help="seconds for the plan; not given: until the gap is met")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes to plan with; 1: this one alone")
    parser.add_argument("--check", choices=("full", "none"), default="full", help="whether the referee judges the plan")
    parser.add_argument("--folder", type=Path, help="where to keep the day; not given: a temporary folder")
    parser.add_argument("--table", action="store_true", help="a table to stderr besides")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        found = run(given, given.folder or Path(temporary))
    if given.table:
        for name, value in found.items():
            print(f"{name:20}{value}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

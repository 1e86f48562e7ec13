"""Seconds of each part of a plan: `python -m benchmarks.parts [--orders N] [--json]`, from the repository's root.

Without `--orders` it plans `examples/chi_lang`; with it, a made-up problem of that size (see `generate`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import harvest_planner as hp
from benchmarks.generate import problem_of

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "chi_lang"
T = TypeVar("T")


class Clock:
    """Seconds by part, in the order in which they were taken."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, part: str, work: Callable[[], T]) -> T:
        """Do the work and note its seconds."""
        start = time.perf_counter()
        answer = work()
        self.seconds[part] = round(time.perf_counter() - start, 3)
        return answer


def parts(orders: int | None) -> dict[str, Any]:
    """Plan the example, or a made-up problem of that many orders, part by part."""
    clock = Clock()
    clock.time("import", lambda: subprocess.run([sys.executable, "-c", "import harvest_planner"], check=True))
    with tempfile.TemporaryDirectory() as folder:
        source = EXAMPLE
        if orders is not None:
            source = Path(folder) / "problem"
            hp.save_problem(problem_of(orders), source)
        problem = clock.time("load", lambda: hp.load_problem(source))
        plan = _planned(problem, clock)
        clock.time("write", lambda: _write(plan, problem, Path(folder) / "plan"))
        violations = clock.time("check", lambda: hp.check_plan(plan, problem))
    codes = Counter(refusal.reasons[0].code for refusal in plan.refusals)
    return {
        "orders": len(problem.orders),
        "batches": len(problem.batches),
        "seconds": clock.seconds,
        "status": plan.status,
        "value_vnd": plan.value_vnd,
        "bound_vnd": plan.bound_vnd,
        "gap": plan.gap,
        "shipments": len(plan.shipments),
        "refusals": dict(sorted(codes.items())),
        "violations": len(violations),
    }


def _planned(problem: hp.PlanningProblem, clock: Clock) -> hp.HarvestPlan:
    from harvest_planner.planning import harvest
    from harvest_planner.planning.patience import Patience
    from harvest_planner.planning.report import plan_of

    prepared = clock.time("candidates", lambda: harvest.prepare(problem))
    found = clock.time("solve", lambda: harvest.allocate(prepared, executor=None, patience=Patience(), seed=0))
    return clock.time(
        "report",
        lambda: plan_of(
            prepared.meeting, prepared.settled, prepared.used, found, judge_all=prepared.judge_all.notable, seed=0
        ),
    )


def _write(plan: hp.HarvestPlan, problem: hp.PlanningProblem, folder: Path) -> None:
    from harvest_planner.cli.writing import write_all
    from harvest_planner.formats.words import words

    write_all(plan, problem, folder, sheets_in="vi", words=words("en"))


def main() -> None:
    """Print the parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, help="size of a made-up problem; not given: the example")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        answer = parts(options.orders)
    if options.json:
        print(json.dumps(answer, indent=1))
        return
    for part, seconds in answer.pop("seconds").items():
        print(f"{part:12} {seconds:9.2f} s")
    for name, value in answer.items():
        print(f"{name:12} {value}")


if __name__ == "__main__":
    main()

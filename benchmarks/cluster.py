"""Two Dask workers against one: `python -m benchmarks.cluster --orders 10000 [--table]`.

A national day planned alone, through a local cluster of one worker process and through one of two. All three must give
the same plan. Prints one JSON object; the seconds of starting a cluster are not counted. Needs the extra `cluster`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from concurrent.futures import Executor
from typing import Any

import harvest_planner as hp
from benchmarks.national_day import add_options, day_of


def timed(problem: hp.PlanningProblem, executor: Executor | None) -> tuple[hp.HarvestPlan, float]:
    """The plan and its seconds."""
    started = time.perf_counter()
    plan = hp.plan_harvest(problem, executor=executor)
    return plan, time.perf_counter() - started


def through_dask(problem: hp.PlanningProblem, workers: int) -> tuple[hp.HarvestPlan, float]:
    """The plan through so many worker processes of one thread, all at work before the clock starts."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(workers)
        client.run(_ready)
        return timed(problem, client.get_executor())


def _ready() -> None:
    """A worker loads what it will need."""
    import harvest_planner.planning.allocation.solve  # noqa: F401


def compared(problem: hp.PlanningProblem) -> dict[str, Any]:
    """The figures of one run."""
    alone, alone_s = timed(problem, None)
    one, one_s = through_dask(problem, 1)
    two, two_s = through_dask(problem, 2)
    return {
        "orders": len(problem.orders),
        "batches": len(problem.batches),
        "alone_s": round(alone_s, 2),
        "one_worker_s": round(one_s, 2),
        "two_workers_s": round(two_s, 2),
        "one_over_two": round(one_s / two_s, 2),
        "same_plan": alone == one == two,
        "value_vnd": alone.value_vnd,
        "gap": alone.gap,
        "faults": len(hp.check_plan(alone, problem)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        found = compared(day_of(given).problem())
    if given.table:
        for name, value in found.items():
            print(f"{name:16}{value}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

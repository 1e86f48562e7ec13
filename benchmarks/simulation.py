"""Deliveries simulated per second on one core: `python -m benchmarks.simulation [--orders N] [--runs N]`.

A delivery is one parcel in one run: its batch's shift, its legs with their delays and connections, each of its fruit,
and its part of the run's money. Without `--orders` the plan is that of `examples/chi_lang`. Planning is not counted.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path

import harvest_planner as hp
from benchmarks.generate import problem_of

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "chi_lang"
REPEATS = 5


def deliveries_per_s(plan: hp.HarvestPlan, problem: hp.PlanningProblem, *, runs: int) -> tuple[float, float]:
    """The best of some repeats, as other work only slows: by the clock, and by the core's own time [1/s]."""
    by_clock, of_core = 0.0, 0.0
    for repeat in range(REPEATS):
        start, busy = time.perf_counter(), time.process_time()
        report = hp.simulate(plan, problem, runs=runs, seed=repeat)
        by_clock = max(by_clock, report.deliveries / (time.perf_counter() - start))
        of_core = max(of_core, report.deliveries / (time.process_time() - busy))
    return by_clock, of_core


def main() -> None:
    """Plan, play, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, help="size of a made-up problem; not given: the example")
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 10_000])
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        problem = hp.load_problem(EXAMPLE) if options.orders is None else problem_of(options.orders)
        plan = hp.plan_harvest(problem)
        for runs in options.runs:
            by_clock, of_core = deliveries_per_s(plan, problem, runs=runs)
            print(
                f"{len(plan.shipments)} shipments, {runs} runs: {by_clock:,.0f} deliveries per second by the clock, "
                f"{of_core:,.0f} per second of the core's own time"
            )


if __name__ == "__main__":
    main()

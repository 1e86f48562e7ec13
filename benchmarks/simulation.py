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


def deliveries_per_s(plan: hp.HarvestPlan, problem: hp.PlanningProblem, *, runs: int) -> float:
    """The best of some repeats, as other work on the machine only slows [1/s]."""
    best = 0.0
    for repeat in range(REPEATS):
        start = time.perf_counter()
        report = hp.simulate(plan, problem, runs=runs, seed=repeat)
        best = max(best, report.deliveries / (time.perf_counter() - start))
    return best


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
            found = deliveries_per_s(plan, problem, runs=runs)
            print(f"{len(plan.shipments)} shipments, {runs} runs: {found:,.0f} deliveries per second")


if __name__ == "__main__":
    main()

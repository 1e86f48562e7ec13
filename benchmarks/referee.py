"""Microseconds a shipment that `check_plan` takes: `python -m benchmarks.referee [--orders N] [--copies K L]`.

A made-up problem is planned, then stands several times beside itself: every order, batch and grower again under other
ids, on the same lanes. So a sound plan of any size costs one small plan. Copies share their kinds of shipments, as the
many orders of a nation do; what a kind costs shows where there are few copies. Rows are made as they are read.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import harvest_planner as hp
from benchmarks.generate import problem_of
from harvest_planner.schema.quantities import Record

R = TypeVar("R", bound=Record)
OWN = ("id", "order_id", "batch_id", "grower_id")
"""Fields whose ids belong to one copy."""


class Copies(Sequence[R]):
    """A table several times over, each row made when it is asked for."""

    def __init__(self, rows: Sequence[R], count: int) -> None:
        self._rows, self._count = rows, count

    def __len__(self) -> int:
        return len(self._rows) * self._count

    def __getitem__(self, index: Any) -> Any:
        copy, place = divmod(index, len(self._rows))
        return copied(self._rows[place], copy)

    def __iter__(self) -> Iterator[R]:
        for copy in range(self._count):
            for row in self._rows:
                yield copied(row, copy)


def copied(row: R, copy: int) -> R:
    """The row with the ids of one copy."""
    changes: dict[str, Any] = {name: f"{getattr(row, name)}~{copy}" for name in OWN if name in row.__dict__}
    if "order_ids" in row.__dict__:
        changes["order_ids"] = tuple(f"{order_id}~{copy}" for order_id in row.__dict__["order_ids"])
    return row.model_copy(update=changes)


def several(plan: hp.HarvestPlan, problem: hp.PlanningProblem, count: int) -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """The plan and its problem, that many times beside themselves."""
    question = {
        "orders": Copies(problem.orders, count),
        "batches": tuple(Copies(problem.batches, count)),
        "growers": tuple(Copies(problem.growers, count)),
    }
    answer: dict[str, Any] = {
        name: Copies(getattr(plan, name), count) for name in ("batches", "picks", "shipments", "refusals", "surplus")
    }
    totals = {"value_vnd": count * plan.value_vnd, "bound_vnd": count * plan.bound_vnd}
    return plan.model_copy(update=answer | totals), problem.model_copy(update=question)


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, seconds of the processor, seconds by the clock."""
    clock, busy = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.process_time() - busy, time.perf_counter() - clock


def read(tables: Sequence[Sequence[Any]]) -> int:
    """Make every row of some tables once."""
    return sum(1 for table in tables for _ in table)


def main() -> None:
    """Print one line for each number of copies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=400, help="orders of the problem that is planned")
    parser.add_argument("--copies", type=int, nargs="+", default=[25, 100])
    parser.add_argument("--saved", type=Path, nargs=2, metavar=("PLAN", "PROBLEM"), help="these instead of planning")
    options = parser.parse_args()
    warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
    if options.saved:
        plan, problem = hp.load_plan(options.saved[0]), hp.load_problem(options.saved[1])
    else:
        problem = problem_of(options.orders)
        plan = hp.plan_harvest(problem)
    for count in options.copies:
        made, asked = several(plan, problem, count)
        rows: list[Sequence[Any]] = [made.shipments, made.refusals, made.picks, asked.orders]
        _, making_s, _ = timed(partial(read, rows))
        found, busy_s, clock_s = timed(partial(hp.check_plan, made, asked))
        peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"{len(asked.orders)} orders, {len(asked.batches)} batches, {len(made.shipments)} shipments, "
            f"{len(made.refusals)} refusals: {busy_s:.1f} s of the processor ({clock_s:.1f} s by the clock), of them "
            f"{making_s:.1f} s to make the rows; {1e6 * (busy_s - making_s) / len(made.shipments):.0f} µs a shipment "
            f"without them; peak {peak_gib:.2f} GiB; {len(found)} violations"
        )


if __name__ == "__main__":
    main()

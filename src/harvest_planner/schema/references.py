"""The one cross-reference check: every id points somewhere, every date lies where it may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError
from harvest_planner.schema.clock import occurrences, zone
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.record_table import RecordTable
from harvest_planner.schema.rests import unknown_years

if TYPE_CHECKING:
    from harvest_planner.schema.problem import PlanningProblem


@dataclass(frozen=True, slots=True)
class CrossFault:
    """A reference that does not hold: which record, which field, what stands there, what should."""

    table: str
    index: int
    field: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"{self.table}[{self.index}].{self.field} = {self.value!r}: {self.expected}"


def cross_faults(problem: PlanningProblem) -> list[CrossFault]:
    """Every cross-reference of the problem that does not hold, in table order."""
    return [
        *_repeated_ids(problem),
        *_growers(problem),
        *_batches(problem),
        *_orders(problem),
        *_lanes(problem),
        *_commitments(problem),
    ]


def _repeated_ids(problem: PlanningProblem) -> Iterator[CrossFault]:
    for table in ("crops", "places", "growers", "batches", "orders", "lanes"):
        seen: set[str] = set()
        for index, name in enumerate(_ids(getattr(problem, table))):
            if name in seen:
                yield CrossFault(table, index, "id", name, "this id is used twice; ids are unique")
            seen.add(name)


def _ids(records: Sequence[Any]) -> Iterable[str]:
    return records.column("id") if isinstance(records, RecordTable) else (record.id for record in records)


def _resolves(look: Any, table: str, index: int, field: str, value: str) -> Iterator[CrossFault]:
    try:
        look(value)
    except (UnknownIdError, AmbiguousPlaceError) as error:
        yield CrossFault(table, index, field, value, str(error))


def _growers(problem: PlanningProblem) -> Iterator[CrossFault]:
    for index, grower in enumerate(problem.growers):
        if grower.place_id is not None:
            yield from _resolves(problem.place, "growers", index, "place_id", grower.place_id)


def _batches(problem: PlanningProblem) -> Iterator[CrossFault]:
    for index, batch in enumerate(problem.batches):
        yield from _resolves(problem.grower, "batches", index, "grower_id", batch.grower_id)
        crop_faults = list(_resolves(problem.crop, "batches", index, "crop_id", batch.crop_id))
        place_faults = list(_resolves(problem.place, "batches", index, "place_id", batch.place_id))
        yield from crop_faults
        yield from place_faults
        if not crop_faults:
            crop = problem.crop(batch.crop_id)
            yield from _resolves(crop.stage, "batches", index, "stage_id", batch.stage_id)
            yield from _graded(crop.grades, "batches", index, batch.grade)
        if not place_faults:
            today = problem.as_of.astimezone(zone(problem.place(batch.place_id).timezone)).date()
            if batch.observed_on > today:
                expected = f"a date up to as_of ({today}); the future cannot have been observed"
                yield CrossFault("batches", index, "observed_on", str(batch.observed_on), expected)


def _graded(grades: tuple[str, ...], table: str, index: int, grade: str | None) -> Iterator[CrossFault]:
    if grade is not None and grade not in grades:
        yield CrossFault(table, index, "grade", grade, f"one of the crop's grades: {', '.join(grades)}")


def _orders(problem: PlanningProblem) -> Iterator[CrossFault]:
    rows: Iterable[int] = range(len(problem.orders))
    if isinstance(problem.orders, RecordTable):
        # Whatever the fields below hold, rows alike in them are alike in their faults.
        told_apart = problem.orders.distinct("crop_id", "destination_id", "grade", "placed_at")
        if not any(True for _ in _orders_at(problem, told_apart)):
            return
    yield from _orders_at(problem, rows)


def _orders_at(problem: PlanningProblem, rows: Iterable[int]) -> Iterator[CrossFault]:
    for index in rows:
        order = problem.orders[index]
        crop_faults = list(_resolves(problem.crop, "orders", index, "crop_id", order.crop_id))
        yield from crop_faults
        yield from _resolves(problem.place, "orders", index, "destination_id", order.destination_id)
        if not crop_faults:
            yield from _graded(problem.crop(order.crop_id).grades, "orders", index, order.grade)
        if order.placed_at is not None and order.placed_at > problem.as_of:
            expected = f"an instant up to as_of ({problem.as_of.isoformat()}); the future cannot have been ordered"
            yield CrossFault("orders", index, "placed_at", order.placed_at.isoformat(), expected)


def _lanes(problem: PlanningProblem) -> Iterator[CrossFault]:
    horizon = problem.as_of + dt.timedelta(days=problem.policy.horizon_days + 1)
    # What goods on their way ride may have left for the last time.
    ridden = {lane_id for each in problem.commitments if each.state == "shipped" for lane_id in each.lane_ids}
    for index, lane in enumerate(problem.lanes):
        origin_faults = list(_resolves(problem.place, "lanes", index, "origin_id", lane.origin_id))
        yield from origin_faults
        yield from _resolves(problem.place, "lanes", index, "destination_id", lane.destination_id)
        if not origin_faults and lane.id not in ridden and not departs(lane, problem, horizon):
            expected = f"a departure between as_of and the horizon ({horizon.date()}); it has none"
            if lane.rests_on:
                expected += f" on a day that is not in rests_on ({', '.join(lane.rests_on)})"
            yield CrossFault("lanes", index, "departures", lane.departures, expected)
        unknown = unknown_years(lane.rests_on, problem.as_of.date(), horizon.date())
        if unknown is not None:
            holiday, year = unknown
            expected = f"holidays whose dates are known; those of {holiday} in {year} are not: write them as days"
            yield CrossFault("lanes", index, "rests_on", holiday, expected)


def departs(lane: Lane, problem: PlanningProblem, horizon: dt.datetime) -> bool:
    """Whether the lane departs at all between as_of and the horizon."""
    found = occurrences(
        lane.departures,
        timezone=problem.place(lane.origin_id).timezone,
        default_start=problem.as_of,
        from_at=problem.as_of,
        until_at=horizon,
    )
    rests = lane.rest_dates()
    return any(moment.date() not in rests for moment in found)


def _commitments(problem: PlanningProblem) -> Iterator[CrossFault]:
    committed: dict[str, float] = {}
    for index, commitment in enumerate(problem.commitments):
        order_faults = list(_resolves(problem.order, "commitments", index, "order_id", commitment.order_id))
        batch_faults = list(_resolves(problem.batch, "commitments", index, "batch_id", commitment.batch_id))
        yield from order_faults
        yield from batch_faults
        if order_faults or batch_faults:
            continue
        order, batch = problem.order(commitment.order_id), problem.batch(commitment.batch_id)
        if batch.crop_id != order.crop_id:
            expected = f"a batch of {order.crop_id}, which the order asks for; it is {batch.crop_id}"
            yield CrossFault("commitments", index, "batch_id", batch.id, expected)
        total = committed[order.id] = committed.get(order.id, 0.0) + commitment.kg
        if total > order.quantity_kg + 1e-6:
            expected = f"at most the order's {order.quantity_kg} kg over all its commitments"
            yield CrossFault("commitments", index, "kg", str(commitment.kg), expected)

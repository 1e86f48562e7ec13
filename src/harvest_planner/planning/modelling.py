"""From candidates to the numbers of the joint plan, and back to who ships what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from harvest_planner.planning.allocation.model import Floats, Ints, Model
from harvest_planner.planning.allocation.pruning import pruned
from harvest_planner.planning.candidates import LEAST_PART_KG
from harvest_planner.planning.columns import Columns
from harvest_planner.planning.fairness import Owner
from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.settled import Used, left_kg
from harvest_planner.planning.wish import BuyerOrder

Departure = tuple[str, float]
"""Lane and departure [h since the epoch]."""
OwnerDay = tuple[str, dt.date]
"""A grower or a place, and a day."""
_Owner = TypeVar("_Owner", bound=Hashable)


@dataclass(frozen=True)
class Question:
    """The allocation's model with what its numbers stand for."""

    model: Model
    buyers: tuple[BuyerOrder, ...]
    trips: tuple[Trip, ...]
    columns: Columns
    kept_vnd: float
    """Worth of all fruit if none of it were picked [VND]: the constant of the objective."""
    departures: tuple[Departure, ...]
    """Each limited departure, as the model numbers them."""

    def lean(self) -> tuple[Question, Ints]:
        """The question without what its answer does not need, and which of the columns are left."""
        model, columns, lanes = pruned(self.model)
        return replace(self, model=model, departures=tuple(self.departures[lane] for lane in lanes.tolist())), columns


class _Owners(Generic[_Owner]):
    """Numbers for the owners of a capacity, given out as they appear."""

    def __init__(self) -> None:
        self.at: dict[_Owner, int] = {}
        self.kg: list[float] = []

    def number(self, owner: _Owner, kg: float | None, used_kg: float) -> int:
        if kg is None:
            return -1
        if owner not in self.at:
            self.at[owner] = len(self.kg)
            self.kg.append(max(0.0, kg - used_kg))
        return self.at[owner]


def question_of(meeting: Meeting, buyers: Sequence[BuyerOrder], columns: Columns, used: Used) -> Question:
    """The joint plan as numbers, less what commitments hold."""
    trips = tuple(trip for trip in meeting.trips if trip.day.pickable)
    fields = list(dict.fromkeys(trip.field.batch.id for trip in trips))
    by_id = {field.batch.id: field for field in meeting.fields}
    terminal = meeting.problem.policy.terminal_share
    pickers: _Owners[OwnerDay] = _Owners()
    packings: _Owners[OwnerDay] = _Owners()
    trip_picker = [_picker(trip, pickers, used) for trip in trips]
    trip_packing = [_packing(trip, packings, used) for trip in trips]
    batches = [by_id[batch_id] for batch_id in fields]
    at = {batch_id: index for index, batch_id in enumerate(fields)}
    order_kg = np.array([b.order.quantity_kg - used.order_kg.get(b.order.id, 0.0) for b in buyers])
    way_lanes, lane_kg, departures = _limited_departures(columns, meeting, used)
    lacking: _Owners[Owner] = _Owners()
    trip_fair = [_fair(trip, lacking, used) for trip in trips]
    trip_at = np.full(len(meeting.trips), -1, dtype=np.int64)
    trip_at[[trip.number for trip in trips]] = np.arange(len(trips))
    review = meeting.problem.policy.review_cost_vnd * (1.0 - columns.parcel_good_share)
    share = (order_kg / np.array([b.order.quantity_kg for b in buyers]))[columns.order] if buyers else np.empty(0)
    model = Model(
        order_kg=order_kg,
        order_splits=np.array([b.order.may_split for b in buyers], dtype=bool),
        order_least_kg=np.minimum(LEAST_PART_KG, order_kg),
        trip_batch=np.array([at[trip.field.batch.id] for trip in trips], dtype=np.int64),
        trip_day=np.array([trip.day.pick_on.toordinal() for trip in trips], dtype=np.int64),
        trip_picker=np.array(trip_picker, dtype=np.int64),
        trip_packing=np.array(trip_packing, dtype=np.int64),
        trip_fair=np.array(trip_fair, dtype=np.int64),
        trip_cost_vnd=np.array([trip.field.batch.trip_cost_vnd for trip in trips], dtype=float),
        trip_least_kg=np.array([trip.field.batch.min_trip_kg for trip in trips], dtype=float),
        trip_made=np.array([(trip.field.batch.id, trip.day.pick_on) in used.trips for trip in trips], dtype=bool),
        trip_blocked=np.array([_blocked(trip, meeting, used) for trip in trips], dtype=bool),
        trip_surplus_vnd_per_kg=np.array([trip.field.batch.surplus_price_vnd_per_kg for trip in trips], dtype=float),
        batch_kg=np.array([left_kg(field, used) for field in batches], dtype=float),
        batch_kept_vnd_per_kg=np.array([field.kept_vnd_per_kg(terminal) for field in batches], dtype=float),
        batch_most_trips=np.array([_most_trips(field, meeting, used) for field in batches], dtype=float),
        batch_spacing_days=np.array([field.batch.days_between_picks for field in batches], dtype=np.int64),
        picker_kg=np.array(pickers.kg, dtype=float),
        packing_kg=np.array(packings.kg, dtype=float),
        lane_kg=lane_kg,
        fair_kg=np.array(lacking.kg, dtype=float),
        fair_vnd_per_kg=np.array([used.fair[owner].vnd_per_kg for owner in lacking.at], dtype=float),
        column_order=columns.order,
        column_trip=trip_at[columns.trip],
        column_value_vnd=(columns.value_vnd + review) * share - review,
        column_review_vnd=review,
        column_way=columns.journey,
        way_lanes=way_lanes,
    )
    kept = sum(left_kg(field, used) * field.kept_vnd_per_kg(terminal) for field in meeting.fields)
    return Question(model, tuple(buyers), trips, columns, kept, departures)


def _picker(trip: Trip, owners: _Owners[OwnerDay], used: Used) -> int:
    key = (trip.field.grower.id, trip.day.pick_on)
    return owners.number(key, trip.field.grower.pick_capacity_kg_per_day, used.picker_kg.get(key, 0.0))


def _packing(trip: Trip, owners: _Owners[OwnerDay], used: Used) -> int:
    key = (trip.field.place.id, trip.day.pick_on)
    return owners.number(key, trip.field.place.packing_kg_per_day, used.packing_kg.get(key, 0.0))


def _fair(trip: Trip, owners: _Owners[Owner], used: Used) -> int:
    owner = trip.field.owner
    part = used.fair.get(owner)
    return owners.number(owner, part and part.kg, used.shipped_kg.get(owner, 0.0))


def _most_trips(field: FieldBatch, meeting: Meeting, used: Used) -> float:
    most = meeting.problem.policy.max_picks_per_batch
    return np.inf if most is None else max(0.0, most - len(used.days.get(field.batch.id, ())))


def _blocked(trip: Trip, meeting: Meeting, used: Used) -> bool:
    """Whether commitments leave no room for a new trip on that day."""
    days: set[dt.date] = used.days.get(trip.field.batch.id, set())
    if trip.day.pick_on in days:
        return False
    near = any(abs((trip.day.pick_on - day).days) < trip.field.batch.days_between_picks for day in days)
    return near or _most_trips(trip.field, meeting, used) < 1


def _limited_departures(
    columns: Columns, meeting: Meeting, used: Used
) -> tuple[tuple[tuple[int, ...], ...], Floats, tuple[Departure, ...]]:
    """Which limited departures each journey loads, what they still take [kg], and which they are."""
    owners: _Owners[Departure] = _Owners()
    loads: list[tuple[int, ...]] = []
    for journey in columns.journeys:
        numbers = (
            owners.number(
                (leg.lane_id, leg.departs_h),
                meeting.lanes[leg.lane_id].capacity_kg,
                used.departure_kg.get((leg.lane_id, leg.departs_h), 0.0),
            )
            for leg in journey.legs
        )
        loads.append(tuple(number for number in numbers if number >= 0))
    return tuple(loads), np.array(owners.kg, dtype=float), tuple(owners.at)

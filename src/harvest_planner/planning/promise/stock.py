"""What a plan leaves for promises: each capacity in whole milligrams, without what the ledger holds itself."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Any, NamedTuple

from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.meeting import Meeting
from harvest_planner.schema.clock import occurrences
from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.plan import HarvestPlan, Leg, Shipment
from harvest_planner.schema.promises import MG_PER_KG, Stock, Take
from harvest_planner.schema.quantities import Record
from harvest_planner.schema.told_rows import field_of

TripKey = tuple[str, dt.date]
_SHIPPED = ("order_id", "batch_id", "pick_on", "kg", "legs")

ROUNDING_MG = 1e-3
KEPT_TAKES = 65536
"""So many amounts that may be taken are remembered as records."""
ON_THE_WAY_DAYS = 15
"""Departures are sold so many days beyond the horizon, for goods that change lanes on their way."""


def needed_mg(kg: float) -> int:
    """Kilograms that are taken, in milligrams, rounded up."""
    return math.ceil(kg * MG_PER_KG - ROUNDING_MG)


def spare_mg(kg: float) -> int:
    """Kilograms that are left, in milligrams, rounded down and never below 0."""
    return max(0, math.floor(kg * MG_PER_KG + ROUNDING_MG))


def batch_key(batch_id: str) -> str:
    """Of a batch's fruit."""
    return f"batch:{batch_id}"


def picker_key(grower_id: str, day: dt.date) -> str:
    """Of a grower's hands on a day."""
    return f"picker:{grower_id}:{day.isoformat()}"


def packing_key(place_id: str, day: dt.date) -> str:
    """Of a place's packing on a day."""
    return f"packing:{place_id}:{day.isoformat()}"


def departure_key(lane_id: str, departs_at: dt.datetime) -> str:
    """Of a departure's room."""
    return f"departure:{lane_id}:{departs_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def trips_key(batch_id: str) -> str:
    """Of how many new trips a batch may still have."""
    return f"trips:{batch_id}"


def rest_keys(batch_id: str, day: dt.date, spacing_days: int) -> Iterator[str]:
    """Of the spans of days, one for each first day, in which a batch may have one new trip: those which hold `day`."""
    for back in range(spacing_days):
        yield f"rest:{batch_id}:{(day - dt.timedelta(days=back)).isoformat()}"


class Taken(NamedTuple):
    """A `Take` before it becomes a record; `shared_by` as there."""

    resource: str
    amount: int
    shared_by: str | None = None


def records(taken: Iterable[Taken]) -> tuple[Take, ...]:
    """What is taken, as records."""
    return tuple(Take(resource=each.resource, amount=each.amount, shared_by=each.shared_by) for each in taken)


def departures_of(legs: Iterable[Leg], lanes: Mapping[str, Lane]) -> tuple[str, ...]:
    """The limited departures among some legs."""
    return tuple(
        departure_key(leg.lane_id, leg.departs_at)
        for leg in legs
        if (lane := lanes.get(leg.lane_id)) is not None and lane.capacity_kg is not None
    )


class Shelf:
    """The capacities of one plan's problem, and what of them it leaves.

    Parameters
    ----------
    own : ids of orders that the ledger holds itself: their shipments count as its own.
    quantile : promises stop where the batch holds so much with probability 1 − quantile.
    """

    def __init__(self, plan: HarvestPlan, meeting: Meeting, *, own: Collection[str], quantile: float) -> None:
        self._meeting = meeting
        self._fields = {each.batch.id: each for each in meeting.fields}
        self._z = NormalDist().inv_cdf(quantile)
        self._keys: dict[tuple[str, dt.date], tuple[str, ...]] = {}
        self.takes = lru_cache(maxsize=KEPT_TAKES)(self._takes)
        self._used_mg: dict[str, int] = defaultdict(int)
        self._days: dict[str, set[dt.date]] = defaultdict(set)
        self.trips: frozenset[TripKey] = frozenset(_columns(plan.picks, "batch_id", "pick_on"))
        for batch_id, day in self.trips:
            self._days[batch_id].add(day)
        self._use_shipped(plan, own)
        for given in meeting.problem.commitments:
            self._days[given.batch_id].add(given.pick_on)
        for given in _not_shipped(meeting.problem.commitments, plan):
            self._use(self.goods(self._fields[given.batch_id], given.pick_on, (), needed_mg(given.kg)))

    def _use_shipped(self, plan: HarvestPlan, own: Container[str]) -> None:
        """Count what shipments take but for the ledger's own: whole milligrams, added up by trip and by journey."""
        trips: dict[TripKey, int] = defaultdict(int)
        rides: dict[int, int] = defaultdict(int)
        # Shipments of a large plan share the legs of their journeys.
        legs_of: dict[int, tuple[Leg, ...]] = {}
        for order_id, batch_id, day, kg, legs in _columns(plan.shipments, *_SHIPPED):
            if order_id not in own:
                mg, ride = needed_mg(kg), id(legs)
                trips[batch_id, day] += mg
                rides[ride] += mg
                legs_of[ride] = legs
        for (batch_id, day), mg in trips.items():
            self._use(self.goods(self._fields[batch_id], day, (), mg))
        for ride, mg in rides.items():
            self._use(Taken(key, mg) for key in departures_of(legs_of[ride], self._meeting.lanes))

    def _use(self, taken: Iterable[Taken]) -> None:
        for each in taken:
            self._used_mg[each.resource] += each.amount

    def taken_by(self, row: Shipment) -> list[Taken]:
        """What a shipment of the plan takes."""
        departures = departures_of(row.legs, self._meeting.lanes)
        return self.goods(self._fields[row.batch_id], row.pick_on, departures, needed_mg(row.kg))

    def _takes(self, batch_id: str, day: dt.date, departures: tuple[str, ...], kg_mg: int) -> tuple[Take, ...]:
        """`taken` as records."""
        return records(self.taken(self._fields[batch_id], day, departures, kg_mg))

    def goods(self, field: FieldBatch, day: dt.date, departures: Iterable[str], kg_mg: int) -> list[Taken]:
        """What goods of that weight take themselves when they are picked that day and leave so."""
        name = (field.batch.id, day)
        keys = self._keys.get(name)
        if keys is None:
            keys = self._keys[name] = tuple(_picking_keys(field, day))
        return [Taken(key, kg_mg, None) for key in (*keys, *departures)]

    def left(self, resource: str, limit_kg: float) -> int:
        """What the plan leaves of a capacity [mg]."""
        return max(0, spare_mg(limit_kg) - self._used_mg.get(resource, 0))

    def batch_left(self, field: FieldBatch) -> int:
        """What the plan leaves of a batch's fruit at the quantile, what it picks for the local market included [mg]."""
        batch = field.batch
        return self.left(batch_key(batch.id), max(0.0, batch.quantity_kg + self._z * batch.quantity_sd_kg))

    def days(self, batch_id: str) -> set[dt.date]:
        """Days on which the plan or a commitment picks the batch."""
        return self._days.get(batch_id, set())

    def may_open(self, field: FieldBatch, day: dt.date) -> bool:
        """Whether a new trip that day lies far enough from the plan's, and the batch may have one more."""
        days = self.days(field.batch.id)
        near = any(abs((day - other).days) < field.batch.days_between_picks for other in days)
        return not near and self.trips_left(field) > 0

    def trips_left(self, field: FieldBatch) -> int:
        """How many new trips the batch may have; at most one a day of the horizon."""
        policy = self._meeting.problem.policy
        most = policy.horizon_days if policy.max_picks_per_batch is None else policy.max_picks_per_batch
        return max(0, most - (0 if policy.max_picks_per_batch is None else len(self.days(field.batch.id))))

    def opened(self, field: FieldBatch, day: dt.date, kg_mg: int) -> list[Taken]:
        """What a new trip takes beside its goods: itself, its span of rest, and fruit up to its least kilograms."""
        batch, name = field.batch, f"{field.batch.id}/{day.isoformat()}"
        taken = [Taken(trips_key(batch.id), 1, name)]
        if batch.days_between_picks > 1:
            taken += [Taken(key, 1, name) for key in rest_keys(batch.id, day, batch.days_between_picks)]
        filler = max(0, needed_mg(batch.min_trip_kg) - kg_mg)
        if filler:
            taken.append(Taken(batch_key(batch.id), filler, name))
            if field.grower.pick_capacity_kg_per_day is not None:
                taken.append(Taken(picker_key(field.grower.id, day), filler, name))
        return taken

    def taken(self, field: FieldBatch, day: dt.date, departures: Iterable[str], kg_mg: int) -> list[Taken]:
        """What goods take, with what a trip takes that the plan does not make."""
        goods = self.goods(field, day, departures, kg_mg)
        if (field.batch.id, day) in self.trips:
            return goods
        return goods + self.opened(field, day, kg_mg)

    def stock(self) -> tuple[Stock, ...]:
        """Every capacity with what the plan leaves of it."""
        limits: dict[str, int] = {}
        for trip in self._meeting.trips:
            field, day = trip.field, trip.day.pick_on
            limits[batch_key(field.batch.id)] = self.batch_left(field)
            limits[trips_key(field.batch.id)] = self.trips_left(field)
            if field.batch.days_between_picks > 1:
                limits |= dict.fromkeys(rest_keys(field.batch.id, day, field.batch.days_between_picks), 1)
            hands, packing = field.grower.pick_capacity_kg_per_day, field.place.packing_kg_per_day
            if hands is not None:
                key = picker_key(field.grower.id, day)
                limits[key] = self.left(key, 0.0 if trip.day.rests else hands)
            if packing is not None:
                key = packing_key(field.place.id, day)
                limits[key] = self.left(key, packing)
        for lane in self._meeting.lanes.values():
            if lane.capacity_kg is not None:
                for departs_at in self._departures(lane):
                    key = departure_key(lane.id, departs_at)
                    limits[key] = self.left(key, lane.capacity_kg)
        return tuple(Stock(resource=key, limit=limit) for key, limit in sorted(limits.items()))

    def _departures(self, lane: Lane) -> Iterator[dt.datetime]:
        """Departures of a lane that goods picked within the horizon can take, and some beyond."""
        problem = self._meeting.problem
        yield from occurrences(
            lane.departures,
            timezone=problem.place(lane.origin_id).timezone,
            default_start=problem.as_of,
            from_at=problem.as_of - dt.timedelta(days=1),
            until_at=problem.as_of + dt.timedelta(days=problem.policy.horizon_days + ON_THE_WAY_DAYS),
        )


def _columns(rows: Sequence[Record], *names: str) -> Iterator[tuple[Any, ...]]:
    """Some fields of all records, without making those that are made on demand."""
    return zip(*(field_of(rows, name) for name in names), strict=True)


def _not_shipped(commitments: Sequence[Commitment], plan: HarvestPlan) -> list[Commitment]:
    """Commitments that the plan holds no shipment of."""
    if not commitments:
        return []
    shipped = set(_columns(plan.shipments, "order_id", "batch_id", "pick_on"))
    return [given for given in commitments if (given.order_id, given.batch_id, given.pick_on) not in shipped]


def _picking_keys(field: FieldBatch, day: dt.date) -> Iterator[str]:
    """What fruit of a batch takes when it is picked on a day: of the batch, of hands, of packing."""
    if day >= field.batch.observed_on:
        yield batch_key(field.batch.id)
    if field.grower.pick_capacity_kg_per_day is not None:
        yield picker_key(field.grower.id, day)
    if field.place.packing_kg_per_day is not None:
        yield packing_key(field.place.id, day)

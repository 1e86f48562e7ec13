"""Where each shipment of a plan stands at a later moment: on its way, picked, inside the fence, or still free."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol

from harvest_planner.planning.field import FieldBatch
from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.plan import HarvestPlan, Leg
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import Column, MadeRows, RecordTable
from harvest_planner.schema.told_rows import field_of

Stand = Literal["shipped", "picked", "frozen", "free"]


class Goods(Protocol):
    """What a shipment of the plan, or one that was promised beside it, tells of itself."""

    @property
    def order_id(self) -> str: ...
    @property
    def batch_id(self) -> str: ...
    @property
    def pick_on(self) -> dt.date: ...
    @property
    def kg(self) -> float: ...
    @property
    def legs(self) -> tuple[Leg, ...]: ...
    @property
    def value_vnd(self) -> float: ...


class Row(NamedTuple):
    """A shipment of the plan by what a re-plan asks of all of them; its record is made when it must be.

    Attributes
    ----------
    at : its place in `plan.shipments`.
    """

    at: int
    order_id: str
    batch_id: str
    pick_on: dt.date
    kg: float
    legs: tuple[Leg, ...]
    value_vnd: float

    @property
    def trip(self) -> tuple[str, dt.date]:
        """Batch and day."""
        return self.batch_id, self.pick_on


ROW_FIELDS = Row._fields[1:]
SETTLED = ("order_id", "batch_id", "pick_on", "state")
"""Fields of a commitment beside its way and its weight."""


def rows_of(plan: HarvestPlan) -> tuple[Row, ...]:
    """Every shipment of a plan; of many that are made on demand they are kept with them."""
    if not isinstance(plan.shipments, MadeRows):
        return _rows(plan)
    kept = plan.shipments.derived
    found: tuple[Row, ...] = kept.get("rows") or kept.setdefault("rows", _rows(plan))
    return found


def rows_for(plan: HarvestPlan, order_ids: Collection[str]) -> tuple[Row, ...]:
    """Shipments of a plan for some orders."""
    ids = field_of(plan.shipments, "order_id")
    return rows_at(plan, [at for at, order_id in enumerate(ids) if order_id in order_ids])


def rows_on(plan: HarvestPlan, trips: Collection[tuple[str, dt.date]]) -> tuple[Row, ...]:
    """Shipments of a plan on some trips."""
    batch_ids, days = (field_of(plan.shipments, name) for name in ("batch_id", "pick_on"))
    picked = {batch_id for batch_id, _ in trips}
    near = [at for at, batch_id in enumerate(batch_ids) if batch_id in picked]
    return rows_at(plan, [at for at in near if (batch_ids[at], days[at]) in trips])


def rows_at(plan: HarvestPlan, places: Iterable[int]) -> tuple[Row, ...]:
    """Shipments of a plan by their places."""
    columns = [field_of(plan.shipments, name) for name in ROW_FIELDS]
    return tuple([Row(at, *(column[at] for column in columns)) for at in places])


def _rows(plan: HarvestPlan) -> tuple[Row, ...]:
    columns = [field_of(plan.shipments, name) for name in ROW_FIELDS]
    # As `Row._make` does of each, without a call for each.
    return tuple(map(partial(tuple.__new__, Row), zip(range(len(plan.shipments)), *columns, strict=True)))


class Standing(NamedTuple):
    """A shipment with where it stands.

    Attributes
    ----------
    kg : what of it still counts [kg]; less than planned where less was picked.
    ahead_h : hours until its picking begins [h]; negative once it has begun.
    as_planned : whether it travels as planned; False: how is looked at again.
    """

    shipment: Goods
    stand: Stand
    kg: float
    ahead_h: float
    as_planned: bool = True

    @property
    def trip(self) -> tuple[str, dt.date]:
        """Batch and day."""
        return self.shipment.batch_id, self.shipment.pick_on


def standings(plan: HarvestPlan, problem: PlanningProblem, *, as_of: dt.datetime) -> tuple[Standing, ...]:
    """Every shipment of the plan as it stands at `as_of`."""
    rows = rows_of(plan)
    batch_ids, days, kg, legs = (field_of(plan.shipments, name) for name in ("batch_id", "pick_on", "kg", "legs"))
    fields = {batch_id: FieldBatch.of(problem.batch(batch_id), problem) for batch_id in set(batch_ids)}
    keys = list(zip(batch_ids, days, strict=True))
    trips = {trip: _of_trip(fields[trip[0]].hours_on(trip[1]), problem, as_of) for trip in set(keys)}
    numbers = list(map(id, legs))
    ways = dict(zip(numbers, legs, strict=True))
    left = {way for way, legs in ways.items() if _has_left(legs, as_of)}
    told = (
        (row, "shipped" if way in left else stand, of_row, ahead_h, True)
        for row, way, of_row, (stand, ahead_h) in zip(rows, numbers, kg, map(trips.__getitem__, keys), strict=True)
    )
    # As `Standing._make` does of each, without a call for each.
    return tuple(map(partial(tuple.__new__, Standing), told))


def standing_of(
    shipment: Goods, hours: tuple[dt.datetime, dt.datetime], problem: PlanningProblem, *, as_of: dt.datetime
) -> Standing:
    """Where goods stand whose picking hours are those."""
    stand, ahead_h = _of_trip(hours, problem, as_of)
    return Standing(shipment, "shipped" if _has_left(shipment.legs, as_of) else stand, shipment.kg, ahead_h)


def _of_trip(
    hours: tuple[dt.datetime, dt.datetime], problem: PlanningProblem, as_of: dt.datetime
) -> tuple[Stand, float]:
    """Where goods of a trip stand that have not left, and the hours until it begins."""
    from_at, until_at = hours
    ahead_h = (from_at - as_of) / dt.timedelta(hours=1)
    if until_at <= as_of:
        return "picked", ahead_h
    return "frozen" if ahead_h <= problem.policy.freeze_h else "free", ahead_h


def _has_left(legs: tuple[Leg, ...], as_of: dt.datetime) -> bool:
    return legs[0].departs_at <= as_of


class _Way(NamedTuple):
    """How goods travel: their lanes, and the first departure as it is written."""

    lane_ids: tuple[str, ...]
    stamp: str
    departs_at: dt.datetime | None

    @classmethod
    def of(cls, legs: tuple[Leg, ...]) -> _Way:
        departs_at = legs[0].departs_at if legs else None
        return cls(tuple([leg.lane_id for leg in legs]), str(departs_at), departs_at)


def gathered(standing: Iterable[Standing]) -> Iterator[Commitment]:
    """The shipments as commitments, one for each."""
    rows, ways = _told(standing)
    for *key, number, kg in rows:
        way = ways[number]
        settled = dict(zip(SETTLED, key, strict=True))
        yield Commitment(**settled, lane_ids=way.lane_ids, departs_at=way.departs_at, kg=round(kg, 6))


def committed(standing: Iterable[Standing]) -> RecordTable[Commitment]:
    """As `gathered`, by columns."""
    rows, ways = _told(standing)
    *told, numbers, kg = zip(*rows, strict=True) if rows else ((),) * (len(SETTLED) + 2)
    columns = dict(zip(SETTLED, map(Column.of, told), strict=True))
    codes = array("i", numbers)
    columns["lane_ids"] = Column([way.lane_ids for way in ways], codes)
    columns["departs_at"] = Column([way.departs_at for way in ways], codes)
    columns["kg"] = Column.of([round(each, 6) for each in kg])
    return RecordTable(Commitment, columns, Commitment.model_fields)


def _told(standing: Iterable[Standing]) -> tuple[list[tuple[Any, ...]], list[_Way]]:
    """Of each shipment, rising, as SETTLED, the number of its way and its weight [kg]; and the ways, rising."""
    told = [(goods, stand, kg, goods.legs if planned else ()) for goods, stand, kg, _, planned in standing]
    legs_of = {id(legs): legs for *_, legs in told}
    way_of = {at: _Way.of(legs) for at, legs in legs_of.items()}
    ways = sorted({way[:2]: way for way in way_of.values()}.values(), key=lambda way: way[:2])
    numbers = {way[:2]: number for number, way in enumerate(ways)}
    number_of = {at: numbers[way[:2]] for at, way in way_of.items()}
    state_of = {"free": "frozen"}
    rows = [
        (goods.order_id, goods.batch_id, goods.pick_on, state_of.get(stand, stand), number_of[id(legs)], kg)
        for goods, stand, kg, legs in told
    ]
    rows.sort()
    return rows, ways

"""What events make of a problem, and which shipments of the plan they undo: one function for each kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from harvest_planner.catalogue import nearest
from harvest_planner.errors import UnknownIdError
from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.replan.standing import Standing, standing_of
from harvest_planner.schema.by_id import ById
from harvest_planner.schema.events import (
    DepartureCancelled,
    Event,
    FieldChecked,
    GrowerAbsent,
    LaneSlower,
    OrderCancelled,
    OrderPlaced,
    OrderPromised,
    PickedLess,
    PlaceClosed,
)
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Surplus
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import Record

KG_EPSILON = 1e-6
_R = TypeVar("_R", bound=Record)


@dataclass(frozen=True)
class World:
    """The tables of a problem while events change them, and what the plan's shipments have become.

    Attributes
    ----------
    tables : rows by id.
    keeps : shipments that still hold.
    undone : those that an event has made impossible or uncertain, to be planned anew.
    touched : ids of orders that an event names or undoes.
    """

    tables: Mapping[str, Mapping[str, Any]]
    keeps: tuple[Standing, ...]
    undone: tuple[Standing, ...] = ()
    touched: frozenset[str] = frozenset()
    as_of: dt.datetime | None = None

    def row(self, table: str, row_id: str) -> Any:
        """A row that an event names. Raises UnknownIdError."""
        rows = self.tables[table]
        if row_id not in rows:
            kind = table.removesuffix("es" if table == "batches" else "s")
            raise UnknownIdError(kind, row_id, nearest(row_id, rows))
        return rows[row_id]

    def changed(self, table: str, row: Any, **fields: Any) -> World:
        """With some fields of a row replaced, checked anew."""
        whole = type(row).model_validate({**dict(row), **fields})
        return self.holding(table, {row.id: whole})

    def holding(self, table: str, records: Mapping[str, Any]) -> World:
        """With some rows of a table replaced or added; where it is kept by columns it stays so."""
        rows = self.tables[table]
        changed = rows.with_rows(records) if isinstance(rows, ById) else {**rows, **records}
        return replace(self, tables={**self.tables, table: changed})

    def undo(self, which: Callable[[Standing], bool]) -> World:
        """With some shipments undone; goods that are picked or on their way stay as they are."""
        gone: list[Standing] = []
        keeps: list[Standing] = []
        for each in self.keeps:
            (gone if each.stand in ("free", "frozen") and which(each) else keeps).append(each)
        return replace(
            self,
            keeps=tuple(keeps),
            undone=(*self.undone, *gone),
            touched=self.touched | {each.shipment.order_id for each in gone},
        )

    def freed(self, which: Callable[[Standing], bool]) -> World:
        """As `undo`, but picks inside the fence stay: only how their goods travel is looked at again."""
        keeps = (
            each._replace(as_planned=False) if each.stand in ("frozen", "picked") and which(each) else each
            for each in self.keeps
        )
        world = replace(self, keeps=tuple(keeps))
        return world.undo(lambda each: each.stand == "free" and which(each))

    def picked_off(self, picked: Iterable[tuple[str, dt.date, float]]) -> World:
        """With so much less on the trees, by batch and day [kg], which no shipment tells of."""
        left: dict[str, Any] = {}
        for batch_id, pick_on, kg in picked:
            batch = left.get(batch_id) or self.row("batches", batch_id)
            if kg > KG_EPSILON and pick_on >= batch.observed_on:
                left[batch_id] = batch.model_copy(update={"quantity_kg": max(0.0, batch.quantity_kg - kg)})
        return self.holding("batches", left) if left else self

    def left_behind(self, lane_id: str, on: dt.date) -> World:
        """With goods picked and waiting that were taken for shipped: a truck of a past day is told not to have left."""
        assert self.as_of is not None
        as_of, keeps = self.as_of, list(self.keeps)
        for at, (goods, stand, *_) in enumerate(keeps if on <= as_of.date() else ()):
            first = goods.legs[0]
            of_truck = stand == "shipped" and (first.lane_id, first.departs_at.date()) == (lane_id, on)
            if of_truck and as_of.astimezone(first.departs_at.tzinfo).date() > on:
                keeps[at] = keeps[at]._replace(stand="picked", as_planned=False)
        return replace(self, keeps=tuple(keeps))


def world_of(
    problem: PlanningProblem, standing: Iterable[Standing], *, as_of: dt.datetime, sold: Iterable[Surplus] = ()
) -> World:
    """The problem's tables by id, at the new moment; of what was to be sold locally, what is picked hangs no more."""
    names = ("crops", "places", "growers", "batches", "orders", "lanes")
    tables = {name: problem.rows(name) for name in names}
    return World(tables, tuple(standing), as_of=as_of).picked_off(
        (each.batch_id, each.pick_on, each.kg) for each in sold if _begins(each, problem) < as_of
    )


def _begins(sold: Surplus, problem: PlanningProblem) -> dt.datetime:
    return FieldBatch.of(problem.batch(sold.batch_id), problem).pick_day(sold.pick_on).from_at


def after(world: World, event: Event, problem: PlanningProblem) -> World:
    """The world after an event.

    Raises
    ------
    UnknownIdError : the event names what the problem does not hold.
    ValueError : it cannot be: a second order of that id, a look before the last one, more picked than planned.
    """
    match event:
        case OrderPlaced():
            return _placed(world, event.order)
        case OrderPromised():
            return _promised(world, event, problem)
        case OrderCancelled():
            return _cancelled(world, event)
        case DepartureCancelled():
            return _departure(world, event)
        case LaneSlower():
            return _slower(world, event)
        case PlaceClosed():
            return _closed(world, event, problem)
        case FieldChecked():
            return _checked(world, event)
        case GrowerAbsent():
            return _absent(world, event)
        case PickedLess():
            return _picked_less(world, event)


def _placed(world: World, order: Order) -> World:
    before = world.tables["orders"].get(order.id)
    if before is not None and before.state != "inquiry":
        raise ValueError(f"order_placed: there is an order {order.id!r} already; give the new one an id of its own")
    return replace(world.holding("orders", {order.id: order}), touched=world.touched | {order.id})


def _promised(world: World, event: OrderPromised, problem: PlanningProblem) -> World:
    """The order with the goods promised for it, which are kept like those of the plan."""
    batch = world.row("batches", event.batch_id)
    if event.kg > event.order.quantity_kg + KG_EPSILON:
        wanted = f"the {event.order.quantity_kg:g} kg of order {event.order.id!r}"
        raise ValueError(f"order_promised: {event.kg:g} kg exceed {wanted}; promise no more than that")
    known = problem.model_copy(update={"batches": (batch,)})
    day = FieldBatch.of(batch, known).pick_day(event.pick_on)
    assert world.as_of is not None
    kept = standing_of(event, (day.from_at, day.until_at), problem, as_of=world.as_of)
    world = _placed(world, event.order)
    return replace(world, keeps=(*world.keeps, kept))


def _cancelled(world: World, event: OrderCancelled) -> World:
    world = world.changed("orders", world.row("orders", event.order_id), state="cancelled")
    keeps = tuple(each for each in world.keeps if each.shipment.order_id != event.order_id)
    undone = tuple(each for each in world.keeps if each.shipment.order_id == event.order_id)
    world = world.picked_off((*each.trip, each.kg) for each in undone if each.stand in ("picked", "shipped"))
    return replace(world, keeps=keeps, undone=(*world.undone, *undone), touched=world.touched | {event.order_id})


def _departure(world: World, event: DepartureCancelled) -> World:
    lane = world.row("lanes", event.lane_id)
    world = world.changed("lanes", lane, rests_on=_with(lane.rests_on, event.on))
    return world.left_behind(lane.id, event.on).freed(_riding({lane.id}, on=event.on))


def _slower(world: World, event: LaneSlower) -> World:
    lane = world.row("lanes", event.lane_id)
    given = {name: getattr(lane, name) + event.added_h for name in ("transit_p50_h", "transit_p95_h")}
    if lane.transit_min_h > 0.0:
        given["transit_min_h"] = lane.transit_min_h + event.added_h
    samples = tuple(hours + event.added_h for hours in lane.transit_samples_h)
    world = world.changed("lanes", lane, **given, transit_samples_h=samples)
    return world.freed(_riding({lane.id}))


def _closed(world: World, event: PlaceClosed, problem: PlanningProblem) -> World:
    place = problem.place(event.place_id)
    if place.id not in world.tables["places"]:
        world = world.holding("places", {place.id: place})
    place = world.row("places", place.id)
    world = world.changed("places", place, closed_on=(*place.closed_on, event.on))
    here = {row.id for row in world.tables["batches"].values() if problem.place(row.place_id).id == place.id}
    leaving = [lane for lane in world.tables["lanes"].values() if problem.place(lane.origin_id).id == place.id]
    for lane in leaving:
        world = world.changed("lanes", lane, rests_on=_with(lane.rests_on, event.on))
    ids = {lane.id for lane in leaving}
    world = world.freed(_riding(ids, on=event.on))
    return world.undo(lambda each: each.shipment.batch_id in here and each.shipment.pick_on == event.on)


def _checked(world: World, event: FieldChecked) -> World:
    batch = world.row("batches", event.batch_id)
    if event.seen_on < batch.observed_on:
        raise ValueError(
            f"field_checked: batch {batch.id!r} was seen on {batch.observed_on} already; give a seen_on from then on"
        )
    given: dict[str, Any] = {}
    before_kg = sum(
        each.kg
        for each in world.keeps
        if each.shipment.batch_id == batch.id and batch.observed_on <= each.shipment.pick_on < event.seen_on
    )
    if event.stage_id is not None:
        given |= batch.seen_anew(event.stage_id, event.seen_on)
    if event.age_shift_d20 is not None:
        given["age_shift_d20"] = event.age_shift_d20
    if event.quantity_kg is not None:
        # What was picked before the look counts against a quantity seen earlier, not against this one.
        given["quantity_kg"] = event.quantity_kg + (before_kg if event.stage_id is None else 0.0)
    elif event.stage_id is not None:
        # What was picked before this look counts against it no more.
        given["quantity_kg"] = max(0.0, batch.quantity_kg - before_kg)
    world = world.changed("batches", batch, **given)
    return world.freed(lambda each: each.shipment.batch_id == batch.id)


def _absent(world: World, event: GrowerAbsent) -> World:
    grower = world.row("growers", event.grower_id)
    days = [event.from_on + dt.timedelta(days=n) for n in range((event.until_on - event.from_on).days + 1)]
    world = world.changed("growers", grower, rest_days=(*grower.rest_days, *days))
    hers = {row.id for row in world.tables["batches"].values() if row.grower_id == grower.id}
    return world.undo(lambda each: each.shipment.batch_id in hers and each.shipment.pick_on in days)


def _picked_less(world: World, event: PickedLess) -> World:
    batch = world.row("batches", event.batch_id)
    trip = (event.batch_id, event.pick_on)
    of_trip = [each for each in world.keeps if each.trip == trip]
    planned = sum(each.kg for each in of_trip)
    if event.kg > planned + KG_EPSILON:
        raise ValueError(
            f"picked_less: {event.kg:g} kg of batch {batch.id!r} on {event.pick_on} exceeds the {planned:g} kg planned"
        )
    left, kept, lost = event.kg, list[Standing](), list[Standing]()
    for each in sorted(of_trip, key=lambda each: (-each.shipment.value_vnd / each.shipment.kg, each.shipment.order_id)):
        splits = world.row("orders", each.shipment.order_id).may_split
        kg = each.kg if each.kg <= left + KG_EPSILON else left if splits else 0.0
        if kg > KG_EPSILON:
            kept.append(each._replace(kg=kg, stand="picked" if each.stand == "frozen" else each.stand))
        if kg < each.kg - KG_EPSILON or kg <= KG_EPSILON:
            lost.append(each._replace(kg=each.kg - kg))
        left -= kg
    others = tuple(each for each in world.keeps if each.trip != trip)
    # What is missing hangs there no more, nor what was picked and fits no order of the trip.
    world = world.picked_off([(batch.id, event.pick_on, planned - event.kg + max(0.0, left))])
    return replace(
        world,
        keeps=(*others, *kept),
        undone=(*world.undone, *lost),
        touched=world.touched | {each.shipment.order_id for each in lost},
    )


def _riding(lane_ids: Collection[str], *, on: dt.date | None = None) -> Callable[[Standing], bool]:
    """Whether a shipment was to ride on one of the lanes that day; None: on any."""
    known: dict[int, bool] = {}

    def rides(each: Standing) -> bool:
        legs = each.shipment.legs
        found = known.get(id(legs))
        if found is None:
            found = known[id(legs)] = any(
                leg.lane_id in lane_ids and on in (None, leg.departs_at.date()) for leg in legs
            )
        return found

    return rides


def _with(days: Sequence[str], on: dt.date) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*days, on.isoformat())))

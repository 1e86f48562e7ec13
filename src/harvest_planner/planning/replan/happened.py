"""What events make of a problem, and which shipments of the plan they undo: one function for each kind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.replan.standing import Standing, standing_of
from harvest_planner.planning.replan.world import World
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
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.problem import PlanningProblem

KG_EPSILON = 1e-6
GRAM = 1e-3
"""What is promised of a batch is a sum of rounded weights [kg]."""


def happened_in(world: World, events: Iterable[Event], problem: PlanningProblem) -> World:
    """The world after events, one after another; promises that come together are counted together.

    Raises
    ------
    UnknownIdError, ValueError : as `after`.
    """
    for promised, run in groupby(events, key=lambda event: isinstance(event, OrderPromised)):
        if promised:
            world = _promised(world, tuple(each for each in run if isinstance(each, OrderPromised)), problem)
        else:
            for event in run:
                world = after(world, event, problem)
    return world


def after(world: World, event: Event, problem: PlanningProblem) -> World:
    """The world after an event.

    Raises
    ------
    UnknownIdError : the event names what the problem does not hold.
    ValueError : it cannot be: a second order of that id, a promise of other goods than the order asks for, a look
        before the last one, more picked than planned.
    """
    match event:
        case OrderPlaced():
            return _placed(world, event.order)
        case OrderPromised():
            return _promised(world, (event,), problem)
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


def _promised(world: World, events: Sequence[OrderPromised], problem: PlanningProblem) -> World:
    """The orders with the goods promised for them, which are kept like those of the plan.

    What does not hang there any more, since a look found less, is no promise: the order is planned like any new one.
    """
    batches = {event.batch_id: world.row("batches", event.batch_id) for event in events}
    left_kg = defaultdict(float, {batch_id: batch.quantity_kg for batch_id, batch in batches.items()})
    for each in world.keeps:
        batch = batches.get(each.shipment.batch_id)
        if batch is not None and each.shipment.pick_on >= batch.observed_on:
            left_kg[batch.id] -= each.kg
    as_of, kept = world.as_of, list[Standing]()
    assert as_of is not None
    for event in events:
        batch = batches[event.batch_id]
        known = problem.model_copy(update={"batches": (batch,)})
        day = FieldBatch.of(batch, known).pick_day(event.pick_on)
        _check_promise(event, batch, day.certified, problem)
        world = _placed(world, event.order)
        if event.kg <= left_kg[batch.id] + GRAM:
            left_kg[batch.id] -= event.kg
            kept.append(standing_of(event, (day.from_at, day.until_at), problem, as_of=as_of))
    return replace(world, keeps=(*world.keeps, *kept))


def _check_promise(event: OrderPromised, batch: Batch, certified: bool, problem: PlanningProblem) -> None:
    """Nothing where the batch is what the order asks for. Raises ValueError."""
    order, name = event.order, f"order_promised: batch {batch.id!r} for order {event.order.id!r}"
    if event.kg > order.quantity_kg + KG_EPSILON:
        wanted = f"the {order.quantity_kg:g} kg of order {order.id!r}"
        raise ValueError(f"order_promised: {event.kg:g} kg exceed {wanted}; promise no more than that")
    if batch.crop_id != order.crop_id:
        raise ValueError(f"{name} is {batch.crop_id!r}, not {order.crop_id!r}; promise a batch of the order's crop")
    grades = problem.crop(order.crop_id).grades
    better = grades[: grades.index(order.grade) + 1] if order.grade in grades else grades
    if order.grade is not None and batch.grade not in better:
        asked = f"grade {order.grade!r} is asked"
        raise ValueError(f"{name} is of grade {batch.grade!r}, and {asked}; promise one that is as good")
    missing = sorted(set(order.certifications) - set(batch.certifications if certified else ()))
    if missing:
        lacks = f"does not hold {', '.join(missing)} on {event.pick_on}"
        raise ValueError(f"{name} {lacks}; promise one that does")


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

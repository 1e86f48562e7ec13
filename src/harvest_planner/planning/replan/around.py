"""What of a plan may be planned anew around orders that stay short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable

from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.replan.rest import MOST_SELLING
from harvest_planner.planning.replan.standing import Row, Standing
from harvest_planner.planning.replan.taken import Trip
from harvest_planner.planning.replan.world import World
from harvest_planner.planning.settled import PLANNED_STATES
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.told_rows import field_of

KG_EPSILON = 1e-6
WORTH_MOVING = 0.002
"""For orders that are served others are moved only where the plan gains this share of its value; an assumption."""
MOST_LOOSENED = 60
"""Shipments around what is short that may be planned anew with it."""


def short_of(found: HarvestPlan, world: World) -> list[str]:
    """Orders that the events brought or undid and that do not get all they ask for."""
    return sorted(world.touched.intersection(field_of(found.refusals, "order_id")))


def at_stake(
    found: HarvestPlan, asked: PlanningProblem, world: World, plan: HarvestPlan, *, kept: Container[str]
) -> list[str]:
    """Orders that the events touch, where so much hangs on them that moving others for them may pay.

    Parameters
    ----------
    kept : ids of orders with a shipment that holds.
    """
    touched = [asked.order(order_id) for order_id in sorted(world.touched)]
    wanted = [order for order in touched if order.state in PLANNED_STATES and order.id not in kept]
    told = zip(*(field_of(plan.shipments, name) for name in ("order_id", "value_vnd")), strict=True)
    before = sum(value_vnd for order_id, value_vnd in told if order_id in world.touched)
    stake = max(before, sum(order.quantity_kg * order.price_vnd_per_kg for order in wanted))
    return [order.id for order in wanted] if stake > WORTH_MOVING * abs(found.value_vnd) else []


def usable(meeting: Meeting, short: Iterable[str]) -> set[Trip]:
    """The trips that what is short could use."""
    buyers = (meeting.buyer(meeting.problem.order(order_id)) for order_id in short)
    trips: set[Trip] = set()
    for crop_id, destination_id in sorted({(buyer.crop.id, buyer.destination.id) for buyer in buyers}):
        # What is packed at the same place by the same hour travels alike.
        leads: dict[tuple[str, float], bool] = {}
        for _, field, day in meeting.trips_of_crop(crop_id):
            key = (field.place.id, day.ready_h)
            if key not in leads:
                leads[key] = bool(meeting.journeys_from(field, day, destination_id))
            if leads[key]:
                trips.add((field.batch.id, day.pick_on))
    return trips


def around(trips: Collection[Trip], free: Iterable[Standing]) -> list[Standing]:
    """Of free shipments those on the trips, those of least worth per kilogram first."""
    batch_ids = {batch_id for batch_id, _ in trips}
    near = [each for each in free if each[0].batch_id in batch_ids and each.trip in trips]
    # What is left of a trip stays there.
    near = [each for each in near if abs(each.kg - each.shipment.kg) <= KG_EPSILON]
    near.sort(key=lambda each: (each.shipment.value_vnd / each.shipment.kg, each.shipment.order_id))
    return near[:MOST_LOOSENED]


def selling_on(trips: Collection[Trip], plan: HarvestPlan) -> frozenset[str]:
    """Batches that sell locally on the trips, where they were left out at first; those that sell most."""
    kg: dict[str, float] = defaultdict(float)
    for sold in plan.surplus:
        if (sold.batch_id, sold.pick_on) in trips:
            kg[sold.batch_id] += sold.kg
    most = sorted(kg, key=lambda batch_id: (-kg[batch_id], batch_id))
    return frozenset(most[:MOST_SELLING]) if len(most) > MOST_SELLING else frozenset()


def free_of(world: World) -> list[Standing]:
    """Shipments of the plan that may be planned anew; what was promised beside it may not."""
    return [each for each in world.keeps if each.stand == "free" and isinstance(each.shipment, Row)]

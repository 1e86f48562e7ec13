"""Plans in which some orders must be served: first at prices that leave no doubt, then at their own."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection

from harvest_planner.schema.goods import Commitment, Order
from harvest_planner.schema.plan import HarvestPlan, Shipment
from harvest_planner.schema.problem import PlanningProblem

DEARER = 3.0
"""An order that must be served is planned as if it brought so many times the dearest price more."""


def serving(
    firm: Collection[str], asked: PlanningProblem, plan: Callable[[PlanningProblem], HarvestPlan]
) -> HarvestPlan:
    """The plan of a problem in which every kilogram of some orders is served before any of the others.

    Parameters
    ----------
    firm : ids of these orders; where there are none it is just the plan.
    plan : plans a problem; asked once more with what the first answer ships as settled, so that all figures are those
        of the orders' own prices.
    """
    if not firm:
        return plan(asked)
    more_vnd_per_kg = DEARER * max((order.price_vnd_per_kg for order in asked.orders), default=0.0)
    orders = tuple(_dearer(order, more_vnd_per_kg) if order.id in firm else order for order in asked.orders)
    draft = plan(asked.model_copy(update={"orders": orders}))
    settled, fresh = Counter(map(_key, asked.commitments)), list[Commitment]()
    for each in map(_settled, draft.shipments):
        key = _key(each)
        if settled[key]:
            settled[key] -= 1
        elif each.order_id in firm:
            fresh.append(each)
    return plan(asked.model_copy(update={"commitments": (*asked.commitments, *fresh)}))


def _key(each: Commitment) -> tuple[str, str, dt.date, float]:
    """What tells a commitment from others; the way of one that may take any other is not known before."""
    return (each.order_id, each.batch_id, each.pick_on, round(each.kg, 6))


def _dearer(order: Order, more_vnd_per_kg: float) -> Order:
    price = order.price_vnd_per_kg + more_vnd_per_kg
    return order.model_copy(update={"price_vnd_per_kg": price, "failure_cost_vnd_per_kg": order.loss_vnd_per_kg})


def _settled(row: Shipment) -> Commitment:
    return Commitment(
        order_id=row.order_id,
        batch_id=row.batch_id,
        pick_on=row.pick_on,
        kg=row.kg,
        state="frozen",
        lane_ids=tuple(leg.lane_id for leg in row.legs),
        departs_at=row.legs[0].departs_at,
    )

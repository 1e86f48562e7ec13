"""A plan of what happened, and what orders get less by it than by another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from harvest_planner.planning.replan.happened import World
from harvest_planner.planning.replan.standing import Row, Standing, rows_for
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.told_rows import field_of

KG_EPSILON = 1e-6


class Try(NamedTuple):
    """A plan that was found, and what the changes cost [VND]."""

    plan: HarvestPlan
    loose: Sequence[Standing]
    """Shipments that it does not hold."""
    others: frozenset[str]
    """Ids of orders that are not carried over."""
    change_cost_vnd: float

    @property
    def worth_vnd(self) -> float:
        """Its value after the price of its changes [VND]."""
        return self.plan.value_vnd - self.change_cost_vnd


def lost_kg(first: Try, second: Try, world: World) -> dict[str, float]:
    """What orders that no event touches get less by the second plan [kg]."""
    others = first.others | second.others
    was_kg, now_kg = (_served(rows_for(each.plan, others)) for each in (first, second))
    lost = {
        order_id: kg - now_kg.get(order_id, 0.0) for order_id, kg in was_kg.items() if order_id not in world.touched
    }
    return {order_id: kg for order_id, kg in lost.items() if kg > KG_EPSILON}


def _served(rows: Iterable[Row]) -> dict[str, float]:
    """What orders get by shipments [kg]."""
    found: dict[str, float] = defaultdict(float)
    for row in rows:
        found[row.order_id] += row.kg
    return found


def missing_kg(plan: HarvestPlan, order_ids: Collection[str]) -> dict[str, float]:
    """What orders of those do not get by the plan [kg]."""
    rows = zip(*(field_of(plan.refusals, name) for name in ("order_id", "kg")), strict=True)
    return {order_id: kg for order_id, kg in rows if order_id in order_ids}

"""A plan of what happened, and what orders get less by it than by another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from harvest_planner.planning.replan.carried import Carried, whole
from harvest_planner.planning.replan.joining import Joining
from harvest_planner.planning.replan.room import Stock
from harvest_planner.planning.replan.standing import Row, Standing, rows_for
from harvest_planner.planning.replan.taken import Trip
from harvest_planner.planning.replan.world import World
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.told_rows import field_of

KG_EPSILON = 1e-6


class Loosened(NamedTuple):
    """What of a plan may be planned anew."""

    shipments: Sequence[Standing] = ()
    selling: frozenset[str] = frozenset()
    """Ids of batches whose local sales are decided anew as well."""
    short: Sequence[str] = ()
    """Ids of the orders for which it is done."""
    refused: frozenset[str] = frozenset()
    """Ids of refused orders that are looked at with it."""

    @property
    def order_ids(self) -> frozenset[str]:
        """Whose shipments they are."""
        return frozenset(each.shipment.order_id for each in self.shipments)


class Look(NamedTuple):
    """What stays while the rest is planned."""

    stays: Carried
    has: Stock
    """What the plan takes of which it stays."""
    changed: Collection[str]
    """Ids of batches whose fruit, hands or local sales are not what they were."""
    trips: frozenset[Trip] | None
    """The trips that may be made; None: all that are lawful."""


class Try(NamedTuple):
    """A plan that was found, and what the changes cost [VND]."""

    plan: HarvestPlan
    joining: Joining
    """What it is made of."""
    loose: Sequence[Standing]
    """Shipments that it does not hold."""
    others: frozenset[str]
    """Ids of orders that are not carried over."""
    change_cost_vnd: float

    @property
    def worth_vnd(self) -> float:
        """Its value after the price of its changes [VND]."""
        return self.plan.value_vnd - self.change_cost_vnd

    @property
    def has(self) -> Stock:
        """What it takes."""
        return Stock(self.joining.meeting.problem, self.joining.taken)

    def look(
        self,
        places: Iterable[str],
        order_ids: Collection[str],
        trips: frozenset[Trip],
        *,
        selling: Collection[str] = (),
    ) -> Look:
        """All of it but some orders, which are planned on some trips.

        Parameters
        ----------
        places : ids of all orders of the question.
        selling : ids of batches whose local sales are decided anew.
        """
        return Look(whole(self.plan, places).without(order_ids), self.has, selling, trips)


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


def serves_more(before: HarvestPlan, planned: HarvestPlan, order_ids: Collection[str]) -> bool:
    """Whether one of those orders misses less by a plan of them than by the one before, if any missed something."""
    was, now = missing_kg(before, order_ids), missing_kg(planned, order_ids)
    return not was or any(now.get(order_id, 0.0) < kg - KG_EPSILON for order_id, kg in was.items())


def missing_kg(plan: HarvestPlan, order_ids: Collection[str]) -> dict[str, float]:
    """What orders of those do not get by the plan [kg]."""
    rows = zip(*(field_of(plan.refusals, name) for name in ("order_id", "kg")), strict=True)
    return {order_id: kg for order_id, kg in rows if order_id in order_ids}

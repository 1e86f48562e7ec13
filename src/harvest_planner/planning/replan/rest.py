"""What of a question is left to be planned beside what is carried over, and on which batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harvest_planner.planning.candidates import LEAST_PART_KG
from harvest_planner.planning.replan.carried import Carried
from harvest_planner.planning.replan.room import KG_EPSILON, Stock
from harvest_planner.planning.replan.standing import Standing, gathered
from harvest_planner.planning.replan.taken import Trip
from harvest_planner.planning.settled import PLANNED_STATES
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Batch, Commitment, Order
from harvest_planner.schema.plan import HarvestPlan, Surplus
from harvest_planner.schema.problem import PlanningProblem

MOST_SELLING = 60
"""Batches that could serve an order and sell locally: where there are more, what they sell is left to them at first."""


@dataclass(frozen=True)
class Rest:
    """The smaller question: orders that are not carried, and the batches that may serve them or lost something.

    Attributes
    ----------
    problem : its batches are asked about with all others of their growers, so that hands are shared in one place.
    only : the trips that may be made; None: all that are lawful.
    sells_again : ids of batches whose local sales are decided anew; those of all others stay as they are.
    """

    problem: PlanningProblem
    only: frozenset[Trip] | None
    sells_again: frozenset[str]

    @property
    def batch_ids(self) -> frozenset[str]:
        """The batches that it asks about."""
        return frozenset(batch.id for batch in self.problem.batches)

    def sold_again(self, plan: HarvestPlan) -> tuple[Surplus, ...]:
        """Local sales of the plan that are decided anew."""
        return tuple(sold for sold in plan.surplus if sold.batch_id in self.sells_again)


def rest_of(
    stays: Carried,
    asked: PlanningProblem,
    places: Mapping[str, int],
    keeps: Mapping[str, Sequence[Standing]],
    *,
    changed: Collection[str],
    only: frozenset[Trip] | None,
) -> Rest:
    """The question without what is carried.

    Parameters
    ----------
    places : of all orders that are asked for, by id.
    keeps : shipments that hold, carried or not, by order.
    changed : ids of batches whose fruit, hands or local sales are not what they were.
    only : trips that orders may use; None: all of their crop.
    """
    orders = tuple([asked.orders[at] for at in sorted(map(places.__getitem__, stays.others))])
    commitments = tuple(gathered(each for order in orders for each in keeps.get(order.id, ())))
    near = {*changed, *(row.batch_id for row in stays.undone), *(each.batch_id for each in commitments)}
    crops = _open_crops(orders, commitments)
    usable = None if only is None else {batch_id for batch_id, _ in only}
    able = {b.id for b in asked.batches if b.crop_id in crops and (usable is None or b.id in usable)}
    selling = {sold.batch_id for sold in stays.plan.surplus} & able - near
    batches = _with_their_growers(near | able, asked.batches)
    again = batches if len(selling) <= MOST_SELLING else _with_their_growers(near, batches)
    update = {"orders": orders, "commitments": commitments, "batches": batches}
    # Sales of the plan so far may stay where they are.
    trips = None if only is None else only.union((sold.batch_id, sold.pick_on) for sold in stays.plan.surplus)
    return Rest(asked.model_copy(update=update), trips, frozenset(batch.id for batch in again))


def _open_crops(orders: Iterable[Order], commitments: Iterable[Commitment]) -> frozenset[str]:
    """What is asked for by orders of which something is left to be decided."""
    committed = {each.order_id for each in commitments}
    return frozenset(
        order.crop_id
        for order in orders
        if order.state in PLANNED_STATES and (order.may_split or order.id not in committed)
    )


def _with_their_growers(batch_ids: Collection[str], batches: Sequence[Batch]) -> tuple[Batch, ...]:
    growers = {batch.grower_id for batch in batches if batch.id in batch_ids}
    return tuple(batch for batch in batches if batch.grower_id in growers)


def changed_batches(
    problem: PlanningProblem, asked: PlanningProblem, changed: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Batches whose fruit, hands or local sales are not what they were.

    Parameters
    ----------
    problem : what the plan so far answers.
    changed : ids of the rows of each table that events changed.
    """
    return frozenset(
        batch.id
        for batch in asked.batches
        if batch.id in changed["batches"]
        or batch.crop_id in changed["crops"]
        or batch.grower_id in changed["growers"]
        or asked.place(batch.place_id).id in changed["places"]
        # With the day moves the horizon, and with it what fruit is worth on the tree.
        or (batch.surplus_price_vnd_per_kg > 0 and _today(batch, problem) != _today(batch, asked))
    )


def _today(batch: Batch, problem: PlanningProblem) -> dt.date:
    return problem.as_of.astimezone(zone(problem.place(batch.place_id).timezone)).date()


@dataclass(frozen=True)
class Roomy(Container[Trip]):
    """Trips that may be made and have room for the least that may be asked of them, or sell anew."""

    rest: Rest
    left: Stock
    least_kg: float

    def __contains__(self, trip: object) -> bool:
        rest = self.rest
        if not isinstance(trip, tuple) or (rest.only is not None and trip not in rest.only):
            return False
        batch_id, day = trip
        if batch_id in rest.sells_again:
            return True
        return self.left.room_kg(self.left.problem.batch(batch_id), day) >= self.least_kg - KG_EPSILON


def roomy(rest: Rest, left: Stock) -> Roomy:
    """The trips on which something of the rest may be planned beside what is held."""
    orders = rest.problem.orders
    least_kg = min((min(LEAST_PART_KG, o.quantity_kg) if o.may_split else o.quantity_kg for o in orders), default=0.0)
    return Roomy(rest, left, min(least_kg, LEAST_PART_KG) if rest.problem.commitments else least_kg)

"""Where each shipment of a plan stands at a later moment: on its way, picked, inside the fence, or still free."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.plan import HarvestPlan, Shipment
from harvest_planner.schema.problem import PlanningProblem

Stand = Literal["shipped", "picked", "frozen", "free"]


class Standing(NamedTuple):
    """A shipment with where it stands.

    Attributes
    ----------
    kg : what of it still counts [kg]; less than planned where less was picked.
    ahead_h : hours until its picking begins [h]; negative once it has begun.
    """

    shipment: Shipment
    stand: Stand
    kg: float
    ahead_h: float

    @property
    def trip(self) -> tuple[str, dt.date]:
        """Batch and day."""
        return self.shipment.batch_id, self.shipment.pick_on

    def commitment(self) -> Commitment:
        """The shipment as one that a new plan keeps."""
        state = "frozen" if self.stand == "free" else self.stand
        return Commitment(
            order_id=self.shipment.order_id,
            batch_id=self.shipment.batch_id,
            pick_on=self.shipment.pick_on,
            kg=self.kg,
            state=state,
        )


def standings(plan: HarvestPlan, problem: PlanningProblem, *, as_of: dt.datetime) -> tuple[Standing, ...]:
    """Every shipment of the plan as it stands at `as_of`."""
    hours = {(pick.batch_id, pick.pick_on): (pick.from_at, pick.until_at) for pick in plan.picks}
    return tuple(_standing(shipment, hours, problem, as_of) for shipment in plan.shipments)


def _standing(
    shipment: Shipment,
    hours: dict[tuple[str, dt.date], tuple[dt.datetime, dt.datetime]],
    problem: PlanningProblem,
    as_of: dt.datetime,
) -> Standing:
    from_at, until_at = hours[shipment.batch_id, shipment.pick_on]
    ahead_h = (from_at - as_of) / dt.timedelta(hours=1)
    if shipment.legs[0].departs_at <= as_of:
        stand: Stand = "shipped"
    elif until_at <= as_of:
        stand = "picked"
    elif ahead_h <= problem.policy.freeze_h:
        stand = "frozen"
    else:
        stand = "free"
    return Standing(shipment, stand, shipment.kg, ahead_h)


def gathered(standing: Iterable[Standing]) -> Iterator[Commitment]:
    """The shipments as commitments, one for each order, batch, day and state."""
    kg: dict[tuple[str, str, dt.date, str], float] = defaultdict(float)
    for each in standing:
        made = each.commitment()
        kg[made.order_id, made.batch_id, made.pick_on, made.state] += made.kg
    for (order_id, batch_id, pick_on, state), amount in sorted(kg.items()):
        yield Commitment.model_validate(
            {"order_id": order_id, "batch_id": batch_id, "pick_on": pick_on, "kg": round(amount, 6), "state": state}
        )

"""What it costs that a parcel waits for its buyer, or comes when he had it due before."""

from __future__ import annotations

from typing import NamedTuple

from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.schema.policy import Policy
from harvest_planner.transit.travel import Journey


class Timing(NamedTuple):
    """Expected days of a parcel on one journey, whatever fruit it holds [d]."""

    wait_days: float
    """From arrival to `deliver_from_at`."""
    late_days: float
    """From `due_at` to arrival, and no further than to the deadline: a parcel that comes later is late until then."""

    def vnd_per_kg(self, policy: Policy) -> float:
        """Their price [VND/kg]."""
        early, late = policy.earliness_cost_vnd_per_kg_day, policy.lateness_cost_vnd_per_kg_day
        return early * self.wait_days + late * self.late_days


def priced(policy: Policy) -> bool:
    """Whether waiting or lateness costs anything."""
    return policy.earliness_cost_vnd_per_kg_day > 0 or policy.lateness_cost_vnd_per_kg_day > 0


def timing_of(journey: Journey, buyer: BuyerOrder) -> Timing:
    """How long the order's parcel waits and how late it comes on the journey, with no regard to what that costs."""
    return _timing(journey, from_h=buyer.wish.deliver_from_h, due_h=buyer.due_h, until_h=buyer.wish.deliver_until_h)


def timing_vnd_per_kg(journey: Journey, wish: Wish, policy: Policy) -> float:
    """What waiting and coming late cost by the journey [VND/kg]."""
    if not priced(policy):
        return 0.0
    found = _timing(journey, from_h=wish.deliver_from_h, due_h=wish.due_h, until_h=wish.deliver_until_h)
    return found.vnd_per_kg(policy)


def _timing(journey: Journey, *, from_h: float | None, due_h: float, until_h: float) -> Timing:
    wait_h = 0.0 if from_h is None else journey.early_h(from_h)
    late_h = 0.0
    if due_h < until_h:
        late_h = max(0.0, until_h - due_h - journey.early_h(until_h) + journey.early_h(due_h))
    return Timing(wait_h / 24.0, late_h / 24.0)

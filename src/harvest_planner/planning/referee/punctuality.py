"""How long a parcel waits for its buyer, how late it comes, and what that costs: by the law of its arrival alone."""

from __future__ import annotations

from typing import NamedTuple

from harvest_planner.planning.referee.finding import DAYS
from harvest_planner.planning.referee.journey import Journey
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.planning.referee.wishes import Wish
from harvest_planner.schema.policy import Policy


class Punctuality(NamedTuple):
    """Mean days of waiting before, and of lateness after what was agreed [d]."""

    wait_days: float
    late_days: float

    def cost_vnd_per_kg(self, policy: Policy) -> float:
        """Each day that a parcel waits has its price, and each day that it is late [VND/kg]."""
        waiting = self.wait_days * policy.earliness_cost_vnd_per_kg_day
        return waiting + self.late_days * policy.lateness_cost_vnd_per_kg_day

    def at_worst(self) -> Punctuality:
        """On the careful side."""
        return Punctuality(self.wait_days + DAYS, self.late_days + DAYS)


def punctuality(wish: Wish, journey: Journey) -> Punctuality:
    """Of a parcel for that wish on that journey; lateness ends with the deadline."""
    arrival, wait_h, late_h = journey.arrivals[-1], 0.0, 0.0
    if wish.deliver_from_at is not None:
        wait_h = arrival.before(hours(wish.deliver_from_at))
    if wish.due_at is not None:
        due_h, until_h = hours(wish.due_at), hours(wish.deliver_until_at)
        late_h = (until_h - arrival.before(until_h)) - (due_h - arrival.before(due_h))
    return Punctuality(wait_h / 24.0, max(0.0, late_h) / 24.0)

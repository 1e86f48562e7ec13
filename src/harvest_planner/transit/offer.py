"""Which journeys are worth offering: those that no other outdoes in arrival, cost and age."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from harvest_planner.transit.travel import Journey

_EQUAL = 1e-9


class Rated(NamedTuple):
    """A journey with its mean age at arrival, counted from the same instant as that of the others [d20]."""

    journey: Journey
    age_d20: float

    @property
    def figures(self) -> tuple[float, ...]:
        """By which journeys outdo each other: less is better."""
        one = self.journey
        return one.arrive_p05_h, one.arrive_p50_h, one.arrive_p95_h, one.cost_vnd_per_kg, self.age_d20

    @property
    def rank(self) -> tuple[tuple[str, ...], float]:
        """Of equal journeys the first by this stays."""
        return self.journey.lane_ids, self.journey.first_departure_h


def not_outdone(journeys: Iterable[Rated]) -> tuple[Journey, ...]:
    """The journeys that no other one outdoes, by median arrival, lanes and first departure.

    One outdoes another when it is no later in the 5, 50 and 95 % quantile of arrival, no dearer, gains no more age on
    average, the wait for its departure included, and has no limited lane; of two equal ones the first by lanes stays.
    """
    rated = [(each.figures, each) for each in journeys]
    free = [(figures, each) for figures, each in rated if not each.journey.limited]
    kept = (
        each.journey
        for figures, each in rated
        if not any(other is not each and _outdoes(better, other, figures, each) for better, other in free)
    )
    return tuple(sorted(kept, key=lambda each: (each.arrive_p50_h, each.lane_ids, each.first_departure_h)))


def _outdoes(better: tuple[float, ...], one: Rated, figures: tuple[float, ...], other: Rated) -> bool:
    if any(a > b + _EQUAL for a, b in zip(better, figures, strict=True)):
        return False
    strictly = any(a < b - _EQUAL for a, b in zip(better, figures, strict=True))
    return strictly or other.journey.limited or one.rank < other.rank

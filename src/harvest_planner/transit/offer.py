"""Which journeys are worth offering: those that no other outdoes in arrival, cost and age."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from harvest_planner.transit.travel import Journey

Figures = tuple[float, float, float, float, float]

_EQUAL = 1e-9


class Rated(NamedTuple):
    """A journey with its mean age at arrival, counted from the same instant as that of the others [d20]."""

    journey: Journey
    age_d20: float

    @property
    def figures(self) -> Figures:
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


def _outdoes(better: Figures, one: Rated, figures: Figures, other: Rated) -> bool:
    a, b, c, d, e = better
    p, q, r, s, t = figures
    if a > p + _EQUAL or b > q + _EQUAL or c > r + _EQUAL or d > s + _EQUAL or e > t + _EQUAL:
        return False
    if a < p - _EQUAL or b < q - _EQUAL or c < r - _EQUAL or d < s - _EQUAL or e < t - _EQUAL:
        return True
    return other.journey.limited or one.rank < other.rank

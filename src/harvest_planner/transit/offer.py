"""Which journeys are worth offering: those that no other outdoes in arrival, cost and age."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from harvest_planner.transit.travel import Journey

_EQUAL = 1e-9


class _Rated(NamedTuple):
    figures: tuple[float, ...]
    rank: tuple[tuple[str, ...], float]
    journey: Journey


def not_outdone(journeys: Iterable[Journey], *, ageing_per_h: float) -> tuple[Journey, ...]:
    """The journeys that no other one outdoes, by median arrival, lanes and first departure.

    One outdoes another when it is no later in the 5, 50 and 95 % quantile of arrival, no dearer, gains no more age on
    average, the wait for its departure included, and has no limited lane; of two equal ones the first by lanes stays.

    Parameters
    ----------
    ageing_per_h : what goods age in an hour of waiting for the first departure.
    """
    rated = [
        _Rated(_figures(journey, ageing_per_h), (journey.lane_ids, journey.first_departure_h), journey)
        for journey in journeys
    ]
    free = [each for each in rated if not each.journey.limited]
    kept = (each.journey for each in rated if not any(_outdoes(other, each) for other in free))
    return tuple(sorted(kept, key=lambda each: (each.arrive_p50_h, each.lane_ids, each.first_departure_h)))


def _figures(journey: Journey, ageing_per_h: float) -> tuple[float, ...]:
    travelled = journey.mean_exposures[0] if journey.mean_exposures else 0.0
    return (
        journey.arrive_p05_h,
        journey.arrive_p50_h,
        journey.arrive_p95_h,
        journey.cost_vnd_per_kg,
        travelled + ageing_per_h * journey.first_departure_h,
    )


def _outdoes(one: _Rated, other: _Rated) -> bool:
    if one is other or any(a > b + _EQUAL for a, b in zip(one.figures, other.figures, strict=True)):
        return False
    strictly = any(a < b - _EQUAL for a, b in zip(one.figures, other.figures, strict=True))
    return strictly or other.journey.limited or one.rank < other.rank

"""A journey on offer as it is told: local instants, its legs, and the ways it may turn out."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from harvest_planner.schema.plan import Leg
from harvest_planner.transit.arrivals import Arrivals
from harvest_planner.transit.instants import hours_of, instant_of

HALF_A_SECOND_H = 0.5 / 3600.0
"""Instants are rounded to the second; what arrives within half of one has arrived."""


@dataclass(frozen=True, slots=True)
class TravelOutcome:
    """One way an itinerary may turn out.

    Attributes
    ----------
    probability : of this outcome; those of all outcomes add up to 1.
    arrive_at : mean arrival, local to the destination; None: these goods find no departure any more and never arrive.
    earliest_at, latest_at : between these the outcome's arrivals lie.
    age_gained_d20 : what the goods age from `ready_at` to arrival on average [d20]; None: no crop was given.
    chill_dose, safety_dose : shares of the chilling limit and of the food-safety cap used up in that time, beyond 1
        the goods are harmed; None: no crop was given.
    """

    probability: float
    arrive_at: dt.datetime | None
    earliest_at: dt.datetime | None
    latest_at: dt.datetime | None
    age_gained_d20: float | None
    chill_dose: float | None
    safety_dose: float | None


class _Told(NamedTuple):
    """What an itinerary knows from the start."""

    arrive_p05_at: dt.datetime
    arrive_p50_at: dt.datetime
    arrive_p95_at: dt.datetime
    cost_vnd_per_kg: float
    arrivals: Arrivals


class Itinerary:
    """A journey on offer: its planned legs, its cost, when it arrives and how it may turn out.

    Legs and outcomes are worked out when they are first asked for. Two are equal when all they tell is.
    """

    def __init__(
        self,
        arrivals: Arrivals,
        local: dt.tzinfo,
        *,
        cost_vnd_per_kg: float,
        quantiles_h: tuple[float, float, float],
        legs: Callable[[], tuple[Leg, ...]],
        outcomes: Callable[[], tuple[TravelOutcome, ...]],
    ) -> None:
        p05_at, p50_at, p95_at = (instant_of(hours, local) for hours in quantiles_h)
        self._told = _Told(p05_at, p50_at, p95_at, cost_vnd_per_kg, arrivals)
        self._make_legs, self._make_outcomes = legs, outcomes

    @property
    def arrive_p05_at(self) -> dt.datetime:
        """Instant by which one parcel in twenty has arrived, local to the destination."""
        return self._told.arrive_p05_at

    @property
    def arrive_p50_at(self) -> dt.datetime:
        """Instant by which half of the parcels have arrived, local to the destination."""
        return self._told.arrive_p50_at

    @property
    def arrive_p95_at(self) -> dt.datetime:
        """Instant by which nineteen parcels in twenty have arrived, local to the destination."""
        return self._told.arrive_p95_at

    @property
    def cost_vnd_per_kg(self) -> float:
        """Freight of all legs [VND/kg]."""
        return self._told.cost_vnd_per_kg

    @cached_property
    def legs(self) -> tuple[Leg, ...]:
        """The lanes with their planned departures, each instant local to its place."""
        return self._make_legs()

    @cached_property
    def outcomes(self) -> tuple[TravelOutcome, ...]:
        """The ways it may turn out, with their probabilities."""
        return self._make_outcomes()

    @property
    def lane_ids(self) -> tuple[str, ...]:
        """The lanes in the order of travel."""
        return tuple(leg.lane_id for leg in self.legs)

    @property
    def age_gained_mean_d20(self) -> float | None:
        """What the goods age from `ready_at` to arrival, over all outcomes [d20]; None: no crop was given."""
        ages = [(each.probability, each.age_gained_d20) for each in self.outcomes if each.age_gained_d20 is not None]
        return math.fsum(share * age for share, age in ages) if ages else None

    def probability_by(self, at: dt.datetime) -> float:
        """Probability of having arrived at an instant, to the second.

        Raises
        ------
        ValueError : a naive instant.
        """
        return self._told.arrivals.probability_by(hours_of(aware("at", at)) + HALF_A_SECOND_H)

    def __repr__(self) -> str:
        names = ("arrive_p05_at", "arrive_p50_at", "arrive_p95_at", "cost_vnd_per_kg", "legs")
        return f"Itinerary({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Itinerary):
            return NotImplemented
        return self._told == other._told and self.legs == other.legs and self.outcomes == other.outcomes

    def __hash__(self) -> int:
        return hash((self._told, self.legs))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._told, self.legs, self.outcomes)


def _restored(told: _Told, legs: tuple[Leg, ...], outcomes: tuple[TravelOutcome, ...]) -> Itinerary:
    found = Itinerary.__new__(Itinerary)
    found.__dict__.update(_told=told, legs=legs, outcomes=outcomes)
    return found


def aware(name: str, moment: dt.datetime) -> dt.datetime:
    """The instant, which carries its offset.

    Raises
    ------
    ValueError : it is naive.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{name} = {moment.isoformat()} is naive; give it an offset such as +07:00")
    return moment

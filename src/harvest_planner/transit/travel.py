"""Travel under chance: a chain of services and its first departure → weighted outcomes at the destination."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.arrivals import Arrivals
from harvest_planner.transit.crowd import merged, ride
from harvest_planner.transit.exposure import Boarding, Exposures, Rates
from harvest_planner.transit.law import ChainLaw
from harvest_planner.transit.pulp import Packaging
from harvest_planner.transit.timetable import Service

Clocks = Sequence[Callable[[float], float]]
"""Rates per day by temperature [°C]: age, doses, or whatever else goods gain on the way."""

REPRESENTATIVES = 6
"""Different exposures that are kept apart among the parcels of one departure."""
DOSES_ASHORE = 128
"""The same where a chilling or safety dose differs among them."""


class Outcome(NamedTuple):
    """One way a parcel may fare: when it arrives and what each clock gained since the first departure.

    Its mass is spread evenly from `low_h` to `high_h`; `arrive_h` is its mean [h since the epoch]. A parcel that finds
    no departure any more has all three at infinity.
    """

    probability: float
    arrive_h: float
    low_h: float
    high_h: float
    exposures: Exposures
    per_h: Exposures
    """What each clock gains in an hour of the last ride: how exposures vary within the outcome."""


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """A lane with the departure planned on it, and when its parcels arrive [h since the epoch]."""

    lane_id: str
    departs_h: float
    arrive_p50_h: float
    arrive_p95_h: float


class Journey:
    """A chain of lanes from a departure on: its planned legs, its cost and its weighted outcomes.

    Instants are hours since the epoch. Legs and outcomes are worked out when they are first asked for.

    Parameters
    ----------
    law : of the chain.
    fares : works out the outcomes.
    """

    def __init__(self, law: ChainLaw, fares: Callable[[], tuple[Outcome, ...]]) -> None:
        self._law, self._fares = law, fares
        self.lane_ids = tuple(service.lane.id for service in law.services)
        self.first_departure_h = law.departs_h
        self.cost_vnd_per_kg = math.fsum(service.lane.cost_vnd_per_kg for service in law.services)
        self.arrive_p05_h, self.arrive_p50_h, self.arrive_p95_h = law.quantiles_h
        self.limited = law.limited

    @cached_property
    def legs(self) -> tuple[PlannedLeg, ...]:
        """Each lane with the departure planned on it: the first that half of the parcels make."""
        legs: list[PlannedLeg] = []
        departs_h: float | None = self.first_departure_h
        for leg in self._law.legs:
            service = leg.line.service
            if legs:
                departs_h = service.first_departure(legs[-1].arrive_p50_h)
            assert departs_h is not None, "at most one parcel in twenty finds no departure"
            _, p50_h, p95_h = leg.quantiles_h
            legs.append(PlannedLeg(service.lane.id, departs_h, p50_h, p95_h))
        return tuple(legs)

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The ways it may turn out."""
        return self._fares()

    @property
    def arrivals(self) -> Arrivals:
        """When it arrives."""
        return self._law.arrivals

    @property
    def mean_exposures(self) -> Exposures:
        """What each clock gains on average from the first departure to arrival."""
        outcomes = self.outcomes
        return tuple(
            math.fsum(outcome.probability * outcome.exposures[clock] for outcome in outcomes)
            for clock in range(len(outcomes[0].exposures))
        )

    @property
    def packaging(self) -> Packaging | None:
        """What the goods are in when they arrive."""
        return self._law.line.service.packaging

    @property
    def packed(self) -> bool:
        """Whether a lane of it has a packaging; the last exposure is then the temperature of the pulp [°C]."""
        return any(service.packaging for service in self._law.services)

    def probability_by(self, at_h: float) -> float:
        """Probability of having arrived at `at_h` [h since the epoch]."""
        return self.arrivals.probability_by(at_h)


def fare(
    services: Sequence[Service],
    *,
    departs_h: float,
    clocks: Clocks,
    ambient: Ambient,
    kinks_degc: Sequence[float] = (),
) -> tuple[Outcome, ...]:
    """How parcels may fare over a chain of services from a departure of the first on.

    A parcel takes at each later service the first departure whose cut-off it makes. Packed goods start as warm as the
    air at their origin; between two services they stay in the packaging of the first.

    Parameters
    ----------
    services : the chain, each from where the one before ends.
    departs_h : a departure of the first [h since the epoch].
    clocks : what goods gain on the way, per day by temperature.
    ambient : the air where parcels wait, and on lanes without a temperature of their own.
    kinks_degc : temperatures at which a clock's rate bends or jumps [°C].
    """
    rates = Rates(clocks, kinks_degc)
    packed_since_h = departs_h if any(service.packaging for service in services) else None
    pulp = () if packed_since_h is None else (ambient.outdoor_degc(services[0].origin_id, departs_h),)
    crowd = {departs_h: [Boarding(1.0, ((0.0,) * len(clocks)) + pulp)]}
    stranded: list[Outcome] = []
    outcomes: list[Outcome] = []
    for service, following in zip(services, [*services[1:], None], strict=True):
        ridden = ride(crowd, service, rates=rates, ambient=ambient, following=following, packed_since_h=packed_since_h)
        outcomes = [Outcome(*each) for each in ridden]
        if following is not None:
            wait = Wait(rates, ambient, service.packaging, packed_since_h)
            crowd = board(outcomes, following, wait=wait, stranded=stranded)
    return (*outcomes, *stranded)


@dataclass(frozen=True, slots=True)
class Wait:
    """What goods gain while they wait at a place.

    Attributes
    ----------
    packaging : what they wait in.
    packed_since_h : the journey's first departure, where goods travel packed [h since the epoch].
    """

    rates: Rates
    ambient: Ambient
    packaging: Packaging | None
    packed_since_h: float | None

    def after(self, exposures: Exposures, *, place_id: str, from_h: float, hours: float) -> Exposures:
        """Exposures after so long outdoors at a place from an instant on [h since the epoch]."""
        at_h = from_h
        for spell_h, degc in self.ambient.spells(place_id, from_h=from_h, hours=hours):
            exposures = self._aged(exposures, degc=degc, from_h=at_h, hours=spell_h)
            at_h += spell_h
        return exposures

    def indoors(self, exposures: Exposures, *, place_id: str, from_h: float, hours: float) -> Exposures:
        """Exposures after so long at the mean temperature of the day."""
        return self._aged(exposures, degc=self.ambient.degc(place_id, from_h), from_h=from_h, hours=hours)

    def _aged(self, exposures: Exposures, *, degc: float, from_h: float, hours: float) -> Exposures:
        if self.packed_since_h is None:
            rate = self.rates.per_hour(degc)
            return tuple(gained + each * hours for gained, each in zip(exposures, rate, strict=True))
        on_way_h = from_h - self.packed_since_h
        return self.rates.packed(exposures, air_degc=degc, hours=hours, packaging=self.packaging, from_h=on_way_h)


def board(
    outcomes: Sequence[Outcome], service: Service, *, wait: Wait, stranded: list[Outcome]
) -> dict[float, list[Boarding]]:
    """Parcels by the departure they take next, aged by the wait for it; who finds none is added to `stranded`."""
    crowd: dict[float, list[Boarding]] = {}
    for outcome in outcomes:
        departs_h = service.first_departure(outcome.arrive_h)
        if departs_h is None:
            never = math.inf
            stranded.append(Outcome(outcome.probability, never, never, never, outcome.exposures, outcome.per_h))
            continue
        waited_h = max(0.0, departs_h - outcome.arrive_h)
        aged = wait.after(outcome.exposures, place_id=service.origin_id, from_h=outcome.arrive_h, hours=waited_h)
        crowd.setdefault(departs_h, []).append(Boarding(outcome.probability, aged))
    return {departs_h: merged(parts, REPRESENTATIVES, of_doses=DOSES_ASHORE) for departs_h, parts in crowd.items()}

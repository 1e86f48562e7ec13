"""Travel under chance: a chain of services and its first departure → weighted outcomes at the destination."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.arrivals import Arrivals
from harvest_planner.transit.crowd import DOSE_LIMIT, SteadyRide, merged, ride, steady_ride
from harvest_planner.transit.exposure import Boarding, Exposures, Rates
from harvest_planner.transit.law import ChainLaw
from harvest_planner.transit.pulp import Packaging
from harvest_planner.transit.timetable import Air, Service, air_on_board

Clocks = Sequence[Callable[[float], float]]
"""Rates per day by temperature [°C]: age, doses, or whatever else goods gain on the way."""

REPRESENTATIVES = 6
"""Different exposures that are kept apart among the parcels of one departure."""
DOSES_ASHORE = 128
"""The same where a chilling or safety dose differs among them."""
PARTS_AT_A_LIMIT = 8
"""Parts in which an outcome boards where a dose of it may cross its limit."""
LOPSIDED = 0.05
"""Outcomes of which the mean lies further from the middle of their span are not even, as a share of the span."""


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

    @property
    def is_even(self) -> bool:
        """Whether equal parts of its span hold equal mass; that of an open tail's cell lies near one end of it."""
        wide_h = self.high_h - self.low_h
        if not math.isfinite(wide_h) or wide_h <= 0.0:
            return False
        return abs(self.arrive_h - (self.low_h + self.high_h) / 2.0) <= LOPSIDED * wide_h

    def parts(self, count: int) -> Iterator[Outcome]:
        """An even outcome in equal parts, each with what its own middle gained."""
        wide_h = self.high_h - self.low_h
        for part in range(count):
            off_h = (part + 0.5 - count / 2) * wide_h / count
            yield Outcome(
                self.probability / count,
                self.arrive_h + off_h,
                self.low_h + part * wide_h / count,
                self.low_h + (part + 1) * wide_h / count,
                tuple(gained + rate * off_h for gained, rate in zip(self.exposures, self.per_h, strict=True)),
                self.per_h,
            )

    def later(self, hours: float) -> Outcome:
        """The same so many hours later."""
        return self._replace(arrive_h=self.arrive_h + hours, low_h=self.low_h + hours, high_h=self.high_h + hours)


class Profile:
    """How parcels may fare, in hours after the first departure; journeys that differ by their day alone share one.

    Parameters
    ----------
    outcomes : works them out when they are first asked for.
    steady : the same in short, where it is one ride in air as warm as the pulp.
    """

    def __init__(self, outcomes: Callable[[], tuple[Outcome, ...]], steady: SteadyRide | None = None) -> None:
        self._outcomes, self.steady = outcomes, steady

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The ways it may turn out."""
        return self._outcomes()


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """A lane with the departure planned on it, and when its parcels arrive [h since the epoch]."""

    lane_id: str
    departs_h: float
    arrive_p50_h: float
    arrive_p95_h: float


class Journey:
    """A chain of lanes from a departure on: its planned legs, its cost and its weighted outcomes.

    Instants are hours since the epoch. Legs and profile are worked out when they are first asked for.

    Parameters
    ----------
    law : of the chain.
    profile : works out how parcels may fare.
    """

    def __init__(self, law: ChainLaw, profile: Callable[[], Profile]) -> None:
        self._law, self._profile = law, profile
        self.lane_ids = law.lane_ids
        self.first_departure_h = law.departs_h
        self.cost_vnd_per_kg = math.fsum([leg.line.cost_vnd_per_kg for leg in law.legs])
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
    def profile(self) -> Profile:
        """The ways it may turn out, in hours after the first departure."""
        return self._profile()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The ways it may turn out."""
        return tuple(outcome.later(self.first_departure_h) for outcome in self.profile.outcomes)

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

    def early_h(self, at_h: float) -> float:
        """Mean hours by which it arrives before `at_h` [h since the epoch], none where it does not [h]."""
        return self.arrivals.early_h(at_h)


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
        air = partial(air_on_board, service, ambient=ambient)
        ridden = ride(crowd, service, rates=rates, air=air, following=following, packed_since_h=packed_since_h)
        outcomes = [Outcome(*each) for each in ridden]
        if following is not None:
            wait = Wait(rates, ambient, service.packaging, packed_since_h)
            crowd = board(outcomes, following, wait=wait, stranded=stranded)
    return (*outcomes, *stranded)


def fare_alone(service: Service, *, air: Air, rates: Rates) -> Profile:
    """`fare` over one service without packaging: it asks for the air on board alone."""

    def outcomes() -> tuple[Outcome, ...]:
        crowd = {0.0: [Boarding(1.0, (0.0,) * rates.clocks)]}
        return tuple(Outcome(*each) for each in ride(crowd, service, rates=rates, air=lambda _: air, following=None))

    return Profile(outcomes, steady_ride(service, air=air, rates=rates))


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
        for part in _about_limits(outcome):
            waited_h = max(0.0, departs_h - part.arrive_h)
            aged = wait.after(part.exposures, place_id=service.origin_id, from_h=part.arrive_h, hours=waited_h)
            crowd.setdefault(departs_h, []).append(Boarding(part.probability, aged))
    return {departs_h: merged(parts, REPRESENTATIVES, of_doses=DOSES_ASHORE) for departs_h, parts in crowd.items()}


def _about_limits(outcome: Outcome) -> Iterator[Outcome]:
    """The outcome, in equal parts where a dose of it may cross its limit: who boards has one dose, without a span."""
    doses = zip(outcome.exposures[1:3], outcome.per_h[1:3], strict=True)
    wide_h = outcome.high_h - outcome.low_h
    if outcome.is_even and any(abs(dose - DOSE_LIMIT) < abs(rate) * wide_h for dose, rate in doses):
        yield from outcome.parts(PARTS_AT_A_LIMIT)
    else:
        yield outcome

"""A parcel's chance along planned legs: which departures it takes, when it arrives, what its clocks gain on the way.

Arrival laws are exact mixtures of the last leg's duration over the departures it may take; only the clocks need nodes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from harvest_planner.planning.referee.duration import Duration
from harvest_planner.planning.referee.fruit import Clock
from harvest_planner.planning.referee.pulp import Box, Warming
from harvest_planner.schema.lane import Lane

LATE_MASS = 1e-5
MOST_DEPARTURES = 400
FINEST_D20, WIDEST_D20, BIN_DOSE = 0.005, 0.02, 0.002
BIN_DEGC = 0.5
AGE_Z, DOSE_Z = 1.5, 0.15
Ambient = Callable[[str, float], float]
Outdoors = Callable[[str, float, float], list[tuple[float, float]]]
"""Place, from [h], for [h] → (hours, °C) of goods that wait there for a departure."""
"""(place id, instant [h]) → air temperature [°C]."""


class Gains(NamedTuple):
    """What a parcel's clocks gained since its first departure, and the probability of that story."""

    weight: float
    age_d20: float
    chill: float
    danger: float
    pulp_degc: float = math.nan
    """Temperature of packed goods [°C]; not a number where nothing keeps the air from them."""

    def after(self, days: float, rates: tuple[float, float, float], weight: float) -> Gains:
        """The gains after some days more at these rates."""
        age, chill, danger = rates
        return Gains(
            weight, self.age_d20 + age * days, self.chill + chill * days, self.danger + danger * days, self.pulp_degc
        )

    def plus(self, gained: tuple[float, float, float, float], weight: float) -> Gains:
        """The gains with those of a stay in a packaging, which leave the pulp as warm as that says."""
        age, chill, danger, pulp = gained
        return Gains(weight, self.age_d20 + age, self.chill + chill, self.danger + danger, pulp)


@dataclass(frozen=True)
class Ride:
    """One lane of the journey with its law and its timetable for these goods."""

    lane: Lane
    duration: Duration
    departures: Callable[[float, int], Sequence[float]]
    """(not before [h], how many) → instants of departure [h]."""


class Arrival:
    """When a leg arrives: its duration mixed over the departures it may take."""

    def __init__(self, duration: Duration, taken: dict[float, float]) -> None:
        self.duration, self.taken = duration, taken
        self._quantiles: dict[float, float] = {}

    def by(self, at_h: float) -> float:
        """P(arrived by that instant)."""
        return math.fsum(share * self.duration.until(at_h - departs) for departs, share in self.taken.items())

    @property
    def first_h(self) -> float:
        """Before this nothing arrives [h]."""
        return min(self.taken) + self.duration.shortest_h

    def quantile(self, share: float) -> float:
        """The instant by which that share has arrived [h]; infinite where so much never does."""
        if share not in self._quantiles:
            self._quantiles[share] = self._quantile(share)
        return self._quantiles[share]

    def before(self, at_h: float) -> float:
        """Hours before an instant at which a parcel comes, none for one that comes later: their mean [h]."""
        return math.fsum(
            share * weight * (at_h - departs_h - taken_h)
            for departs_h, share in self.taken.items()
            for weight, taken_h in self.duration.nodes(after_h=-math.inf, until_h=at_h - departs_h)
        )

    def _quantile(self, share: float) -> float:
        if not self.taken:
            return math.inf
        low, high = self.first_h - 1.0, max(self.taken) + self.duration.longest_h + 1.0
        if self.by(high) < share:
            return math.inf
        while high - low > 1e-7:
            mid = 0.5 * (low + high)
            low, high = (low, mid) if self.by(mid) >= share else (mid, high)
        return high


class Journey:
    """A chain of rides from a first departure, for one crop."""

    def __init__(
        self,
        rides: Sequence[Ride],
        first_h: float,
        clock: Clock,
        ambient: Ambient,
        outdoors: Outdoors,
        *,
        laws: Callable[[Duration, dict[float, float]], Arrival] = Arrival,
    ) -> None:
        self.rides, self.first_h, self._laws = tuple(rides), first_h, laws
        self._clock, self._ambient, self._outdoors = clock, ambient, outdoors

    @cached_property
    def cost_vnd_per_kg(self) -> float:
        """Transport [VND/kg]."""
        return math.fsum(ride.lane.cost_vnd_per_kg for ride in self.rides)

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """The arrival law of every leg."""
        found = [self._laws(self.rides[0].duration, {self.first_h: 1.0})]
        for ride in self.rides[1:]:
            taken = {departs: share for departs, _, _, share in _caught(found[-1], ride) if share > 0.0}
            found.append(self._laws(ride.duration, taken))
        return tuple(found)

    @cached_property
    def packed(self) -> bool:
        """Whether the goods travel in a packaging anywhere on the way."""
        return any(ride.lane.packaging is not None for ride in self.rides)

    def stay(
        self, story: Gains, lane: Lane, *, from_h: float, degc: float
    ) -> Callable[[float], tuple[float, float, float, float]]:
        """Hours → gains and pulp of a stay in outside air, in the packaging of a lane, from an instant on [h]."""
        box = Box.of(lane.packaging)
        if box is None:
            age, chill, danger = self.rates(degc)
            return lambda hours: (age * hours / 24.0, chill * hours / 24.0, danger * hours / 24.0, degc)
        key = (lane.packaging, story.pulp_degc, degc, from_h - self.first_h if box.iced_h else 0.0)
        if key not in self._warmings:
            self._warmings[key] = Warming(
                box, self.rates, pulp_degc=story.pulp_degc, outside_degc=degc, on_way_h=from_h - self.first_h
            )
        return self._warmings[key].at

    @cached_property
    def _warmings(self) -> dict[tuple[object, ...], Warming]:
        return {}

    @cached_property
    def boardings(self) -> dict[float, tuple[Gains, ...]]:
        """Departures of the last leg that may be taken, each with what the clocks have gained until then."""
        # A minute on, so that rounding of a full hour cannot reach back into the hour before.
        air = self._outdoors(self.rides[0].lane.origin_id, self.first_h, 1.0 / 60.0) if self.packed else []
        pulp = air[-1][1] if air else math.nan
        now: dict[float, tuple[Gains, ...]] = {self.first_h: (Gains(1.0, 0.0, 0.0, 0.0, pulp),)}
        for index, ride in enumerate(self.rides[1:]):
            now = self._transfer(self.rides[index], self.arrivals[index], now, ride)
        return now

    def _transfer(
        self, ride: Ride, arrival: Arrival, boarded: dict[float, tuple[Gains, ...]], onward: Ride
    ) -> dict[float, tuple[Gains, ...]]:
        """Ride, then wait at the ambient of the place for the first departure whose cut-off is made."""
        found: dict[float, list[Gains]] = defaultdict(list)
        place = onward.lane.origin_id
        for departs, after_h, until_h, share in _caught(arrival, onward):
            if share <= 0.0:
                continue
            for left_h, stories in boarded.items():
                for weight, hours in ride.duration.nodes(
                    after_h=after_h - left_h, until_h=until_h - left_h, widest_z=self._widest_z
                ):
                    arrived = left_h + hours
                    air = self._outdoors(place, arrived, departs - arrived)
                    for chance, degc in self.warmths(ride.lane, left_h):
                        rates = self.rates(degc)
                        for story in stories:
                            mass = story.weight * weight * chance
                            if self.packed:
                                ridden = self.stay(story, ride.lane, from_h=left_h, degc=degc)(hours)
                                rode, at_h = story.plus(ridden, mass), arrived
                                for spell_h, outside in air:
                                    still = self.stay(rode, ride.lane, from_h=at_h, degc=outside)
                                    rode, at_h = rode.plus(still(spell_h), mass), at_h + spell_h
                            else:
                                rode = story.after(hours / 24.0, rates, mass)
                                for spell_h, outside in air:
                                    rode = rode.after(spell_h / 24.0, self.rates(outside), rode.weight)
                            found[departs].append(rode)
        width = self._bin_d20
        return {departs: _merged(stories, width) for departs, stories in found.items()}

    @property
    def _widest_z(self) -> float:
        """Panels of the legs before the last: a dose has a sharp limit, an age has not [standard normals]."""
        return DOSE_Z if self._clock.carries_doses else AGE_Z

    @cached_property
    def _bin_d20(self) -> float:
        """Ages this near count as one: at most a tenth of any stage's spread; parcels of many fruit are sharp [d20]."""
        spread = min(stage.sd_d20 for stage in self._clock.crop.stages)
        return min(WIDEST_D20, max(FINEST_D20, 0.1 * spread))

    def warmths(self, lane: Lane, departs_h: float) -> tuple[tuple[float, float], ...]:
        """(probability, temperature on board [°C])."""
        degc = lane.temperature_degc
        if degc is None:
            ends = (self._ambient(lane.origin_id, departs_h), self._ambient(lane.destination_id, departs_h))
            degc = 0.5 * (ends[0] + ends[1])
        spread = math.sqrt(3.0) * lane.temperature_sd_degc
        if spread <= 0.0:
            return ((1.0, degc),)
        return ((1.0 / 6.0, degc - spread), (2.0 / 3.0, degc), (1.0 / 6.0, degc + spread))

    def rates(self, degc: float) -> tuple[float, float, float]:
        """How fast age, chilling and danger run at a temperature [1/d]."""
        return self._clock.rate(degc), self._clock.chill(degc), self._clock.danger(degc)

    def planned(self, index: int, median_h: float) -> float | None:
        """The departure of a later leg that an arrival at that instant makes; None: there is none."""
        if math.isinf(median_h):
            return None
        ride = self.rides[index]
        found = ride.departures(median_h + ride.lane.cutoff_h, 1)
        return found[0] if found else None


def _caught(arrival: Arrival, onward: Ride) -> Iterator[tuple[float, float, float, float]]:
    """Per departure of the next lane: (departure, arrivals later than, up to [h], their probability)."""
    if not arrival.taken:
        return
    cutoff, done, before = onward.lane.cutoff_h, 0.0, -math.inf
    start = arrival.first_h + cutoff
    for departs in _in_turn(onward, start):
        until = departs - cutoff
        reached = arrival.by(until)
        if reached > done:
            yield departs, before, until, reached - done
        done, before = reached, until
        if done > 1.0 - LATE_MASS:
            return


def _in_turn(ride: Ride, start_h: float) -> Iterator[float]:
    """Departures one after another, asked for in growing handfuls."""
    given, handful = 0, 8
    while given < MOST_DEPARTURES:
        found = ride.departures(start_h, handful)
        yield from found[given:]
        if len(found) < handful:
            return
        given, handful = handful, 4 * handful


def _merged(stories: Iterable[Gains], width_d20: float) -> tuple[Gains, ...]:
    """Stories with nearly the same gains as one, their means kept."""
    bins: dict[tuple[int, int, int, int], list[Gains]] = defaultdict(list)
    for story in stories:
        pulp = 0 if math.isnan(story.pulp_degc) else round(story.pulp_degc / BIN_DEGC)
        key = round(story.age_d20 / width_d20), round(story.chill / BIN_DOSE), round(story.danger / BIN_DOSE)
        bins[*key, pulp].append(story)
    return tuple(_mean(group) for group in bins.values())


def _mean(group: Sequence[Gains]) -> Gains:
    weight = math.fsum(story.weight for story in group)
    if weight <= 0.0:
        return Gains(0.0, *group[0][1:])
    means = (math.fsum(story.weight * story[clock] for story in group) / weight for clock in (1, 2, 3, 4))
    return Gains(weight, *means)

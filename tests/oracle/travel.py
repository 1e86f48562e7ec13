"""Journeys by the model: chains of one or two lanes, their departures, their arrivals as sums over cells."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from harvest_planner.schema.clock import occurrences
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.duration import Duration, Floats, Trips, duration_of
from tests.oracle.fruit import Speeds, ambient, speeds

Spent = list[tuple[float | Floats, Speeds]]
"""Hours and what each of them does."""
INSTANT_H = 1e-6
"""Two instants nearer than this are one [h]."""
LOOK_AHEAD = dt.timedelta(days=60)
NO_MASS = 1e-10
CELLS_ALONE, CELLS_PAIRED = 4000, 240
"""Cells of one uncertain duration, and of each of two."""


@dataclass(frozen=True)
class Leg:
    """One lane for one crop: its departures [h after as_of], how long it takes, what its temperatures do."""

    lane: Lane
    origin: str
    destination: str
    departures_h: Floats
    duration: Duration | Trips
    weathers: tuple[tuple[float, Speeds], ...]

    def departure_made(self, ready_h: float) -> int:
        """Which departure goods ready at that hour take; past the end where there is none."""
        return int(np.searchsorted(self.departures_h, ready_h + self.lane.cutoff_h - INSTANT_H))


@dataclass(frozen=True)
class Outcomes:
    """Possible arrivals as cells: what holds in the middle of each, and how much of it varies across the cell."""

    mass: Floats
    arrive_h: Floats
    """Hours after as_of."""
    arrive_span_h: Floats
    gain: Floats
    """Age gained [d20]."""
    chill: Floats
    """Chilling dose as a share of its limit."""
    chill_span: Floats
    safety: Floats
    """Safety dose as a share of its limit."""
    safety_span: Floats


@dataclass(frozen=True)
class Journey:
    """A chain of legs from one departure on, for fruit whose clock starts at `start_h`."""

    legs: tuple[Leg, ...]
    first: int
    start_h: float
    waiting: tuple[Speeds, ...]
    """What the ambient of each leg's origin does to it."""

    @property
    def departs_h(self) -> float:
        return float(self.legs[0].departures_h[self.first])

    @property
    def limited(self) -> bool:
        return any(leg.lane.capacity_kg is not None for leg in self.legs)

    @property
    def cost_vnd_per_kg(self) -> float:
        return sum(leg.lane.cost_vnd_per_kg for leg in self.legs)

    @property
    def planned(self) -> tuple[tuple[str, float], ...]:
        """(lane, departure) of each leg as planned: by the median arrival of the leg before."""
        found = [(self.legs[0].lane.id, self.departs_h)]
        for before, leg in zip(self.legs[:-1], self.legs[1:], strict=True):
            median = found[-1][1] + before.lane.transit_p50_h
            found.append((leg.lane.id, float(leg.departures_h[leg.departure_made(median)])))
        return tuple(found)

    def _connections(self) -> Iterator[tuple[float, float]]:
        """(probability, hour) of the last leg's departures."""
        if len(self.legs) == 1:
            yield 1.0, self.departs_h
            return
        onward, before = self.legs[1], 0.0
        for departs in onward.departures_h:
            caught = self.legs[0].duration.cdf(departs - onward.lane.cutoff_h - self.departs_h + INSTANT_H)
            if caught > before:
                yield caught - before, float(departs)
            before = caught

    @cached_property
    def quantiles_h(self) -> tuple[float, float, float]:
        """5, 50 and 95 % quantile of the arrival [h after as_of]."""
        connections = list(self._connections())
        last = self.legs[-1].duration

        def arrived(hour: float) -> float:
            return sum(mass * last.cdf(hour - departs + INSTANT_H / 10) for mass, departs in connections)

        def quantile(share: float) -> float:
            low, high = self.departs_h, self.departs_h + 2000.0
            while high - low > INSTANT_H:
                middle = (low + high) / 2
                low, high = (low, middle) if arrived(middle) >= share - 1e-12 else (middle, high)
            return high

        return quantile(0.05), quantile(0.5), quantile(0.95)

    @cached_property
    def mean_gain_d20(self) -> float:
        """Mean age gained until arrival [d20]."""
        outcomes = self.outcomes([])
        return float(outcomes.mass @ outcomes.gain)

    def outcomes(self, edges_h: list[float]) -> Outcomes:
        """The arrivals; no cell lies across one of `edges_h` [h after as_of]."""
        parts = []
        for weather in product(*(leg.weathers for leg in self.legs)):
            likely = math.prod(share for share, _ in weather)
            rides = [speed for _, speed in weather]
            found = self._alone(rides[0], edges_h) if len(rides) == 1 else self._paired(rides, edges_h)
            parts += [[likely * part[0], *part[1:]] for part in found]
        return Outcomes(*(np.concatenate([part[n] for part in parts]) for n in range(8)))

    def _alone(self, ride: Speeds, edges_h: list[float]) -> list[list[Floats]]:
        edges = [edge - self.departs_h for edge in edges_h]
        hours, mass, width = self.legs[0].duration.cells(edges, CELLS_ALONE)
        spent: Spent = [(self.departs_h - self.start_h, self.waiting[0]), (hours, ride)]
        doses = _doses(spent, chill_span=width * ride.chill, safety_span=width * ride.safety)
        return [[mass, self.departs_h + hours, width, *doses]]

    def _paired(self, rides: list[Speeds], edges_h: list[float]) -> list[list[Floats]]:
        """For each departure of the second leg: those arrivals that catch it, each with every ride onward."""
        first, onward = self.legs
        doors = onward.departures_h - onward.lane.cutoff_h
        count = CELLS_ALONE if onward.duration.punctual >= 1 else CELLS_PAIRED
        hours, mass, width = first.duration.cells([float(door) - self.departs_h for door in doors], count)
        catches = np.searchsorted(doors, self.departs_h + hours - INSTANT_H)
        parts = []
        for index in np.unique(catches):
            chosen = catches == index
            if index < len(doors) and mass[chosen].sum() > NO_MASS:
                parts.append(self._onward(int(index), (hours[chosen], mass[chosen], width[chosen]), rides, edges_h))
        return parts

    def _onward(
        self, index: int, caught: tuple[Floats, Floats, Floats], rides: list[Speeds], edges_h: list[float]
    ) -> list[Floats]:
        departs = float(self.legs[1].departures_h[index])
        edges = [edge - departs for edge in edges_h]
        alone = self.legs[0].duration.punctual >= 1
        onward = self.legs[1].duration.cells(edges, CELLS_ALONE if alone else CELLS_PAIRED)
        pairs = [np.meshgrid(one, other, indexing="ij") for one, other in zip(caught, onward, strict=True)]
        (first, second), (mass, other_mass), (width, other_width) = (
            (one.ravel(), other.ravel()) for one, other in pairs
        )
        spent: Spent = [
            (self.departs_h - self.start_h, self.waiting[0]),
            (first, rides[0]),
            (departs - self.departs_h - first, self.waiting[1]),
            (second, rides[1]),
        ]
        # Where the second ride takes a fixed time, it is the first that varies, at the cost of the wait.
        chill_span, safety_span = (
            np.where(
                other_width > 0,
                other_width * getattr(rides[1], clock),
                width * (getattr(rides[0], clock) - getattr(self.waiting[1], clock)),
            )
            for clock in ("chill", "safety")
        )
        doses = _doses(spent, chill_span=chill_span, safety_span=safety_span)
        return [mass * other_mass, departs + second, other_width, *doses]


def _doses(spent: Spent, *, chill_span: Floats, safety_span: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Age gained and doses after hours spent at speeds, with the spans of the doses."""
    age, chill, safety = (
        np.asarray(sum(hours * getattr(speed, clock) for hours, speed in spent), dtype=np.float64)
        for clock in ("age", "chill", "safety")
    )
    return age, chill, chill_span, safety, safety_span


class Network:
    """The lanes of a problem as one crop may use them."""

    def __init__(self, problem: PlanningProblem, crop: Crop) -> None:
        self.problem = problem
        self.crop = crop
        self.legs = [leg for lane in problem.lanes if (leg := self._leg(lane)) is not None]

    def _leg(self, lane: Lane) -> Leg | None:
        if lane.goods and _folded(self.crop.goods) not in map(_folded, lane.goods):
            return None
        origin, destination = (self.problem.place(name) for name in (lane.origin_id, lane.destination_id))
        found = occurrences(
            lane.departures,
            timezone=origin.timezone,
            default_start=self.problem.as_of,
            from_at=self.problem.as_of,
            until_at=self.problem.as_of + LOOK_AHEAD,
        )
        hours = [self.hour(moment) for moment in found if not self._closed(lane, moment.date())]
        ambients = [ambient(self.problem, place.id) for place in (origin, destination)]
        degc = sum(ambients) / 2 if lane.temperature_degc is None else lane.temperature_degc
        swing = math.sqrt(3) * lane.temperature_sd_degc
        nodes = [(1 / 6, degc - swing), (2 / 3, degc), (1 / 6, degc + swing)] if swing > 0 else [(1.0, degc)]
        weathers = tuple((share, speeds(self.crop, node)) for share, node in nodes)
        return Leg(lane, origin.id, destination.id, np.array(hours), duration_of(lane), weathers)

    def _closed(self, lane: Lane, day: dt.date) -> bool:
        return str(day) in lane.rests_on or any(
            _folded(ban.carrier) == _folded(lane.carrier)
            and _folded(ban.goods) == _folded(self.crop.goods)
            and ban.from_on <= day <= ban.until_on
            for ban in self.problem.embargoes
        )

    def hour(self, moment: dt.datetime) -> float:
        """Hours after as_of."""
        return (moment - self.problem.as_of) / dt.timedelta(hours=1)

    def chains(self, origin: str, destination: str) -> list[tuple[Leg, ...]]:
        """Chains of lanes from one place to the other."""
        if origin == destination:
            return [(leg,) for leg in self.legs if leg.origin == leg.destination == origin]
        found: list[tuple[Leg, ...]] = []
        open_ends: list[tuple[tuple[Leg, ...], frozenset[str]]] = [((), frozenset({origin}))]
        while open_ends:
            chain, seen = open_ends.pop()
            end = chain[-1].destination if chain else origin
            for leg in self.legs:
                if leg.origin != end or leg.destination in seen:
                    continue
                longer = (*chain, leg)
                if leg.destination == destination:
                    found.append(longer)
                else:
                    open_ends.append((longer, seen | {leg.destination}))
        if any(len(chain) > 2 for chain in found):
            raise NotImplementedError("the oracle travels by one or two lanes")
        return found

    def on_offer(self, origin: str, destination: str, *, start_h: float, ready_h: float) -> list[Journey]:
        """The journeys offered for goods whose clock starts at one hour and which are ready at another."""
        journeys = [
            self._journey(chain, first, start_h)
            for chain in self.chains(origin, destination)
            for first in _first_departures(chain, ready_h)
        ]
        journeys.sort(key=lambda journey: ([leg.lane.id for leg in journey.legs], journey.first))
        return [
            journey
            for place, journey in enumerate(journeys)
            if not any(
                _drops(other, journey) and (before < place or not _drops(journey, other))
                for before, other in enumerate(journeys)
                if before != place
            )
        ]

    def _journey(self, chain: tuple[Leg, ...], first: int, start_h: float) -> Journey:
        waiting = tuple(speeds(self.crop, ambient(self.problem, leg.origin)) for leg in chain)
        return Journey(chain, first, start_h, waiting)


def _first_departures(chain: tuple[Leg, ...], ready_h: float) -> list[int]:
    first = chain[0].departure_made(ready_h)
    departures = chain[0].departures_h
    if first >= len(departures):
        return []
    if all(leg.lane.capacity_kg is None for leg in chain):
        return [first]
    until = departures[first] + 24.0 + INSTANT_H
    return [index for index in range(first, len(departures)) if departures[index] <= until]


def _drops(one: Journey, other: Journey) -> bool:
    """Whether `other` need not be offered beside `one`."""
    return (
        not one.limited
        and all(a <= b + 10 * INSTANT_H for a, b in zip(one.quantiles_h, other.quantiles_h, strict=True))
        and one.cost_vnd_per_kg <= other.cost_vnd_per_kg + 1e-9
        and one.mean_gain_d20 <= other.mean_gain_d20 + 1e-7
    )


def _folded(name: str | None) -> str | None:
    return None if name is None else name.strip().casefold()

"""One story along the last leg: what the clocks show at delivery, by how long the leg takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

from harvest_planner.planning.referee.journey import Gains, Journey


class Line(Protocol):
    """One story along the last leg."""

    @property
    def weight(self) -> float:
        """Its probability."""

    @property
    def departs_h(self) -> float:
        """When the last leg departs [h]."""

    def at(self, hours: float) -> tuple[float, float, float]:
        """Age, chill and danger at delivery, for a duration of the last leg [h]."""

    def crossings(self, clock: int, level: float) -> Iterator[float]:
        """Durations at which a clock passes a level, before and after the wait ends [h]."""

    def steepest_d20_per_h(self) -> float:
        """How fast the age at delivery changes with the duration, at most."""


class Piece(NamedTuple):
    """A line through the last leg: doses at arrival after `hours`, or at delivery where the parcel waits."""

    start: Gains
    ride: tuple[float, float, float]
    wait: tuple[float, float, float]
    departs_h: float
    from_h: float

    @property
    def weight(self) -> float:
        return self.start.weight

    def at(self, hours: float) -> tuple[float, float, float]:
        rode = hours / 24.0
        waited = max(0.0, self.from_h - self.departs_h - hours) / 24.0
        age, chill, danger = (
            gained + along * rode + still * waited
            for gained, along, still in zip(self.start[1:4], self.ride, self.wait, strict=True)
        )
        return age, chill, danger

    def crossings(self, clock: int, level: float) -> Iterator[float]:
        kink = self.from_h - self.departs_h
        gained, ride, wait = self.start[clock + 1], self.ride[clock], self.wait[clock]
        if ride > 0.0:
            yield 24.0 * (level - gained) / ride
        if math.isfinite(kink) and ride != wait:
            yield (24.0 * (level - gained) - wait * kink) / (ride - wait)

    def steepest_d20_per_h(self) -> float:
        return max(self.ride[0], abs(self.ride[0] - self.wait[0])) / 24.0


@dataclass(frozen=True)
class PackedPiece:
    """The same where the goods travel packed: the pulp lags, so the line is bent."""

    start: Gains
    journey: Journey
    degc: float
    room_degc: float
    departs_h: float
    from_h: float

    @property
    def weight(self) -> float:
        return self.start.weight

    def at(self, hours: float) -> tuple[float, float, float]:
        lane = self.journey.rides[-1].lane
        ridden = self.journey.stay(self.start, lane, from_h=self.departs_h, degc=self.degc)(hours)
        rode = self.start.plus(ridden, self.weight)
        arrived_h = self.departs_h + hours
        if arrived_h < self.from_h:
            still = self.journey.stay(rode, lane, from_h=arrived_h, degc=self.room_degc)
            rode = rode.plus(still(self.from_h - arrived_h), self.weight)
        return rode.age_d20, rode.chill, rode.danger

    def crossings(self, clock: int, level: float) -> Iterator[float]:
        kink = self.from_h - self.departs_h
        longest = self.journey.rides[-1].duration.longest_h
        ends = [0.0, *([kink] if 0.0 < kink < longest else []), longest]
        for low, high in pairwise(ends):
            yield from self._crossing(clock, level, low, high)

    def _crossing(self, clock: int, level: float, low: float, high: float) -> Iterator[float]:
        starts_below = self.at(low)[clock] < level
        if starts_below == (self.at(high)[clock] < level):
            return
        while high - low > 1e-4:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if (self.at(middle)[clock] < level) == starts_below else (low, middle)
        yield high

    def steepest_d20_per_h(self) -> float:
        warmest = max(self.degc, self.room_degc, self.start.pulp_degc)
        return self.journey.rates(warmest)[0] / 24.0

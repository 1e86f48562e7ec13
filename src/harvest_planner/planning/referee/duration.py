"""How long a leg takes: a fixed time, a lognormal above a minimum, a hurdle with a slip, or as trips took."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from harvest_planner.planning.referee.quadrature import NORMAL, ROOT_2PI, below, panel, panels
from harvest_planner.schema.lane import Lane

TAIL_Z = 5.5
TIE_H = 1e-9
FEW, MANY = 2, 6
"""Nodes of a panel on a stretch between two trips, by its width."""
Z95 = NORMAL.inv_cdf(0.95)


class Duration(Protocol):
    """The hours of a leg under chance."""

    @property
    def certain(self) -> bool:
        """Whether every parcel takes equally long."""

    @property
    def shortest_h(self) -> float:
        """No parcel is faster, for all that counts [h]."""

    @property
    def longest_h(self) -> float:
        """No parcel is slower, for all that counts [h]."""

    @property
    def spread_h(self) -> float:
        """Hours of one standard normal above the middle [h]."""

    def until(self, hours: float) -> float:
        """P(duration ≤ hours)."""

    def nodes(
        self, *, after_h: float, until_h: float, breaks: Iterable[float] = (), widest_z: float = 1.5
    ) -> Iterator[tuple[float, float]]:
        """(probability, duration) over (after_h, until_h], with panel ends at the `breaks` [h]."""


@dataclass(frozen=True)
class Slipping:
    """With `atom` exactly `base_h`, else `base_h` plus a lognormal exp(mu + sigma·z) [h]."""

    atom: float
    base_h: float
    mu: float = 0.0
    sigma: float = 0.0

    @property
    def certain(self) -> bool:
        """Whether every parcel takes equally long."""
        return self.atom >= 1.0

    @property
    def spread_h(self) -> float:
        """Hours of one standard normal at one above the median [h]."""
        return self.sigma * (self.at_z(1.0) - self.base_h)

    def until(self, hours: float) -> float:
        """P(duration ≤ hours)."""
        if hours < self.base_h - TIE_H:
            return 0.0
        return self.atom + (1.0 - self.atom) * self._slip_until(hours)

    def _slip_until(self, hours: float) -> float:
        return below(self.z_at(hours)) if self.atom < 1.0 else 0.0

    def z_at(self, hours: float) -> float:
        """The slip's standard normal at a duration, within the tails considered."""
        over = hours - self.base_h
        if over <= 0.0:
            return -TAIL_Z
        return min(TAIL_Z, max(-TAIL_Z, (math.log(over) - self.mu) / self.sigma))

    @property
    def shortest_h(self) -> float:
        """No parcel is faster, for all that counts [h]."""
        if self.atom > 0.0:
            return self.base_h
        return self.base_h + math.exp(self.mu - TAIL_Z * self.sigma)

    @property
    def longest_h(self) -> float:
        """No parcel is slower, for all that counts [h]."""
        if self.atom >= 1.0:
            return self.base_h
        return self.base_h + math.exp(self.mu + TAIL_Z * self.sigma)

    def at_z(self, z: float) -> float:
        """Duration at the slip's standard normal [h]."""
        return self.base_h + math.exp(self.mu + self.sigma * z)

    def nodes(
        self,
        *,
        after_h: float,
        until_h: float,
        breaks: Iterable[float] = (),
        widest_z: float = 1.5,
    ) -> Iterator[tuple[float, float]]:
        """(probability, duration) over (after_h, until_h], with panel ends at the `breaks` [h]."""
        if self.atom > 0.0 and after_h + TIE_H < self.base_h <= until_h + TIE_H:
            yield self.atom, self.base_h
        if self.atom >= 1.0:
            return
        low, high = self.z_at(after_h), self.z_at(until_h)
        inner = sorted(z for z in map(self.z_at, breaks) if low < z < high)
        share = (1.0 - self.atom) / ROOT_2PI
        for z, weight in panels([low, *inner, high], widest_z):
            yield share * weight * math.exp(-0.5 * z * z), self.at_z(z)


class Trips:
    """As trips took: a knot for each, even between two neighbours, half a trip at rest on the first and the last."""

    def __init__(self, hours: Iterable[float]) -> None:
        self._hours = sorted(hours)
        mean = math.fsum(self._hours) / len(self._hours)
        self.spread_h = math.sqrt(math.fsum((each - mean) ** 2 for each in self._hours) / len(self._hours))
        """Their standard deviation [h]."""

    @property
    def shortest_h(self) -> float:
        """The fastest trip [h]."""
        return self._hours[0]

    @property
    def longest_h(self) -> float:
        """The slowest trip [h]."""
        return self._hours[-1]

    @property
    def certain(self) -> bool:
        """Whether all trips took equally long."""
        return self.shortest_h == self.longest_h

    def until(self, hours: float) -> float:
        """P(duration ≤ hours)."""
        return math.fsum(
            weight if low == high or hours >= high else weight * (hours - low) / (high - low)
            for weight, low, high in self._pieces()
            if (hours >= low - TIE_H if low == high else hours > low)
        )

    def _pieces(self) -> Iterator[tuple[float, float, float]]:
        """(probability, from, to) of the two ends and of every step from one trip to the next [h]."""
        step = 1.0 / len(self._hours)
        yield 0.5 * step, self.shortest_h, self.shortest_h
        for low, high in pairwise(self._hours):
            yield step, low, high
        yield 0.5 * step, self.longest_h, self.longest_h

    def nodes(
        self, *, after_h: float, until_h: float, breaks: Iterable[float] = (), widest_z: float = 1.5
    ) -> Iterator[tuple[float, float]]:
        """(probability, duration) over (after_h, until_h], with panel ends at the `breaks` [h]."""
        marks = sorted({after_h, until_h, *breaks})
        widest_h = widest_z * self.spread_h
        for weight, low, high in self._pieces():
            if low == high:
                if after_h + TIE_H < low <= until_h + TIE_H:
                    yield weight, low
                continue
            bottom, top = max(low, after_h), min(high, until_h)
            ends = [bottom, *(mark for mark in marks if bottom < mark < top), top]
            for start, end in pairwise(ends):
                pieces = max(1, math.ceil((end - start) / widest_h)) if end > start else 0
                for number in range(pieces):
                    width = (end - start) / pieces
                    count = MANY if width > 0.25 * widest_h else FEW
                    for hours, part in panel(start + number * width, start + (number + 1) * width, count):
                        yield weight * part / (high - low), hours


def duration_of(lane: Lane) -> Duration:
    """The law of a lane's duration, from its trips, or its median, 95 % quantile, minimum and share on schedule."""
    if lane.transit_samples_h:
        return Trips(lane.transit_samples_h)
    share = lane.on_schedule_share
    if lane.transit_p95_h <= lane.transit_p50_h:
        return Slipping(1.0, lane.transit_p50_h)
    if share >= 0.5:
        slip95 = NORMAL.inv_cdf((0.95 - share) / (1.0 - share))
        return Slipping(share, lane.transit_p50_h, math.log(lane.transit_p95_h - lane.transit_p50_h) - slip95, 1.0)
    z50, z95 = (NORMAL.inv_cdf((p - share) / (1.0 - share)) for p in (0.5, 0.95))
    low = math.log(lane.transit_p50_h - lane.transit_min_h)
    sigma = (math.log(lane.transit_p95_h - lane.transit_min_h) - low) / (z95 - z50)
    return Slipping(share, lane.transit_min_h, low - sigma * z50, sigma)

"""A duration stated by real trips: piecewise linear in its quantiles, with atoms where trips took equally long."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from harvest_planner.schema.samples import quantile_of

_SPREAD_ERROR = 4e-4
"""A cell's probability times its squared width, in squared spreads: that of a lognormal's finest cell at the median."""
_MOST_PARTS = 24
"""Cells of one gap between two trips."""
_MOST_JOINED = 1.0 / 120.0
"""Probability up to which neighbouring gaps share a cell."""
_SAME_H = 1e-6
_ROUNDED_H = 1e-9
"""What instants in hours since the epoch lose; an atom is not missed by it."""


class Gap(NamedTuple):
    """What lies between two knots: its probability, spread evenly from one duration to the other [h]; or an atom."""

    probability: float
    mean_h: float
    low_h: float
    high_h: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """Hours of a leg as real trips took them.

    The quantile function is linear between the sorted trips, which stand at probabilities (i − 0.5)/n (Hazen). Outside
    it stays at the shortest and the longest, which so are atoms of 0.5/n; equal trips are atoms as well.

    Attributes
    ----------
    hours : the trips, sorted [h].
    """

    hours: tuple[float, ...]

    def probability_by(self, hours: float) -> float:
        """Probability of taking at most `hours`."""
        count, trips = len(self.hours), self.hours
        last = bisect_right(trips, hours + _ROUNDED_H)
        if last in (0, count):
            return float(last == count)
        low, high = trips[last - 1], trips[last]
        return (last - 0.5 + max(0.0, hours - low) / (high - low)) / count

    def quantile(self, p: float) -> float:
        """The hours that a share `p` of all parcels keep [h]; 0 < p < 1."""
        return quantile_of(self.hours, p)

    def arrived_by(self, at_h: float, departures: Sequence[tuple[float, float]]) -> float:
        """Probability of having arrived at an instant over (departure, probability of taking it), by time."""
        return math.fsum(
            share * self.probability_by(at_h - departs_h) for departs_h, share in departures if at_h >= departs_h
        )

    def early_h(self, hours: float) -> float:
        """Mean hours by which parcels are faster than that, none for those that are not [h]: E[max(0, hours − X)]."""
        return math.fsum(
            probability * (hours - mean if hours >= high else (hours - low) ** 2 / (high - low) / 2.0)
            for probability, mean, low, high in self.gaps()
            if hours > low
        )

    def mean_h(self) -> float:
        """Mean hours [h]."""
        return math.fsum(gap.probability * gap.mean_h for gap in self.gaps())

    def span_h(self) -> tuple[float, float]:
        """The hours between which all parcels arrive [h]."""
        return self.hours[0], self.hours[-1]

    def gaps(self, cuts_h: Sequence[float] = ()) -> Iterator[Gap]:
        """The distribution in rising order, exactly; gaps are parted at `cuts_h` [h]."""
        count, cuts = len(self.hours), sorted(cuts_h)
        trips = [(hours, len(list(run))) for hours, run in groupby(self.hours)]
        for place, (hours, equal) in enumerate(trips):
            ends = (place == 0) + (place == len(trips) - 1)
            atom = (equal - 1 + ends / 2.0) / count
            if atom > 0.0:
                yield Gap(atom, hours, hours, hours)
            if place + 1 < len(trips):
                high = trips[place + 1][0]
                inner = cuts[bisect_right(cuts, hours + _SAME_H) : bisect_left(cuts, high - _SAME_H)]
                for a, b in pairwise([hours, *inner, high]):
                    yield Gap((b - a) / (high - hours) / count, (a + b) / 2.0, a, b)

    def cells(self, step: int, cuts_h: Sequence[float]) -> Iterator[Gap]:
        """The distribution in pieces that spread their probability about evenly, coarser with the `step`.

        No piece lies across one of `cuts_h` [h]; all means are exact.
        """
        error = _SPREAD_ERROR * self._spread_h() ** 2 * step**3
        cuts, group = sorted(cuts_h), list[Gap]()
        for gap in self.gaps(cuts_h):
            if group and not self._joins(group, gap, error, _MOST_JOINED * step, cuts):
                yield _joined(group)
                group = []
            *before, last = _parted(gap, _parts(gap, error))
            if before and group:
                yield _joined(group)
                group = []
            yield from before
            group.append(last)
        if group:
            yield _joined(group)

    @staticmethod
    def _joins(group: Sequence[Gap], gap: Gap, error: float, most: float, cuts: Sequence[float]) -> bool:
        """Whether a gap may share the cell of those before it."""
        mass = math.fsum(each.probability for each in group) + gap.probability
        low, high = group[0].low_h, gap.high_h
        cut = bisect_right(cuts, low - _SAME_H) < bisect_left(cuts, high - _SAME_H)
        return not cut and mass <= most and mass * (high - low) ** 2 <= error

    def _spread_h(self) -> float:
        """A standard deviation that a few wild trips do not widen [h]; 0 where all trips took equally long."""
        middle = (self.quantile(0.75) - self.quantile(0.25)) / 1.349
        mean = math.fsum(self.hours) / len(self.hours)
        whole = math.sqrt(math.fsum((each - mean) ** 2 for each in self.hours) / len(self.hours))
        return min(middle, whole) if middle > 0.0 else whole


def _parts(gap: Gap, error: float) -> int:
    """Into how many even parts a gap is cut so that each is about as wrong as a lognormal's cell."""
    width = gap.high_h - gap.low_h
    if width <= 0.0:
        return 1
    wanted: float = (gap.probability * width * width / error) ** (1.0 / 3.0)
    return min(_MOST_PARTS, max(1, math.ceil(wanted)))


def _parted(gap: Gap, parts: int) -> Iterator[Gap]:
    width = (gap.high_h - gap.low_h) / parts
    for part in range(parts):
        low = gap.low_h + part * width
        yield Gap(gap.probability / parts, low + width / 2.0, low, low + width)


def _joined(group: Sequence[Gap]) -> Gap:
    if len(group) == 1:
        return group[0]
    mass = math.fsum(each.probability for each in group)
    mean = math.fsum(each.probability * each.mean_h for each in group) / mass
    return Gap(mass, mean, group[0].low_h, group[-1].high_h)

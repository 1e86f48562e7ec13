"""When a leg arrives: its duration over the departures that its parcels take, exact in every quantile."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harvest_planner.transit.duration import Duration

_MICROSECONDS_H = 1e-9
"""Instants this close are the same [h]."""
_STEPS = 150


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The arrival of a leg whose parcels take several departures.

    Attributes
    ----------
    departures : (departure [h since the epoch], probability of taking it), by time; what is short of 1 never leaves.
    duration : of the leg.
    """

    departures: tuple[tuple[float, float], ...]
    duration: Duration

    def probability_by(self, at_h: float) -> float:
        """Probability of having arrived at `at_h` [h since the epoch]."""
        return math.fsum(
            share * self.duration.probability_by(at_h - departs_h)
            for departs_h, share in self.departures
            if at_h >= departs_h
        )

    def quantile(self, p: float) -> float:
        """The instant by which a share `p` has arrived [h since the epoch]; inf: so many never do."""
        reached = math.fsum(share for _, share in self.departures)
        # Shares are sums of floats: one that reaches p but for rounding has reached it.
        wanted = p - 1e-12
        if reached < wanted:
            return math.inf
        low = self.departures[0][0] + self.duration.quantile(p)
        if len(self.departures) == 1 and reached >= 1.0 - 1e-9:
            return low
        return self._search(wanted, low_h=low, high_h=self.departures[-1][0] + self.duration.quantile(p))

    def _search(self, wanted: float, *, low_h: float, high_h: float) -> float:
        """The first instant at which the share is reached, between two; by regula falsi, halving where that is slow."""
        below = self.probability_by(low_h) - wanted
        if below >= 0.0:
            return low_h
        above = self.probability_by(high_h) - wanted
        while above < 0.0:
            high_h = low_h + 2.0 * (high_h - low_h) + 1.0
            above = self.probability_by(high_h) - wanted
        for step in range(_STEPS):
            if high_h - low_h <= _MICROSECONDS_H:
                break
            share = below / (below - above) if step % 3 < 2 else 0.5
            middle = low_h + min(0.999, max(0.001, share)) * (high_h - low_h)
            off = self.probability_by(middle) - wanted
            if off < 0.0:
                low_h, below = middle, off
            else:
                high_h, above = middle, off
        return high_h

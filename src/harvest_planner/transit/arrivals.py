"""When a leg arrives: its duration over the departures that its parcels take, exact in every quantile."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harvest_planner.transit.duration import Duration

_NEAR_H = 1e-9
"""Instants this close are the same [h]."""
_SAME_SHARE, _STEEP_H = 1e-12, 1e-3
"""A share this little above the one wanted is it, where the instants left lie this close [h]."""
_STEPS = 200


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
        return self.duration.arrived_by(at_h, self.departures)

    def early_h(self, at_h: float) -> float:
        """Mean hours by which parcels arrive before an instant, none for those that do not [h]."""
        early = self.duration.early_h
        return math.fsum(share * early(at_h - departs_h) for departs_h, share in self.departures)

    def quantile(self, p: float) -> float:
        """The instant by which a share `p` has arrived [h since the epoch]; inf: so many never do."""
        reached = math.fsum(share for _, share in self.departures)
        # Shares are sums of floats: one that reaches p but for rounding has reached it.
        wanted = p - 1e-12
        if reached < wanted:
            return math.inf
        hours = self.duration.quantile(p)
        low = self.departures[0][0] + hours
        if len(self.departures) == 1 and reached >= 1.0 - 1e-9:
            return low
        return self._search(wanted, low_h=low, high_h=self.departures[-1][0] + hours)

    def _search(self, wanted: float, *, low_h: float, high_h: float) -> float:
        """The first instant at which the share is reached, between two.

        Inverse quadratic interpolation where the share bends evenly enough, halving where not, by the test of
        T. R. Chandrupatla, Advances in Engineering Software 28 (1997) 145–149.
        """
        below = self.probability_by(low_h) - wanted
        if below >= 0.0:
            return low_h
        above = self.probability_by(high_h) - wanted
        while above < 0.0:
            high_h = low_h + 2.0 * (high_h - low_h) + 1.0
            above = self.probability_by(high_h) - wanted
        # b is the newest end of the bracket, a the other one, c the end given up.
        a, fa, b, fb = low_h, below, high_h, above
        share = fb / (fb - fa)
        for _ in range(_STEPS):
            width = abs(b - a)
            if width <= _NEAR_H:
                break
            least = 0.5 * _NEAR_H / width
            middle = b + min(1.0 - least, max(least, share)) * (a - b)
            f = self.probability_by(middle) - wanted
            if 0.0 <= f < _SAME_SHARE and width < _STEEP_H:
                return middle
            if (f < 0.0) == (fb < 0.0):
                c, fc = b, fb
            else:
                c, fc, a, fa = a, fa, b, fb
            b, fb = middle, f
            xi, phi = (b - a) / (c - a), (fb - fa) / (fc - fa)
            share = 0.5
            if phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi:
                share = fb / (fa - fb) * fc / (fa - fc) + (c - b) / (a - b) * fb / (fc - fb) * fa / (fc - fa)
        return b if fb >= 0.0 else a

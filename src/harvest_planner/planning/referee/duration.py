"""How long a leg takes: a fixed time, a lognormal above a minimum, or a hurdle with a slip."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harvest_planner.planning.referee.quadrature import NORMAL, ROOT_2PI, below, panels
from harvest_planner.schema.lane import Lane

TAIL_Z = 5.5
TIE_H = 1e-9
Z95 = NORMAL.inv_cdf(0.95)


@dataclass(frozen=True)
class Duration:
    """With `atom` exactly `base_h`, else `base_h` plus a lognormal exp(mu + sigma·z) [h]."""

    atom: float
    base_h: float
    mu: float = 0.0
    sigma: float = 0.0

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


def duration_of(lane: Lane) -> Duration:
    """The law of a lane's duration, from its median, 95 % quantile, minimum and share on schedule."""
    share = lane.on_schedule_share
    if lane.transit_p95_h <= lane.transit_p50_h:
        return Duration(1.0, lane.transit_p50_h)
    if share >= 0.5:
        slip95 = NORMAL.inv_cdf((0.95 - share) / (1.0 - share))
        return Duration(share, lane.transit_p50_h, math.log(lane.transit_p95_h - lane.transit_p50_h) - slip95, 1.0)
    z50, z95 = (NORMAL.inv_cdf((p - share) / (1.0 - share)) for p in (0.5, 0.95))
    low = math.log(lane.transit_p50_h - lane.transit_min_h)
    sigma = (math.log(lane.transit_p95_h - lane.transit_min_h) - low) / (z95 - z50)
    return Duration(share, lane.transit_min_h, low - sigma * z50, sigma)

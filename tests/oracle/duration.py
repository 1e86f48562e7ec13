"""How long a leg takes, by the model: fixed, lognormal above a minimum, or a hurdle; cut into cells for sums."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from harvest_planner.schema.lane import Lane

Floats = npt.NDArray[np.float64]
NORMAL = NormalDist()
FAR = 6.0
"""Standard deviations beyond which nothing is counted apart."""
_GRID = np.linspace(-9.0, 9.0, 180_001)
_CDF = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in _GRID])


def normal_cdf(z: Floats) -> Floats:
    """Φ by a fine table; off by less than 1e-9."""
    return np.asarray(np.interp(z, _GRID, _CDF))


@dataclass(frozen=True)
class Duration:
    """With probability `punctual` exactly `schedule_h`, else that plus a lognormal slip [h]."""

    punctual: float
    schedule_h: float
    log_mean: float = 0.0
    log_sd: float = 1.0

    def cdf(self, hours: float) -> float:
        """P(duration ≤ hours)."""
        if hours < self.schedule_h:
            return 0.0
        slip = hours - self.schedule_h
        late = NORMAL.cdf((math.log(slip) - self.log_mean) / self.log_sd) if slip > 0 and self.punctual < 1 else 0.0
        return self.punctual + (1 - self.punctual) * late

    def score(self, hours: float) -> float:
        """The standard score of the slip at that duration."""
        slip = hours - self.schedule_h
        return (math.log(slip) - self.log_mean) / self.log_sd if slip > 0 else -math.inf

    def cells(self, edges_h: list[float], count: int) -> tuple[Floats, Floats, Floats]:
        """Durations, their probabilities and the widths of their cells; no cell lies across one of `edges_h`."""
        if self.punctual >= 1:
            return np.array([self.schedule_h]), np.array([1.0]), np.array([0.0])
        inner = [z for z in map(self.score, edges_h) if -FAR < z < FAR]
        scores = np.unique(np.concatenate([np.linspace(-FAR, FAR, count + 1), inner]))
        below = normal_cdf(scores)
        below[0], below[-1] = 0.0, 1.0
        slips = np.exp(self.log_mean + self.log_sd * (scores[:-1] + scores[1:]) / 2)
        widths = np.diff(np.exp(self.log_mean + self.log_sd * scores))
        masses = (1 - self.punctual) * np.diff(below)
        if self.punctual > 0:
            slips, widths = np.concatenate([[0.0], slips]), np.concatenate([[0.0], widths])
            masses = np.concatenate([[self.punctual], masses])
        return self.schedule_h + slips, masses, widths


@dataclass(frozen=True)
class Trips:
    """Quantiles straight between the sorted trips at (i − 0.5)/n, flat beyond the first and the last."""

    hours: Floats

    @property
    def knots(self) -> Floats:
        return (np.arange(len(self.hours)) + 0.5) / len(self.hours)

    @property
    def punctual(self) -> float:
        return float(self.hours[0] == self.hours[-1])

    def cdf(self, hours: float) -> float:
        """P(duration ≤ hours): the last probability whose quantile that is."""
        if hours < self.hours[0]:
            return 0.0
        if hours >= self.hours[-1]:
            return 1.0
        after = int(np.searchsorted(self.hours, hours, side="right"))
        low, high = self.hours[after - 1], self.hours[after]
        return float(self.knots[after - 1] + (hours - low) / (high - low) / len(self.hours))

    def cells(self, edges_h: list[float], count: int) -> tuple[Floats, Floats, Floats]:
        """Durations, their probabilities and the widths of their cells; no cell lies across one of `edges_h`."""
        shares = np.unique(
            np.concatenate([np.linspace(0, 1, count + 1), self.knots, [self.cdf(edge) for edge in edges_h], [0, 1]])
        )
        middles = np.interp((shares[:-1] + shares[1:]) / 2, self.knots, self.hours)
        return middles, np.diff(shares), np.diff(np.interp(shares, self.knots, self.hours))


def duration_of(lane: Lane) -> Duration | Trips:
    """The distribution that the lane's trips or quantiles stand for."""
    if lane.transit_samples_h:
        return Trips(np.array(sorted(lane.transit_samples_h)))
    if lane.transit_p50_h == lane.transit_p95_h:
        return Duration(1.0, lane.transit_p50_h)
    share = lane.on_schedule_share
    if share >= 0.5:
        slip = math.log(lane.transit_p95_h - lane.transit_p50_h)
        return Duration(share, lane.transit_p50_h, slip - NORMAL.inv_cdf(1 - 0.05 / (1 - share)), 1.0)
    low = math.log(lane.transit_p50_h - lane.transit_min_h)
    high = math.log(lane.transit_p95_h - lane.transit_min_h)
    low_z, high_z = NORMAL.inv_cdf(1 - 0.5 / (1 - share)), NORMAL.inv_cdf(1 - 0.05 / (1 - share))
    log_sd = (high - low) / (high_z - low_z)
    return Duration(share, lane.transit_min_h, low - log_sd * low_z, log_sd)

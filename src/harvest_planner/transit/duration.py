"""How long a leg takes: fixed, lognormal above a minimum, on schedule and else slipping, or as trips took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist
from typing import NamedTuple

from harvest_planner.schema.lane import Lane
from harvest_planner.transit.sampled import Sampled

_ROOT_2 = math.sqrt(2.0)
_NORMAL = NormalDist()
Z95 = _NORMAL.inv_cdf(0.95)
_FINEST = 0.1
"""Width of a cell in normal scores."""
_CELLS_EACH_SIDE = 37
_EDGE = 5.0
"""Score at which an open tail is drawn to end; what lies beyond is 3 in ten million."""
_SLIP_LOG_SD = 1.0
"""Log-sd of a slip where more than half run to schedule: an assumption, the two quantiles do not fix it."""


class Cell(NamedTuple):
    """A piece of a distribution of hours: its probability, its conditional mean and its edges [h]."""

    probability: float
    mean_h: float
    low_h: float
    high_h: float


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Hours of a leg: exactly `base_h` with probability `exact_share`, else `base_h` plus a lognormal.

    Attributes
    ----------
    base_h : the fixed or scheduled duration, or the minimum [h].
    exact_share : probability of taking exactly `base_h`.
    log_mean, log_sd : of the hours beyond `base_h`; unused where `exact_share` is 1.
    """

    base_h: float
    exact_share: float
    log_mean: float = 0.0
    log_sd: float = 1.0

    def probability_by(self, hours: float) -> float:
        """Probability of taking at most `hours`."""
        if hours < self.base_h:
            return 0.0
        if hours == self.base_h or self.exact_share == 1.0:
            return self.exact_share
        return self.exact_share + (1.0 - self.exact_share) * _cdf(self.score(hours))

    def quantile(self, p: float) -> float:
        """The hours that a share `p` of all parcels keep [h]; 0 < p < 1."""
        if p <= self.exact_share:
            return self.base_h
        return self.at_score(_NORMAL.inv_cdf((p - self.exact_share) / (1.0 - self.exact_share)))

    def arrived_by(self, at_h: float, departures: Sequence[tuple[float, float]]) -> float:
        """Probability of having arrived at an instant over (departure, probability of taking it), by time."""
        base, mean, width, exact = self.base_h, self.log_mean, self.log_sd * _ROOT_2, self.exact_share
        late, found = 1.0 - exact, 0.0
        for departs_h, share in departures:
            beyond = at_h - departs_h - base
            if beyond > 0.0 and late:
                found += share * (exact + late * 0.5 * math.erfc((mean - math.log(beyond)) / width))
            elif beyond >= 0.0:
                found += share * exact
            else:
                break
        return found

    def early_h(self, hours: float) -> float:
        """Mean hours by which parcels are faster than that, none for those that are not [h]: E[max(0, hours − X)]."""
        beyond = hours - self.base_h
        if beyond <= 0.0:
            return 0.0
        if self.exact_share == 1.0:
            return beyond
        # Of a lognormal as of a put in F. Black and M. Scholes, J. Polit. Econ. 81 (1973) 637–654, eq. 13.
        z, mean = self.score(hours), math.exp(self.log_mean + self.log_sd**2 / 2.0)
        slipped = beyond * _cdf(z) - mean * _cdf(z - self.log_sd)
        return self.exact_share * beyond + (1.0 - self.exact_share) * max(0.0, slipped)

    def mean_h(self) -> float:
        """Mean hours [h]."""
        if self.exact_share == 1.0:
            return self.base_h
        return self.base_h + (1.0 - self.exact_share) * math.exp(self.log_mean + self.log_sd**2 / 2.0)

    def at_score(self, z: float) -> float:
        """The hours at a normal score of the uncertain part [h]."""
        return self.base_h + math.exp(self.log_mean + self.log_sd * z)

    def score(self, hours: float) -> float:
        """The normal score of `hours`, which lie beyond `base_h`."""
        return (math.log(hours - self.base_h) - self.log_mean) / self.log_sd

    def span_h(self) -> tuple[float, float]:
        """The hours between which all cells lie [h]."""
        if self.exact_share == 1.0:
            return self.base_h, self.base_h
        return (self.base_h if self.exact_share else self.at_score(-_EDGE)), self.at_score(_EDGE)


Duration = Lognormal | Sampled
"""A distribution of the hours of a leg."""


def duration_of(lane: Lane) -> Duration:
    """The lane's distribution of hours by its numbers."""
    if lane.transit_samples_h:
        return Sampled(tuple(sorted(lane.transit_samples_h)))
    return _duration(
        p50_h=lane.transit_p50_h,
        p95_h=lane.transit_p95_h,
        min_h=lane.transit_min_h,
        on_schedule_share=lane.on_schedule_share,
    )


@lru_cache(maxsize=65536)
def _duration(*, p50_h: float, p95_h: float, min_h: float, on_schedule_share: float) -> Lognormal:
    if p50_h == p95_h:
        return Lognormal(p50_h, 1.0)
    share = on_schedule_share
    z95 = _NORMAL.inv_cdf((0.95 - share) / (1.0 - share))
    if share >= 0.5:
        return Lognormal(p50_h, share, math.log(p95_h - p50_h) - _SLIP_LOG_SD * z95, _SLIP_LOG_SD)
    z50 = _NORMAL.inv_cdf((0.5 - share) / (1.0 - share))
    median, late = math.log(p50_h - min_h), math.log(p95_h - min_h)
    log_sd = (late - median) / (z95 - z50)
    return Lognormal(min_h, share, median - log_sd * z50, log_sd)


def quantile(lane: Lane, p: float) -> float:
    """The hours that a share `p` of the lane's parcels keep [h].

    Raises
    ------
    ValueError : `p` is not strictly between 0 and 1.
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"share p = {p} must lie strictly between 0 and 1")
    return duration_of(lane).quantile(p)


def duration_cells(lane: Lane) -> tuple[Cell, ...]:
    """The lane's duration as cells whose probabilities sum to 1 and whose means are exact.

    Lognormal parts are cut at normal scores −3.7, −3.6 … 3.7; the two open tails are drawn to ±5. Of real trips each
    gap between two is cut so that its cells are about as fine; of more than about 120 near ones share a cell.
    """
    return cells_of(duration_of(lane))


@lru_cache(maxsize=16384)
def cells_of(duration: Duration, *, step: int = 1, cuts_h: tuple[float, ...] = ()) -> tuple[Cell, ...]:
    """The duration as cells, `step` finest ones to a cell (a large step: one cell), cut besides at `cuts_h` [h]."""
    if isinstance(duration, Sampled):
        return tuple(Cell(*gap) for gap in duration.cells(step, cuts_h))
    exact = duration.exact_share
    atom = (Cell(exact, duration.base_h, duration.base_h, duration.base_h),) if exact else ()
    if exact == 1.0:
        return atom
    scores = _edges(duration, step, cuts_h)
    hours = [duration.at_score(z) for z in scores]
    scores[0], scores[-1] = -math.inf, math.inf
    return atom + tuple(_cells(duration, scores, hours))


def _edges(duration: Lognormal, step: int, cuts_h: tuple[float, ...]) -> list[float]:
    grid: set[float] = set()
    if step <= _CELLS_EACH_SIDE:
        grid = {0.0, *(sign * _FINEST * i for i in range(_CELLS_EACH_SIDE, 0, -step) for sign in (-1, 1))}
    cuts = {duration.score(cut) for cut in cuts_h if cut > duration.base_h}
    inner = sorted(grid | {z for z in cuts if -_EDGE < z < _EDGE})
    return [-_EDGE, *inner, _EDGE]


def _cells(duration: Lognormal, scores: list[float], hours: list[float]) -> list[Cell]:
    sd, rest = duration.log_sd, 1.0 - duration.exact_share
    # Mean of a lognormal between two scores a and b: exp(μ + σ²/2) · (Φ(b − σ) − Φ(a − σ)) / (Φ(b) − Φ(a)).
    scale = math.exp(duration.log_mean + sd * sd / 2.0)
    found = []
    for (a, b), (low, high) in zip(pairwise(scores), pairwise(hours), strict=True):
        mass = _mass(a, b)
        if mass > 0.0:
            mean = duration.base_h + scale * _mass(a - sd, b - sd) / mass
            if math.isfinite(a) and math.isfinite(b):
                mean = min(max(mean, low), high)
            found.append(Cell(rest * mass, mean, min(low, mean), max(high, mean)))
    return found


def _mass(a: float, b: float) -> float:
    """Probability of a standard normal between a and b, taken from the nearer tail to keep its digits."""
    return _cdf(-a) - _cdf(-b) if a > 0.0 else _cdf(b) - _cdf(a)


def _cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))

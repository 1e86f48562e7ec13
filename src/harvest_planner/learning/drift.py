"""Delivery times that drift: the quantiles of each lane follow what came, so that each keeps its share.

That trips take longer or shorter than believed is found by `lately`, as for `learn`; here each quantile besides is
held to its share.
"""

from __future__ import annotations

import datetime as dt
import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Literal

from harvest_planner.learning.deliveries import Delivery

LEVELS = (0.05, 0.10, 0.50, 0.90, 0.95)
"""Shares of deliveries that should keep the limits that are tracked."""
Knowing = Literal["in_turn", "as_they_arrive"]
"""What is known when a delivery is forecast: all shipped before it, or of those only what had come by then."""
Prior = Callable[[Delivery], "Sequence[float] | None"]
"""Hours at LEVELS of a delivery before any drift; None: nothing is known of its lane."""

_RATE = 0.03
"""Step of the shift common to all lanes, in spreads of the lane (assumption)."""
_OWN_RATE = 0.03
"""Step of a lane's own shift beside the common one: a lane with few deliveries stays with the others (assumption)."""
_LEAST_SPREAD = 0.02
"""Spread of ln(hours) of a lane that has none: 2 % (assumption), else what never varied could never drift."""
_SPREAD_SDS = 2.0 * NormalDist().inv_cdf(0.9)
"""Standard deviations of ln(hours) between p10 and p90."""
_OPEN = 20
"""Deliveries under way from which on steps are smaller, in proportion (assumption): all of them answer to limits set
before the first was answered, and moving at each by a full step would overshoot by as many steps."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What was forecast for one delivery.

    Attributes
    ----------
    lane_id : its lane.
    hours : limits at LEVELS [h], rising.
    tracked_h : the same as each level is tracked, which may cross for a while [h].
    """

    lane_id: str
    hours: tuple[float, ...]
    tracked_h: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Tracked:
    """One delivery beside the limits that were forecast for it when it was shipped."""

    delivery: Delivery
    limits: Limits


@dataclass(frozen=True, slots=True)
class LaneDrift:
    """How far a lane has drifted.

    Attributes
    ----------
    lane_id : the lane.
    deliveries : how many of its own tell it.
    factors : what the hours at LEVELS are multiplied by; 1: no drift.
    own_factors : the part that is the lane's own and not common to all.
    """

    lane_id: str
    deliveries: int
    factors: tuple[float, ...]
    own_factors: tuple[float, ...]


@dataclass
class DriftTracker:
    """Adaptive quantiles of delivery times, lane by lane, drawn together.

    The limit of a lane at level p is its prior limit times exp(spread · (common shift + own shift)), the spread being
    ln(p90 / p10) of the prior. When a delivery misses its limit both shifts rise by rate · p, when it keeps it they
    fall by rate · (1 − p): over n deliveries the share that keeps the limit differs from p by what the common shift has
    moved, over rate · n, whatever the drift (Gibbs & Candès 2021, arXiv:2106.00170, equation 2 and proposition 4.1; on
    the limit itself: Angelopoulos, Candès & Tibshirani 2023, arXiv:2307.16895, equation 4).

    Parameters
    ----------
    rate, own_rate : steps of the shift common to all lanes and of a lane's own, in spreads of the lane.

    Examples
    --------
    A lane of 20 to 40 h that turns a tenth slower for sixty parcels:

    >>> tracker = DriftTracker()
    >>> prior_h = (20.0, 22.0, 28.0, 37.0, 40.0)
    >>> for i in range(60):
    ...     tracker.learn(tracker.limits("road", prior_h), 1.1 * (20.0, 24.0, 28.0, 32.0, 40.0)[i % 5])
    >>> round(tracker.drift("road", prior_h).factors[2], 1)
    1.1
    """

    rate: float = _RATE
    own_rate: float = _OWN_RATE
    _common: list[float] = field(default_factory=lambda: [0.0] * len(LEVELS))
    _own: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0] * len(LEVELS)))
    _count: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def limits(self, lane_id: str, prior_h: Sequence[float]) -> Limits:
        """The limits of a lane now.

        Parameters
        ----------
        lane_id : the lane; one that was never seen has the common shift.
        prior_h : its hours at LEVELS without drift [h], above 0 and rising.
        """
        spread = _spread(prior_h)
        hours = tuple(
            prior * math.exp(spread * shift) for prior, shift in zip(prior_h, self._shifts(lane_id), strict=True)
        )
        # Levels are tracked apart, so they may cross for a while; in order they miss no more (Chernozhukov,
        # Fernández-Val & Galichon 2010, 10.3982/ECTA7880). Each is answered by its own, which parts them again.
        return Limits(lane_id, tuple(sorted(hours)), hours)

    @property
    def still(self) -> bool:
        """Whether it takes no steps."""
        return self.rate == self.own_rate == 0.0

    def learn(self, limits: Limits, hours: float) -> None:
        """Take in what came of a forecast: the delivery took so many `hours`."""
        for i, limit in enumerate(limits.tracked_h):
            self.answer(limits, i, missed=hours > limit)
        self.count(limits)

    def answer(self, limits: Limits, level: int, *, missed: bool, under_way: int = 1) -> None:
        """Take in whether one limit was missed; `under_way` is how many forecasts wait for their answer."""
        step = (LEVELS[level] - (0.0 if missed else 1.0)) / max(1.0, under_way / _OPEN)
        self._common[level] += self.rate * step
        self._own[limits.lane_id][level] += self.own_rate * step

    def count(self, limits: Limits) -> None:
        """Count a delivery whose answers were all taken in."""
        self._count[limits.lane_id] += 1

    def drift(self, lane_id: str, prior_h: Sequence[float]) -> LaneDrift:
        """How far a lane of those prior limits has drifted, and how much of that is its own."""
        own, spread = self._own.get(lane_id, [0.0] * len(LEVELS)), _spread(prior_h)
        return LaneDrift(
            lane_id,
            self._count.get(lane_id, 0),
            tuple(math.exp(spread * shift) for shift in self._shifts(lane_id)),
            tuple(math.exp(spread * shift) for shift in own),
        )

    def _shifts(self, lane_id: str) -> list[float]:
        own = self._own.get(lane_id, [0.0] * len(LEVELS))
        return [common + mine for common, mine in zip(self._common, own, strict=True)]


def _spread(prior_h: Sequence[float]) -> float:
    """ln(p90 / p10), by which shifts are measured, so that a lane that hardly varies moves in small steps."""
    return max(math.log(prior_h[3] / prior_h[1]), _LEAST_SPREAD)


def tracked(
    deliveries: Iterable[Delivery], prior: Prior, *, knowing: Knowing = "in_turn", tracker: DriftTracker | None = None
) -> list[Tracked]:
    """Each delivery with the limits forecast for it when it was shipped, from what was known then.

    All limits move by how much longer trips took lately (`lately`: recent ones count more, those under way count as
    longer than so far); what is still wrong with each, the tracker corrects. One without steps follows nothing.

    Parameters
    ----------
    deliveries : in order of shipping; those on lanes of which the prior knows nothing are left out.
    prior : hours at LEVELS of a delivery before any drift.
    knowing : `in_turn`: each delivery is answered before the next is forecast; `as_they_arrive`: each limit is
        answered when it passes, and until a delivery arrives only that it has not is known.
    tracker : what to go on from; it holds the drift at the end.
    """
    from harvest_planner.learning.lately import Lately, moved

    tracker = DriftTracker() if tracker is None else tracker
    lately = Lately(LEVELS, at_once=knowing == "in_turn")
    found: list[Tracked] = []
    waiting = _Waiting()
    for one in deliveries:
        prior_h = prior(one)
        if prior_h is None:
            continue
        for forecast, level in waiting.until(one.shipped_at):
            _answer(tracker, forecast, level, waiting.under_way)
        limits_h = prior_h
        if not tracker.still:
            limits_h = moved(prior_h, lately.shift(one.shipped_at) * _spread(prior_h) / _SPREAD_SDS)
            lately.add(one.shipped_at, one.hours, prior_h)
        forecast = Tracked(one, tracker.limits(one.route.lane_id, limits_h))
        found.append(forecast)
        if knowing == "in_turn":
            tracker.learn(forecast.limits, one.hours)
        else:
            waiting.add(forecast)
    for forecast, level in waiting.rest():
        _answer(tracker, forecast, level, waiting.under_way)
    return found


def _answer(tracker: DriftTracker, forecast: Tracked, level: int, under_way: int) -> None:
    missed = forecast.delivery.hours > forecast.limits.tracked_h[level]
    tracker.answer(forecast.limits, level, missed=missed, under_way=under_way)
    if level == len(LEVELS) - 1:
        tracker.count(forecast.limits)


class _Waiting:
    """Limits that wait for their answer, soonest first: each is answered when it passes, kept or missed.

    On arrival a limit that is kept could be answered sooner than one that is missed; then, while there are more young
    parcels than old ones, limits would sink though nothing is faster.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[dt.datetime, int, int]] = []
        self._forecasts: list[Tracked] = []

    @property
    def under_way(self) -> int:
        return len(self._heap) // len(LEVELS)

    def add(self, forecast: Tracked) -> None:
        one = forecast.delivery
        for level, limit in enumerate(forecast.limits.tracked_h):
            known_at = one.shipped_at + dt.timedelta(hours=limit)
            heapq.heappush(self._heap, (known_at, len(self._forecasts), level))
        self._forecasts.append(forecast)

    def until(self, at: dt.datetime) -> Iterator[tuple[Tracked, int]]:
        while self._heap and self._heap[0][0] <= at:
            _, number, level = heapq.heappop(self._heap)
            yield self._forecasts[number], level

    def rest(self) -> Iterator[tuple[Tracked, int]]:
        while self._heap:
            _, number, level = heapq.heappop(self._heap)
            yield self._forecasts[number], level

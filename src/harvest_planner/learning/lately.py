"""How long trips took lately: recent ones count more, and those on their way count as longer than so far."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HALF_LIFE_H = 7 * 24.0
"""Trips count half after so long, or after what a trip usually takes where that is longer (assumption) [h]."""
BELIEVED_TRIPS = 10.0
"""What is believed of all lanes counts as so many trips (assumption)."""
_EVERY_H = 24.0
_REMEMBERED = 8.0
"""Half-lives after which a trip is forgotten: it would count 0.004."""
_USUAL = 500
"""Last trips whose forecast medians say what a trip usually takes."""
_SETTLED = 8
_FAR = 1.5
"""A trip counts as no farther from the median than this [spreads], so that an odd one does not move all others."""
_SPREAD_SD = 1.0 / (2.0 * 1.2815515655446004)
"""Sd of ln(hours) in spreads, ln(p90 / p10), of a lognormal."""
_LOG_ROOT_2PI = 0.5 * math.log(2.0 * math.pi)


class Filled(NamedTuple):
    """Values of trips, or of those on their way what is expected of them.

    Attributes
    ----------
    values : each value, or its expectation beyond what is known.
    more : variance that remains, 0 of a trip that is over.
    worth : how much of a value each is worth, 0 to 1: the curvature of its likelihood.
    """

    values: Floats
    more: Floats
    worth: Floats


def filled(values: Floats, arrived: Bools, *, mean: float, sd: float) -> Filled:
    """What is expected of each normal value; of a trip that has not arrived, `values` holds what it is beyond.

    The expectation step of Dempster, Laird & Rubin 1977, 10.1111/j.2517-6161.1977.tb01600.x.
    """
    beyond = (values - mean) / sd
    hazard = np.exp(-0.5 * beyond**2 - _LOG_ROOT_2PI - log_ndtr(-beyond))
    worth = np.clip(hazard * (hazard - beyond), 1e-12, 1.0)
    return Filled(
        np.where(arrived, values, mean + sd * hazard),
        np.where(arrived, 0.0, sd**2 * (1.0 - worth)),
        np.where(arrived, 1.0, worth),
    )


def discounts(age: Floats, half_life: float | None) -> Floats:
    """What each trip counts by its age: 1, or half after each half-life (both in the same unit)."""
    if half_life is None:
        return np.ones_like(age)
    return np.asarray(0.5 ** (age / half_life), dtype=np.float64)


def drawn_mean(weights: Floats, values: Floats, believed_worth: float) -> float:
    """The mean of weighted values, drawn to 0 by a belief worth so many of them."""
    return float(weights @ values) / (float(weights.sum()) + believed_worth)


class Lately:
    """How much longer trips take lately than their lanes' limits say, all lanes together, in spreads of the lane.

    Reckoned anew once a day, from trips that are over and from those under way.

    Parameters
    ----------
    at_once : a trip is known as soon as it is shipped; else when it arrives, and before that only that it has not.
    """

    def __init__(self, *, at_once: bool) -> None:
        self._at_once = at_once
        self._shipped_h: list[float] = []
        self._hours: list[float] = []
        self._median_h: list[float] = []
        self._spread: list[float] = []
        self._shift, self._reckoned_h = 0.0, -math.inf

    def add(self, shipped_at: dt.datetime, hours: float, *, median_h: float, spread: float) -> None:
        """A trip, in order of shipping: its hours, and the median and spread that were forecast without drift."""
        self._shipped_h.append(shipped_at.timestamp() / 3600.0)
        self._hours.append(hours)
        self._median_h.append(median_h)
        self._spread.append(spread)

    def shift(self, at: dt.datetime) -> float:
        """By how many spreads trips take longer, as far as is known at an instant."""
        at_h = at.timestamp() / 3600.0
        if self._shipped_h and at_h - self._reckoned_h >= _EVERY_H:
            self._shift, self._reckoned_h = self._reckoned(at_h), at_h
        return self._shift

    def _reckoned(self, at_h: float) -> float:
        half_life_h = max(HALF_LIFE_H, median(self._median_h[-_USUAL:]))
        first = bisect_left(self._shipped_h, at_h - _REMEMBERED * half_life_h)
        shipped_h, hours, median_h, spread = (
            np.array(column[first:]) for column in (self._shipped_h, self._hours, self._median_h, self._spread)
        )
        age_h = at_h - shipped_h
        arrived = np.full(len(hours), True) if self._at_once else hours <= age_h
        known_h = np.maximum(np.where(arrived, hours, age_h), 1e-3)
        values = np.clip(np.log(known_h / median_h) / spread, -_FAR, _FAR)
        return _settled(values, arrived, discounts(age_h, half_life_h), self._shift)


def _settled(values: Floats, arrived: Bools, weights: Floats, start: float) -> float:
    mean = start
    for _ in range(_SETTLED):
        mean = drawn_mean(weights, filled(values, arrived, mean=mean, sd=_SPREAD_SD).values, BELIEVED_TRIPS)
    return mean


def moved(limits_h: Sequence[float], spreads: float, spread: float) -> tuple[float, ...]:
    """Limits so many spreads later [h]."""
    return tuple(limit * math.exp(spreads * spread) for limit in limits_h)

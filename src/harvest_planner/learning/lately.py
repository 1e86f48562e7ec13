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
from scipy.special import log_ndtr, ndtri

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
_FAR = 4.0
"""A trip counts as no farther from the median than so many sds, so that an odd one does not move all others."""
_LEAST_H = 1e-3
_LEAST_LOG = 1e-9
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
    """How much longer trips take lately than their lanes' limits say, all lanes together.

    A trip's value is its normal score by the limits that were forecast for it without drift. Their mean is reckoned
    anew once a day, from trips that are over and from those under way.

    Parameters
    ----------
    levels : shares of trips that should keep each limit, rising.
    at_once : a trip is known as soon as it is shipped; else when it arrives, and before that only that it has not.
    """

    def __init__(self, levels: Sequence[float], *, at_once: bool) -> None:
        self._scores = ndtri(np.array(levels))
        self._at_once = at_once
        self._shipped_h: list[float] = []
        self._hours: list[float] = []
        self._limits_h: list[Sequence[float]] = []
        self._shift, self._reckoned_h = 0.0, -math.inf

    def add(self, shipped_at: dt.datetime, hours: float, limits_h: Sequence[float]) -> None:
        """A trip, in order of shipping: its hours, and the limits that were forecast without drift."""
        self._shipped_h.append(shipped_at.timestamp() / 3600.0)
        self._hours.append(hours)
        self._limits_h.append(limits_h)

    def shift(self, at: dt.datetime) -> float:
        """By how many standard deviations of ln(hours) trips take longer, as far as is known at an instant."""
        at_h = at.timestamp() / 3600.0
        if self._shipped_h and at_h - self._reckoned_h >= _EVERY_H:
            self._shift, self._reckoned_h = self._reckoned(at_h), at_h
        return self._shift

    def _reckoned(self, at_h: float) -> float:
        usual_h = median(self._hours_at_half(limits_h) for limits_h in self._limits_h[-_USUAL:])
        half_life_h = max(HALF_LIFE_H, usual_h)
        first = bisect_left(self._shipped_h, at_h - _REMEMBERED * half_life_h)
        hours, age_h = np.array(self._hours[first:]), at_h - np.array(self._shipped_h[first:])
        arrived = np.full(len(hours), True) if self._at_once else hours <= age_h
        known_h, limits_h = np.where(arrived, hours, age_h), np.array(self._limits_h[first:])
        scores = scores_of(np.maximum(known_h, _LEAST_H), np.maximum(limits_h, _LEAST_H), self._scores)
        values = np.clip(scores, -_FAR, _FAR)
        return _settled(values, arrived, discounts(age_h, half_life_h), self._shift)

    def _hours_at_half(self, limits_h: Sequence[float]) -> float:
        return float(np.interp(0.0, self._scores, limits_h))


def scores_of(hours: Floats, limits_h: Floats, limit_scores: Floats) -> Floats:
    """Normal scores of hours (n) by the limits of each (n × levels); ln(hours) goes straight from limit to limit."""
    logs, limits = np.log(hours), np.log(limits_h)
    steps = np.maximum(np.diff(limits, axis=1), _LEAST_LOG)
    # The piece in which each lies; beyond the outermost limits the whole spread tells how far.
    piece = np.clip((logs[:, None] >= limits).sum(axis=1) - 1, 0, len(limit_scores) - 2)
    row = np.arange(len(logs))
    inside = limit_scores[piece] + np.diff(limit_scores)[piece] * (logs - limits[row, piece]) / steps[row, piece]
    sd = np.maximum((limits[:, -1] - limits[:, 0]) / (limit_scores[-1] - limit_scores[0]), _LEAST_LOG)
    below, above = (limit_scores[end] + (logs - limits[:, end]) / sd for end in (0, -1))
    return np.asarray(np.where(logs < limits[:, 0], below, np.where(logs > limits[:, -1], above, inside)))


def _settled(values: Floats, arrived: Bools, weights: Floats, start: float) -> float:
    mean = start
    for _ in range(_SETTLED):
        mean = drawn_mean(weights, filled(values, arrived, mean=mean, sd=1.0).values, BELIEVED_TRIPS)
    return mean


def moved(limits_h: Sequence[float], log_hours: float) -> tuple[float, ...]:
    """Limits later by so much in ln(hours) [h]."""
    return tuple(limit * math.exp(log_hours) for limit in limits_h)

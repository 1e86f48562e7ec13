"""A posterior of a few numbers as a weighted sample about its top, where it need not be normal."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Height = Callable[[Floats], float]
"""ln of an unnormalised density by its argument, in prior standard deviations."""

PAIRS_EACH = 8
"""Pairs of points about a top for each dimension: with three, means are off by 0.01 sd and sds by 3 %."""
_STEP = 0.1
"""Of slopes and curvatures, in prior standard deviations; wide beside the steps of the tables that a height reads."""
_CLIMBS = 12
_LEAST_CURVED = 0.5
"""Curvature of ln p in prior standard deviations below which tables are rough, not the posterior flat."""
_WIDER = 1.2
"""Points are drawn from a normal whose variance is larger by this over √dimensions than the curvature says, as what is
not normal has longer tails; of a normal itself three quarters of the points then count, whatever the dimensions."""


class Hill(NamedTuple):
    """The top of a density, its covariance by the curvature there, and how high it is."""

    top: Floats
    spread: Floats
    height: float


def climbed(height: Height, start: Floats, like: Hill | None = None) -> Hill:
    """The top of a hill by Newton's method, from a place on its slope or from the top of one that is `like` it."""
    at, spread = (start, _spread(height, start)) if like is None else (like.top, like.spread)
    for _ in range(_CLIMBS):
        step = spread @ _slope(height, at)
        before = height(at)
        while height(at + step) < before and np.abs(step).max() > 1e-3:
            step = 0.5 * step
        if np.abs(step).max() <= 1e-3:
            break
        at = at + step
    return Hill(at, _spread(height, at), height(at))


def points_about(hill: Hill, pairs_each: int = PAIRS_EACH) -> tuple[Floats, Floats]:
    """Points about a top, shape (2 · pairs_each · dimensions, dimensions), and −ln of the density they are drawn from.

    With `weights_of` height − ln density they are a sample of the hill itself (importance sampling: Gelman et al.
    2013, Bayesian Data Analysis, 3rd ed., section 10.4). They come in pairs on either side and fill space evenly:
    multiples of the roots of primes (Richtmyer 1951, Los Alamos report LA-1342; Niederreiter 1978,
    10.1090/S0002-9904-1978-14532-7), so the same hill has the same points.
    """
    size = len(hill.top)
    score = _scores(pairs_each * size, size)
    score = np.concatenate([score, -score])
    root = math.sqrt(1.0 + _WIDER / math.sqrt(size)) * np.linalg.cholesky(hill.spread + 1e-15 * np.eye(size))
    log_scale = float(np.log(np.diag(root)).sum())
    return hill.top + score @ root.T, 0.5 * (score**2).sum(axis=1) + log_scale


def _scores(pairs: int, size: int) -> Floats:
    """Normal scores that fill space evenly, shape (pairs, size)."""
    numbers = range(2, 20 * size + 20)
    primes = [n for n in numbers if all(n % part for part in range(2, math.isqrt(n) + 1))][:size]
    return np.asarray(ndtri((np.arange(pairs)[:, None] * np.sqrt(primes) + 0.25) % 1.0), dtype=np.float64)


def weights_of(logs: Floats) -> Floats:
    """Weights of n points by their logarithms; none counts more than √n times the mean.

    Ionides 2008, "Truncated importance sampling", J. Comput. Graph. Stat. 17:295-311, 10.1198/106186008X320456.
    """
    raw = np.exp(logs - logs.max())
    raw = np.minimum(raw, raw.mean() * math.sqrt(len(raw)))
    return np.asarray(raw / raw.sum(), dtype=np.float64)


def _slope(height: Height, at: Floats) -> Floats:
    unit = np.eye(len(at)) * _STEP
    return np.array([height(at + each) - height(at - each) for each in unit]) / (2.0 * _STEP)


def _spread(height: Height, at: Floats) -> Floats:
    """The inverse of the curvature; along no direction is more unknown than was beforehand."""
    size = len(at)
    unit = np.eye(size) * _STEP
    middle = height(at)
    found = np.zeros((size, size))
    for i in range(size):
        found[i, i] = 2.0 * middle - height(at + unit[i]) - height(at - unit[i])
        for j in range(i):
            corners = [height(at + a * unit[i] + b * unit[j]) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            found[i, j] = found[j, i] = 0.25 * (corners[1] + corners[2] - corners[0] - corners[3])
    values, axes = np.linalg.eigh(found / _STEP**2)
    return np.asarray((axes / np.maximum(values, _LEAST_CURVED)) @ axes.T, dtype=np.float64)

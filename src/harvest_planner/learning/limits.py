"""A duration told by a few of its limits: what lies between them, and how far it was from what came."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]

_STEPS = 400
"""Levels at which the CRPS is summed: of a lognormal it is then right to one in a thousand."""
_LEVELS: Floats = (np.arange(_STEPS) + 0.5) / _STEPS
_SCORES: Floats = ndtri(_LEVELS)
_ROWS = 5000
"""Deliveries whose CRPS is reckoned at once: some 16 MB."""


@dataclass(frozen=True)
class LimitLaw:
    """A positive duration by its limits: ln(hours) goes straight between them over the normal score of the level.

    With p50 and p95 it is the lognormal through them; with p05, p50 and p95 each side has a spread of its own. Beyond
    the outer limits the outer lines go on.

    Attributes
    ----------
    levels : shares that should keep each limit, two or more, rising within 0 to 1.
    hours : the limits, above 0 and not falling [h].

    Examples
    --------
    >>> law = LimitLaw((0.05, 0.5, 0.95), (30.0, 40.0, 60.0))
    >>> [round(law.quantile(p), 1) for p in (0.1, 0.5, 0.9)]
    [32.0, 40.0, 54.9]
    """

    levels: tuple[float, ...]
    hours: tuple[float, ...]

    def quantile(self, p: float) -> float:
        """The hours that a share `p` keeps [h]."""
        left = min(max(bisect_right(self.levels, p) - 1, 0), len(self.levels) - 2)
        start, end = _score(self.levels[left]), _score(self.levels[left + 1])
        low, high = math.log(self.hours[left]), math.log(self.hours[left + 1])
        return math.exp(low + (_score(p) - start) / (end - start) * (high - low))


_score = lru_cache(maxsize=256)(NormalDist().inv_cdf)


def crps_h(levels: Sequence[float], limits_h: Sequence[Sequence[float]], hours: Sequence[float]) -> Floats:
    """Continuous ranked probability score of each delivery [h]: 0 is best; of a forecast of one number, the miss.

    Twice the pinball loss summed over all levels (Gneiting & Raftery 2007, 10.1198/016214506000001437, section 4.2;
    Laio & Tamea 2007, 10.5194/hess-11-1267-2007), of the law of `LimitLaw`.

    Parameters
    ----------
    levels : of the limits.
    limits_h : a row of limits for each delivery [h].
    hours : what each took [h].
    """
    scores = [_score(level) for level in levels]
    found = []
    for start in range(0, len(hours), _ROWS):
        limits = np.log(np.asarray(limits_h[start : start + _ROWS], dtype=np.float64))
        came = np.asarray(hours[start : start + _ROWS], dtype=np.float64)[:, None]
        quantiles = np.exp(_between(_SCORES, scores, limits))
        found.append(2.0 * ((came - quantiles) * (_LEVELS - (came <= quantiles))).mean(axis=1))
    return np.concatenate(found) if found else np.zeros(0)


def _between(wanted: Floats, scores: Sequence[float], logs: Floats) -> Floats:
    """As `LimitLaw.quantile` at many normal scores: ln(hours), a row for each law."""
    known = np.asarray(scores)
    left = np.clip(np.searchsorted(known, wanted, side="right") - 1, 0, len(known) - 2)
    share = (wanted - known[left]) / (known[left + 1] - known[left])
    found: Floats = logs[:, left] + share * (logs[:, left + 1] - logs[:, left])
    return found

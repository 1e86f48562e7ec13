"""Partial pooling of groups of normal values: a group with few values borrows mean and spread from all the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import digamma, polygamma
from scipy.stats import t as student

from harvest_planner.errors import FitError

_LEAST_SD = 1e-3
"""Values that are all alike are known to no better than a thousandth."""
_FEWEST_FREEDOM = 4.0
"""A common variance is worth so many degrees of freedom at least (assumption): below them the next value has a tail
without bounds, and what makes spreads look so wild is lanes of two parcels that went in one van."""
_MANY = 1e6
"""Degrees of freedom from which on Student's t is a normal."""


class Predicted(NamedTuple):
    """The next value of a group: Student's t.

    Attributes
    ----------
    mean, sd, freedom : location, scale and degrees of freedom.
    own_weight : how much of the mean is the group's own, 0 (all borrowed) to 1.
    """

    mean: float
    sd: float
    freedom: float
    own_weight: float

    def quantile(self, p: float) -> float:
        """The value below which a share `p` lies."""
        return float(self.mean + self.sd * student.ppf(p, min(self.freedom, _MANY)))


class Pooled(NamedTuple):
    """The next value of each group; and of a group of which nothing is known, None where there is just one group."""

    groups: dict[str, Predicted]
    unseen: Predicted | None


class _Square(NamedTuple):
    """A variance and the degrees of freedom that it is worth."""

    value: float
    freedom: float


def pooled(values: Mapping[str, Sequence[float]]) -> Pooled:
    """Empirical-Bayes prediction of the next value in each group.

    The variance of a group is a draw about a common one that is worth some degrees of freedom itself (Smyth 2004,
    10.2202/1544-6115.1027, section 6.2); its mean is a draw about a common mean (Paule & Mandel 1982,
    10.6028/jres.087.022).

    Raises
    ------
    FitError : no group has two values.
    """
    names = sorted(values)
    counts = np.array([len(values[name]) for name in names], dtype=np.float64)
    means = np.array([np.mean(values[name]) for name in names], dtype=np.float64)
    squares = [_square(values[name]) for name in names]
    told = [square for square in squares if square.freedom > 0.0]
    if not told:
        raise FitError("no lane has two deliveries: how much they vary cannot be told")
    common = _common(told)
    moderated = [_moderated(square, common, alone=len(told) == 1) for square in squares]
    errors = np.array([square.value for square in moderated]) / counts
    if len(names) == 1:
        sd = math.sqrt(moderated[0].value + errors[0])
        return Pooled({names[0]: Predicted(float(means[0]), sd, moderated[0].freedom, 1.0)}, None)
    between = _between(means, errors)
    weights = 1.0 / (errors + between)
    centre, of_centre = float(np.average(means, weights=weights)), float(1.0 / weights.sum())
    groups = {}
    for name, mean, error, square in zip(names, means, errors, moderated, strict=True):
        own = between / (between + error)
        doubt = own * error + (1.0 - own) ** 2 * of_centre
        at = centre + own * (mean - centre)
        groups[name] = Predicted(float(at), math.sqrt(square.value + doubt), square.freedom, float(own))
    strange = math.sqrt(common.value + between + of_centre)
    return Pooled(groups, Predicted(centre, strange, min(common.freedom, len(names) - 1.0), 0.0))


def _square(values: Sequence[float]) -> _Square:
    if len(values) < 2:
        return _Square(0.0, 0.0)
    return _Square(max(float(np.var(values, ddof=1)), _LEAST_SD**2), len(values) - 1.0)


def _moderated(own: _Square, common: _Square, *, alone: bool) -> _Square:
    """A group's variance between its own and the common one; where one group alone tells, that is both."""
    if own.freedom == 0.0 or math.isinf(common.freedom):
        return common
    if alone:
        return own
    freedom = own.freedom + common.freedom
    return _Square((own.freedom * own.value + common.freedom * common.value) / freedom, freedom)


def _common(told: Sequence[_Square]) -> _Square:
    """The common variance by the mean and variance of ln s² (Smyth 2004, section 6.2)."""
    if len(told) == 1:
        return told[0]
    freedom = np.array([square.freedom for square in told])
    logs = np.log([square.value for square in told]) - digamma(freedom / 2.0) + np.log(freedom / 2.0)
    centre = float(logs.mean())
    excess = float(logs.var(ddof=1) - polygamma(1, freedom / 2.0).mean())
    if excess <= 0.0:
        return _Square(math.exp(centre), math.inf)
    half = _trigamma_inverse(excess)
    if 2.0 * half < _FEWEST_FREEDOM:
        # The mean of ln s² is then drawn down by variances near 0; the pooled variance is not.
        squares = np.array([square.value for square in told])
        return _Square(float(np.average(squares, weights=freedom)), _FEWEST_FREEDOM)
    return _Square(math.exp(centre + float(digamma(half)) - math.log(half)), 2.0 * half)


def _trigamma_inverse(y: float) -> float:
    """The x with ψ'(x) = y; ψ'(x) lies between 1/x and 1/x + 1/x²."""
    low, high = 1.0 / y, 0.5 * (1.0 + math.sqrt(1.0 + 4.0 * y)) / y
    return float(brentq(lambda x: float(polygamma(1, x)) - y, 0.999 * low, 1.001 * high, xtol=1e-12 * low))


def _between(means: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]) -> float:
    """Variance between groups, at which the weighted squares of their means are as many as expected."""

    def excess(between: float) -> float:
        weights = 1.0 / (errors + between)
        centre = np.average(means, weights=weights)
        return float(np.sum(weights * (means - centre) ** 2)) - (len(means) - 1.0)

    if excess(0.0) <= 0.0:
        return 0.0
    high = float(np.var(means)) * len(means) + 1e-12
    while excess(high) > 0.0:
        high *= 2.0
    return float(brentq(excess, 0.0, high, xtol=1e-12))

"""Partial pooling with a prior: each group's mean between its own values, those of its kin, and what was believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import stdtr

Floats = npt.NDArray[np.float64]

KIN_SD = 0.10
"""Prior sd of what all lanes of a carrier and mode share, as a logarithm of hours; assumption: about a tenth."""
LANE_SCALE = 0.15
"""Scale of the spread between lanes, half-normal beforehand (Gelman 2006, 10.1214/06-BA117A); assumption. Wide enough
for lanes that differ, and without the long tail by which two odd trips would carry their lane away."""
_SPREADS = np.concatenate([[0.0], np.geomspace(0.01, 1.5, 28)])


class Own(NamedTuple):
    """A group's own word: mean of its values, their sd, how many they are worth, degrees of freedom of the sd."""

    mean: float
    sd: float
    worth: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """A group's mean as a mixture over the spread between groups.

    Attributes
    ----------
    weights, means, sds : of the parts.
    freedom : of Student's t of each part.
    own_weight : how far the mean is the group's own word, 0 to 1.
    """

    weights: Floats
    means: Floats
    sds: Floats
    freedom: float
    own_weight: float

    @property
    def mean(self) -> float:
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        """Of the mixture."""
        return float(np.sqrt(self.weights @ (self.sds**2 + (self.means - self.mean) ** 2)))

    def quantile(self, p: float) -> float:
        """The value below which the group's mean lies with probability p."""

        def excess(x: float) -> float:
            return float(self.weights @ stdtr(self.freedom, (x - self.means) / self.sds)) - p

        reach = 60.0 * float(self.sds.max())
        return float(brentq(excess, float(self.means.min()) - reach, float(self.means.max()) + reach, xtol=1e-10))


def pooled_with_prior(groups: Sequence[Own]) -> list[Posterior]:
    """Posterior of each group's mean about a prior mean of zero.

    θ_l = μ + u_l, μ ~ N(0, KIN_SD²), u_l ~ N(0, ω²), ω half-normal; given ω all is normal and in closed form, and ω is
    integrated on a grid (Gelman et al. 2013, Bayesian Data Analysis, 3rd ed., section 5.4). A group worth 0 is told
    by its kin alone.
    """
    means = np.array([one.mean for one in groups])
    counts = np.array([one.worth for one in groups])
    told = counts > 0.0
    errors = np.where(told, np.array([one.sd for one in groups]) ** 2 / np.where(told, counts, 1.0), np.inf)
    logs, at, sd, own = [], [], [], []
    for spread in _SPREADS:
        between = spread**2
        precision = np.where(told, 1.0 / (errors + between), 0.0)
        kin_precision = precision.sum() + KIN_SD**-2
        kin = float(precision @ np.where(told, means, 0.0) / kin_precision)
        share = np.where(told, between / (between + errors), 0.0)
        at.append(share * np.where(told, means, 0.0) + (1.0 - share) * kin)
        inner = np.where(told, share * np.where(told, errors, 0.0), between)
        sd.append(np.sqrt(inner + (1.0 - share) ** 2 / kin_precision))
        own.append(share + (1.0 - share) * precision / kin_precision)
        logs.append(_log_weight(means[told], precision[told], kin, kin_precision, spread))
    weights = _weights(np.array(logs))
    columns = (np.array(at).T, np.array(sd).T, np.array(own).T)
    return [
        Posterior(weights, mean, np.maximum(spread, 1e-9), group.freedom, float(weights @ own_weight))
        for group, mean, spread, own_weight in zip(groups, *columns, strict=True)
    ]


def _log_weight(means: Floats, precision: Floats, kin: float, kin_precision: float, spread: float) -> float:
    """ln p(values | ω) p(ω), up to a constant (BDA3, equation 5.21)."""
    fit = -0.5 * float(precision @ (means - kin) ** 2) + 0.5 * float(np.log(precision).sum())
    return fit - 0.5 * (kin / KIN_SD) ** 2 - 0.5 * float(np.log(kin_precision)) - 0.5 * (spread / LANE_SCALE) ** 2


def _weights(logs: Floats) -> Floats:
    """Normalised, each with the width of its cell of the grid."""
    edges = np.concatenate([[0.0], 0.5 * (_SPREADS[1:] + _SPREADS[:-1]), [_SPREADS[-1]]])
    raw = np.exp(logs - logs.max()) * np.diff(edges)
    return np.asarray(raw / raw.sum(), dtype=np.float64)

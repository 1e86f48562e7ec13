"""Reviews of one crop → how much older each batch is than believed, and how fast its fruit ripens by area."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from harvest_planner.learning.passages import Ripe
from harvest_planner.learning.response import BUYERS_SDS_D20, REASONS, Answers, Kind
from harvest_planner.ripening.window import window_bounds

Floats = npt.NDArray[np.float64]

CROP_RATE_SD = 0.10
"""Prior sd of ln(rate of a crop's fruit over what is believed); assumption: about a tenth."""
AREA_RATE_SD = 0.05
"""Prior sd of an area's ln rate about its crop's; assumption."""
LATENESS_SD_D20 = 0.5
"""Prior sd of how much riper a late parcel is called than its age says [d20]; assumption."""
BATCH_PART = 0.5
"""Where a stage states no `batch_sd_d20`, a batch's shift has this part of its sd beforehand, as in na; assumption."""
_GRID = np.linspace(-4.5, 4.5, 61)
"""Shifts of a batch, in its prior standard deviations."""
_STEP = 0.1
"""Of slopes and curvatures, in prior standard deviations; wide beside the steps of the tables."""
_CLIMBS = 12
_LEAST_CURVED = 0.5
"""Curvature of ln p in prior standard deviations below which tables are rough, not the posterior flat."""


class Prior(NamedTuple):
    """What is believed of a batch: area, sd of its common shift, sd from fruit to fruit [d20]."""

    area: str
    batch_sd_d20: float
    own_sd_d20: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A batch's shift as a density on a grid.

    Attributes
    ----------
    grid_d20, density : ages beyond what was believed [d20], and the probability at each.
    """

    grid_d20: Floats
    density: Floats

    @property
    def mean(self) -> float:
        return float(self.grid_d20 @ self.density)

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.density @ (self.grid_d20 - self.mean) ** 2))

    def quantile(self, p: float) -> float:
        """The shift below which it lies with probability p."""
        step = self.grid_d20[1] - self.grid_d20[0]
        upto = np.cumsum(self.density)
        return float(np.interp(p, upto, self.grid_d20 + 0.5 * step))


@dataclass(frozen=True, slots=True)
class CropAges:
    """What the reviews of one crop say.

    Attributes
    ----------
    shifts : of each batch with a review.
    log_rates : by area (mean, sd) of ln(rate over what is believed).
    lateness_d20 : (mean, sd) of how much riper late parcels are called.
    buyers_sd_d20 : how far buyers differ.
    """

    shifts: dict[str, Shift]
    log_rates: dict[str, tuple[float, float]]
    lateness_d20: tuple[float, float]
    buyers_sd_d20: float


class _Model:
    """The reviews of one crop, ready to be weighed at any φ = (ln rate of each area, lateness)."""

    def __init__(self, reviews: Sequence[Ripe], priors: Mapping[str, Prior]) -> None:
        self.reviews = sorted(reviews, key=lambda review: review.batch_id)
        self.batches = sorted({review.batch_id for review in reviews})
        self.areas = sorted({priors[batch].area for batch in self.batches})
        of_review = [priors[review.batch_id] for review in self.reviews]
        self.kinds = [_kind(review, prior) for review, prior in zip(self.reviews, of_review, strict=True)]
        self.reasons = np.array([REASONS.index(review.reason) for review in self.reviews])
        self.area = np.array([self.areas.index(prior.area) for prior in of_review])
        self.at_pick = np.array([review.at_pick_d20 for review in self.reviews])
        self.gained = np.array([review.gained_d20 for review in self.reviews])
        self.late = np.array([review.late for review in self.reviews], dtype=np.float64)
        self.batch_sd = np.array([prior.batch_sd_d20 for prior in of_review])
        self.first = np.searchsorted([review.batch_id for review in self.reviews], self.batches)
        size = len(self.areas) + 1
        self.covariance = np.zeros((size, size))
        self.covariance[:-1, :-1] = CROP_RATE_SD**2 + np.eye(size - 1) * AREA_RATE_SD**2
        self.covariance[-1, -1] = LATENESS_SD_D20**2
        self._precision = np.linalg.inv(self.covariance)

    def log_densities(self, phi: Floats, answers: Answers) -> Floats:
        """ln (prior × likelihood) of each batch's shift on its grid, shape (batches, grid)."""
        rates = np.exp(phi[self.area])
        bounds = np.array([_bounds(review, rate) for review, rate in zip(self.reviews, rates.tolist(), strict=True)])
        mean = self.at_pick + rates * self.gained + float(phi[-1]) * self.late
        beyond = (mean - bounds[:, 0])[:, None] + self.batch_sd[:, None] * _GRID
        logs = answers.log_chances(self.kinds, self.reasons, beyond, bounds[:, 1] - bounds[:, 0])
        return np.asarray(np.add.reduceat(logs, self.first, axis=0) - 0.5 * _GRID**2, dtype=np.float64)

    def log_posterior(self, phi: Floats, answers: Answers) -> float:
        """ln p(φ | reviews), each batch's shift integrated out, up to a constant."""
        logs = self.log_densities(phi, answers)
        top = logs.max(axis=1)
        each = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
        return float(each.sum() - 0.5 * phi @ self._precision @ phi)


def _kind(review: Ripe, prior: Prior) -> Kind:
    wish = review.buyer.wish
    return Kind(wish.fruit, wish.needed, round(prior.own_sd_d20, 9))


def _bounds(review: Ripe, rate: float) -> tuple[float, float]:
    """The wish's window where the fruit ripens so many times as fast at the buyer's: as many times the days."""
    order, buyer = review.buyer.order, review.buyer
    low, high = order.ripe_within_days
    days, keeps = (low * rate, high * rate), order.keeps_days * rate
    return window_bounds(buyer.curve, ripe_within_days=days, keeps_days=keeps, room_degc=buyer.room_degc)


def ages_of(reviews: Iterable[Ripe], priors: Mapping[str, Prior]) -> CropAges:
    """Posterior of batches' shifts, areas' rates and lateness for one crop.

    Given rates and lateness the batches are independent, and each shift is integrated on a grid. The rates and the
    lateness are normal about the top of what remains (Laplace), and the shifts are averaged over them at points that
    keep mean and variance (Rue, Martino & Chopin 2009, 10.1111/j.1467-9868.2008.00700.x).
    """
    model = _Model(list(reviews), priors)
    tried = {sd: Answers(sd) for sd in BUYERS_SDS_D20}
    at = np.zeros(len(model.areas) + 1)
    chosen = _likeliest(model, tried, at)
    top, spread = _laplace(model, tried[chosen], at)
    again = _likeliest(model, tried, top)
    if again != chosen:
        top, spread = _laplace(model, tried[again], top)
    answers = tried[again]
    points = _points(top, spread)
    density = _averaged(model, answers, points)
    shifts = {
        batch: Shift(_GRID * priors[batch].batch_sd_d20, row) for batch, row in zip(model.batches, density, strict=True)
    }
    sds = np.sqrt(np.diag(spread))
    rates = {area: (float(top[i]), float(sds[i])) for i, area in enumerate(model.areas)}
    return CropAges(shifts, rates, (float(top[-1]), float(sds[-1])), again)


def _likeliest(model: _Model, tried: Mapping[float, Answers], phi: Floats) -> float:
    """How far buyers differ, by what makes their words likeliest."""
    return max(tried, key=lambda sd: model.log_posterior(phi, tried[sd]) + math.log(BUYERS_SDS_D20[sd]))


def _laplace(model: _Model, answers: Answers, start: Floats) -> tuple[Floats, Floats]:
    """Where p(φ | reviews) is highest, and the covariance by its curvature there, by Newton's method."""
    scale = np.sqrt(np.diag(model.covariance))

    def height(u: Floats) -> float:
        return model.log_posterior(u * scale, answers)

    at, spread = start, _spread(height, start)
    for _ in range(_CLIMBS):
        step = spread @ _slope(height, at)
        before = height(at)
        while height(at + step) < before and np.abs(step).max() > 1e-3:
            step = 0.5 * step
        if np.abs(step).max() <= 1e-3:
            break
        at = at + step
    return at * scale, _spread(height, at) * np.outer(scale, scale)


def _slope(height: Callable[[Floats], float], at: Floats) -> Floats:
    unit = np.eye(len(at)) * _STEP
    return np.array([height(at + each) - height(at - each) for each in unit]) / (2.0 * _STEP)


def _spread(height: Callable[[Floats], float], at: Floats) -> Floats:
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


def _points(top: Floats, spread: Floats) -> list[tuple[float, Floats]]:
    """Weighted points with the mean and covariance of a normal: the third-degree rule (Stroud 1971)."""
    size = len(top)
    root = np.linalg.cholesky(spread + 1e-15 * np.eye(size)) * math.sqrt(size)
    return [(1.0 / (2 * size), top + sign * root[:, i]) for i in range(size) for sign in (1.0, -1.0)]


def _averaged(model: _Model, answers: Answers, points: Sequence[tuple[float, Floats]]) -> Floats:
    density = np.zeros((len(model.batches), len(_GRID)))
    for weight, phi in points:
        logs = model.log_densities(phi, answers)
        each = np.exp(logs - logs.max(axis=1, keepdims=True))
        density += weight * each / each.sum(axis=1, keepdims=True)
    return density

"""Reviews of one crop → how much older each batch is than believed, and how fast its fruit ripens by area."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from harvest_planner.learning.hill import Hill, climbed, points_about, weights_of
from harvest_planner.learning.passages import Ripe
from harvest_planner.learning.response import BUYERS_SDS_D20, REASONS, Answers, Kind
from harvest_planner.ripening.curve import Curve
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
LEAST_SHIFT_SD_D20 = 0.1
"""No batch's age is taken to be known better than so beforehand [d20]; assumption."""
_KNOTS = np.linspace(-4.5, 4.5, 61)
"""Shifts of a batch at which its reviews are weighed, in its prior standard deviations."""
_GRID = np.linspace(-4.5, 4.5, 601)
"""Shifts over which its density is summed: hundreds of reviews narrow it to less than a step of the knots."""
_FROM_KNOTS = CubicSpline(_KNOTS, np.eye(len(_KNOTS)))(_GRID).T
"""ln density at the knots (· × knots) times this is that on the grid: however narrow a density, its ln is smooth."""
_HOPELESS = 6.0
"""A distance of buyers whose top is lower than the best by this in ln is left out: it would weigh 0.0025."""


class Spreads(NamedTuple):
    """How far truths may lie from what is believed: sds, and what buyers' may be with its probability."""

    crop_rate: float = CROP_RATE_SD
    area_rate: float = AREA_RATE_SD
    lateness_d20: float = LATENESS_SD_D20
    buyers_d20: Mapping[float, float] = BUYERS_SDS_D20


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


class Reviews:
    """The reviews of one crop, ready to be weighed at any φ = (ln rate of each area, lateness)."""

    def __init__(self, reviews: Iterable[Ripe], priors: Mapping[str, Prior], spreads: Spreads) -> None:
        self.spreads = spreads
        self.reviews = sorted(reviews, key=lambda review: review.batch_id)
        self.batches = sorted({review.batch_id for review in self.reviews})
        self.areas = sorted({priors[batch].area for batch in self.batches})
        of_review = [priors[review.batch_id] for review in self.reviews]
        self.reasons = np.array([REASONS.index(review.reason) for review in self.reviews])
        asked = [_asked(review, prior, self.areas) for review, prior in zip(self.reviews, of_review, strict=True)]
        self._asked = list(dict.fromkeys(asked))
        places = {one: place for place, one in enumerate(self._asked)}
        self._which = np.array([places[one] for one in asked])
        self._curve = self.reviews[0].buyer.curve
        self.area = np.array([one.area for one in asked])
        self.at_pick = np.array([review.at_pick_d20 for review in self.reviews])
        self.gained = np.array([review.gained_d20 for review in self.reviews])
        self.late = np.array([review.late for review in self.reviews], dtype=np.float64)
        self.batch_sd = np.array([prior.batch_sd_d20 for prior in of_review])
        self.first = np.searchsorted([review.batch_id for review in self.reviews], self.batches)
        covariance = _covariance(spreads, areas=len(self.areas))
        self._precision = np.linalg.inv(covariance)
        self.scale = np.sqrt(np.diag(covariance))
        self._batch_sd = {batch: priors[batch].batch_sd_d20 for batch in self.batches}

    def grid_d20(self, batch_id: str) -> Floats:
        """The shifts of a batch at which its density is told [d20]."""
        return _GRID * self._batch_sd[batch_id]

    def log_densities(self, phi: Floats, answers: Answers) -> Floats:
        """ln (prior × likelihood) of each batch's shift at the knots, shape (batches, knots)."""
        rates = np.exp(phi[:-1])
        bounds = [_bounds(self._curve, one, float(rates[one.area])) for one in self._asked]
        widths = [(one.kind, upper - lower) for one, (lower, upper) in zip(self._asked, bounds, strict=True)]
        lower = np.array([each for each, _ in bounds])[self._which]
        mean = self.at_pick + rates[self.area] * self.gained + float(phi[-1]) * self.late
        beyond = (mean - lower)[:, None] + self.batch_sd[:, None] * _KNOTS
        logs = answers.log_chances(widths, self._which, self.reasons, beyond)
        return np.asarray(np.add.reduceat(logs, self.first, axis=0) - 0.5 * _KNOTS**2, dtype=np.float64)

    def weighed(self, phi: Floats, answers: Answers) -> tuple[float, Floats]:
        """ln p(φ | reviews) up to a constant, each batch's shift integrated out, and the shifts' densities there."""
        logs = self.log_densities(phi, answers) @ _FROM_KNOTS
        top = logs.max(axis=1, keepdims=True)
        raw = np.exp(logs - top)
        whole = raw.sum(axis=1, keepdims=True)
        return float((top + np.log(whole)).sum() - 0.5 * phi @ self._precision @ phi), raw / whole

    def height(self, u: Floats, answers: Answers) -> float:
        """The first of these at φ in its prior standard deviations."""
        return self.weighed(u * self.scale, answers)[0]


def _covariance(spreads: Spreads, *, areas: int) -> Floats:
    """Of φ beforehand."""
    found = np.zeros((areas + 1, areas + 1))
    found[:-1, :-1] = spreads.crop_rate**2 + np.eye(areas) * spreads.area_rate**2
    found[-1, -1] = spreads.lateness_d20**2
    return found


class _Asked(NamedTuple):
    """What parcels have in common that answer alike at the same age: all that their windows follow from."""

    kind: Kind
    area: int
    ripe_within_days: tuple[float, float]
    keeps_days: float
    room_degc: float


def _asked(review: Ripe, prior: Prior, areas: Sequence[str]) -> _Asked:
    wish, order = review.buyer.wish, review.buyer.order
    kind = Kind(wish.fruit, wish.needed, round(prior.own_sd_d20, 9))
    return _Asked(kind, areas.index(prior.area), order.ripe_within_days, order.keeps_days, review.buyer.room_degc)


def _bounds(curve: Curve, asked: _Asked, rate: float) -> tuple[float, float]:
    """The wish's window where the fruit ripens so many times as fast at the buyer's: as many times the days."""
    low, high = asked.ripe_within_days
    days, keeps = (low * rate, high * rate), asked.keeps_days * rate
    return window_bounds(curve, ripe_within_days=days, keeps_days=keeps, room_degc=asked.room_degc)


def ages_of(reviews: Iterable[Ripe], priors: Mapping[str, Prior], spreads: Spreads = Spreads()) -> CropAges:  # noqa: B008
    """Posterior of batches' shifts, areas' rates and lateness for one crop.

    Given rates, lateness and how far buyers differ, the batches are independent and each shift is integrated on a grid.
    What remains is not normal, so it is taken as a weighted sample about its top, for each distance of buyers that the
    reviews allow; the shifts are averaged over it (Rue, Martino & Chopin 2009, 10.1111/j.1467-9868.2008.00700.x, with
    points by importance in place of a grid).
    """
    model = Reviews(reviews, priors, spreads)
    sample = _sample(model)
    weights = weights_of(sample.logs)
    density = np.tensordot(weights, sample.densities, axes=1)
    shifts = {batch: Shift(model.grid_d20(batch), row) for batch, row in zip(model.batches, density, strict=True)}
    *rates, lateness = (_mean_and_sd(column, weights) for column in sample.phi.T)
    return CropAges(shifts, dict(zip(model.areas, rates, strict=True)), lateness, float(weights @ sample.buyers_sd_d20))


class _Sample(NamedTuple):
    """Points of the posterior: φ, how far buyers differ, each batch's density there, and ln of the weight."""

    phi: Floats
    buyers_sd_d20: Floats
    densities: Floats
    logs: Floats


def _sample(model: Reviews) -> _Sample:
    """Points about the top for each distance of buyers whose top is not hopelessly low."""
    hills: dict[float, tuple[Answers, Hill]] = {}
    start, before = np.zeros(len(model.scale)), None
    for sd, believed in model.spreads.buyers_d20.items():
        answers = Answers(sd)
        before = hill = climbed(partial(model.height, answers=answers), start, like=before)
        hills[sd] = answers, hill._replace(height=hill.height + math.log(believed))
    best = max(hill.height for _, hill in hills.values())
    near = {sd: found for sd, found in hills.items() if found[1].height > best - _HOPELESS}
    parts = [_points(model, sd, answers, hill) for sd, (answers, hill) in near.items()]
    return _Sample(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _points(model: Reviews, sd: float, answers: Answers, hill: Hill) -> _Sample:
    points, rarity = points_about(hill)
    phi = points * model.scale
    weighed = [model.weighed(each, answers) for each in phi]
    logs = np.array([log for log, _ in weighed]) + math.log(model.spreads.buyers_d20[sd]) + rarity
    return _Sample(phi, np.full(len(phi), sd), np.array([density for _, density in weighed]), logs)


def _mean_and_sd(values: Floats, weights: Floats) -> tuple[float, float]:
    mean = float(weights @ values)
    return mean, float(np.sqrt(weights @ (values - mean) ** 2))

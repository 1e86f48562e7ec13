"""Likelihood of interval-censored crossings: normal starting ages on one clock, with its slopes fruit by fruit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_ndtr

from harvest_planner.errors import FitError
from harvest_planner.learning.families import Family

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))
_STEP = 1e-5
"""Of central differences: error about 1e-10 for smooth functions of numbers near 1."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Crossings as arrays, one row each: a fruit crosses a threshold between two looks.

    Attributes
    ----------
    degc : distinct temperatures (T,) [°C].
    before, after : days at each temperature until the looks before and after the crossing (R, T) [d].
    has_before, has_after : whether there was such a look (R,).
    fruit, threshold, stage : of each row (R,).
    thresholds, stages : how many there are of each.
    """

    degc: tuple[float, ...]
    before: Array
    after: Array
    has_before: Flags
    has_after: Flags
    fruit: Ints
    threshold: Ints
    stage: Ints
    thresholds: int
    stages: int


@dataclass(frozen=True, slots=True)
class Model:
    """A sample, the family of its clock, and how θ is laid out.

    θ = (days at 20 °C to ripe for each stage, those from ripe to each further threshold, ln sd at each threshold, u).
    """

    sample: Sample
    family: Family
    stops_below_degc: float | None

    @property
    def size(self) -> int:
        return self.sample.stages + 2 * self.sample.thresholds - 1 + len(self.family.names)

    @property
    def first_log_sd(self) -> int:
        return self.sample.stages + self.sample.thresholds - 1

    @property
    def first_law(self) -> int:
        return self.first_log_sd + self.sample.thresholds

    def rates(self, u: Array) -> Array:
        """Rate at each temperature of the sample [d20 per day]; 0 where the crop's clock stands still."""
        rates = np.array(self.family.rates([float(x) for x in u], self.sample.degc))
        stops = self.stops_below_degc
        return rates if stops is None else np.where(np.array(self.sample.degc) <= stops, 0.0, rates)

    def slopes(self, u: Array) -> Array:
        """d rate / d u, (T, len(u))."""
        columns = []
        for i in range(len(u)):
            step = np.zeros_like(u)
            step[i] = _STEP
            columns.append((self.rates(u + step) - self.rates(u - step)) / (2.0 * _STEP))
        return np.stack(columns, axis=1) if columns else np.zeros((len(self.sample.degc), 0))

    def means(self, theta: Array) -> Array:
        """Days at 20 °C from the start to the threshold, for each row [d20]."""
        offsets = np.concatenate([[0.0], theta[self.sample.stages : self.first_log_sd]])
        return np.asarray(theta[self.sample.stage] + offsets[self.sample.threshold])

    def terms(self, theta: Array) -> tuple[Array, Array]:
        """ln P of each row (R,), and its slope by θ (R, size)."""
        data, u = self.sample, theta[self.first_law :]
        rates, slopes = self.rates(u), self.slopes(u)
        sd = np.exp(theta[self.first_log_sd : self.first_law])[data.threshold]
        mean = self.means(theta)
        low = np.where(data.has_before, (data.before @ rates - mean) / sd, -np.inf)
        high = np.where(data.has_after, (data.after @ rates - mean) / sd, np.inf)
        log_p = log_between(low, high)
        at_low, at_high = _density_over(low, log_p), _density_over(high, log_p)
        by_theta = np.zeros((len(mean), self.size))
        by_mean = -(at_high - at_low) / sd
        rows = np.arange(len(mean))
        by_theta[rows, data.stage] = by_mean
        further = data.threshold > 0
        by_theta[rows[further], data.stages + data.threshold[further] - 1] = by_mean[further]
        by_theta[rows, self.first_log_sd + data.threshold] = -(_times(high, at_high) - _times(low, at_low))
        by_gain = (at_high[:, None] * data.after - at_low[:, None] * data.before) / sd[:, None]
        by_theta[:, self.first_law :] = by_gain @ slopes
        return log_p, by_theta

    def slope(self, theta: Array) -> Array:
        """Slope of the log-likelihood by θ."""
        return np.asarray(self.terms(theta)[1].sum(axis=0))


def log_between(low: Array, high: Array) -> Array:
    """ln(Φ(high) − Φ(low)), taken from the nearer tail to keep its digits."""
    flip = low > 0.0
    near = np.where(flip, -low, high)
    far = np.where(flip, -high, low)
    log_near = log_ndtr(near)
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.log1p(-np.exp(np.minimum(log_ndtr(far) - log_near, 0.0)))
    return np.asarray(np.maximum(log_near + np.where(np.isneginf(far), 0.0, rest), -1e8))


def _density_over(z: Array, log_p: Array) -> Array:
    """φ(z)/P; 0 where there is no look."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.exp(np.minimum(-0.5 * z * z - _LOG_ROOT_2PI - log_p, 300.0))
    return np.asarray(np.where(np.isfinite(z), found, 0.0))


def _times(z: Array, density: Array) -> Array:
    return np.where(np.isfinite(z), z, 0.0) * density


def start_of(model: Model) -> Array:
    """Where the search begins: means and spreads of the middles of all intervals on the family's starting clock."""
    data = model.sample
    u = np.array(model.family.start)
    rates = model.rates(u)
    low, high = data.before @ rates, data.after @ rates
    both = data.has_before & data.has_after
    width = float(np.median((high - low)[both])) if both.any() else 1.0
    low = np.where(data.has_before, low, high - width)
    high = np.where(data.has_after, high, low + 2.0 * width)
    middle = 0.5 * (low + high)
    ripe = data.threshold == 0
    overall = float(middle[ripe].mean())
    stage = [_mean(middle[ripe & (data.stage == s)], overall) for s in range(data.stages)]
    offsets, sds = [], []
    for k in range(data.thresholds):
        rest = middle[data.threshold == k] - np.array(stage)[data.stage[data.threshold == k]]
        offsets.append(float(rest.mean()))
        sds.append(float(np.log(max(rest.std(), 0.3 * width))))
    return np.array([*stage, *offsets[1:], *sds, *u])


def _mean(values: Array, otherwise: float) -> float:
    return float(values.mean()) if len(values) else otherwise


def most_likely(model: Model, start: Array, free: Flags) -> Array:
    """The θ of greatest likelihood with the numbers that are not free held at `start`.

    Raises
    ------
    FitError : the search found no top.
    """
    bounds = _bounds(model)

    def loss(part: Array) -> tuple[float, Array]:
        theta = start.copy()
        theta[free] = part
        log_p, slopes = model.terms(theta)
        return -float(log_p.sum()), -slopes.sum(axis=0)[free]

    found = minimize(
        loss,
        start[free],
        jac=True,
        method="L-BFGS-B",
        bounds=[bound for bound, wanted in zip(bounds, free, strict=True) if wanted],
        options={"maxiter": 2000, "maxfun": 5000, "ftol": 1e-13, "gtol": 1e-7},
    )
    if not np.isfinite(found.fun):
        raise FitError(f"the likelihood has no top: {found.message}")
    theta = start.copy()
    theta[free] = found.x
    return theta


def _bounds(model: Model) -> list[tuple[float | None, float | None]]:
    loose: list[tuple[float | None, float | None]] = [(None, None)] * model.first_log_sd
    return [*loose, *([(-9.0, 7.0)] * model.sample.thresholds), *model.family.bounds]


def at_bound(model: Model, theta: Array) -> Flags:
    """Which numbers of the law lie at the end of what they may be."""
    flags = np.zeros(model.size, dtype=np.bool_)
    for i, (low, high) in enumerate(model.family.bounds):
        x = float(theta[model.first_law + i])
        flags[model.first_law + i] = min(x - low, high - x) < 1e-6 * (high - low)
    return flags


def covariance(model: Model, theta: Array, free: Flags) -> Array | None:
    """Covariance of the free numbers (zeros elsewhere); None where the likelihood has no curved top there.

    One threshold: the inverse of the observed information H. Several thresholds of one fruit are not independent, so
    what they say is summed fruit by fruit: H⁻¹ J H⁻¹ with J = Σ s sᵀ over the fruit's slopes s (Godambe 1960,
    10.1214/aoms/1177705693; Lindsay 1988, Contemporary Mathematics 80:221-239).
    """
    where = np.flatnonzero(free)
    information = np.zeros((len(where), len(where)))
    for column, i in enumerate(where):
        step = np.zeros_like(theta)
        step[i] = 1e-4
        information[:, column] = -(model.slope(theta + step) - model.slope(theta - step))[where] / 2e-4
    information = 0.5 * (information + information.T)
    scale = np.sqrt(np.maximum(np.diag(information), 0.0))
    if not np.all(scale > 0.0):
        return None
    if np.linalg.eigvalsh(information / np.outer(scale, scale))[0] < 1e-9:
        return None
    inverse = np.linalg.inv(information)
    if model.sample.thresholds > 1:
        slopes = _by_fruit(model, theta)[:, where]
        inverse = inverse @ (slopes.T @ slopes) @ inverse
    found = np.zeros((len(theta), len(theta)))
    found[np.ix_(where, where)] = inverse
    return found


def _by_fruit(model: Model, theta: Array) -> Array:
    slopes = model.terms(theta)[1]
    found = np.zeros((int(model.sample.fruit.max()) + 1, slopes.shape[1]))
    np.add.at(found, model.sample.fruit, slopes)
    return found

"""What share arrives good, and whether the parcel passes, by sums over the cells of a journey's arrivals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from harvest_planner.schema.crop import Crop, Stage
from harvest_planner.schema.goods import Order
from tests.oracle.duration import NORMAL, Floats, normal_cdf
from tests.oracle.fruit import Speeds
from tests.oracle.travel import INSTANT_H, Outcomes

NARROW_D20 = 1e-3
"""Ages nearer than this are summed as one [d20]."""
STEP = 0.05
STEP_D20 = 2e-3
"""Steps of the sum over the batch's common shift at most, in its standard deviations and as an age [d20]."""


@dataclass(frozen=True)
class Delivered:
    """Arrivals in time and unharmed, by age gained at delivery; and the risk that the safety cap is broken."""

    mass: Floats
    gain: Floats
    unsafe: float


def delivered(outcomes: Outcomes, *, from_h: float | None, until_h: float, waiting: Speeds) -> Delivered:
    """The arrivals as the buyer gets them: an early parcel waits at the destination."""
    early = np.zeros_like(outcomes.arrive_h) if from_h is None else np.maximum(0.0, from_h - outcomes.arrive_h)
    across = np.where(early > 0, outcomes.arrive_span_h, 0.0)
    chilled = _borne(outcomes.chill + early * waiting.chill, outcomes.chill_span - across * waiting.chill)
    safe = _borne(outcomes.safety + early * waiting.safety, outcomes.safety_span - across * waiting.safety)
    mass = outcomes.mass * chilled * safe * (outcomes.arrive_h <= until_h + INSTANT_H)
    mass, gain = _gathered(mass, outcomes.gain + early * waiting.age)
    return Delivered(mass, gain, float(outcomes.mass @ (1 - safe)))


def _borne(dose: Floats, span: Floats) -> Floats:
    """Which part of each cell stays within the limit of 1."""
    wide = np.abs(span) > 1e-9
    part = np.clip(0.5 + (1 - dose) / np.where(wide, np.abs(span), 1.0), 0.0, 1.0)
    return np.where(wide, part, (dose <= 1 + 1e-12).astype(np.float64))


def _gathered(mass: Floats, gain: Floats) -> tuple[Floats, Floats]:
    if len(mass) < 1000:
        return mass, gain
    _, slot = np.unique(np.floor((gain - gain.min()) / NARROW_D20), return_inverse=True)
    total = np.asarray(np.bincount(slot, mass), dtype=np.float64)
    full = total > 0
    return total[full], np.asarray(np.bincount(slot, mass * gain)[full] / total[full], dtype=np.float64)


def good_share(arrived: Delivered, stage: Stage, *, age: float, good: tuple[float, float]) -> float:
    """Expected share of the fruit that is good."""
    return float(arrived.mass @ _inside(age + arrived.gain, stage.sd_d20, good))


def parcel_share(
    arrived: Delivered, stage: Stage, *, age: float, good: tuple[float, float], order: Order, crop: Crop
) -> float:
    """Probability that enough of the parcel's fruit is good."""
    fruit = max(1, round(order.quantity_kg * (crop.fruit_per_kg or 1.0)))
    needed = math.ceil(round(fruit * order.accepts_share, 9))
    common, own = stage.batch_sd_d20, math.sqrt(max(0.0, stage.sd_d20**2 - stage.batch_sd_d20**2))
    ages = age + arrived.gain
    if needed == 0:
        return float(arrived.mass.sum())
    if own == 0:
        return float(arrived.mass @ _inside(ages, common, good))
    if common == 0:
        return float(arrived.mass @ _enough(_inside(ages, own, good), fruit, needed))
    step = min(STEP_D20, common * STEP)
    shifts = np.arange(-math.ceil(6 * common / step), math.ceil(6 * common / step) + 1) * step
    weights = np.array([NORMAL.pdf(float(shift)) for shift in shifts / common]) * step / common
    grid = np.arange(ages.min(initial=age) + shifts[0], ages.max(initial=age) + shifts[-1] + step, step)
    passes = _enough(_inside(grid, own, good), fruit, needed)
    # The weights are the same both ways, so that the convolution is the mean over the common shift.
    mean = np.convolve(passes, weights, mode="valid")
    return float(arrived.mass @ np.interp(ages, grid[0] - shifts[0] + step * np.arange(len(mean)), mean))


def _inside(ages: Floats, sd: float, good: tuple[float, float]) -> Floats:
    """P(lower ≤ A ≤ upper) for normal ages."""
    low, high = good
    if sd == 0:
        return ((ages >= low - 1e-9) & (ages <= high + 1e-9)).astype(np.float64)
    return np.maximum(0.0, normal_cdf((high - ages) / sd) - normal_cdf((low - ages) / sd))


def _enough(share: Floats, fruit: int, needed: int) -> Floats:
    """P(Binomial(fruit, share) ≥ needed)."""
    chances = [
        math.comb(fruit, count) * share**count * (1 - share) ** (fruit - count) for count in range(needed, fruit + 1)
    ]
    return np.asarray(sum(chances), dtype=np.float64)

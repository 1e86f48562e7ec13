"""From the top of the likelihood to numbers by name with their errors, and what they warn of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from harvest_planner.learning.censored import Array
from harvest_planner.learning.crossings import Scale
from harvest_planner.learning.fitted import ThresholdFit
from harvest_planner.learning.goodness import Goodness
from harvest_planner.learning.search import Found
from harvest_planner.learning.told import Told

CLOSE = 0.95
"""Correlation from which on two numbers cannot be told apart."""
_FEW_FRUIT = 10
_POOR_FIT = 0.01
_OTHER_SPREAD = 1.25
_STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Numbers:
    """Fitted numbers by name.

    Attributes
    ----------
    values, errors : of each number.
    correlations : of their errors, by pairs of names.
    """

    values: dict[str, float]
    errors: dict[str, float]
    correlations: dict[tuple[str, str], float]


def numbers_of(found: Found, stages: tuple[str, ...], *, anchor: int, anchor_age_d20: float, over: bool) -> Numbers:
    """The crop's numbers and their errors, by the slopes of each number by θ (the delta method).

    Parameters
    ----------
    found : the top.
    stages : ids of the stages, in the order of θ.
    anchor : the stage whose age is held, from which all others are counted.
    anchor_age_d20 : its age [d20].
    over : whether the second threshold is that of being past its best.
    """
    wanted = _wanted(found, stages, anchor=anchor, anchor_age_d20=anchor_age_d20, over=over)
    slopes = np.stack([_slope(function, found.theta) for function in wanted.values()])
    spread = slopes @ found.spread @ slopes.T
    sds = np.sqrt(np.maximum(np.diag(spread), 0.0))
    fitted = np.abs(slopes[:, found.free]).max(axis=1) > 0.0
    names = [name for name, is_fitted in zip(wanted, fitted, strict=True) if is_fitted]
    place = {name: i for i, name in enumerate(wanted)}
    return Numbers(
        values={name: wanted[name](found.theta) for name in names},
        errors={name: float(sds[place[name]]) for name in names},
        correlations={
            (a, b): float(spread[place[a], place[b]] / (sds[place[a]] * sds[place[b]]))
            for a, b in combinations(names, 2)
            if sds[place[a]] * sds[place[b]] > 0.0
        },
    )


def _wanted(
    found: Found, stages: tuple[str, ...], *, anchor: int, anchor_age_d20: float, over: bool
) -> dict[str, Callable[[Array], float]]:
    model = found.model
    wanted: dict[str, Callable[[Array], float]] = {"ready_at_d20": lambda theta: float(anchor_age_d20 + theta[anchor])}
    if over:
        wanted["window_d20"] = lambda theta: float(theta[model.sample.stages])
    wanted["sd_d20"] = lambda theta: float(np.exp(theta[model.first_log_sd]))

    def age(i: int) -> Callable[[Array], float]:
        return lambda theta: float(anchor_age_d20 + theta[anchor] - theta[i])

    def of_law(i: int) -> Callable[[Array], float]:
        return lambda theta: model.family.reported([float(x) for x in theta[model.first_law :]])[i]

    wanted |= {f"stages.{stage}.age_d20": age(i) for i, stage in enumerate(stages) if i != anchor}
    wanted |= {name: of_law(i) for i, name in enumerate(model.family.names)}
    return wanted


def _slope(function: Callable[[Array], float], theta: Array) -> Array:
    found = np.zeros_like(theta)
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = _STEP
        found[i] = (function(theta + step) - function(theta - step)) / (2.0 * _STEP)
    return found


def thresholds_of(found: Found, scale: Scale, told: Told, *, anchor: int) -> tuple[ThresholdFit, ...]:
    """Every threshold on the fitted clock, from the start of the stage that is held."""
    crossings = told.crossings
    model, theta = found.model, found.theta

    def mean(k: int) -> Callable[[Array], float]:
        return lambda theta: float(theta[anchor] + (theta[model.sample.stages + k - 1] if k else 0.0))

    def error(function: Callable[[Array], float]) -> float:
        slope = _slope(function, theta)
        return math.sqrt(max(0.0, float(slope @ found.spread @ slope)))

    def sd(k: int) -> Callable[[Array], float]:
        return lambda theta: float(np.exp(theta[model.first_log_sd + k]))

    return tuple(
        ThresholdFit(
            value=value,
            role="ready" if value == scale.ripe_at else "over" if value == scale.over_at else "other",
            mean_d20=mean(k)(theta),
            sd_d20=sd(k)(theta),
            mean_error_d20=error(mean(k)),
            sd_error_d20=error(sd(k)),
            crossed=sum(one.after_day is not None and one.by_day is not None for one in crossings[k]),
            before_first=sum(one.after_day is None and one.by_day is not None for one in crossings[k]),
            not_yet=sum(one.after_day is not None and one.by_day is None for one in crossings[k]),
            contradictory=sum(one.contradicts for one in crossings[k]),
        )
        for k, value in enumerate(told.values)
    )


def doubts(numbers: Numbers, thresholds: tuple[ThresholdFit, ...], goodness: Goodness, *, fruit: int) -> list[str]:
    """What the numbers themselves warn of."""
    found = [
        f"the data can hardly tell {a} from {b}: their errors go together (correlation {value:+.2f})"
        for (a, b), value in numbers.correlations.items()
        if abs(value) > CLOSE
    ]
    ready = thresholds[0]
    apart = [
        f"{one.sd_d20:.2g} at {one.value:g}"
        for one in thresholds[1:]
        if max(one.sd_d20, ready.sd_d20) > _OTHER_SPREAD * min(one.sd_d20, ready.sd_d20)
    ]
    if apart:
        found.append(
            f"one spread of starting ages cannot hold for every threshold: sd_d20 is {ready.sd_d20:.2g} where fruit "
            f"is ready, {', '.join(apart)}; the crop takes the first"
        )
    if fruit < _FEW_FRUIT:
        found.append(f"only {fruit} fruit: the standard errors are themselves rough")
    if goodness.p_value is not None and goodness.p_value < _POOR_FIT:
        found.append(
            f"the fitted curve does not describe these fruit well (p = {goodness.p_value:.2g}); see goodness.by_day"
        )
    return found

"""How well a fitted clock describes the fruit it was fitted to: shares crossed by day, against what it expects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr
from scipy.stats import chi2

from harvest_planner.learning.censored import Array, Flags, Model

_LEAST_EXPECTED = 1.0
"""Fruit that a cell of the chi-square must be expected to hold, smaller ones are joined to their neighbours:
enough in the tails of a curve with one peak (Cochran 1954, Biometrics 10:417-451)."""


class ShareByDay(NamedTuple):
    """Share of the fruit of one temperature and stage that had crossed by one look, against what the fit expects."""

    stage_id: str
    temperature_degc: float
    day: float
    fruit: int
    crossed_share: float
    expected_share: float


class Goodness(NamedTuple):
    """Goodness of fit where fruit becomes ready.

    Attributes
    ----------
    by_day : shares crossed against expected, for fruit kept at one temperature throughout.
    largest_misfit : the largest difference among them; None: no fruit was kept at one temperature.
    p_value : Pearson's chi-square over these days: the chance of a misfit this large were the fit right; None where
        there are too few fruit or days to tell.
    """

    by_day: tuple[ShareByDay, ...]
    largest_misfit: float | None
    p_value: float | None


def goodness_of(model: Model, theta: Array, free: Flags, stages: tuple[str, ...]) -> Goodness:
    """Goodness of fit of the first threshold; `free` numbers of θ were fitted."""
    groups = _by_day(model, theta, stages)
    fitted = sum(free[: model.sample.stages]) + int(free[model.first_log_sd]) + sum(free[model.first_law :])
    rows = tuple(row for group in groups for row in group)
    misfits = [abs(row.crossed_share - row.expected_share) for row in rows]
    return Goodness(rows, max(misfits, default=None), _p_value(groups, int(fitted)))


def _p_value(groups: Sequence[Sequence[ShareByDay]], fitted: int) -> float | None:
    statistic, degrees = 0.0, -fitted
    for group in groups:
        cells = _cells(group)
        statistic += sum((seen - expected) ** 2 / expected for seen, expected in cells)
        degrees += len(cells) - 1
    return float(chi2.sf(statistic, degrees)) if degrees > 0 else None


def _cells(group: Sequence[ShareByDay]) -> list[tuple[float, float]]:
    """Fruit seen and expected to cross between neighbouring days, and after the last; small cells joined."""
    seen = np.diff([0.0, *(row.crossed_share for row in group), 1.0]) * group[0].fruit
    expected = np.diff([0.0, *(row.expected_share for row in group), 1.0]) * group[0].fruit
    cells: list[tuple[float, float]] = []
    for pair in zip(seen.tolist(), expected.tolist(), strict=True):
        if cells and min(cells[-1][1], pair[1]) < _LEAST_EXPECTED:
            cells[-1] = (cells[-1][0] + pair[0], cells[-1][1] + pair[1])
        else:
            cells.append(pair)
    return cells


def _by_day(model: Model, theta: Array, stages: tuple[str, ...]) -> list[list[ShareByDay]]:
    """Fruit kept at one temperature, group by group."""
    data = model.sample
    exposure = data.before + data.after
    alone = (data.threshold == 0) & ((exposure > 0.0).sum(axis=1) == 1)
    groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for row in np.flatnonzero(alone):
        groups[int(data.stage[row]), int(np.argmax(exposure[row]))].append(int(row))
    rates = model.rates(theta[model.first_law :])
    sd = float(np.exp(theta[model.first_log_sd]))
    found = []
    for (stage, place), rows in sorted(groups.items()):
        crossed = data.after[rows, place][data.has_after[rows]]
        waiting = data.before[rows, place][~data.has_after[rows]]
        group = []
        for day, share in _seen_shares(crossed, waiting):
            expected = float(ndtr((day * rates[place] - theta[stage]) / sd))
            group.append(ShareByDay(stages[stage], data.degc[place], day, len(rows), share, expected))
        found += [group] if group else []
    return found


def _seen_shares(crossed: Array, waiting: Array) -> list[tuple[float, float]]:
    """Share crossed by each day on which some had (Kaplan & Meier 1958, 10.2307/2281868).

    Fruit no longer watched before it crossed counts while it was.
    """
    found: list[tuple[float, float]] = []
    left = 1.0
    for day in sorted({float(day) for day in crossed}):
        at_risk = int((crossed >= day).sum() + (waiting >= day).sum())
        left *= 1.0 - int((crossed == day).sum()) / at_risk
        found.append((day, 1.0 - left))
    return found

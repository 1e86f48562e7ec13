"""How well a fitted clock describes the fruit it was fitted to: shares crossed by day, against what it expects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr, ndtr
from scipy.stats import chi2

from harvest_planner.learning.censored import Array, Flags, Model

_LEAST_EXPECTED = 1.0
"""Fruit that a day must be expected to see cross, and to see not cross; days with fewer are joined to their neighbours:
enough in the tails of a curve with one peak (Cochran 1954, Biometrics 10:417-451)."""
_MOST_STEPS = 2000

Looks = Sequence[Sequence[float]]
"""For each fruit the days at which it was looked at."""


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
    p_value : the chance of a misfit this large were the fit right, by a chi-square over the days of looks: fruit that
        crossed since the look before, of those that had not, against what the fit expects; None where there are too
        few fruit or days to tell.
    """

    by_day: tuple[ShareByDay, ...]
    largest_misfit: float | None
    p_value: float | None


def goodness_of(model: Model, theta: Array, free: Flags, stages: tuple[str, ...], looks: Looks) -> Goodness:
    """Goodness of fit of the first threshold; `free` numbers of θ were fitted."""
    fitted = sum(free[: model.sample.stages]) + int(free[model.first_log_sd]) + sum(free[model.first_law :])
    groups = [_Group.of(model, theta, rows, stages, looks) for rows in _alone(model)]
    shares = tuple(row for group in groups for row in group.shares())
    misfits = [abs(row.crossed_share - row.expected_share) for row in shares]
    return Goodness(shares, max(misfits, default=None), _p_value([group.trials() for group in groups], int(fitted)))


def _alone(model: Model) -> list[list[int]]:
    """Rows of fruit kept at one temperature, by stage and temperature."""
    data = model.sample
    exposure = data.before + data.after
    groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for row in np.flatnonzero((data.threshold == 0) & ((exposure > 0.0).sum(axis=1) == 1)):
        groups[int(data.stage[row]), int(np.argmax(exposure[row]))].append(int(row))
    return [rows for _, rows in sorted(groups.items())]


class _Day(NamedTuple):
    """Of the fruit looked at on a day and not crossed by the look before: how many, and how many had crossed now."""

    fruit: float
    crossed: float
    expected: float
    variance: float

    @property
    def is_small(self) -> bool:
        return min(self.expected, self.fruit - self.expected) < _LEAST_EXPECTED

    def joined(self, other: _Day) -> _Day:
        return _Day(*(a + b for a, b in zip(self, other, strict=True)))


class _Group(NamedTuple):
    """Fruit of one stage kept at one temperature.

    Attributes
    ----------
    stage_id, degc : which.
    rate, mean, sd : of the fitted clock [d20 per day, d20, d20].
    before, after : days of the looks around each crossing [d]; -inf and inf where there is none.
    looks : days at which each fruit was looked at [d].
    """

    stage_id: str
    degc: float
    rate: float
    mean: float
    sd: float
    before: Array
    after: Array
    looks: Looks

    @classmethod
    def of(cls, model: Model, theta: Array, rows: list[int], stages: tuple[str, ...], looks: Looks) -> _Group:
        data = model.sample
        stage = int(data.stage[rows[0]])
        place = int(np.argmax((data.before + data.after)[rows[0]]))
        return cls(
            stage_id=stages[stage],
            degc=data.degc[place],
            rate=float(model.rates(theta[model.first_law :])[place]),
            mean=float(theta[stage]),
            sd=float(np.exp(theta[model.first_log_sd])),
            before=np.where(data.has_before[rows], data.before[rows, place], -np.inf),
            after=np.where(data.has_after[rows], data.after[rows, place], np.inf),
            looks=[looks[int(i)] for i in data.fruit[rows]],
        )

    def shares(self) -> list[ShareByDay]:
        """The share crossed by each day on which some were first seen to have."""
        days = sorted({float(day) for day in self.after if np.isfinite(day)})
        return [
            ShareByDay(self.stage_id, self.degc, day, len(self.after), share, float(ndtr(self._z(day))))
            for day, share in zip(days, _shares_by(self.before, self.after, days), strict=True)
        ]

    def trials(self) -> list[_Day]:
        """Each day's fruit that had not crossed at their look before, small days joined."""
        found: defaultdict[float, _Day] = defaultdict(lambda: _Day(0.0, 0.0, 0.0, 0.0))
        for before, after, looks in zip(self.before.tolist(), self.after.tolist(), self.looks, strict=True):
            last = -np.inf
            # Looks between the two count for nothing: they are those of a fruit that contradicts itself.
            for day in sorted({look for look in looks if look <= before or look == after}):
                chance = -float(np.expm1(log_ndtr(-self._z(day)) - log_ndtr(-self._z(last))))
                found[day] = found[day].joined(_Day(1.0, float(day == after), chance, chance * (1.0 - chance)))
                last = day
        return _joined([found[day] for day in sorted(found)])

    def _z(self, day: float) -> float:
        return (day * self.rate - self.mean) / self.sd


def _joined(days: Sequence[_Day]) -> list[_Day]:
    found: list[_Day] = []
    for day in days:
        if found and (found[-1].is_small or day.is_small):
            found[-1] = found[-1].joined(day)
        else:
            found.append(day)
    return [day for day in found if day.variance > 0.0]


def _p_value(groups: Sequence[Sequence[_Day]], fitted: int) -> float | None:
    """Chi-square of days that hang together only by who is left: their misfits do not correlate."""
    days = [day for group in groups for day in group]
    statistic = sum((day.crossed - day.expected) ** 2 / day.variance for day in days)
    degrees = len(days) - fitted
    return float(chi2.sf(statistic, degrees)) if degrees > 0 else None


def _shares_by(before: Array, after: Array, days: Sequence[float]) -> list[float]:
    """Share crossed by each day, whatever the curve: the self-consistent one (Turnbull 1976)."""
    grid = np.unique(np.concatenate([before, after])[np.isfinite(np.concatenate([before, after]))])
    low, high = np.concatenate([[-np.inf], grid]), np.concatenate([grid, [np.inf]])
    may_be = (low[None, :] >= before[:, None]) & (high[None, :] <= after[:, None])
    mass = np.full(len(low), 1.0 / len(low))
    for _ in range(_MOST_STEPS):
        weights = may_be * mass
        new = (weights / weights.sum(axis=1, keepdims=True)).mean(axis=0)
        done = float(np.abs(new - mass).max()) < 1e-9
        mass = new
        if done:
            break
    return [float(mass[high <= day].sum()) for day in days]

"""Between which two looks did a fruit cross a threshold, and does what was seen contradict itself?"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from harvest_planner.errors import FitError
from harvest_planner.learning.observations import Fruit, Observations

_MOST_GRADES = 12
"""A score with at most so many values, all whole, is graded by eye; else it was measured."""


class Crossing(NamedTuple):
    """The days between which a fruit crossed a threshold.

    Attributes
    ----------
    fruit : its place among the observations.
    after_day : the last look before it had crossed [d]; None: it had crossed at the first.
    by_day : the look from which on it had crossed [d]; None: not while it was watched.
    contradicts : it was seen beyond the threshold and later not.
    """

    fruit: int
    after_day: float | None
    by_day: float | None
    contradicts: bool

    @property
    def says_something(self) -> bool:
        return self.after_day is not None or self.by_day is not None


@dataclass(frozen=True, slots=True)
class Scale:
    """What counts as ripe and as past its best.

    Attributes
    ----------
    sign : 1 where the measure rises as fruit ripens, −1 where it falls.
    ripe_at, over_at : values at which a fruit is ripe, and past its best; over_at None: the data do not say.
    others : further values whose crossing tells about the clock.
    assumed : what nobody stated and was read off the data, in words; empty: nothing.
    """

    sign: int
    ripe_at: float
    over_at: float | None
    others: tuple[float, ...]
    assumed: tuple[str, ...]

    @property
    def values(self) -> tuple[float, ...]:
        """All thresholds: ripe first, then past its best, then the others."""
        return (self.ripe_at, *(() if self.over_at is None else (self.over_at,)), *self.others)


def scale_of(seen: Observations, *, ripe_at: float | None, over_at: float | None) -> Scale:
    """The thresholds: as stated, else ripe at the middle of the scale, and past its best one grade on.

    Raises
    ------
    FitError : all that was seen is one value, or what is stated makes no sense for the measure.
    """
    values = sorted({look.value for fruit in seen.fruit for look in fruit.looks if look.value is not None})
    if len(values) < 2:
        what = f"always {values[0]:g}" if values else "always empty"
        raise FitError(f"{seen.name}: {seen.measure} is {what}; nothing changes, so nothing can be fitted")
    if seen.measure == "ripe":
        if ripe_at is not None or over_at is not None:
            raise FitError(f"{seen.name}: ripe is yes or no; ripe_at and over_at are for a score or a firmness")
        return Scale(1, 0.5, None, (), ())
    sign = -1 if seen.measure == "firmness" or _falls(seen) else 1
    graded = seen.measure == "score" and len(values) <= _MOST_GRADES and all(value == int(value) for value in values)
    return _scale(seen, values, sign=sign, graded=graded, ripe_at=ripe_at, over_at=over_at)


def _scale(
    seen: Observations, values: list[float], *, sign: int, graded: bool, ripe_at: float | None, over_at: float | None
) -> Scale:
    grades = sorted(sign * value for value in values)[1:] if graded else []
    assumed = []
    if ripe_at is None:
        middle = sign * 0.5 * (values[0] + values[-1]) if graded else sign * _halfway(seen)
        ripe = min((grade for grade in grades if grade >= middle), default=middle)
        assumed.append(f"ripe_at was not given: taken as {sign * ripe:g}, half-way along what was seen")
    else:
        ripe = sign * ripe_at
    over = None if over_at is None else sign * over_at
    if over is None and graded:
        over = min((grade for grade in grades if grade > ripe), default=None)
        if over is not None:
            assumed.append(f"over_at was not given: taken as {sign * over:g}, the next grade after ripe")
    if over is not None and over <= ripe:
        side = "above" if sign > 0 else "below"
        raise FitError(f"{seen.name}: over_at = {over_at:g} must lie {side} ripe_at = {sign * ripe:g}")
    others = tuple(sign * grade for grade in grades if grade not in (ripe, over))
    return Scale(sign, sign * ripe, None if over is None else sign * over, others, tuple(assumed))


def _ends(seen: Observations) -> tuple[float, float]:
    """Mean of what was seen first and of what was seen last, fruit by fruit."""
    told = [[look.value for look in fruit.looks if look.value is not None] for fruit in seen.fruit]
    return fmean(values[0] for values in told if values), fmean(values[-1] for values in told if values)


def _falls(seen: Observations) -> bool:
    first, last = _ends(seen)
    return last < first


def _halfway(seen: Observations) -> float:
    return 0.5 * sum(_ends(seen))


def crossings_of(seen: Observations, threshold: float, *, sign: int) -> tuple[Crossing, ...]:
    """When each fruit crossed the threshold; one that went back gets all the time in which it may have crossed."""
    return tuple(_crossing(i, fruit, sign * threshold, sign) for i, fruit in enumerate(seen.fruit))


def _crossing(index: int, fruit: Fruit, threshold: float, sign: int) -> Crossing:
    told = [(look.day, sign * look.value >= threshold) for look in fruit.looks if look.value is not None]
    yes = [day for day, beyond in told if beyond]
    no = [day for day, beyond in told if not beyond]
    if not yes:
        return Crossing(index, max(no, default=None), None, False)
    if not no:
        return Crossing(index, None, min(yes), False)
    contradicts = max(no) >= min(yes)
    after = max((day for day in no if day < min(yes)), default=None)
    by = min((day for day in yes if day > max(no)), default=None)
    return Crossing(index, after, by, contradicts)

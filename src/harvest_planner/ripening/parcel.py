"""Buyers judge parcels, not kilograms: the probability that enough fruit of one parcel is good."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import lru_cache

from harvest_planner.ripening.adaptive import Sloped, tabulated
from harvest_planner.ripening.binomial import binomial_tail
from harvest_planner.ripening.blur import blurred
from harvest_planner.ripening.normal import normal_density
from harvest_planner.ripening.window import share_between

TOLERANCE = 5e-5
"""Of each of the two tables behind h; see `tabulated`."""
NEGLIGIBLE = 1e-7
"""A part of the spread this much smaller than the other is left out."""


@dataclass(frozen=True, slots=True)
class ParcelTable:
    """h(m) = E[P(Binomial(n, p(m + z)) ≥ k)], z ~ N(0, batch_sd²): a parcel's chance by the mean age of its batch.

    p(x) is the share of fruit between `lower` and `upper` under the fruit-to-fruit spread √(sd² − batch_sd²) when
    the batch stands at x. Made by `parcel_table`.

    Attributes
    ----------
    lower, upper : bounds of the good window [d20].
    sd, batch_sd : total spread of the age, and the part of it common to the batch [d20].
    fruit, needed : fruit in the parcel n, and good fruit at which the buyer is content k.
    grid, values : rising means [d20] and h there, linear between and 0 outside; empty where no table is needed.
    exact_sd : without fruit-to-fruit spread h is the normal share of the window under this spread; None: by the grid.
    """

    lower: float
    upper: float
    sd: float
    batch_sd: float
    fruit: int
    needed: int
    grid: tuple[float, ...] = field(default=(), repr=False)
    values: tuple[float, ...] = field(default=(), repr=False)
    exact_sd: float | None = None

    @property
    def always(self) -> bool:
        """Whether the buyer is content with no good fruit at all."""
        return self.needed <= 0

    def at(self, mean: float) -> float:
        """Probability that the parcel passes when the mean age of its batch is `mean` [d20]."""
        if self.always:
            return 1.0
        if self.exact_sd is not None:
            return share_between(mean, self.exact_sd, self.lower, self.upper)
        if not self.grid or not self.grid[0] <= mean <= self.grid[-1]:
            return 0.0
        left = min(bisect_right(self.grid, mean), len(self.grid) - 1) - 1
        slope = (self.values[left + 1] - self.values[left]) / (self.grid[left + 1] - self.grid[left])
        return min(1.0, max(0.0, slope * (mean - self.grid[left]) + self.values[left]))


@lru_cache(maxsize=16384)
def parcel_table(*, lower: float, upper: float, sd: float, batch_sd: float, fruit: int, needed: int) -> ParcelTable:
    """The table for one wish and one stage, within 3e-4 of h; built once for the same numbers.

    Parameters
    ----------
    lower, upper : bounds of the good window [d20].
    sd : spread of the age of the fruit, total [d20].
    batch_sd : the part of it that the whole batch shares [d20].
    fruit : fruit in the parcel, n ≥ 1.
    needed : good fruit at which the buyer is content, k.

    Raises
    ------
    ValueError : a spread is negative or `batch_sd` exceeds `sd`; a parcel without fruit.

    Examples
    --------
    >>> table = parcel_table(lower=4.0, upper=7.25, sd=1.2, batch_sd=0.6, fruit=20, needed=16)
    >>> round(table.at(5.6), 2)
    0.73
    """
    if not 0.0 <= batch_sd <= sd < math.inf:
        raise ValueError(f"parcel_table: needs 0 <= batch_sd <= sd, not batch_sd = {batch_sd!r}, sd = {sd!r}")
    if fruit < 1:
        raise ValueError(f"parcel_table: fruit = {fruit!r} must be at least 1")
    bare = ParcelTable(lower=lower, upper=upper, sd=sd, batch_sd=batch_sd, fruit=fruit, needed=needed)
    spread = math.sqrt(max(0.0, sd * sd - batch_sd * batch_sd))
    if not 0 < needed <= fruit or lower > upper:
        return bare
    if spread <= NEGLIGIBLE * sd:
        return replace(bare, exact_sd=batch_sd)
    grid, values = _table(_parcel_chance(lower, upper, spread, fruit, needed), lower, upper, spread, batch_sd)
    return replace(bare, grid=tuple(grid), values=tuple(values))


def _parcel_chance(lower: float, upper: float, spread: float, fruit: int, needed: int) -> Sloped:
    """The parcel's chance at a known age of the batch, and its slope."""
    tail = binomial_tail(fruit, needed)

    def chance(age: float) -> tuple[float, float]:
        value, by_share = tail(share_between(age, spread, lower, upper))
        low, high = (lower - age) / spread, (upper - age) / spread
        return value, by_share * (normal_density(low) - normal_density(high)) / spread

    return chance


def _table(
    chance: Sloped, lower: float, upper: float, spread: float, batch_sd: float
) -> tuple[list[float], list[float]]:
    """h by its two steps: the parcel's chance at a known age of the batch, then its mean over the common shift.

    The window is symmetric about its middle, and so is h: only the left half is computed.
    """
    middle = lower + 0.5 * (upper - lower)
    start = lower - 9.0 * spread
    table = tabulated(chance, low=start, high=middle, tolerance=TOLERANCE)
    if batch_sd > NEGLIGIBLE * spread:
        shifted = blurred(*_mirrored(*table), sd=batch_sd)
        table = tabulated(shifted, low=start - 7.0 * batch_sd, high=middle, tolerance=TOLERANCE)
    return _mirrored(*table)


def _mirrored(grid: list[float], values: list[float]) -> tuple[list[float], list[float]]:
    """The table continued symmetrically about its last point."""
    middle = grid[-1]
    pairs = zip(reversed(grid[:-1]), reversed(values[:-1]), strict=True)
    right = [(2.0 * middle - x, y) for x, y in pairs]
    return grid + [x for x, _ in right], values + [y for _, y in right]

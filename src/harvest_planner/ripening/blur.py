"""The mean of a table's value over a normal shift of its argument, in closed form."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise

from harvest_planner.ripening.adaptive import Sloped
from harvest_planner.ripening.normal import normal_cdf, normal_density

_FAR = 6.5
"""Standard deviations beyond which a normal variable is not expected (1e-10)."""
_NARROW = 1e-3
"""A segment this much shorter than the sd counts as a step, where the difference of ramps would cancel."""


def blurred(grid: Sequence[float], values: Sequence[float], *, sd: float) -> Sloped:
    """The function m → E[G(m + z)] and its slope, for z ~ N(0, sd²), sd > 0.

    G is straight between the points of a table that starts and ends at 0, and 0 outside. With t = (m − x)/sd, a bend
    of G by c at x contributes c·sd·(t·Φ(t) + φ(t)), a step s at x contributes s·Φ(t); those far below m enter by
    running sums.

    Examples
    --------
    >>> tent = blurred([-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], sd=0.5)
    >>> value, slope = tent(-1.0)
    >>> round(value, 4), round(slope, 4)
    (0.191, 0.4545)
    """
    bends, steps = _bends_and_steps(grid, values, sd)
    bend_x, step_x = [x for x, _ in bends], [x for x, _ in steps]
    slopes = list(accumulate((c for _, c in bends), initial=0.0))
    offsets = list(accumulate((c * (x - grid[0]) for x, c in bends), initial=0.0))
    heights = list(accumulate((s for _, s in steps), initial=0.0))

    def mean_and_slope(m: float) -> tuple[float, float]:
        passed, ahead = bisect_left(bend_x, m - _FAR * sd), bisect_left(bend_x, m + _FAR * sd)
        slope = slopes[passed]
        value = slope * (m - grid[0]) - offsets[passed]
        for x, c in bends[passed:ahead]:
            t = (m - x) / sd
            share = normal_cdf(t)
            slope += c * share
            value += c * sd * (t * share + normal_density(t))
        passed, ahead = bisect_left(step_x, m - _FAR * sd), bisect_left(step_x, m + _FAR * sd)
        value += heights[passed]
        for x, s in steps[passed:ahead]:
            t = (m - x) / sd
            slope += s * normal_density(t) / sd
            value += s * normal_cdf(t)
        return min(1.0, max(0.0, value)), slope

    return mean_and_slope


def _bends_and_steps(
    grid: Sequence[float], values: Sequence[float], sd: float
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Where the slope of a table changes and by how much, and its narrow segments as (middle, rise)."""
    bends: list[tuple[float, float]] = []
    steps: list[tuple[float, float]] = []
    before = 0.0
    for (x0, y0), (x1, y1) in pairwise(zip(grid, values, strict=True)):
        narrow = x1 - x0 < _NARROW * sd
        slope = 0.0 if narrow else (y1 - y0) / (x1 - x0)
        if narrow and y1 != y0:
            steps.append((0.5 * (x0 + x1), y1 - y0))
        if slope != before:
            bends.append((x0, slope - before))
        before = slope
    if before:
        bends.append((grid[-1], -before))
    return bends, steps

"""Tables of smooth monotone functions: many points where the function bends, few where it is straight."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

Sloped = Callable[[float], tuple[float, float]]
"""x → (value, slope there)."""

_MAX_DEPTH = 64
_MAX_PIECES = 32


class _Knot(NamedTuple):
    x: float
    value: float
    slope: float


def tabulated(function: Sloped, *, low: float, high: float, tolerance: float) -> tuple[list[float], list[float]]:
    """Points of a monotone function between which straight lines follow it to within about `tolerance`.

    An interval is halved until the cubic through the values and slopes at its ends meets value and slope at its
    middle. The cubics are then divided so finely that the lines stay within `tolerance` of them, which needs no
    further call of the function.

    Returns
    -------
    (x, y) : strictly rising x from `low` to `high`, and the function there.

    Examples
    --------
    >>> tabulated(lambda x: (x * x, 2 * x), low=0.0, high=1.0, tolerance=0.07)
    ([0.0, 0.5, 1.0], [0.0, 0.25, 1.0])
    """
    left = _Knot(low, *function(low))
    xs, ys = [left.x], [left.value]
    todo = [(_Knot(high, *function(high)), 0)]
    while todo:
        right, depth = todo.pop()
        middle_x = 0.5 * (left.x + right.x)
        if left.x < middle_x < right.x and depth < _MAX_DEPTH:
            middle = _Knot(middle_x, *function(middle_x))
            if _miss(left, middle, right) > tolerance:
                todo += [(right, depth + 1), (middle, depth + 1)]
                continue
            _append_lines(xs, ys, left, middle, tolerance=tolerance)
            left = middle
        _append_lines(xs, ys, left, right, tolerance=tolerance)
        left = right
    return xs, ys


def _miss(left: _Knot, middle: _Knot, right: _Knot) -> float:
    """How far the cubic from left to right is off in the middle, by value and by slope times width."""
    width = right.x - left.x
    value = 0.5 * (left.value + right.value) + 0.125 * width * (left.slope - right.slope)
    rise = 1.5 * (right.value - left.value) - 0.25 * width * (left.slope + right.slope)
    return max(abs(middle.value - value), abs(middle.slope * width - rise))


def _append_lines(xs: list[float], ys: list[float], left: _Knot, right: _Knot, *, tolerance: float) -> None:
    """Append the cubic from left (in the table already) to right as points on a chain of lines."""
    width = right.x - left.x
    lowest, highest = sorted((left.value, right.value))
    gain, start, end = right.value - left.value, left.slope * width, right.slope * width
    bend = max(abs(6.0 * gain - 4.0 * start - 2.0 * end), abs(6.0 * gain - 2.0 * start - 4.0 * end))
    pieces = min(_MAX_PIECES, max(1, math.ceil(math.sqrt(bend / (8.0 * tolerance)))))
    for piece in range(1, pieces):
        t = piece / pieces
        x = left.x + t * width
        if xs[-1] < x < right.x:
            xs.append(x)
            y = left.value + t * (start + t * (3.0 * gain - 2.0 * start - end + t * (start + end - 2.0 * gain)))
            ys.append(min(max(y, lowest), highest))
    if right.x > xs[-1]:
        xs.append(right.x)
        ys.append(right.value)

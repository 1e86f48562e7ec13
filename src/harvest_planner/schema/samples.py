"""Quantiles of real trips: piecewise linear through the sorted hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def quantile_of(hours: Sequence[float], p: float) -> float:
    """The quantile of sorted samples at probability `p`, linear between the knots (i − 0.5)/n (Hazen) [as `hours`].

    Below the first knot it is the smallest sample, above the last the largest.

    Examples
    --------
    >>> quantile_of([40.0, 41.0, 43.0, 47.0, 60.0], 0.5), quantile_of([40.0, 41.0, 43.0, 47.0, 60.0], 0.95)
    (43.0, 60.0)
    >>> round(quantile_of([40.0, 41.0, 43.0, 47.0, 60.0], 0.6), 9)
    45.0
    """
    place = min(max(p * len(hours) - 0.5, 0.0), len(hours) - 1.0)
    before = math.floor(place)
    after = min(before + 1, len(hours) - 1)
    return hours[before] + (place - before) * (hours[after] - hours[before])


def positive_hours(given: Any) -> tuple[float, ...]:
    """Samples that are not validated yet, sorted; none where any of them is no positive number [h]."""
    if not isinstance(given, (list, tuple)):
        return ()
    try:
        hours = sorted(map(float, given))
    except (TypeError, ValueError):
        return ()
    return tuple(hours) if all(0.0 < each < math.inf for each in hours) else ()

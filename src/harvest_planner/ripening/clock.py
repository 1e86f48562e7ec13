"""Ages and doses gained on the way: pieces of constant temperature add up."""

from __future__ import annotations

import math
from collections.abc import Iterable

from harvest_planner.ripening.curve import Clock, Curve

DOSE_LIMIT = 1.0 + 1e-12
"""Chilling and safety doses are shares of their limits; above this the limit is broken, not just reached."""


def gained(clock: Clock, pieces: Iterable[tuple[float, float]]) -> float:
    """What one clock gains over pieces of (hours, temperature [°C]): Σ rate(T)·hours/24.

    Examples
    --------
    >>> gained(lambda degc: 2.0, [(12.0, 20.0), (36.0, 25.0)])
    4.0
    """
    return math.fsum([clock(degc) * hours / 24.0 for hours, degc in pieces])


def age_gained(curve: Curve, pieces: Iterable[tuple[float, float]]) -> float:
    """Age gained over pieces of (hours, temperature [°C]) [d20].

    Examples
    --------
    >>> from harvest_planner.ripening.curve import Law
    >>> from harvest_planner.ripening.laws import square_root_rate
    >>> curve = Curve(ready_at_d20=0.0, window_d20=5.0, law=Law.of(square_root_rate, tmin_degc=0.0))
    >>> age_gained(curve, [(24.0, 20.0), (48.0, 10.0)])
    1.5
    """
    return gained(curve.rate, pieces)

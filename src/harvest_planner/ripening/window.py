"""The good window: which ages at delivery a buyer's wish allows, and the share of fruit inside."""

from __future__ import annotations

import math

from harvest_planner.ripening.curve import Curve
from harvest_planner.ripening.normal import ROOT_HALF


def window_bounds(
    curve: Curve, *, ripe_within_days: tuple[float, float], keeps_days: float, room_degc: float
) -> tuple[float, float]:
    """Bounds on the age at delivery [d20] between which fruit is what the buyer asked for.

    With r the rate at the room's temperature: lower = L − hi·r; upper = L + W − keeps·r, and at most L − lo·r
    where lo > 0 (with lo = 0 fruit already ripe is welcome). No age is good where lower > upper.

    Parameters
    ----------
    curve : the perishable.
    ripe_within_days : (lo, hi), it shall become good to eat between these days after delivery [d].
    keeps_days : it shall then still be good this long after delivery [d].
    room_degc : temperature where the buyer keeps it [°C].

    Examples
    --------
    >>> from harvest_planner.ripening.curve import Law
    >>> from harvest_planner.ripening.laws import square_root_rate
    >>> curve = Curve(ready_at_d20=6.0, window_d20=2.25, law=Law.of(square_root_rate, tmin_degc=-10.6))
    >>> window_bounds(curve, ripe_within_days=(0, 2), keeps_days=1, room_degc=20.0)
    (4.0, 7.25)
    """
    low, high = ripe_within_days
    rate = curve.rate(room_degc)
    lower = curve.ready_at_d20 - high * rate
    upper = curve.ready_at_d20 + curve.window_d20 - keeps_days * rate
    if low > 0:
        upper = min(upper, curve.ready_at_d20 - low * rate)
    return lower, upper


def share_between(mean: float, sd: float, lower: float, upper: float) -> float:
    """P(lower ≤ A ≤ upper) for A normal; accurate where the share is small; with sd 0, A is its mean.

    Examples
    --------
    >>> round(share_between(5.0, 1.2, 4.0, 7.25), 4)
    0.7673
    """
    if lower > upper:
        return 0.0
    if sd == 0.0:
        return 1.0 if lower <= mean <= upper else 0.0
    low, high = (lower - mean) / sd * ROOT_HALF, (upper - mean) / sd * ROOT_HALF
    if low > 0.0:
        share = 0.5 * (math.erfc(low) - math.erfc(high))
    elif high < 0.0:
        share = 0.5 * (math.erfc(-high) - math.erfc(-low))
    else:
        share = 1.0 - 0.5 * (math.erfc(-low) + math.erfc(high))
    return min(1.0, max(0.0, share))

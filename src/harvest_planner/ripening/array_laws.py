"""The laws, chilling and the safety cap for many temperatures at once: numpy forms of `laws`, `limits` and `window`."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harvest_planner.ripening.curve import Clock, Curve, Law
from harvest_planner.ripening.laws import (
    GAS_CONSTANT_KJ_PER_MOL_K,
    REFERENCE_DEGC,
    ZERO_CELSIUS_K,
    arrhenius_rate,
    rate_table_rate,
    square_root_rate,
)
from harvest_planner.ripening.limits import chilling_dose_rate, chilling_time_rate

Floats = NDArray[np.float64]


def arrhenius_rates(temperatures_degc: ArrayLike, *, ea_kj_per_mol: float) -> Floats:
    """Rates by Arrhenius [d20 per day]; the array form of `laws.arrhenius_rate`.

    Examples
    --------
    >>> arrhenius_rates([20.0, 30.0], ea_kj_per_mol=56.0).round(3).tolist()
    [1.0, 2.134]
    """
    inverse = 1.0 / (REFERENCE_DEGC + ZERO_CELSIUS_K) - 1.0 / (_floats(temperatures_degc) + ZERO_CELSIUS_K)
    return np.asarray(np.exp(ea_kj_per_mol / GAS_CONSTANT_KJ_PER_MOL_K * inverse))


def square_root_rates(temperatures_degc: ArrayLike, *, tmin_degc: float) -> Floats:
    """Rates by the square-root law [d20 per day]; the array form of `laws.square_root_rate`.

    Examples
    --------
    >>> square_root_rates([-12.0, 10.0, 20.0], tmin_degc=-10.6).round(3).tolist()
    [0.0, 0.453, 1.0]
    """
    above = np.maximum(_floats(temperatures_degc) - tmin_degc, 0.0)
    return np.asarray((above / (REFERENCE_DEGC - tmin_degc)) ** 2)


def rate_table_rates(temperatures_degc: ArrayLike, *, points: tuple[tuple[float, float], ...]) -> Floats:
    """Rates between measured points [d20 per day]; the array form of `laws.rate_table_rate`.

    Examples
    --------
    >>> rate_table_rates([5.0, 17.5, 25.0], points=((15.0, 6 / 9), (20.0, 6 / 6), (25.0, 6 / 4))).round(4).tolist()
    [0.6667, 0.8165, 1.5]
    """
    return log_linears(_floats(temperatures_degc), points)


def log_linears(at: Floats, points: tuple[tuple[float, float], ...]) -> Floats:
    """Log-linear interpolation between (x, y) points in rising x, flat beyond the ends; as `laws.log_linear`."""
    xs = np.array([x for x, _ in points])
    # One row for what lies before the first point, one for each segment, one for what lies behind the last.
    starts = np.array([points[0], *points])
    widths = np.array([1.0, *(x1 - x0 for (x0, _), (x1, _) in pairwise(points)), 1.0])
    rises = np.array([0.0, *(math.log(y1 / y0) for (_, y0), (_, y1) in pairwise(points)), 0.0])
    row = np.searchsorted(xs, at, side="right")
    return np.asarray(starts[row, 1] * np.exp((at - starts[row, 0]) / widths[row] * rises[row]))


def chilling_dose_rates(temperatures_degc: ArrayLike, *, below_degc: float, limit_degc_days: float) -> Floats:
    """Shares of the chilling limit used per day by an additive dose [1/d]; the array form of `chilling_dose_rate`.

    Examples
    --------
    >>> chilling_dose_rates([2.0, 8.0], below_degc=6.0, limit_degc_days=56.0).round(4).tolist()
    [0.0714, 0.0]
    """
    return np.asarray(np.maximum(0.0, below_degc - _floats(temperatures_degc)) / limit_degc_days)


def chilling_time_rates(temperatures_degc: ArrayLike, *, points: tuple[tuple[float, float], ...]) -> Floats:
    """Shares of the chilling limit used per day where days were measured [1/d]; the array form of `chilling_time_rate`.

    Examples
    --------
    >>> chilling_time_rates([9.0, 13.0, 13.1], points=((5.0, 5.0), (13.0, 20.0))).round(4).tolist()
    [0.1, 0.05, 0.0]
    """
    degc = _floats(temperatures_degc)
    return np.asarray(np.where(degc > points[-1][0], 0.0, 1.0 / log_linears(degc, points)))


def safety_cap_rates(temperatures_degc: ArrayLike, *, limits: tuple[tuple[float | None, float], ...]) -> Floats:
    """Shares of the food-safety cap used per day [1/d]; the array form of `limits.safety_cap_rate`.

    Examples
    --------
    >>> safety_cap_rates([4.0, 28.0, 40.0], limits=((4.0, 96.0), (32.0, 2.0), (None, 1.0))).tolist()
    [0.25, 12.0, 24.0]
    """
    # The first row that is warm enough holds, so a row behind a warmer one never does.
    ends = np.maximum.accumulate([math.inf if up_to is None else up_to for up_to, _ in limits])
    rates = np.array([24.0 / hours for _, hours in limits])
    row = np.searchsorted(ends, _floats(temperatures_degc), side="left")
    return np.asarray(rates[np.minimum(row, len(limits) - 1)])


_ARRAY_FORMS: dict[Clock | Callable[..., float], Callable[..., Floats]] = {
    arrhenius_rate: arrhenius_rates,
    square_root_rate: square_root_rates,
    rate_table_rate: rate_table_rates,
    chilling_dose_rate: chilling_dose_rates,
    chilling_time_rate: chilling_time_rates,
}


def clock_rates(clock: Clock, temperatures_degc: ArrayLike) -> Floats:
    """What a clock gains per day at each temperature; a clock that is no law of the above is asked one by one.

    Examples
    --------
    >>> clock_rates(lambda degc: degc / 10.0, [20.0, 30.0]).tolist()
    [2.0, 3.0]
    """
    degc = _floats(temperatures_degc)
    form = _ARRAY_FORMS.get(clock.function) if isinstance(clock, Law) else None
    if form is not None and isinstance(clock, Law):
        numbers: dict[str, Any] = dict(clock.numbers)
        return form(degc, **numbers)
    return np.array([clock(each) for each in degc.ravel().tolist()], dtype=np.float64).reshape(degc.shape)


def age_rates(curve: Curve, temperatures_degc: ArrayLike) -> Floats:
    """Ageing at each temperature [d20 per day]; the array form of `Curve.rate`.

    Examples
    --------
    >>> law = Law.of(square_root_rate, tmin_degc=-10.6)
    >>> curve = Curve(ready_at_d20=6.0, window_d20=2.25, law=law, stops_below_degc=13.0)
    >>> age_rates(curve, [13.0, 20.0]).tolist()
    [0.0, 1.0]
    """
    degc = _floats(temperatures_degc)
    rates = clock_rates(curve.law, degc)
    return rates if curve.stops_below_degc is None else np.where(degc <= curve.stops_below_degc, 0.0, rates)


def bounds_at(
    curve: Curve, *, ripe_within_days: tuple[float, float], keeps_days: float, rooms_degc: ArrayLike
) -> tuple[Floats, Floats]:
    """Bounds on the age at delivery [d20] by the temperature of each room; the array form of `window.window_bounds`.

    Examples
    --------
    >>> curve = Curve(ready_at_d20=6.0, window_d20=2.25, law=Law.of(square_root_rate, tmin_degc=-10.6))
    >>> lower, upper = bounds_at(curve, ripe_within_days=(0, 2), keeps_days=1, rooms_degc=[20.0])
    >>> lower.tolist(), upper.tolist()
    ([4.0], [7.25])
    """
    low, high = ripe_within_days
    rates = age_rates(curve, rooms_degc)
    lower = curve.ready_at_d20 - high * rates
    upper = curve.ready_at_d20 + curve.window_d20 - keeps_days * rates
    if low > 0:
        upper = np.minimum(upper, curve.ready_at_d20 - low * rates)
    return lower, np.asarray(upper)


def _floats(array: ArrayLike) -> Floats:
    return np.asarray(array, dtype=np.float64)

"""Journeys of known hours and temperatures as arrays: checked, warned about, and what is good at their end."""

from __future__ import annotations

from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from harvest_planner.planning.questions.given import COLDEST_DEGC, HOTTEST_DEGC
from harvest_planner.ripening.array_laws import Floats, age_rates, bounds_at, clock_rates, safety_cap_rates
from harvest_planner.ripening.arrays import shares_between
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.ripening.curve import Curve
from harvest_planner.ripening.window import window_bounds

_TEMPERATURE = f"a temperature from {COLDEST_DEGC:g} to {HOTTEST_DEGC:g} °C"
_HOURS = "a number of hours of at least 0"
_SHOWN = 4
"""A warning names so many of the coldest temperatures and of the hottest."""


class Journeys(NamedTuple):
    """Pieces of journeys; hours and temperatures broadcast to (journeys, pieces)."""

    hours: Floats
    degc: Floats
    rooms_degc: Floats
    """One for all, or one for each."""
    shape: tuple[int, int]
    """(journeys, pieces)."""


def journeys_of(hours: ArrayLike, temperatures_degc: ArrayLike, room_degc: ArrayLike) -> Journeys:
    """The journeys, checked.

    Raises
    ------
    ValueError : the first number that cannot be meant, or shapes that do not go together.

    Examples
    --------
    >>> journeys_of([[24.0, 6.0], [12.0, 0.0]], [25.0, 28.0], 20).shape
    (2, 2)
    """
    times, degc = _numbers(hours, "hours", _HOURS), _numbers(temperatures_degc, "temperatures_degc", _TEMPERATURE)
    rooms = _numbers(room_degc, "room_degc", _TEMPERATURE)
    _require(times, (times >= 0.0) & (times < np.inf), "hours", _HOURS)
    _require_degc(degc, "temperatures_degc")
    _require_degc(rooms, "room_degc")
    try:
        shape = np.broadcast_shapes(times.shape, degc.shape)
    except ValueError:
        shape = ()
    if len(shape) != 2:
        raise ValueError(
            f"hours of shape {times.shape} and temperatures_degc of shape {degc.shape}: "
            "need shapes that broadcast to (journeys, pieces)"
        )
    journeys, pieces = shape
    if rooms.shape not in ((), (journeys,)):
        raise ValueError(f"room_degc of shape {rooms.shape}: needs one number, or one for each of {journeys} journeys")
    return Journeys(times, degc, rooms, (journeys, pieces))


def _numbers(given: ArrayLike, name: str, needs: str) -> Floats:
    """The array as floats; texts are no numbers, whatever they spell."""
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{name}: needs as many pieces in each journey; a shorter one ends in 0 hours") from None
    if array.dtype.kind not in "biuf":
        objects = np.asarray(given, dtype=object)
        _require(objects, np.frompyfunc(lambda value: isinstance(value, Real), 1, 1)(objects), name, needs)
    return array.astype(np.float64, copy=False)


def _require_degc(degc: Floats, name: str) -> None:
    _require(degc, (degc >= COLDEST_DEGC) & (degc <= HOTTEST_DEGC), name, _TEMPERATURE)


def _require(array: np.ndarray, fine: ArrayLike, name: str, needs: str) -> None:
    """Refuse the first element that is not fine."""
    if np.all(fine):
        return
    index = np.unravel_index(int(np.argmin(np.asarray(fine, dtype=bool))), array.shape)
    place = f"[{', '.join(str(number) for number in index)}]" if index else ""
    value = array[index]
    raise ValueError(f"{name}{place} = {value.item() if isinstance(value, np.generic) else value!r}: needs {needs}")


def notable_degc(curve: Curve, journeys: Journeys) -> list[float]:
    """Temperatures outside the calibration or at which the clock stands still; of many the coldest and the hottest."""
    low, high = curve.calibrated_degc or (-np.inf, np.inf)
    outside: list[float] = []
    still: list[float] = []
    for degc in (journeys.degc, journeys.rooms_degc):
        if not degc.size or (low <= degc.min() and degc.max() <= high and curve.rate(float(degc.min())) > 0.0):
            continue
        if degc is journeys.degc:
            ridden = np.broadcast_to(journeys.hours > 0.0, journeys.shape)
            degc = np.broadcast_to(degc, journeys.shape)[ridden]  # noqa: PLW2901
        outside += _ends(degc[(degc < low) | (degc > high)])
        still += _ends(degc[age_rates(curve, degc) == 0.0])
    return outside + still


def _ends(degc: Floats) -> list[float]:
    """All of them where they are few, else the coldest and the hottest."""
    different: list[float] = np.unique(degc).tolist()
    return different if len(different) <= 2 * _SHOWN else different[:_SHOWN] + different[-_SHOWN:]


def shares_of(
    curve: Curve, journeys: Journeys, *, mean_d20: float, sd_d20: float, wish: tuple[float, float], keeps_days: float
) -> Floats:
    """Share of the fruit that is good after each journey.

    Parameters
    ----------
    mean_d20, sd_d20 : age at picking and its spread [d20].
    wish, keeps_days : what the buyers ask for [d].

    Examples
    --------
    >>> from harvest_planner.ripening.curve import Law
    >>> from harvest_planner.ripening.laws import square_root_rate
    >>> curve = Curve(ready_at_d20=6.0, window_d20=2.25, law=Law.of(square_root_rate, tmin_degc=-10.6))
    >>> journeys = journeys_of([[24.0], [120.0]], 20.0, 20.0)
    >>> shares_of(curve, journeys, mean_d20=0.0, sd_d20=1.2, wish=(0, 2), keeps_days=1).round(4).tolist()
    [0.0062, 0.7673]
    """
    ages = mean_d20 + _gained(age_rates(curve, journeys.degc), journeys)
    lower, upper = _bounds(curve, journeys, wish, keeps_days)
    shares = shares_between(ages, sd_d20, lower, upper)
    if curve.chilling is not None:
        shares[_gained(clock_rates(curve.chilling, journeys.degc), journeys) > DOSE_LIMIT] = 0.0
    if curve.safety_limits is not None:
        doses = _gained(safety_cap_rates(journeys.degc, limits=curve.safety_limits), journeys)
        shares[doses > DOSE_LIMIT] = 0.0
    return shares


def _gained(rates: Floats, journeys: Journeys) -> Floats:
    """What a clock gains on each journey."""
    with np.errstate(over="ignore"):
        return np.asarray((rates * journeys.hours / 24.0).sum(axis=-1))


def _bounds(
    curve: Curve, journeys: Journeys, wish: tuple[float, float], keeps_days: float
) -> tuple[ArrayLike, ArrayLike]:
    rooms = journeys.rooms_degc
    if rooms.ndim:
        return bounds_at(curve, ripe_within_days=wish, keeps_days=keeps_days, rooms_degc=rooms)
    return window_bounds(curve, ripe_within_days=wish, keeps_days=keeps_days, room_degc=float(rooms))

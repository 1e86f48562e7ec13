"""What simple questions are asked with: crops, temperatures, days and journeys, checked before they are used."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from numbers import Real

from harvest_planner import catalogue
from harvest_planner.errors import OutsideCalibrationWarning
from harvest_planner.planning.curves import outside_calibration
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.problem import catalogue_crop

COLDEST_DEGC, HOTTEST_DEGC = -30.0, 60.0
_NUMBERS: tuple[type, ...] = (float, int, Real)
"""What counts as a number, the usual ones first: to ask for `Real` takes longer than all other checks together."""


def crop_of(crop: Crop | str) -> Crop:
    """The crop itself, or that of the catalogue with this id."""
    return crop if isinstance(crop, Crop) else catalogue_crop(crop)


def degc_of(value: float, name: str, *of: int) -> float:
    """A temperature that can be meant [°C]; `of` fills the name where it is a pattern."""
    if not isinstance(value, _NUMBERS) or not COLDEST_DEGC <= value <= HOTTEST_DEGC:
        needs = f"needs a temperature from {COLDEST_DEGC:g} to {HOTTEST_DEGC:g} °C"
        raise ValueError(f"{name.format(*of)} = {value!r}: {needs}")
    return float(value)


def not_negative(value: float, name: str, unit: str, *of: int) -> float:
    """A number of at least 0; `of` fills the name where it is a pattern."""
    if not isinstance(value, _NUMBERS) or not 0.0 <= value < math.inf:
        raise ValueError(f"{name.format(*of)} = {value!r}: needs a number of {unit} of at least 0")
    return float(value)


def packaging_named(value: str | None, name: str) -> str | None:
    """A kind of packaging of the catalogue, or none."""
    if value is not None and value not in catalogue.packaging_ids():
        known = ", ".join(catalogue.packaging_ids())
        raise ValueError(f"{name} = {value!r}: unknown; one of {known}, or none")
    return value


def wish_of(days: tuple[float, float]) -> tuple[float, float]:
    """Between which days after delivery it shall become good to eat [d]."""
    low, high = days
    low, high = not_negative(low, "ripe_within_days", "days"), not_negative(high, "ripe_within_days", "days")
    if low > high:
        raise ValueError(f"ripe_within_days = {days!r}: the first must not exceed the second")
    return low, high


def warn_outside(crop: Crop, temperatures: Iterable[float]) -> None:
    """Warn the caller's caller where a temperature [°C] lies outside what the crop was measured in."""
    message = outside_calibration(crop, temperatures)
    if message is not None:
        warnings.warn(message, OutsideCalibrationWarning, stacklevel=3)

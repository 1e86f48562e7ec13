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


def crop_of(crop: Crop | str) -> Crop:
    """The crop itself, or that of the catalogue with this id."""
    return crop if isinstance(crop, Crop) else catalogue_crop(crop)


def degc_of(value: float, name: str) -> float:
    """A temperature that can be meant [°C]."""
    if not isinstance(value, Real) or not COLDEST_DEGC <= value <= HOTTEST_DEGC:
        raise ValueError(f"{name} = {value!r}: needs a temperature from {COLDEST_DEGC:g} to {HOTTEST_DEGC:g} °C")
    return float(value)


def not_negative(value: float, name: str, unit: str) -> float:
    """A number of at least 0."""
    if not isinstance(value, Real) or not 0.0 <= value < math.inf:
        raise ValueError(f"{name} = {value!r}: needs a number of {unit} of at least 0")
    return float(value)


def packaging_named(value: str | None, name: str) -> str | None:
    """A kind of packaging of the catalogue, or none."""
    if value is not None and value not in catalogue.packaging_ids():
        known = ", ".join(catalogue.packaging_ids())
        raise ValueError(f"{name} = {value!r}: unknown; one of {known}, or none")
    return value


def wish_of(days: tuple[float, float]) -> tuple[float, float]:
    """Between which days after delivery it shall become good to eat [d]."""
    low, high = (not_negative(value, "ripe_within_days", "days") for value in days)
    if low > high:
        raise ValueError(f"ripe_within_days = {days!r}: the first must not exceed the second")
    return low, high


def warn_outside(crop: Crop, temperatures: Iterable[float]) -> None:
    """Warn the caller's caller where a temperature [°C] lies outside what the crop was measured in."""
    message = outside_calibration(crop, temperatures)
    if message is not None:
        warnings.warn(message, OutsideCalibrationWarning, stacklevel=3)

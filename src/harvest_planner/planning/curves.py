"""From records to the science: a crop's words and units become a curve of numbers."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterable
from functools import lru_cache, partial

from harvest_planner.ripening.curve import Clock, Curve, Law
from harvest_planner.ripening.laws import arrhenius_rate, rate_table_rate, square_root_rate
from harvest_planner.ripening.limits import chilling_dose_rate, chilling_time_rate
from harvest_planner.schema.crop import (
    Arrhenius,
    Chilling,
    ChillingDose,
    Crop,
    SafetyCap,
    SquareRoot,
    TemperatureLaw,
)

_CURVES: dict[int, tuple[weakref.ref[Crop], Curve]] = {}
"""The curves of the crops that are alive, by their identity: to hash a crop's numbers takes a good part of a share."""

_NAMED = 6
"""A warning names no more temperatures than these one by one."""


def curve_of(crop: Crop) -> Curve:
    """The crop's curve; crops with the same numbers share one, whatever they are called."""
    known = _CURVES.get(id(crop))
    if known is not None and known[0]() is crop:
        return known[1]
    curve = _curve(
        ready_at_d20=crop.ready_at_d20,
        window_d20=crop.window_d20,
        law=crop.temperature_law,
        stops_below_degc=crop.stops_below_degc,
        calibrated_degc=crop.calibrated_degc,
        chilling=crop.chilling,
        safety_cap=crop.safety_cap,
    )
    # Called with the dead reference, which `pop` takes as its default.
    _CURVES[id(crop)] = (weakref.ref(crop, partial(_CURVES.pop, id(crop))), curve)
    return curve


# A Crop holds a dict (its sources) and so has no hash; what the clock is made of has.
@lru_cache(maxsize=4096)
def _curve(
    *,
    ready_at_d20: float,
    window_d20: float,
    law: TemperatureLaw,
    stops_below_degc: float | None,
    calibrated_degc: tuple[float, float] | None,
    chilling: Chilling | None,
    safety_cap: SafetyCap | None,
) -> Curve:
    return Curve(
        ready_at_d20=ready_at_d20,
        window_d20=window_d20,
        law=clock_of(law),
        stops_below_degc=stops_below_degc,
        calibrated_degc=calibrated_degc,
        chilling=None if chilling is None else _chilling(chilling),
        safety_limits=None if safety_cap is None else safety_cap.limits,
    )


def clock_of(law: TemperatureLaw) -> Clock:
    """The law's function with its numbers filled in: temperature [°C] → rate [d20 per day]."""
    if isinstance(law, Arrhenius):
        return Law.of(arrhenius_rate, ea_kj_per_mol=law.ea_kj_per_mol)
    if isinstance(law, SquareRoot):
        return Law.of(square_root_rate, tmin_degc=law.tmin_degc)
    return Law.of(rate_table_rate, points=law.points)


def _chilling(chilling: Chilling) -> Clock:
    if isinstance(chilling, ChillingDose):
        return Law.of(chilling_dose_rate, below_degc=chilling.below_degc, limit_degc_days=chilling.limit_degc_days)
    return Law.of(chilling_time_rate, points=chilling.points)


def outside_calibration(crop: Crop, temperatures: Iterable[float]) -> str | None:
    """One sentence where a temperature [°C] lies outside what the crop was measured in; None where all lie inside."""
    asked = list(temperatures)
    low, high = crop.calibrated_degc or (-math.inf, math.inf)
    curve = curve_of(crop)
    # No law stands still above a temperature at which it runs, so the coldest speaks for all.
    coldest = min(asked, default=low)
    if not asked or (low <= coldest and max(asked) <= high and curve.rate(coldest) > 0.0):
        return None
    degrees = sorted(set(asked))
    stops = crop.stops_below_degc
    parts = []
    if crop.calibrated_degc is not None:
        outside = [degc for degc in degrees if not low <= degc <= high]
        if outside:
            parts.append(
                f"crop {crop.id!r} was measured from {low:g} to {high:g} °C; {_listed(outside)} is extrapolated"
            )
    still = [degc for degc in degrees if curve.rate(degc) == 0.0]
    if still:
        limit = "" if stops is None else f" (it stops at {stops:g} °C)"
        parts.append(f"the clock of crop {crop.id!r} stands still at {_listed(still)}{limit}")
    return "; ".join(parts) or None


def _listed(degrees: list[float]) -> str:
    if len(degrees) > _NAMED:
        return f"{degrees[0]:g} °C … {degrees[-1]:g} °C"
    return " and ".join(f"{degc:g} °C" for degc in degrees)

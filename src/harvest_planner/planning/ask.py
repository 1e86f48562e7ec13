"""Simple questions about one crop: which there are, when it is ripe, how much of it will be good."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from numbers import Real

from harvest_planner import catalogue
from harvest_planner.errors import OutsideCalibrationWarning
from harvest_planner.planning.curves import curve_of, outside_calibration
from harvest_planner.ripening.clock import DOSE_LIMIT, gained
from harvest_planner.ripening.curve import Curve
from harvest_planner.ripening.window import share_between, window_bounds
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.problem import catalogue_crop
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.pulp import packaging_of

_COLDEST_DEGC, _HOTTEST_DEGC = -30.0, 60.0
_NUMBERS: tuple[type, ...] = (float, int, Real)
"""What counts as a number, the usual ones first: asking for `Real` takes longer than all other checks together."""


def crops() -> tuple[str, ...]:
    """Ids of the crops in the catalogue, sorted.

    Examples
    --------
    >>> "na-chi-lang" in crops()
    True
    """
    return catalogue.crop_ids()


def crop(crop_id: str) -> Crop:
    """One crop of the catalogue.

    Raises
    ------
    UnknownIdError : no crop of that id; carries the nearest ids.

    Examples
    --------
    >>> crop("na-chi-lang").ready_at_d20
    6.0
    """
    return catalogue_crop(crop_id)


def days_to_ripe(crop: Crop | str, *, stage: str | None = None, temperature_degc: float) -> float:
    """Days until the mean fruit is good to eat at one temperature [d].

    Counted from the start of the picked fruit's clock, for treated crops from the end of the treatment.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    temperature_degc : the temperature it is kept at [°C], −30 to 60.

    Returns
    -------
    float : 0 where it is good already, `math.inf` where the clock stands still.

    Raises
    ------
    UnknownIdError : unknown crop or stage.
    ValueError : a temperature that cannot be meant.

    Warns
    -----
    OutsideCalibrationWarning : the answer rests on a temperature outside the range in which the crop was measured.

    Examples
    --------
    >>> round(days_to_ripe("na-chi-lang", temperature_degc=20), 9)
    6.0
    """
    record = _crop_of(crop)
    age = record.stage(stage).age_d20
    degc = _degc(temperature_degc, "temperature_degc")
    left_d20 = record.ready_at_d20 - age
    if left_d20 <= 0.0:
        return 0.0
    _warn_outside(record, [degc])
    rate = curve_of(record).rate(degc)
    return left_d20 / rate if rate > 0.0 else math.inf


def good_share(
    crop: Crop | str,
    *,
    stage: str | None = None,
    pieces: Iterable[tuple[float, float] | tuple[float, float, str | None]],
    ripe_within_days: tuple[float, float] = (0, 2),
    keeps_days: float = 1,
    room_degc: float = 20,
) -> float:
    """Share of the fruit that is what the buyer asked for after a journey of known hours and temperatures.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    pieces : (hours [h], temperature [°C]) from the start of the picked fruit's clock to delivery, or (hours,
        temperature, packaging): in a crate, carton, foam-box or foam-box-ice the pulp lags the air. It starts as warm
        as the air of the first piece; ice lasts from the start.
    ripe_within_days : it shall become good to eat between these days after delivery [d]; from 0: may be ripe already.
    keeps_days : it shall then still be good this long after delivery [d].
    room_degc : temperature where the buyer keeps it [°C].

    Returns
    -------
    float : from 0 to 1; 0 where the way has chilled it beyond its limit or broken the food-safety cap.

    Raises
    ------
    UnknownIdError : unknown crop or stage.
    ValueError : a temperature or duration that cannot be meant.

    Warns
    -----
    OutsideCalibrationWarning : a temperature lies outside the range in which the crop was measured.

    Examples
    --------
    >>> round(good_share("na-chi-lang", stage="S3", pieces=[(24, 25.0)], room_degc=25), 3)
    0.765
    """
    record = _crop_of(crop)
    picked = record.stage(stage)
    way = [_piece(piece, i) for i, piece in enumerate(pieces)]
    room = _degc(room_degc, "room_degc")
    wish = _wish(ripe_within_days)
    keeps = _not_negative(keeps_days, "keeps_days", "days")
    _warn_outside(record, [degc for _, degc, _ in way] + [room])
    curve = curve_of(record)
    age, chill, safety = _gained_on(way, curve)
    if chill > DOSE_LIMIT or safety > DOSE_LIMIT:
        return 0.0
    lower, upper = window_bounds(curve, ripe_within_days=wish, keeps_days=keeps, room_degc=room)
    return share_between(picked.age_d20 + age, picked.sd_d20, lower, upper)


Piece = tuple[float, float, str | None]
"""Hours, temperature of the air [°C], packaging or None."""


def _piece(piece: tuple[float, float] | tuple[float, float, str | None], index: int) -> Piece:
    hours, degc, packaging = piece if len(piece) == 3 else (*piece, None)
    if packaging is not None and packaging not in catalogue.packaging_ids():
        known = ", ".join(catalogue.packaging_ids())
        raise ValueError(f"pieces[{index}] packaging = {packaging!r}: unknown; one of {known}, or none")
    return _hours(hours, index), _degc(degc, "pieces[{}] temperature", index), packaging


def _gained_on(way: Sequence[Piece], curve: Curve) -> Sequence[float]:
    """What the three clocks gain on the pieces."""
    steps = [(hours, degc) for hours, degc, packaging in way if packaging is None]
    if len(steps) == len(way):
        chill = 0.0 if curve.chilling is None else gained(curve.chilling, steps)
        safety = 0.0 if curve.safety_limits is None else gained(curve.safety_rate, steps)
        return gained(curve.rate, steps), chill, safety
    rates = Rates(curve.clocks, curve.kinks_degc)
    exposures: tuple[float, ...] = (0.0, 0.0, 0.0, way[0][1])
    passed_h = 0.0
    for hours, degc, packaging in way:
        box = None if packaging is None else packaging_of(packaging)
        exposures = rates.packed(exposures, air_degc=degc, hours=hours, packaging=box, from_h=passed_h)
        passed_h += hours
    return exposures[:3]


def _crop_of(crop: Crop | str) -> Crop:
    return crop if isinstance(crop, Crop) else catalogue_crop(crop)


def _degc(value: float, name: str, *of: int) -> float:
    if not isinstance(value, _NUMBERS) or not _COLDEST_DEGC <= value <= _HOTTEST_DEGC:
        needs = f"needs a temperature from {_COLDEST_DEGC:g} to {_HOTTEST_DEGC:g} °C"
        raise ValueError(f"{name.format(*of)} = {value!r}: {needs}")
    return float(value)


def _hours(value: float, index: int) -> float:
    return _not_negative(value, "pieces[{}] hours", "hours", index)


def _not_negative(value: float, name: str, unit: str, *of: int) -> float:
    if not isinstance(value, _NUMBERS) or not 0.0 <= value < math.inf:
        raise ValueError(f"{name.format(*of)} = {value!r}: needs a number of {unit} of at least 0")
    return float(value)


def _wish(days: tuple[float, float]) -> tuple[float, float]:
    low, high = (_not_negative(value, "ripe_within_days", "days") for value in days)
    if low > high:
        raise ValueError(f"ripe_within_days = {days!r}: the first must not exceed the second")
    return low, high


def _warn_outside(crop: Crop, temperatures: list[float]) -> None:
    message = outside_calibration(crop, temperatures)
    if message is not None:
        warnings.warn(message, OutsideCalibrationWarning, stacklevel=3)

"""Simple questions about one crop: which there are, when it is ripe, how much of it will be good."""

from __future__ import annotations

import math
from collections.abc import Iterable

from harvest_planner import catalogue
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.questions.given import crop_of, degc_of, not_negative, warn_outside, wish_of
from harvest_planner.planning.questions.paths import GivenPiece, Path
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.ripening.window import share_between, window_bounds
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.problem import catalogue_crop


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
    record = crop_of(crop)
    age = record.stage(stage).age_d20
    degc = degc_of(temperature_degc, "temperature_degc")
    left_d20 = record.ready_at_d20 - age
    if left_d20 <= 0.0:
        return 0.0
    warn_outside(record, [degc])
    rate = curve_of(record).rate(degc)
    return left_d20 / rate if rate > 0.0 else math.inf


def good_share(
    crop: Crop | str,
    *,
    stage: str | None = None,
    pieces: Iterable[GivenPiece],
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
    record = crop_of(crop)
    picked = record.stage(stage)
    way = Path.of(pieces)
    room = degc_of(room_degc, "room_degc")
    wish = wish_of(ripe_within_days)
    keeps = not_negative(keeps_days, "keeps_days", "days")
    warn_outside(record, [*way.temperatures_degc, room])
    curve = curve_of(record)
    gained = way.gained(curve)
    if gained.chill_dose > DOSE_LIMIT or gained.safety_dose > DOSE_LIMIT:
        return 0.0
    lower, upper = window_bounds(curve, ripe_within_days=wish, keeps_days=keeps, room_degc=room)
    return share_between(picked.age_d20 + gained.age_d20, picked.sd_d20, lower, upper)

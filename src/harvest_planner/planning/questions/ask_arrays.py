"""The share of fruit that will be good, for many journeys in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvest_planner.errors import MissingExtraError
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.questions.given import crop_of, not_negative, warn_outside, wish_of
from harvest_planner.schema.crop import Crop

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from harvest_planner.ripening.array_laws import Floats


def good_shares(
    crop: Crop | str,
    *,
    stage: str | None = None,
    hours: ArrayLike,
    temperatures_degc: ArrayLike,
    ripe_within_days: tuple[float, float] = (0, 2),
    keeps_days: float = 1,
    room_degc: ArrayLike = 20,
) -> Floats:
    """Shares of the fruit that are what the buyer asked for, by journey: `good_share` for arrays, without packaging.

    The fruit is as warm as the air around it; where the pulp lags the air in a box, ask `good_share`.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    hours, temperatures_degc : the pieces of the journeys from the start of the picked fruit's clock to delivery [h],
        [°C], each of shape (journeys, pieces) or of one that broadcasts to it. A piece of 0 hours counts nothing: a
        shorter journey ends in such pieces, at any temperature from −30 to 60.
    ripe_within_days : it shall become good to eat between these days after delivery [d]; from 0: may be ripe already.
    keeps_days : it shall then still be good this long after delivery [d].
    room_degc : temperature where the buyers keep it [°C]: a number, or one for each journey.

    Returns
    -------
    numpy.ndarray : of shape (journeys,), from 0 to 1, equal to `good_share` to 1e-12; 0 where the way has chilled it
        beyond its limit or broken the food-safety cap.

    Raises
    ------
    UnknownIdError : unknown crop or stage.
    ValueError : a temperature or duration that cannot be meant, by its index in the array, or shapes that do not go
        together.
    MissingExtraError : numpy is not installed.

    Warns
    -----
    OutsideCalibrationWarning : a temperature lies outside the range in which the crop was measured; once, for all.

    Notes
    -----
    Of a stage without any spread the share is 0 or 1, and an age within rounding of a bound may fall on either side.

    Examples
    --------
    >>> shares = good_shares("na-chi-lang", stage="S3", hours=[[24], [12]], temperatures_degc=25.0, room_degc=25)
    >>> shares.round(3).tolist()
    [0.765, 0.548]
    """
    _require_numpy()
    from harvest_planner.planning.questions.journey_arrays import journeys_of, notable_degc, shares_of

    record = crop_of(crop)
    picked = record.stage(stage)
    journeys = journeys_of(hours, temperatures_degc, room_degc)
    wish = wish_of(ripe_within_days)
    keeps = not_negative(keeps_days, "keeps_days", "days")
    curve = curve_of(record)
    warn_outside(record, notable_degc(curve, journeys))
    return shares_of(curve, journeys, mean_d20=picked.age_d20, sd_d20=picked.sd_d20, wish=wish, keeps_days=keeps)


def _require_numpy() -> None:
    try:
        __import__("numpy")
    except ImportError:
        raise MissingExtraError("numpy", extra=None, needed_for="good_shares") from None

"""When fruit is good, and how much of it: the window of the mean fruit, percentiles of the ready day, shares by day."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist

from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.questions.condition import Condition, condition_of
from harvest_planner.planning.questions.given import crop_of, degc_of, not_negative, warn_outside
from harvest_planner.planning.questions.paths import GivenPiece, Path
from harvest_planner.ripening.curve import Curve
from harvest_planner.schema.crop import Crop, Stage

_HALVINGS = 60
_LONGEST_DAYS = 4000.0
"""What is not reached in so many days at the last temperature is never reached [d]."""


def good_window_days(crop: Crop | str, *, stage: str | None = None, temperature_degc: float) -> tuple[float, float]:
    """From when until when the mean fruit is good to eat at one temperature, in days after picking [d].

    Counted from the start of the picked fruit's clock, for treated crops from the end of the treatment. It closes when
    the fruit's window does, when cold has injured it or when its food-safety cap is reached, whichever comes first.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    temperature_degc : the temperature it is kept at [°C], −30 to 60.

    Returns
    -------
    (opens, closes) : opens is that of `days_to_ripe`; both `math.inf` where it is never good: the clock stands
        still before it is ripe, or cold or the cap end it first. Both 0 for a stage past its window.

    Raises
    ------
    UnknownIdError : unknown crop or stage.
    ValueError : a temperature that cannot be meant.

    Warns
    -----
    OutsideCalibrationWarning : the temperature lies outside the range in which the crop was measured.

    Examples
    --------
    >>> good_window_days("na-chi-lang", temperature_degc=20)
    (6.0, 8.25)
    """
    record = crop_of(crop)
    age = record.stage(stage).age_d20
    degc = degc_of(temperature_degc, "temperature_degc")
    warn_outside(record, [degc])
    curve = curve_of(record)
    rate = curve.rate(degc)
    opens = _days(curve.ready_at_d20 - age, rate)
    ends = _days(1.0, curve.chill_rate(degc)), _days(1.0, curve.safety_rate(degc))
    closes = min(_days(curve.ready_at_d20 + curve.window_d20 - age, rate), *ends)
    return (opens, closes) if opens <= closes and not math.isinf(opens) else (math.inf, math.inf)


def ready_day_percentiles(
    crop: Crop | str,
    *,
    stage: str | None = None,
    temperature_degc: float | None = None,
    pieces: Iterable[GivenPiece] | None = None,
    percentiles: Sequence[float] = (5, 50, 95),
) -> tuple[float, ...]:
    """By which day so many per cent of the fruit have become good to eat, in days after picking [d].

    Counted as in `days_to_ripe`. The spread is that of the stage: the 50th percentile is the day of the mean fruit.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    temperature_degc : the temperature it is kept at [°C]; or else
    pieces : (hours [h], temperature [°C]) or with a packaging behind, as in `good_share`; the last one goes on.
    percentiles : above 0 and below 100.

    Returns
    -------
    tuple of float : 0 for fruit that is ready when picked, as all of a crop with L = 0; `math.inf` where it never
        comes so far.

    Raises
    ------
    UnknownIdError : unknown crop or stage.
    ValueError : an input that cannot be meant, or both or neither of temperature and pieces.

    Warns
    -----
    OutsideCalibrationWarning : a temperature lies outside the range in which the crop was measured.

    Examples
    --------
    >>> [round(day, 2) for day in ready_day_percentiles("na-chi-lang", temperature_degc=25)]
    [2.68, 4.0, 5.32]
    """
    record = crop_of(crop)
    picked = record.stage(stage)
    path = _path(temperature_degc, pieces)
    wanted = [_percentile(each) for each in percentiles]
    warn_outside(record, path.temperatures_degc)
    curve = curve_of(record)
    if curve.ready_at_d20 == 0.0:
        return (0.0,) * len(wanted)
    return tuple(_day_of(curve.ready_at_d20 - _age_at(picked, share), path, curve) for share in wanted)


def shares_by_day(
    crop: Crop | str,
    *,
    stage: str | None = None,
    temperature_degc: float | None = None,
    pieces: Iterable[GivenPiece] | None = None,
    days: Iterable[float],
) -> tuple[Condition, ...]:
    """How much of the fruit is unripe, good and past its window, day by day.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    temperature_degc : the temperature it is kept at [°C]; or else
    pieces : (hours [h], temperature [°C]) or with a packaging behind, as in `good_share`; the last one goes on.
    days : days after picking [d], counted as in `days_to_ripe`.

    Raises
    ------
    UnknownIdError : unknown crop or stage.
    ValueError : an input that cannot be meant, or both or neither of temperature and pieces.

    Warns
    -----
    OutsideCalibrationWarning : a temperature lies outside the range in which the crop was measured.

    Examples
    --------
    >>> [round(each.good_share, 2) for each in shares_by_day("na-chi-lang", temperature_degc=25, days=[2, 4, 5, 6])]
    [0.01, 0.47, 0.63, 0.26]
    """
    record = crop_of(crop)
    picked = record.stage(stage)
    path = _path(temperature_degc, pieces)
    wanted = [not_negative(day, "days", "days") for day in days]
    warn_outside(record, path.temperatures_degc)
    curve = curve_of(record)
    return tuple(condition_of(day, [(1.0, path.until(24.0 * day).gained(curve))], picked, curve) for day in wanted)


def condition_after(
    crop: Crop | str,
    *,
    stage: str | None = None,
    outcomes: Iterable[tuple[float, Iterable[GivenPiece]]],
) -> Condition:
    """What has become of fruit whose way is uncertain: the mixture over the ways it may have gone.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    outcomes : (probability, pieces) of each way; the probabilities sum to 1, pieces are those of `good_share`.

    Returns
    -------
    Condition : its `day` is the mean length of the ways.

    Raises
    ------
    UnknownIdError : unknown crop or stage.
    ValueError : an input that cannot be meant, or probabilities that do not sum to 1.

    Warns
    -----
    OutsideCalibrationWarning : a temperature lies outside the range in which the crop was measured.

    Examples
    --------
    >>> on_time, late = [(48, 25.0)], [(48, 25.0), (48, 30.0)]
    >>> there = condition_after("na-chi-lang", stage="S3", outcomes=[(0.9, on_time), (0.1, late)])
    >>> round(there.good_share, 3), round(there.past_share, 3)
    (0.291, 0.086)
    """
    record = crop_of(crop)
    picked = record.stage(stage)
    ways = [(_probability(share, index), Path.of(pieces)) for index, (share, pieces) in enumerate(outcomes)]
    whole = math.fsum(share for share, _ in ways)
    if abs(whole - 1.0) > 1e-6:
        raise ValueError(f"outcomes: their probabilities sum to {whole:g}, not to 1; give every way with its share")
    warn_outside(record, [degc for _, path in ways for degc in path.temperatures_degc])
    curve = curve_of(record)
    day = math.fsum(share * path.hours for share, path in ways) / 24.0
    return condition_of(day, [(share / whole, path.gained(curve)) for share, path in ways], picked, curve)


def _path(temperature_degc: float | None, pieces: Iterable[GivenPiece] | None) -> Path:
    if (temperature_degc is None) == (pieces is None):
        raise ValueError("temperature_degc, pieces: give one of the two, the temperature or the pieces of a journey")
    if pieces is None:
        assert temperature_degc is not None
        return Path.of([(24.0, degc_of(temperature_degc, "temperature_degc"))])
    path = Path.of(pieces)
    if not path.pieces:
        raise ValueError("pieces = []: give one piece of (hours, temperature) at least")
    return path


def _percentile(value: float) -> float:
    if not 0.0 < not_negative(value, "percentiles", "per cent") < 100.0:
        raise ValueError(f"percentiles = {value!r}: needs a number of per cent above 0 and below 100")
    return value / 100.0


def _probability(value: float, index: int) -> float:
    if not_negative(value, f"outcomes[{index}] probability", "parts of 1") > 1.0:
        raise ValueError(f"outcomes[{index}] probability = {value!r}: needs a number from 0 to 1")
    return float(value)


def _age_at(picked: Stage, share: float) -> float:
    """The age at picking that all but this share of the fruit fall short of [d20]: the oldest are ready first."""
    if picked.sd_d20 == 0.0:
        return picked.age_d20
    return NormalDist(picked.age_d20, picked.sd_d20).inv_cdf(1.0 - share)


def _days(amount: float, per_day: float) -> float:
    return 0.0 if amount <= 0.0 else amount / per_day if per_day > 0.0 else math.inf


def _day_of(needed_d20: float, path: Path, curve: Curve) -> float:
    """The day on which so much age has been gained on the path; its last piece goes on."""
    if len(path.pieces) == 1 and path.pieces[0].packaging is None:
        return _days(needed_d20, curve.rate(path.pieces[0].degc))

    def short(day: float) -> bool:
        return path.until(24.0 * day).gained(curve).age_d20 < needed_d20

    return 0.0 if needed_d20 <= 0.0 else _first_not(short, path.hours / 24.0)


def _first_not(short: Callable[[float], bool], day: float) -> float:
    """The day on which `short` ends, searched around a first guess; inf: it never does."""
    high = max(day, 1.0)
    while short(high):
        high *= 2.0
        if high > _LONGEST_DAYS:
            return math.inf
    low = 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if short(middle) else (low, middle)
    return high

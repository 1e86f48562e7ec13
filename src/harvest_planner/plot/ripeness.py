"""Pictures of the clock: age against days, the share good by day, the window on a journey's temperatures."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from harvest_planner.errors import OutsideCalibrationWarning
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.questions.given import crop_of, degc_of, not_negative, warn_outside, wish_of
from harvest_planner.planning.questions.paths import GivenPiece, Path
from harvest_planner.planning.questions.ripe_when import shares_by_day as conditions_by_day
from harvest_planner.plot.canvas import (
    BLUE,
    GREEN,
    GREY,
    LINES,
    ORANGE,
    SKY,
    VERMILION,
    Language,
    axes_of,
    subplots,
    word,
)
from harvest_planner.ripening.window import window_bounds
from harvest_planner.schema.crop import Crop

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STEPS = 240
_LONGEST_DAYS = 30.0
"""What takes longer than this is drawn so far [d]."""
_QUARTER_H = 0.25


def ripeness(
    crop: Crop | str,
    *,
    stage: str | None = None,
    temperatures_degc: Sequence[float] | None = None,
    days: float | None = None,
    language: Language = "en",
    ax: Axes | None = None,
) -> Axes:
    """Age against days after picking at several temperatures, each with its band of ± 1 sd, and the good window.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    temperatures_degc : at which it is kept [°C]; None: a few across the range in which the crop was measured.
    days : how far the picture goes [d]; None: until the mean fruit has left its window at most temperatures.
    language : en or vi.
    ax : axes to draw on; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    UnknownIdError, ValueError : as in `days_to_ripe`.

    Warns
    -----
    OutsideCalibrationWarning : a temperature lies outside the range in which the crop was measured.
    """
    record = crop_of(crop)
    picked = record.stage(stage)
    curve = curve_of(record)
    chosen = _across(record) if temperatures_degc is None else temperatures_degc
    degrees = [degc_of(each, f"temperatures_degc[{index}]") for index, each in enumerate(chosen)]
    warn_outside(record, degrees)
    ends_d20 = curve.ready_at_d20 + curve.window_d20
    last = _horizon([curve.rate(degc) for degc in degrees], ends_d20 - picked.age_d20) if days is None else days
    ax = axes_of(ax)
    ax.axhspan(curve.ready_at_d20, ends_d20, color=GREEN, alpha=0.15, lw=0, label=word("good_window", language))
    for colour, degc in zip(_cycled(len(degrees)), degrees, strict=True):
        end = picked.age_d20 + curve.rate(degc) * last
        ax.plot([0, last], [picked.age_d20, end], color=colour, label=f"{degc:g} °C")
        low, high = -picked.sd_d20, picked.sd_d20
        ax.fill_between([0, last], [picked.age_d20 + low, end + low], [picked.age_d20 + high, end + high],
                        color=colour, alpha=0.12, lw=0)  # fmt: skip
    ax.set(xlim=(0, last), xlabel=word("days", language), ylabel=word("age", language), title=_title(record, language))
    ax.set_ylim(picked.age_d20 - 2 * picked.sd_d20, ends_d20 + 3 * picked.sd_d20)
    ax.legend(loc="upper left", fontsize="small")
    return ax


def shares_by_day(
    crop: Crop | str,
    *,
    stage: str | None = None,
    temperature_degc: float | None = None,
    pieces: Iterable[GivenPiece] | None = None,
    days: float | None = None,
    language: Language = "en",
    ax: Axes | None = None,
) -> Axes:
    """Shares of the fruit not ripe yet, good to eat, harmed and past their best, day by day.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    temperature_degc : the temperature it is kept at [°C]; or else
    pieces : (hours [h], temperature [°C]) or with a packaging behind, as in `good_share`; the last one goes on.
    days : how far the picture goes [d]; None: until nearly all is past its best, 30 days at most.
    language : en or vi.
    ax : axes to draw on; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    UnknownIdError, ValueError : as in `harvest_planner.shares_by_day`.
    """
    given = None if pieces is None else tuple(pieces)

    def rows(until: float, count: int) -> tuple[list[float], list[tuple[float, float, float, float]]]:
        at = [until * step / count for step in range(count + 1)]
        found = conditions_by_day(crop, stage=stage, temperature_degc=temperature_degc, pieces=given, days=at)
        return at, [(c.unripe_share, c.good_share, c.ripe_share - c.good_share, c.past_share) for c in found]

    if days is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OutsideCalibrationWarning)
            at, shares = rows(_LONGEST_DAYS, int(_LONGEST_DAYS) * 2)
        days = next((day for day, row in zip(at, shares, strict=True) if row[3] > 0.99), _LONGEST_DAYS)
    at, shares = rows(not_negative(days, "days", "days"), _STEPS)
    ax = axes_of(ax)
    columns = list(zip(*shares, strict=True))
    names = [word(key, language) for key in ("unripe", "good", "harmed", "past")]
    used = [index for index in range(4) if max(columns[index]) > 0]
    colours = (SKY, GREEN, VERMILION, ORANGE)
    ax.stackplot(
        at, *(columns[index] for index in used), colors=[colours[i] for i in used], labels=[names[i] for i in used]
    )
    ax.set(xlim=(0, days), ylim=(0, 1), xlabel=word("days", language), ylabel=word("share", language))
    ax.set_title(_title(crop_of(crop), language))
    ax.legend(loc="center right", fontsize="small", framealpha=0.9)
    return ax


def window_on_journey(
    crop: Crop | str,
    *,
    stage: str | None = None,
    pieces: Iterable[GivenPiece],
    ripe_within_days: tuple[float, float] = (0, 2),
    keeps_days: float = 1,
    room_degc: float = 20,
    language: Language = "en",
) -> tuple[Axes, Axes]:
    """A journey's temperatures above; below, the age of the fruit on it and the ages a buyer accepts at delivery.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : id of the stage at picking; None: the crop's reference stage.
    pieces, ripe_within_days, keeps_days, room_degc : as in `good_share`.
    language : en or vi.

    Returns
    -------
    (above, below) : the two axes, with hours after picking in common.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    UnknownIdError, ValueError : as in `good_share`.

    Warns
    -----
    OutsideCalibrationWarning : a temperature lies outside the range in which the crop was measured.
    """
    record = crop_of(crop)
    picked, curve, path = record.stage(stage), curve_of(record), Path.of(pieces)
    if not path.pieces:
        raise ValueError("pieces = []: give one piece of (hours, temperature) at least")
    room, wish = degc_of(room_degc, "room_degc"), wish_of(ripe_within_days)
    warn_outside(record, [*path.temperatures_degc, room])
    lower, upper = window_bounds(curve, ripe_within_days=wish, keeps_days=keeps_days, room_degc=room)
    figure, (above, below) = subplots(2, 1, figsize=(7.0, 5.0), sharex=True, height_ratios=(2, 3))
    figure.set_layout_engine("constrained")
    hours = [min(path.hours, _QUARTER_H * step) for step in range(math.ceil(path.hours / _QUARTER_H) + 1)]
    ways = [path.until(hour) for hour in hours]
    above.step(
        [0.0, *_ends(path)], [path.pieces[0].degc, *path.temperatures_degc], color=GREY, label=word("air", language)
    )
    if any(piece.packaging for piece in path.pieces):
        above.plot(hours, [way.pulp_degc() for way in ways], color=VERMILION, label=word("pulp", language))
    above.set(ylabel=word("degc", language), title=_title(record, language))
    above.legend(loc="best", fontsize="small")
    ages = [picked.age_d20 + way.gained(curve).age_d20 for way in ways]
    below.plot(hours, ages, color=BLUE, label=word("mean_fruit", language))
    below.fill_between(hours, [age - picked.sd_d20 for age in ages], [age + picked.sd_d20 for age in ages],
                       color=BLUE, alpha=0.15, lw=0)  # fmt: skip
    if lower <= upper:
        below.plot([path.hours] * 2, [lower, upper], color=GREEN, lw=6, solid_capstyle="butt",
                   label=word("accepted", language), clip_on=False)  # fmt: skip
    below.set(xlim=(0, path.hours * 1.03), xlabel=word("hours", language), ylabel=word("age", language))
    below.legend(loc="upper left", fontsize="small")
    return above, below


def _across(crop: Crop) -> list[float]:
    """The ends of the measured range and the round temperatures between them [°C]."""
    low, high = crop.calibrated_degc or (15.0, 30.0)
    apart = 5 if high - low <= 20.0 else 10
    between = range(math.floor(low / apart) * apart + apart, math.ceil(high), apart)
    return sorted({low, high, *map(float, between)})


def _horizon(rates: Sequence[float], needed_d20: float) -> float:
    """So many days that the mean fruit has left its window at all but the coldest temperatures [d]."""
    moving = sorted((rate for rate in rates if rate > 0.0), reverse=True)
    if not moving:
        return _LONGEST_DAYS
    return min(_LONGEST_DAYS, math.ceil(1.15 * needed_d20 / moving[max(0, len(moving) - 2)]))


def _ends(path: Path) -> list[float]:
    return [math.fsum(piece.hours for piece in path.pieces[: index + 1]) for index in range(len(path.pieces))]


def _cycled(count: int) -> list[str]:
    return [LINES[index % len(LINES)] for index in range(count)]


def _title(crop: Crop, language: Language) -> str:
    named = crop.name_vi if language == "vi" else crop.name
    return named or crop.id

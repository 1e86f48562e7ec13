"""On the tree: the day each stage is reached, how long the fruit holds, and when warmth alone says it is ripe."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from harvest_planner import catalogue
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.questions.given import crop_of, degc_of
from harvest_planner.ripening.tree import EDGE_D20
from harvest_planner.schema.crop import Crop

_DAY = dt.timedelta(days=1)
LONGEST_DAYS = 730
"""What takes longer than two years on the tree is not foreseen [d]."""

Air = float | Sequence[float] | str
"""One temperature [°C], twelve monthly ones, or the id of a catalogue place whose climate is known."""


class TreeDay(NamedTuple):
    """A stage and the day on which the mean fruit reaches it; None: it drops before, or stays as it is."""

    stage_id: str
    reached_on: dt.date | None


class TreeCalendar(NamedTuple):
    """What becomes of fruit that is left on the tree.

    Attributes
    ----------
    stages : every stage of the crop in order of age; those passed already with the day of the look.
    ripe_on : the day from which the mean fruit is good to eat on the tree; None: it drops before, or never.
    last_on : the last day on which it can be picked, mean age plus one sd still below that of dropping; None: it holds.
    """

    stages: tuple[TreeDay, ...]
    ripe_on: dt.date | None
    last_on: dt.date | None


def tree_calendar(
    crop: Crop | str,
    *,
    stage: str | None = None,
    observed_on: dt.date,
    age_shift_d20: float = 0.0,
    air: Air | None = None,
) -> TreeCalendar:
    """When fruit on the tree reaches each stage, and until when it holds before it splits or drops.

    Parameters
    ----------
    crop : a crop or its id in the catalogue.
    stage : the stage that was seen; None: the crop's reference stage.
    observed_on : the day it was seen.
    age_shift_d20 : correction of the age by a field check [d20].
    air : for crops whose stages advance by temperature: one temperature [°C], twelve monthly means from January on
        [°C], or the id of a catalogue place with a climate.

    Raises
    ------
    UnknownIdError : unknown crop, stage or place.
    ValueError : the crop needs the air and none was given, or it cannot be meant.

    Examples
    --------
    >>> calendar = tree_calendar("na-chi-lang", stage="S2", observed_on=dt.date(2026, 8, 10))
    >>> [f"{day.stage_id} {day.reached_on}" for day in calendar.stages[2:]]
    ['S3 2026-08-14', 'S4 2026-08-18']
    >>> calendar.last_on
    datetime.date(2026, 8, 18)
    """
    record = crop_of(crop)
    picked = record.stage(stage)
    speed = _speed(record, air)
    age, day = picked.age_d20 + age_shift_d20, observed_on
    rising = sorted(record.stages, key=lambda each: each.age_d20)
    wanted = {each.id: each.age_d20 for each in rising} | {"": record.ready_at_d20}
    drops = math.inf if record.drops_at_d20 is None else record.drops_at_d20 - picked.sd_d20 - EDGE_D20
    reached: dict[str, dt.date] = {}
    last_on: dt.date | None = observed_on - _DAY
    for _ in range(LONGEST_DAYS):
        if age >= drops:
            break
        for name, at_d20 in wanted.items():
            if name not in reached and age >= at_d20 - EDGE_D20:
                reached[name] = day
        last_on, day, age = day, day + _DAY, age + speed(day)
    else:
        last_on = None
    return TreeCalendar(tuple(TreeDay(each.id, reached.get(each.id)) for each in rising), reached.get(""), last_on)


def ripe_on_tree(crop: Crop | str, *, began_on: dt.date, air: Air) -> tuple[dt.date, dt.date]:
    """Between which days fruit is ripe on the tree by its degree-days, from bud or flower on.

    Σ max(0, mean air of the day − base) meets the least and the largest sum reported for the crop.

    Parameters
    ----------
    crop : a crop with `degree_days`, or its id in the catalogue.
    began_on : the day it was in the state from which they count (`degree_days.begins`).
    air : one temperature [°C], twelve monthly means from January on [°C], or a catalogue place with a climate.

    Returns
    -------
    (from_on, until_on) : the days on which the two sums are reached.

    Raises
    ------
    UnknownIdError : unknown crop or place.
    ValueError : the crop has no degree-days, the air cannot be meant, or is too cold for it within two years.

    Examples
    --------
    >>> ripe_on_tree("na-chi-lang", began_on=dt.date(2026, 3, 1), air="ha-noi")
    (datetime.date(2026, 7, 10), datetime.date(2026, 7, 16))
    """
    record = crop_of(crop)
    known = record.degree_days
    if known is None:
        raise ValueError(f"crop {record.id!r} has no degree_days; state them in crops.toml with their base and source")
    degc = _daily(air)
    total, found, day = 0.0, list[dt.date](), began_on
    for wanted in (known.low_degc_days, known.high_degc_days):
        while total < wanted - EDGE_D20:
            if (day - began_on).days >= LONGEST_DAYS:
                raise ValueError(
                    f"air = {air!r}: in two years only {total:.0f} of {wanted:g} degree-days above "
                    f"{known.base_degc:g} °C come together; give a warmer one"
                )
            total += max(0.0, degc(day) - known.base_degc)
            day += _DAY
        found.append(day)
    return found[0], found[1]


def _speed(crop: Crop, air: Air | None) -> Callable[[dt.date], float]:
    """Ageing on the tree by day [d20]."""
    if crop.on_tree_by == "day":
        return lambda day: crop.on_tree_d20_per_day
    if air is None:
        raise ValueError(f"air = None: the stages of crop {crop.id!r} advance by temperature; give the air")
    degc, curve = _daily(air), curve_of(crop)
    return lambda day: crop.on_tree_d20_per_day * curve.rate(degc(day))


def _daily(air: Air) -> Callable[[dt.date], float]:
    """The mean air of a day [°C]."""
    if isinstance(air, str):
        place_id = catalogue.place_row(air)["id"]
        months = [catalogue.climate_degc(place_id, month) for month in range(1, 13)]
        known = [degc for degc in months if degc is not None]
        if len(known) < len(months):
            raise ValueError(f"air = {air!r}: no climate is known of this place; give twelve monthly means")
        return lambda day: known[day.month - 1]
    if not isinstance(air, (int, float)):
        if len(air) != 12:
            raise ValueError(f"air: twelve monthly means from January on, not {len(air)} numbers")
        given = [degc_of(degc, f"air[{month}]") for month, degc in enumerate(air)]
        return lambda day: given[day.month - 1]
    steady = degc_of(air, "air")
    return lambda day: steady

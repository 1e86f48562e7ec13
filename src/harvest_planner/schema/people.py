"""Where and who: places on the map, growers with their hours and hands."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from harvest_planner.schema.clock import zone
from harvest_planner.schema.quantities import Degc, Id, NonNegative, Record, Share

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
WEEKDAYS: tuple[Weekday, ...] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HourOffset = Annotated[float, Field(ge=-20, le=20)]
_ROUNDED_DEGC = 0.05
"""Offsets rounded to a tenth sum to zero within this, each [°C]."""
_NAMES = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


class Place(Record):
    """A point where goods are picked, handed over or delivered."""

    id: Id
    latitude_deg: Annotated[float, Field(ge=-90, le=90)]
    """North positive [°]."""
    longitude_deg: Annotated[float, Field(ge=-180, le=180)]
    """East positive [°]."""
    name: str | None = None
    province: str | None = None
    """Province of the 63 before July 2025."""
    timezone: str = "Asia/Ho_Chi_Minh"
    """IANA name of its time zone."""
    ambient_degc: Degc | None = None
    """Air temperature [°C]; none: the catalogue's climate, else the policy's default."""
    hour_offsets_degc: tuple[HourOffset, ...] = ()
    """How much each hour of the day, from 00:00 local time on, is warmer or colder than the mean of the day, 24 numbers
    [°C]; goods that wait there for a departure feel it. None: the air is steady."""
    closed_on: tuple[dt.date, ...] = ()
    """Days on which nothing is picked there."""
    packing_kg_per_day: NonNegative | None = None
    """What can be packed for carriers in a day [kg]; none: no limit."""

    @model_validator(mode="before")
    @classmethod
    def _not_swapped(cls, given: Any) -> Any:
        latitude, longitude = (_degrees(given, field) for field in ("latitude_deg", "longitude_deg"))
        if near_viet_nam(latitude_deg=longitude, longitude_deg=latitude):
            raise ValueError(
                f"latitude_deg = {latitude:g} and longitude_deg = {longitude:g} are swapped: the other way round they "
                f"lie in or near Viet Nam; write latitude_deg = {longitude:g} and longitude_deg = {latitude:g}"
            )
        return given

    @field_validator("hour_offsets_degc")
    @classmethod
    def _whole_day(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if len(value) not in (0, 24):
            raise ValueError(f"hour_offsets_degc needs 24 numbers, one for each hour from 00:00 on, not {len(value)}")
        if abs(sum(value)) > 24 * _ROUNDED_DEGC:
            raise ValueError(
                f"hour_offsets_degc are on average {sum(value) / 24:+.2f}: give what each hour differs from the mean "
                "of the day, and the mean as ambient_degc"
            )
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value


def near_viet_nam(*, latitude_deg: float, longitude_deg: float) -> bool:
    """Whether a point lies in Viet Nam, in its seas with their islands, or a few hundred kilometres around [°].

    Such longitudes are no latitudes, so that of a point and its mirror image at most one is near.

    Examples
    --------
    >>> near_viet_nam(latitude_deg=21.03, longitude_deg=105.85), near_viet_nam(latitude_deg=105.85, longitude_deg=21.03)
    (True, False)
    """
    return 5 <= latitude_deg <= 27 and 98 <= longitude_deg <= 120


def _degrees(given: Any, field: str) -> float:
    """A field of a place that is not validated yet; NaN where it holds no number."""
    value = given.get(field) if isinstance(given, Mapping) else None
    try:
        return math.nan if value is None else float(value)
    except (TypeError, ValueError):
        return math.nan


def _rest_days(value: Any) -> Any:
    if value is None or value == "":
        return ()
    if isinstance(value, (str, dt.date)):
        value = (value,)
    return tuple(_rest_day(item) for item in value)


def _rest_day(item: Any) -> Any:
    if isinstance(item, dt.date):
        return item
    text = str(item).strip()
    if len(text) >= 2 and any(name.startswith(text.upper()) for name in _NAMES):
        return text[:2].upper()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"rest day {text!r} is neither a weekday ({', '.join(WEEKDAYS)}) nor a date (YYYY-MM-DD)"
        ) from None


class Grower(Record):
    """A household that picks: its hours, its hands, its days of rest."""

    id: Id
    name: str | None = None
    place_id: Id | None = None
    """Where the household lives; the fruit hangs at the batch's place."""
    team_id: Id | None = None
    """The picking team it belongs to."""
    phone: str | None = Field(default=None, repr=False)
    """Kept out of logs."""
    pick_capacity_kg_per_day: NonNegative | None = None
    """What it can pick in a day over all its batches [kg]; none: no limit."""
    picks_from: dt.time = dt.time(5)
    """Start of picking, local time at the batch; the picked fruit's clock starts here."""
    picks_until: dt.time = dt.time(9)
    """End of picking, local time at the batch."""
    rest_days: Annotated[tuple[Weekday | dt.date, ...], BeforeValidator(_rest_days)] = ()
    """Weekdays (MO … SU) and dates on which it does not pick."""
    reputation: Share | None = None
    """Share of its deliveries that arrived good, as far as known; none: a new grower."""

    @model_validator(mode="after")
    def _hours(self) -> Grower:
        if self.picks_from.tzinfo or self.picks_until.tzinfo:
            raise ValueError("picks_from and picks_until are local clock times without an offset")
        if self.picks_until <= self.picks_from:
            raise ValueError(f"picks_until ({self.picks_until}) must be after picks_from ({self.picks_from})")
        return self

    def rests_on(self, day: dt.date) -> bool:
        """Whether `day` is one of its days of rest."""
        return WEEKDAYS[day.weekday()] in self.rest_days or day in self.rest_days

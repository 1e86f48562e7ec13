"""Scheduled transport: lanes with timetables and uncertain durations, and carriers' embargoes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from harvest_planner.catalogue import packaging_ids
from harvest_planner.schema.clock import recurrence
from harvest_planner.schema.quantities import Degc, Id, NonNegative, Positive, Record, Texts
from harvest_planner.schema.rests import RestDays, rest_dates
from harvest_planner.schema.samples import positive_hours, quantile_of

FEWEST_SAMPLES = 5
SAMPLES_AGREE = 0.01
"""Quantiles that are stated beside samples may differ from theirs by this share, for rounding."""
_QUANTILES = {"transit_p50_h": 0.5, "transit_p95_h": 0.95}
_UNSTATED: Any = None


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Lane(Record):
    """A scheduled service from one place to another; from a place to itself it is local delivery."""

    id: Id
    origin_id: Id
    destination_id: Id
    departures: str = Field(min_length=1)
    """RFC 5545 recurrence in the origin's local time."""
    transit_p50_h: Positive = Field(default=_UNSTATED, json_schema_extra=_without_default)
    """Median duration [h]; must be given unless `transit_samples_h` are."""
    transit_p95_h: Positive = Field(default=_UNSTATED, json_schema_extra=_without_default)
    """Duration that 95 of 100 keep [h]; equal to the median: a fixed duration; must be given unless
    `transit_samples_h` are."""
    transit_min_h: NonNegative = 0.0
    """No parcel is faster [h]."""
    on_schedule_share: Annotated[float, Field(ge=0, lt=0.95)] = 0.0
    """Share that runs exactly to schedule; the rest slips."""
    transit_samples_h: tuple[Positive, ...] = ()
    """Durations of at least 5 real trips [h], in place of the two quantiles and the share on schedule."""
    rests_on: RestDays = ()
    """Local dates at the origin on which it does not depart: days (2026-08-19) or holidays (hung-kings, labour-day,
    national-day, new-year, tet)."""
    carrier: str | None = None
    """Who runs it, as embargoes name it."""
    mode: str | None = None
    """road, rail, air …"""
    goods: Texts = ()
    """Kinds of goods it takes; none: any."""
    cutoff_h: NonNegative = 0.0
    """Goods must be handed over this long before departure [h]."""
    temperature_degc: Degc | None = None
    """Temperature on board [°C]; none: the mean of its places' ambients."""
    temperature_sd_degc: NonNegative = 0.0
    """How uncertain that temperature is, one standard deviation [°C]."""
    packaging: str | None = None
    """What the goods travel in: crate, carton, foam-box, foam-box-ice; none: the pulp is as warm as the air."""
    cost_vnd_per_kg: NonNegative = 0.0
    """Freight [VND/kg]."""
    capacity_kg: NonNegative | None = None
    """What one departure takes [kg]; none: no limit."""
    source: str | None = None
    """Where its figures come from; `estimate: …` where they are one."""

    @field_validator("packaging")
    @classmethod
    def _known_packaging(cls, value: str | None) -> str | None:
        if value is not None and value not in packaging_ids():
            raise ValueError(f"unknown packaging {value!r}; one of {', '.join(packaging_ids())}, or none")
        return value

    @field_validator("departures")
    @classmethod
    def _readable(cls, value: str) -> str:
        recurrence(value, dt.datetime(2024, 1, 1))  # noqa: DTZ001 - rules run in local wall time
        return value

    @model_validator(mode="before")
    @classmethod
    def _quantiles_of_samples(cls, given: Any) -> Any:
        hours = positive_hours(given.get("transit_samples_h")) if isinstance(given, Mapping) else ()
        if not hours:
            return given
        return {**given, **{name: quantile_of(hours, p) for name, p in _QUANTILES.items() if given.get(name) is None}}

    @field_validator("transit_samples_h")
    @classmethod
    def _enough_samples(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if 0 < len(value) < FEWEST_SAMPLES:
            raise ValueError(f"transit_samples_h needs at least {FEWEST_SAMPLES} trips, not {len(value)}")
        return value

    @model_validator(mode="after")
    def _durations(self) -> Lane:
        missing = [name for name in _QUANTILES if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{' and '.join(missing)} must be given, or transit_samples_h in place of both")
        return self._agrees_with_samples() if self.transit_samples_h else self._agrees_with_itself()

    def _agrees_with_samples(self) -> Lane:
        hours = sorted(self.transit_samples_h)
        for name, p in _QUANTILES.items():
            stated, found = getattr(self, name), quantile_of(hours, p)
            if abs(stated - found) > SAMPLES_AGREE * found:
                raise ValueError(
                    f"{name} ({stated}) disagrees with transit_samples_h, whose {p:.0%} quantile is {found:g}; "
                    "leave one of them empty"
                )
        if self.on_schedule_share > 0:
            raise ValueError(
                f"on_schedule_share ({self.on_schedule_share}) cannot stand beside transit_samples_h, "
                "which show what runs to schedule; leave one of them empty"
            )
        if self.transit_min_h > hours[0]:
            raise ValueError(
                f"transit_min_h ({self.transit_min_h}) is above the shortest of transit_samples_h ({hours[0]})"
            )
        return self

    def _agrees_with_itself(self) -> Lane:
        if self.transit_p95_h < self.transit_p50_h:
            raise ValueError(f"transit_p95_h ({self.transit_p95_h}) is below transit_p50_h ({self.transit_p50_h})")
        if self.transit_min_h > self.transit_p50_h:
            raise ValueError(f"transit_min_h ({self.transit_min_h}) is above transit_p50_h ({self.transit_p50_h})")
        spread = self.transit_p95_h > self.transit_p50_h
        if spread and self.transit_min_h == self.transit_p50_h and self.on_schedule_share < 0.5:
            raise ValueError("transit_min_h equals transit_p50_h but the duration is uncertain; lower the minimum")
        if spread and 0 < self.on_schedule_share < 0.5 and self.transit_min_h == 0:
            raise ValueError(
                "on_schedule_share below 0.5 needs transit_min_h, the scheduled duration "
                "(the median is then already a slip)"
            )
        return self

    def rest_dates(self) -> frozenset[dt.date]:
        """The local dates at the origin on which it does not depart."""
        return rest_dates(self.rests_on)


class Embargo(Record):
    """Days on which a carrier refuses a kind of goods."""

    carrier: str = Field(min_length=1)
    """As the lanes name it."""
    goods: str = Field(min_length=1)
    """A kind of goods, as crops name it."""
    from_on: dt.date
    """First departure date refused, at the lane's origin."""
    until_on: dt.date
    """Last departure date refused."""

    @model_validator(mode="after")
    def _dates(self) -> Embargo:
        if self.until_on < self.from_on:
            raise ValueError(f"until_on ({self.until_on}) lies before from_on ({self.from_on})")
        return self

"""Scheduled transport: lanes with timetables and uncertain durations, and carriers' embargoes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from harvest_planner.catalogue import packaging_ids
from harvest_planner.schema.clock import recurrence
from harvest_planner.schema.quantities import Degc, Id, NonNegative, Positive, Record, Texts


class Lane(Record):
    """A scheduled service from one place to another; from a place to itself it is local delivery."""

    id: Id
    origin_id: Id
    destination_id: Id
    departures: str = Field(min_length=1)
    """RFC 5545 recurrence in the origin's local time."""
    transit_p50_h: Positive
    """Median duration [h]."""
    transit_p95_h: Positive
    """Duration that 95 of 100 keep [h]; equal to the median: a fixed duration."""
    transit_min_h: NonNegative = 0.0
    """No parcel is faster [h]."""
    on_schedule_share: Annotated[float, Field(ge=0, lt=0.95)] = 0.0
    """Share that runs exactly to schedule; the rest slips."""
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

    @model_validator(mode="after")
    def _durations(self) -> Lane:
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

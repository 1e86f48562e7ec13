"""What the log tells of one lot: one step back to plot and treatment, one step forward to every parcel."""

from __future__ import annotations

import datetime as dt

from pydantic import ConfigDict, Field

from harvest_planner.schema.harvest_log import IntervalCheck, LotCode
from harvest_planner.schema.quantities import Id, Instant, NonNegative, Record, Texts, Unknown


class LotOrigin(Record):
    """One step back: where a lot comes from."""

    batch_id: Id
    grower_id: Id
    picker: str | None
    place_id: Id
    plot: str | None
    planting_area_code: str | None
    planting_area_valid_until: dt.date | None
    crop_id: Id
    variety: str | None
    grade: str | None
    certifications: Texts
    stage_id: Id
    picked_on: dt.date
    """The day entered, else the planned one."""
    picked_from_at: Instant | None
    picked_until_at: Instant | None
    last_spray_on: dt.date | Unknown | None
    last_spray_product: str | None
    pre_harvest_interval_days: NonNegative | Unknown | None
    lawful_from_on: dt.date | None
    interval_check: IntervalCheck


class LotParcel(Record):
    """One step forward: where a part of a lot went."""

    model_config = ConfigDict(hide_input_in_errors=True)

    order_id: Id | None
    """None: the local market."""
    part: int
    destination_id: Id | None
    planned_kg: NonNegative
    actual_kg: NonNegative | None
    packed_at: Instant | None
    carrier: str | None
    parcel_no: str | None = Field(repr=False)
    handed_over_at: Instant | None
    received_at: Instant | None
    marketplace: str | None
    marketplace_order: str | None
    receiver: str | None = Field(repr=False)
    receiver_address: str | None = Field(repr=False)
    deviation_reason: str | None


class Trace(Record):
    """A lot with where it comes from and where every part of it went."""

    lot_code: LotCode
    back: LotOrigin
    forward: tuple[LotParcel, ...]
    kept_by: Id
    keep_until_on: dt.date

    @property
    def planned_kg(self) -> float:
        """All that was to be picked [kg]."""
        return sum(parcel.planned_kg for parcel in self.forward)

    @property
    def actual_kg(self) -> float:
        """All that was weighed [kg]."""
        return sum(parcel.actual_kg or 0.0 for parcel in self.forward)

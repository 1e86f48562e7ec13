"""The harvest log: what of each lot went into each parcel, as planned and as it was done."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from harvest_planner.schema.lot import LONGEST_LOT_CODE
from harvest_planner.schema.quantities import Id, Instant, NonNegative, Record, Texts, Unknown

LOG_FORMAT = "harvest-planner/log/1"
IntervalCheck = Literal["kept", "broken", "unknown", "no_treatment"]
FRESH_PRODUCE_KEPT = relativedelta(months=6)
"""How long a lot of fresh produce is kept on record (Circular 17/2021/TT-BNNPTNT, articles 5 and 6)."""
GLOBALGAP_KEPT = relativedelta(years=2)
"""How long GlobalG.A.P. wants records kept, at least (AF 2.1)."""
_LOT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


def _plain_code(value: str) -> str:
    if not _LOT_CODE.fullmatch(value):
        raise ValueError(
            f"lot_code {value!r} is not 1 to 20 letters (A-Z, a-z), digits and . _ - that begin with a letter or "
            "a digit; write one such as 260811-P07"
        )
    return value


LotCode = Annotated[str, Field(max_length=LONGEST_LOT_CODE), AfterValidator(_plain_code)]
"""What stands on the box."""


class HarvestRow(Record):
    """One row of the log: what of one lot went into one parcel, or to the local market.

    A lot is what was picked of one batch on one day. What is planned is filled in from a plan; what was done stays
    empty until somebody enters it.
    """

    # Names and addresses are among the values: no error repeats them.
    model_config = ConfigDict(hide_input_in_errors=True)

    lot_code: LotCode
    batch_id: Id
    grower_id: Id
    picker: str | None = None
    """Who picked, by name."""
    crop_id: Id
    variety: str | None = None
    grade: str | None = None
    certifications: Texts = ()
    stage_id: Id
    place_id: Id
    """Where it hung and was packed."""
    plot: str | None = None
    planting_area_code: str | None = None
    planting_area_valid_until: dt.date | None = None
    pick_on: dt.date
    """The planned day."""
    plan_from_at: Instant
    plan_until_at: Instant
    picked_from_at: Instant | None = None
    """When picking began; none: not entered."""
    picked_until_at: Instant | None = None
    last_spray_on: dt.date | Unknown | None = None
    last_spray_product: str | None = None
    pre_harvest_interval_days: NonNegative | Unknown | None = None
    order_id: Id | None = None
    """None: for the local market."""
    part: Annotated[int, Field(ge=1)] = 1
    """Which of several parcels of this lot for this order."""
    marketplace: str | None = None
    marketplace_order: str | None = None
    destination_id: Id | None = None
    receiver: str | None = Field(default=None, repr=False)
    """Who gets the parcel; kept out of reprs and faults."""
    receiver_address: str | None = Field(default=None, repr=False)
    planned_kg: NonNegative
    actual_kg: NonNegative | None = None
    """What was weighed [kg]; none: not entered."""
    packed_at: Instant | None = None
    carrier: str | None = None
    parcel_no: str | None = Field(default=None, repr=False)
    """The carrier's number of the parcel."""
    departs_at: Instant | None = None
    """The planned departure."""
    handed_over_at: Instant | None = None
    """When the carrier took it; none: not entered."""
    received_at: Instant | None = None
    """When the receiver had it; none: not known."""
    deviation_reason: str | None = None
    kept_by: Id
    """Who keeps this record: the team, else the grower."""

    @model_validator(mode="after")
    def _one_after_the_other(self) -> HarvestRow:
        # Packing may begin before the last fruit is picked.
        for names in (STATIONS, ("picked_from_at", "picked_until_at")):
            known = [(name, getattr(self, name)) for name in names if getattr(self, name) is not None]
            for (before, earlier), (after, later) in pairwise(known):
                if later >= earlier:
                    continue
                raise ValueError(
                    f"{after} ({later.isoformat()}) lies before {before} ({earlier.isoformat()}); correct one of them"
                )
        if self.order_id is None and self.destination_id is not None:
            raise ValueError("destination_id without order_id: name the order, or leave both empty (local market)")
        return self

    @property
    def picked_on(self) -> dt.date:
        """The day of picking: the one entered, else the planned one."""
        return self.pick_on if self.picked_from_at is None else self.picked_from_at.date()

    @property
    def lawful_from_on(self) -> dt.date | None:
        """The first day after the pre-harvest interval; none without a treatment, or where it is not known."""
        spray, days = self.last_spray_on, self.pre_harvest_interval_days
        if not isinstance(spray, dt.date) or not isinstance(days, (int, float)):
            return None
        return spray + dt.timedelta(days=math.ceil(days))

    @property
    def interval_check(self) -> IntervalCheck:
        """Whether the last treatment's pre-harvest interval was over on the day of picking."""
        if self.last_spray_on is None and self.pre_harvest_interval_days != "unknown":
            return "no_treatment"
        if self.lawful_from_on is None:
            return "unknown"
        return "kept" if self.picked_on >= self.lawful_from_on else "broken"

    @property
    def keep_until_on(self) -> dt.date:
        """Until when the record is kept: six months from the last day it knows of, two years for GlobalG.A.P."""
        stations = (self.picked_until_at, self.packed_at, self.handed_over_at, self.received_at)
        last_on = max([self.picked_on, *(station.date() for station in stations if station is not None)])
        return last_on + (GLOBALGAP_KEPT if any(map(_is_globalgap, self.certifications)) else FRESH_PRODUCE_KEPT)

    @property
    def entered(self) -> bool:
        """Whether anything of what was done with this parcel has been entered."""
        return any(getattr(self, name) is not None for name in PARCEL_ACTUALS)


STATIONS = ("picked_from_at", "packed_at", "handed_over_at", "received_at")
"""What happens to a parcel, in order."""
LOT_PLAN = (
    "batch_id",
    "grower_id",
    "crop_id",
    "variety",
    "grade",
    "certifications",
    "stage_id",
    "place_id",
    "plot",
    "planting_area_code",
    "planting_area_valid_until",
    "pick_on",
    "plan_from_at",
    "plan_until_at",
    "kept_by",
)
LOT_ACTUALS = (
    "picker",
    "picked_from_at",
    "picked_until_at",
    "last_spray_on",
    "last_spray_product",
    "pre_harvest_interval_days",
)
LOT_FIELDS = (*LOT_PLAN, *LOT_ACTUALS)
"""What is told of the whole lot: the same in all its rows."""
PARCEL_ACTUALS = ("actual_kg", "packed_at", "handed_over_at", "received_at", "deviation_reason")


class HarvestLog(Record):
    """The harvest log of a season: rows by lot and parcel."""

    model_config = ConfigDict(hide_input_in_errors=True)

    format: Literal["harvest-planner/log/1"] = "harvest-planner/log/1"
    rows: tuple[HarvestRow, ...] = ()

    @model_validator(mode="after")
    def _rows_of_a_lot_agree(self) -> HarvestLog:
        wrong = disagreements(self.rows)
        if wrong:
            raise ValueError("\n".join(f"row {number + 1}: {told}" for number, _, told in wrong))
        return self

    def lots(self) -> dict[str, tuple[HarvestRow, ...]]:
        """The rows of each lot, by its code."""
        found: dict[str, list[HarvestRow]] = {}
        for row in self.rows:
            found.setdefault(row.lot_code, []).append(row)
        return {code: tuple(rows) for code, rows in found.items()}


def disagreements(rows: Iterable[HarvestRow]) -> list[tuple[int, str, str]]:
    """(row from 0 on, field, what is wrong) where a parcel stands twice or rows of one lot contradict each other."""
    first: dict[str, HarvestRow] = {}
    codes: dict[tuple[str, dt.date], str] = {}
    seen: set[tuple[Any, ...]] = set()
    wrong = []
    for number, row in enumerate(rows):
        head = first.setdefault(row.lot_code, row)
        differing = next((name for name in LOT_FIELDS if getattr(head, name) != getattr(row, name)), None)
        code = codes.setdefault((row.batch_id, row.pick_on), row.lot_code)
        parcel = (row.lot_code, row.order_id, row.part)
        if differing:
            wrong.append((number, differing, f"the same {differing} in all rows of lot {row.lot_code}"))
        elif code != row.lot_code:
            wrong.append((number, "lot_code", f"one code for the lot of batch {row.batch_id} on {row.pick_on}: {code}"))
        elif parcel in seen:
            goes_to = f"order {row.order_id}" if row.order_id else "the local market"
            wrong.append((number, "part", f"a part of its own: lot {row.lot_code} has part {row.part} for {goes_to}"))
        seen.add(parcel)
    return wrong


def _is_globalgap(certificate: str) -> bool:
    return "".join(filter(str.isalpha, certificate)).casefold().startswith("globalgap")

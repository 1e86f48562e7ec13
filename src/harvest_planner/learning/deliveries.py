"""A table of what was shipped and when it arrived → deliveries by lane, and every row that cannot be one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from harvest_planner.errors import Fault, FitError
from harvest_planner.learning.tables import Row, Sheet, Table, sheet_of

LANE_COLUMNS = ("lane", "lane_id", "lanes", "lane_ids", "group")
"""What a column of lanes may be called; `lanes` is that of a plan's shipments.csv."""
BEFORE_SHIPPING = "an instant after shipped_at: nothing arrives before it is shipped"
NO_INSTANT = "an instant with its offset, as 2026-08-11T06:30+07:00"
EMPTY = "an instant; where nothing stands, the parcel is on its way or lost"


class Route(NamedTuple):
    """Which lane a delivery went by: its id, or where from, where to and with whom."""

    lane_id: str
    origin: str | None = None
    destination: str | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One parcel that arrived.

    Attributes
    ----------
    route : its lane.
    shipped_at, arrived_at : when it was handed over and when it came.
    hours : between the two [h].
    scheduled_h : what the timetable gives for it [h]; None: not stated.
    """

    route: Route
    shipped_at: dt.datetime
    arrived_at: dt.datetime
    hours: float
    scheduled_h: float | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All deliveries of a table in order of shipping, and the rows that are none."""

    name: str
    deliveries: tuple[Delivery, ...]
    faults: tuple[Fault, ...]
    rows: int


def history_of(table: Table) -> History:
    """The deliveries of a table with shipped_at, arrived_at and lane, or origin, destination and carrier.

    Raises
    ------
    FitError : a column is missing, or fewer than half of the rows, or fewer than three, are deliveries.
    """
    sheet = sheet_of(table, name="history")
    _require_columns(sheet)
    deliveries: list[Delivery] = []
    faults: list[Fault] = []
    for row in sheet.rows:
        found = _delivery(sheet, row)
        if isinstance(found, Delivery):
            deliveries.append(found)
        else:
            faults.append(found)
    if len(deliveries) < 3 or len(faults) > len(deliveries):
        raise FitError(
            f"{sheet.name}: {len(deliveries)} of {len(sheet.rows)} rows are deliveries; at least three and at least "
            "half of the rows must be" + (":" if faults else ""),
            faults,
        )
    deliveries.sort(key=lambda one: (one.shipped_at, one.route, one.hours))
    return History(sheet.name, tuple(deliveries), tuple(faults), len(sheet.rows))


def _require_columns(sheet: Sheet) -> None:
    by_lane = sheet.column(*LANE_COLUMNS) is not None
    by_places = {"origin", "destination"} <= set(sheet.columns)
    if not {"shipped_at", "arrived_at"} <= set(sheet.columns) or not (by_lane or by_places):
        raise FitError(
            f"{sheet.name}: needs the columns shipped_at, arrived_at and lane, or origin and destination (and carrier "
            f"where there are several); it has {', '.join(sheet.columns)}"
        )


def _delivery(sheet: Sheet, row: Row) -> Delivery | Fault:
    """The row's delivery, or the first thing that is wrong with it."""
    route = route_of(sheet, row)
    if isinstance(route, Fault):
        return route
    shipped, arrived = instant_of(row.cells.get("shipped_at")), instant_of(row.cells.get("arrived_at"))
    if shipped is None:
        return sheet.fault(row, "shipped_at", NO_INSTANT)
    if arrived is None:
        return sheet.fault(row, "arrived_at", EMPTY if row.cells.get("arrived_at") is None else NO_INSTANT)
    hours = hours_between(shipped, arrived)
    if hours <= 0.0:
        return sheet.fault(row, "arrived_at", BEFORE_SHIPPING)
    return _scheduled(sheet, row, Delivery(route, shipped, arrived, hours))


def _scheduled(sheet: Sheet, row: Row, bare: Delivery) -> Delivery | Fault:
    """The delivery with what the timetable gives for it."""
    if "scheduled_at" not in sheet.columns:
        return bare
    scheduled = instant_of(row.cells.get("scheduled_at"))
    if scheduled is None:
        return sheet.fault(row, "scheduled_at", NO_INSTANT)
    hours = hours_between(bare.shipped_at, scheduled)
    if hours <= 0.0:
        return sheet.fault(row, "scheduled_at", "an instant after shipped_at")
    return Delivery(bare.route, bare.shipped_at, bare.arrived_at, bare.hours, hours)


def route_of(sheet: Sheet, row: Row) -> Route | Fault:
    """The lane that a row names, or what is wrong with its name."""
    column = sheet.column(*LANE_COLUMNS)
    if column is not None:
        lane = _text(row.cells.get(column))
        return sheet.fault(row, column, "the id of a lane") if lane is None else Route(lane)
    named = {field: _text(row.cells.get(field)) for field in ("origin", "destination", "carrier")}
    for field in ("origin", "destination"):
        if named[field] is None:
            return sheet.fault(row, field, "the name of a place")
    carrier = "" if named["carrier"] is None else f" ({named['carrier']})"
    return Route(f"{named['origin']} → {named['destination']}{carrier}", **named)


def instant_of(value: Any) -> dt.datetime | None:
    """The instant in a cell; None where there is none or its offset is missing."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, dt.datetime) or value.utcoffset() is None:
        return None
    return value


def hours_between(start: dt.datetime, end: dt.datetime) -> float:
    """From one instant to another [h]."""
    return (end - start).total_seconds() / 3600.0


def _text(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        value = " > ".join(map(str, value))
    return None if value is None else str(value).strip() or None

"""A table of promises and what came of them → cases, and every row or part of one that cannot be judged."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from harvest_planner.errors import Fault, FitError
from harvest_planner.learning.deliveries import (
    BEFORE_SHIPPING,
    EMPTY,
    NO_INSTANT,
    Delivery,
    hours_between,
    instant_of,
    route_of,
)
from harvest_planner.learning.tables import Row, Sheet, Table, number, sheet_of
from harvest_planner.schema.clock import zone

Code = Literal[
    "no_lane",
    "unreadable",
    "no_arrival",
    "arrival_before_shipping",
    "no_promise",
    "promise_out_of_order",
    "no_outcome",
    "unknown_lane",
    "duplicate",
]
"""Why a row was not judged; docs/explanation/backtest.md says of each what it means."""
_PROMISED = re.compile(r"(?:arrive_p(\d\d)_at|transit_p(\d\d)_h)")
_SHARE = "a share from 0 to 1"
_YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "có": 1.0, "không": 0.0}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not judged, or of which one part was not: why, and the cell that says so."""

    code: Code
    fault: Fault

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, **self.fault._asdict()}


@dataclass(frozen=True, slots=True)
class Case:
    """One parcel of the history.

    Attributes
    ----------
    crop_id : what was in it; None: not told.
    delivery : when it went and came; None: the history does not tell, or not yet.
    levels, promised_h : levels of its promised limits, and the limits after shipping [h]; empty: none was promised.
    good : (promised share good, share that came good); None: one of the two is not told.
    row : where it stands.
    """

    crop_id: str | None
    delivery: Delivery | None
    levels: tuple[float, ...]
    promised_h: tuple[float, ...]
    good: tuple[float, float] | None
    row: Row


class Cases(NamedTuple):
    """All that can be judged, in order of shipping, and all that cannot."""

    sheet: Sheet
    cases: tuple[Case, ...]
    left_out: tuple[LeftOut, ...]


class _Columns(NamedTuple):
    """Where things stand in a table."""

    shipped: str | None
    arrived: str | None
    crop: str | None
    promised: tuple[tuple[float, str], ...]
    good_promised: str | None
    good_came: str | None
    named: str | None
    zone: dt.tzinfo | None


def cases_of(history: Table, *, timezone: str | None) -> Cases:
    """The cases of a table.

    Raises
    ------
    FitError : it has neither times nor shares of good fruit, or no row of it can be judged.
    ValueError : there is no such time zone.
    """
    sheet = sheet_of(history, name="history")
    columns = _columns(sheet, zone(timezone) if timezone else None)
    cases: list[Case] = []
    left_out: list[LeftOut] = []
    seen = set[tuple[Any, ...]]()
    for row in sheet.rows:
        key = tuple(map(str, row.cells.values()))
        if columns.named is not None and row.cells.get(columns.named) is not None and key in seen:
            left_out.append(LeftOut("duplicate", sheet.fault(row, columns.named, "a row that stands here once")))
            continue
        seen.add(key)
        found = _case(sheet, columns, row)
        left_out += found.left_out
        if found.case is not None:
            cases.append(found.case)
    if not any(case.delivery or case.good for case in cases):
        raise FitError(
            f"{sheet.name}: none of its {len(sheet.rows)} rows can be judged" + (":" if left_out else ""),
            [one.fault for one in left_out],
        )
    return Cases(sheet, tuple(sorted(cases, key=_order)), tuple(left_out))


def _order(case: Case) -> tuple[float, str, int]:
    one = case.delivery
    return (one.shipped_at.timestamp(), one.route.lane_id, case.row.line) if one else (0.0, "", case.row.line)


def _columns(sheet: Sheet, zone: dt.tzinfo | None) -> _Columns:
    promised = []
    for name in sheet.columns:
        told = any(row.cells.get(name) is not None for row in sheet.rows)
        if told and (match := _PROMISED.fullmatch(name)) and int(match[1] or match[2]):
            promised.append((int(match[1] or match[2]) / 100.0, name))
    found = _Columns(
        shipped=sheet.column("shipped_at", "departed_at", "departs_at"),
        arrived=sheet.column("arrived_at", "delivered_at"),
        crop=sheet.column("crop_id", "crop"),
        promised=tuple(sorted(promised)),
        good_promised=sheet.column("good_share", "promised_good_share"),
        good_came=sheet.column("came_good_share", "good"),
        named=sheet.column("order_id", "id"),
        zone=zone,
    )
    if len({level for level, _ in promised}) < len(promised):
        raise FitError(f"{sheet.name}: promises one limit twice, as an instant and in hours; keep one of the two")
    if len(promised) == 1:
        raise FitError(f"{sheet.name}: {promised[0][1]} alone tells no spread; promise two limits at least")
    times = found.shipped is not None and found.arrived is not None
    if not times and not (found.good_promised and found.good_came):
        raise FitError(
            f"{sheet.name}: needs the columns shipped_at (or departs_at), arrived_at (or delivered_at) and lane, or "
            f"good_share and came_good_share; it has {', '.join(sheet.columns)}"
        )
    return found if times else found._replace(arrived=None)


class _Found(NamedTuple):
    case: Case | None
    left_out: tuple[LeftOut, ...]


def _case(sheet: Sheet, columns: _Columns, row: Row) -> _Found:
    """The row's case without the parts that cannot be judged; a row that contradicts itself is none."""
    timed = _timed(sheet, columns, row) if columns.arrived else None
    good = _good(sheet, columns, row) if columns.good_promised and columns.good_came else None
    left_out = tuple(part for part in (timed, good) if isinstance(part, LeftOut))
    if any(part.code not in ("no_arrival", "no_promise", "no_outcome") for part in left_out):
        return _Found(None, left_out)
    crop = row.cells.get(columns.crop) if columns.crop else None
    told = timed if isinstance(timed, _Timed) else _Timed(None, (), ())
    share = None if isinstance(good, LeftOut) else good
    case = Case(None if crop is None else str(crop).strip(), told.delivery, told.levels, told.hours, share, row)
    return _Found(case, left_out)


class _Timed(NamedTuple):
    delivery: Delivery | None
    levels: tuple[float, ...]
    hours: tuple[float, ...]


def _timed(sheet: Sheet, columns: _Columns, row: Row) -> _Timed | LeftOut:
    """When it went and came and what was promised of that, or the first thing that is wrong with it."""
    route = route_of(sheet, row)
    if isinstance(route, Fault):
        return LeftOut("no_lane", route)
    shipped_in, arrived_in = str(columns.shipped), str(columns.arrived)
    shipped = _instant(columns, row.cells.get(shipped_in))
    if shipped is None:
        return LeftOut("unreadable", sheet.fault(row, shipped_in, NO_INSTANT))
    promised = _promised(sheet, columns, row, shipped)
    if isinstance(promised, LeftOut):
        return promised
    if row.cells.get(arrived_in) is None:
        return LeftOut("no_arrival", sheet.fault(row, arrived_in, EMPTY))
    arrived = _instant(columns, row.cells[arrived_in])
    if arrived is None:
        return LeftOut("unreadable", sheet.fault(row, arrived_in, NO_INSTANT))
    hours = hours_between(shipped, arrived)
    if hours <= 0.0:
        return LeftOut("arrival_before_shipping", sheet.fault(row, arrived_in, BEFORE_SHIPPING))
    return _Timed(Delivery(route, shipped, arrived, hours), *promised)


def _promised(
    sheet: Sheet, columns: _Columns, row: Row, shipped: dt.datetime
) -> tuple[tuple[float, ...], tuple[float, ...]] | LeftOut:
    """Levels and hours of the promised limits; empty where the table promises none."""
    told = [(level, name) for level, name in columns.promised if row.cells.get(name) is not None]
    if not columns.promised:
        return (), ()
    if len(told) < 2:
        missing = next(name for _, name in columns.promised if row.cells.get(name) is None)
        return LeftOut("no_promise", sheet.fault(row, missing, "two promised limits at least"))
    hours: list[float] = []
    for _, name in told:
        limit = _limit_h(columns, name, row.cells[name], shipped)
        if limit is None:
            return LeftOut("unreadable", sheet.fault(row, name, NO_INSTANT if name.endswith("_at") else "hours"))
        if limit <= (hours[-1] if hours else 0.0) - 1e-9 or limit <= 0.0:
            wanted = "later than shipped_at, and no limit before a smaller one"
            return LeftOut("promise_out_of_order", sheet.fault(row, name, wanted))
        hours.append(limit)
    return tuple(level for level, _ in told), tuple(hours)


def _limit_h(columns: _Columns, name: str, cell: Any, shipped: dt.datetime) -> float | None:
    if name.endswith("_h"):
        return number(cell)
    at = _instant(columns, cell)
    return None if at is None else hours_between(shipped, at)


def _good(sheet: Sheet, columns: _Columns, row: Row) -> tuple[float, float] | LeftOut:
    shares: list[float] = []
    for name in (str(columns.good_promised), str(columns.good_came)):
        cell = row.cells.get(name)
        if cell is None:
            code: Code = "no_promise" if name == columns.good_promised else "no_outcome"
            return LeftOut(code, sheet.fault(row, name, _SHARE))
        share = _share(cell)
        if share is None:
            return LeftOut("unreadable", sheet.fault(row, name, _SHARE))
        shares.append(share)
    return shares[0], shares[1]


def _share(cell: Any) -> float | None:
    if isinstance(cell, str) and cell.lower() in _YES_NO:
        return _YES_NO[cell.lower()]
    found = float(cell) if isinstance(cell, bool) or type(cell).__name__ == "bool_" else number(cell)
    return found if found is not None and 0.0 <= found <= 1.0 else None


def _instant(columns: _Columns, cell: Any) -> dt.datetime | None:
    """The instant in a cell; one without an offset stands in the zone that was given, if one was."""
    if columns.zone is not None:
        if isinstance(cell, str):
            try:
                cell = dt.datetime.fromisoformat(cell)
            except ValueError:
                return None
        if isinstance(cell, dt.datetime) and cell.utcoffset() is None:
            cell = cell.replace(tzinfo=columns.zone)
    return instant_of(cell)


def levels_told(cases: Sequence[Case]) -> bool:
    """Whether the history promises limits of arrival."""
    return any(case.levels for case in cases)

"""Days and instants as exports write them: the day before the month, ISO, or seconds since 1970."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from harvest_planner.schema.clock import zone

EXPECTED = "a day such as 14/08/2026 or 2026-08-14, with or without a clock time; the day stands before the month"
_OURS = r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})"
_ISO = r"(?P<Y>[0-9]{4})[/-](?P<M>[0-9]{1,2})[/-](?P<D>[0-9]{1,2})"
_DAY = rf"(?:{_OURS}|{_ISO})"
_CLOCK = r"(?P<h>[0-9]{1,2})[:h](?P<n>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,][0-9]+)?)?(?:\s*(?P<half>AM|PM|SA|CH))?"
_OFFSET = r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})?"
_SHAPES = (
    re.compile(rf"{_DAY}(?:(?:T|,?\s+){_CLOCK}\s*{_OFFSET})?", re.IGNORECASE),
    re.compile(rf"{_CLOCK},?\s+(?:ngày\s+)?{_DAY}", re.IGNORECASE),
)
_EPOCH = re.compile(r"[0-9]{10}|[0-9]{13}")
_SECONDS_FROM, _MS_FROM = 1e9, 1e12
_LONGEST = 10
_SERIAL_FROM, _SERIAL_UNTIL = 36526, 73051  # the years 2000 to 2099 in a spreadsheet's days
_SERIAL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 (local, like every cell of a spreadsheet)
_NOON = 12
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


def instant_of(value: Any, timezone: str, clock: dt.time) -> dt.datetime:
    """The instant that a cell means; a day alone is meant at `clock`, a time without an offset in `timezone`.

    Raises
    ------
    ValueError : it is none; the message says what is expected.

    Examples
    --------
    >>> instant_of("02/08/2026 17:30", "Asia/Ho_Chi_Minh", dt.time(20)).isoformat()
    '2026-08-02T17:30:00+07:00'
    >>> instant_of(1786334400, "Asia/Ho_Chi_Minh", dt.time(20)).isoformat()
    '2026-08-10T11:00:00+07:00'
    """
    if isinstance(value, bool):
        raise ValueError(EXPECTED)
    if isinstance(value, dt.datetime):
        found = _of_a_cell(value, clock)
    elif isinstance(value, dt.date):
        found = dt.datetime.combine(value, clock)
    elif isinstance(value, (int, float)):
        found = _of_a_cell(_counted(float(value)), clock)
    else:
        found = _written(str(value), clock)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError(f"{EXPECTED}; in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return found.replace(tzinfo=zone(timezone)) if found.tzinfo is None else found.astimezone(zone(timezone))


def _of_a_cell(moment: dt.datetime, clock: dt.time) -> dt.datetime:
    """A day in a spreadsheet is its first instant: without an hour of its own it is meant at `clock`."""
    whole_day = moment.tzinfo is None and moment.time() == dt.time()
    return dt.datetime.combine(moment.date(), clock) if whole_day else moment


@lru_cache(maxsize=16384)
def _written(text: str, clock: dt.time) -> dt.datetime:
    bare = text.strip()
    if _EPOCH.fullmatch(bare):
        return _counted(float(bare))
    match = next((found for shape in _SHAPES if (found := shape.fullmatch(bare))), None)
    if match is None:
        raise ValueError(EXPECTED)
    part = match.groupdict()
    try:
        day = dt.date(int(part["y"] or part["Y"]), int(part["m"] or part["M"]), int(part["d"] or part["D"]))
        at = clock if part["h"] is None else _clock(part)
    except ValueError:
        raise ValueError(f"{EXPECTED}; there is no such day or time") from None
    return dt.datetime.combine(day, at, tzinfo=_offset(part.get("z")))


def _clock(part: dict[str, str | None]) -> dt.time:
    hour, half = int(part["h"] or 0), (part["half"] or "").upper()
    if half and not 1 <= hour <= _NOON:
        raise ValueError(hour)
    if half in ("PM", "CH"):
        hour = hour % _NOON + _NOON
    elif half:
        hour %= _NOON
    return dt.time(hour, int(part["n"] or 0), int(part["s"] or 0))


def _offset(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    return dt.datetime.fromisoformat(f"2000-01-01T00:00{text.upper()}").tzinfo


def _counted(value: float) -> dt.datetime:
    """Seconds or milliseconds since 1970, or a spreadsheet's days since 1899."""
    if _MS_FROM <= value < _MS_FROM * _LONGEST:
        return dt.datetime.fromtimestamp(value / 1000, dt.UTC)
    if _SECONDS_FROM <= value < _SECONDS_FROM * _LONGEST:
        return dt.datetime.fromtimestamp(value, dt.UTC)
    if _SERIAL_FROM <= value < _SERIAL_UNTIL:
        return (_SERIAL_EPOCH + dt.timedelta(days=value)).replace(microsecond=0)
    raise ValueError(EXPECTED)

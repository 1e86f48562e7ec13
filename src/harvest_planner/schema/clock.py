"""Local time at a place: zones by name, and departures written as RFC 5545 text."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import tz
from dateutil.rrule import rrulebase, rrulestr


@lru_cache(maxsize=256)
def zone(name: str) -> dt.tzinfo:
    """The time zone called `name`; dateutil's bundled copy serves where the system has no zone files.

    Raises
    ------
    ValueError : no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # Only names with a region: dateutil reads others as a path, a POSIX string or the machine's own zone.
        found = tz.gettz(name) if re.fullmatch(r"[A-Za-z_]+(/[\w+-]+)+", name) else None
    if found is None:
        raise ValueError(f"unknown time zone {name!r}; use an IANA name such as Asia/Ho_Chi_Minh")
    return found


@lru_cache(maxsize=65536)
def recurrence(text: str, start: dt.datetime) -> rrulebase:
    """The recurrence that `text` (RFC 5545) describes; `start` is its DTSTART where it names none.

    Parameters
    ----------
    text : RFC 5545 lines, parted by line ends or blanks ("FREQ=DAILY;BYHOUR=18", "RRULE:… RDATE:…").
    start : naive local time.

    Raises
    ------
    ValueError : the text is no recurrence.
    """
    try:
        several = "EXDATE" in text.upper() or "RDATE" in text.upper()
        if re.search(r"INTERVAL=\s*(0+(?![0-9])|-)", text.upper()):
            raise ValueError("an INTERVAL is at least 1")  # dateutil would look for the next date forever
        rule = rrulestr(text, dtstart=start, forceset=several)
        if several:
            next(iter(rule), None)  # dates with an offset do not mix with a rule in local time, which shows only here
        return rule
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(
            f"{text!r} is not an RFC 5545 recurrence such as 'FREQ=DAILY;BYHOUR=18;BYMINUTE=0' ({error})"
        ) from None


def occurrences(
    text: str, *, timezone: str, default_start: dt.datetime, from_at: dt.datetime, until_at: dt.datetime
) -> list[dt.datetime]:
    """Every occurrence from `from_at` to `until_at`, both included, as aware instants in `timezone`.

    The rule runs in local wall time there. Without a DTSTART it starts at 00:00 of `default_start`'s local date, or has
    always gone on where it repeats alike from any start.
    """
    start = from_at - dt.timedelta(days=1) if repeats_alike(text) else default_start
    first_day = start.astimezone(zone(timezone)).date()
    return list(_occurrences(text, timezone, first_day, from_at, until_at))


def repeats_alike(text: str) -> bool:
    """Whether a rule has the same occurrences whatever day it starts on: each day, or on days of each week."""
    rule = text.upper()
    if any(word in rule for word in ("DTSTART", "INTERVAL", "COUNT", "BYSETPOS", "RDATE")):
        return False
    return "FREQ=DAILY" in rule or ("FREQ=WEEKLY" in rule and "BYDAY" in rule)


@lru_cache(maxsize=4096)
def _occurrences(
    text: str, timezone: str, first_day: dt.date, from_at: dt.datetime, until_at: dt.datetime
) -> tuple[dt.datetime, ...]:
    """The same, kept: thousands of lanes depart by a few rules."""
    local = zone(timezone)
    rule = recurrence(text, dt.datetime.combine(first_day, dt.time()))
    sample = getattr(rule, "_dtstart", None)
    aware = sample is not None and sample.tzinfo is not None
    margin = dt.timedelta(days=1)
    if aware:
        found = rule.between(from_at - margin, until_at + margin, inc=True)
        instants = [moment.astimezone(local) for moment in found]
    else:
        low = from_at.astimezone(local).replace(tzinfo=None) - margin
        high = until_at.astimezone(local).replace(tzinfo=None) + margin
        instants = [moment.replace(tzinfo=local) for moment in rule.between(low, high, inc=True)]
    return tuple([moment for moment in instants if from_at <= moment <= until_at])

"""Days on which nothing departs: dates, or names of holidays whose dates the catalogue holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from harvest_planner import catalogue


def _as_texts(value: Any) -> Any:
    """A lone day means a tuple of one; dates are written as texts."""
    if value is None or value == "":
        return ()
    if isinstance(value, (str, dt.date)) or not isinstance(value, Iterable):
        value = (value,)
    return tuple(item.isoformat() if isinstance(item, dt.date) else item for item in value)


def _known(value: tuple[str, ...]) -> tuple[str, ...]:
    known = catalogue.holidays()
    for text in value:
        if text not in known and _date(text) is None:
            raise ValueError(
                f"rests_on {text!r} is neither a date (YYYY-MM-DD) nor a known holiday ({', '.join(sorted(known))})"
            )
    return value


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2026-02-17") else None
    except ValueError:
        return None


RestDays = Annotated[tuple[str, ...], BeforeValidator(_as_texts), AfterValidator(_known)]
"""Dates (YYYY-MM-DD) and names of holidays."""


def rest_dates(rests_on: Iterable[str]) -> frozenset[dt.date]:
    """Every date that is meant, holidays in all years that the catalogue knows.

    Examples
    --------
    >>> sorted(map(str, rest_dates(("2026-08-19",))))
    ['2026-08-19']
    >>> dt.date(2026, 2, 17) in rest_dates(("tet",))
    True
    """
    known = catalogue.holidays()
    found: set[dt.date] = set()
    for text in rests_on:
        for first, last in known.get(text, ()):
            found.update(first + dt.timedelta(days=day) for day in range((last - first).days + 1))
        if text not in known:
            found.add(dt.date.fromisoformat(text))
    return frozenset(found)


def unknown_years(rests_on: Iterable[str], from_on: dt.date, until_on: dt.date) -> tuple[str, int] | None:
    """A holiday and a year between two dates in which the catalogue does not know it; None where it knows all."""
    known = catalogue.holidays()
    for text in rests_on:
        years = {first.year for first, _ in known.get(text, ())}
        for year in range(from_on.year, until_on.year + 1):
            if text in known and year not in years:
                return text, year
    return None

"""Holidays on which carriers rest, with their dates, each row with its source."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from harvest_planner.catalogue.tables import table


@lru_cache(maxsize=1)
def _spans() -> dict[str, tuple[tuple[dt.date, dt.date], ...]]:
    found: dict[str, list[tuple[dt.date, dt.date]]] = {}
    for row in table("holidays"):
        span = dt.date.fromisoformat(row["from_on"]), dt.date.fromisoformat(row["until_on"])
        found.setdefault(row["name"], []).append(span)
    return {name: tuple(sorted(spans)) for name, spans in sorted(found.items())}


def holidays() -> dict[str, tuple[tuple[dt.date, dt.date], ...]]:
    """The known holidays by name: (first day, last day) of each year, in order.

    Examples
    --------
    >>> holidays()["new-year"][0]
    (datetime.date(2024, 1, 1), datetime.date(2024, 1, 1))
    """
    return dict(_spans())

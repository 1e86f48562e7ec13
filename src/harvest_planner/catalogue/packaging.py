"""What goods travel in, and how fast their pulp follows the air, each row with its source."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from harvest_planner.catalogue.tables import number, table


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, Any]]:
    numbers = ("cooling_per_h", "inside_degc", "holds_h")
    return {row["id"]: {**row, **{name: number(row[name]) for name in numbers}} for row in table("packaging")}


def packaging_ids() -> tuple[str, ...]:
    """The kinds of packaging, sorted."""
    return tuple(sorted(_rows()))


def packaging_row(packaging_id: str) -> dict[str, Any]:
    """One kind: `cooling_per_h`, Newton's coefficient of the pulp against the air [1/h]; with ice also the temperature
    inside [°C] and the hours for which it lasts.

    Raises
    ------
    KeyError : no such kind.
    """
    return _rows()[packaging_id]

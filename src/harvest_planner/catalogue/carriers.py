"""Parcel carriers, the road they drive and the days they refuse goods, each row with its source."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from harvest_planner.catalogue.tables import number, table


@lru_cache(maxsize=1)
def carrier_rows() -> tuple[dict[str, Any], ...]:
    """Assessments of carriers: what they commit to, what they keep, what was measured.

    Numbers are None where none was found; `reading` says how a vague figure ("42-44", ">97") was read.
    """
    numbers = ("committed_days", "on_time_share", "mean_h")
    return tuple({**row, "year": int(row["year"]), **_numbers(row, numbers)} for row in table("carriers"))


@lru_cache(maxsize=1)
def corridor_rows() -> tuple[dict[str, Any], ...]:
    """The towns of national road 1A from north to south with the road distance to the one before [km]."""
    numbers = ("km_post", "leg_road_km", "latitude_deg", "longitude_deg")
    return tuple({**row, **_numbers(row, numbers)} for row in table("corridor"))


@lru_cache(maxsize=1)
def closure_rows() -> tuple[dict[str, Any], ...]:
    """Days on which carriers rest or refuse goods; `goods` is a tuple, empty where all goods are meant."""
    return tuple({**row, "goods": tuple(filter(None, row["goods"].split("|")))} for row in table("closures"))


def _numbers(row: dict[str, str], columns: tuple[str, ...]) -> dict[str, float | None]:
    return {column: number(row[column]) for column in columns}

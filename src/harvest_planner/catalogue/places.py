"""The gazetteer: provinces before July 2025 by their seats and districts by their towns, each with its point."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from harvest_planner.catalogue.addresses import partings
from harvest_planner.catalogue.names import fold, likeness
from harvest_planner.catalogue.reading import meanings
from harvest_planner.catalogue.tables import table
from harvest_planner.catalogue.units import province_rows
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError


def place_ids() -> tuple[str, ...]:
    """Ids of the catalogue's main places: the 63 provinces before July 2025, then the towns added."""
    return tuple(row["id"] for row in table("places"))


@lru_cache(maxsize=1)
def district_ids() -> frozenset[str]:
    """Ids of the districts and district towns that have a point of their own, besides the main places."""
    return frozenset(_rows()) - frozenset(place_ids())


def place_row(id_or_name: str) -> dict[str, Any]:
    """The fields of one place: id, name, province, latitude_deg, longitude_deg.

    Raises
    ------
    UnknownIdError : the gazetteer does not know it; carries the nearest ids.
    AmbiguousPlaceError : the name means several places.

    Examples
    --------
    >>> place_row("TP.HCM")["id"]
    'ho-chi-minh'
    """
    found = resolve_place(id_or_name)
    if found is None:
        raise UnknownIdError("place", id_or_name, nearest_places(id_or_name))
    row = _rows()[found]
    return {
        "id": found,
        "name": row["name_vi"],
        "province": province_rows()[row["province_id"]]["name_vi"],
        "latitude_deg": float(row["latitude_deg"]),
        "longitude_deg": float(row["longitude_deg"]),
    }


def province_id(place_id: str) -> str:
    """The id of the old province in which a place of the catalogue lies; of a province its own."""
    return _rows()[place_id]["province_id"]


def resolve_place(name: str) -> str | None:
    """The id of the place that `name` (an id, a name old or new, an address) means; None for one unknown.

    Raises
    ------
    AmbiguousPlaceError : it means several places; carries their ids.

    Examples
    --------
    >>> resolve_place("Đà Lạt"), resolve_place("xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi"), resolve_place("Atlantis")
    ('lam-dong', 'mo-duc', None)
    """
    if name in _rows():
        return name
    found = meanings(name)
    if len(found) > 1:
        raise AmbiguousPlaceError(name, found)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def nearest_places(name: str, count: int = 3) -> tuple[str, ...]:
    """Ids of the `count` places whose names are most like `name` or a part of it, likest first; suggestions only.

    Examples
    --------
    >>> nearest_places("Ca Mao")[0]
    'ca-mau'
    """
    ids = _ids_by_name()
    wanted = dict.fromkeys((fold(name), *(part.name for parts in partings(name) for part in parts[-2:])))
    scores: dict[str, float] = {}
    for like, ratio in (each for want in wanted if want for each in likeness(want, ids, count, cutoff=0.0).items()):
        for place in ids[like]:
            scores[place] = max(scores.get(place, 0.0), ratio)
    return tuple(sorted(scores, key=lambda place: -scores[place]))[:count]


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, str]]:
    """Every place that has a point, by id; a district that shares a town's point goes by the town."""
    rows = {row["id"]: row for row in table("places")}
    for row in sorted(table("districts"), key=lambda row: row["kind"] == "Huyện"):
        if row["latitude_deg"]:
            rows.setdefault(row["place_id"], row)
    return rows


@lru_cache(maxsize=1)
def _ids_by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for place, row in _rows().items():
        for name in (row["name_vi"], row.get("capital", "")):
            found.setdefault(name, {})[place] = None
    return {name: tuple(places) for name, places in found.items() if name}

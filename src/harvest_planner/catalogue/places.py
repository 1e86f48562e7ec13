"""The gazetteer: the 63 provinces before July 2025 by their seats, a few towns, and every name they are called by.

How a name is read, in this order:

1. An id (`gia-lai`) is exact and means the province before July 2025.
2. A town, or the seat of a province ("Pleiku", "TP Cà Mau"), means that point; a name marked old ("Gia Lai cũ") too.
3. Names and ids are compared folded; "tỉnh", "thành phố", "tp", "t." and "city" around them are dropped.
4. A name that a province of July 2025 kept from one of the several it was merged from means any of these ("Lâm Đồng"):
   it is ambiguous, unless it is also the name of the old province's seat ("Cà Mau", "Hải Phòng"): it names that city.
5. Of an address the last part counts; where that is ambiguous, or a town is named, the parts before it may settle it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any

from harvest_planner.catalogue.names import fold, nearest
from harvest_planner.catalogue.tables import table
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError

_PREFIXES = ("tinh", "thanh pho", "thi xa", "thi tran", "tp", "tx", "tt", "t")
_SUFFIXES = ("city", "province", "viet nam", "vietnam", "vn", "moi")
_COUNTRY = frozenset({"viet nam", "vietnam", "vn"})
_OLD = " cu"


def place_ids() -> tuple[str, ...]:
    """Ids of the catalogue's places: the 63 provinces before July 2025, then the towns added."""
    return tuple(_rows())


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
        raise UnknownIdError("place", id_or_name, nearest(id_or_name, place_ids()))
    row = _rows()[found]
    return {
        "id": row["id"],
        "name": row["name_vi"],
        "province": _rows()[row["province_id"]]["name_vi"],
        "latitude_deg": float(row["latitude_deg"]),
        "longitude_deg": float(row["longitude_deg"]),
    }


def resolve_place(name: str) -> str | None:
    """The id of the place that `name` (an id, a name old or new, an address) means; None for one unknown.

    Raises
    ------
    AmbiguousPlaceError : it means several places; carries their ids.

    Examples
    --------
    >>> resolve_place("Đà Lạt"), resolve_place("xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi"), resolve_place("Atlantis")
    ('lam-dong', 'quang-ngai', None)
    """
    if name in _rows():
        return name
    parts = [part for part in map(fold, name.split(",")) if part and part not in _COUNTRY]
    if not parts:
        return None
    candidates = _meanings(" ".join(parts)) or _meanings(parts[-1])
    if len(parts) > 1:
        candidates = _settled(candidates, parts)
    if len(candidates) > 1:
        raise AmbiguousPlaceError(name, candidates)
    return candidates[0] if candidates else None


def _settled(candidates: tuple[str, ...], parts: list[str]) -> tuple[str, ...]:
    """The candidates of an address, or the one place among or within them that a part before the last names."""
    *before, last = parts
    provinces = {*candidates, *_new_names().get(_bare(last), ())}
    within = {place for place, row in _rows().items() if row["province_id"] in provinces}
    for part in reversed(before):
        named = [place for place in _meanings(part) if place in within]
        if len(named) == 1:
            return (named[0],)
    return candidates


def _meanings(folded: str) -> tuple[str, ...]:
    if folded.endswith(_OLD):
        return _old_names().get(_bare(folded.removesuffix(_OLD)), ())
    return _names().get(folded) or _names().get(_bare(folded), ())


def _bare(folded: str) -> str:
    """A folded name without the words around it that say what kind of place it is."""
    for suffix in _SUFFIXES:
        folded = folded.removesuffix(f" {suffix}")
    for prefix in _PREFIXES:
        if folded.startswith(f"{prefix} "):
            return folded[len(prefix) + 1 :]
    return folded


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in table("places")}


@lru_cache(maxsize=1)
def _old_names() -> dict[str, tuple[str, ...]]:
    return {fold(row["name_vi"]): (place,) for place, row in _rows().items()}


@lru_cache(maxsize=1)
def _new_names() -> dict[str, tuple[str, ...]]:
    """Names of the 34 provinces of July 2025, with the old ones inside."""
    inside: dict[str, list[str]] = defaultdict(list)
    for place, row in _rows().items():
        if row["kind"] == "province":
            inside[fold(row["merged_into_2025"])].append(place)
    return {name: tuple(places) for name, places in inside.items()}


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """Every folded name with the places it may mean; of two meanings the later table's holds."""
    names = _old_names() | _new_names()
    names |= {fold(row["capital"]): (place,) for place, row in _rows().items() if row["capital"]}
    return names | {fold(row["alias"]): tuple(row["place_ids"].split("|")) for row in table("place_aliases")}

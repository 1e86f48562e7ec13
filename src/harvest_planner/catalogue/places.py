"""The gazetteer: provinces before July 2025 by their seats, districts by their towns, and every name they are called by.

How a name is read, in this order:

1. An id (`gia-lai`, `mo-duc`) is exact; a bare number or code means nothing.
2. Names are compared folded, and as one word: accents, case, spaces, i/y and c/k do not tell them apart, and nothing
   else is forgiven: a name resolves when its key is equal (similarity 1), never because it is like another.
3. The last part of an address names the province, or the district where it does not; the country, a post code and a
   telephone number behind it do not count. The parts before it, from the right, name the district or the town inside.
4. The seat of a province ("Pleiku", "TP Cà Mau") means that point; a name marked old ("Gia Lai cũ") the old province.
5. A name that a province of July 2025 kept from one of the several it was merged from means any of these ("Lâm Đồng"):
   it is ambiguous, unless it is also the name of the old province's seat ("Cà Mau", "Hải Phòng"): it names that city.
   What stands before it settles it: a district, the old province's name, or a commune of July 2025 labelled as one.
6. A district that the named province does not have, but another has, is a contradiction: both are candidates.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from harvest_planner.catalogue.addresses import Part, part_of, partings
from harvest_planner.catalogue.names import fold, nearest
from harvest_planner.catalogue.tables import table
from harvest_planner.catalogue.units import BELOW_DISTRICT, Unit, communes, covered, districts, named, province_rows
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError

_LONGEST_NAME_WORDS = 5


def place_ids() -> tuple[str, ...]:
    """Ids of the catalogue's main places: the 63 provinces before July 2025, then the towns added."""
    return tuple(row["id"] for row in table("places"))


def district_ids() -> tuple[str, ...]:
    """Ids of the districts and district towns that have a point of their own."""
    return tuple(place for place in _rows() if place not in set(place_ids()))


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
    found = _meanings(name)
    if len(found) > 1:
        raise AmbiguousPlaceError(name, found)
    return found[0] if found else None


def nearest_places(name: str, count: int = 3) -> tuple[str, ...]:
    """Ids of the `count` places whose names are most like `name` or a part of it, likest first; suggestions only.

    Examples
    --------
    >>> nearest_places("Ca Mao")[0]
    'ca-mau'
    """
    ids = _ids_by_name()
    wanted = dict.fromkeys((fold(name), *(part.name for parts in partings(name) for part in parts[-2:])))
    found = (place for each in wanted if each for like in nearest(each, ids, count, cutoff=0.0) for place in ids[like])
    return tuple(dict.fromkeys(found))[:count]


def _meanings(text: str) -> tuple[str, ...]:
    parts: tuple[Part, ...] = ()
    for parts in partings(text):
        found = _read(parts)
        if found:
            return found
    return _read_unparted(parts)


def _read(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """The places an address can mean."""
    if not parts:
        return ()
    whole = named(part_of(" ".join(part.folded for part in parts)))
    if whole:
        return whole
    last = parts[-1]
    provinces = covered(last)
    if provinces:
        return _inside(parts[-2::-1], provinces) or named(last)
    # Some write the province first.
    backwards = _inside(parts[1:], covered(parts[0])) if len(parts) > 1 else ()
    return backwards or _finer(_place_ids(districts(last)), parts[-2::-1])


def _inside(parts: Iterable[Part], provinces: tuple[str, ...]) -> tuple[str, ...]:
    """What the parts of an address, from the province on, name within these old provinces; nothing where nothing."""
    parts = tuple(parts)
    settled: tuple[str, ...] = ()
    lost = False
    for at, part in enumerate(parts):
        units = districts(part, provinces)
        if units:
            return _finer(_place_ids(units), parts[at + 1 :])
        narrower = tuple(place for place in named(part) if place in provinces)
        if narrower and len(narrower) < len(provinces):
            settled = provinces = narrower
        elif part.kind in BELOW_DISTRICT and not lost:
            units = communes(part, provinces)
            if units:
                return _place_ids(units)
        elif part.kind is not None and provinces and not narrower:
            elsewhere = _place_ids(districts(part)) or named(part)
            if elsewhere:
                return tuple(dict.fromkeys((*provinces, *elsewhere)))
            lost = True
    return settled


def _finer(places: tuple[str, ...], before: Iterable[Part]) -> tuple[str, ...]:
    """The town of the catalogue that a part names before its district; else the places themselves."""
    if len(places) == 1:
        for part in before:
            for unit in districts(part, (province_id(places[0]),)) if part.kind in (None, "township") else ():
                if unit.place_id in place_ids() and unit.kind == "Thị trấn":
                    return (unit.place_id,)
    return places


def _read_unparted(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Two names written without a sign between them, where the second is a province and the first lies in it."""
    words = parts[-1].folded.split() if parts else []
    for at in range(max(1, len(words) - _LONGEST_NAME_WORDS), len(words)):
        provinces = covered(part_of(" ".join(words[at:])))
        for start in range(max(0, at - _LONGEST_NAME_WORDS), at) if provinces else ():
            found = _inside((part_of(" ".join(words[start:at])),), provinces)
            if found:
                return found
    return ()


def _place_ids(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit.place_id for unit in units))


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
    for row in table("districts"):
        found.setdefault(row["name_vi"], {})[row["place_id"]] = None
    return {name: tuple(places) for name, places in found.items() if name}

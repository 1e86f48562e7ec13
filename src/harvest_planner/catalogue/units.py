"""What a name can mean: provinces old and new, their seats, districts and the communes of July 2025."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from harvest_planner.catalogue.addresses import Part
from harvest_planner.catalogue.names import fold, spelling_key
from harvest_planner.catalogue.tables import table

_KINDS = {
    "city": ("Thành phố",),
    "town": ("Thị xã",),
    "township": ("Thị trấn",),
    "district": ("Huyện", "Quận"),
    "city district": ("Quận",),
    "ward": ("Phường",),
    "commune": ("Xã",),
    "island": ("Đặc khu",),
}
_URBAN = ("Thành phố", "Thị xã", "Thị trấn")
BELOW_DISTRICT = ("ward", "commune", "island")


class Unit(NamedTuple):
    """A district, a town, or a commune by the district its fruit would be delivered in."""

    kind: str
    province_id: str
    """The province before July 2025."""
    place_id: str
    """The place that stands for it: its own, else its province's."""


@lru_cache(maxsize=1)
def province_rows() -> dict[str, dict[str, str]]:
    """The 63 provinces before July 2025, by id."""
    return {row["id"]: row for row in table("places") if row["kind"] == "province"}


@lru_cache(maxsize=4096)
def named(part: Part) -> tuple[str, ...]:
    """The places that a part can mean as the name of a province or of its seat, by the gazetteer's rules."""
    for key in _province_keys(part):
        found = _old().get(key, ()) if part.old else _seats().get(key) or _new().get(key) or _old().get(key, ())
        if found:
            return found
    return tuple(place for name in _meant(part) for place in named(name))


@lru_cache(maxsize=4096)
def covered(part: Part) -> tuple[str, ...]:
    """The old provinces in which a place may lie whose address ends with this part."""
    tables = (_old(),) if part.old else (_old(), _new(), _seats())
    for key in _province_keys(part):
        found = {place for names in tables for place in names.get(key, ())}
        if found:
            return tuple(place for place in province_rows() if place in found)
    return tuple(place for name in _meant(part) for place in covered(name))


def _province_keys(part: Part) -> tuple[str, ...]:
    return part.keys if part.kind in (None, "province", "city") else ()


def _meant(part: Part) -> tuple[Part, ...]:
    """The names for which a part is an abbreviation or a former one; a label may be its first letter (TT Huế)."""
    return next((_aliases()[key] for key in part.keys if key in _aliases()), ())


def districts(part: Part, within: Iterable[str] | None = None) -> tuple[Unit, ...]:
    """The districts and towns that a part names; where a town and the district around it share a name, the town."""
    names = _townships() if part.kind == "township" and within is not None else _districts()
    # What looks like a label may begin the name (Tĩnh Gia).
    for key in part.keys[:1] if part.kind in (*BELOW_DISTRICT, "province") else part.keys:
        found = [unit for unit in names.get(key, ()) if within is None or unit.province_id in within]
        kinds = _KINDS.get(part.kind or "", ())
        said = [unit for unit in found if unit.kind in kinds and key != spelling_key(part.folded)]
        if said or found:
            return tuple(said) or _towns_first(found)
    return ()


def _towns_first(units: list[Unit]) -> tuple[Unit, ...]:
    towns = {unit.province_id for unit in units if unit.kind in _URBAN}
    return tuple(unit for unit in units if unit.kind in _URBAN or unit.province_id not in towns)


def communes(part: Part, within: Iterable[str]) -> tuple[Unit, ...]:
    """The communes in these old provinces that a part names and labels as such: of July 2025, else of before."""
    if part.kind not in (*BELOW_DISTRICT, "township"):
        return ()
    for year in ("2025", "2024"):
        known = _communes(year).get(spelling_key(part.name), ())
        found = [unit for unit in known if unit.province_id in within]
        said = [unit for unit in found if unit.kind in _KINDS[part.kind]]
        if found:
            return tuple(said or found)
    return ()


@lru_cache(maxsize=1)
def _old() -> dict[str, tuple[str, ...]]:
    return {_key(row["name_vi"]): (place,) for place, row in province_rows().items()}


@lru_cache(maxsize=1)
def _new() -> dict[str, tuple[str, ...]]:
    """Names of the 34 provinces of July 2025, with the old ones inside."""
    inside: dict[str, list[str]] = defaultdict(list)
    for place, row in province_rows().items():
        inside[_key(row["merged_into_2025"])].append(place)
    return {name: tuple(places) for name, places in inside.items()}


@lru_cache(maxsize=1)
def _seats() -> dict[str, tuple[str, ...]]:
    return {_key(row["capital"]): (place,) for place, row in province_rows().items()}


@lru_cache(maxsize=1)
def _aliases() -> dict[str, tuple[Part, ...]]:
    names = {_key(row["alias"]): row["names"].split("|") for row in table("place_aliases")}
    return {alias: tuple(Part(fold(name), None, fold(name)) for name in each) for alias, each in names.items()}


@lru_cache(maxsize=1)
def _districts() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = defaultdict(list)
    for row in table("districts"):
        found[_key(row["name_vi"])].append(Unit(row["kind"], row["province_id"], row["place_id"]))
    for row in table("places"):
        if row["kind"] == "town" and all(unit.place_id != row["id"] for unit in found[_key(row["name_vi"])]):
            found[_key(row["name_vi"])].append(Unit("Thị trấn", row["province_id"], row["id"]))
    return {name: tuple(units) for name, units in found.items()}


@lru_cache(maxsize=1)
def _townships() -> dict[str, tuple[Unit, ...]]:
    """The towns that stand for districts, by name, besides the districts themselves."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for row in table("districts"):
        if row["point"]:
            found[_key(row["point"])].append(Unit("Thị trấn", row["province_id"], row["place_id"]))
    return {name: tuple(found.get(name) or units) for name, units in (_districts() | found).items()}


@lru_cache(maxsize=2)
def _communes(year: str) -> dict[str, tuple[Unit, ...]]:
    district = {row["gso_code_2024"]: row for row in table("districts") if row["gso_code_2024"]}
    found: dict[str, list[Unit]] = defaultdict(list)
    for row in table(f"communes_{year}"):
        home = district[row["district_gso_code_2024"]]
        found[_key(row["name_vi"])].append(Unit(row["kind"], home["province_id"], home["place_id"]))
    return {name: tuple(units) for name, units in found.items()}


def _key(name: str) -> str:
    return spelling_key(fold(name))

"""What an address means: its parts read from the province on, nothing guessed.

How a name is read, in this order:

1. An id (`gia-lai`, `mo-duc`) is exact; a bare number or code means nothing.
2. Names are compared folded, and as one word: accents, case, spaces, i/y and c/k do not tell them apart, and nothing
   else is forgiven: a name resolves when its key is equal (similarity 1), never because it is like another.
3. The last part of an address names the province, or the district where it does not; the country, a post code and a
   telephone number behind it do not count. The parts before it, from the right, name the district or the town inside.
4. The seat of a province ("Pleiku", "TP Cà Mau") means that point; a name marked old ("Gia Lai cũ") the old province.
5. A name that a province of July 2025 kept from one of the several it was merged from means any of these ("Lâm Đồng"):
   it is ambiguous, unless it is also the name of the old province's seat ("Cà Mau", "Hải Phòng"): it names that city.
   What stands before it settles it: a district, the old province's name, or a commune that is labelled as one (of July
   2025, else of before). What is labelled and not known leaves such a name open: then "Cà Mau" is ambiguous too.
6. A district that the named province does not have, but another has, is a contradiction: both are candidates.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from harvest_planner.catalogue.addresses import Part, part_of, partings
from harvest_planner.catalogue.tables import table
from harvest_planner.catalogue.units import BELOW_DISTRICT, Unit, communes, covered, districts, named

_LONGEST_NAME_WORDS = 5


def meanings(text: str) -> tuple[str, ...]:
    """Ids of the places that a name or an address can mean; none for one unknown."""
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
    first = covered(parts[0])  # some write the province first
    return (_inside(parts[1:], first) if first else ()) or _finer(districts(last), parts[-2::-1])


def _inside(parts: Iterable[Part], provinces: tuple[str, ...]) -> tuple[str, ...]:
    """What the parts of an address, from the province on, name within these old provinces; nothing where nothing."""
    parts = tuple(parts)
    settled: tuple[str, ...] = ()
    open_: tuple[str, ...] = ()
    for at, part in enumerate(parts):
        units = districts(part, provinces)
        if units:
            return _finer(units, parts[at + 1 :])
        narrower = _narrower(part, provinces)
        if narrower:
            settled = provinces = narrower
        elif part.kind is None or open_ or set(provinces) & set(named(part)):
            continue
        elif communes(part, provinces):
            return _surest(communes(part, provinces))
        elif part.spelt_out and part.kind != "province":
            if part.kind not in BELOW_DISTRICT:
                elsewhere = _place_ids(districts(part)) or named(part)
                if elsewhere:
                    return tuple(dict.fromkeys((*provinces, *elsewhere)))
            # A name that is labelled and not known may lie in any of the provinces; no commune before it can settle it.
            open_ = provinces
    return settled or open_


def _narrower(part: Part, provinces: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the provinces that a part names by themselves or their seat; nothing where it names them all."""
    found = tuple(place for place in named(part) if place in provinces)
    return found if len(found) < len(provinces) else ()


def _surest(units: Iterable[Unit]) -> tuple[str, ...]:
    """The place of communes of one name; their province where they lie in several of its districts."""
    units = tuple(units)
    places = _place_ids(units)
    return places if len(places) == 1 else tuple(dict.fromkeys(unit.province_id for unit in units))


def _finer(units: tuple[Unit, ...], before: Iterable[Part]) -> tuple[str, ...]:
    """The town of the catalogue that a part names before its district; else the places of the units themselves."""
    places = _place_ids(units)
    if len(places) == 1:
        for part in (part for part in before if part.kind in (None, "township")):
            towns = [unit.place_id for unit in districts(part, (units[0].province_id,)) if unit.place_id in _towns()]
            if towns:
                return (towns[0],)
    return places


def _read_unparted(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Two names written without a sign between them, where the second is a province and the first lies in it."""
    words = parts[-1].folded.split() if parts else []
    for at in range(max(1, len(words) - _LONGEST_NAME_WORDS), len(words)):
        provinces = covered(part_of(" ".join(words[at:])))
        for start in range(max(0, at - _LONGEST_NAME_WORDS), at) if provinces else ():
            inner = part_of(" ".join(words[start:at]))
            found = _place_ids(districts(inner, provinces)) or _narrower(inner, provinces)
            if found:
                return found
    return ()


def _place_ids(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit.place_id for unit in units))


@lru_cache(maxsize=1)
def _towns() -> frozenset[str]:
    return frozenset(row["id"] for row in table("places") if row["kind"] == "town")

"""The map of columns: the bundled one, with what a map of one's own says before it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from harvest_planner.catalogue import fold
from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.orders_in.header import Headings
from harvest_planner.formats.orders_in.map_file import MAP_FORMAT, MapFile, Product, State
from harvest_planner.formats.rows import Row, read
from harvest_planner.formats.texts import read_text, shown
from harvest_planner.formats.toml_text import line_of, toml_document
from harvest_planner.formats.versions import upgraded

BUNDLED = "orders_map.toml"
_REPLACED = {("quantity", "from"), ("price", "from")}
"""Lists whose order is their meaning: one's own takes the place of the bundled one."""


@dataclass(frozen=True)
class ColumnMap:
    """How exports are read; made by `load_map`."""

    rules: MapFile
    own: frozenset[tuple[str, str]] = frozenset()
    """(field, folded heading) of the map of one's own: they win over the bundled ones."""

    @cached_property
    def headings(self) -> Mapping[str, tuple[str, int]]:
        """Folded heading → its field, and how much that field prefers it (0 most)."""
        found: dict[str, tuple[str, int]] = {}
        for field, names in self.rules.fields.items():
            for rank, name in enumerate(names):
                folded = fold(name)
                if folded and (folded not in found or (field, folded) in self.own):
                    found[folded] = (field, rank)
        return found

    @cached_property
    def table(self) -> Headings:
        """The headings of a table of orders."""
        others = frozenset(map(fold, self.rules.others))
        return Headings(self.rules.fields, self.headings, ("order", "product"), self.rules.brackets, others)

    @cached_property
    def states(self) -> Mapping[str, State]:
        """Folded word → state of the order."""
        return {fold(word): state for state, words in self.rules.states.items() for word in words}

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """Folded name → product."""
        return {fold(name): product for name, product in self.rules.products.items()}

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Folded name of a place → id of the place."""
        return {fold(name): place_id for name, place_id in self.rules.places.items()}

    @cached_property
    def grades(self) -> Mapping[str, str]:
        """Folded words → grade."""
        return {fold(word): grade for grade, words in self.rules.grades.items() for word in words}


@lru_cache(maxsize=1)
def bundled_map() -> ColumnMap:
    """The map that comes with the library."""
    text = files("harvest_planner.formats.orders_in").joinpath(BUNDLED).read_text(encoding="utf-8")
    return _judged(tomllib.loads(text), text, BUNDLED)


def load_map(path: str | Path | None = None) -> ColumnMap:
    """The map in a file, over the bundled one; without a path the bundled one.

    Raises
    ------
    ProblemFileError : it is no such map; carries every fault with its line.
    """
    if path is None:
        return bundled_map()
    source = Path(path)
    text = read_text(source, source.name)
    given = upgraded(toml_document(text, source.name), current=MAP_FORMAT, name=source.name)
    _refuse_twofold(given, text, source.name)
    bundled = tomllib.loads(files("harvest_planner.formats.orders_in").joinpath(BUNDLED).read_text(encoding="utf-8"))
    return _judged(_over(given, bundled, ()), text, source.name, own=_own(given))


def _own(given: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((field, fold(name)) for field, names in _fields(given) for name in names)


def _fields(given: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    fields = given.get("fields")
    if isinstance(fields, Mapping):
        for field, names in fields.items():
            listed = [names] if isinstance(names, str) else names if isinstance(names, list) else []
            yield field, [name for name in listed if isinstance(name, str)]


def _refuse_twofold(given: Mapping[str, Any], text: str, name: str) -> None:
    """A heading may not stand for two fields."""
    seen: dict[str, str] = {}
    faults = []
    for field, headings in _fields(given):
        for heading in headings:
            other = seen.setdefault(fold(heading), field)
            if other != field:
                line = line_of(text, ("fields", field))
                expected = f"each heading for one field; this one also stands under {other}"
                faults.append(Fault(name, line, f"fields.{field}", heading, expected))
    if faults:
        raise ProblemFileError(faults)


def _over(given: Any, below: Any, path: tuple[str, ...]) -> Any:
    """What is given, completed by what lies below it."""
    if isinstance(given, Mapping) and isinstance(below, Mapping):
        both = {key: _over(given[key], below[key], (*path, key)) for key in given if key in below}
        return {**below, **given, **both}
    if isinstance(below, list) and path not in _REPLACED:
        first = [given] if isinstance(given, str) else given
        return [*first, *(item for item in below if item not in first)] if isinstance(first, list) else given
    return given


def _judged(
    document: Mapping[str, Any], text: str, name: str, own: frozenset[tuple[str, str]] = frozenset()
) -> ColumnMap:
    found = read(Row(name, document, line_of=lambda path: line_of(text, path)), MapFile, passes=1)
    if found.record is None or found.faults:
        raise ProblemFileError(found.faults or [Fault(name, 0, "", shown(document), "a map of columns")])
    return ColumnMap(found.record, own)

"""One row into one record: every fault told with its place, and what is sound kept for the cross-checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from harvest_planner import catalogue
from harvest_planner.errors import Fault
from harvest_planner.formats.columns import Column, columns_of
from harvest_planner.formats.texts import shown
from harvest_planner.schema.quantities import Record

Path = tuple[str | int, ...]
_R = TypeVar("_R", bound=Record)
_PASSES = 6
_STAND_INS: dict[str, Any] = {
    "departures": "FREQ=DAILY",
    "as_of": "2000-01-01T00:00Z",
    "stages": ({"id": "-", "age_d20": 0, "sd_d20": 0},),
    "transit_p50_h": 1,
    "transit_p95_h": 1,
}
_STAND_IN_KINDS = {"instant": "2000-01-01T00:00Z", "day": "2000-01-01", "string": "-", "number": 1, "integer": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in a file."""

    file: str
    values: Mapping[str, Any]
    line: int = 0
    spoilt: frozenset[str] = frozenset()
    """Fields whose fault is already told."""
    cells: Mapping[str, str] | None = None
    """The texts of a table's cells; none: the values are shown."""
    prefix: str = ""
    """What leads from the document to the row: orders[3]."""
    line_of: Callable[[Path], int] | None = None
    """Finds the line of a field where it is not the row's."""

    def fault(self, path: Path, expected: str) -> Fault:
        """The fault of the field at that path."""
        line = self.line_of(path) if self.line_of else self.line
        if not path:
            return Fault(self.file, line, self.prefix.removesuffix("."), "", expected)
        text = shown(_at(self.values, path)) if self.cells is None else shown(self.cells.get(str(path[0]), ""))
        return Fault(self.file, line, self.prefix + label(path), text, expected)


@dataclass(frozen=True, slots=True)
class Entry(Generic[_R]):
    """A row with what could be made of it."""

    row: Row
    record: _R | None
    """The record; where the row has faults, one whose bad fields are filled with stand-ins, for cross-checks only."""
    faults: list[Fault] = field(default_factory=list)
    bad: frozenset[str] = frozenset()
    """The fields that cannot be trusted."""


def read(row: Row, model: type[_R], *, passes: int = _PASSES) -> Entry[_R]:
    """The record that the row describes, or all its faults; each pass fills what the one before found bad."""
    values, bad, faults = dict(row.values), set(row.spoilt), list[Fault]()
    record: _R | None = None
    for _ in range(passes):
        sound = {name: value for name, value in values.items() if name not in bad}
        try:
            record = model.model_validate({**_stand_ins(model, bad), **sound})
            break
        except ValidationError as error:
            told = frozenset(bad)
            deep = None if row.cells is None else 1  # a cell is named whole
            for path, expected in {path[:deep]: text for path, text in _complaints(error, model, values)}.items():
                names = [str(path[0])] if path else _named(expected, model)
                if told.isdisjoint(names):
                    faults.append(row.fault(path or tuple(names[:1]), expected))
                bad.update(names)
            if told == bad:
                break
    return Entry(row, None if "id" in bad else record, faults, frozenset(bad))


def label(path: Path) -> str:
    """A path as people write it: stages[0].sd_d20."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def unknown_field(name: str, known: Mapping[str, Any] | list[str]) -> str:
    """What is expected instead of a field that does not exist."""
    near = catalogue.nearest(name, known, 1)
    return f"no field of this name; did you mean {near[0]!r}?" if near else f"one of the fields {', '.join(known)}"


def _stand_ins(model: type[Record], bad: set[str]) -> dict[str, Any]:
    if not bad:
        return {}
    columns = columns_of(model).items()
    wanted = (column for name, column in columns if name in bad and (column.required or name in _STAND_INS))
    return {column.name: _stand_in(column) for column in wanted}


def _stand_in(column: Column) -> Any:
    return _STAND_INS.get(column.name, _STAND_IN_KINDS.get(column.kinds[0] if column.kinds else "", "-"))


def _complaints(error: ValidationError, model: type[Record], values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """(path, what is expected) of each error, the first one last, so that a dict keeps it."""
    items = error.errors(include_url=False, include_input=False, include_context=False)
    paths = [_path(item["loc"], values, missing=item["type"] in ("missing", "extra_forbidden")) for item in items]
    # A list whose rows are wrong is also called too short.
    shadowed = {path[:depth] for path in paths for depth in range(1, len(path))}
    for item, path in reversed([*zip(items, paths, strict=True)]):
        if path not in shadowed:
            yield path, _expected(item["type"], item["msg"], model, path)


def _expected(kind: str, message: str, model: type[Record], path: Path) -> str:
    home = _home(model, path)
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    column = columns_of(home).get(name) if home else None
    known = column.expected if column else ""
    if kind in ("value_error", "assertion_error"):
        return message.removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return unknown_field(name, columns_of(home)) if home else "no field of this name"
    if kind == "missing":
        return f"{known or 'a value'}; it must be given"
    if kind == "timezone_aware":
        return f"{known}; this one has no offset of a timezone (Viet Nam's is +07:00)"
    return known or message.removeprefix("Input should be ")


def _path(loc: Path, values: Any, *, missing: bool) -> Path:
    """The part of a location that leads through the values; pydantic's also names the branches of unions."""
    path: list[str | int] = []
    here = values
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(here, Mapping) and (part in here or (last and missing) or not path):
            here = here.get(part)
        elif isinstance(here, (list, tuple)) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        else:
            continue
        path.append(part)
    return tuple(path)


def _home(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The record that holds the last field of a path, where one class can be named."""
    home = model
    for name in [part for part in path if isinstance(part, str)][:-1]:
        info = home.model_fields.get(name)
        held: Any = info.annotation if info else None
        held = get_args(held)[0] if get_origin(held) is tuple else held
        if not (isinstance(held, type) and issubclass(held, BaseModel)):
            return None
        home = held
    return home


def _at(values: Any, path: Path) -> Any:
    for part in path:
        if isinstance(values, Mapping):
            values = values.get(part)
        elif isinstance(values, (list, tuple)) and isinstance(part, int) and part < len(values):
            values = values[part]
        else:
            return None
    return values


def _named(message: str, model: type[Record]) -> list[str]:
    return [word for word in re.findall(r"\w+", message) if word in model.model_fields]

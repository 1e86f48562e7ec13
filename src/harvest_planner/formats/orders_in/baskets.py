"""The rows of an export gathered by order: cells filled down, a row told twice kept once."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from harvest_planner.catalogue import fold
from harvest_planner.errors import Fault
from harvest_planner.formats.names import clean
from harvest_planner.formats.orders_in.column_map import ColumnMap
from harvest_planner.formats.orders_in.header import Header
from harvest_planner.formats.orders_in.result import Skipped
from harvest_planner.formats.orders_in.sheet import Sheet, text_of_cell

_OF_A_LINE = (
    "product",
    "variation",
    "grade",
    "quantity",
    "unit",
    "line_kg",
    "line_g",
    "unit_price_vnd",
    "line_total_vnd",
)
_NUMBER = re.compile(r"[^\W_][^\x00-\x1f\x7f|]{0,149}")
_CUT = re.compile(r"[0-9][.,]?[0-9]*E\+[0-9]+", re.IGNORECASE)
_EXACT_DIGITS = 1e15
_PLAIN = frozenset({type(None), int, float, bool, dt.datetime, dt.date, dt.time, dt.timedelta})


class Table:
    """A sheet with its header: the cells of a row by field."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self.slot = {name: position for position, name in enumerate(header.columns)}
        columns = list(header.columns.values())
        self._width = max(columns) + 1
        self._padding = (None,) * self._width
        self._pick: Callable[[Sequence[Any]], Any] = itemgetter(*columns)
        own = [self.slot[name] for name in _OF_A_LINE if name in self.slot]
        self.line_key: Callable[[Sequence[Any]], Any] = itemgetter(*own)

    def cells(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The cells that an order is made of: texts without space around them, None where one is empty."""
        if len(row) < self._width:
            row = (*row, *self._padding[len(row) :])
        cells = []
        for given in self._pick(row):
            cell = given
            if isinstance(cell, str):
                cell = cell.strip() or None
                if cell is not None and not cell.isascii():
                    cell = unicodedata.normalize("NFC", cell)
            cells.append(cell)
        return tuple(cells)

    def fault(self, line: int, name: str, value: str, expected: str) -> Fault:
        """The fault of a field, under the heading that the export gives it."""
        return self.sheet.fault(line, clean(self.header.headings.get(name, name)), masked(value), expected)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an order."""

    table: Table
    number: int
    """Its line in the file."""
    cells: tuple[Any, ...]

    def cell(self, name: str) -> Any:
        """The cell of a field; None where it is empty or the export has no such column."""
        slot = self.table.slot.get(name)
        return None if slot is None else self.cells[slot]

    def text(self, name: str) -> str:
        """The cell of a field as a text."""
        slot = self.table.slot.get(name)
        value = None if slot is None else self.cells[slot]
        return value if isinstance(value, str) else text_of_cell(value)

    def fault(self, name: str, expected: str, value: str | None = None) -> Fault:
        """What is wrong with a field."""
        return self.table.fault(self.number, name, self.text(name) if value is None else value, expected)


@dataclass
class Baskets:
    """The lines of every order, by the marketplace's number, in the order of the export."""

    column_map: ColumnMap
    tables: list[Table] = field(default_factory=list)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)
    """Orders of which a row has a fault already told."""
    computed: list[tuple[str, Line, str]] = field(default_factory=list)
    """Cells of a workbook that may hold a formula: order, line, field."""
    _keys: dict[str, dict[Any, int]] = field(default_factory=dict)

    def take(self, table: Table, rows: Iterator[tuple[int, Sequence[Any]]]) -> None:
        """Add the rows of a table."""
        self.tables.append(table)
        footers = tuple(fold(word) for word in self.column_map.rules.footers)
        order_slot, product_slot = table.slot["order"], table.slot["product"]
        before = ""
        for number, row in rows:
            cells = table.cells(row)
            given, product = cells[order_slot], cells[product_slot]
            line = Line(table, number, cells)
            if product is None and (given is None or _closes(given, footers)):
                continue
            try:
                before = _order_number(given, before)
            except ValueError as error:
                self.faults.append(line.fault("order", str(error)))
                before = ""
                continue
            if table.sheet.computes and any(map(_may_compute, cells)):
                names = [name for name, cell in zip(table.slot, cells, strict=True) if _may_compute(cell)]
                self.computed.extend((before, line, name) for name in names)
            self._add(before, line)

    def _add(self, number: str, line: Line) -> None:
        key = line.table.line_key(line.cells)
        keys = self._keys.setdefault(number, {})
        lines = self.lines.setdefault(number, [])
        if key in keys:
            place = keys[key]
            if line.cells != lines[place].cells:
                # Told again with another state: the last word counts.
                lines[place], line = line, lines[place]
            self.skipped.append(skipped(number, "duplicate", line))
        else:
            keys[key] = len(lines)
            lines.append(line)


def _may_compute(cell: Any) -> bool:
    return cell.startswith("=") if isinstance(cell, str) else type(cell) not in _PLAIN


def skipped(number: str, reason: Any, line: Line) -> Skipped:
    """A line that needs nothing."""
    place = 0 if line.table.sheet.paths else line.number
    return Skipped(marketplace_order=number, reason=reason, file=line.table.sheet.name, line=place)


def _closes(given: Any, footers: tuple[str, ...]) -> bool:
    """Whether a row without a product is the sum below a table."""
    first = fold(text_of_cell(given))
    return any(first == word or first.startswith(f"{word} ") for word in footers)


def _order_number(given: Any, before: str) -> str:
    """The order's number; an empty cell belongs to the order above it."""
    text = text_of_cell(given).removeprefix("'").removeprefix("#").strip()
    if not text:
        if not before:
            raise ValueError("an order number; there is none above it either")
        return before
    if _CUT.fullmatch(text) or (isinstance(given, float) and abs(given) >= _EXACT_DIGITS):
        raise ValueError("an order number with all its digits; a spreadsheet has cut it: export it as text")
    if not _NUMBER.fullmatch(text):
        raise ValueError("an order number of at most 150 characters that begins with a letter or digit")
    return text


_PHONE_LIKE = re.compile(r"\+?[0-9](?:[ .()-]{0,2}[0-9]){8,}")


def masked(text: str) -> str:
    """The text without what may be a phone number: reports go into logs."""
    return _PHONE_LIKE.sub("…", text)

"""Tables as CSV: rows read with their lines and faults, and rows written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harvest_planner.errors import Fault
from harvest_planner.formats.cells import text_of, value_of
from harvest_planner.formats.columns import Column, columns_of
from harvest_planner.formats.rows import Row, unknown_field
from harvest_planner.formats.texts import shown
from harvest_planner.schema.quantities import Record


@dataclass(frozen=True, slots=True)
class Table:
    """What a CSV file holds."""

    rows: list[Row]
    faults: list[Fault]
    whole: bool
    """Whether every row was seen; else nothing can be said of ids that are not among them."""


def read_table(text: str, file: str, model: type[Record]) -> Table:
    """The rows of a CSV text for records of a class, and everything that is wrong with their cells."""
    columns = columns_of(model)
    lines = csv_lines(text, separator_of(text))
    try:
        header = next(((line, names) for line, names in lines if any(name.strip() for name in names)), None)
    except csv.Error as error:
        return Table(
            [], [Fault(file, 1, "header", shown(text.partition("\n")[0]), f"a line of column names ({error})")], False
        )
    if header is None:
        wanted = ", ".join(name for name, column in columns.items() if column.required)
        return Table(
            [], [Fault(file, 1, "header", "", f"a line of column names, at least {wanted}; the file is empty")], False
        )
    at, names = header[0], [name.strip() for name in header[1]]
    faults = list(_header_faults(file, at, names, columns))
    absent = frozenset(name for name, column in columns.items() if column.required and name not in names)
    rows: list[Row] = []
    try:
        for line, cells in lines:
            if any(cell.strip() for cell in cells):
                row, wrong = _row(file, line, dict(zip(names, cells, strict=False)), columns, absent)
                if len(cells) != len(names):
                    row, wrong = _ragged(row, columns), [_miscounted(file, line, cells, names)]
                rows.append(row)
                faults.extend(wrong)
    except csv.Error as error:
        line = rows[-1].line + 1 if rows else at + 1
        expected = f"rows whose quotes are closed ({error}); nothing after the row before is read"
        return Table(rows, [*faults, Fault(file, line, "row", "", expected)], False)
    return Table(rows, faults, "id" not in absent)


def separator_of(text: str, among: str = ",;") -> str:
    """What parts the cells: the mark that stands most often in the first line; the first of `among` where none does."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(among, key=first.count)


def csv_lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row of a CSV text with the physical line on which it starts. Raises csv.Error for a quote left open."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        cells = next(reader, None)
        if cells is None:
            return
        yield line, cells


def _header_faults(file: str, line: int, names: Sequence[str], columns: dict[str, Column]) -> Iterator[Fault]:
    for position, name in enumerate(names):
        if name in names[:position]:
            yield Fault(file, line, name, name, "each column once; this one stands twice")
        elif not name:
            yield Fault(file, line, "header", "", f"a name for column {position + 1}; it has none")
        elif name not in columns:
            hint = "; columns are parted by commas or semicolons" if "\t" in name or "|" in name else ""
            yield Fault(file, line, shown(name), shown(name), unknown_field(name, list(columns)) + hint)
    for name, column in columns.items():
        if column.required and name not in names:
            yield Fault(file, line, name, "", f"a column of this name; it must be given ({column.expected})")


def _row(
    file: str, line: int, cells: dict[str, str], columns: dict[str, Column], absent: frozenset[str]
) -> tuple[Row, list[Fault]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    spoilt = set(absent)
    for name, text in cells.items():
        column = columns.get(name)
        if column is None or not text.strip():
            continue
        try:
            values[name] = value_of(text, column)
        except ValueError as error:
            faults.append(Fault(file, line, name, shown(text), str(error)))
            spoilt.add(name)
    return Row(file, values, line, frozenset(spoilt), cells), faults


def _ragged(row: Row, columns: dict[str, Column]) -> Row:
    """The row with nothing but its id: which cell is missing or too many nobody can say."""
    values = {"id": row.values["id"]} if "id" in row.values else {}
    return Row(row.file, values, row.line, frozenset(columns) - {*values}, row.cells)


def _miscounted(file: str, line: int, cells: Sequence[str], names: Sequence[str]) -> Fault:
    expected = f"{len(names)} cells, one for each column of the header"
    if len(cells) > len(names):
        expected += "; numbers take a decimal point, and a text that holds the separator stands in quotes"
    return Fault(file, line, "cells", str(len(cells)), expected)


def table_text(records: Sequence[Record], model: type[Record]) -> str:
    """The CSV of records: required columns, and those in which any row says more than the default.

    Raises
    ------
    ValueError : a text cannot stand in a cell; names the row, the field and the remedy.
    """
    fields = model.model_fields
    used = [
        column
        for name, column in columns_of(model).items()
        if column.required or any(getattr(record, name) != fields[name].default for record in records)
    ]
    rows = ([_cell(record, column) for column in used] for record in records)
    return csv_text([column.name for column in used], rows)


def _cell(record: Record, column: Column) -> str:
    value = getattr(record, column.name)
    if not column.required and value == type(record).model_fields[column.name].default:
        return ""
    try:
        return text_of(value, column)
    except ValueError as error:
        raise ValueError(f"{type(record).__name__} {getattr(record, 'id', '')!r}: {error}") from None


def csv_text(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV text of cells, with commas and plain line ends."""
    return "".join(",".join(map(_quoted, cells)) + "\n" for cells in (names, *rows))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search(r'[,;"\r\n]', cell) else cell

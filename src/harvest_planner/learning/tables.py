"""Tables as they come, a data frame, rows of dicts or a CSV file, read as cells with the line they stand in."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from harvest_planner.errors import Fault, FitError

Table = str | os.PathLike[str] | Iterable[Mapping[str, Any]] | Any
"""A path to a CSV file, rows of dicts, or a pandas data frame (any object with `columns` and `to_dict`)."""


class Row(NamedTuple):
    """One row: its line in the file, or its number in the table from 1, and its cells by column; None: empty."""

    line: int
    cells: dict[str, Any]


class Sheet(NamedTuple):
    """A table read whole: what to call it in a message, its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, *names: str) -> str | None:
        """The first of these names that the table has."""
        return next((name for name in names if name in self.columns), None)

    def fault(self, row: Row, field: str, expected: str) -> Fault:
        """What is wrong with one cell of a row."""
        value = row.cells.get(field)
        return Fault(self.name, row.line, field, "" if value is None else str(value), expected)


def sheet_of(table: Table, *, name: str) -> Sheet:
    """The table as a sheet; column names are compared in lower case with _ for spaces.

    Parameters
    ----------
    table : a path to a CSV file in UTF-8, rows of dicts, or a pandas data frame.
    name : what messages call a table that has no file name.

    Raises
    ------
    FitError : it has no rows, two columns of one name, or is not a table at all.
    """
    if isinstance(table, str | os.PathLike):
        path = Path(table)
        return _sheet(path.name, _csv_rows(path))
    if hasattr(table, "columns") and hasattr(table, "to_dict"):
        table = table.to_dict("records")
    if isinstance(table, Mapping) or not isinstance(table, Iterable):
        raise FitError(f"{name}: needs a path to a CSV file, rows of dicts or a data frame, not {type(table).__name__}")
    rows = list(table)
    strange = next((row for row in rows if not isinstance(row, Mapping)), None)
    if strange is not None:
        raise FitError(f"{name}: each row must be a dict of column and value, not {strange!r}")
    return _sheet(name, list(enumerate(rows, start=1)))


def _csv_rows(path: Path) -> list[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return [(reader.line_num, {key: cell for key, cell in row.items() if key is not None}) for row in reader]


def _sheet(name: str, rows: list[tuple[int, Mapping[str, Any]]]) -> Sheet:
    if not rows:
        raise FitError(f"{name}: the table has no rows")
    read = tuple(Row(line, {_folded(key): _cell(value) for key, value in row.items()}) for line, row in rows)
    for (_, given), row in zip(rows, read, strict=True):
        if len(given) != len(row.cells):
            raise FitError(f"{name}: two columns of one name among {', '.join(map(str, given))}")
    columns = tuple(dict.fromkeys(column for row in read for column in row.cells))
    return Sheet(name, columns, read)


def _folded(column: Any) -> str:
    return "_".join(str(column).strip().lower().replace("-", " ").split())


def _cell(value: Any) -> Any:
    """The cell; None for what tables hold where nothing was written (blank text, NaN, NaT)."""
    if isinstance(value, str):
        return value.strip() or None
    # pandas' NA is neither true nor false; NaN and NaT differ from themselves.
    if value is None or type(value).__name__ == "NAType":
        return None
    return None if value != value else value  # noqa: PLR0124


def number(value: Any) -> float | None:
    """The finite number in a cell; None where there is none (a yes or no is not a number)."""
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None

"""One table as an export holds it: rows of cells, and how a report calls each place."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harvest_planner.errors import Fault
from harvest_planner.formats.cells import number_text
from harvest_planner.formats.texts import shown

MOST_ROWS = 500_000
MOST_COLUMNS = 500
_EXACT_DIGITS = 1e15


@dataclass(frozen=True)
class Sheet:
    """A table to be read once, from its first row."""

    name: str
    """The file's name, with the sheet's in brackets where there are several."""
    rows: Iterator[tuple[int, Sequence[Any]]]
    """Each row with its line."""
    paths: Sequence[str] = ()
    """For a document: what leads to each row, by its line; its lines are not those of the text."""
    computes: bool = False
    """Whether its cells may be formulas: of a workbook they may."""

    def fault(self, line: int, field: str, value: str, expected: str) -> Fault:
        """The fault of a field in a row."""
        if self.paths:
            return Fault(self.name, 0, f"{self.paths[line]}.{field}", shown(value), expected)
        return Fault(self.name, line, field, shown(value), expected)


def text_of_cell(value: Any) -> str:
    """A cell as a text, composed letter by letter, without space around it; a number is as short as it can be.

    Examples
    --------
    >>> text_of_cell(240815001.0), text_of_cell(None)
    ('240815001', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip()
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_DIGITS:
        return str(int(value))
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def is_blank(cells: Sequence[Any]) -> bool:
    """Whether no cell of the row says anything."""
    return not any(cell is not None and cell != "" and str(cell).strip() for cell in cells)

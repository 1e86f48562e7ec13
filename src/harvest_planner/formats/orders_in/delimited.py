"""An export as CSV: the separator found, the rows with their lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from harvest_planner.formats.orders_in.sheet import MOST_ROWS, Sheet
from harvest_planner.formats.tables import csv_lines, separator_of
from harvest_planner.formats.texts import one_fault

_SEPARATORS = ",;\t"
_HEAD_LINES = 30
_STATED = "sep="


def csv_sheet(text: str, name: str) -> Sheet:
    """The table of a CSV text whose cells are parted by commas, semicolons or tabs."""
    skipped = 0
    if text[: len(_STATED)].lower() == _STATED:  # a first line by which spreadsheets say what parts the cells
        head, _, text = text.partition("\n")
        separator, skipped = head[len(_STATED) :].strip("\r") or "\t", 1
        if len(separator) != 1:
            raise one_fault(name, "sep= and one character", line=1, field="sep", value=separator)
    else:
        separator = _separator(text)
    return Sheet(name, _rows(text, separator, name, skipped))


def _separator(text: str) -> str:
    """The mark that most of the first lines hold: titles above the header have none."""
    lines = (separator_of(line, _SEPARATORS) for line in islice(text.splitlines(), _HEAD_LINES) if _parts(line))
    votes = list(lines)
    return max(_SEPARATORS, key=votes.count)


def _parts(line: str) -> bool:
    return any(mark in line for mark in _SEPARATORS)


def _rows(text: str, separator: str, name: str, skipped: int) -> Iterator[tuple[int, Sequence[Any]]]:
    line = skipped
    try:
        for count, (number, cells) in enumerate(csv_lines(text, separator)):
            line = number + skipped
            if count >= MOST_ROWS:
                raise one_fault(name, f"at most {MOST_ROWS} rows; split the export", line=line)
            yield line, cells
    except csv.Error as error:
        expected = f"rows whose quotes are closed ({error})"
        raise one_fault(name, expected, line=line + 1, field="row") from None

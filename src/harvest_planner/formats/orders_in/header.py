"""The line of headings in a table: found under titles, with merged cells above, and matched with the map."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harvest_planner.catalogue import fold, nearest
from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.orders_in.sheet import Sheet, is_blank, text_of_cell
from harvest_planner.formats.texts import shown

_HEAD_LINES = 30
_WORDY = 3
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_Row = tuple[int, Sequence[Any]]


@dataclass(frozen=True)
class Headings:
    """The headings that a kind of table may have."""

    fields: Mapping[str, tuple[str, ...]]
    """Field → headings as they are spelled, the preferred one first."""
    of: Mapping[str, tuple[str, int]]
    """Folded heading → its field, and how much that field prefers it (0 most)."""
    needed: tuple[str, ...]
    """Fields without which a line is no header."""
    brackets: tuple[str, ...] = ()
    """Words in brackets that say nothing of what a column holds."""
    others: frozenset[str] = frozenset()
    """Folded upper headings of columns that tell of somebody else."""


@dataclass(frozen=True)
class Header:
    """What each column of a table holds."""

    line: int
    columns: dict[str, int]
    """Field → column, from 0."""
    headings: dict[str, str]
    """Field → heading as it stands in the file."""


def find_header(sheet: Sheet, known: Headings, seen: list[Sequence[Any]]) -> tuple[Header, Iterator[_Row]] | None:
    """The header and the rows below it; None where no line names the fields that are needed.

    The first row that says anything joins `seen` while that is empty.

    Raises
    ------
    ProblemFileError : a heading that is needed stands twice.
    """
    head = list(islice(sheet.rows, _HEAD_LINES))
    best: tuple[int, Header] | None = None
    for position, (line, cells) in enumerate(head):
        if is_blank(cells):
            continue
        if not seen:
            seen.append(cells)
        above = head[position - 1][1] if position else ()
        header = _header(line, cells, above, known, sheet)
        if all(field in header.columns for field in known.needed) and (
            best is None or len(header.columns) > len(best[1].columns)
        ):
            best = position, header
    if best is None:
        return None
    return best[1], _chained(head[best[0] + 1 :], sheet.rows)


def no_header(name: str, head: Sequence[Any], known: Headings) -> ProblemFileError:
    """What to say of an export in which no line is a header; `head` is its first row."""
    wanted = " and ".join(f"{field} ({known.fields[field][0]})" for field in known.needed)
    first = " | ".join(text for text in map(text_of_cell, head) if text)
    near = [like for text in map(text_of_cell, head) for like in nearest(text, _spelled(known), 1)][:2]
    hint = f"; near in the map: {', '.join(map(repr, near))}" if near else ""
    expected = (
        f"a line of headings among the first {_HEAD_LINES}, with at least {wanted}; write your headings into a map of "
        f"columns under [fields]{hint}"
    )
    return ProblemFileError([Fault(name, 1, "header", shown(first), expected)])


def _spelled(known: Headings) -> list[str]:
    return [heading for field in known.needed for heading in known.fields.get(field, ())]


def _chained(head: Sequence[_Row], rest: Iterator[_Row]) -> Iterator[_Row]:
    yield from head
    yield from rest


def _header(line: int, cells: Sequence[Any], above: Sequence[Any], known: Headings, sheet: Sheet) -> Header:
    """Each field with the column that its map prefers."""
    groups = _groups(above, len(cells))
    claims: dict[str, list[tuple[tuple[int, int, bool], int, str]]] = {}
    for column, cell in enumerate(cells):
        heading = text_of_cell(cell)
        found = _meaning(heading, groups[column], known)
        if found is not None:
            field, alone, rank = found
            # Two headings that differ in case alone (Shopee has such): the one spelled as in the map comes first.
            other = heading not in known.fields.get(field, ())
            claims.setdefault(field, []).append(((alone, rank, other), column, heading or groups[column]))
    columns, headings = {}, {}
    for field, found_at in claims.items():
        found_at.sort()
        if field in known.needed and len(found_at) > 1 and found_at[0][0] == found_at[1][0]:
            expected = (
                f"one column for {field}; columns {found_at[0][1] + 1} and {found_at[1][1] + 1} are both headed so"
            )
            raise ProblemFileError([Fault(sheet.name, line, "header", shown(found_at[0][2]), expected)])
        columns[field], headings[field] = found_at[0][1], found_at[0][2]
    return Header(line, columns, headings)


def _groups(above: Sequence[Any], width: int) -> list[str]:
    """The upper line of a header in two: a merged cell holds its text in its first column alone."""
    texts, last = [], ""
    for column in range(width):
        last = (text_of_cell(above[column]) if column < len(above) else "") or last
        texts.append(last)
    return texts


def _meaning(heading: str, group: str, known: Headings) -> tuple[str, int, int] | None:
    """The field of a heading, whether it is known (0) together with the one above it or (1) alone, and its rank.

    Where it is empty the one above stands for it. Under another person's (the sender's) it counts only together.
    """
    together, alone = [f"{group} {heading}"] if group and heading else [], [heading or group]
    if heading and fold(group) in known.others:
        alone = []
    elif heading:
        alone.append(_unbracketed(heading, known))
    for apart, forms in enumerate((together, alone)):
        for folded in map(fold, forms):
            if folded in known.of:
                field, rank = known.of[folded]
                return field, apart, rank
    return None


def _unbracketed(heading: str, known: Headings) -> str:
    """The heading without brackets that say nothing of what it holds (a unit does)."""
    idle = {fold(text) for text in known.brackets}

    def kept(match: re.Match[str]) -> str:
        inside = fold(match[1])
        return " " if inside in idle or len(inside.split()) >= _WORDY else match[0]

    return _BRACKET.sub(kept, heading)

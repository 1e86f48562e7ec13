"""Fields of many records without making the records, and rows picked from several sequences of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from harvest_planner.schema.quantities import Record
from harvest_planner.schema.record_table import MadeRows, RecordTable

R = TypeVar("R", bound=Record)
Piece = tuple[Sequence[R], int]
"""A sequence of records, and a place in it."""


def field_of(rows: Sequence[R], name: str) -> Sequence[Any]:
    """One field of all records, in their order; none is made where the field is known without."""
    if isinstance(rows, RecordTable):
        return list(rows.column(name))
    if isinstance(rows, MadeRows) and name in rows.known:
        return rows.known[name]
    return [getattr(row, name) for row in rows]


def picked(pieces: Sequence[Piece[R]], names: Iterable[str]) -> Sequence[R]:
    """The records at some places of several sequences: a tuple, or made on demand where one of those is made so.

    Parameters
    ----------
    names : the fields that are then known without making a record.
    """
    sources = {id(rows): rows for rows, _ in pieces}
    if not any(isinstance(rows, MadeRows) for rows in sources.values()):
        return tuple(rows[at] for rows, at in pieces)
    known = {}
    for name in names:
        columns = {key: field_of(rows, name) for key, rows in sources.items()}
        known[name] = [columns[id(rows)][at] for rows, at in pieces]
    # Pieces of pieces stand for what they are made of, so that plans made from plans do not pile up.
    flat = [rows.pieces[at] if isinstance(rows, MadeRows) and rows.pieces else (rows, at) for rows, at in pieces]
    return MadeRows(len(flat), lambda at: flat[at][0][flat[at][1]], known=known, pieces=flat)

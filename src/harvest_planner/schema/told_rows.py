"""Fields of many records without making the records, and rows picked from several sequences of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, TypeVar

from harvest_planner.schema.quantities import Record
from harvest_planner.schema.record_table import MadeRows, RecordTable

R = TypeVar("R", bound=Record)
Run = tuple[Sequence[R], int, int]
"""Records that follow each other in a sequence: the first of them, and the end."""


def field_of(rows: Sequence[R], name: str) -> Sequence[Any]:
    """One field of all records, in their order; none is made where the field is known without."""
    if isinstance(rows, RecordTable):
        return list(rows.column(name))
    if isinstance(rows, MadeRows) and name in rows.known:
        return rows.known[name]
    return [getattr(row, name) for row in rows]


def records_at(rows: Sequence[R], numbers: Sequence[int]) -> list[R]:
    """The records of those numbers, in their order; those made on demand are made together."""
    return rows.several(numbers) if isinstance(rows, MadeRows) else list(map(rows.__getitem__, numbers))


def picked(runs: Iterable[Run[R]], names: Iterable[str]) -> Sequence[R]:
    """The records of runs of several sequences: a tuple, or made on demand where one of those is made so.

    Parameters
    ----------
    names : the fields that are then known without making a record.
    """
    runs = list(_followed(runs))
    sources = {id(rows): rows for rows, *_ in runs}
    if not any(isinstance(rows, MadeRows) for rows in sources.values()):
        return tuple([row for rows, first, end in runs for row in rows[first:end]])
    known = {}
    for name in names:
        columns = {key: field_of(rows, name) for key, rows in sources.items()}
        known[name] = list(chain.from_iterable(columns[id(rows)][first:end] for rows, first, end in runs))
    # Runs of runs stand for what they are made of, so that plans made from plans do not pile up.
    flat = list(_made_of(runs))
    ends = list(accumulate(end - first for _, first, end in flat))

    def place(at: int) -> tuple[Sequence[R], int]:
        number = bisect_right(ends, at)
        rows, _, end = flat[number]
        return rows, end - ends[number] + at

    def make(at: int) -> R:
        rows, number = place(at)
        return rows[number]

    def make_many(numbers: Sequence[int]) -> list[R]:
        """Those of each sequence together."""
        asked: dict[int, tuple[Sequence[R], dict[int, int]]] = {}
        for at in numbers:
            rows, number = place(at)
            asked.setdefault(id(rows), (rows, {}))[1][at] = number
        made: dict[int, R] = {}
        for rows, places in asked.values():
            made.update(zip(places, records_at(rows, list(places.values())), strict=True))
        return [made[at] for at in numbers]

    return MadeRows(ends[-1], make, known=known, make_many=make_many, runs=flat)


def _followed(runs: Iterable[Run[R]]) -> Iterator[Run[R]]:
    """The same with one run where several follow each other."""
    last: Run[R] | None = None
    for rows, first, end in runs:
        if last is not None and last[0] is rows and last[2] == first:
            last = (rows, last[1], end)
        elif first < end:
            if last is not None:
                yield last
            last = (rows, first, end)
    if last is not None:
        yield last


def _made_of(runs: Iterable[Run[R]]) -> Iterator[Run[R]]:
    """Each run as those of the sequences of which its own is made."""
    ends_of: dict[int, list[int]] = {}
    for rows, first, end in runs:
        if not isinstance(rows, MadeRows) or not rows.runs:
            yield rows, first, end
            continue
        if id(rows) not in ends_of:
            ends_of[id(rows)] = list(accumulate(inner_end - inner_first for _, inner_first, inner_end in rows.runs))
        ends = ends_of[id(rows)]
        number, at = bisect_right(ends, first), first
        while at < end:
            inner, _, inner_end = rows.runs[number]
            until = min(end, ends[number])
            yield inner, inner_end - ends[number] + at, inner_end - ends[number] + until
            at, number = until, number + 1


def runs_of(rows: Sequence[R], places: Iterable[int]) -> Iterator[Run[R]]:
    """Places of a sequence as runs of those that follow each other."""
    first = end = -1
    for at in places:
        if at == end:
            end += 1
            continue
        if first < end:
            yield rows, first, end
        first, end = at, at + 1
    if first < end:
        yield rows, first, end

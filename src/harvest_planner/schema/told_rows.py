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


def picked(runs: Iterable[Run[R]], names: Iterable[str]) -> Sequence[R]:
    """The records of runs of several sequences: a tuple, or made on demand where one of those is made so.

    Parameters
    ----------
    names : the fields that are then known without making a record.
    """
    runs = [run for run in runs if run[1] < run[2]]
    sources = {id(rows): rows for rows, *_ in runs}
    if not any(isinstance(rows, MadeRows) for rows in sources.values()):
        return tuple([row for rows, first, end in runs for row in rows[first:end]])
    known = {}
    for name in names:
        columns = {key: field_of(rows, name) for key, rows in sources.items()}
        known[name] = list(chain.from_iterable(columns[id(rows)][first:end] for rows, first, end in runs))
    # Runs of runs stand for what they are made of, so that plans made from plans do not pile up.
    flat = list(chain.from_iterable(map(_made_of, runs)))
    ends = list(accumulate(end - first for _, first, end in flat))

    def make(at: int) -> R:
        number = bisect_right(ends, at)
        rows, _, end = flat[number]
        return rows[end - ends[number] + at]

    return MadeRows(ends[-1], make, known=known, runs=flat)


def _made_of(run: Run[R]) -> Iterator[Run[R]]:
    rows, first, end = run
    if not isinstance(rows, MadeRows) or not rows.runs:
        yield run
        return
    start = 0
    for inner, inner_first, inner_end in rows.runs:
        low, high = max(first - start, 0), min(end - start, inner_end - inner_first)
        if low < high:
            yield inner, inner_first + low, inner_first + high
        start += inner_end - inner_first


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

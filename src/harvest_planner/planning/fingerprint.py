"""sha256 of a problem; the lines of its records are kept for its next version, which differs by few."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Sequence

from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import Record
from harvest_planner.schema.record_table import RecordTable

_LINES: dict[int, dict[str, list[bytes]]] = {}
"""By the identity of problems in use: a line for each record of their tables, where these are kept one by one."""


def fingerprint(problem: PlanningProblem, *, before: PlanningProblem | None = None) -> str:
    """sha256 of the problem, whatever the order of its rows.

    Parameters
    ----------
    before : a problem that shares most of its records; if its lines are known, they are not written again.
    """
    digest = hashlib.sha256()
    for name in type(problem).model_fields:
        value = getattr(problem, name)
        if isinstance(value, RecordTable):
            lines = ["\n".join(sorted(value.json_lines())).encode()] if len(value) else []
        elif isinstance(value, tuple):
            lines = sorted(_lines(problem, name, before or problem))
        else:
            lines = [_line(value) if isinstance(value, Record) else str(value).encode()]
        digest.update(b"\n".join([name.encode(), *lines, b""]))
    return digest.hexdigest()


def _lines(problem: PlanningProblem, table: str, before: PlanningProblem) -> list[bytes]:
    """A line for each record; one that both problems hold at the same place has the line that it had."""
    records: Sequence[Record] = getattr(problem, table)
    known, olds = _LINES.get(id(before), {}).get(table, []), getattr(before, table)
    told = zip(records, olds, known, strict=False)
    lines = [line if record is old else _line(record) for record, old, line in told]
    lines += map(_line, records[len(lines) :])
    if id(problem) not in _LINES:
        weakref.finalize(problem, _LINES.pop, id(problem), None).atexit = False
    _LINES.setdefault(id(problem), {})[table] = lines
    return lines


def _line(record: Record) -> bytes:
    """What `model_dump_json` writes, by the serializer itself."""
    return type(record).__pydantic_serializer__.to_json(record)

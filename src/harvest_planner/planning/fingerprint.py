"""sha256 of a problem; the lines of its orders are kept for its next version, which differs by few."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Sequence

from harvest_planner.schema.goods import Order
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import Record
from harvest_planner.schema.record_table import RecordTable

_ORDER_LINES: dict[int, list[bytes]] = {}
"""By the identity of problems in use: a line for each of their orders, where these are records."""


def fingerprint(problem: PlanningProblem, *, before: PlanningProblem | None = None) -> str:
    """sha256 of the problem, whatever the order of its rows.

    Parameters
    ----------
    before : a problem that shares most of its orders; if its lines are known, they are not written again.
    """
    digest = hashlib.sha256()
    for name in type(problem).model_fields:
        value = getattr(problem, name)
        if isinstance(value, RecordTable):
            lines = [line.encode() for line in sorted(value.json_lines())]
        elif name == "orders":
            lines = sorted(_order_lines(problem, before or problem))
        elif isinstance(value, tuple):
            lines = sorted(map(_line, value))
        else:
            lines = [_line(value) if isinstance(value, Record) else str(value).encode()]
        digest.update(b"\n".join([name.encode(), *lines, b""]))
    return digest.hexdigest()


def _order_lines(problem: PlanningProblem, before: PlanningProblem) -> list[bytes]:
    """A line for each order; a record that both problems hold at the same place has the line that it had."""
    orders: Sequence[Order] = problem.orders
    known = _ORDER_LINES.get(id(before), [])
    lines = [
        line if order is old else _line(order) for order, old, line in zip(orders, before.orders, known, strict=False)
    ]
    lines += map(_line, orders[len(lines) :])
    if id(problem) not in _ORDER_LINES:
        weakref.finalize(problem, _ORDER_LINES.pop, id(problem), None).atexit = False
    _ORDER_LINES[id(problem)] = lines
    return lines


def _line(record: Record) -> bytes:
    """What `model_dump_json` writes, by the serializer itself."""
    return type(record).__pydantic_serializer__.to_json(record)

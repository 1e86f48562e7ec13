"""Changes of records put into a problem, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from harvest_planner.schema.problem import TABLES, PlanningProblem
from harvest_planner.schema.quantities import Record
from harvest_planner.transit.estimate import lanes_of

if TYPE_CHECKING:
    from harvest_planner.learning.evidence import RecordChange


def applied(problem: PlanningProblem, changes: Iterable[RecordChange]) -> PlanningProblem:
    """The problem with the changes; of records that it does not have nothing is changed, but a whole one is added."""
    tables: dict[str, dict[str, Record]] = {}
    for change in changes:
        rows = tables.setdefault(change.table, _rows(problem, change.table))
        before = rows.get(change.record_id)
        if before is not None:
            rows[change.record_id] = _with(before, change.now)
        elif change.whole is not None:
            rows[change.record_id] = TABLES[change.table].model_validate(change.whole)
    return _with_tables(problem, tables)


def undone(problem: PlanningProblem, changes: Iterable[RecordChange]) -> PlanningProblem:
    """The problem as it was before the changes.

    Raises
    ------
    ValueError : a record is gone, or a field was changed since.
    """
    tables: dict[str, dict[str, Record]] = {}
    for change in changes:
        rows = tables.setdefault(change.table, _rows(problem, change.table))
        current = rows.get(change.record_id)
        if current is None:
            raise ValueError(f"{change.table} {change.record_id!r} is not in the problem any more; nothing was undone")
        fields = current.model_dump(mode="json", include=set(change.now))
        moved = [name for name, value in change.now.items() if fields[name] != value]
        if moved:
            raise ValueError(
                f"{change.table} {change.record_id!r}: {', '.join(moved)} was changed since it was learned; "
                "nothing was undone; put it back first, or leave it out with record_ids"
            )
        if change.whole is not None:
            del rows[change.record_id]
        else:
            rows[change.record_id] = _with(current, change.was)
    return _with_tables(problem, tables)


def _rows(problem: PlanningProblem, table: str) -> dict[str, Record]:
    # A problem without lanes goes by the catalogue's estimates; as soon as one is learned they must all stand in it.
    records = lanes_of(problem) if table == "lanes" else getattr(problem, table)
    return {record.id: record for record in records}


def _with(record: Record, fields: dict[str, Any]) -> Record:
    return type(record).model_validate({**record.model_dump(mode="json"), **fields})


def _with_tables(problem: PlanningProblem, tables: dict[str, dict[str, Record]]) -> PlanningProblem:
    fields: dict[str, Any] = {name: getattr(problem, name) for name in PlanningProblem.model_fields}
    for name, rows in tables.items():
        fields[name] = tuple(rows.values())
    found = PlanningProblem.model_validate(fields)
    if "lanes" in tables and problem.lanes:
        estimates = lanes_of(found.model_copy(update={"lanes": ()}))
        if found.lanes == estimates:
            return PlanningProblem.model_validate({**fields, "lanes": ()})
    return found

"""Records by their ids, whether they are kept one by one or by columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TypeVar

from harvest_planner.schema.quantities import Record
from harvest_planner.schema.record_table import RecordTable

R = TypeVar("R", bound=Record)


class ById(Mapping[str, R]):
    """The records of a table by their ids, made when looked up."""

    def __init__(self, table: RecordTable[R]) -> None:
        self.table = table
        self._rows: dict[str, int] = dict(zip(table.column("id"), range(len(table)), strict=True))

    def place_of(self, key: str) -> int:
        """The row of the record."""
        return self._rows[key]

    def with_rows(self, records: Mapping[str, R]) -> ById[R]:
        """With some records replaced where they stand, or added at the end."""
        after = count(len(self.table))
        places = {self._rows[key] if key in self._rows else next(after): record for key, record in records.items()}
        return ById(self.table.with_rows(places))

    def __getitem__(self, key: str) -> R:
        return self.table[self._rows[key]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows


def by_id(records: Sequence[R]) -> Mapping[str, R]:
    """Records by their ids; those of a table are made when looked up."""
    return ById(records) if isinstance(records, RecordTable) else {record.id: record for record in records}  # type: ignore[attr-defined]


def records_of(rows: Mapping[str, R]) -> Sequence[R]:
    """The records of `by_id` in their order: the table, where it is one."""
    return rows.table if isinstance(rows, ById) else tuple(rows.values())

"""Records by their ids, replaced and added, read alike whether they are kept one by one or by columns."""

from __future__ import annotations

from harvest_planner.schema.by_id import ById, by_id, records_of
from harvest_planner.schema.people import Grower
from harvest_planner.schema.record_table import RecordTable

GROWERS = tuple(Grower(id=f"g{number}") for number in range(3))


def test_rows_of_a_table_are_replaced_where_they_stand_and_new_ones_come_last() -> None:
    changes = {row.id: row for row in (Grower(id="new"), Grower(id="g1", pick_capacity_kg_per_day=5.0))}
    held = by_id(RecordTable.of(Grower, GROWERS))
    assert isinstance(held, ById)
    after = held.with_rows(changes)
    assert tuple(records_of(after)) == tuple({**by_id(GROWERS), **changes}.values())
    assert isinstance(records_of(after), RecordTable)
    assert after["g1"].pick_capacity_kg_per_day == 5.0
    assert tuple(records_of(held)) == GROWERS

"""What is known of many records is told without making them, and picked records stay those of their sequences."""

from __future__ import annotations

from typing import Any

from harvest_planner.schema.people import Grower
from harvest_planner.schema.record_table import MadeRows, RecordTable
from harvest_planner.schema.told_rows import field_of, picked

GROWERS = tuple(Grower(id=f"g{number}") for number in range(4))


def never(at: int) -> Grower:
    raise AssertionError(f"record {at} was made")


def test_a_field_is_told_alike_of_records_tables_and_rows_on_demand() -> None:
    told = ["g0", "g1", "g2", "g3"]
    rows: list[Any] = [GROWERS, RecordTable.of(Grower, GROWERS), MadeRows(4, GROWERS.__getitem__)]
    assert [list(field_of(each, "id")) for each in rows] == [told] * 3
    assert field_of(MadeRows(4, never, known={"id": told}), "id") == told


def test_records_picked_of_tuples_are_a_tuple() -> None:
    assert picked([(GROWERS, 2, 3), (GROWERS[:1], 0, 1)], ("id",)) == (GROWERS[2], GROWERS[0])


def test_records_picked_of_rows_on_demand_are_made_on_demand() -> None:
    lazy = MadeRows(4, GROWERS.__getitem__, known={"id": [grower.id for grower in GROWERS]})
    found = picked([(lazy, 3, 4), (GROWERS, 1, 2)], ("id",))
    assert isinstance(found, MadeRows)
    assert found == (GROWERS[3], GROWERS[1])
    unmade = picked([(MadeRows(4, never, known=lazy.known), 3, 4), (GROWERS, 1, 2)], ("id",))
    assert field_of(unmade, "id") == ["g3", "g1"]


def test_records_picked_of_picked_ones_lead_straight_to_the_first() -> None:
    lazy = MadeRows(4, GROWERS.__getitem__)
    once = picked([(lazy, 3, 4), (lazy, 1, 2)], ())
    twice = picked([(once, 1, 2), (GROWERS, 0, 1)], ())
    assert isinstance(twice, MadeRows)
    assert twice == (GROWERS[1], GROWERS[0])
    assert [rows for rows, *_ in twice.runs] == [lazy, GROWERS]
    assert twice.runs[0][0] is lazy

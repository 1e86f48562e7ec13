"""Records by columns: to their reader they are the tuple of records that rows would have made."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter, ValidationError

import harvest_planner as hp
from harvest_planner.planning.fingerprint import fingerprint
from harvest_planner.schema.frames import rows_of, table_or_rows
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.quantities import Record
from harvest_planner.schema.record_table import RecordTable, table_of
from tests.planning.small import batch, lane, order, problem
from tests.schema.test_frames import GIVEN, PLACES, messages

UTC = dt.UTC
HANOI = dt.timezone(dt.timedelta(hours=7))
NOON = dt.datetime(2026, 8, 12, 12, tzinfo=HANOI)
SOME_INSTANTS = (None, NOON, NOON.astimezone(UTC), "2026-08-12T12:00:00+07:00", "2026-08-13T12:00Z", "2026-08-13", 1)
ORDER_CELLS: dict[str, tuple[Any, ...]] = {
    "id": ("o1", " o2 ", "o3", ""),
    "crop_id": ("own", "na-chi-lang"),
    "quantity_kg": (10, 10.0, True, "10", 2.5, 0, float("nan")),
    "destination_id": ("town", "ha-noi"),
    "deliver_until_at": SOME_INSTANTS[1:],
    "price_vnd_per_kg": (0.0, -0.0, 0, 50_000, 1e300, float("inf")),
    "deliver_from_at": SOME_INSTANTS,
    "placed_at": SOME_INSTANTS,
    "ripe_within_days": (None, "0|2", "0| 3", (0.0, 2.0), "3|1", "1"),
    "room_degc": (None, 20, 20.0, 99),
    "certifications": (None, "VietGAP", "VietGAP|GlobalG.A.P.", ""),
    "may_split": (None, True, 1, "true", 0, 2),
    "state": (None, "firm", "reserved", "perhaps"),
    "failure_cost_vnd_per_kg": (None, 0, 1.5),
}
BATCH_CELLS: dict[str, tuple[Any, ...]] = {
    "id": ("b1", "b2"),
    "grower_id": ("g1",),
    "crop_id": ("own",),
    "place_id": ("farm",),
    "quantity_kg": (100, 80.0, "80", -1),
    "stage_id": ("S1", "S2"),
    "observed_on": ("2026-08-10", dt.date(2026, 8, 10), dt.datetime(2026, 8, 10), "yesterday"),
    "cohorts": (None, "S1 80", "S2 10|S3 5", "S2 900", "S2"),
    "last_spray_on": (None, "unknown", "2026-08-01", dt.date(2026, 8, 1)),
    "days_between_picks": (None, 1, True, "2", 0),
}


@st.composite
def frames(draw: st.DrawFn, cells: dict[str, tuple[Any, ...]], *, required: set[str]) -> pd.DataFrame:
    """A few rows of a few columns; one column in some draws may hold what is wrong."""
    names = [name for name in cells if name in required or draw(st.booleans())]
    count = draw(st.integers(1, 6))
    wild = draw(st.sampled_from((None, *names)))
    columns: dict[str, pd.Series[Any]] = {}
    for name in names:
        among = cells[name] if name == wild else cells[name][:3]
        columns[name] = pd.Series(draw(st.lists(st.sampled_from(among), min_size=count, max_size=count)), dtype=object)
    return pd.DataFrame(columns)


def as_rows_say(frame: pd.DataFrame, model: type[Record]) -> list[Any] | None:
    try:
        return TypeAdapter(list[model]).validate_python(rows_of(frame, model))  # type: ignore[valid-type]
    except ValidationError:
        return None


def required(model: type[Record]) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.is_required()}


def agree(frame: pd.DataFrame, model: type[Record]) -> None:
    plain, found = as_rows_say(frame, model), table_or_rows(frame, model)
    assert isinstance(found, RecordTable) == (plain is not None)
    if plain is not None:
        assert list(found) == plain
        assert [repr(record) for record in found] == [repr(record) for record in plain]
        assert [record.model_fields_set for record in found] == [record.model_fields_set for record in plain]
        assert list(found.json_lines()) == [record.model_dump_json() for record in plain]  # type: ignore[union-attr]


@given(frames(ORDER_CELLS, required=required(Order)))
def test_columns_of_orders_are_judged_as_their_rows(frame: pd.DataFrame) -> None:
    agree(frame, Order)


@given(frames(BATCH_CELLS, required=required(Batch)))
def test_columns_of_batches_are_judged_as_their_rows(frame: pd.DataFrame) -> None:
    agree(frame, Batch)


@pytest.fixture(name="table")
def _table() -> RecordTable[Order]:
    rows = [order(id=f"o{number}", quantity_kg=number % 3 + 1.0, grade=(None, "A")[number % 2]) for number in range(9)]
    found = table_or_rows(pl.DataFrame(rows), Order)
    assert isinstance(found, RecordTable)
    return found


def test_a_table_reads_like_the_tuple_of_its_records(table: RecordTable[Order]) -> None:
    plain = tuple(table)
    assert table == plain
    assert plain == table
    assert table != plain[:-1]
    assert table != (*plain[1:], plain[0])
    assert hash(table) == hash(plain)
    assert len(table) == 9
    assert (table[2], table[-1], table[1:4]) == (plain[2], plain[-1], plain[1:4])
    assert table.index(plain[5]) == 5
    assert plain[5] in table
    assert [*reversed(table)] == [*reversed(plain)]
    assert table + plain[:1] == plain + plain[:1]
    assert plain[:1] + table == plain[:1] + plain
    with pytest.raises(IndexError):
        table[9]
    assert table != "a text"
    assert repr(table) == "<9 records of Order by columns>"


def test_tables_are_equal_when_their_records_are(table: RecordTable[Order]) -> None:
    assert RecordTable.of(Order, tuple(table)) == table
    assert RecordTable.of(Order, table[:8]) != table
    assert pickle.loads(pickle.dumps(table)) == table
    assert table_of(table, Order) is table
    assert table_of(tuple(table), Order) == table


def test_a_column_holds_each_value_once(table: RecordTable[Order]) -> None:
    kg = table.column("quantity_kg")
    assert list(kg.values) == [1.0, 2.0, 3.0]
    assert list(kg) == [record.quantity_kg for record in table]
    assert table.distinct("quantity_kg") == [0, 1, 2]
    assert table.distinct("quantity_kg", "grade") == [0, 1, 2, 3, 4, 5]


def test_a_problem_with_a_table_is_the_problem_with_its_records() -> None:
    orders = [order(), order(id="o2", quantity_kg=3, grade="B")]
    plain = hp.PlanningProblem.model_validate({**GIVEN, "places": PLACES, "orders": orders, "batches": [batch()]})
    found = hp.PlanningProblem.from_frames(
        **GIVEN, places=PLACES, orders=pl.DataFrame(orders, infer_schema_length=None), batches=[batch()]
    )
    assert isinstance(found.orders, RecordTable)
    assert found == plain
    assert found.model_dump() == plain.model_dump()
    assert found.model_dump_json() == plain.model_dump_json()
    assert hp.PlanningProblem.model_validate_json(found.model_dump_json()) == plain
    assert pickle.loads(pickle.dumps(found)) == plain
    assert fingerprint(found) == fingerprint(plain)
    assert found.order("o2") == plain.order("o2")
    with pytest.raises(hp.UnknownIdError):
        found.order("o3")
    assert hp.plan_harvest(found) == hp.plan_harvest(plain)
    assert found.with_frames(batches=[batch(quantity_kg=5)]).orders is found.orders, "judged already"


def test_a_table_of_other_records_is_no_orders() -> None:
    batches = table_or_rows(pl.DataFrame([batch()]), Batch)
    assert isinstance(batches, RecordTable)
    with pytest.raises(ValidationError, match="a table of Batch, where orders are expected"):
        hp.PlanningProblem.model_validate({**GIVEN, "places": PLACES, "orders": batches})


@pytest.mark.parametrize(
    "wrong", [{"id": "o1"}, {"crop_id": "pear"}, {"grade": "Z"}, {"placed_at": "2026-08-11T00:00:00+07:00"}]
)
def test_what_does_not_fit_together_is_said_of_the_same_row(wrong: dict[str, Any]) -> None:
    orders = [order(), order(id="o2"), order(**{"id": "o3", **wrong}), order(**{"id": "o4", **wrong})]
    given_ = {**GIVEN, "places": PLACES, "batches": [batch()]}
    plain = messages(lambda: hp.PlanningProblem.model_validate({**given_, "orders": orders}))
    frame = pl.DataFrame(orders, infer_schema_length=None)
    assert isinstance(table_or_rows(frame, Order), RecordTable)
    assert messages(lambda: hp.PlanningProblem.from_frames(**given_, orders=frame)) == plain


def test_records_without_such_columns_are_judged_as_rows() -> None:
    assert table_or_rows(pd.DataFrame([lane()]), hp.Lane) == rows_of(pd.DataFrame([lane()]), hp.Lane)
    assert problem().orders == (problem().orders[0],)

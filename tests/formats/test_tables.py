"""CSV as spreadsheets write it: separators, byte order marks, line ends, blank rows, quotes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import harvest_planner as hp
from harvest_planner.formats.cells import number_text, text_of, value_of
from harvest_planner.formats.columns import columns_of
from harvest_planner.formats.tables import csv_text, read_table, table_text
from tests.formats.files import SOUND, folder


def test_semicolons_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    usual = hp.load_problem(folder(tmp_path / "usual"))
    text = "id;crop_id;quantity_kg;destination_id;deliver_until_at;price_vnd_per_kg;ripe_within_days\r\n"
    text += "\r\no1;na-chi-lang;20.5;Cà Mau;2026-08-14T18:00+07:00;65000;0|2\r\n;;;;;;\r\n"
    marked = folder(tmp_path / "marked", **{"orders.csv": "\ufeff" + text, "commitments.csv": None})
    (order,) = hp.load_problem(marked).orders
    assert (order.quantity_kg, order.destination_id, order.ripe_within_days) == (20.5, "Cà Mau", (0, 2))
    toml = folder(tmp_path / "toml", **{"problem.toml": "\ufeff" + SOUND["problem.toml"].replace("\n", "\r\n")})
    assert hp.load_problem(toml) == usual


def test_a_row_is_named_by_the_line_on_which_it_starts() -> None:
    found = read_table('id,name\n\ng1,"two\nlines"\n  ,\ng2,one\n', "growers.csv", hp.Grower)
    assert [(row.line, row.values) for row in found.rows] == [
        (3, {"id": "g1", "name": "two\nlines"}),
        (6, {"id": "g2", "name": "one"}),
    ]
    assert found.faults == []


def test_a_header_alone_is_an_empty_table() -> None:
    found = read_table("id,name\n", "growers.csv", hp.Grower)
    assert (found.rows, found.faults, found.whole) == ([], [], True)


def test_columns_stand_in_any_order() -> None:
    found = read_table("name;id\nMơ;g1\n", "growers.csv", hp.Grower)
    assert found.rows[0].values == {"id": "g1", "name": "Mơ"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("TRUE", True), ("Yes", True), ("1", True), ("false", False), ("no", False), ("0", False)],
)
def test_truth(text: str, value: bool) -> None:
    assert value_of(text, columns_of(hp.Order)["may_split"]) is value


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), (" 5.25 ", 5.25), ("1e3", 1000), (".5", 0.5), ("5.", 5), ("+5", 5), ("1.250", 1.25)]
)
def test_numbers(text: str, value: float) -> None:
    assert value_of(text, columns_of(hp.Order)["quantity_kg"]) == value


@pytest.mark.parametrize("text", ["", "-", "0x10", "٣", "1e", "--1", "1.2.3", "1,2,3", "½", "Infinity"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="a number > 0"):
        value_of(text, columns_of(hp.Order)["quantity_kg"])


@pytest.mark.parametrize("value", [60.0, 0.1, 1e-7, 1e22, 1234.5, 65.125, -0.5])
def test_a_number_survives_its_cell(value: float) -> None:
    for name in ("age_shift_d20", "trip_cost_vnd"):
        column = columns_of(hp.Batch)[name]
        assert value_of(text_of(value, column), column) == value
    assert number_text(60.0) == "60"


def test_an_instant_with_an_offset_of_seconds_is_written_in_utc() -> None:
    moment = dt.datetime(1900, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=7, minutes=6, seconds=30)))
    assert text_of(moment, columns_of(hp.Order)["placed_at"]) == "1900-01-01T04:53:30+00:00"


def test_what_needs_quotes_gets_them() -> None:
    assert csv_text(["a", "b"], [['x,"y"', "1;2"], ["p\rq", "r"]]) == 'a,b\n"x,""y""","1;2"\n"p\rq",r\n'


def test_columns_that_say_nothing_are_left_out() -> None:
    growers = [hp.Grower(id="g1"), hp.Grower(id="g2", rest_days=["SU", dt.date(2026, 8, 12)])]
    assert table_text(growers, hp.Grower) == "id,rest_days\ng1,\ng2,SU|2026-08-12\n"


@pytest.mark.parametrize(
    "grower", [hp.Grower(id="g1", name=""), hp.Grower(id="g1", name="\0"), hp.Grower(id="g1", name="\x1c")]
)
def test_a_text_that_no_cell_can_hold_is_refused(grower: hp.Grower) -> None:
    with pytest.raises(ValueError, match=r"Grower 'g1': name = .* cannot stand in a cell of a table; save as a \.json"):
        table_text([grower], hp.Grower)

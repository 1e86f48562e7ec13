"""A plan as a workbook: a sheet for each table, days that are days, and no text that runs."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import harvest_planner as hp
from harvest_planner.formats.words import languages
from tests.formats.files import edited, folder
from tests.formats.plans import PLAN
from tests.planning.small import order, problem


@pytest.fixture
def question(tmp_path: Path) -> hp.PlanningProblem:
    return hp.load_problem(
        folder(tmp_path / "problem", **{"growers.csv": edited("growers.csv", "Nông Văn Thành", "=1+1")})
    )


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = load_workbook(path)
    return {sheet.title: [list(cells) for cells in sheet.iter_rows(values_only=True)] for sheet in book}


def test_a_sheet_for_each_table(tmp_path: Path, question: hp.PlanningProblem) -> None:
    path = hp.write_workbook(PLAN, question, tmp_path / "plan.xlsx")
    found = sheets(path)
    assert list(found) == ["Plan", "Picks", "Shipments", "Confirm or decline", "Refusals", "Summary"]
    assert [len(rows) - 1 for rows in found.values()][:5] == [4, 1, 1, 2, 1]
    first = dict(zip(found["Plan"][0], found["Plan"][1], strict=True))
    assert first == {
        "Batch": "b1",
        "Grower": "'=1+1",
        "Fruit": "Sugar apple of Chi Lang",
        "Pick on": dt.datetime(2026, 8, 11),
        "kg": 45,
        "Destinations": "Cà Mau, local market",
        "No later than": dt.datetime(2026, 8, 15),
        "Left (kg)": 10,
        "Lost from": dt.datetime(2026, 8, 16),
        "Advice": "pick",
    }
    assert found["Plan"][4][0] == "b2"
    assert found["Plan"][4][3] is None


def test_days_are_days_and_instants_are_local(tmp_path: Path, question: hp.PlanningProblem) -> None:
    book: Any = load_workbook(hp.write_workbook(PLAN, question, tmp_path / "plan.xlsx", language="vi"))
    sheet = book["Chuyến gửi"]
    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert cells["Ngày hái"].is_date
    assert cells["Ngày hái"].number_format == "dd/mm/yyyy"
    assert cells["Khởi hành"].value == dt.datetime(2026, 8, 11, 15)
    assert cells["Khởi hành"].number_format == "dd/mm/yyyy hh:mm"
    assert (cells["Tỷ lệ quả ngon"].value, cells["Tỷ lệ quả ngon"].number_format) == (0.86, "0%")


def test_columns_are_as_wide_as_what_they_hold(tmp_path: Path, question: hp.PlanningProblem) -> None:
    book: Any = load_workbook(hp.write_workbook(PLAN, question, tmp_path / "plan.xlsx"))
    for sheet in book:
        for column in sheet.iter_cols():
            width = sheet.column_dimensions[column[0].column_letter].width
            longest = max(len("31/12/2026") if cell.is_date else len(str(cell.value or "")) for cell in column)
            assert min(longest, 58) < width <= 60


def test_no_cell_is_a_formula(tmp_path: Path, question: hp.PlanningProblem) -> None:
    evil = PLAN.refusals[0].model_copy(update={"order_id": "o2"})
    found = PLAN.model_copy(update={"refusals": (evil,)})
    book: Any = load_workbook(hp.write_workbook(found, question, tmp_path / "plan.xlsx"))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [
        cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")) and cell.data_type == "s"
    ] == []
    assert "'=1+1" in {cell.value for cell in cells}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_its_headings(tmp_path: Path, question: hp.PlanningProblem, language: str) -> None:
    found = sheets(hp.write_workbook(PLAN, question, tmp_path / "plan.xlsx", language=language))
    assert all(len(set(rows[0])) == len(rows[0]) for rows in found.values())


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, question: hp.PlanningProblem) -> None:
    one, two = (hp.write_workbook(PLAN, question, tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert one == two


def test_what_to_tell_the_marketplace(tmp_path: Path) -> None:
    """Confirm or decline, by when, and why: the most urgent first."""
    asked = problem(
        orders=[
            order(id="late", confirm_by_at="2026-08-12T10:00+07:00", state="reserved"),
            order(id="soon", confirm_by_at="2026-08-11T10:00+07:00", state="reserved"),
            order(id="choosy", grade="A"),
            order(id="large", quantity_kg=200, may_split=True, price_vnd_per_kg=20_000),
        ]
    )
    answer = hp.plan_harvest(asked)
    found = sheets(hp.write_workbook(answer, asked, tmp_path / "plan.xlsx"))["Confirm or decline"][1:]
    assert [(row[0], row[1], row[2], row[3]) for row in found] == [
        ("soon", "confirm", dt.datetime(2026, 8, 11, 10), 10),
        ("late", "confirm", dt.datetime(2026, 8, 12, 10), 10),
        ("choosy", "decline", None, 0),
        ("large", "confirm a part", None, 80),
    ]
    assert re.fullmatch(r"picked (\w+ \d+ Aug), arrives \1; good fruit 100%, in time 100%", found[0][4])
    assert found[2][4] == "no batch of durable is of grade A or better"
    assert "120 kg are left out: " in found[3][4]


def test_a_table_too_long_for_a_sheet_is_refused(
    tmp_path: Path, question: hp.PlanningProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvest_planner.formats.workbook.MOST_ROWS", 3)
    with pytest.raises(ValueError, match="would have 4 rows, a workbook holds 3"):
        hp.write_workbook(PLAN, question, tmp_path / "plan.xlsx")
    assert not (tmp_path / "plan.xlsx").exists()


def test_without_the_package_the_extra_is_named(
    tmp_path: Path, question: hp.PlanningProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(hp.MissingExtraError, match=r"harvest-planner\[excel\]"):
        hp.write_workbook(PLAN, question, tmp_path / "plan.xlsx")

"""The log on disk: nothing is lost, nothing runs as a formula, everything wrong is told with its line."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.formats.cells import FORMULA_STARTS, guarded, unguarded
from harvest_planner.formats.records.log_files import log_text
from tests.formats.records.done import LOT, OTHER, SECRETS, done, fresh, row_of


@pytest.mark.parametrize("name", ["log.csv", "log.json"])
def test_a_log_is_read_back_as_it_was(tmp_path: Path, name: str) -> None:
    for log in (fresh(), done(deviation_reason='sâu, "dơi"\nmưa'), hp.HarvestLog()):
        assert hp.load_log(hp.save_log(log, tmp_path / name)) == log


@given(text=st.text(alphabet=st.sampled_from("'=+-@ab |;,\"\n\u0111"), min_size=1).filter(str.strip))
def test_any_text_survives_and_none_runs(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(FORMULA_STARTS)


HOSTILE = "=cmd|'/C calc'!A1"


def test_no_cell_runs_as_a_formula(tmp_path: Path) -> None:
    texts = {"picker", "variety", "plot", "receiver", "receiver_address", "parcel_no", "deviation_reason", "carrier"}
    rows = [row.model_copy(update=dict.fromkeys(texts, HOSTILE)) for row in fresh().rows]
    rows = [row.model_copy(update={"batch_id": f"@{row.batch_id}", "kept_by": "+84"}) for row in rows]
    log = hp.HarvestLog(rows=tuple(rows))
    path = hp.save_log(log, tmp_path / "log.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        cells = [cell for line in csv.reader(handle) for cell in line]
    assert [cell for cell in cells if cell.startswith(FORMULA_STARTS)] == []
    assert cells.count(f"'{HOSTILE}") == len(texts) * len(rows)
    assert hp.load_log(path) == log


def test_every_column_is_there_to_be_filled_in_by_hand(tmp_path: Path) -> None:
    head, first, *_ = csv.reader(log_text(fresh()).splitlines())
    assert [*hp.HarvestRow.model_fields, "interval", "keep_until"] == head
    assert first[-2:] == ["no_treatment", "2027-02-11"]
    path = tmp_path / "log.csv"
    filled = log_text(fresh()).replace(",45,,,", ",45,44.5,2026-08-11T09:15+07:00,", 1)
    path.write_text(
        filled.replace(",", ";").replace("no_treatment;2027-02-11", "whatever;who knows"), encoding="utf-8-sig"
    )
    row = row_of(hp.load_log(path), LOT, "o1")
    assert (row.actual_kg, row.interval_check) == (44.5, "no_treatment"), "what is worked out is not read"


def test_the_page_of_the_log_names_every_column() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "harvest_log.md"
    named = set(re.findall(r"`(\w+)`", page.read_text(encoding="utf-8")))
    assert {*hp.HarvestRow.model_fields, "interval", "keep_until"} <= named


def test_faults_name_the_line_and_the_field_and_no_person(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    lines = log_text(fresh()).splitlines()
    lines[1] = lines[1].replace(",45,", ",viel,")
    lines[2] = lines[2].replace("260811-b18", "lô 18")
    lines[3] = lines[3].replace("2026-08-13T05:00:00+07:00", "2026-08-13 05:00")
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(hp.ProblemFileError) as caught:
        hp.load_log(path)
    assert [(fault.line, fault.field) for fault in caught.value.faults] == [
        (2, "planned_kg"),
        (3, "lot_code"),
        (4, "plan_from_at"),
    ]
    assert [secret for secret in SECRETS if secret in str(caught.value)] == []


def test_rows_that_contradict_each_other_are_faults(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    lines = log_text(fresh()).splitlines()
    lines[5] = lines[5].replace("bờ suối", "đồi")
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(hp.ProblemFileError, match=f"log.csv:6: plot = 'đồi': the same plot in all rows of lot {OTHER}"):
        hp.load_log(path)


def test_a_json_log_that_is_wrong_tells_of_no_person(tmp_path: Path) -> None:
    path = hp.save_log(fresh(), tmp_path / "log.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"VOSO77"', "77"), encoding="utf-8")
    with pytest.raises(hp.ProblemFileError) as caught:
        hp.load_log(path)
    assert [(fault.field, fault.value) for fault in caught.value.faults] == [("rows[0].parcel_no", "")]
    path.write_text('{"format": "harvest-planner/log/2"}', encoding="utf-8")
    with pytest.raises(hp.ProblemFileError, match="upgrade harvest-planner"):
        hp.load_log(path)


def test_contacts_as_an_import_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    head = "order_id,name,phone,address,marketplace,marketplace_order,parcel_no\n"
    path.write_text(head + 'o1,\'=Bưởi,0912345678,"12 Lê Lợi, Cà Mau",Vỏ Sò,VS-1,VOSO77\n', encoding="utf-8")
    (contact,) = hp.load_contacts(path)
    assert (contact.order_id, contact.name, contact.address) == ("o1", "=Bưởi", "12 Lê Lợi, Cà Mau")
    path.write_text(head + 2 * "o1,Trần Thị Bưởi,0912345678,12 Lê Lợi,,VS-1,VOSO77\n" + "o2,x\n", encoding="utf-8")
    with pytest.raises(hp.ProblemFileError) as caught:
        hp.load_contacts(path)
    assert [(fault.line, fault.field) for fault in caught.value.faults] == [(3, "order_id"), (4, "cells")]
    assert [secret for secret in SECRETS if secret in str(caught.value)] == []
    path.write_text("who,what\nTrần Thị Bưởi,0912345678\n", encoding="utf-8")
    with pytest.raises(hp.ProblemFileError, match="the columns order_id, name") as caught:
        hp.load_contacts(path)
    assert "Bưởi" not in str(caught.value)

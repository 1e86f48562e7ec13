"""Problems from disk: what is read as meant, and what is refused with its place."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from harvest_planner.errors import Fault
from harvest_planner.formats.documents import save_problem
from harvest_planner.formats.problems import load_problem
from tests.formats.files import SOUND, edited, faults_of, file_name, folder

HANOI = dt.timezone(dt.timedelta(hours=7))


def _places(faults: list[Fault]) -> list[tuple[str, int, str, str]]:
    return [fault[:4] for fault in faults]


def _spoilt(home: Path, name: str, old: str, new: str) -> list[Fault]:
    return faults_of(folder(home, **{name.replace(".", "_"): edited(name, old, new)}))


def test_a_sound_folder_is_read_as_it_is_meant(tmp_path: Path) -> None:
    problem = load_problem(folder(tmp_path / "sound"))
    assert problem.as_of == dt.datetime(2026, 8, 10, 18, tzinfo=HANOI)
    assert (problem.policy.min_good_share, problem.policy.horizon_days, problem.policy.handling_h) == (0.5, 10, 2.0)
    first, second, third = problem.orders
    assert first.certifications == ("VietGAP", "GlobalG.A.P.")
    assert (first.may_split, second.may_split, third.may_split) == (True, False, False)
    assert second.destination_id == "Cà Mau"
    assert second.deliver_from_at == dt.datetime(2026, 8, 13, 6, tzinfo=dt.UTC)
    assert (second.price_vnd_per_kg, second.grade, second.room_degc) == (80000.5, None, None)
    assert third.ripe_within_days == (1, 5)
    assert problem.batches[0].plot == 'Đồi sau, phía "tây"\nnương mới'
    assert (problem.batches[0].last_spray_on, problem.batches[1].last_spray_on) == ("unknown", dt.date(2026, 8, 1))
    assert problem.growers[0].rest_days == ("SU", dt.date(2026, 8, 12))
    assert problem.growers[1].picks_until == dt.time(8, 15, 30)
    assert problem.crop("plum-red").window_d20 == 2.5
    assert problem.crop("plum-red").ready_at_d20 == problem.crop("plum").ready_at_d20 == 3.0


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path, name: str) -> None:
    plain = load_problem(folder(tmp_path / "plain"))
    text = SOUND[name] if "nương" in SOUND[name] else SOUND[name].replace("\n", "\r\n")
    marked = folder(tmp_path / "marked", **{name.replace(".", "_"): b"\xef\xbb\xbf" + text.encode()})
    assert load_problem(marked) == plain


def test_semicolons_separate_as_well_as_commas(tmp_path: Path) -> None:
    orders = SOUND["orders.csv"].replace(",", ";")
    growers = SOUND["growers.csv"].replace(",", ";")
    mixed = folder(tmp_path / "mixed", orders_csv=orders, growers_csv=growers)
    assert load_problem(mixed) == load_problem(folder(tmp_path / "commas"))


@pytest.mark.parametrize("word", ["true", "TRUE", "yes", "Yes", "1"])
def test_words_for_true(tmp_path: Path, word: str) -> None:
    home = folder(tmp_path / "p", orders_csv=edited("orders.csv", "yes,firm", f"{word},firm"))
    assert load_problem(home).orders[0].may_split is True


@pytest.mark.parametrize("word", ["false", "False", "no", "NO", "0"])
def test_words_for_false(tmp_path: Path, word: str) -> None:
    home = folder(tmp_path / "p", orders_csv=edited("orders.csv", "yes,firm", f"{word},firm"))
    assert load_problem(home).orders[0].may_split is False


@pytest.mark.parametrize("name", ["places_csv", "embargoes_csv", "commitments_csv"])
def test_an_optional_file_may_be_missing(tmp_path: Path, name: str) -> None:
    home = folder(tmp_path / "p", **{name: None})
    if name == "places_csv":
        # Other files refer to the place of its own.
        assert {fault.value for fault in faults_of(home)} == {"town"}
        return
    assert getattr(load_problem(home), file_name(name).removesuffix(".csv")) == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "field", "value", "told"),
    [
        ("orders.csv", "na-chi-lang,20", "durian,20", 2, "crop_id", "durian", "unknown crop"),
        ("orders.csv", "ha-noi,2026", "ha-noy,2026", 2, "destination_id", "ha-noy", "did you mean 'ha-noi'"),
        ("orders.csv", ",20,", ",inf,", 2, "quantity_kg", "inf", "a number > 0"),
        ("orders.csv", ",20,", ",-1,", 2, "quantity_kg", "-1", "a number > 0"),
        ("orders.csv", ",65000,", ',"1.234,5",', 2, "price_vnd_per_kg", "1.234,5", "decimal point"),
        ("orders.csv", ",65000,", ',"65000,5",', 2, "price_vnd_per_kg", "65000,5", "65000.5"),
        ("orders.csv", ",65000,", ",1.234.567,", 2, "price_vnd_per_kg", "1.234.567", "1234567"),
        ("orders.csv", "0|2", "2|0", 2, "ripe_within_days", "2|0", "before it starts"),
        ("orders.csv", "0|2", "0|2|3", 2, "ripe_within_days", "0|2|3", "2 values parted by |"),
        ("orders.csv", "0|2", "0|", 2, "ripe_within_days", "0|", "one of them is empty"),
        ("orders.csv", ",A,", ",Z,", 2, "grade", "Z", "one of the crop's grades: A, B, C"),
        ("orders.csv", "yes,firm", "yes,sure", 2, "state", "sure", "firm"),
        ("orders.csv", "18:00+07:00,65000", "18:00,65000", 2, "deliver_until_at", "2026-08-14T18:00", "no offset"),
        ("batches.csv", ",S2,", ",S9,", 2, "stage_id", "S9", "S1, S2, S3, S4"),
        ("batches.csv", "b1,g1,", "b1,g3,", 2, "grower_id", "g3", "unknown grower"),
        ("batches.csv", "chi-lang,60", "chi-lung,60", 2, "place_id", "chi-lung", "chi-lang"),
        ("batches.csv", "b2,g2,", "b1,g2,", 4, "id", "b1", "used twice"),
        ("batches.csv", "2026-08-01", "1/8/2026", 4, "last_spray_on", "1/8/2026", "a day such as"),
        ("growers.csv", "SU|2026-08-12", "SU|holiday", 2, "rest_days", "SU|holiday", "neither a weekday"),
        ("growers.csv", "06:30", "6h30", 3, "picks_from", "6h30", "a clock time"),
        ("places.csv", "21.661", "121.661", 2, "latitude_deg", "121.661", "≤ 90"),
        ("lanes.csv", ",20,36", ",20,16", 2, "transit_p95_h", "16", "below transit_p50_h"),
        ("lanes.csv", "FREQ=DAILY;", "EVERY DAY;", 2, "departures", "EVERY DAY;BYHOUR=18;BYMINUTE=0;BYSECOND=0", "5545"),
        ("embargoes.csv", "2026-08-13", "2026-08-11", 2, "until_on", "2026-08-11", "before from_on"),
        ("commitments.csv", "o3,", "o9,", 2, "order_id", "o9", "unknown order"),
        ("commitments.csv", ",7.5", ",9", 2, "kg", "9", "at most the order's 7.5 kg"),
        ("problem.toml", "min_good_share", "min_god_share", 5, "policy.min_god_share", "0.5", "'min_good_share'"),
        ("problem.toml", "= 10", "= 0", 6, "policy.horizon_days", "0", "a whole number ≥ 1"),
        ("problem.toml", "18:00:00+07:00", "18:00:00", 2, "as_of", "2026-08-10 18:00:00", "offset"),
        ("problem.toml", "= 10", "= = 10", 6, "line", "horizon_days = = 10", "TOML"),
        ("crops.toml", "window_d20 = 2.0", "window_d20 = -2.0", 5, "crops[0].window_d20", "-2.0", "> 0"),
        ("crops.toml", "sd_d20 = 1.0", "sd_d20 = -1.0", 12, "crops[0].stages[0].sd_d20", "-1.0", "≥ 0"),
        ("crops.toml", 'like = "plum"', 'like = "plumb"', 16, "crops[1].like", "plumb", "did you mean 'plum'"),
    ],
)
def test_one_fault_is_told_alone_and_in_its_place(
    tmp_path: Path, name: str, old: str, new: str, line: int, field: str, value: str, told: str
) -> None:
    faults = _spoilt(tmp_path / "p", name, old, new)
    assert _places(faults) == [(name, line, field, value)]
    assert told in faults[0].expected


def test_a_column_that_is_missing_and_one_that_is_unknown(tmp_path: Path) -> None:
    faults = _spoilt(tmp_path / "p", "orders.csv", "id,crop_id,quantity_kg", "id,crop_id,quantity_k")
    assert [(fault.file, fault.line, fault.field) for fault in faults] == [
        ("orders.csv", 1, "quantity_k"),
        ("orders.csv", 1, "quantity_kg"),
    ]
    assert "did you mean 'quantity_kg'" in faults[0].expected
    assert "it must be given" in faults[1].expected


def test_an_id_in_a_bad_row_is_not_called_unknown(tmp_path: Path) -> None:
    faults = _spoilt(tmp_path / "p", "growers.csv", "05:00,09:00", "09:00,05:00")
    assert _places(faults) == [("growers.csv", 2, "picks_until", "05:00")]


@pytest.mark.parametrize("name", ["problem_toml", "orders_csv", "batches_csv", "growers_csv"])
def test_a_needed_file_that_is_missing_is_the_one_fault(tmp_path: Path, name: str) -> None:
    home = folder(tmp_path / "p", commitments_csv=None, **{name: None})
    told = [fault for fault in faults_of(home) if fault.file == file_name(name)]
    assert [(fault.line, fault.expected) for fault in told] == [(0, "a file of this name; there is none")]


@pytest.mark.parametrize("name", ["orders_csv", "batches_csv", "growers_csv", "lanes_csv"])
def test_an_empty_file_is_told(tmp_path: Path, name: str) -> None:
    told = [fault for fault in faults_of(folder(tmp_path / "p", **{name: b""})) if fault.file == file_name(name)]
    assert len(told) == 1
    assert (told[0].line, told[0].field) == (1, "header")
    assert "the file is empty" in told[0].expected


@pytest.mark.parametrize("name", sorted(SOUND))
@pytest.mark.parametrize(
    ("encoding", "value"), [("utf-16", "UTF-16"), ("windows-1258", "byte 0x")], ids=["utf-16", "windows-1258"]
)
def test_another_encoding_is_named_as_such(tmp_path: Path, name: str, encoding: str, value: str) -> None:
    data = (SOUND[name].rstrip("\n") + "đ\n").encode(encoding, errors="replace")
    told = [fault for fault in faults_of(folder(tmp_path / "p", **{name.replace(".", "_"): data})) if fault.file == name]
    assert len(told) == 1
    assert told[0].field == "encoding"
    assert told[0].value.startswith(value)
    assert "save the file as UTF-8" in told[0].expected


def test_ragged_rows_are_counted(tmp_path: Path) -> None:
    faults = _spoilt(tmp_path / "p", "places.csv", "106.55,29", "106,55,29")
    assert _places(faults) == [("places.csv", 2, "cells", "5")]
    assert "4 cells" in faults[0].expected


def test_an_open_quote_stops_that_file_only(tmp_path: Path) -> None:
    home = folder(
        tmp_path / "p",
        places_csv=edited("places.csv", "town,", '"town,'),
        orders_csv=edited("orders.csv", ",20,", ",x,"),
    )
    files = {fault.file for fault in faults_of(home)}
    assert {"places.csv", "orders.csv"} <= files


def test_a_place_name_with_several_meanings_lists_them(tmp_path: Path) -> None:
    faults = _spoilt(tmp_path / "p", "orders.csv", "Cà Mau", "Châu Thành")
    assert _places(faults) == [("orders.csv", 3, "destination_id", "Châu Thành")]
    assert "ambiguous" in faults[0].expected


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    faults = faults_of(tmp_path / "nowhere")
    assert len(faults) == 1
    assert "a folder with problem.toml" in faults[0].expected
    assert faults[0].file == str(tmp_path / "nowhere")


def test_a_misnamed_file_is_not_left_out_silently(tmp_path: Path) -> None:
    home = folder(tmp_path / "p", lanes_csv=None)
    (home / "lane.csv").write_text(SOUND["lanes.csv"], encoding="utf-8")
    assert [(fault.file, "'lanes.csv'" in fault.expected) for fault in faults_of(home)] == [("lane.csv", True)]


def _document(home: Path) -> dict[str, Any]:
    path = home / "sound.json"
    home.mkdir()
    save_problem(load_problem(folder(home / "p")), path)
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _written(home: Path, document: Any) -> Path:
    path = home / "spoilt.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_document_tells_all_its_faults_with_paths(tmp_path: Path) -> None:
    document = _document(tmp_path / "d")
    document["orders"][0]["quantity_kg"] = -3
    document["batches"][1]["grower_id"] = "g7"
    document["lane"] = []
    faults = faults_of(_written(tmp_path, document))
    assert sorted((fault.field, fault.value) for fault in faults) == [
        ("batches[1].grower_id", "g7"),
        ("lane", "[]"),
        ("orders[0].quantity_kg", "-3"),
    ]


@pytest.mark.parametrize("number", [2, 17])
def test_a_newer_document_is_refused(tmp_path: Path, number: int) -> None:
    stated = f"harvest-planner/problem/{number}"
    faults = faults_of(_written(tmp_path, {**_document(tmp_path / "d"), "format": stated}))
    assert [(fault.field, fault.value) for fault in faults] == [("format", stated)]
    assert "upgrade harvest-planner" in faults[0].expected


@pytest.mark.parametrize("text", ["", "[]", "{", '{"as_of": NaN}', "nothing", '{"orders": 3}', "[" * 100_000])
def test_what_is_no_document_is_one_clear_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text, encoding="utf-8")
    assert {fault.file for fault in faults_of(path)} == {"p.json"}

"""Problems from disk: what is read as meant, and what is refused with its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from harvest_planner.formats.problems import load_problem
from tests.formats.files import SOUND, edited, faults_of, file_name, folder

HANOI = dt.timezone(dt.timedelta(hours=7))


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


@pytest.mark.parametrize("name", sorted(SOUND))
@pytest.mark.parametrize(
    ("encoding", "value"), [("utf-16", "UTF-16"), ("windows-1258", "byte 0x")], ids=["utf-16", "windows-1258"]
)
def test_another_encoding_is_named_as_such(tmp_path: Path, name: str, encoding: str, value: str) -> None:
    data = (SOUND[name].rstrip("\n") + "đ\n").encode(encoding, errors="replace")
    (told,) = (fault for fault in faults_of(folder(tmp_path / "p", **{name: data})) if fault.file == name)
    assert told.field == "encoding"
    assert told.value.startswith(value)
    assert "save the file as UTF-8" in told.expected


def test_a_place_name_with_several_meanings_lists_them(tmp_path: Path) -> None:
    (fault,) = faults_of(folder(tmp_path / "p", orders_csv=edited("orders.csv", "Cà Mau", "Gia Lai")))
    assert fault[:4] == ("orders.csv", 3, "destination_id", "Gia Lai")
    assert "ambiguous: it may be binh-dinh, gia-lai; write one of these ids" in fault.expected


def test_a_misspelt_horizon_says_nothing_about_departures(tmp_path: Path) -> None:
    """Which horizon was meant nobody knows; a policy's other faults leave it known."""
    lanes = edited("lanes.csv", "FREQ=DAILY;", "FREQ=YEARLY;BYMONTH=1;")
    horizon = folder(
        tmp_path / "a", lanes_csv=lanes, problem_toml=edited("problem.toml", "horizon_days", "horizon_day")
    )
    assert [fault.field for fault in faults_of(horizon)] == ["policy.horizon_day"]
    other = folder(tmp_path / "b", lanes_csv=lanes, problem_toml=edited("problem.toml", "= 0.5", "= 5"))
    assert [fault.field for fault in faults_of(other)] == ["policy.min_good_share", "departures"]

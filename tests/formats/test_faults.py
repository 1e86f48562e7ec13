"""A folder that cannot be used: one report of everything, by file, line, field, value and what was expected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.formats.files import SOUND, edited, faults_of, folder

INSTANT = "an instant with its offset"


def only(home: Path, **changes: str | bytes | None) -> hp.Fault:
    (fault,) = faults_of(folder(home, **changes))
    return fault


def test_the_sound_folder_is_sound(tmp_path: Path) -> None:
    problem = hp.load_problem(folder(tmp_path))
    assert [order.id for order in problem.orders] == ["o1", "o2", "o3"]
    assert problem.policy.min_good_share == 0.5
    assert problem.batches[0].plot == 'Đồi sau, phía "tây"\nnương mới'
    assert problem.crop("plum-red").window_d20 == 2.5


# File, what is changed into what, then line, field and value of the fault and words of the expectation.
CELLS = [
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,-20"), (2, "quantity_kg", "-20"), "a number > 0"),
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,nan"), (2, "quantity_kg", "nan"), "a number > 0"),
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,inf"), (2, "quantity_kg", "inf"), "a number > 0"),
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,1e999"), (2, "quantity_kg", "1e999"), "a number > 0"),
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,20 kg"), (2, "quantity_kg", "20 kg"), "a number > 0"),
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,"), (2, "quantity_kg", ""), "it must be given"),
    ("orders.csv", ("na-chi-lang,20", 'na-chi-lang,"1.234,5"'), (2, "quantity_kg", "1.234,5"), "nothing else: 1234.5"),
    ("orders.csv", ("na-chi-lang,20", 'na-chi-lang,"1,234.5"'), (2, "quantity_kg", "1,234.5"), "nothing else: 1234.5"),
    ("orders.csv", ("na-chi-lang,20", 'na-chi-lang,"1,5"'), (2, "quantity_kg", "1,5"), "nothing else: 1.5"),
    ("orders.csv", ("na-chi-lang,20", 'na-chi-lang,"1,500"'), (2, "quantity_kg", "1,500"), "1500 or 1.500"),
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,1 000"), (2, "quantity_kg", "1 000"), "nothing else: 1000"),
    ("orders.csv", ("na-chi-lang,20", "na-chi-lang,1_000"), (2, "quantity_kg", "1_000"), "nothing else: 1000"),
    ("orders.csv", (",65000,", ",1.000.000,"), (2, "price_vnd_per_kg", "1.000.000"), "nothing else: 1000000"),
    ("orders.csv", (",65000,", ",65.000,"), (2, "price_vnd_per_kg", "65.000"), "without thousands separators: 65000"),
    ("orders.csv", ("o1,na-chi-lang", "o1,na-chi-lan"), (2, "crop_id", "na-chi-lan"), "did you mean 'na-chi-lang'?"),
    ("orders.csv", (",ha-noi,", ",ha-noj,"), (2, "destination_id", "ha-noj"), "did you mean 'ha-noi'"),
    ("orders.csv", (",ha-noi,", ",Gia Lai,"), (2, "destination_id", "Gia Lai"), "gia-lai"),
    (
        "orders.csv",
        ("T18:00+07:00,65000", "T18:00,65000"),
        (2, "deliver_until_at", "2026-08-14T18:00"),
        "has no offset",
    ),
    ("orders.csv", ("2026-08-14T18:00+07:00", "1786435200"), (2, "deliver_until_at", "1786435200"), INSTANT),
    (
        "orders.csv",
        ("2026-08-14T18:00+07:00", "2026-08-34T18:00+07:00"),
        (2, "deliver_until_at", "2026-08-34T18:00+07:00"),
        INSTANT,
    ),
    (
        "orders.csv",
        ("2026-08-13T06:00Z", "2026-08-16T06:00Z"),
        (3, "deliver_from_at", "2026-08-16T06:00Z"),
        "lies after",
    ),
    ("orders.csv", (",0|2,", ",2|0,"), (2, "ripe_within_days", "2|0"), "ends (0.0) before it starts (2.0)"),
    ("orders.csv", (",0|2,", ",2,"), (2, "ripe_within_days", "2"), "2 values parted by |, each a number ≥ 0"),
    ("orders.csv", (",0|2,", ",0|,"), (2, "ripe_within_days", "0|"), "one of them is empty"),
    ("orders.csv", (",A,", ",D,"), (2, "grade", "D"), "one of the crop's grades: A, B, C"),
    ("orders.csv", (",yes,", ",on,"), (2, "may_split", "on"), "true or false"),
    ("orders.csv", (",firm\n", ",firn\n"), (2, "state", "firn"), "one of inquiry, reserved, firm, shipped, cancelled"),
    ("orders.csv", ("o2,plum", "o1,plum"), (3, "id", "o1"), "ids are unique"),
    ("orders.csv", ("o2,plum", ",plum"), (3, "id", ""), "it must be given"),
    ("batches.csv", ("b1,g1", "b1,g3"), (2, "grower_id", "g3"), "unknown grower 'g3'"),
    ("batches.csv", (",S2,", ",S9,"), (2, "stage_id", "S9"), "known: S1, S2, S3, S4"),
    ("batches.csv", ("2026-08-09", "2026-08-11"), (4, "observed_on", "2026-08-11"), "up to as_of (2026-08-10)"),
    ("batches.csv", ("2026-08-09", "09/08/2026"), (4, "observed_on", "09/08/2026"), "a day such as 2026-08-14"),
    ("batches.csv", ("2026-08-09", "1786435200"), (4, "observed_on", "1786435200"), "a day such as 2026-08-14"),
    ("batches.csv", ("2026-08-01", "perhaps"), (4, "last_spray_on", "perhaps"), "a day such as 2026-08-14 or unknown"),
    (
        "batches.csv",
        ("2026-08-01,7", "2026-08-01,-7"),
        (4, "pre_harvest_interval_days", "-7"),
        "a number ≥ 0 or unknown",
    ),
    ("growers.csv", ("05:00,09:00", "09:00,05:00"), (2, "picks_until", "05:00"), "must be after picks_from"),
    ("growers.csv", ("05:00,09:00", "5am,09:00"), (2, "picks_from", "5am"), "a clock time such as 05:30"),
    ("growers.csv", ("SU|2026-08-12", "SU|someday"), (2, "rest_days", "SU|someday"), "neither a weekday"),
    ("places.csv", ("21.661", "121.661"), (2, "latitude_deg", "121.661"), "a number ≥ -90 and ≤ 90"),
    ("lanes.csv", ("20,36", "20,16"), (2, "transit_p95_h", "16"), "below transit_p50_h"),
    (
        "lanes.csv",
        ("FREQ=DAILY;", "OFTEN=DAILY;"),
        (2, "departures", "OFTEN=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0"),
        "RFC 5545",
    ),
    (
        "lanes.csv",
        ("FREQ=DAILY;", "FREQ=DAILY;INTERVAL=0;"),
        (2, "departures", "FREQ=DAILY;INTERVAL=0;BYHOUR=18;BYMINUTE=0;BYSECOND=0"),
        "INTERVAL",
    ),
    (
        "lanes.csv",
        ("FREQ=DAILY;", "FREQ=YEARLY;BYMONTH=1;"),
        (2, "departures", "FREQ=YEARLY;BYMONTH=1;BYHOUR=18;BYMINUTE=0;BYSECOND=0"),
        "it has none",
    ),
    ("embargoes.csv", ("2026-08-13", "2026-08-11"), (2, "until_on", "2026-08-11"), "lies before from_on"),
    ("commitments.csv", (",7.5", ",8"), (2, "kg", "8"), "at most the order's 7.5 kg"),
    ("commitments.csv", ("b2", "b1"), (2, "batch_id", "b1"), "a batch of plum"),
    ("problem.toml", ("T18:00:00+07:00", "T18:00:00"), (2, "as_of", "2026-08-10T18:00:00"), INSTANT),
    (
        "problem.toml",
        ("as_of = 2026", "as_of = 0001"),
        (2, "as_of", "0001-08-10T18:00:00+07:00"),
        "between the years 1900 and 2999",
    ),
    ("problem.toml", ("as_of = 2026-08-10T18:00:00+07:00", ""), (0, "as_of", ""), "it must be given"),
    (
        "problem.toml",
        ("horizon_days = 10", "horizon_days = 0"),
        (6, "policy.horizon_days", "0"),
        "a whole number ≥ 1 and ≤ 366",
    ),
    (
        "problem.toml",
        ("min_good_share", "min_good_shar"),
        (5, "policy.min_good_shar", "0.5"),
        "did you mean 'min_good_share'?",
    ),
    (
        "problem.toml",
        ("[policy]", "[policies]"),
        (4, "policies", '{"min_good_share": 0.5, "horizon_days": 10}'),
        "'policy'",
    ),
    ("problem.toml", ("[policy]", "policy]"), (4, "line", "policy]"), "TOML"),
    ("crops.toml", ("window_d20 = 2.0", "window_d20 = 0"), (5, "crops[0].window_d20", "0"), "a number > 0"),
    ("crops.toml", ("sd_d20 = 1.0", "sd_d20 = nan"), (12, "crops[0].stages[0].sd_d20", "NaN"), "a number ≥ 0"),
    ("crops.toml", ("60.0", '"hot"'), (7, "crops[0].temperature_law.ea_kj_per_mol", "hot"), "a valid number"),
    ("crops.toml", ('like = "plum"', 'like = "plumm"'), (16, "crops[1].like", "plumm"), "did you mean 'plum'"),
    (
        "crops.toml",
        ("window_d20 = 2.5", "windows_d20 = 2.5"),
        (17, "crops[1].windows_d20", "2.5"),
        "did you mean 'window_d20'?",
    ),
    (
        "crops.toml",
        ("2.5\n", '2.5\n[[crops]]\nid = "plum-red"\nlike = "na-chi-lang"\n'),
        (19, "crops[2].id", "plum-red"),
        "ids are unique",
    ),
    ("crops.toml", ('like = "plum"', 'like = "plum-red"'), (16, "crops[1].like", "plum-red"), "did you mean 'plum'?"),
]


@pytest.mark.parametrize(
    ("name", "change", "place", "expected"), CELLS, ids=[f"{c[0]}-{c[2][1]}-{c[2][2]}" for c in CELLS]
)
def test_one_fault_of_a_cell(
    tmp_path: Path, name: str, change: tuple[str, str], place: tuple[int, str, str], expected: str
) -> None:
    fault = only(tmp_path, **{name: edited(name, *change)})
    assert fault[:4] == (name, *place)
    assert expected in fault.expected


# File, its whole content, then line, field and value of the fault and words of the expectation.
FILES: list[tuple[str, str | bytes | None, tuple[int, str, str], str]] = [
    ("orders.csv", None, (0, "", ""), "a file of this name; there is none"),
    ("batches.csv", None, (0, "", ""), "a file of this name; there is none"),
    ("growers.csv", None, (0, "", ""), "a file of this name; there is none"),
    ("problem.toml", None, (0, "", ""), "a file of this name; there is none"),
    ("embargoes.csv", "", (1, "header", ""), "at least carrier, goods, from_on, until_on; the file is empty"),
    ("commitments.csv", "\n\n", (1, "header", ""), "the file is empty"),
    (
        "commitments.csv",
        b"order_id,batch_id,pick_on,kg\no3,b2,2026-08-11,7\n\xe3,",
        (3, "encoding", "byte 0xe3"),
        "UTF-8",
    ),
    ("commitments.csv", SOUND["commitments.csv"].encode("utf-16"), (1, "encoding", "UTF-16"), "UTF-8"),
    ("commitments.csv", SOUND["commitments.csv"].encode("utf-16-le"), (1, "encoding", "byte 0x00"), "UTF-8"),
    ("commitments.csv", "order_id,batch_id,pick_on,kg\no3,b2,2026-08-11\n", (2, "cells", "3"), "4 cells"),
    ("commitments.csv", "order_id,batch_id,pick_on,kg\no3,b2,2026-08-11,1,5\n", (2, "cells", "5"), "a decimal point"),
    ("commitments.csv", 'order_id,batch_id,pick_on,kg\no3,"b2,2026-08-11,1\n', (2, "row", ""), "quotes are closed"),
    ("commitments.csv", "order_id,batch_id,pick_on\no3,b2,2026-08-11\n", (1, "kg", ""), "a column of this name"),
    ("commitments.csv", "order_id,batch_id,pick_on,kg,kgs\n", (1, "kgs", "kgs"), "did you mean 'kg'?"),
    ("commitments.csv", "order_id,batch_id,pick_on,kg,\n", (1, "header", ""), "a name for column 5"),
    ("commitments.csv", "order_id,batch_id,pick_on,kg,kg\n", (1, "kg", "kg"), "stands twice"),
    ("crops.toml", "[crops]\nid = 1\n", (1, "crops", '{"id": 1}'), "a list of objects"),
]


@pytest.mark.parametrize(("name", "content", "place", "expected"), FILES)
def test_one_fault_of_a_file(
    tmp_path: Path, name: str, content: str | bytes | None, place: tuple[int, str, str], expected: str
) -> None:
    changes = {name: content}
    if name == "crops.toml":  # nothing else may need its crops
        changes["orders.csv"] = edited("orders.csv", "plum", "na-chi-lang")
        changes["batches.csv"] = edited("batches.csv", "plum", "na-chi-lang").replace("green", "S1")
    fault = only(tmp_path, **changes)
    assert fault[:4] == (name, *place)
    assert expected in fault.expected


def test_a_misspelt_file_is_not_passed_over(tmp_path: Path) -> None:
    fault = only(tmp_path, **{"lanes.csv": None, "lane.csv": SOUND["lanes.csv"]})
    assert fault[:2] == ("lane.csv", 0)
    assert "'lanes.csv'" in fault.expected
    (tmp_path / "lane.csv").unlink()
    (tmp_path / "notes.csv").write_text("anything;at all\n")
    assert hp.load_problem(tmp_path).lanes == ()


def test_dates_with_an_offset_in_a_rule_of_local_time(tmp_path: Path) -> None:
    rule = "DTSTART:20260801T180000 RRULE:FREQ=DAILY EXDATE:20260812T180000Z"
    fault = only(tmp_path, **{"lanes.csv": edited("lanes.csv", "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0", rule)})
    assert fault[:4] == ("lanes.csv", 2, "departures", rule)
    assert "RFC 5545" in fault.expected


def test_without_a_moment_nothing_is_said_of_what_rests_on_it(tmp_path: Path) -> None:
    late = edited("batches.csv", "2026-08-09", "2026-08-11")
    assert [f.field for f in faults_of(folder(tmp_path, **{"problem.toml": "", "batches.csv": late}))] == ["as_of"]
    naive = edited("problem.toml", "T18:00:00+07:00", "T18:00:00")
    told = faults_of(folder(tmp_path, **{"problem.toml": naive, "batches.csv": late}))
    assert [(f.file, f.field) for f in told] == [("problem.toml", "as_of"), ("batches.csv", "observed_on")]


def test_many_faults_are_told_at_once_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    more = """\
o4,na-chi-lan,5,ha-noi,2026-08-15T18:00+07:00,1,,,,,,
o5,plum,nan,atlantis,2026-08-15T18:00,1,,,,,,
o6,plum,"1.234,5",Gia Lai,2026-08-15T18:00+07:00,1,,3|1,Z,,maybe,frim
o7,plum,1,ha-noi
o1,plum,1,ha-noi,2026-08-15T18:00+07:00,1.000.000,2026-08-16T18:00+07:00,,,,,
"""
    home = folder(
        tmp_path,
        **{
            "problem.toml": edited("problem.toml", "min_good_share", "min_good"),
            "orders.csv": edited("orders.csv", "lang,20", "lang,-20") + more,
            "batches.csv": edited("batches.csv", "b2,g2", "b2,g9").replace("green", "rotten").replace("08-09", "08-19"),
            "growers.csv": edited("growers.csv", "50,05:00,09:00", "-1,09:00,05:00"),
            "places.csv": edited("places.csv", "29", "hot"),
            "lanes.csv": edited("lanes.csv", "20,36", "20,6").replace("WEEKLY;BYDAY=MO,WE", "YEARLY;BYMONTH=1"),
            "embargoes.csv": "",
            "commitments.csv": edited("commitments.csv", "o3", "o33") + "o3,b3,2026-08-11,1\n",
            "crops.toml": edited("crops.toml", "window_d20 = 2.5", "window_d20 = -2.5"),
        },
    )
    assert [(fault.file, fault.line, fault.field) for fault in faults_of(home)] == [
        ("problem.toml", 5, "policy.min_good"),
        ("orders.csv", 2, "quantity_kg"),
        ("orders.csv", 5, "crop_id"),
        ("orders.csv", 6, "quantity_kg"),
        ("orders.csv", 6, "deliver_until_at"),
        ("orders.csv", 6, "destination_id"),
        ("orders.csv", 7, "quantity_kg"),
        ("orders.csv", 7, "may_split"),
        ("orders.csv", 7, "state"),
        ("orders.csv", 7, "ripe_within_days"),
        ("orders.csv", 7, "destination_id"),
        ("orders.csv", 7, "grade"),
        ("orders.csv", 8, "cells"),
        ("orders.csv", 9, "price_vnd_per_kg"),
        ("orders.csv", 9, "deliver_from_at"),
        ("orders.csv", 9, "id"),
        ("batches.csv", 4, "grower_id"),
        ("batches.csv", 4, "stage_id"),
        ("batches.csv", 4, "observed_on"),
        ("growers.csv", 2, "pick_capacity_kg_per_day"),
        ("growers.csv", 2, "picks_until"),
        ("places.csv", 2, "ambient_degc"),
        ("lanes.csv", 2, "transit_p95_h"),
        ("lanes.csv", 3, "departures"),
        ("embargoes.csv", 1, "header"),
        ("commitments.csv", 2, "order_id"),
        ("commitments.csv", 3, "batch_id"),
        ("crops.toml", 17, "crops[1].window_d20"),
    ]


@pytest.mark.parametrize("name", ["growers.csv", "places.csv"])
def test_what_points_to_a_row_at_fault_is_not_at_fault_itself(tmp_path: Path, name: str) -> None:
    """The grower, the place of an unreadable row exist; only its own fault is told."""
    first = SOUND[name].splitlines()[0].count(",")
    broken = SOUND[name].rstrip("\n") + "," * first + "surplus\n"
    fault = only(tmp_path, **{name: broken})
    assert (fault.file, fault.field) == (name, "cells")


def test_what_points_into_an_unreadable_file_is_not_at_fault_itself(tmp_path: Path) -> None:
    fault = only(tmp_path, **{"places.csv": SOUND["places.csv"].encode() + b"\xff"})
    assert fault.field == "encoding"
    fault = only(tmp_path, **{"places.csv": SOUND["places.csv"], "crops.toml": SOUND["crops.toml"] + "\n=\n"})
    assert (fault.file, fault.line) == ("crops.toml", 19)


def test_faults_inherited_from_another_crop_are_told_once(tmp_path: Path) -> None:
    fault = only(tmp_path, **{"crops.toml": edited("crops.toml", "ready_at_d20 = 3.0", "ready_at_d20 = -3.0")})
    assert (fault.line, fault.field, fault.value) == (4, "crops[0].ready_at_d20", "-3.0")


def test_a_path_that_is_no_problem(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path / "nowhere.json", tmp_path / "notes.txt"):
        (fault,) = faults_of(path)
        assert path.name in fault.file
    inside = folder(tmp_path / "problem") / "problem.toml"
    assert "give its folder" in faults_of(inside)[0].expected


def test_a_file_that_is_a_folder(tmp_path: Path) -> None:
    home = folder(tmp_path, **{"orders.csv": None, "commitments.csv": None})
    (home / "orders.csv").mkdir()
    (fault,) = faults_of(home)
    assert fault.file == "orders.csv"
    assert "a file that can be read" in fault.expected
    shutil.rmtree(home / "orders.csv")

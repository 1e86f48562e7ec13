"""A folder with twenty different faults is told of exactly those twenty, each in its place, in one report."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest_planner.errors import ProblemFileError
from harvest_planner.formats.problems import load_problem
from tests.formats.files import folder

PROBLEM = """\
as_of = 2026-08-10T18:00:00+07:00

[policy]
min_god_share = 0.7
"""
ORDERS = """\
id,crop_id,quantity_kg,destination_id,deliver_until_at,price_vnd_per_kg,deliver_from_at,colour,may_split
o1,na-chi-lan,20,ha-noi,2026-08-14T18:00+07:00,65000,,red,yes
o2,plum,5,ca-mua,2026-08-15T18:00+07:00,80000,,red,
o3,plum,"7,5",town,2026-08-15T18:00+07:00,40000,,red,no
o4,plum,5,town,2026-08-15T18:00,40000,,red,
o5,plum,nan,town,2026-08-15T18:00+07:00,40000,,red,
o6,plum,5,town,2026-08-15T18:00+07:00,65.000,,red,
o7,plum,5,town,2026-08-15T18:00+07:00,40000,2026-08-16T18:00+07:00,red,
o8,plum,5,town,2026-08-15T18:00+07:00,40000,,red,maybe
o9,plum,5,town,2026-08-15T18:00+07:00
"""
BATCHES = """\
id,grower_id,crop_id,place_id,quantity_kg,stage_id,observed_on,plot
b1,g9,plum,town,60,green,2026-08-10,"Đồi sau
nương mới"
b2,g2,plum,town,-40,green,2026-08-09,
b3,g2,plum,town,40,blue,2026-08-09,
b4,g2,plum,town,40,green,2026-08-11,
b2,g2,plum,town,40,green,2026-08-09,
"""
GROWERS = """\
id,name,picks_from,picks_until
g1,Nông Văn Thành,09:00,05:00
g2,Hoàng Thị Mơ,06:30,08:15
"""
LANES = """\
id,origin_id,destination_id,departures,transit_p50_h,transit_p95_h
l1,town,ha-noi,FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0,36,20
l2,town,ha-noi,DTSTART:20270101T070000 RRULE:FREQ=DAILY,20,36
"""
COMMITMENTS = """\
order_id,batch_id,pick_on,kg
o3,b3,11/08/2026,7.5
"""
TWENTY = [
    ("problem.toml", 4, "policy.min_god_share", "0.7"),
    ("orders.csv", 1, "colour", "colour"),
    ("orders.csv", 2, "crop_id", "na-chi-lan"),
    ("orders.csv", 3, "destination_id", "ca-mua"),
    ("orders.csv", 4, "quantity_kg", "7,5"),
    ("orders.csv", 5, "deliver_until_at", "2026-08-15T18:00"),
    ("orders.csv", 6, "quantity_kg", "nan"),
    ("orders.csv", 7, "price_vnd_per_kg", "65.000"),
    ("orders.csv", 8, "deliver_from_at", "2026-08-16T18:00+07:00"),
    ("orders.csv", 9, "may_split", "maybe"),
    ("orders.csv", 10, "cells", "5"),
    ("batches.csv", 2, "grower_id", "g9"),
    ("batches.csv", 4, "quantity_kg", "-40"),
    ("batches.csv", 5, "stage_id", "blue"),
    ("batches.csv", 6, "observed_on", "2026-08-11"),
    ("batches.csv", 7, "id", "b2"),
    ("growers.csv", 2, "picks_until", "05:00"),
    ("lanes.csv", 2, "transit_p95_h", "20"),
    ("lanes.csv", 3, "departures", "DTSTART:20270101T070000 RRULE:FREQ=DAILY"),
    ("commitments.csv", 2, "pick_on", "11/08/2026"),
]


@pytest.fixture
def error(tmp_path: Path) -> ProblemFileError:
    spoilt = {
        "problem.toml": PROBLEM,
        "orders.csv": ORDERS,
        "batches.csv": BATCHES,
        "growers.csv": GROWERS,
        "lanes.csv": LANES,
        "commitments.csv": COMMITMENTS,
    }
    home = folder(tmp_path / "spoilt", **spoilt)
    with pytest.raises(ProblemFileError) as caught:
        load_problem(home)
    return caught.value


def test_exactly_the_twenty_in_the_order_of_files_and_lines(error: ProblemFileError) -> None:
    assert len(TWENTY) == 20
    assert [fault[:4] for fault in error.faults] == TWENTY


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("problem.toml", 4, "did you mean 'min_good_share'?"),
        ("orders.csv", 2, "did you mean 'na-chi-lang'?"),
        ("orders.csv", 3, "did you mean 'ca-mau' or "),
        ("orders.csv", 4, "written with a decimal point and nothing else: 7.5"),
        ("orders.csv", 5, "an instant with its offset"),
        ("orders.csv", 7, "65000"),
        ("orders.csv", 8, "lies after deliver_until_at"),
        ("orders.csv", 9, "true or false"),
        ("batches.csv", 5, "known: green"),
        ("batches.csv", 6, "up to as_of (2026-08-10)"),
        ("growers.csv", 2, "must be after picks_from"),
        ("lanes.csv", 3, "a departure between as_of and the horizon"),
    ],
)
def test_each_says_in_words_what_is_expected(error: ProblemFileError, file: str, line: int, told: str) -> None:
    (said,) = (fault.expected for fault in error.faults if (fault.file, fault.line) == (file, line))
    assert told in said


def test_the_message_lists_every_place(error: ProblemFileError) -> None:
    text = str(error)
    assert text.startswith("20 faults in the input:")
    assert all(f"{file}:{line}: {field} = {value!r}: " in text for file, line, field, value in TWENTY)

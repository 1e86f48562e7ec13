"""Names of sheets' files: no name of a team or a grower leads out of the folder or to another's file."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from harvest_planner.formats.sheets.file_names import Owner, sheet_names

OWNERS = st.builds(Owner, st.sampled_from(["team", "grower"]), st.text(max_size=100))


@given(st.lists(OWNERS, unique=True, max_size=20))
def test_no_file_name_leaves_the_folder_or_meets_another(owners: list[Owner]) -> None:
    names = sheet_names(owners)
    assert names.keys() == set(owners)
    assert len(set(names.values())) == len(owners)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*\.html", name) and len(name) < 100 for name in names.values())


@given(st.lists(OWNERS, unique=True, max_size=10))
def test_the_order_of_the_rows_names_no_file(owners: list[Owner]) -> None:
    assert sheet_names(owners) == sheet_names(reversed(owners))


@pytest.mark.parametrize(
    ("owner_id", "name"),
    [
        ("../../etc/passwd", "etc-passwd.html"),
        ("..\\..\\boot.ini", "boot-ini.html"),
        ("/etc/cron.d/x", "etc-cron-d-x.html"),
        ("C:\\x", "c-x.html"),
        ("x\0.exe", "x-exe.html"),
        ("Hộ Đặng", "ho-dang.html"),
        ("CON", "team-con.html"),
        ("…", "team.html"),
        ("a" * 300, "a" * 80 + ".html"),
    ],
)
def test_a_file_name_is_plain(owner_id: str, name: str) -> None:
    owner = Owner("team", owner_id)
    assert sheet_names([owner]) == {owner: name}


def test_ten_thousand_names_that_are_the_same_in_letters() -> None:
    owners = [Owner("grower", chr(0x4E00 + number)) for number in range(10_000)]
    names = sheet_names(owners)
    assert names[owners[-1]] == "grower-10000.html"
    assert len(set(names.values())) == 10_000

"""Lot codes: short, ASCII, one for each batch and day."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, strategies as st

from harvest_planner.schema.lot import LONGEST_LOT_CODE, lot_code

DAYS = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2099, 12, 31))
BATCHES = st.text(max_size=40) | st.from_regex(r"[A-Za-z0-9._-]{1,16}", fullmatch=True)


@given(BATCHES, DAYS)
def test_a_code_is_short_and_ascii(batch_id: str, pick_on: dt.date) -> None:
    code = lot_code(batch_id, pick_on)
    assert len(code) <= LONGEST_LOT_CODE == 20
    assert re.fullmatch(r"[A-Za-z0-9._-]+", code, re.ASCII)


@given(st.lists(st.tuples(BATCHES, DAYS), unique=True, max_size=20))
def test_no_two_lots_share_a_code(lots: list[tuple[str, dt.date]]) -> None:
    assert len({lot_code(batch_id, pick_on) for batch_id, pick_on in lots}) == len(lots)


@pytest.mark.parametrize(
    ("batch_id", "code"),
    [
        ("b17", "260811-b17"),
        ("P07-S2.a_1", "260811-P07-S2.a_1"),
        ("1234567890123", "260811-1234567890123"),
    ],
)
def test_a_plain_id_stands_in_the_code(batch_id: str, code: str) -> None:
    assert lot_code(batch_id, dt.date(2026, 8, 11)) == code


@pytest.mark.parametrize("batch_id", ["12345678901234", "lô 7", "b 17", "-b17", "b17\n", "=1+1", ""])
def test_any_other_id_gives_letters_of_its_digest(batch_id: str) -> None:
    assert re.fullmatch(r"260811\.[A-Z2-7]{12}", lot_code(batch_id, dt.date(2026, 8, 11)))

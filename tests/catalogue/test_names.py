"""Names are compared without accents, case and punctuation."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, strategies as st

from harvest_planner.catalogue import fold, nearest, place_ids
from harvest_planner.catalogue.names import likeness, spelling_key


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đắk Lắk", "dak lak"),
        ("Ðà Lạt", "da lat"),
        ("ĐỒNG NAI", "dong nai"),
        ("Hoà Bình", "hoa binh"),
        ("Bà Rịa - Vũng Tàu", "ba ria vung tau"),
        ("  TP.HCM ", "tp hcm"),
        ("Thừa Thiên–Huế", "thua thien hue"),
        ("thua-thien-hue", "thua thien hue"),
        ("", ""),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_nearest_comes_likest_first_and_only_if_alike() -> None:
    known = ("ca-mau", "cao-bang", "ha-noi", "can-tho")
    assert nearest("Cà Mao", known)[0] == "ca-mau"
    assert nearest("Ha Nọi", known) == ("ha-noi",)
    assert nearest("zzzz", known) == ()
    assert len(nearest("ca", ("ca", "cab", "cac", "cad", "cae"), count=2)) == 2


@given(st.text("abcdghilmnotuyé ", max_size=20), st.sampled_from([0.0, 0.6]))
def test_the_likest_are_those_with_the_highest_ratios(value: str, cutoff: float) -> None:
    wanted = fold(value)
    ratios = [difflib.SequenceMatcher(None, fold(name), wanted).ratio() for name in place_ids()]
    best = sorted((ratio for ratio in ratios if ratio >= cutoff), reverse=True)[:3]
    assert list(likeness(value, place_ids(), cutoff=cutoff).values()) == best


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Kontum", "Kon Tum", True),
        ("Qui Nhơn", "Quy Nhơn", True),
        ("Mĩ Tho", "Mỹ Tho", True),
        ("Bắc Cạn", "Bắc Kạn", True),
        ("Hoà Bình", "Hòa Bình", True),
        ("Tây Ninh", "Tài Ninh", False),
        ("Hà Nội", "Hà Nộii", False),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str, same: bool) -> None:
    assert (spelling_key(fold(one)) == spelling_key(fold(other))) == same

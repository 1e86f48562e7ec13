"""Names are compared without accents, case and punctuation."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from harvest_planner.catalogue import fold, nearest


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

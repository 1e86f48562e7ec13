"""Numbers as Vietnamese exports write them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from harvest_planner.formats.orders_in.amounts import count_of, length_of, money_of, weight_of


@pytest.mark.parametrize(
    ("text", "vnd"),
    [
        ("65000", 65000),
        ("65.000", 65000),
        ("65,000", 65000),
        ("65.000đ", 65000),
        ("65.000 ₫", 65000),
        ("1.234.567 VNĐ", 1234567),
        ("17000.00", 17000),
        ("17.000,00", 17000),
        ("17,000.00", 17000),
        ("1 234 567", 1234567),
        (45000, 45000),
        (45000.5, 45000.5),
    ],
)
def test_money(text: object, vnd: float) -> None:
    assert money_of(text) == vnd


@pytest.mark.parametrize(
    "text", ["", "free", "1.2.3", "1,23,456", "-5000", "65k", "65.000-70.000", "NaN", "1e5", "=1+1"]
)
def test_no_money(text: str) -> None:
    with pytest.raises(ValueError, match="an amount of money"):
        money_of(text)


@pytest.mark.parametrize(
    ("text", "kg"),
    [("2", 2), ("2,5", 2.5), ("2.5 kg", 2.5), ("500g", 0.5), ("1.500 g", 1.5), ("1.234,5", 1234.5), ("0.500", 0.5),
     ("0,125", 0.125), (3, 3), ("2 ký", 2)],
)  # fmt: skip
def test_weights(text: object, kg: float) -> None:
    assert weight_of(text) == pytest.approx(kg)


def test_a_column_of_grams() -> None:
    assert weight_of("1.500", in_g=True) == 1.5
    assert weight_of(750, in_g=True) == 0.75
    assert weight_of("2 kg", in_g=True) == 2


def test_a_weight_that_may_be_a_thousand_times_another_is_asked_about() -> None:
    with pytest.raises(ValueError, match=r"this may be 1500 or 1\.5"):
        weight_of("1.500")
    assert weight_of("1.500", decimal_mark=".") == 1.5
    assert weight_of("1.500", decimal_mark=",") == 1500


@pytest.mark.parametrize("text", ["0", "1,5", "-1", "two", "1.5", "inf"])
def test_pieces_are_whole(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number of pieces"):
        count_of(text)


def test_pieces_and_lengths() -> None:
    assert (count_of("2.0"), count_of("12"), count_of(3.0)) == (2, 12, 3)
    assert (length_of("30 cm"), length_of("30,5"), length_of(12)) == (30, 30.5, 12)
    with pytest.raises(ValueError, match="a length in cm"):
        length_of("0")


@given(st.integers(min_value=0, max_value=10**12))
def test_money_grouped_either_way_is_the_same_money(vnd: int) -> None:
    grouped = f"{vnd:,}"
    assert money_of(grouped) == money_of(grouped.replace(",", ".")) == money_of(str(vnd)) == vnd


@given(st.decimals(min_value=0, max_value=9999, places=2))
def test_a_weight_with_either_decimal_mark_is_the_same_weight(kg: object) -> None:
    assert weight_of(str(kg)) == weight_of(str(kg).replace(".", ",")) == pytest.approx(float(str(kg)))


def outcome(read: Callable[[object], float], text: str) -> str:
    try:
        return f"number {read(text)}"
    except ValueError as error:
        return str(error)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_one_clear_error(text: str) -> None:
    for read in (money_of, weight_of, count_of, length_of):
        assert outcome(read, text).startswith(("number", "an amount", "a weight", "a whole number", "a length"))

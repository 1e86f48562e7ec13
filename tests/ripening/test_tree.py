"""Ageing on the tree, and the last day before it drops."""

from __future__ import annotations

from hypothesis import given, strategies as st

from harvest_planner.ripening.tree import age_on_tree, last_day_on_tree


def test_age_on_the_tree_adds_days_and_the_field_check() -> None:
    assert age_on_tree(-1.5, on_tree_d20_per_day=0.5, days=4, age_shift_d20=0.25) == 0.75
    assert age_on_tree(2.0, on_tree_d20_per_day=0.5, days=0) == 2.0


def test_last_day_is_the_last_with_mean_and_spread_below_dropping() -> None:
    assert last_day_on_tree(0.0, sd_d20=1.0, on_tree_d20_per_day=0.5, drops_at_d20=3.6) == 5
    assert last_day_on_tree(4.5, sd_d20=1.2, on_tree_d20_per_day=0.6, drops_at_d20=6.5) == 1


def test_a_tie_counts_as_dropped_whatever_the_rounding() -> None:
    # 0.1 · 3 + 0.2 meets 0.5 but for rounding.
    assert last_day_on_tree(0.0, sd_d20=0.2, on_tree_d20_per_day=0.1, drops_at_d20=0.5) == 2


def test_fruit_that_never_drops_has_no_last_day() -> None:
    assert last_day_on_tree(0.0, sd_d20=1.0, on_tree_d20_per_day=0.5, drops_at_d20=None) is None
    assert last_day_on_tree(0.0, sd_d20=1.0, on_tree_d20_per_day=0.0, drops_at_d20=3.0) is None


def test_fruit_gone_when_seen_has_its_last_day_before() -> None:
    assert last_day_on_tree(6.0, sd_d20=1.0, on_tree_d20_per_day=0.5, drops_at_d20=6.5) == -1
    assert last_day_on_tree(6.0, sd_d20=1.0, on_tree_d20_per_day=0.0, drops_at_d20=6.5) == -1
    assert last_day_on_tree(0.0, sd_d20=0.0, on_tree_d20_per_day=0.5, drops_at_d20=0.2, age_shift_d20=0.5) == -1


@given(
    age=st.floats(-5, 10),
    sd=st.floats(0, 3),
    rate=st.floats(0.05, 2),
    drops=st.floats(0, 20),
    shift=st.floats(-2, 2),
)
def test_the_day_after_the_last_has_dropped(age: float, sd: float, rate: float, drops: float, shift: float) -> None:
    last = last_day_on_tree(age, sd_d20=sd, on_tree_d20_per_day=rate, drops_at_d20=drops, age_shift_d20=shift)
    assert last is not None

    def upper_age(days: int) -> float:
        return age_on_tree(age, on_tree_d20_per_day=rate, days=days, age_shift_d20=shift) + sd

    assert last == -1 or upper_age(last) < drops
    assert upper_age(last + 1) >= drops - 1e-8

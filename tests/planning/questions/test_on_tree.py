"""On the tree: the day each stage is reached, how long it holds, and degree-days from bud to ripe."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.ripening.tree import last_day_on_tree

SEEN = dt.date(2026, 8, 10)
BY_WARMTH = hp.crop("na-chi-lang").model_copy(update={"on_tree_by": "temperature"})


def test_stages_follow_one_another_and_the_fruit_drops() -> None:
    calendar = hp.tree_calendar("na-chi-lang", stage="S1", observed_on=SEEN)
    reached = {day.stage_id: day.reached_on for day in calendar.stages}
    assert reached["S1"] == SEEN
    assert reached["S2"] == SEEN + dt.timedelta(days=3)  # 1.5 d20 at 0.6 a day: two and a half days
    assert reached["S3"] == SEEN + dt.timedelta(days=7)  # 3.9 d20: six and a half
    assert reached["S4"] == SEEN + dt.timedelta(days=10)  # 6.0 d20
    assert calendar.last_on == SEEN + dt.timedelta(days=11)  # 6.6 is below 6.5 − 1.2 + 1.5 = 6.8; 7.2 is not
    assert calendar.ripe_on is None


def test_a_field_check_moves_every_day() -> None:
    plain = hp.tree_calendar("na-chi-lang", stage="S1", observed_on=SEEN)
    older = hp.tree_calendar("na-chi-lang", stage="S1", observed_on=SEEN, age_shift_d20=0.6)
    for before, after in zip(plain.stages[1:], older.stages[1:], strict=True):
        assert before.reached_on is not None
        assert after.reached_on == before.reached_on - dt.timedelta(days=1)
    assert plain.last_on is not None
    assert older.last_on == plain.last_on - dt.timedelta(days=1)


@given(shift=st.floats(-3, 6), stage=st.sampled_from(["S1", "S2", "S3", "S4"]))
def test_it_holds_as_long_as_the_plan_says(shift: float, stage: str) -> None:
    crop = hp.crop("na-chi-lang")
    seen = crop.stage(stage)
    days = last_day_on_tree(
        seen.age_d20, sd_d20=seen.sd_d20, on_tree_d20_per_day=0.6, drops_at_d20=6.5, age_shift_d20=shift
    )
    assert days is not None
    found = hp.tree_calendar(crop, stage=stage, observed_on=SEEN, age_shift_d20=shift)
    assert found.last_on == SEEN + dt.timedelta(days=days)


def test_produce_that_does_not_age_there_holds_for_good() -> None:
    steady = hp.crop("lettuce-butter").model_copy(update={"on_tree_d20_per_day": 0.0, "drops_at_d20": None})
    calendar = hp.tree_calendar(steady, observed_on=SEEN)
    assert (calendar.last_on, calendar.ripe_on) == (None, SEEN)


def test_by_temperature_a_warm_day_counts_for_more() -> None:
    at_20 = hp.tree_calendar(BY_WARMTH, stage="S1", observed_on=SEEN, air=20)
    assert at_20 == hp.tree_calendar("na-chi-lang", stage="S1", observed_on=SEEN)
    warm = hp.tree_calendar(BY_WARMTH, stage="S1", observed_on=SEEN, air=25)
    at_25 = {day.stage_id: day.reached_on for day in warm.stages}
    assert at_25["S2"] == SEEN + dt.timedelta(days=2)  # 0.9 d20 a day
    months = [20.0] * 8 + [13.0] * 4
    cold = hp.tree_calendar(BY_WARMTH, stage="S1", observed_on=dt.date(2026, 8, 30), air=months)
    assert cold.stages[1].reached_on == dt.date(2027, 1, 2)  # two days at 20 °C, then it stands still until January


def test_degree_days_are_summed_over_the_days_above_the_base() -> None:
    first, last = hp.ripe_on_tree("na-chi-lang", began_on=dt.date(2026, 3, 1), air=24.3)
    assert (first - dt.date(2026, 3, 1)).days == 150  # 1684.5 / 11.3, up; 149 days were observed in Brazil
    assert (last - dt.date(2026, 3, 1)).days == 159  # 1786.7 / 11.3, up
    assert hp.crop("na-chi-lang").sources["degree_days"].count("assumption") == 1


def test_a_place_or_twelve_months_stand_for_one_temperature() -> None:
    steady = hp.ripe_on_tree("na-chi-lang", began_on=SEEN, air=27)
    assert hp.ripe_on_tree("na-chi-lang", began_on=SEEN, air=[27.0] * 12) == steady
    spring, autumn = (
        hp.ripe_on_tree("na-chi-lang", began_on=day, air="ha-noi")[0] - day
        for day in (dt.date(2026, 3, 1), dt.date(2026, 9, 1))
    )
    assert spring < autumn


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: hp.tree_calendar(BY_WARMTH, observed_on=SEEN), "air = None: the stages of crop 'na-chi-lang' advance"),
        (lambda: hp.ripe_on_tree("tomato", began_on=SEEN, air=20), "crop 'tomato' has no degree_days"),
        (lambda: hp.ripe_on_tree("na-chi-lang", began_on=SEEN, air=10), "in two years only 0 of 1684.5 degree-days"),
        (lambda: hp.ripe_on_tree("na-chi-lang", began_on=SEEN, air=[20.0] * 11), "twelve monthly means"),
        (lambda: hp.ripe_on_tree("na-chi-lang", began_on=SEEN, air="ca-mau"), "no climate is known of this place"),
        (lambda: hp.ripe_on_tree("na-chi-lang", began_on=SEEN, air=99), "air = 99: needs a temperature"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_error(ask: object, message: str) -> None:
    assert callable(ask)
    with pytest.raises(ValueError, match=message):
        ask()

"""When fruit is good, and how much of it: windows, percentiles of the ready day, shares by day."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from tests.planning.questions.test_ask import roast_duck

NA = NormalDist(0.0, 1.2)
BOXES = st.sampled_from([None, "crate", "carton", "foam-box", "foam-box-ice"])
PIECES = st.lists(st.tuples(st.floats(0.5, 48), st.floats(17, 30), BOXES), min_size=1, max_size=4)


@pytest.mark.parametrize(("degc", "opens", "closes"), [(20.0, 6.0, 8.25), (25.0, 4.0, 5.5)])
def test_the_mean_sugar_apple_is_good_from_ready_until_its_window_is_over(
    degc: float, opens: float, closes: float
) -> None:
    assert hp.good_window_days("na-chi-lang", temperature_degc=degc) == pytest.approx((opens, closes))


def test_a_riper_stage_opens_and_closes_sooner() -> None:
    assert hp.good_window_days("na-chi-lang", stage="S4", temperature_degc=20) == pytest.approx((1.5, 3.75))


@pytest.mark.parametrize("crop_id", hp.crops())
def test_it_opens_when_the_mean_fruit_is_ripe(crop_id: str) -> None:
    degc = (hp.crop(crop_id).calibrated_degc or (20.0, 20.0))[1]
    opens, closes = hp.good_window_days(crop_id, temperature_degc=degc)
    assert opens == hp.days_to_ripe(crop_id, temperature_degc=degc)
    assert opens <= closes < math.inf


def test_fruit_whose_clock_stands_still_is_never_good() -> None:
    with pytest.warns(hp.OutsideCalibrationWarning, match="stands still"):
        assert hp.good_window_days("na-chi-lang", temperature_degc=10) == (math.inf, math.inf)


def test_what_is_past_its_window_when_picked_is_good_no_day() -> None:
    crop = hp.crop("na-chi-lang")
    late = crop.stages[-1].model_copy(update={"id": "split", "age_d20": 9.0})
    split = crop.model_copy(update={"stages": (*crop.stages, late)})
    assert hp.good_window_days(split, stage="split", temperature_degc=20) == (0.0, 0.0)


def test_cold_closes_the_window_before_age_does() -> None:
    injured = hp.ChillingDose(below_degc=20, limit_degc_days=7)
    crop = hp.crop("na-chi-lang").model_copy(update={"chilling": injured})
    opens, closes = hp.good_window_days(crop, stage="S4", temperature_degc=17)
    assert (opens, closes) == pytest.approx((hp.days_to_ripe(crop, stage="S4", temperature_degc=17), 7 / 3))
    assert hp.good_window_days(crop, stage="S2", temperature_degc=17) == (math.inf, math.inf)


@pytest.mark.parametrize(("degc", "hours"), [(3.0, 96.0), (20.0, 2.0), (40.0, 1.0)])
def test_the_safety_cap_closes_the_window_of_cooked_food(degc: float, hours: float) -> None:
    assert hp.good_window_days(roast_duck(), temperature_degc=degc) == pytest.approx((0.0, hours / 24))


def test_percentiles_of_the_ready_day_are_those_of_the_age_over_the_rate() -> None:
    found = hp.ready_day_percentiles("na-chi-lang", temperature_degc=25, percentiles=(10, 50, 90))
    assert found == pytest.approx([(6.0 - NA.inv_cdf(q)) / 1.5 for q in (0.9, 0.5, 0.1)])


def test_on_a_journey_the_last_piece_goes_on() -> None:
    found = hp.ready_day_percentiles("na-chi-lang", pieces=[(24, 25.0), (1, 20.0)], percentiles=(50,))
    assert found == pytest.approx([1.0 + 4.5])


def test_fruit_ready_when_picked_is_ready_on_day_0_and_still_fruit_never() -> None:
    assert hp.ready_day_percentiles("lettuce-butter", temperature_degc=5, percentiles=(50, 99)) == (0.0, 0.0)
    (fresh,) = hp.shares_by_day("lettuce-butter", temperature_degc=5, days=[0])
    assert (fresh.unripe_share, fresh.good_share) == (0.0, pytest.approx(1.0))
    with pytest.warns(hp.OutsideCalibrationWarning):
        assert hp.ready_day_percentiles("na-chi-lang", pieces=[(1, 20.0), (1, 10.0)]) == (math.inf,) * 3


@given(pieces=PIECES, percentile=st.floats(1, 99))
def test_by_its_day_each_percentile_of_the_fruit_is_ready(
    pieces: list[tuple[float, float, str | None]], percentile: float
) -> None:
    (day,) = hp.ready_day_percentiles("na-chi-lang", pieces=pieces, percentiles=(percentile,))
    (then,) = hp.shares_by_day("na-chi-lang", pieces=pieces, days=[day])
    assert 1.0 - then.unripe_share == pytest.approx(percentile / 100, abs=1e-6) or day == 0.0


@given(pieces=PIECES, days=st.lists(st.floats(0, 20), min_size=2, max_size=6))
def test_the_share_ripe_never_falls_and_shares_add_up(
    pieces: list[tuple[float, float, str | None]], days: list[float]
) -> None:
    rows = hp.shares_by_day("na-chi-lang", pieces=pieces, days=sorted(days))
    for row in rows:
        assert row.unripe_share + row.ripe_share + row.past_share == pytest.approx(1.0)
        assert all(0.0 <= share <= 1.0 for share in (row.unripe_share, row.ripe_share, row.past_share, row.good_share))
    unripe = [row.unripe_share for row in rows]
    assert all(a >= b - 1e-12 for a, b in pairwise(unripe))


def test_shares_by_day_are_those_of_fruit_sampled_one_by_one() -> None:
    ages = np.random.default_rng(7).normal(0.0, 1.2, 200_000)
    days = [1.0, 3.0, 4.0, 5.0, 7.0]
    for row in hp.shares_by_day("na-chi-lang", pieces=[(24, 28.0), (24, 20.0)], days=days):
        rate = hp.crop("na-chi-lang").temperature_law
        assert isinstance(rate, hp.RateTable)
        warm = (6.0 / hp.days_to_ripe("na-chi-lang", temperature_degc=28)) * min(row.day, 1.0)
        then = ages + warm + max(0.0, row.day - 1.0)
        assert row.unripe_share == pytest.approx(np.mean(then < 6.0), abs=0.01)
        assert row.past_share == pytest.approx(np.mean(then > 8.25), abs=0.01)


def test_a_certain_way_is_that_of_shares_by_day() -> None:
    way = [(30.0, 26.0, "foam-box-ice"), (40.0, 22.0, None)]
    (by_day,) = hp.shares_by_day("na-chi-lang", pieces=way, days=[70 / 24])
    assert hp.condition_after("na-chi-lang", outcomes=[(1.0, way)]) == by_day


def test_an_uncertain_way_mixes_what_certain_ones_give() -> None:
    ways = [(0.7, [(48.0, 25.0)]), (0.3, [(48.0, 25.0), (24.0, 30.0)])]
    mixed = hp.condition_after("na-chi-lang", stage="S3", outcomes=ways)
    sure = [hp.condition_after("na-chi-lang", stage="S3", outcomes=[(1.0, way)]) for _, way in ways]
    assert mixed.good_share == pytest.approx(0.7 * sure[0].good_share + 0.3 * sure[1].good_share)
    gap = sure[1].age_mean_d20 - sure[0].age_mean_d20
    assert mixed.age_sd_d20 == pytest.approx(math.hypot(sure[0].age_sd_d20, gap * math.sqrt(0.21)))
    assert mixed.day == pytest.approx(2.3)


def test_the_share_that_cold_has_injured_is_not_good() -> None:
    crop = hp.crop("na-chi-lang").model_copy(update={"chilling": hp.ChillingDose(below_degc=20, limit_degc_days=2)})
    mild, cold = [(24.0, 25.0)], [(24.0, 17.0)]
    mixed = hp.condition_after(crop, stage="S4", outcomes=[(0.25, cold), (0.75, mild)])
    assert mixed.injured_share == 0.25
    assert mixed.good_share < mixed.ripe_share
    assert mixed.good_share == pytest.approx(
        0.75 * hp.condition_after(crop, stage="S4", outcomes=[(1.0, mild)]).ripe_share
    )


def test_roast_duck_three_hours_on_the_road_is_unsafe() -> None:
    late = hp.condition_after(roast_duck(), outcomes=[(1.0, [(3.0, 28.0)])])
    assert (late.unsafe_share, late.good_share) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: hp.good_window_days("na-chi-lang", temperature_degc=61),
            "temperature_degc = 61: needs .* −?-30 to 60",
        ),
        (lambda: hp.shares_by_day("na-chi-lang", days=[1]), "give one of the two"),
        (lambda: hp.shares_by_day("na-chi-lang", temperature_degc=20, pieces=[(1, 20)], days=[1]), "one of the two"),
        (lambda: hp.shares_by_day("na-chi-lang", temperature_degc=20, days=[-1]), "days = -1: needs a number of days"),
        (lambda: hp.shares_by_day("na-chi-lang", pieces=[], days=[1]), "give one piece"),
        (lambda: hp.ready_day_percentiles("na-chi-lang", temperature_degc=20, percentiles=[100]), "below 100"),
        (lambda: hp.condition_after("na-chi-lang", outcomes=[(0.5, [(1, 20)])]), "sum to 0.5, not to 1"),
        (lambda: hp.condition_after("na-chi-lang", outcomes=[(1.5, [(1, 20)])]), r"outcomes\[0\] probability = 1.5"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_error(ask: object, message: str) -> None:
    assert callable(ask)
    with pytest.raises(ValueError, match=message):
        ask()


def test_an_unknown_stage_or_crop_names_what_there_is() -> None:
    with pytest.raises(hp.UnknownIdError, match="S1, S2, S3, S4"):
        hp.good_window_days("na-chi-lang", stage="S9", temperature_degc=20)
    with pytest.raises(hp.UnknownIdError, match="na-chi-lang"):
        hp.good_window_days("na-chi-lamg", temperature_degc=20)

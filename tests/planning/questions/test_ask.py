"""Simple questions about one crop."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.ripening.window import share_between
from harvest_planner.schema.crop import Crop


def roast_duck() -> Crop:
    return Crop.model_validate(
        {
            "id": "roast-duck",
            "ready_at_d20": 0.0,
            "window_d20": 30.0,
            "stages": [{"id": "cooked", "age_d20": 0.0, "sd_d20": 0.0}],
            "reference_stage_id": "cooked",
            "safety_cap": {},
        }
    )


def test_crops_lists_the_catalogue() -> None:
    assert {"na-chi-lang", "mango-cat", "banana-cavendish", "dragon-fruit-ld1", "lettuce-butter"} <= set(hp.crops())
    assert hp.crop("na-chi-lang").name_vi == "Na Chi Lăng"


def test_days_to_ripe_counts_from_the_reference_stage_or_the_one_named() -> None:
    assert hp.days_to_ripe("na-chi-lang", temperature_degc=20) == pytest.approx(6.0)
    assert hp.days_to_ripe("na-chi-lang", stage="S1", temperature_degc=20) == pytest.approx(7.5)
    assert hp.days_to_ripe("na-chi-lang", stage="S4", temperature_degc=25) == pytest.approx(1.0)


def test_a_crop_is_taken_for_its_id() -> None:
    assert hp.days_to_ripe(hp.crop("na-chi-lang"), temperature_degc=25) == hp.days_to_ripe(
        "na-chi-lang", temperature_degc=25
    )


@pytest.mark.parametrize("crop_id", ["dragon-fruit-ld1", "lettuce-butter"])
def test_what_is_good_when_picked_needs_no_days_and_no_warning(crop_id: str) -> None:
    assert hp.days_to_ripe(crop_id, temperature_degc=30) == 0.0


@pytest.mark.parametrize("degc", [13.0, 5.0, -30.0])
def test_a_clock_that_stands_still_never_gets_there(degc: float) -> None:
    with pytest.warns(hp.OutsideCalibrationWarning, match="stands still"):
        assert hp.days_to_ripe("na-chi-lang", temperature_degc=degc) == math.inf


@pytest.mark.parametrize(("degc", "days"), [(15.0, 9.0), (34.0, 6 / (1.5 * 1.6**0.7))])
def test_outside_the_measured_range_the_answer_carries_a_warning(degc: float, days: float) -> None:
    with pytest.warns(hp.OutsideCalibrationWarning, match="crop 'na-chi-lang' was measured from 17 to 30 °C") as caught:
        assert hp.days_to_ripe("na-chi-lang", temperature_degc=degc) == pytest.approx(days, rel=1e-6)
    assert len(caught) == 1
    assert caught[0].filename == __file__


@given(st.floats(17, 30), st.floats(17, 30))
def test_warmer_fruit_is_ripe_no_later(one: float, other: float) -> None:
    cool, warm = sorted((one, other))
    assert hp.days_to_ripe("na-chi-lang", temperature_degc=warm) <= hp.days_to_ripe(
        "na-chi-lang", temperature_degc=cool
    ) * (1 + 1e-12)


def test_good_share_is_the_normal_share_of_the_window() -> None:
    # S3 after a day at 25 °C: 2.4 + 1.5 = 3.9; window 6 − 2·1.5 … 8.25 − 1.5.
    share = hp.good_share("na-chi-lang", stage="S3", pieces=[(24, 25)], room_degc=25)
    assert share == pytest.approx(share_between(3.9, 1.2, 3.0, 6.75), abs=1e-12)


def test_good_share_takes_the_buyers_wish() -> None:
    eat_now = hp.good_share("na-chi-lang", stage="S4", pieces=[(24, 25)], ripe_within_days=(0, 0), keeps_days=0)
    assert eat_now == pytest.approx(share_between(6.0, 1.2, 6.0, 8.25), abs=1e-12)
    later = hp.good_share("na-chi-lang", pieces=[], ripe_within_days=(4, 7), keeps_days=1)
    assert later == pytest.approx(share_between(0.0, 1.2, -1.0, 2.0), abs=1e-12)


def test_greener_fruit_is_better_for_the_longer_way() -> None:
    shares = {
        (stage, hours): hp.good_share("na-chi-lang", stage=stage, pieces=[(hours, 28.0)], room_degc=28)
        for stage in ("S2", "S4")
        for hours in (10, 50)
    }
    assert shares["S4", 10] > shares["S2", 10]
    assert shares["S2", 50] > shares["S4", 50]


def test_injured_fruit_is_not_good() -> None:
    with pytest.warns(hp.OutsideCalibrationWarning, match="2 °C is extrapolated"):
        sound = hp.good_share("dragon-fruit-ld1", pieces=[(13.9 * 24, 2.0)], room_degc=10)
    with pytest.warns(hp.OutsideCalibrationWarning, match="2 °C is extrapolated"):
        injured = hp.good_share("dragon-fruit-ld1", pieces=[(14.1 * 24, 2.0)], room_degc=10)
    assert sound > 0.9
    assert injured == 0.0


@pytest.mark.parametrize(
    ("pieces", "safe"),
    [([(2, 28)], True), ([(2.1, 28)], False), ([(95, 4)], True), ([(48, 4), (1.1, 28)], False), ([(1.1, 33)], False)],
)
def test_the_safety_cap_of_cooked_food_beats_its_curve(pieces: list[tuple[float, float]], safe: bool) -> None:
    assert hp.good_share(roast_duck(), pieces=pieces) == float(safe)


def test_good_share_warns_once_for_way_and_room() -> None:
    with pytest.warns(hp.OutsideCalibrationWarning, match="5 °C and 35 °C") as caught:
        hp.good_share("na-chi-lang", pieces=[(1, 35), (1, 35), (1, 25)], room_degc=5)
    assert len(caught) == 1


def test_what_lies_inside_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert 0 < hp.good_share("na-chi-lang", stage="S3", pieces=[(20, 28.0)], room_degc=28) < 1


@pytest.mark.parametrize("degc", [-30.5, 61, math.nan, math.inf, "20", None])
def test_a_temperature_that_cannot_be_meant_is_refused_by_name(degc: Any) -> None:
    with pytest.raises(ValueError, match=f"temperature_degc = {degc!r}: needs a temperature from -30 to 60 °C"):
        hp.days_to_ripe("na-chi-lang", temperature_degc=degc)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pieces": [(1, 20), (-1, 20)]}, r"pieces\[1\] hours = -1: needs a number of hours of at least 0"),
        ({"pieces": [(math.nan, 20)]}, r"pieces\[0\] hours = nan"),
        ({"pieces": [(1, 99)]}, r"pieces\[0\] temperature = 99: needs a temperature"),
        ({"room_degc": 200}, "room_degc = 200"),
        ({"keeps_days": -1}, "keeps_days = -1: needs a number of days of at least 0"),
        ({"ripe_within_days": (3, 1)}, r"ripe_within_days = \(3, 1\): the first must not exceed the second"),
        ({"ripe_within_days": (-1, 1)}, "ripe_within_days = -1"),
    ],
)
def test_bad_arguments_of_good_share_are_refused_by_name(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hp.good_share("na-chi-lang", **{"pieces": [(1, 20)], **fields})


def test_an_unknown_stage_lists_those_there_are() -> None:
    with pytest.raises(hp.UnknownIdError, match="'S9'; known: S1, S2, S3, S4"):
        hp.days_to_ripe("na-chi-lang", stage="S9", temperature_degc=20)


def test_an_unknown_crop_names_the_nearest() -> None:
    with pytest.raises(hp.UnknownIdError, match="did you mean 'mango-cat'"):
        hp.good_share("mango-kat", pieces=[])

"""From a crop's record to its curve."""

from __future__ import annotations

import gc
import pickle
from typing import Any

import pytest

from harvest_planner.planning.curves import _CURVES, curve_of, outside_calibration
from harvest_planner.schema.crop import Arrhenius, ChillingDose, ChillingTime, Crop, RateTable, SafetyCap, SquareRoot
from harvest_planner.schema.problem import catalogue_crop


def crop(**fields: Any) -> Crop:
    given: dict[str, Any] = {
        "id": "test-fruit",
        "ready_at_d20": 5.0,
        "window_d20": 2.0,
        "stages": [{"id": "S", "age_d20": 0.0, "sd_d20": 1.0}],
        "reference_stage_id": "S",
    }
    return Crop.model_validate(given | fields)


@pytest.mark.parametrize(
    ("law", "rate_at_10"),
    [
        (Arrhenius(ea_kj_per_mol=60.0), 0.4193),
        (SquareRoot(tmin_degc=0.0), 0.25),
        (RateTable(points=((10.0, 0.4), (20.0, 1.0))), 0.4),
    ],
)
def test_each_law_of_a_record_becomes_its_function(law: object, rate_at_10: float) -> None:
    assert curve_of(crop(temperature_law=law)).rate(10.0) == pytest.approx(rate_at_10, abs=1e-4)


def test_numbers_of_the_record_reach_the_curve() -> None:
    curve = curve_of(
        crop(
            stops_below_degc=12.0, calibrated_degc=(15.0, 30.0), safety_cap=SafetyCap(limits=((4.0, 48.0), (None, 3.0)))
        )
    )
    assert (curve.ready_at_d20, curve.window_d20, curve.calibrated_degc) == (5.0, 2.0, (15.0, 30.0))
    assert curve.rate(12.0) == 0.0
    assert [curve.safety_rate(4.0), curve.safety_rate(5.0)] == [0.5, 8.0]


def test_both_kinds_of_chilling_become_shares_of_their_limit() -> None:
    dose = curve_of(crop(chilling=ChillingDose(below_degc=10.0, limit_degc_days=40.0)))
    time = curve_of(crop(chilling=ChillingTime(points=((2.0, 4.0),))))
    assert [dose.chill_rate(2.0), time.chill_rate(2.0), time.chill_rate(2.1)] == [0.2, 0.25, 0.0]


def test_equal_numbers_share_a_curve_and_others_do_not() -> None:
    assert curve_of(crop()) is curve_of(crop(id="another", sources={"ready_at_d20": "assumption"}))
    assert curve_of(crop()) != curve_of(crop(window_d20=2.5))


def test_a_copy_with_other_numbers_has_its_own_curve_and_a_dead_crop_none() -> None:
    crop = catalogue_crop("na-chi-lang").model_copy(update={"id": "mine"})
    assert curve_of(crop) is curve_of(catalogue_crop("na-chi-lang"))
    assert curve_of(crop.model_copy(update={"ready_at_d20": 5.0})).ready_at_d20 == 5.0
    kept, number = len(_CURVES), id(crop)
    assert number in _CURVES
    del crop
    gc.collect()
    assert number not in _CURVES
    assert len(_CURVES) < kept


def test_many_temperatures_outside_are_named_by_their_ends() -> None:
    message = outside_calibration(catalogue_crop("na-chi-lang"), [31.0 + degc for degc in range(9)])
    assert message == "crop 'na-chi-lang' was measured from 17 to 30 °C; 31 °C … 39 °C is extrapolated"


def test_curves_of_the_catalogue_survive_pickling() -> None:
    curve = curve_of(catalogue_crop("mango-cat"))
    assert pickle.loads(pickle.dumps(curve)) == curve


def test_inside_the_measured_range_there_is_nothing_to_say() -> None:
    assert outside_calibration(crop(calibrated_degc=(15.0, 30.0)), [15.0, 22.0, 30.0]) is None
    assert outside_calibration(crop(), [0.0, 40.0]) is None


def test_outside_it_names_crop_range_and_temperatures_once_each() -> None:
    sentence = outside_calibration(crop(calibrated_degc=(15.0, 30.0)), [34.0, 34.0, 22.0, 10.5])
    assert sentence == "crop 'test-fruit' was measured from 15 to 30 °C; 10.5 °C and 34 °C is extrapolated"


def test_a_clock_that_stands_still_is_said() -> None:
    sentence = outside_calibration(crop(stops_below_degc=12.0), [11.0, 20.0])
    assert sentence == "the clock of crop 'test-fruit' stands still at 11 °C (it stops at 12 °C)"
    assert outside_calibration(crop(temperature_law=SquareRoot(tmin_degc=0.0)), [-1.0]) is not None

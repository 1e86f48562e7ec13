"""`fit_ripening` on measured fruit, against the estimates made without scipy; needs the folder `shared`."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

import harvest_planner as hp
from docs.estimate_from_shared import FACTS, avocado as estimated, papaya as estimated_hue
from docs.fit_from_shared import (
    AMBIENTS_DEGC,
    ambient_lines,
    fit_both,
    fit_index,
    fit_papaya,
    index_lines,
    papaya_lines,
)
from harvest_planner.planning.curves import curve_of

FOLDER = Path(os.environ.get("HARVEST_PLANNER_FACTS", FACTS))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "fitting.md"


@pytest.mark.parametrize("index", [2, 3, 4, 5])
def test_143_hass_at_20_give_the_days_of_each_index(index: int) -> None:
    fit = fit_index(FOLDER, index)
    passing = next(one for one in estimated(FOLDER) if one.index == index)
    assert fit.fruit == passing.fruit == 143
    assert fit.crop.ready_at_d20 == fit.parameters["ready_at_d20"] == pytest.approx(passing.mean_days, rel=0.05)
    assert fit.crop.stage().sd_d20 == pytest.approx(passing.sd_days, rel=0.15)
    assert 0.01 < fit.standard_errors["ready_at_d20"] < 0.15
    assert 0.01 < fit.standard_errors["sd_d20"] < 0.15
    assert any("tells nothing of other temperatures" in warning for warning in fit.warnings)


def test_index_3_is_ripe_and_its_misfit_is_said() -> None:
    fit = fit_index(FOLDER, 3)
    assert fit.parameters["ready_at_d20"] == pytest.approx(3.47, rel=0.05)
    assert fit.parameters["sd_d20"] == pytest.approx(0.81, rel=0.15)
    shares = {row.day: (row.crossed_share, row.expected_share) for row in fit.goodness.by_day}
    assert shares[4.0] == pytest.approx((0.85, 0.74), abs=0.005)
    assert shares[5.0] == pytest.approx((0.90, 0.97), abs=0.005)
    assert fit.goodness.p_value is not None
    assert fit.goodness.p_value < 1e-4
    assert any("does not describe these fruit well" in warning for warning in fit.warnings)


@pytest.mark.parametrize("degc", AMBIENTS_DEGC)
def test_all_286_with_an_assumed_ambient_tell_one_ratio_and_no_law(degc: float) -> None:
    fit = fit_both(FOLDER, degc)
    assert fit.fruit == 286
    assert all(math.isfinite(error) and error > 0.0 for error in fit.standard_errors.values())
    assert {"ready_at_d20", "window_d20", "sd_d20"} <= set(fit.standard_errors)
    assert fit.goodness.largest_misfit is not None
    assert fit.goodness.largest_misfit < 0.25
    assert fit.goodness.p_value is not None
    assert 0.0 < fit.goodness.p_value < 1e-4
    assert curve_of(fit.crop).rate(degc) == pytest.approx(1.06, abs=0.03)
    told = "tmin_degc" in fit.standard_errors
    assert told == (degc < 25.0)
    words = "just decide tmin_degc" if told else "warmth does not speed these fruit as it should"
    assert any(words in warning for warning in fit.warnings)


def test_all_286_with_the_catalogue_s_law_held() -> None:
    law = hp.crop("avocado-hass").temperature_law
    assert not isinstance(law, hp.RateTable)
    fit = fit_both(FOLDER, 20.8, law)
    assert fit.crop.temperature_law == law
    assert set(fit.standard_errors) == {"ready_at_d20", "window_d20", "sd_d20"}
    assert curve_of(fit.crop).rate(20.8) == pytest.approx(1.06, abs=0.005)
    assert fit.parameters["ready_at_d20"] == pytest.approx(6.57, abs=0.05)


def test_papaya_s_falling_hue_gives_the_middle_of_its_course() -> None:
    fit, hue = fit_papaya(FOLDER), estimated_hue(FOLDER)
    assert fit.fruit == hue.fruit == 20
    for name, said in (("ready_at_d20", hue.middle_mean_days), ("sd_d20", hue.middle_sd_days)):
        assert fit.parameters[name] == pytest.approx(said, abs=fit.standard_errors[name])
    assert fit.goodness.p_value is not None
    assert 0.01 < fit.goodness.p_value < 1.0
    assert not any("does not describe" in warning for warning in fit.warnings)
    assert any("all fruit were kept at 20 °C, which tells nothing of other" in warning for warning in fit.warnings)


def test_papaya_at_another_assumed_temperature_is_as_far_along_the_clock() -> None:
    at20, at28 = fit_papaya(FOLDER), fit_papaya(FOLDER, 28.0)
    rate = curve_of(at28.crop).rate(28.0)
    assert at28.crop.ready_at_d20 == pytest.approx(rate * at20.crop.ready_at_d20, rel=1e-4)


@pytest.mark.parametrize(
    ("mark", "lines"), [("indices", index_lines), ("ambient", ambient_lines), ("papaya", papaya_lines)]
)
def test_the_page_states_what_the_command_prints(mark: str, lines: object) -> None:
    assert callable(lines)
    text = PAGE.read_text(encoding="utf-8")
    said = text.split(f"<!-- {mark} -->\n")[1].split(f"\n<!-- /{mark} -->")[0]
    assert said.splitlines() == list(lines(FOLDER))

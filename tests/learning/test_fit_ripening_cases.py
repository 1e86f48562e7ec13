"""Tables as they come from the field: every shape is read, and what they cannot tell is said."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import harvest_planner as hp
from tests.learning.simulated import as_ripe, looks, ripening_on, square_root

DAYS = (3, 4, 4, 5, 5, 5, 6, 6, 7, 8)


def test_a_frame_dicts_and_a_file_give_the_same_answer(tmp_path: Path) -> None:
    rows = ripening_on(DAYS)
    frame = pd.DataFrame(rows)
    frame.to_csv(tmp_path / "looks.csv", index=False)
    answers = {
        str(hp.fit_ripening(table)) for table in (rows, frame, tmp_path / "looks.csv", str(tmp_path / "looks.csv"))
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("no", "yes"), [("no", "yes"), ("chưa", "chín"), (0, 1), (False, True), ("0", "1"), ("N", "Y")]
)
def test_yes_and_no_in_many_words(no: object, yes: object) -> None:
    rows = [{**row, "ripe": yes if row["ripe"] else no} for row in ripening_on(DAYS)]
    assert hp.fit_ripening(rows).parameters == hp.fit_ripening(ripening_on(DAYS)).parameters


def test_columns_are_found_by_their_names_in_any_case() -> None:
    names = {"fruit": " Fruit ", "day": "Day", "temperature": "temperature_degC", "ripe": "RIPE"}
    rows = [{**{names[key]: value for key, value in row.items()}, "remark": "x"} for row in ripening_on(DAYS)]
    assert hp.fit_ripening(rows).parameters == hp.fit_ripening(ripening_on(DAYS)).parameters


def test_firmness_falls_and_a_score_may() -> None:
    rows = looks(1, rate=lambda _: 1.0, temperatures=(20.0,))
    firm = [{**row, "firmness": 10.0 - row["score"]} for row in rows]
    for row in firm:
        del row["score"]
    falling = [{**row, "score": 4 - row["score"]} for row in rows]
    rising = hp.fit_ripening(rows, ripe_at=2, over_at=3)
    assert hp.fit_ripening(firm, ripe_at=8, over_at=7).parameters == pytest.approx(rising.parameters)
    assert hp.fit_ripening(falling, ripe_at=2, over_at=1).parameters == pytest.approx(rising.parameters)


def test_thresholds_that_nobody_stated_are_assumed_aloud() -> None:
    rows = looks(2, rate=lambda _: 1.0, temperatures=(20.0,))
    fit = hp.fit_ripening(rows)
    assert [(one.value, one.role) for one in fit.thresholds] == [(2.0, "ready"), (3.0, "over")]
    assert "ripe_at was not given: taken as 2, half-way along what was seen" in fit.warnings
    assert "over_at was not given: taken as 3, the next grade after ripe" in fit.warnings
    stated = hp.fit_ripening(rows, ripe_at=2, over_at=3)
    assert stated.parameters == fit.parameters
    assert not any("was not given" in warning for warning in stated.warnings)


def test_one_temperature_tells_no_law_and_the_crop_s_is_kept() -> None:
    fit = hp.fit_ripening(ripening_on(DAYS), "na-chi-lang")
    assert fit.crop.temperature_law == hp.crop("na-chi-lang").temperature_law
    assert fit.crop.calibrated_degc == hp.crop("na-chi-lang").calibrated_degc
    assert any("tells nothing of other temperatures" in warning for warning in fit.warnings)
    assert set(fit.standard_errors) == {"ready_at_d20", "sd_d20"}


def test_without_a_crop_one_temperature_is_all_that_is_promised() -> None:
    fit = hp.fit_ripening(ripening_on(DAYS))
    assert fit.crop.calibrated_degc == (20.0, 20.0)
    assert fit.crop.sources["temperature_law"].startswith("assumption")
    assert fit.crop.sources["window_d20"].startswith("assumption")
    with pytest.warns(hp.OutsideCalibrationWarning):
        hp.days_to_ripe(fit.crop, temperature_degc=25)


def test_temperatures_too_alike_to_tell_a_law_leave_it_as_it_was() -> None:
    rows = as_ripe(looks(3, rate=square_root(2.0), fruit=40, temperatures=(20.0, 20.2)))
    fit = hp.fit_ripening(rows)
    assert fit.crop.temperature_law == hp.SquareRoot(tmin_degc=-10.6)
    assert any("too alike to tell the temperature law" in warning for warning in fit.warnings)


def test_two_numbers_that_cannot_be_told_apart_are_named() -> None:
    """Only warm rooms: days at 20 °C and the law trade against each other."""
    rows = as_ripe(
        looks(4, rate=square_root(2.0), fruit=300, temperatures=(27.0, 32.0), days=[d / 2 for d in range(40)])
    )
    fit = hp.fit_ripening(rows)
    assert abs(fit.correlations["ready_at_d20", "tmin_degc"]) > 0.95
    assert any("can hardly tell ready_at_d20 from tmin_degc" in warning for warning in fit.warnings)


def test_warmth_that_slows_fruit_down_is_said_to_be_strange() -> None:
    fit = hp.fit_ripening(as_ripe(looks(5, rate=lambda degc: 2.0 - degc / 20.0)))
    assert any("warmth does not speed these fruit" in warning for warning in fit.warnings)
    assert "tmin_degc" not in fit.standard_errors


def test_a_law_at_its_end_stays_with_the_numbers_that_were_fitted_on_it() -> None:
    """Days fitted on one clock would be wrong on another: the crop must describe the fruit it was fitted to."""
    rows = as_ripe(looks(5, rate=lambda _: 1.0, fruit=200, temperatures=(25.0, 30.0)))
    fit = hp.fit_ripening(rows, "avocado-hass")
    assert isinstance(fit.crop.temperature_law, hp.SquareRoot)
    assert fit.crop.temperature_law.tmin_degc == pytest.approx(-99.0)
    assert hp.days_to_ripe(fit.crop, temperature_degc=27.5) == pytest.approx(5.0, abs=0.3)
    assert "at the end of what it may be" in fit.crop.sources["temperature_law"]


def test_cold_that_stops_fruit_is_not_called_slow_warmth() -> None:
    fit = hp.fit_ripening(as_ripe(looks(5, rate=lambda degc: float(degc > 17), temperatures=(15.0, 20.0))))
    assert any("cold slows these fruit more than it can say" in warning for warning in fit.warnings)
    assert not any("warmth does not speed" in warning for warning in fit.warnings)
    assert fit.crop.temperature_law == hp.SquareRoot(tmin_degc=14.5)
    assert fit.parameters["ready_at_d20"] == pytest.approx(5.0, abs=0.6)


def test_two_temperatures_test_no_law() -> None:
    words = "two temperatures, 15 and 25 °C, just decide tmin_degc"
    two = hp.fit_ripening(as_ripe(looks(5, rate=square_root(2.0), temperatures=(15.0, 25.0))))
    assert any(words in warning for warning in two.warnings)
    three = hp.fit_ripening(as_ripe(looks(5, rate=square_root(2.0))))
    assert not any("just decide" in warning for warning in three.warnings)


def test_a_law_can_be_held() -> None:
    law = hp.Arrhenius(ea_kj_per_mol=60.0)
    fit = hp.fit_ripening(as_ripe(looks(6, rate=square_root(2.0))), temperature_law=law)
    assert fit.crop.temperature_law == law
    assert "ea_kj_per_mol" not in fit.parameters


def test_fruit_that_went_back_counts_with_all_its_time_and_is_named() -> None:
    rows = ripening_on(DAYS)
    for row in rows:
        if (row["fruit"], row["day"]) == ("f3", 7):
            row["ripe"] = False
    fit = hp.fit_ripening(rows)
    assert fit.contradictory == ("f3",)
    assert any(warning.startswith("1 of 10 fruit were seen ripe and later not (fruit f3)") for warning in fit.warnings)
    assert fit.parameters["ready_at_d20"] > hp.fit_ripening(ripening_on(DAYS)).parameters["ready_at_d20"]


def test_fruit_ripe_at_the_first_look_or_not_while_watched_counts_too() -> None:
    fit = hp.fit_ripening(ripening_on([0, *DAYS, 99, 99]))
    ready = fit.thresholds[0]
    assert (ready.before_first, ready.crossed, ready.not_yet) == (1, 10, 2)
    assert fit.fruit == 13


def test_a_day_without_a_look_is_no_look() -> None:
    rows = [{**row, "ripe": None if row["day"] == 5 else row["ripe"]} for row in ripening_on(DAYS)]
    without = hp.fit_ripening([row for row in ripening_on(DAYS) if row["day"] != 5])
    fit = hp.fit_ripening(rows)
    assert fit.parameters == pytest.approx(without.parameters)
    assert "10 rows have no ripe: taken as days without a look" in fit.warnings


def test_fruit_that_all_ripens_between_two_looks_keeps_the_crop_s_spread() -> None:
    fit = hp.fit_ripening(ripening_on([5] * 12), "na-chi-lang")
    assert fit.crop.stage().sd_d20 == pytest.approx(1.2)
    assert fit.parameters["ready_at_d20"] == pytest.approx(4.5, abs=0.1)
    assert any("sd_d20 = 1.2 was kept" in warning for warning in fit.warnings)
    with pytest.raises(hp.FitError, match="their spread cannot be told"):
        hp.fit_ripening(ripening_on([5] * 12))


def test_the_fitted_crop_takes_its_place_in_a_problem() -> None:
    fit = hp.fit_ripening(ripening_on(DAYS), "na-chi-lang")
    again = hp.Crop.model_validate_json(fit.crop.model_dump_json())
    assert again == fit.crop
    assert again.id == "na-chi-lang"
    assert again.drops_at_d20 == hp.crop("na-chi-lang").drops_at_d20


def test_a_fruit_with_one_look_counts_for_what_it_tells() -> None:
    once = [{"fruit": f"cut {i}", "day": 1, "temperature": 20, "ripe": True} for i in range(3)]
    fit = hp.fit_ripening([*ripening_on(DAYS), *once])
    assert (fit.fruit, fit.thresholds[0].before_first) == (13, 3)
    assert fit.parameters["ready_at_d20"] < hp.fit_ripening(ripening_on(DAYS)).parameters["ready_at_d20"]


BAD: list[tuple[list[dict[str, Any]], str]] = [
    ([], "observations: the table has no rows"),
    ([{"fruit": 1, "day": 1, "temperature": 20}], "exactly one of score, firmness, ripe"),
    ([{"fruit": 1, "day": 1, "temperature": 20, "score": 1, "ripe": 1}], "exactly one of score, firmness, ripe"),
    ([{"fruit": 1, "day": 1, "score": 1}], "needs the columns fruit, day, temperature"),
    ([{"Day": 1, "day": 1}], "two columns of one name"),
    ([{**row, "ripe": True} for row in ripening_on(DAYS)], "ripe is always 1; nothing changes"),
    ([{**row, "ripe": None} for row in ripening_on(DAYS)], "ripe is always empty"),
    ([{**row, "ripe": not row["ripe"]} for row in ripening_on(DAYS)], "contradict themselves: 10 of 10 fruit are ripe"),
    ([{**row, "ripe": False} for row in ripening_on(DAYS)], "ripe is always 0; nothing changes"),
    ([{**row, "temperature": 75} for row in ripening_on([4])], "temperature = '75': a temperature from -30 to 60 °C"),
    ([row for row in ripening_on(DAYS) if row["day"] == 5], "all fruit crossed between the same looks"),
    (ripening_on([4]), "one fruit cannot tell a spread"),
    (
        [*ripening_on([0, 0, 0]), {"fruit": "f0", "day": 13, "temperature": 20, "ripe": False}],
        "all fruit were beyond it",
    ),
]


@pytest.mark.parametrize(("rows", "message"), BAD, ids=[message for _, message in BAD])
def test_one_clear_error_for_a_table_that_tells_nothing(rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(hp.FitError, match=message) as caught:
        hp.fit_ripening(rows)
    assert isinstance(caught.value, ValueError)


def test_every_bad_cell_is_listed_at_once() -> None:
    rows = ripening_on(DAYS)
    rows[0]["temperature"], rows[1]["day"], rows[2]["ripe"], rows[3]["fruit"] = 61, "Monday", "perhaps", ""
    with pytest.raises(hp.FitError) as caught:
        hp.fit_ripening(rows)
    found = [(fault.line, fault.field, fault.value) for fault in caught.value.faults]
    assert found == [(1, "temperature", "61"), (2, "day", "Monday"), (3, "ripe", "perhaps"), (4, "fruit", "")]
    assert "observations:1: temperature = '61': a temperature from -30 to 60 °C" in str(caught.value)


def test_faults_of_a_file_name_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "looks.csv"
    path.write_text("fruit,day,temperature,ripe\na,0,20,no\na,1,-31,yes\n", encoding="utf-8")
    with pytest.raises(hp.FitError, match=r"looks\.csv:3: temperature = '-31'"):
        hp.fit_ripening(path)


def test_a_fruit_has_one_stage() -> None:
    rows = [{**row, "stage": "S1" if row["day"] else "S2"} for row in ripening_on(DAYS)]
    with pytest.raises(hp.FitError, match="fruit 'f0' was picked at stage 'S2'"):
        hp.fit_ripening(rows, "na-chi-lang")


def test_a_stage_that_the_crop_lacks_lists_those_it_has() -> None:
    with pytest.raises(hp.UnknownIdError, match="known: S1, S2, S3, S4"):
        hp.fit_ripening([{**row, "stage": "S9"} for row in ripening_on(DAYS)], "na-chi-lang")


def test_a_crop_one_letter_off_suggests_the_nearest() -> None:
    with pytest.raises(hp.UnknownIdError, match="did you mean 'na-chi-lang'"):
        hp.fit_ripening(ripening_on(DAYS), "na-chi-lan")


def test_thresholds_must_make_sense() -> None:
    rows = looks(7, rate=lambda _: 1.0, temperatures=(20.0,))
    with pytest.raises(hp.FitError, match=r"becomes ripe \(score 9\): no fruit came to it while watched"):
        hp.fit_ripening(rows, ripe_at=9)
    with pytest.raises(hp.FitError, match=r"becomes ripe \(score 1\): all fruit were beyond it at the first look"):
        hp.fit_ripening(rows, ripe_at=1)
    with pytest.raises(hp.FitError, match="over_at = 2 must lie above ripe_at = 3"):
        hp.fit_ripening(rows, ripe_at=3, over_at=2)
    with pytest.raises(hp.FitError, match="ripe is yes or no"):
        hp.fit_ripening(ripening_on(DAYS), ripe_at=2)
    with pytest.raises(ValueError, match="temperature_law = 'linear': one of arrhenius, square_root, rate_table"):
        hp.fit_ripening(ripening_on(DAYS), temperature_law="linear")


def test_a_table_of_rates_needs_20_degrees_among_its_temperatures() -> None:
    rows = as_ripe(looks(8, rate=square_root(2.0), temperatures=(25.0, 30.0)))
    with pytest.raises(hp.FitError, match="leaves 20 °C out"):
        hp.fit_ripening(rows, temperature_law="rate_table")


def test_ripening_below_the_temperature_at_which_the_clock_stops_is_refused() -> None:
    with pytest.raises(hp.FitError, match="clock stands still"):
        hp.fit_ripening(ripening_on(DAYS, degc=10.0), "na-chi-lang")


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(hp.MissingExtraError, match=r'fit_ripening needs scipy.*"harvest-planner\[fit\]"'):
        hp.fit_ripening(ripening_on(DAYS))

"""From fruit of known truth a grower gets that truth back, and standard errors that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

import harvest_planner as hp
from harvest_planner.planning.curves import curve_of
from tests.learning.simulated import arrhenius, as_ripe, looks, square_root

SEEDS = range(25)
TRUTH = {"ready_at_d20": 5.0, "window_d20": 2.0, "sd_d20": 1.1, "tmin_degc": 2.0}


@pytest.fixture(scope="module")
def many() -> list[hp.RipeningFit]:
    return [hp.fit_ripening(looks(seed, rate=square_root(2.0)), ripe_at=2, over_at=3) for seed in SEEDS]


@pytest.mark.parametrize("name", TRUTH)
def test_nearly_all_truths_lie_within_two_standard_errors(many: list[hp.RipeningFit], name: str) -> None:
    scores = np.array([(fit.parameters[name] - TRUTH[name]) / fit.standard_errors[name] for fit in many])
    assert (np.abs(scores) < 1.96).mean() >= 0.8, "of 25 fits 95 % should cover the truth"
    assert 0.6 < scores.std() < 1.5, "standard errors are too small or too large"


def test_estimates_are_right_on_average(many: list[hp.RipeningFit]) -> None:
    for name, truth in TRUTH.items():
        mean = np.mean([fit.parameters[name] for fit in many])
        error = np.mean([fit.standard_errors[name] for fit in many]) / len(many) ** 0.5
        # The likeliest spread of few fruit is a little too small, by about 1/(2n).
        assert mean == pytest.approx(truth, abs=3.5 * error + (0.02 if name == "sd_d20" else 0.0)), name


def test_a_right_model_is_seldom_called_wrong(many: list[hp.RipeningFit]) -> None:
    p_values = [fit.goodness.p_value for fit in many]
    assert all(p is not None for p in p_values)
    assert sum(p < 0.05 for p in p_values if p is not None) <= 4
    assert all("does not describe" not in warning for fit in many[:5] for warning in fit.warnings)


def test_the_crop_carries_the_numbers(many: list[hp.RipeningFit]) -> None:
    fit = many[0]
    assert fit.crop.ready_at_d20 == fit.parameters["ready_at_d20"]
    assert fit.crop.window_d20 == fit.parameters["window_d20"]
    assert fit.crop.stage().sd_d20 == fit.parameters["sd_d20"]
    assert fit.crop.temperature_law == hp.SquareRoot(tmin_degc=fit.parameters["tmin_degc"])
    assert fit.crop.calibrated_degc == (15.0, 25.0)
    assert fit.crop.sources["ready_at_d20"].startswith("fitted to 60 fruit")
    assert hp.days_to_ripe(fit.crop, temperature_degc=20) == pytest.approx(fit.crop.ready_at_d20)


def test_arrhenius_fruit_gives_its_activation_energy() -> None:
    fit = hp.fit_ripening(looks(1, rate=arrhenius(70.0), fruit=240), temperature_law="arrhenius", ripe_at=2, over_at=3)
    assert fit.parameters["ea_kj_per_mol"] == pytest.approx(70.0, abs=3 * fit.standard_errors["ea_kj_per_mol"])
    assert fit.standard_errors["ea_kj_per_mol"] < 7


def test_a_table_of_rates_is_fitted_at_the_temperatures_of_the_fruit() -> None:
    rate = square_root(2.0)
    rows = looks(2, rate=rate, fruit=240, temperatures=(15.0, 20.0, 25.0, 30.0))
    fit = hp.fit_ripening(rows, temperature_law="rate_table", ripe_at=2, over_at=3)
    for degc in (15, 25, 30):
        name = f"rate_at_{degc}_degc"
        assert fit.parameters[name] == pytest.approx(rate(degc), abs=3.5 * fit.standard_errors[name])
        assert curve_of(fit.crop).rate(degc) == pytest.approx(fit.parameters[name], rel=1e-9)
    assert curve_of(fit.crop).rate(20.0) == pytest.approx(1.0, rel=1e-12)


def test_beyond_the_fruit_s_temperatures_a_catalogue_table_goes_on_joined() -> None:
    papaya = hp.crop("papaya")
    rows = looks(3, rate=square_root(2.0), fruit=120, temperatures=(20.0, 25.0), mean=8.0)
    fit = hp.fit_ripening(rows, papaya, ripe_at=2, over_at=3)
    old, new = curve_of(papaya), curve_of(fit.crop)
    assert new.rate(13.5) / new.rate(20.0) == pytest.approx(old.rate(13.5) / old.rate(20.0))
    assert new.rate(29.0) / new.rate(25.0) == pytest.approx(old.rate(29.0) / old.rate(25.0))
    assert new.rate(25.0) == pytest.approx(square_root(2.0)(25.0), abs=0.15)
    assert fit.crop.calibrated_degc == papaya.calibrated_degc
    assert "beyond these as before" in fit.crop.sources["temperature_law"]


def test_rarer_looks_tell_less_but_nothing_false() -> None:
    daily = hp.fit_ripening(looks(4, rate=square_root(2.0), fruit=200), ripe_at=2, over_at=3)
    weekly = hp.fit_ripening(looks(4, rate=square_root(2.0), fruit=200, days=range(0, 30, 4)), ripe_at=2, over_at=3)
    for name in ("ready_at_d20", "sd_d20"):
        assert weekly.standard_errors[name] > daily.standard_errors[name]
        assert weekly.parameters[name] == pytest.approx(TRUTH[name], abs=3.5 * weekly.standard_errors[name])


def test_temperatures_that_change_on_the_way_are_added_up() -> None:
    """Fruit held cool for days that differ, then ripened warm: the days held tell the law."""
    rate, rng, rows = square_root(2.0), np.random.default_rng(5), []
    for i in range(150):
        cool, needs, gained = i % 6, rng.normal(5.0, 1.1), 0.0
        for day in range(20):
            degc = 12.0 if day <= cool else 24.0
            gained += rate(degc) if day else 0.0
            rows.append({"fruit": i, "day": day, "temperature": degc, "ripe": gained >= needs})
    fit = hp.fit_ripening(rows)
    assert fit.parameters["tmin_degc"] == pytest.approx(2.0, abs=3 * fit.standard_errors["tmin_degc"])
    assert fit.parameters["ready_at_d20"] == pytest.approx(5.0, abs=3 * fit.standard_errors["ready_at_d20"])


def test_stages_take_their_places_on_the_ladder() -> None:
    na = hp.crop("na-chi-lang")
    ladder = {"S2": 0.0, "S1": -1.0, "S3": 2.0}
    rows = as_ripe(looks(6, rate=lambda _: 1.0, fruit=240, temperatures=(20.0,), mean=6.5, stages=ladder))
    fit = hp.fit_ripening(rows, na)
    for name, truth in (("ready_at_d20", 6.5), ("stages.S1.age_d20", -1.0), ("stages.S3.age_d20", 2.0)):
        assert fit.parameters[name] == pytest.approx(truth, abs=3.5 * fit.standard_errors[name])
    assert fit.crop.stage("S2").age_d20 == na.stage("S2").age_d20
    assert fit.crop.stage("S4") == na.stage("S4")
    assert fit.crop.stage("S3").age_d20 == fit.parameters["stages.S3.age_d20"]


def test_without_a_crop_the_youngest_stage_is_age_0() -> None:
    rows = looks(7, rate=lambda _: 1.0, fruit=120, temperatures=(20.0,), stages={"ripe-ish": 2.0, "green": 0.0})
    fit = hp.fit_ripening(rows, ripe_at=2, over_at=3)
    assert [stage.id for stage in fit.crop.stages] == ["green", "ripe-ish"]
    assert fit.crop.reference_stage_id == "green"
    assert fit.crop.stage("green").age_d20 == 0.0
    assert fit.crop.stage("ripe-ish").age_d20 == pytest.approx(2.0, abs=0.8)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = looks(8, rate=square_root(2.0))
    assert str(hp.fit_ripening(rows, ripe_at=2)) == str(hp.fit_ripening(rows[::-1], ripe_at=2))


def test_a_wrong_curve_is_noticed() -> None:
    """Half of the fruit ripens early, half late: no normal spread looks like that."""
    rows = as_ripe(looks(9, rate=lambda _: 1.0, fruit=80, temperatures=(20.0,), mean=3.0, sd=0.5))
    late = as_ripe(looks(10, rate=lambda _: 1.0, fruit=80, temperatures=(20.0,), mean=10.0, sd=0.5))
    fit = hp.fit_ripening([*rows, *({**row, "fruit": f"late {row['fruit']}"} for row in late)])
    assert fit.goodness.p_value is not None
    assert fit.goodness.p_value < 1e-6
    assert any("does not describe these fruit well" in warning for warning in fit.warnings)

"""`fit_ripening` on measured fruit; needs the folder `shared` beside the repository."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

import harvest_planner as hp
from docs.estimate_from_shared import FACTS, avocado, papaya
from docs.fit_from_shared import avocado_by_index, looks_at_avocado, looks_at_papaya

FOLDER = Path(os.environ.get("HARVEST_PLANNER_FACTS", FACTS))


@pytest.fixture(scope="module")
def fits() -> dict[int, hp.RipeningFit]:
    return avocado_by_index(FOLDER)


def test_hass_at_20_reach_each_index_on_the_day_of_the_independent_estimate(fits: dict[int, hp.RipeningFit]) -> None:
    for passing in avocado(FOLDER):
        fit = fits[passing.index]
        assert fit.fruit == 143
        assert fit.parameters["ready_at_d20"] == pytest.approx(passing.mean_days, rel=0.01)
        assert fit.parameters["sd_d20"] == pytest.approx(passing.sd_days, rel=0.02)


def test_hass_at_20_mean_days_within_5_percent_and_spread_of_ripe_within_15(fits: dict[int, hp.RipeningFit]) -> None:
    published = {2: 1.36, 3: 3.47, 4: 5.30, 5: 8.33}
    for index, days in published.items():
        assert fits[index].crop.ready_at_d20 == pytest.approx(days, rel=0.05)
    (stage,) = fits[3].crop.stages
    assert stage.sd_d20 == pytest.approx(0.81, rel=0.15)


def test_it_says_what_one_temperature_and_one_spread_cannot_tell(fits: dict[int, hp.RipeningFit]) -> None:
    said = " ".join(fits[3].warnings)
    assert "all fruit were kept at 20 °C, which tells nothing of other temperatures" in said
    assert "one spread of starting ages cannot hold for every threshold" in said
    assert all(error > 0 for error in fits[3].standard_errors.values())


def test_all_286_fit_with_an_assumed_ambient_and_say_that_they_tell_no_law() -> None:
    fit = hp.fit_ripening(looks_at_avocado(FOLDER, ambient_degc=24.0), "avocado-hass", ripe_at=3, over_at=5)
    assert fit.fruit == 286
    assert any("warmth does not speed these fruit" in warning for warning in fit.warnings)
    milder = hp.fit_ripening(looks_at_avocado(FOLDER, ambient_degc=22.0), "avocado-hass", ripe_at=3, over_at=5)
    assert milder.standard_errors["tmin_degc"] > 5
    assert math.isfinite(milder.log_likelihood)
    assert milder.goodness.largest_misfit is not None


@pytest.mark.parametrize("method", ["Colorimeter", "Scanner"])
def test_papaya_is_fitted_on_its_falling_hue(method: str) -> None:
    fit = hp.fit_ripening(looks_at_papaya(FOLDER, method=method), "papaya", ripe_at=95)
    assert fit.fruit == 20
    rate = fit.crop.ready_at_d20 / hp.days_to_ripe(fit.crop, temperature_degc=25)
    assert fit.parameters["sd_d20"] / rate == pytest.approx(papaya(FOLDER).middle_sd_days, rel=0.25)
    assert any("tells nothing of other temperatures" in warning for warning in fit.warnings)

"""The catalogue's avocado and papaya against the measured fruit; needs the folder `shared` beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import harvest_planner as hp
from docs.estimate_from_shared import FACTS, Passing, avocado, papaya

FOLDER = Path(os.environ.get("HARVEST_PLANNER_FACTS", FACTS))
BOUGHT = "H3"


@pytest.fixture(scope="module")
def passings() -> dict[int, Passing]:
    return {passing.index: passing for passing in avocado(FOLDER)}


def days_to_index(index: int) -> float:
    crop = hp.crop("avocado-hass")
    return crop.stage(f"RI{index}").age_d20 - crop.stage(BOUGHT).age_d20


@pytest.mark.parametrize("index", [2, 3, 4, 5])
def test_hass_at_20_reaches_each_index_on_the_measured_day(passings: dict[int, Passing], index: int) -> None:
    assert passings[index].fruit == 143
    assert days_to_index(index) == pytest.approx(passings[index].mean_days, rel=0.05)


def test_the_library_says_ripe_on_the_day_of_index_3(passings: dict[int, Passing]) -> None:
    ripe = hp.days_to_ripe("avocado-hass", stage=BOUGHT, temperature_degc=20)
    assert ripe == pytest.approx(passings[3].mean_days, rel=0.05)


def test_the_spread_is_that_of_ripe_and_misses_the_others_as_the_page_says(passings: dict[int, Passing]) -> None:
    spread = hp.crop("avocado-hass").stage(BOUGHT).sd_d20
    assert spread == pytest.approx(passings[3].sd_days, rel=0.15)
    misses = {index: spread / passing.sd_days - 1.0 for index, passing in passings.items()}
    assert misses == pytest.approx({2: 0.08, 3: 0.00, 4: -0.28, 5: 0.62}, abs=0.01)


def test_papaya_spread_is_that_of_the_day_of_half_hue() -> None:
    """The course's rate is ill determined (0.22 and 0.23 a day fit alike); the spread of its middle is not."""
    hue = papaya(FOLDER)
    assert hue.fruit == 20
    assert hue.rmse_deg == pytest.approx(1.0, abs=0.01)
    assert hp.crop("papaya").stage().sd_d20 == pytest.approx(hue.middle_sd_days, rel=0.02)
    assert 10.5 < hue.middle_mean_days < 11.7

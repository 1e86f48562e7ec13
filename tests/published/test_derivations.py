"""What the catalogue derives from published numbers is what those numbers give."""

from __future__ import annotations

import pytest

from docs.derive_crops import DERIVED, in_catalogue, lines, misfit, per_day, persimmon_tmin, tmin_of
from harvest_planner.ripening.laws import square_root_rate

PARAMETERS = [(crop_id, path, value) for crop_id, derive in DERIVED.items() for path, value in derive().items()]
IDS = [f"{crop_id}:{path}" for crop_id, path, _ in PARAMETERS]


@pytest.mark.parametrize(("crop_id", "path", "value"), PARAMETERS, ids=IDS)
def test_the_file_holds_what_the_published_numbers_give(crop_id: str, path: str, value: float) -> None:
    held = list(in_catalogue(crop_id, path))
    assert held
    assert held == pytest.approx([value] * len(held), rel=2e-4)


def test_the_command_prints_every_parameter() -> None:
    assert len(list(lines())) == len(PARAMETERS) + 1


@pytest.mark.parametrize("tmin", [-35.0, -10.6, -4.2])
def test_the_fit_finds_the_law_that_made_the_numbers(tmin: float) -> None:
    series = [[(degc, scale * square_root_rate(degc, tmin_degc=tmin)) for degc in (0.0, 8.0, 25.0)] for scale in (1, 7)]
    assert tmin_of(*series) == pytest.approx(tmin, abs=1e-5)
    assert misfit(tmin, *series) == pytest.approx(0.0, abs=1e-12)


def test_two_points_decide_the_law_exactly() -> None:
    """Dragon fruit LD1, 5 d at 20 °C and 28 at 6 °C: (6 − Tmin)/(20 − Tmin) = √(5/28)."""
    root = (5 / 28) ** 0.5
    assert tmin_of(per_day((20.0, 5.0), (6.0, 28.0))) == pytest.approx((6 - 20 * root) / (1 - root), abs=1e-5)


def test_misfits_stated_in_the_files() -> None:
    """The root mean squares of ln(measured/law) that the sources of the files quote."""
    respiration = {
        "avocado": [(5.0, 17.5), (10.0, 52.5), (20.0, 95.0)],
        "kiwifruit": [(0.0, 1.75), (5.0, 3.5), (10.0, 6.0), (15.0, 10.5), (20.0, 17.5)],
    }
    found = {name: misfit(tmin_of(points), points) for name, points in respiration.items()}
    assert found == pytest.approx({"avocado": 0.17, "kiwifruit": 0.09}, abs=0.005)
    softening = [per_day((20.0, 6.0), (5.0, 15.0)), per_day((20.0, 2.0), (5.0, 8.0)), per_day((20.0, 4.5), (0.0, 21.0))]
    assert misfit(persimmon_tmin(), *softening) == pytest.approx(0.10, abs=0.005)

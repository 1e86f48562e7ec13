"""The pages agree with the code and with each other."""

from __future__ import annotations

import doctest
import math
import re
from pathlib import Path

import pytest

import harvest_planner as hp
from docs import summing_means
from docs.expected_error import REPORTS, rms_ratio, typical_ratio
from docs.make_crops_page import PAGE as CROPS_PAGE, best_share, days_on_the_way, render as render_crops
from docs.make_reference import FILES, PAGE, default, kind, render, unit

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


def test_the_reference_of_the_problem_folder_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python docs/make_reference.py"


@pytest.mark.parametrize("file", ["problem.toml", "crops.toml", *FILES])
def test_the_reference_has_a_section_for_each_file(file: str) -> None:
    assert f"\n## {file}\n" in render()


def test_cells_in_words() -> None:
    assert kind({"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]}) == "number ≥ 0"
    assert kind({"type": "array", "items": {"type": "string"}}) == "several: text"
    assert default({"default": [0.0, 2.0]}) == r"`0\|2`"
    assert default({"default": "05:00:00"}) == "`05:00`"
    assert default({"default": None}) == "–"
    assert (unit("price_vnd_per_kg"), unit("trip_cost_vnd"), unit("keeps_days"), unit("name")) == (
        "VND/kg",
        "VND",
        "d",
        "",
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_page_of_the_crops_is_up_to_date() -> None:
    assert CROPS_PAGE.read_text(encoding="utf-8") == render_crops(), "run: python -m docs.make_crops_page"


@pytest.mark.parametrize("crop_id", hp.crops())
def test_the_page_of_the_crops_has_a_row_and_a_section_for_each(crop_id: str) -> None:
    assert f"\n| [`{crop_id}`](#{crop_id}) | " in render_crops()
    assert f"\n## {crop_id}\n" in render_crops()


@pytest.mark.parametrize(
    ("room_degc", "sd_d20", "share"), [(28.0, None, 0.90), (28.0, 0.8, 0.99), (20.0, None, 0.82), (20.0, 0.8, 0.96)]
)
def test_no_na_can_be_promised_beyond_these_shares(room_degc: float, sd_d20: float | None, share: float) -> None:
    assert best_share(hp.crop("na-chi-lang"), room_degc=room_degc, sd_d20=sd_d20) == pytest.approx(share, abs=0.005)


@pytest.mark.filterwarnings("ignore::harvest_planner.errors.OutsideCalibrationWarning")
@pytest.mark.parametrize("crop_id", hp.crops())
def test_no_journey_gives_more_than_the_best_share(crop_id: str) -> None:
    crop = hp.crop(crop_id)
    best = best_share(crop, room_degc=20.0)
    found = [
        hp.good_share(crop, stage=stage.id, pieces=[(hours, 20.0)])
        for stage in crop.stages
        for hours in range(0, 400, 6)
    ]
    assert max(found) <= best + 1e-12
    assert max(found) >= best - 0.03


def test_days_on_the_way_are_where_the_share_falls_to_nine_tenths() -> None:
    days = days_on_the_way(hp.crop("leafy-greens"))
    assert days is not None
    assert hp.good_share("leafy-greens", pieces=[(24 * days, 20.0)]) == pytest.approx(0.9, abs=1e-6)
    assert days_on_the_way(hp.crop("vit-quay")) == pytest.approx(2 / 24)
    assert days_on_the_way(hp.crop("na-chi-lang")) is None


def test_how_fruit_ripens_states_the_errors_that_the_command_prints() -> None:
    text = " ".join((ROOT / "docs/explanation/how_fruit_ripens.md").read_text(encoding="utf-8").split())
    within = sum(1 / 1.25 <= report.ratio <= 1.25 for report in REPORTS)
    assert (len(REPORTS), within) == (17, 9)
    assert f"missed by less than a factor of {typical_ratio():.2f}" in text
    assert f"the misses is a factor of {rms_ratio():.2f}" in text
    ratios = {(report.crop_id, report.temperature_degc): report.ratio for report in REPORTS}
    assert min(ratios.values()) == ratios["banana-cavendish", 16.0] == pytest.approx(0.42, abs=0.005)
    assert max(ratios.values()) == ratios["litchi", 28.0] == pytest.approx(2.4, abs=0.05)
    cold = [report.ratio for report in REPORTS if report.temperature_degc < 17 and abs(report.ratio - 1) > 0.15]
    assert (len(cold), sum(ratio < 1 for ratio in cold)) == (7, 5)
    assert sum(not 0.5 <= report.ratio <= 2.0 for report in REPORTS) == 3


TRAVEL = ROOT / "docs/explanation/how_goods_travel.md"


def test_how_goods_travel_states_the_figures_that_the_command_prints() -> None:
    text = TRAVEL.read_text(encoding="utf-8")
    assert f"\n{summing_means.table()}\n" in text
    flowing = " ".join(text.split())
    assert summing_means.summary() in flowing
    feeder_h, trunk_h = summing_means.mean_h(summing_means.FEEDER), summing_means.mean_h(summing_means.TRUNK)
    assert f"mean durations are {feeder_h:.2f} h and {trunk_h:.2f} h" in flowing
    assert f"{18 + feeder_h - 24:.2f}" == "4.21", "the feeder's mean arrival, 04:13"
    assert round((feeder_h % 1) * 60) == 13
    assert f"only {summing_means.made_share() * 100:.0f} of 100 parcels" in flowing


def test_the_figures_of_how_goods_travel_by_hand() -> None:
    """Closed forms of the means, of the share that makes the connection and of the share in time."""
    log_sd = math.log(1.4) / 1.6448536269514722
    assert summing_means.mean_h(summing_means.FEEDER) == pytest.approx(10 * math.exp(log_sd**2 / 2))
    # In time is who makes it and then keeps thirty hours; six hours are too few for who does not.
    made = summing_means.made_share()
    assert made == pytest.approx(0.5 * math.erfc(-math.log(1.1) / log_sd / math.sqrt(2)))
    assert summing_means.by_outcomes().in_time_share == pytest.approx(0.95 * made, abs=1e-5)
    # Who makes it has 20.62 h from 06:00, who does not has them a day later: but for who misses twice.
    mean_at = summing_means.by_outcomes().mean_at
    late_h = 24 * (1 - made)
    expected_h = 30 + summing_means.mean_h(summing_means.TRUNK) + late_h
    assert (mean_at - summing_means.AS_OF).total_seconds() / 3600 == pytest.approx(expected_h, abs=0.01)


@pytest.mark.parametrize(("page", "least"), [(TRAVEL, 8), (ROOT / "docs/explanation/why_this_day.md", 6)])
def test_the_example_of_a_page_runs(page: Path, least: int) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    example = doctest.DocTestParser().get_doctest(block, {}, page.name, str(page), 0)
    tried = doctest.DocTestRunner().run(example)
    assert tried.attempted >= least
    assert tried.failed == 0

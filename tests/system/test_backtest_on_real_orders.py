"""Adaptive limits on real deliveries that drift (docs/explanation/backtest.md); needs the folder `shared`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import harvest_planner as hp
from docs.backtest_from_shared import (
    FACTS,
    ZONE,
    cover_p90,
    order_lines,
    orders,
    past_of,
    scheduled,
    scheduled_lines,
    window_lines,
)
from harvest_planner.learning.drift import DriftTracker, tracked

FOLDER = Path(os.environ.get("HARVEST_PLANNER_FACTS", FACTS))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "backtest.md"


@pytest.mark.parametrize("warm_up", [0.2, 0.3, 0.4, 0.5])
def test_orders_of_2017_by_state(warm_up: float) -> None:
    """2,500 orders; from November on they take half as long again."""
    report = hp.backtest(orders(FOLDER), warm_up_share=warm_up, timezone=ZONE)
    assert report.left_out_counts == {"no_arrival": 79}
    assert report.rows == report.warm_up + report.deliveries + 79
    assert 0.88 <= report.cover_p90 <= 0.92
    assert report.cover_p10 == pytest.approx(0.1, abs=0.015)
    assert report.cover_p50 == pytest.approx(0.5, abs=0.015)
    assert report.crps < report.adaptive_as_they_arrive.crps < report.static.crps


def test_a_static_fit_of_them_falls_short() -> None:
    assert 0.83 <= hp.backtest(orders(FOLDER), warm_up_share=0.4, timezone=ZONE).static.cover_p90 <= 0.87


@pytest.mark.parametrize(("seed", "taken"), [(seed, taken) for seed in range(3) for taken in (800, 1200)])
def test_any_part_of_these_orders_is_covered(seed: int, taken: int) -> None:
    rows = orders(FOLDER)
    some = [rows[int(i)] for i in np.random.default_rng(seed).permutation(len(rows))[:taken]]
    assert 0.88 <= hp.backtest(some, timezone=ZONE).cover_p90 <= 0.92


@pytest.mark.parametrize("lane", ["customer_zip_code_prefix", "order_status"])
def test_however_lanes_are_drawn(lane: str) -> None:
    """Hundreds of lanes with a few deliveries each, and one with all."""
    for warm_up in (0.2, 0.3, 0.4, 0.5):
        report = hp.backtest(orders(FOLDER, lane), warm_up_share=warm_up, timezone=ZONE)
        assert 0.88 <= report.cover_p90 <= 0.92
        assert report.crps < report.static.crps < 200.0


@pytest.mark.parametrize("warm_up", [0.2, 0.3, 0.4])
def test_deliveries_of_ten_years_against_their_schedule(warm_up: float) -> None:
    """10,324 deliveries, most on the scheduled day to the day: static limits are quantiles of each mode's own past."""
    deliveries = scheduled(FOLDER)
    assert len(deliveries) == 10_324
    start = round(warm_up * len(deliveries))
    prior = past_of(deliveries[:start])
    static = tracked(deliveries[start:], prior, tracker=DriftTracker(rate=0.0, own_rate=0.0))
    assert 0.83 <= cover_p90(static) <= 0.87
    assert 0.88 <= cover_p90(tracked(deliveries[start:], prior)) <= 0.92


@pytest.mark.parametrize(
    ("mark", "lines"), [("orders", order_lines), ("windows", window_lines), ("scheduled", scheduled_lines)]
)
def test_the_page_states_what_the_command_prints(mark: str, lines: Callable[[Path], Iterator[str]]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    said = text.split(f"<!-- {mark} -->\n")[1].split(f"\n<!-- /{mark} -->")[0]
    assert said.splitlines() == list(lines(FOLDER))

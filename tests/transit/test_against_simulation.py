"""The weighted outcomes against 200,000 parcels drawn at random, missed connections included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harvest_planner.schema.lane import Lane
from harvest_planner.transit.travel import Journey, Outcome
from tests.transit.helpers import h, lane, network, only
from tests.transit.simulation import simulate

HALF_A_POINT = 0.005

TRIPS = (14.0, 15.0, 15.5, 15.5, 16.0, 17.0, 18.0, 19.5, 25.0, 48.0)
CHAINS: dict[str, tuple[Lane, ...]] = {
    "one leg": (lane("A>B", p50=20, p95=36),),
    "one uncertain leg": (lane("A>B", p50=44, p95=80, temperature_degc=15, temperature_sd_degc=4),),
    "a hurdle": (lane("A>B", p50=20, p95=36, on_schedule_share=0.6),),
    "two legs": (
        lane("A>B", p50=8, p95=20, temperature_degc=12),
        lane("B>C", p50=30, p95=60, at="6", cutoff_h=2),
    ),
    "a connection often missed": (
        lane("A>B", p50=12, p95=30, temperature_degc=35),
        lane("B>C", p50=10, p95=15, at="6", temperature_degc=5, temperature_sd_degc=2),
    ),
    "real trips": (lane("A>B", p50=None, transit_samples_h=TRIPS),),
    "real trips that often miss": (
        lane("A>B", p50=None, transit_samples_h=TRIPS, temperature_degc=35),
        lane("B>C", p50=None, transit_samples_h=(9, 9, 9, 11, 12.5, 30), at="12", temperature_sd_degc=2),
    ),
    "a fixed feeder": (lane("A>B", p50=11), lane("B>C", p50=20, p95=90, at="6", cutoff_h=1)),
    "three legs": (
        lane("A>B", p50=6, p95=14, temperature_degc=10),
        lane("B>C", p50=20, p95=40, at="6", temperature_sd_degc=3),
        lane("C>D", p50=5, p95=12, at="12", cutoff_h=1),
    ),
    "four legs": (
        lane("A>B", p50=6, p95=14, temperature_degc=10),
        lane("B>C", p50=20, p95=40, at="6", on_schedule_share=0.6),
        lane("C>D", p50=5, p95=12, at="12", cutoff_h=1),
        lane("D>E", p50=9, p95=14, at="20", temperature_degc=30),
    ),
}


def share_by(outcome: Outcome, at_h: float) -> float:
    if outcome.high_h <= outcome.low_h:
        return float(outcome.arrive_h <= at_h)
    return min(1.0, max(0.0, (at_h - outcome.low_h) / (outcome.high_h - outcome.low_h)))


@pytest.fixture(scope="module", params=CHAINS)
def case(request: pytest.FixtureRequest) -> tuple[Journey, Any, Any]:
    lanes = CHAINS[request.param]
    journey = only(network(*lanes), ends=f"A>{lanes[-1].destination_id}")
    at_h = [float(each.departures.split("BYHOUR=")[1].split(";")[0]) for each in lanes]
    midnight = h("10 00:00")
    arrivals, heat = simulate(lanes, [midnight + hour for hour in at_h], departs_h=h("10 18:00"))
    return journey, arrivals, heat


def test_the_arrival_distribution(case: tuple[Journey, Any, Any]) -> None:
    journey, arrivals, _ = case
    for at_h in np.quantile(arrivals, np.linspace(0.01, 0.99, 99)) + 1e-6:
        drawn = float((arrivals <= at_h).mean())
        assert journey.probability_by(at_h) == pytest.approx(drawn, abs=HALF_A_POINT)
        by_cells = sum(outcome.probability * share_by(outcome, at_h) for outcome in journey.outcomes)
        assert by_cells == pytest.approx(drawn, abs=HALF_A_POINT)


def test_the_quantiles_of_arrival(case: tuple[Journey, Any, Any]) -> None:
    journey, arrivals, _ = case
    for p, at_h in ((0.05, journey.arrive_p05_h), (0.5, journey.arrive_p50_h), (0.95, journey.arrive_p95_h)):
        below, upto = float((arrivals < at_h - 1e-6).mean()), float((arrivals <= at_h + 1e-6).mean())
        assert below - HALF_A_POINT <= p <= upto + HALF_A_POINT


def test_the_exposures(case: tuple[Journey, Any, Any]) -> None:
    journey, arrivals, heat = case
    days, degree_days = journey.mean_exposures
    assert days == pytest.approx(float(arrivals.mean() - h("10 18:00")) / 24, rel=0.005)
    assert degree_days == pytest.approx(float(heat.mean()), rel=0.005)
    mean = sum(each.probability * each.exposures[1] for each in journey.outcomes)
    sd = sum(each.probability * (each.exposures[1] - mean) ** 2 for each in journey.outcomes) ** 0.5
    assert sd == pytest.approx(float(heat.std()), rel=0.02, abs=0.02)


def test_the_share_in_time_and_not_too_warm(case: tuple[Journey, Any, Any]) -> None:
    """What planning asks: arrived by a deadline, and a smooth function of what was gained."""
    journey, arrivals, heat = case
    centre, width = float(heat.mean()), float(heat.std()) + 1.0
    for p in (0.3, 0.7, 0.9):
        deadline = float(np.quantile(arrivals, p)) + 1e-6
        drawn = float(((arrivals <= deadline) * np.exp(-(((heat - centre) / width) ** 2))).mean())
        found = sum(
            each.probability * share_by(each, deadline) * np.exp(-(((each.exposures[1] - centre) / width) ** 2))
            for each in journey.outcomes
        )
        assert found == pytest.approx(drawn, abs=HALF_A_POINT)


def test_the_outcomes_are_few_and_sum_to_one(case: tuple[Journey, Any, Any]) -> None:
    journey, _, _ = case
    assert sum(each.probability for each in journey.outcomes) == pytest.approx(1, abs=1e-9)
    assert len(journey.outcomes) <= 10 * 420, "where doses vary, parts are kept apart by dose"
    assert all(each.low_h <= each.arrive_h <= each.high_h for each in journey.outcomes)

"""What the planner promises comes true when every parcel, leg and fruit is drawn by itself."""

from __future__ import annotations

import datetime as dt
import math
import warnings

import numpy as np
import pytest

import harvest_planner as hp
from benchmarks.generate import problem_of
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.decisions import decisions_of
from harvest_planner.simulation.luck import Luck
from harvest_planner.simulation.scene import Scene
from harvest_planner.simulation.voyage import Voyages
from tests.planning.small import lane, problem
from tests.simulation.test_two_forms import CASES
from tests.transit.simulation import simulate as drawn_alone

RUNS = 20_000
ARITHMETIC = 0.003
"""What the planner's cells may misstate a share by, beyond chance."""


@pytest.mark.parametrize("name", list(CASES))
def test_shares_come_true(name: str) -> None:
    plan = hp.plan_harvest(CASES[name])
    (promised,) = plan.shipments
    (found,) = hp.simulate(plan, CASES[name], runs=RUNS, seed=7).shipments
    for share in ("good_share", "parcel_good_share", "on_time_share"):
        promise = getattr(promised, share)
        value = getattr(found, share)
        mean = value if isinstance(value, float) else value.mean
        # Chance: at most that of a yes or no.
        chance = 4 * math.sqrt(promise * (1 - promise) / RUNS)
        assert mean == pytest.approx(promise, abs=chance + ARITHMETIC), share


@pytest.fixture(scope="module")
def week() -> tuple[hp.PlanningProblem, hp.HarvestPlan]:
    question = problem_of(120, gap=0.02)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        return question, hp.plan_harvest(question)


def test_every_tenth_is_calibrated_and_the_income_is_the_plans_worth(
    week: tuple[hp.PlanningProblem, hp.HarvestPlan],
) -> None:
    question, plan = week
    report = hp.simulate(plan, question, runs=4000, seed=2)
    assert len(report.calibration) == 10
    assert sum(row.shipments for row in report.calibration) == len(plan.shipments)
    assert max(abs(row.simulated_mean - row.promised_mean) for row in report.calibration) < 0.02
    income = report.income_vnd
    assert abs(income.mean - plan.value_vnd) < 2 * (income.high - income.low)
    promised = math.fsum(s.parcel_good_share for s in plan.shipments) / len(plan.shipments)
    assert report.parcel_good_share.mean == pytest.approx(promised, abs=0.01)


def test_shares_add_up_and_waste_is_what_is_not_good(week: tuple[hp.PlanningProblem, hp.HarvestPlan]) -> None:
    question, plan = week
    report = hp.simulate(plan, question, runs=200, seed=2, world=hp.World(yield_factor=0.9))
    names = ("good", "under_ripe", "over_ripe", "late", "harmed", "unfilled")
    assert math.fsum(getattr(report, f"{name}_share").mean for name in names) == pytest.approx(1.0)
    told = hp.simulate(plan, question, runs=200, seed=2)
    shipped_kg = math.fsum(shipment.kg for shipment in plan.shipments)
    lost_kg = math.fsum(row.left_kg for row in plan.batches if row.lost_on and row.lost_on <= dropped_by(question))
    assert told.waste_kg.mean == pytest.approx(shipped_kg * (1 - told.good_share.mean) + lost_kg)


def dropped_by(question: hp.PlanningProblem) -> dt.date:
    """The day of the horizon."""
    return question.as_of.date() + dt.timedelta(days=question.policy.horizon_days)


def test_arrivals_over_a_hub_are_those_of_parcels_drawn_elsewhere() -> None:
    """Against an account of travel written for the propagation's tests, with seeds of its own."""
    first = {"transit_p50_h": 20.0, "transit_p95_h": 34.0, "transit_min_h": 12.0}
    second = {"transit_p50_h": 18.0, "transit_p95_h": 30.0, "on_schedule_share": 0.6}
    question = problem(
        lanes=[
            lane(id="to-hub", destination_id="ha-noi", **first),
            lane(id="on", origin_id="ha-noi", cutoff_h=1, **second),
        ]
    )
    scene = Scene(question, hp.World())
    (sent,) = decisions_of(hp.plan_harvest(question)).sent
    voyages = Voyages(scene, Chances(Luck(11, 100_000), shared_delays=False))
    arrived = voyages.arrived(scene.parcel(sent)).arrive_h
    noon = sent.departs_h % 24
    alone, _ = drawn_alone(question.lanes, [noon, noon], departs_h=sent.departs_h, parcels=200_000, seed=5)
    levels = np.linspace(0.02, 0.98, 49)
    shares = np.searchsorted(np.sort(arrived), np.quantile(alone, levels), side="right") / len(arrived)
    distinct = np.quantile(alone, levels)
    exact = np.searchsorted(np.sort(alone), distinct, side="right") / len(alone)
    assert np.abs(shares - exact).max() < 0.01

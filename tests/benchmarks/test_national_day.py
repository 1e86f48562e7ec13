"""The national day is a valid problem, is planned soundly, and its figures mean what they say."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import harvest_planner as hp
from benchmarks import baselines, monolith
from benchmarks.candidates import candidates_of
from benchmarks.growth import exponent
from benchmarks.kinds_and_teams import problem_of
from benchmarks.national import judged, load
from benchmarks.national_day import FEES, POPULATION_THOUSANDS, NationalDay, national_day
from benchmarks.yardstick import read_orders
from harvest_planner.schema.record_table import RecordTable


@pytest.fixture(scope="module", name="day")
def _day() -> NationalDay:
    return national_day(200)


def test_a_national_day_loads_from_its_folder_and_from_its_frames(day: NationalDay, tmp_path: Path) -> None:
    day.write(tmp_path)
    by_frames = load(tmp_path)
    assert isinstance(by_frames.orders, RecordTable)
    assert by_frames == hp.load_problem(tmp_path) == day.problem()


def test_the_yardstick_reads_the_orders_that_are_planned(day: NationalDay, tmp_path: Path) -> None:
    day.write(tmp_path)
    assert read_orders(tmp_path / "orders.csv") == list(load(tmp_path).orders)


def test_the_same_seed_gives_the_same_day() -> None:
    assert national_day(100, seed=3).problem() == national_day(100, seed=3).problem()
    assert national_day(100, seed=3).problem() != national_day(100, seed=4).problem()


def test_provinces_are_drawn_by_population() -> None:
    to = list(national_day(20_000).tables["orders"]["destination_id"])
    share = POPULATION_THOUSANDS["ho-chi-minh"] / sum(POPULATION_THOUSANDS.values())
    assert to.count("ho-chi-minh") / len(to) == pytest.approx(share, abs=0.01)
    assert len(set(to)) == len(POPULATION_THOUSANDS) == 63
    assert sum(POPULATION_THOUSANDS.values()) == pytest.approx(96_209.0, rel=1e-4), "the census counted 96,208,984"


def test_with_distinct_prices_no_two_orders_are_alike() -> None:
    day = national_day(5_000, distinct_prices=True)
    assert day.classes == len(set(day.tables["orders"]["price_vnd_per_kg"])) == 5_000
    assert national_day(5_000).classes < 5_000


def test_fees_grow_with_what_is_aimed_at() -> None:
    sums = [np.sum(national_day(500, fees=FEES[name]).tables["batches"]["trip_cost_vnd"]) for name in ("low", "high")]
    assert sums[1] / sums[0] == pytest.approx(FEES["high"] / FEES["low"], rel=0.01)


def small_day() -> hp.PlanningProblem:
    """Two crops to two provinces: a corner of a national day, small enough to plan in a moment."""
    problem = national_day(300).problem()
    orders = [
        order
        for order in problem.orders
        if order.crop_id in ("na-chi-lang", "tomato") and order.destination_id in ("ha-noi", "ho-chi-minh")
    ]
    batches = [batch for batch in problem.batches if batch.crop_id in ("na-chi-lang", "tomato")]
    return problem.model_copy(update={"orders": tuple(orders), "batches": tuple(batches)})


def test_the_plan_of_a_corner_is_sound_and_worth_more_than_rules_of_thumb() -> None:
    problem = small_day()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        plan = hp.plan_harvest(problem)
        given = candidates_of(problem)
        assert hp.check_plan(plan, problem) == ()
    figures = judged(plan, problem)
    assert 0.0 < figures["served_share"] <= 1.0
    assert figures["fee_share"] > 0.0
    greedy = baselines.worth(given, baselines.by_deadline(given, np.arange(len(given.order))))
    fixed, lead_days = baselines.fixed_lead_times(given, 719_163)
    assert set(lead_days.values()) <= set(baselines.LEAD_DAYS)
    assert max(greedy, baselines.worth(given, fixed)) <= plan.bound_vnd + 1.0
    relaxed = {name: monolith.solve(given, trips=False, solver=name) for name in ("simplex", "ipm")}
    assert relaxed["simplex"].value_vnd == pytest.approx(relaxed["ipm"].value_vnd, rel=1e-6)
    assert plan.value_vnd <= relaxed["ipm"].value_vnd + 1.0, "whole orders and paid trips are worth no more"
    whole = monolith.solve(given, trips=True, solver="choose", time_limit_s=5)
    assert whole.value_vnd <= plan.bound_vnd + 1.0
    assert plan.value_vnd <= whole.bound_vnd + 1.0


def test_kinds_and_teams_are_a_valid_problem() -> None:
    problem = problem_of(10, 30, 3)
    assert (len(problem.crops), len({grower.team_id for grower in problem.growers}), len(problem.orders)) == (
        10,
        30,
        30,
    )


def test_the_exponent_is_a_slope() -> None:
    assert exponent([10, 100, 1000], [1, 100, 10_000]) == pytest.approx(2.0)


@pytest.mark.parametrize("module", ["national", "monolith", "baselines", "cluster", "growth", "kinds_and_teams"])
def test_each_command_says_what_it_does(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", "--help"], capture_output=True, text=True, check=True
    )
    assert f"benchmarks.{module}" in done.stdout

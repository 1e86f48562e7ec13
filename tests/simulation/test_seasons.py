"""The made-up seasons: the same every time, sound, calibrated by tenths, and honest about where the plan earns less."""

from __future__ import annotations

import datetime as dt
import warnings
from functools import cache

import pytest

import harvest_planner as hp
from benchmarks.policies import calibration_rows, policy_rows, world_rows, worth_rows
from benchmarks.seasons import SEASONS, season_of
from harvest_planner.simulation.beliefs import by_promise
from harvest_planner.simulation.bench import Bench
from harvest_planner.simulation.luck import Luck
from harvest_planner.simulation.played import play
from harvest_planner.simulation.scene import Scene


@cache
def planned(name: str, orders: int, batches: int) -> tuple[hp.PlanningProblem, hp.HarvestPlan]:
    question = season_of(name, orders=orders, batches=batches, gap=0.05)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        return question, hp.plan_harvest(question)


@pytest.mark.parametrize("name", list(SEASONS))
def test_a_season_is_the_same_every_time_and_has_a_fifth_more_fruit_than_is_ordered(name: str) -> None:
    question = season_of(name)
    assert question == season_of(name)
    assert question != season_of(name, seed=2)
    fruit = sum(batch.quantity_kg for batch in question.batches)
    asked = sum(order.quantity_kg for order in question.orders)
    assert 0.9 < fruit / asked < 1.5
    assert {batch.crop_id for batch in question.batches} == {SEASONS[name].crop_id}


def test_the_mangos_promises_come_true_by_tenths_within_two_points() -> None:
    question, plan = planned("mango", 50, 8)
    assert hp.check_plan(plan, question) == ()
    report = hp.simulate(plan, question, runs=4000, seed=2)
    assert len(report.calibration) == 10
    assert report.calibration[0].promised_mean < 0.9, "there is something to be wrong about"
    assert max(abs(row.miss) for row in report.calibration) < 0.02


def test_no_lorry_of_the_mangos_leaves_on_the_holidays() -> None:
    question, plan = planned("mango", 50, 8)
    rests = {dt.date(2026, 4, 30), dt.date(2026, 5, 1)}
    trucks = {lane.id for lane in question.lanes if not lane.rests_on}
    left = {leg.departs_at.date() for row in plan.shipments for leg in row.legs if leg.lane_id not in trucks}
    assert left
    assert not left & rests


def test_who_takes_the_carriers_word_sells_ducks_that_were_warm_too_long() -> None:
    """The plan keeps the safety cap but for one in a thousand; the other knows of no parcel that is late."""
    question, plan = planned("duck", 16, 3)
    report = hp.simulate(plan, question, runs=500, seed=3)
    assert plan.shipments
    assert report.harmed_share.mean < 0.001
    promise = play(Bench.of(by_promise(question)).decide(), Scene(question, hp.World()), Luck(3, 500))
    assert promise.share("harmed").low > 0.005
    assert promise.promised_kg > sum(row.kg for row in plan.shipments)


def test_the_tables_have_a_row_for_each_policy_world_and_tenth() -> None:
    question, plan = planned("duck", 16, 3)
    found = hp.compare_policies(question, runs=20, seed=1, foresight_runs=2, tuning_runs=5)
    assert len(list(policy_rows(found))) == 2 + 7
    assert len(list(worth_rows(found))) == 2
    worlds = list(world_rows(plan, question, runs=20, seed=1))
    assert len(worlds) == 2 + 5
    assert worlds[2].startswith("| as told | ")
    assert len(list(calibration_rows(plan, question, runs=20, seed=1))) == 2 + min(10, len(plan.shipments))
    assert {row.count("|") for row in worlds} == {10}

"""What shares nothing is decided for itself: the plan is the same side by side as one after the other."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings

import harvest_planner as hp
from harvest_planner.planning import harvest
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.folding import folded
from harvest_planner.planning.laying import laid_out
from harvest_planner.planning.market import parts as cutting
from harvest_planner.planning.market.market import Market
from harvest_planner.planning.market.parts import parts_of
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.patience import Patience
from harvest_planner.planning.settled import settle, used_by
from tests.planning import small
from tests.strategies import planning_problems

CROPS = ("one", "other", "third")


@pytest.fixture(autouse=True)
def _every_part_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small problems count as large, and no part is too small to be decided for itself."""
    monkeypatch.setattr(harvest, "LARGE_PAIRS", -1)
    monkeypatch.setattr(cutting, "LEAST_ROWS", 0)


def market_of(problem: hp.PlanningProblem) -> Market:
    """What a problem lays before the market."""
    meeting = Meeting(problem)
    used = used_by(problem, settle(meeting, problem.commitments, {}))
    asked = folded(meeting, used, sized=False)
    return laid_out(meeting, ArrayJudge(meeting), asked, used, sized=False, patience=Patience()).market


def three_crops(*, house_kg: float | None = None, truck_kg: float | None = None, **batch: Any) -> hp.PlanningProblem:
    """Three crops of three growers, each ordered twice; with changes to the last batch."""
    batches = [small.batch(id=crop, crop_id=crop, grower_id=f"{crop}'s", trip_cost_vnd=30_000) for crop in CROPS]
    batches[-1] |= batch
    return small.problem(
        crops=[small.DURABLE | {"id": crop} for crop in CROPS],
        growers=[{"id": f"{crop}'s"} for crop in CROPS],
        batches=batches,
        orders=[small.order(id=f"{crop}-{kg}", crop_id=crop, quantity_kg=kg) for crop in CROPS for kg in (20, 21)],
        places=[
            {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "packing_kg_per_day": house_kg},
            {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8},
        ],
        lanes=[small.lane(capacity_kg=truck_kg)],
    )


def test_crops_with_nothing_in_common_are_parts() -> None:
    market = market_of(three_crops())
    parts = parts_of(market)
    assert len(parts) == 3
    for name, count in (("orders", len(market.demand.kg)), ("trips", len(market.supply.trip_lot))):
        held = sorted(number for part in parts for number in getattr(part, name).tolist())
        assert held == list(range(count))


def test_crops_of_one_grower_stay_together() -> None:
    assert len(parts_of(market_of(three_crops(grower_id="one's")))) == 2


def test_crops_in_one_packing_house_stay_together() -> None:
    assert len(parts_of(market_of(three_crops(house_kg=50)))) == 1


def test_crops_on_one_truck_stay_together() -> None:
    assert len(parts_of(market_of(three_crops(truck_kg=60)))) == 1


def test_side_by_side_the_plan_is_the_same() -> None:
    problem = three_crops()
    alone = hp.plan_harvest(problem)
    with ProcessPoolExecutor(2) as executor:
        beside = hp.plan_harvest(problem, executor=executor)
    assert beside.model_dump_json() == alone.model_dump_json()
    assert len(alone.shipments) == 6
    assert hp.check_plan(alone, problem) == ()


def test_value_rises_and_bound_falls_from_part_to_part() -> None:
    told: list[hp.Progress] = []
    plan = hp.plan_harvest(three_crops(), on_progress=told.append)
    bounds = [each.bound_vnd for each in told if each.bound_vnd is not None]
    values = [each.value_vnd for each in told if each.value_vnd is not None]
    assert len(values) >= 3
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert (values[-1], bounds[-1]) == (plan.value_vnd, plan.bound_vnd)


@settings(max_examples=40)
@given(planning_problems())
def test_every_plan_of_parts_is_sound(problem: hp.PlanningProblem) -> None:
    plan = hp.plan_harvest(problem)
    assert [each for each in hp.check_plan(plan, problem) if each.code != "status"] == []


def test_without_time_the_parts_still_make_a_plan() -> None:
    problem = three_crops()
    whole = hp.plan_harvest(problem)
    plan = hp.plan_harvest(problem, time_limit_s=1e-6)
    assert plan.status == "time_limit"
    assert hp.check_plan(plan, problem) == ()
    assert plan.bound_vnd >= whole.value_vnd - 1.0

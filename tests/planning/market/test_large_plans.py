"""Plans that the market decides are sound, never worth more than their bound, and read like any other plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from benchmarks import kinds_and_teams
from benchmarks.generate import problem_of
from harvest_planner.planning import harvest
from harvest_planner.planning.fairness import fair_parts
from harvest_planner.planning.settled import PLANNED_STATES
from tests.planning import small
from tests.strategies import planning_problems


def by_market(
    problem: hp.PlanningProblem, *, seed: int = 0, on_progress: Callable[[hp.Progress], None] | None = None
) -> hp.HarvestPlan:
    """The plan that a problem gets when it counts as large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harvest, "LARGE_PAIRS", -1)
        return hp.plan_harvest(problem, seed=seed, on_progress=on_progress)


@settings(max_examples=40)
@given(planning_problems())
def test_every_plan_is_sound(problem: hp.PlanningProblem) -> None:
    plan = by_market(problem)
    found = [each for each in hp.check_plan(plan, problem) if each.code != "status"]
    assert found == []


@settings(max_examples=40)
@given(planning_problems())
def test_the_bound_holds_for_the_exact_plan(problem: hp.PlanningProblem) -> None:
    plan, exact = by_market(problem), hp.plan_harvest(problem)
    slack = 1e-6 * max(1.0, abs(exact.bound_vnd)) + 0.05
    assert exact.value_vnd <= plan.bound_vnd + slack
    assert plan.value_vnd <= exact.bound_vnd + slack


@settings(max_examples=40)
@given(planning_problems(), st.sampled_from((0.1, 0.8)))
def test_both_hold_where_fairness_is_weighed(problem: hp.PlanningProblem, weight: float) -> None:
    policy = problem.policy.model_copy(update={"fairness_weight": weight})
    problem = problem.model_copy(update={"policy": policy})
    plan, exact = by_market(problem), hp.plan_harvest(problem)
    slack = 1e-6 * max(1.0, abs(exact.bound_vnd)) + 0.05
    assert exact.value_vnd <= plan.bound_vnd + slack
    assert plan.value_vnd <= exact.bound_vnd + slack
    assert [each for each in hp.check_plan(plan, problem) if each.code != "status"] == []


def test_a_week_that_weighs_fairness_is_fairer_and_near_its_bound(
    week: tuple[hp.PlanningProblem, hp.HarvestPlan],
) -> None:
    problem, free = week
    policy = problem.policy.model_copy(update={"fairness_weight": 0.2})
    fair = problem.model_copy(update={"policy": policy})
    plan = by_market(fair)
    assert hp.check_plan(plan, fair) == ()
    assert plan.gap < 0.03
    assert short_kg(plan, fair) < 0.8 * short_kg(free, fair)


def short_kg(plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> float:
    """Kilograms by which all growers together stay below their fair parts."""
    shipped: dict[tuple[str, str], float] = defaultdict(float)
    for row in plan.shipments:
        batch = problem.batch(row.batch_id)
        shipped[batch.grower_id, batch.crop_id] += row.kg
    parts = fair_parts(problem, states=PLANNED_STATES)
    return sum(max(0.0, part.kg - shipped[owner]) for owner, part in parts.items())


@settings(max_examples=60)
@given(planning_problems())
def test_refusals_read_together_are_those_read_one_by_one(problem: hp.PlanningProblem) -> None:
    refusals = by_market(problem).refusals
    assert list(refusals) == [refusals[at] for at in range(len(refusals))]
    assert refusals[::2] == tuple(list(refusals)[::2])


@pytest.fixture(scope="module")
def week() -> tuple[hp.PlanningProblem, hp.HarvestPlan]:
    problem = problem_of(300)
    return problem, by_market(problem)


def test_a_week_of_orders_is_sold_near_its_bound(week: tuple[hp.PlanningProblem, hp.HarvestPlan]) -> None:
    problem, plan = week
    assert plan.gap < 0.03
    assert hp.check_plan(plan, problem) == ()
    # A search that ends short of the gap that was asked for does not claim to have met it.
    assert plan.status == ("within_gap" if plan.gap <= problem.policy.gap else "time_limit")


def test_a_greedy_week_is_worth_less(week: tuple[hp.PlanningProblem, hp.HarvestPlan]) -> None:
    problem, plan = week
    exact = hp.plan_harvest(problem)
    assert exact.bound_vnd * 1.0001 >= plan.value_vnd >= 0.97 * exact.value_vnd


def test_many_crops_of_few_orders_each_are_sold_near_their_bound() -> None:
    problem = kinds_and_teams.problem_of(30, 90, 5)
    plan = by_market(problem)
    assert plan.gap < 0.03
    assert [each for each in hp.check_plan(plan, problem) if each.code != "status"] == []


def test_progress_never_falls_and_ends_with_the_plan() -> None:
    told: list[hp.Progress] = []
    plan = by_market(small.problem(), on_progress=told.append)
    done = [progress.done for progress in told]
    assert done == sorted(done)
    assert told[-1] == hp.Progress("reporting", 1.0, plan.value_vnd, plan.bound_vnd)
    gaps = [progress.gap for progress in told if progress.gap is not None]
    assert gaps == sorted(gaps, reverse=True)


def test_the_same_seed_gives_the_same_plan(week: tuple[hp.PlanningProblem, hp.HarvestPlan]) -> None:
    problem, plan = week
    assert by_market(problem).model_dump_json() == plan.model_dump_json()


def test_tables_read_like_tuples(week: tuple[hp.PlanningProblem, hp.HarvestPlan], tmp_path: Path) -> None:
    _, plan = week
    shipments = tuple(plan.shipments)
    assert plan.shipments == shipments
    assert plan.shipments[-1] == shipments[-1]
    assert plan.shipments[1:3] == shipments[1:3]
    assert [row.order_id for row in shipments] == sorted(row.order_id for row in shipments)
    assert len(plan.to_frame("shipments")) == len(shipments)
    hp.save_plan(plan, tmp_path / "plan.json")
    assert hp.load_plan(tmp_path / "plan.json") == plan

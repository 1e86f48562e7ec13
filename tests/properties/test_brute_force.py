"""On tiny problems the plan is worth what trying every plan finds; among equal plans it is the one promised."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given

from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.brute_force import brute_force
from tests.oracle.candidates import options
from tests.oracle.tiny import tiny_problems
from tests.oracle.tolerance import bracket, tolerance_vnd
from tests.oracle.whole_program import whole_program
from tests.planning import small


@given(problem=tiny_problems())
def test_plan_of_whole_orders_is_worth_the_brute_force_optimum(problem: PlanningProblem) -> None:
    near, sure = bracket(problem)
    best = brute_force(problem, near)
    least = best if len(sure) == len(near) else brute_force(problem, sure)
    _agrees(plan_harvest(problem), problem, least=least.value_vnd, most=best.value_vnd, best=best.description)


@given(problem=tiny_problems(splits=True))
def test_plan_with_split_orders_is_worth_the_optimum_of_the_whole_programme(problem: PlanningProblem) -> None:
    near, sure = bracket(problem)
    most = whole_program(problem, near)
    least = most if len(sure) == len(near) else whole_program(problem, sure)
    _agrees(plan_harvest(problem), problem, least=least, most=most, best=f"{most:,.2f} VND")


def _agrees(plan: HarvestPlan, problem: PlanningProblem, *, least: float, most: float, best: str) -> None:
    near = tolerance_vnd(problem, most)
    assert least - near <= plan.value_vnd <= most + near, f"{plan.value_vnd:,.2f} VND, the best is {best}"
    assert plan.status == "optimal"
    assert plan.bound_vnd >= plan.value_vnd - 1e-6 * max(1.0, abs(plan.value_vnd))


@given(problem=tiny_problems())
def test_both_oracles_find_the_same_optimum(problem: PlanningProblem) -> None:
    candidates = options(problem)
    assert whole_program(problem, candidates) == pytest.approx(
        brute_force(problem, candidates).value_vnd, abs=1.0, rel=1e-7
    )


def _two_orders() -> PlanningProblem:
    """Fruit that keeps, free trips on four days, and two orders that three of them serve equally well."""
    return small.problem(
        orders=[
            small.order(id="o1"),
            small.order(id="o2", quantity_kg=20, deliver_until_at="2026-08-13T00:00:00+07:00"),
        ],
    )


def test_among_equal_plans_the_fewest_trips() -> None:
    plan = plan_harvest(_two_orders())
    assert [sorted(pick.order_ids) for pick in plan.picks] == [["o1", "o2"]]


def test_among_equal_plans_of_equally_many_trips_the_latest_picks() -> None:
    plan = plan_harvest(_two_orders())
    assert [pick.pick_on for pick in plan.picks] == [dt.date(2026, 8, 12)], "the last day in time for both"


def test_a_single_order_is_picked_on_the_last_day_in_time() -> None:
    plan = plan_harvest(small.problem())
    assert [pick.pick_on for pick in plan.picks] == [dt.date(2026, 8, 13)]


def test_value_goes_before_fewer_trips() -> None:
    plan = plan_harvest(
        small.problem(
            growers=[{"id": "g1", "pick_capacity_kg_per_day": 20}],
            orders=[small.order(id="o1"), small.order(id="o2", quantity_kg=20)],
        )
    )
    assert sorted(pick.pick_on for pick in plan.picks) == [dt.date(2026, 8, 12), dt.date(2026, 8, 13)]
    assert max(plan.picks, key=lambda pick: pick.pick_on).order_ids == ("o2",), "the greater part goes latest"

"""Whatever the problem, the planner's plan is sound by the referee, who recomputes it by its own path."""

from __future__ import annotations

from hypothesis import given

from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.planning.referee import check_plan
from harvest_planner.schema.problem import PlanningProblem
from tests.strategies import planning_problems


@given(problem=planning_problems())
def test_referee_finds_nothing_in_the_plan_of_any_problem(problem: PlanningProblem) -> None:
    violations = check_plan(plan_harvest(problem), problem)
    assert not violations, "\n".join(violation.message for violation in violations)

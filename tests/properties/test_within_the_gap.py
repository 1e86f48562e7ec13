"""Any small problem is planned to within the gap that it states, by the optimum of one programme of everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.tiny import plain
from tests.oracle.tolerance import bracket, tolerance_vnd
from tests.oracle.whole_program import whole_program
from tests.strategies import planning_problems

FOUND = Path(__file__).parent / "found"
GAPS = (0.0, 1e-4, 0.01, 0.05)


@given(problem=planning_problems(gaps=GAPS).map(plain))
def test_the_optimum_lies_between_the_value_and_the_bound_and_they_within_the_gap(problem: PlanningProblem) -> None:
    _agree(problem)


@pytest.mark.parametrize("path", sorted(FOUND.glob("*.json")), ids=lambda path: path.stem)
def test_problems_that_once_disagreed(path: Path) -> None:
    _agree(PlanningProblem.model_validate_json(path.read_text(encoding="utf-8")))


def _agree(problem: PlanningProblem) -> None:
    near, sure = bracket(problem)
    most = whole_program(problem, near)
    least = most if len(sure) == len(near) else whole_program(problem, sure)
    plan = plan_harvest(problem)
    error = tolerance_vnd(problem, most)
    assert plan.value_vnd <= most + error, f"{plan.value_vnd:,.2f} VND is more than the best, {most:,.2f}"
    assert plan.bound_vnd >= least - error, f"the bound {plan.bound_vnd:,.2f} VND is below the best, {least:,.2f}"
    assert plan.value_vnd >= least - error - problem.policy.gap * max(abs(plan.bound_vnd), 1.0)
    assert plan.gap <= problem.policy.gap + 1e-9
    assert plan.status == "optimal" or plan.gap > 0.0

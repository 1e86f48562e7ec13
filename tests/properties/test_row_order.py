"""Same problem, same plan, byte for byte: whatever the order of its rows, however its parts are run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, strategies as st

from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.tiny import tight_problems
from tests.strategies import planning_problems

TABLES = ("orders", "batches", "growers", "lanes", "places", "crops", "embargoes", "commitments")


@st.composite
def _shuffled(draw: st.DrawFn, problems: st.SearchStrategy[PlanningProblem]) -> tuple[PlanningProblem, PlanningProblem]:
    """A problem, and the same with the rows of every table in another order."""
    problem = draw(problems)
    rows = problem.model_dump()
    for table in TABLES:
        rows[table] = draw(st.permutations(rows[table]))
    return problem, PlanningProblem.model_validate(rows)


def _document(plan: HarvestPlan) -> str:
    return plan.model_dump_json()


@given(pair=_shuffled(planning_problems()))
def test_plan_does_not_depend_on_the_order_of_rows(pair: tuple[PlanningProblem, PlanningProblem]) -> None:
    problem, again = pair
    assert _document(plan_harvest(problem)) == _document(plan_harvest(again))


@given(pair=_shuffled(tight_problems(splits=True)))
def test_plan_of_tight_problems_does_not_depend_on_the_order_of_rows(
    pair: tuple[PlanningProblem, PlanningProblem],
) -> None:
    problem, again = pair
    assert _document(plan_harvest(problem)) == _document(plan_harvest(again))


@given(problem=planning_problems())
def test_plan_does_not_depend_on_an_executor(problem: PlanningProblem) -> None:
    with ThreadPoolExecutor(max_workers=4) as executor:
        beside = plan_harvest(problem, executor=executor)
    assert _document(beside) == _document(plan_harvest(problem))

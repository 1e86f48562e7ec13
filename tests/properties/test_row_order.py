"""Same problem, same plan, byte for byte: whatever the order of its rows, however its parts are run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, strategies as st

from harvest_planner.planning.harvest import plan_harvest
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


@given(pair=_shuffled(st.one_of(planning_problems(), tight_problems(splits=True))))
def test_plan_depends_neither_on_the_order_of_rows_nor_on_an_executor(
    pair: tuple[PlanningProblem, PlanningProblem],
) -> None:
    problem, again = pair
    plan = plan_harvest(problem).model_dump_json()
    assert plan_harvest(again).model_dump_json() == plan, "the order of rows shows"
    with ThreadPoolExecutor(max_workers=4) as executor:
        assert plan_harvest(problem, executor=executor).model_dump_json() == plan, "the executor shows"

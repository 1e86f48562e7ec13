"""The referee: recomputes every figure and rule of a plan by its own path, without the planner's code."""

from __future__ import annotations

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.leftover import check_commitments, check_leftover
from harvest_planner.planning.referee.orders import check_orders
from harvest_planner.planning.referee.routes import Routes
from harvest_planner.planning.referee.rows import check_rows
from harvest_planner.planning.referee.rules import check_rules
from harvest_planner.planning.referee.tables import check_batches, check_picks, check_surplus
from harvest_planner.planning.referee.totals import check_totals
from harvest_planner.schema.plan import HarvestPlan, Violation
from harvest_planner.schema.problem import PlanningProblem

__all__ = ["check_plan"]


def check_plan(plan: HarvestPlan, problem: PlanningProblem) -> tuple[Violation, ...]:
    """Whatever in the plan is untrue, recomputed from the problem alone.

    Parameters
    ----------
    plan : the answer.
    problem : the question it claims to answer.

    Returns
    -------
    tuple[Violation, ...]
        Empty when the plan is sound. Figures may differ by 1e-6 kg, 1 VND, 0.002 of a share, 1 minute, 0.02 d20.
        Each violation has a `code` for its kind and names the record, what is stated and what was expected.
    """
    case = Case(problem)
    ledger, routes = Ledger(plan, case), Routes(case)
    found = [
        *check_rows(ledger),
        *check_rules(ledger),
        *check_orders(ledger, routes),
        *check_picks(ledger),
        *check_batches(ledger),
        *check_surplus(ledger),
        *check_totals(ledger),
        *check_commitments(ledger, routes),
        *check_leftover(ledger, routes),
    ]
    return tuple(found)

"""The plan's own figures: its value, its bound, the gap between them, its status and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterator

from harvest_planner.planning.referee.finding import KG, VND, finding
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.schema.plan import Violation

OPTIMAL_GAP = 1e-6
GAP_SLACK = 1e-9


def check_totals(ledger: Ledger) -> Iterator[Violation]:
    """Value, bound, gap, status and provenance."""
    plan, case = ledger.plan, ledger.case
    worth = plan_worth(ledger)
    if abs(plan.value_vnd - worth) > VND:
        yield finding("plan_value", "plan", "value_vnd of its tables", stated=plan.value_vnd, expected=worth)
    if plan.bound_vnd < plan.value_vnd - VND:
        yield finding(
            "bound", "plan", "bound_vnd is not below value_vnd", stated=plan.bound_vnd, expected=plan.value_vnd
        )
    gap = (plan.bound_vnd - plan.value_vnd) / max(abs(plan.bound_vnd), 1.0)
    if abs(plan.gap - max(0.0, gap)) > GAP_SLACK:
        yield finding("gap", "plan", "gap = (bound − value)/max(|bound|, 1)", stated=plan.gap, expected=gap)
    most = {"optimal": OPTIMAL_GAP, "within_gap": case.problem.policy.gap + GAP_SLACK}.get(plan.status)
    if most is not None and plan.gap > most:
        yield finding("status", "plan", f"status {plan.status} needs a smaller gap", stated=plan.gap, expected=most)
    if plan.provenance.as_of != case.problem.as_of:
        yield finding(
            "provenance", "plan", "as_of of the problem", stated=plan.provenance.as_of, expected=case.problem.as_of
        )
    if not plan.provenance.version or not plan.provenance.problem_sha256:
        yield finding("provenance", "plan", "version and problem_sha256 are stated", stated="empty")


def plan_worth(ledger: Ledger) -> float:
    """Shipments − trips + surplus + what is left sound on the tree at the horizon − what fair parts lack [VND]."""
    case = ledger.case
    parts = ledger.values_vnd.tolist()
    parts += [row.kg * case.batches[row.batch_id].surplus_price_vnd_per_kg for row in ledger.surplus]
    parts += [-case.batches[batch_id].trip_cost_vnd for (batch_id, _), kg in ledger.trip_kg.items() if kg > KG]
    parts += [ledger.kept_vnd_per_kg[batch_id] * left_kg for batch_id, left_kg in ledger.left.items()]
    return math.fsum(parts) - ledger.fair.price_vnd

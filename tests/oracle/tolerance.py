"""What two honest calculations of one optimum may differ by."""

from __future__ import annotations

from harvest_planner.schema.problem import PlanningProblem

SHARE = 5e-4
"""What two calculations of a share may differ by; the referee allows 0.002."""


def tolerance_vnd(problem: PlanningProblem, value_vnd: float) -> float:
    """Rounding, and a share's error on every order: its price and failure cost on each kilogram, and its review."""
    by_shares = sum(
        SHARE * ((order.price_vnd_per_kg + order.loss_vnd_per_kg) * order.quantity_kg + problem.policy.review_cost_vnd)
        for order in problem.orders
    )
    return max(2.0, 1e-6 * abs(value_vnd)) + by_shares

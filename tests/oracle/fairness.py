"""Growers' fair parts and what is missing of them, written down plainly."""

from __future__ import annotations

from collections.abc import Iterable

from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.candidates import Option


def parts(problem: PlanningProblem) -> dict[tuple[str, str], tuple[float, float]]:
    """Of each grower and crop the fair part [kg], and the price of a kilogram that is missing of it [VND/kg]."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for batch in problem.batches:
        orders = [o for o in problem.orders if o.crop_id == batch.crop_id and o.state in ("reserved", "firm")]
        ordered = sum(order.quantity_kg for order in orders)
        offered = sum(other.quantity_kg for other in problem.batches if other.crop_id == batch.crop_id)
        if ordered and offered:
            mean = sum(order.quantity_kg * order.price_vnd_per_kg for order in orders) / ordered
            before, _ = found.get((batch.grower_id, batch.crop_id), (0.0, 0.0))
            share = min(1.0, ordered / offered)
            found[batch.grower_id, batch.crop_id] = (
                before + share * batch.quantity_kg,
                problem.policy.fairness_weight * mean,
            )
    return found


def missing_vnd(problem: PlanningProblem, shipped: Iterable[Option]) -> float:
    """Price of what whole orders leave missing of the fair parts [VND]."""
    lacks = {owner: kg for owner, (kg, _) in parts(problem).items()}
    for option in shipped:
        lacks[option.batch.grower_id, option.batch.crop_id] -= option.order.quantity_kg
    return sum(max(0.0, lacks[owner]) * vnd for owner, (_, vnd) in parts(problem).items())

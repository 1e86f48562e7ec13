"""What two honest calculations of one optimum may differ by."""

from __future__ import annotations

from harvest_planner.schema.crop import Crop
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.candidates import Option, options

SHARE = 5e-4
"""What two calculations of a share may differ by."""
SHARE_AT_A_LIMIT = 2e-3
"""The same where a limit of cold or of food safety cuts through the arrivals: the referee's own tolerance."""


def share_error(crop: Crop) -> float:
    """What two calculations of a share of this crop may differ by."""
    return SHARE if crop.chilling is None and crop.safety_cap is None else SHARE_AT_A_LIMIT


def bracket(problem: PlanningProblem) -> tuple[list[Option], list[Option]]:
    """The candidates that a share's error may admit, and those that no such error excludes."""
    every = options(problem, least_slack=-SHARE_AT_A_LIMIT)
    errors = [share_error(problem.crop(option.batch.crop_id)) for option in every]
    near = [option for option, error in zip(every, errors, strict=True) if option.slack >= -error]
    sure = [option for option, error in zip(every, errors, strict=True) if option.slack >= error]
    return near, sure


def tolerance_vnd(problem: PlanningProblem, value_vnd: float) -> float:
    """Rounding, and a share's error on every order: its price and failure cost on each kilogram, and its review."""
    by_shares = sum(
        share_error(problem.crop(order.crop_id))
        * ((order.price_vnd_per_kg + order.loss_vnd_per_kg) * order.quantity_kg + problem.policy.review_cost_vnd)
        for order in problem.orders
    )
    return max(2.0, 1e-6 * abs(value_vnd)) + by_shares

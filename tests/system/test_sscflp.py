"""Published optima of single-source facility location, reached through the public API."""

from __future__ import annotations

import pytest

import harvest_planner as hp
from benchmarks.sscflp import NAMES, cost_of, problem_of, read


@pytest.mark.parametrize("name", NAMES)
def test_published_optimum_is_reached_within_a_thousandth_of_its_cost(name: str) -> None:
    instance = read(name)
    problem = problem_of(instance)
    plan = hp.plan_harvest(problem)
    income = sum(order.price_vnd_per_kg * order.quantity_kg for order in problem.orders)
    assert not plan.refusals, f"{len(plan.refusals)} customers of {name} are left unserved"
    assert cost_of(plan, instance) == pytest.approx(instance.optimum, rel=1e-3)
    assert plan.value_vnd == pytest.approx(income - cost_of(plan, instance), abs=1)
    assert plan.gap <= 1e-6
    # Values of shipments are stated to 0.01 VND, so their sum may miss by half of that each.
    rounding = 0.005 * len(plan.shipments) + 0.01
    assert plan.bound_vnd >= income - instance.optimum - rounding, "the bound denies the published optimum"

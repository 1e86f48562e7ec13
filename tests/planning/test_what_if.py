"""What more of a scarce thing brings is found by planning again: it is not its price times the amount."""

from __future__ import annotations

import pytest

import harvest_planner as hp
from tests.planning.small import batch, lane, order, problem

DAY = {"gap": 0, "horizon_days": 1}
ORDERS = [order(id="dear", quantity_kg=15), order(id="cheap", quantity_kg=15, price_vnd_per_kg=30_000)]
FARM, TOWN = problem().places
LIMITED = problem(
    policy=DAY,
    orders=ORDERS,
    growers=[{"id": "g1", "pick_capacity_kg_per_day": 20}],
    places=[{**FARM.model_dump(exclude_unset=True), "packing_kg_per_day": 40}, TOWN],
)


def test_a_whole_order_needs_room_for_all_of_it() -> None:
    plan = hp.plan_harvest(LIMITED)
    (price,) = plan.shadow_prices
    assert price.vnd_per_unit == pytest.approx(30_000, abs=1)
    few = hp.what_if_more(LIMITED, resource="picker:g1", amount=5, plan=plan)
    assert (few.difference_vnd, few.value_vnd) == (0.0, plan.value_vnd)
    enough = hp.what_if_more(LIMITED, resource="picker:g1", amount=10, plan=plan)
    assert enough.difference_vnd == enough.at_most_vnd == pytest.approx(15 * 30_000, abs=1)
    assert enough.value_vnd == pytest.approx(plan.value_vnd + enough.difference_vnd, abs=0.01)
    plenty = hp.what_if_more(LIMITED, resource="picker:g1", amount=50, plan=plan)
    assert plenty.difference_vnd == enough.difference_vnd


@pytest.mark.parametrize(
    ("resource", "question"),
    [
        ("packing:farm", problem(policy=DAY, orders=ORDERS, places=[
            {**FARM.model_dump(exclude_unset=True), "packing_kg_per_day": 20}, TOWN])),
        ("batch:b1", problem(policy=DAY, orders=ORDERS, batches=[batch(quantity_kg=20)])),
        ("departure:l1", problem(policy=DAY, orders=ORDERS, lanes=[
            lane(capacity_kg=20, departures="FREQ=WEEKLY;BYDAY=MO;BYHOUR=12;BYMINUTE=0;BYSECOND=0")])),
    ],
)  # fmt: skip
def test_each_kind_of_resource_can_be_raised(resource: str, question: hp.PlanningProblem) -> None:
    found = hp.what_if_more(question, resource=resource, amount=10)
    assert found.difference_vnd == pytest.approx(15 * 30_000, abs=1)
    assert found == hp.what_if_more(question, resource=resource, amount=10, plan=hp.plan_harvest(question))


def test_what_has_no_limit_brings_nothing_more() -> None:
    plan = hp.plan_harvest(LIMITED)
    for resource in ("packing:town", "departure:l1"):
        found = hp.what_if_more(LIMITED, resource=resource, amount=10, plan=plan)
        assert (found.value_vnd, found.difference_vnd, found.at_most_vnd) == (plan.value_vnd, 0.0, 0.0)


def test_what_cannot_be_asked_is_an_error() -> None:
    for resource in ("truck:l1", "picker", "picker:", ""):
        with pytest.raises(ValueError, match="picker:<grower_id>, packing:<place_id>"):
            hp.what_if_more(LIMITED, resource=resource, amount=10)
    for amount in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="must be positive kilograms"):
            hp.what_if_more(LIMITED, resource="picker:g1", amount=amount)
    for resource in ("picker:g2", "packing:moon", "departure:l9", "batch:b2"):
        with pytest.raises(hp.UnknownIdError):
            hp.what_if_more(LIMITED, resource=resource, amount=10)
    other = hp.plan_harvest(problem())
    with pytest.raises(ValueError, match="the plan is another problem's"):
        hp.what_if_more(LIMITED, resource="picker:g1", amount=10, plan=other)

"""Each grower's fair part of the orders is a soft rule: what is short of it has its price, for the referee as well."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.planning.by_hand import HandRow, judged_by_hand
from harvest_planner.planning.fairness import fair_parts
from harvest_planner.planning.settled import PLANNED_STATES
from tests.planning.small import batch, order, problem
from tests.strategies import planning_problems


def village(
    weight: float, *, first_kg: float = 100, costs: tuple[float, ...] = (0, 0), **changes: Any
) -> hp.PlanningProblem:
    """Orders of 40 kg, and two growers with as much fruit as each other unless told otherwise."""
    return problem(
        policy={"gap": 0, "horizon_days": 4, "fairness_weight": weight},
        growers=[{"id": "g0"}, {"id": "g1"}],
        batches=[
            batch(id=f"b{i}", grower_id=f"g{i}", trip_cost_vnd=cost, quantity_kg=first_kg if i == 0 else 100)
            for i, cost in enumerate(costs)
        ],
        orders=changes.pop("orders", [order(id=f"o{n}") for n in range(4)]),
        **changes,
    )


def shipped(question: hp.PlanningProblem) -> dict[str, float]:
    """Kilograms of each grower, by a plan that the referee finds nothing wrong with."""
    plan = hp.plan_harvest(question)
    assert hp.check_plan(plan, question) == ()
    found = {grower.id: 0.0 for grower in question.growers}
    for row in plan.shipments:
        found[question.batch(row.batch_id).grower_id] += row.kg
    return found


def test_without_a_weight_one_grower_may_get_all_orders() -> None:
    assert sorted(shipped(village(0)).values()) == [0, 40]


def test_with_a_weight_growers_who_offer_as_much_ship_as_much() -> None:
    assert shipped(village(0.1)) == {"g0": 20, "g1": 20}


def test_the_fair_part_goes_by_what_each_offers() -> None:
    assert shipped(village(0.1, first_kg=300)) == {"g0": 30, "g1": 10}
    parts = fair_parts(village(0.1, first_kg=300), states=PLANNED_STATES)
    assert parts["g0", "durable"] == pytest.approx((30, 5_000))
    assert parts["g1", "durable"].kg == pytest.approx(10)


def test_nobody_has_a_part_of_more_than_he_offers() -> None:
    many = [order(id=f"o{n}") for n in range(30)]
    assert fair_parts(village(0.1, orders=many), states=PLANNED_STATES)["g0", "durable"].kg == pytest.approx(100)


def test_a_trip_that_costs_more_than_fairness_is_worth_is_not_made_for_it() -> None:
    # 20 kg short at 0.1 · 50,000 VND are 100,000 VND.
    assert shipped(village(0.1, costs=(0, 99_000))) == {"g0": 20, "g1": 20}
    assert shipped(village(0.1, costs=(0, 101_000))) == {"g0": 40, "g1": 0}


def test_what_is_short_is_priced_once_in_the_plan_and_in_no_shipment() -> None:
    even, lopsided = (hp.plan_harvest(village(weight, costs=(0, 500_000))) for weight in (0, 0.1))
    assert [row.value_vnd for row in even.shipments] == [row.value_vnd for row in lopsided.shipments]
    assert even.value_vnd - lopsided.value_vnd == pytest.approx(20 * 0.1 * 50_000)
    assert lopsided.bound_vnd == lopsided.value_vnd


def test_the_referee_finds_a_plan_that_forgot_the_price() -> None:
    question = village(0.1, costs=(0, 500_000))
    plan = hp.plan_harvest(question)
    forgot = plan.model_copy(update={"value_vnd": plan.value_vnd + 100_000, "bound_vnd": plan.bound_vnd + 100_000})
    assert {violation.code for violation in hp.check_plan(forgot, question)} == {"plan_value"}


def test_an_order_that_pays_only_by_what_it_counts_for_its_grower_is_shipped() -> None:
    cheap = [order(id="o1", price_vnd_per_kg=1_000)]
    dear = village(0, costs=(15_000,), orders=cheap)
    assert hp.plan_harvest(dear).refusals[0].reasons[0].code == "not_worth_it"
    assert shipped(village(0.6, costs=(15_000,), orders=cheap)) == {"g0": 10, "g1": 0}


def test_what_is_settled_counts_towards_the_fair_part() -> None:
    settled = [{"order_id": f"o{n}", "batch_id": "b0", "pick_on": "2026-08-11", "kg": 10} for n in range(2)]
    assert shipped(village(0.1, commitments=settled)) == {"g0": 20, "g1": 20}
    settled = [{"order_id": f"o{n}", "batch_id": "b0", "pick_on": "2026-08-11", "kg": 10} for n in range(4)]
    question = village(0.1, commitments=settled)
    assert shipped(question) == {"g0": 40, "g1": 0}
    free = question.model_copy(update={"policy": question.policy.model_copy(update={"fairness_weight": 0.0})})
    assert hp.plan_harvest(free).value_vnd - hp.plan_harvest(question).value_vnd == pytest.approx(100_000)


def test_a_plan_by_hand_is_judged_with_it() -> None:
    question = village(0.1)
    rows = [HandRow(batch="b0", day="2026-08-13", order=f"o{n}", kg=10) for n in range(4)]
    assert judged_by_hand(rows, question).lost_vnd == pytest.approx(100_000, abs=1)


def test_a_quote_prefers_the_grower_who_is_short() -> None:
    held = [order(id="o0")]
    for short, other in (("b1", "b0"), ("b0", "b1")):
        settled = [{"order_id": "o0", "batch_id": other, "pick_on": "2026-08-13", "kg": 10}]
        question = village(0.1, orders=held, commitments=settled)
        promiser = hp.Promiser(hp.plan_harvest(question), question)
        wish = hp.Order.model_validate(order(id="new", state="inquiry"))
        assert promiser.quote(wish).offers[0].batch_id == short


@given(problem=planning_problems(), weight=st.sampled_from((0.05, 0.3, 2.0)))
def test_any_plan_that_weighs_fairness_is_sound(problem: hp.PlanningProblem, weight: float) -> None:
    policy = problem.policy.model_copy(update={"fairness_weight": weight})
    problem = problem.model_copy(update={"policy": policy})
    plan = hp.plan_harvest(problem)
    assert hp.check_plan(plan, problem) == ()


def test_a_replan_counts_what_it_keeps_and_the_fair_parts_of_all_orders() -> None:
    """One order of four is cancelled and one is new: the parts stay those of forty kilograms."""
    question = village(0.1)
    plan = hp.plan_harvest(question)
    gone = next(row.order_id for row in plan.shipments if row.batch_id == "b1")
    new = hp.Order.model_validate(order(id="new"))
    happened: list[dict[str, Any]] = [
        {"kind": "order_cancelled", "order_id": gone},
        {"kind": "order_placed", "order": new.model_dump()},
    ]
    again, diff = hp.replan(plan, question, happened, as_of=question.as_of)
    assert hp.check_plan(again, diff.problem) == ()
    kg = {row.order_id: row.batch_id for row in again.shipments}
    assert kg["new"] == "b1"
    assert again.value_vnd == pytest.approx(plan.value_vnd)


def test_the_grower_who_lacks_most_ships_though_his_fruit_sells_locally() -> None:
    """HiGHS 1.14 with its presolve took the other grower's fruit and proved that nothing was worth more."""
    early = "2026-08-10T09:00:00+07:00"
    question = problem(
        policy={"gap": 0, "horizon_days": 3, "max_picks_per_batch": 1, "fairness_weight": 0.6},
        growers=[{"id": name, "pick_capacity_kg_per_day": 10} for name in ("g0", "g1")],
        batches=[
            batch(id="b0", grower_id="g0", quantity_kg=8),
            *(batch(id=f"b{n}", grower_id="g1", quantity_kg=8, surplus_price_vnd_per_kg=5_000) for n in (1, 2)),
        ],
        orders=[order(quantity_kg=7), order(id="o2", quantity_kg=7, deliver_until_at=early, price_vnd_per_kg=80_000)],
    )
    assert shipped(question) == {"g0": 0, "g1": 7}

"""A reputation is priced in the plan, by the referee on its own path, and new growers get their chance."""

from __future__ import annotations

from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.planning.candidates import allowed, judged
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.meeting import Meeting
from tests.planning.small import batch, order, problem


def growers(*reputations: float | None, weight: float = 10_000, **changes: Any) -> hp.PlanningProblem:
    """One order, and a batch of each grower that would serve it alike."""
    return problem(
        policy={"gap": 0, "horizon_days": 4, "reputation_weight": weight},
        growers=[{"id": f"g{i}", "reputation": each} for i, each in enumerate(reputations)],
        batches=[batch(id=f"b{i}", grower_id=f"g{i}") for i in range(len(reputations))],
        orders=[order(**changes)],
    )


def chosen(question: hp.PlanningProblem) -> list[str]:
    plan = hp.plan_harvest(question)
    assert hp.check_plan(plan, question) == ()
    return [row.batch_id for row in plan.shipments]


def test_the_better_grower_gets_the_order() -> None:
    assert chosen(growers(0.7, 0.95)) == ["b1"]
    assert chosen(growers(0.95, 0.7)) == ["b0"]


def test_a_new_grower_comes_before_the_usual_and_after_the_best() -> None:
    assert chosen(growers(0.8, None)) == ["b1"]
    assert chosen(growers(None, 0.97)) == ["b1"]


def test_without_a_weight_reputation_changes_nothing() -> None:
    free, priced = (hp.plan_harvest(growers(0.2, weight=weight)) for weight in (0, 1))
    bare = hp.plan_harvest(growers(None, weight=0))
    assert free.value_vnd == bare.value_vnd
    assert priced.value_vnd < free.value_vnd


def test_the_price_is_so_much_a_kilogram() -> None:
    known, new = (hp.plan_harvest(growers(reputation)) for reputation in (0.6, None))
    (row,) = known.shipments
    assert known.value_vnd - new.value_vnd == pytest.approx(row.kg * 10_000 * (0.6 - 0.9), abs=0.05)


def test_an_order_that_only_a_poor_grower_can_serve_may_not_be_worth_it() -> None:
    assert chosen(growers(0.5, weight=100_000, price_vnd_per_kg=50_000)) == ["b0"]
    assert chosen(growers(0.3, weight=100_000, price_vnd_per_kg=50_000)) == []


def test_the_referee_finds_a_plan_that_forgot_the_price() -> None:
    question = growers(0.6)
    plan = hp.plan_harvest(question)
    (row,) = plan.shipments
    forgot = row.model_copy(update={"value_vnd": row.value_vnd + row.kg * 3_000})
    found = hp.check_plan(plan.model_copy(update={"shipments": (forgot,)}), question)
    assert "value" in {violation.code for violation in found}


def test_arrays_price_it_as_the_plain_path_does() -> None:
    meeting = Meeting(growers(0.55, None, 0.99))
    buyer = meeting.buyer(meeting.problem.orders[0])
    plain = {
        (c.entry.trip.number, round(c.value_vnd, 6))
        for c in judged(buyer, meeting)
        if allowed(c, meeting.problem.policy) and c.value_vnd > 0
    }
    columns = ArrayJudge(meeting).columns([buyer])
    arrays = {
        (trip, round(value, 6)) for trip, value in zip(columns.trip.tolist(), columns.value_vnd.tolist(), strict=True)
    }
    assert arrays == plain
    assert len({value for _, value in arrays}) == 3


def test_a_pick_that_is_settled_is_priced_too() -> None:
    question = growers(0.6, None)
    settled = problem(
        **{name: getattr(question, name) for name in ("policy", "growers", "batches", "orders")},
        commitments=[{"order_id": "o1", "batch_id": "b0", "pick_on": "2026-08-11", "kg": 10}],
    )
    plan = hp.plan_harvest(settled)
    assert hp.check_plan(plan, settled) == ()
    (row,) = plan.shipments
    assert row.batch_id == "b0"
    free = settled.model_copy(update={"policy": settled.policy.model_copy(update={"reputation_weight": 0.0})})
    assert hp.plan_harvest(free).value_vnd - plan.value_vnd == pytest.approx(10 * 10_000 * 0.3, abs=0.05)

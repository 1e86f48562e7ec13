"""Promises that a re-plan moved stand, and selling goes on beside them."""

from __future__ import annotations

import datetime as dt

import pytest

import harvest_planner as hp
from tests.planning.small import batch, order, problem


def promised() -> tuple[hp.HarvestPlan, hp.PlanningProblem, hp.Promiser]:
    """9 kg of a sure batch of 10; another batch of 10 is known within 3 kg."""
    asked = problem(
        growers=[{"id": "g1"}, {"id": "g2"}],
        batches=[batch(quantity_kg=10), batch(id="b2", grower_id="g2", quantity_kg=10, quantity_sd_kg=3)],
        orders=[order(state="inquiry")],
    )
    plan = hp.plan_harvest(asked)
    promiser = hp.Promiser(plan, asked, clock=lambda: asked.as_of)
    offer = promiser.quote(hp.Order.model_validate(order(id="p", quantity_kg=9))).offers[0]
    assert offer.batch_id == "b1"
    promiser.confirm(promiser.reserve(offer, ttl=dt.timedelta(minutes=5)).id)
    plan, diff = hp.replan(plan, asked, promiser.events(), as_of=asked.as_of)
    return plan, diff.problem, promiser


@pytest.mark.parametrize(
    "event",
    [
        hp.GrowerAbsent(grower_id="g1", from_on=dt.date(2026, 8, 10), until_on=dt.date(2026, 8, 14)),
        hp.FieldChecked(batch_id="b1", seen_on=dt.date(2026, 8, 10), quantity_kg=5),
    ],
    ids=lambda event: event.kind,
)
def test_a_plan_that_moves_a_promise_to_a_batch_less_sure_can_be_sold_from(event: hp.GrowerAbsent) -> None:
    plan, asked, before = promised()
    plan, diff = hp.replan(plan, asked, [event], as_of=asked.as_of)
    assert [(row.order_id, row.batch_id) for row in plan.shipments] == [("p", "b2")]
    promiser = hp.Promiser(plan, diff.problem, ledger=before.ledger, clock=lambda: asked.as_of)
    assert promiser.events() == ()
    # Of that batch nothing more is sold.
    more = promiser.quote(hp.Order.model_validate(order(id="q", quantity_kg=3)))
    assert "b2" not in {offer.batch_id for offer in more.offers}
    (kept,) = promiser.ledger.reservations()
    promiser.cancel(kept.id)
    assert promiser.quote(hp.Order.model_validate(order(id="q", quantity_kg=3))).offers

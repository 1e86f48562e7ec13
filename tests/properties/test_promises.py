"""Whatever was promised beside a plan fits the next one, at the figures at which it was promised."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from tests.planning.promise.rooms import overfull
from tests.strategies import planning_problems

Wish = dict[str, Any]
TTL = dt.timedelta(minutes=10)


@st.composite
def shops(draw: st.DrawFn) -> tuple[hp.PlanningProblem, list[tuple[Wish, int, str]], int]:
    """A problem, inquiries like its orders with the offer taken and what becomes of it, and the hours that pass."""
    problem = draw(planning_problems(max_orders=4, max_batches=3, horizon_days=4))
    problem = problem.model_copy(update={"commitments": ()})
    asked = []
    for number in range(draw(st.integers(1, 4))):
        like = draw(st.sampled_from(problem.orders))
        changes = {
            "id": f"new-{number}",
            "quantity_kg": draw(st.sampled_from((0.3, 2.0, 7.3333333, 12.0, 25.0))),
            "price_vnd_per_kg": draw(st.sampled_from((40_000.0, 110_000.0, 300_000.0))),
            "state": "inquiry",
            "confirm_by_at": None,
            "deliver_until_at": like.deliver_until_at + dt.timedelta(hours=draw(st.sampled_from((0, 5, 24)))),
        }
        fate = draw(st.sampled_from(("confirmed", "confirmed", "held", "cancelled")))
        asked.append(({**dict(like), **changes}, draw(st.integers(0, 2)), fate))
    return problem, asked, draw(st.sampled_from((0, 0, 3)))


def promised(promiser: hp.Promiser, asked: list[tuple[Wish, int, str]]) -> dict[str, hp.Offer]:
    """Takes the offers, and returns those that hold."""
    taken = {}
    for wish, choice, fate in asked:
        quote = promiser.quote(hp.Order.model_validate(wish))
        assert (quote.refusal is None) == bool(quote.offers)
        if not quote.offers:
            continue
        offer = quote.offers[min(choice, len(quote.offers) - 1)]
        held = promiser.reserve(offer, ttl=TTL)
        if fate == "cancelled":
            promiser.cancel(held.id)
            continue
        if fate == "confirmed":
            promiser.confirm(held.id)
        taken[offer.order.id] = offer
    return taken


@settings(max_examples=max(30, settings().max_examples // 5))
@given(shop=shops())
def test_an_accepted_offer_fits_the_next_re_plan_as_it_was_promised(
    shop: tuple[hp.PlanningProblem, list[tuple[Wish, int, str]], int],
) -> None:
    problem, asked, hours = shop
    plan = hp.plan_harvest(problem)
    promiser = hp.Promiser(plan, problem, notice_h=float(hours), clock=lambda: problem.as_of)
    taken = promised(promiser, asked)
    later = problem.as_of + dt.timedelta(hours=hours)
    again, diff = hp.replan(plan, problem, promiser.events(), as_of=later)
    violations = hp.check_plan(again, diff.problem)
    assert not violations, "\n".join(violation.message for violation in violations)
    assert overfull(again, diff.problem) == {}
    for order_id, offer in taken.items():
        rows = [row for row in again.shipments if row.order_id == order_id]
        (row,) = [row for row in rows if (row.batch_id, row.pick_on, row.legs) == way(offer)]
        assert row.kg == pytest.approx(offer.kg, abs=1e-6)
        shares = (row.good_share, row.parcel_good_share, row.on_time_share)
        assert shares == pytest.approx((offer.good_share, offer.parcel_good_share, offer.on_time_share), abs=1e-9)
        assert (row.eat_from_on, row.eat_until_on) == (offer.eat_from_on, offer.eat_until_on)
        assert row.value_vnd == pytest.approx(offer.value_vnd, abs=1)
    for before in plan.shipments:
        kept = sum(row.kg for row in again.shipments if row.order_id == before.order_id)
        assert kept >= sum(row.kg for row in plan.shipments if row.order_id == before.order_id) - 1e-6
    ledger = promiser.ledger
    following = hp.Promiser(again, diff.problem, ledger=ledger, notice_h=0.0, clock=lambda: problem.as_of)
    assert following.version >= promiser.version
    assert following.events() == ()


def way(offer: hp.Offer) -> tuple[str, dt.date, tuple[hp.Leg, ...]]:
    return offer.batch_id, offer.pick_on, offer.legs

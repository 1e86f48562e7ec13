"""Of plans worth the same the fewest trips, then the latest picks; also where they are worth very much."""

from __future__ import annotations

import datetime as dt

import pytest

import harvest_planner as hp
from tests.planning.small import batch, order, problem


@pytest.mark.parametrize("more_vnd_per_kg", [0.0, 100e6])
def test_ties_are_settled_whatever_the_goods_are_worth(more_vnd_per_kg: float) -> None:
    # At a hundred million VND a kilogram HiGHS 1.14 ended in an error where worths were compared in VND.
    wanted = [(7.5, 80_000, 13, False), (12, 110_000, 13, True), (3, 80_000, 13, True), (3, 80_000, 14, True)]
    orders = [
        order(
            id=f"o{number}",
            quantity_kg=kg,
            price_vnd_per_kg=more_vnd_per_kg + price,
            deliver_until_at=f"2026-08-{day}T18:00:00+07:00",
            may_split=may_split,
        )
        for number, (kg, price, day, may_split) in enumerate(wanted)
    ]
    batches = [
        batch(quantity_kg=40, trip_cost_vnd=150_000, surplus_price_vnd_per_kg=4_000),
        batch(id="b2", quantity_kg=40, trip_cost_vnd=40_000, surplus_price_vnd_per_kg=12_000),
    ]
    policy = {"gap": 0, "horizon_days": 4, "review_cost_vnd": 20_000}
    plan = hp.plan_harvest(problem(orders=orders, batches=batches, policy=policy))
    assert [(pick.batch_id, pick.pick_on) for pick in plan.picks if pick.order_ids] == [("b1", dt.date(2026, 8, 12))]
    assert plan.refusals == ()

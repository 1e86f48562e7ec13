"""A day that an explanation calls free can be had for what it says: the plan with that day settled is worth no less."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import assume, given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.planning.explain import CODES
from tests.strategies import planning_problems


@settings(max_examples=150)
@given(problem=planning_problems(), data=st.data())
def test_moving_a_shipment_costs_no_more_than_is_said(problem: hp.PlanningProblem, data: st.DataObject) -> None:
    plan = hp.plan_harvest(problem)
    assume(plan.shipments)
    shipment = data.draw(st.sampled_from(plan.shipments))
    found = hp.explain(plan, problem, shipment.order_id)
    json.dumps(found.data, allow_nan=False)
    row = next(r for r in found.data["shipments"] if (r["batch_id"], r["pick_on"]) == key(shipment))
    for other in (row["earlier"], row["later"]):
        if other is None:
            continue
        assert other["code"] in CODES
        assert other["code"] != "more" or plan.gap > 0, "a better plan than the best"
        if other["blocked"]:
            continue
        settled = hp.Commitment(
            batch_id=shipment.batch_id,
            order_id=shipment.order_id,
            pick_on=dt.date.fromisoformat(other["pick_on"]),
            kg=shipment.kg,
            state="frozen",
        )
        moved = hp.plan_harvest(problem.model_copy(update={"commitments": (*problem.commitments, settled)}))
        best = next(r for r in moved.shipments if r.order_id == shipment.order_id and r.pick_on == settled.pick_on)
        taken = [leg.lane_id for leg in best.legs]
        assume(taken == other["lane_ids"] and not limited(problem, taken))
        assert moved.bound_vnd >= plan.value_vnd + other["plan_change_vnd"] - 2


def key(shipment: hp.Shipment) -> tuple[str, str]:
    return shipment.batch_id, shipment.pick_on.isoformat()


def limited(problem: hp.PlanningProblem, lane_ids: list[str]) -> bool:
    return any(lane.capacity_kg is not None for lane in problem.lanes if lane.id in lane_ids)


@given(problem=planning_problems())
@settings(max_examples=60)
def test_every_order_is_explained_in_both_languages(problem: hp.PlanningProblem) -> None:
    plan = hp.plan_harvest(problem)
    for order in problem.orders:
        texts = {language: hp.explain(plan, problem, order.id, language=language) for language in ("vi", "en")}
        assert texts["vi"].data == texts["en"].data
        for text in texts.values():
            assert text.sentence.endswith(".")
            assert "{" not in text.sentence
    with pytest.raises(hp.UnknownIdError):
        hp.explain(plan, problem, "no such order")

"""Whatever happens, and however often: each re-plan is sound, keeps what must stay, and is worth what could be."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.planning.replan.standing import standings
from tests.planning.promise.rooms import overfull
from tests.strategies import planning_problems

HANOI = dt.timezone(dt.timedelta(hours=7))
DAY = dt.timedelta(days=1)
BOOSTS_VND_PER_KG = (0.0, 300_000.0, 30_000_000.0)
"""Added to the price of what was promised, so that a plan made afresh keeps it."""
UNDOING = {"place_closed", "grower_absent", "picked_less", "order_cancelled"}


def event(draw: st.DrawFn, problem: hp.PlanningProblem, plan: hp.HarvestPlan, number: int) -> dict[str, Any]:
    """Something that can happen to that plan of that problem."""
    today = problem.as_of.astimezone(HANOI).date()
    soon = today + draw(st.integers(0, 2)) * DAY
    kinds = ["order_placed", "order_placed", "order_cancelled", "departure_cancelled", "lane_slower", "place_closed"]
    kinds += ["field_checked", "field_checked", "grower_absent"] + ["picked_less"] * bool(plan.shipments)
    kind = draw(st.sampled_from(kinds))
    order = draw(st.sampled_from(problem.orders))
    if kind == "order_placed":
        fresh = {"id": f"new-{number}", "quantity_kg": draw(st.sampled_from((3.0, 15.0))), "placed_at": None}
        return {"kind": kind, "order": {**dict(order), **fresh, "state": "firm", "confirm_by_at": None}}
    if kind == "order_cancelled":
        return {"kind": kind, "order_id": order.id}
    if kind == "departure_cancelled":
        return {"kind": kind, "lane_id": draw(st.sampled_from(problem.lanes)).id, "on": soon}
    if kind == "lane_slower":
        return {"kind": kind, "lane_id": draw(st.sampled_from(problem.lanes)).id, "added_h": 4.0}
    if kind == "place_closed":
        return {"kind": kind, "place_id": "grove", "on": soon}
    if kind == "grower_absent":
        return {"kind": kind, "grower_id": draw(st.sampled_from(problem.growers)).id, "from_on": soon, "until_on": soon}
    if kind == "picked_less":
        row = draw(st.sampled_from(plan.shipments))
        return {"kind": kind, "batch_id": row.batch_id, "pick_on": row.pick_on, "kg": draw(st.sampled_from((0.0, 1.5)))}
    seen = draw(st.sampled_from(({"quantity_kg": 15.0}, {"age_shift_d20": 0.6}, {"age_shift_d20": -0.4})))
    return {"kind": kind, "batch_id": draw(st.sampled_from(problem.batches)).id, "seen_on": today, **seen}


def served(plan: hp.HarvestPlan) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for row in plan.shipments:
        found[row.order_id] += row.kg
    return found


def excused(before: hp.HarvestPlan, problem: hp.PlanningProblem, events: list[dict[str, Any]]) -> set[str]:
    """Orders for which an event is a reason to get less."""
    found = {each["order_id"] for each in events if "order_id" in each}
    growers = {each.id: each.grower_id for each in problem.batches}
    return found | {row.order_id for row in before.shipments for each in events if hit(row, each, growers)}


def hit(row: hp.Shipment, event: dict[str, Any], growers: Mapping[str, str]) -> bool:
    """Whether an event is about that shipment."""
    match event["kind"]:
        case "departure_cancelled":
            return any((leg.lane_id, leg.departs_at.date()) == (event["lane_id"], event["on"]) for leg in row.legs)
        case "lane_slower":
            return any(leg.lane_id == event["lane_id"] for leg in row.legs)
        case "place_closed":
            return event["on"] in (row.pick_on, *(leg.departs_at.date() for leg in row.legs))
        case "grower_absent":
            return (growers[row.batch_id], row.pick_on) == (event["grower_id"], event["from_on"])
        case "picked_less":
            return (row.batch_id, row.pick_on) == (event["batch_id"], event["pick_on"])
        case "field_checked":
            return bool(row.batch_id == event["batch_id"])
    return False


def afresh_vnd(asked: hp.PlanningProblem, stays: set[tuple[str, str, dt.date]], firm: dict[str, float]) -> float:
    """What a plan made afresh is worth that keeps the frozen picks and the orders that were promised [VND].

    The best of those that keep them, of plans made with such orders at their own price and dearer.
    """
    commitments = tuple(c for c in asked.commitments if (c.order_id, c.batch_id, c.pick_on) in stays)
    asked = asked.model_copy(update={"commitments": commitments})
    found = [_afresh(asked, firm, more) for more in BOOSTS_VND_PER_KG]
    return max(each for each in found if each is not None)


def _afresh(asked: hp.PlanningProblem, firm: dict[str, float], more_vnd_per_kg: float) -> float | None:
    """With so much more paid for what was promised, which is then taken off; None: not all of it is kept."""
    orders = tuple(
        each.model_copy(update={
            "price_vnd_per_kg": each.price_vnd_per_kg + more_vnd_per_kg,
            "failure_cost_vnd_per_kg": each.loss_vnd_per_kg,
        }) if each.id in firm else each
        for each in asked.orders
    )  # fmt: skip
    policy = asked.policy.model_copy(update={"gap": 0.0}) if more_vnd_per_kg else asked.policy
    fresh = hp.plan_harvest(asked.model_copy(update={"orders": orders, "policy": policy}))
    got = served(fresh)
    if more_vnd_per_kg < BOOSTS_VND_PER_KG[-1] and any(got[o] < kg - 1e-6 for o, kg in firm.items()):
        return None
    more = sum(more_vnd_per_kg * row.kg * row.good_share for row in fresh.shipments if row.order_id in firm)
    return fresh.value_vnd - more


@st.composite
def beginnings(draw: st.DrawFn) -> hp.PlanningProblem:
    problem = draw(planning_problems(max_orders=5, max_batches=3, horizon_days=5))
    return problem.model_copy(update={"commitments": ()})


@settings(max_examples=max(25, settings().max_examples // 2 if settings().max_examples > 500 else 25))
@given(problem=beginnings(), data=st.data())
def test_after_any_sequence_of_events_the_plan_is_sound_and_no_promise_is_dropped_without_a_reason(
    problem: hp.PlanningProblem, data: st.DataObject
) -> None:
    plan = hp.plan_harvest(problem)
    for step in range(data.draw(st.integers(1, 3))):
        events = [
            data.draw(st.composite(event)(problem, plan, 10 * step + n)) for n in range(data.draw(st.integers(1, 2)))
        ]
        moment = problem.as_of + dt.timedelta(hours=data.draw(st.sampled_from((0, 2, 14, 30))))
        try:
            again, diff = hp.replan(plan, problem, events, as_of=moment)
        except ValueError as error:
            if "no lane departs" in str(error) or "kg planned" in str(error):
                return
            raise
        violations = hp.check_plan(again, diff.problem)
        assert not violations, "\n".join(violation.message for violation in violations)
        if "field_checked" not in {each["kind"] for each in events}:
            assert not overfull(again, diff.problem).keys() - overfull(plan, problem).keys()
        had, got = served(plan), served(again)
        firm = {order_id: kg for order_id, kg in had.items() if order_id not in excused(plan, problem, events)}
        for order_id, kg in firm.items():
            assert got.get(order_id, 0.0) >= kg - 1e-6, f"{order_id} was promised {kg:g} kg"
        fenced = [each for each in standings(plan, problem, as_of=moment) if each.stand != "free"]
        stays = {(each.shipment.order_id, *each.trip) for each in fenced}
        if not UNDOING & {each["kind"] for each in events}:
            lost = {row.order_id for row in again.refusals}
            now = {(row.order_id, row.batch_id, row.pick_on) for row in again.shipments}
            assert not {each for each in stays - now if each[0] not in lost}
        fresh = afresh_vnd(diff.problem, stays, {o: kg for o, kg in firm.items() if got.get(o, 0.0) >= kg - 1e-6})
        worth = again.value_vnd
        assert worth >= fresh - max(0.01 * abs(fresh), 1.0), f"{worth:,.0f} VND, afresh {fresh:,.0f} VND"
        plan, problem = again, diff.problem

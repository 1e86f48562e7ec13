"""Why this day: the rule, the limit or the price that keeps a shipment from the day before and the day after."""

from __future__ import annotations

from typing import Any

import pytest

import harvest_planner as hp
from tests.planning.small import batch, lane, order, problem

GREEN = {
    **problem().crops[0].model_dump(exclude_unset=True),
    "ready_at_d20": 10,
    "window_d20": 4,
    "stages": [{"id": "only", "age_d20": 4, "sd_d20": 0.5}],
    "on_tree_d20_per_day": 1.0,
}
LASTING = {
    **problem().crops[0].model_dump(exclude_unset=True),
    "stages": [{"id": "only", "age_d20": 50, "sd_d20": 0.5}],
}
FARM, TOWN = problem().places
THREE = {"gap": 0, "horizon_days": 3}
ON = "FREQ=WEEKLY;BYDAY={};BYHOUR=12;BYMINUTE=0;BYSECOND=0"


def asked(order_id: str = "o1", **changes: Any) -> tuple[hp.Explanation, hp.HarvestPlan]:
    question = problem(**changes)
    plan = hp.plan_harvest(question)
    return hp.explain(plan, question, order_id, language="en"), plan


def days(**changes: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The day picked, and what is said of the one before and the one after."""
    (row,) = asked(**changes)[0].data["shipments"]
    return row["pick_on"][-2:], row["earlier"], row["later"]


def test_the_first_and_the_last_day_planned_have_no_neighbour() -> None:
    picked, earlier, later = days(policy={"gap": 0, "horizon_days": 1})
    assert (picked, earlier["code"], later["code"]) == ("10", "past", "horizon")
    assert earlier["blocked"]
    assert later["binds"] == "horizon"


def test_of_days_worth_the_same_the_explanation_says_so() -> None:
    picked, earlier, later = days(crops=[LASTING], policy=THREE)
    assert (picked, earlier["code"], later["code"]) == ("12", "equal", "horizon")
    assert earlier["plan_change_vnd"] == pytest.approx(0, abs=1)
    assert earlier["good_share_change"] == pytest.approx(0, abs=1e-9)


def test_transit_binds_where_the_next_day_comes_too_late() -> None:
    picked, _, later = days(crops=[LASTING], orders=[order(deliver_until_at="2026-08-11T00:00+07:00")])
    assert (picked, later["code"], later["binds"]) == ("10", "too_late", "transit")
    assert later["on_time_share"] == 0
    assert later["value_change_vnd"] == pytest.approx(-2 * 10 * 50_000, abs=1)


def test_transit_binds_where_no_departure_follows() -> None:
    once = lane(departures="DTSTART:20260810T120000\nRRULE:FREQ=DAILY;COUNT=1")
    picked, _, later = days(crops=[LASTING], lanes=[once])
    assert (picked, later["code"], later["binds"]) == ("10", "no_departure", "transit")


def test_ripeness_binds_on_both_sides_of_the_window() -> None:
    wished = order(ripe_within_days=(1, 2), keeps_days=1, deliver_until_at="2026-08-16T00:00+07:00")
    policy = {"gap": 0, "horizon_days": 7}
    picked, earlier, later = days(crops=[GREEN], orders=[wished], policy=policy)
    assert (picked, earlier["code"], later["code"]) == ("14", "too_green", "too_ripe")
    assert {earlier["binds"], later["binds"]} == {"ripeness"}
    assert max(earlier["good_share"], later["good_share"]) < earlier["floor_share"] == 0.6


def test_the_tree_binds_where_the_fruit_drops() -> None:
    dropping = {**LASTING, "on_tree_d20_per_day": 1.0, "drops_at_d20": 52.6}
    picked, _, later = days(crops=[dropping])
    assert (picked, later["code"], later["binds"]) == ("12", "tree", "tree")


def test_the_law_binds_before_the_interval_ends() -> None:
    sprayed = batch(last_spray_on="2026-08-05", pre_harvest_interval_days=8)
    _, earlier, _ = days(crops=[LASTING], batches=[sprayed], policy={"gap": 0, "horizon_days": 4})
    assert earlier["code"] == "pre_harvest_interval"
    certified = batch(certifications="VietGAP", certified_until="2026-08-11")
    picked, _, later = days(crops=[LASTING], batches=[certified], orders=[order(certifications="VietGAP")])
    assert (picked, later["code"]) == ("11", "certification")


def test_a_day_of_rest_still_shows_what_it_would_have_brought() -> None:
    picked, earlier, _ = days(crops=[LASTING], policy=THREE, growers=[{"id": "g1", "rest_days": ["2026-08-11"]}])
    assert (picked, earlier["code"], earlier["blocked"]) == ("12", "rest_day", True)
    assert earlier["good_share"] == pytest.approx(1.0)


TIGHT = order(id="first", quantity_kg=15, price_vnd_per_kg=90_000, deliver_until_at="2026-08-11T00:00+07:00")


@pytest.mark.parametrize(
    ("code", "resource", "change"),
    [
        ("picker_capacity", "picker:g1", {"growers": [{"id": "g1", "pick_capacity_kg_per_day": 20}]}),
        (
            "packing_capacity",
            "packing:farm",
            {"places": [{**FARM.model_dump(exclude_unset=True), "packing_kg_per_day": 20}, TOWN]},
        ),
    ],
)
def test_a_limit_used_up_by_a_dearer_order_is_named_with_its_room_and_its_price(
    code: str, resource: str, change: dict[str, Any]
) -> None:
    aging = {**GREEN, "ready_at_d20": 0, "window_d20": 7.0, "on_tree_d20_per_day": 0.4}
    found, plan = asked(crops=[aging], orders=[TIGHT, order()], policy=THREE, **change)
    (row,) = found.data["shipments"]
    assert (row["pick_on"], row["earlier"]["code"]) == ("2026-08-11", code)
    assert (row["earlier"]["resource"], row["earlier"]["room_kg"]) == (resource, 5.0)
    (price,) = [p.vnd_per_unit for p in plan.shadow_prices if p.resource == resource and p.day and p.day.day == 10]
    assert row["earlier"]["vnd_per_kg"] == price > 0
    assert "only 5 kg" in found.sentence
    assert f"would bring {price:,.0f} VND." in found.sentence


def test_a_departure_that_others_fill_is_named_with_its_room() -> None:
    aging = {**GREEN, "ready_at_d20": 0, "window_d20": 7.0, "on_tree_d20_per_day": 0.4}
    twice = lane(departures=ON.format("MO,TU"), capacity_kg=20)
    late = order(id="late", quantity_kg=15, deliver_from_at="2026-08-11T20:00+07:00", price_vnd_per_kg=90_000)
    easy = order(keeps_days=0)
    picked, _, later = days(crops=[aging], orders=[easy], lanes=[twice], policy={"gap": 0, "horizon_days": 2})
    assert (picked, later["code"]) == ("10", "worth_less")
    picked, _, later = days(crops=[aging], orders=[late, easy], lanes=[twice], policy={"gap": 0, "horizon_days": 2})
    assert (picked, later["code"], later["binds"]) == ("10", "lane_capacity", "capacity")
    assert (later["resource"], later["resource_day"], later["room_kg"]) == ("departure:l1", "2026-08-11", 5.0)


def test_a_trip_of_its_own_costs_more_than_the_riper_day_brings() -> None:
    aging = {**GREEN, "ready_at_d20": 0, "window_d20": 7.0, "on_tree_d20_per_day": 0.4}
    costly, late = batch(trip_cost_vnd=300_000), order(id="late", quantity_kg=30, crop_id="durable")
    only_tuesday = lane(departures=ON.format("TU"))
    picked, earlier, _ = days(crops=[aging], batches=[costly], orders=[order()], lanes=[only_tuesday], policy=THREE)
    assert picked == "11"
    assert earlier["code"] in {"worth_less", "equal"}
    found, _ = asked(crops=[LASTING], batches=[costly], orders=[order(), late], policy=THREE)
    (row,) = found.data["shipments"]
    assert (row["earlier"]["code"], row["earlier"]["binds"]) == ("trip_cost", "trip")
    assert row["earlier"]["plan_change_vnd"] == pytest.approx(-300_000, abs=1)


def test_spacing_between_trips_binds() -> None:
    spaced = batch(days_between_picks=2)
    first = order(id="first", deliver_until_at="2026-08-11T00:00+07:00")
    found, _ = asked(crops=[LASTING], batches=[spaced], orders=[first, order()], policy={"gap": 0, "horizon_days": 3})
    (row,) = found.data["shipments"]
    assert (row["pick_on"], row["earlier"]["code"]) in {("2026-08-12", "trip"), ("2026-08-10", "past")}


def test_a_commitment_has_no_other_day() -> None:
    promised = {"batch_id": "b1", "order_id": "o1", "pick_on": "2026-08-11", "kg": 10, "state": "frozen"}
    found, _ = asked(commitments=[promised])
    (row,) = found.data["shipments"]
    assert row["committed"]
    assert row["earlier"] is row["later"] is None
    assert "was settled before this plan" in found.sentence


def test_a_refusal_tells_its_reason_and_the_change_that_would_have_worked() -> None:
    question = problem(orders=[order(price_vnd_per_kg=1_000)], lanes=[lane(cost_vnd_per_kg=5_000)])
    plan = hp.plan_harvest(question)
    (change,) = plan.refusals[0].reasons[0].would_work_if
    assert change.value == 5_100
    assert hp.explain(plan, question, "o1", language="en").sentence == (
        "Order o1: 10 kg are refused, because 1,000 VND/kg does not pay for transport, risk and picking. "
        "It would work at a price of 5,100 VND/kg."
    )
    assert hp.explain(plan, question, "o1").sentence == (
        "Đơn o1: từ chối 10 kg, vì giá 1.000 đồng/kg không bù được cước, rủi ro và công hái. "
        "Sẽ giao được nếu giá là 5.100 đồng/kg."
    )


@pytest.mark.parametrize(
    ("state", "text"), [("inquiry", "is an inquiry"), ("shipped", "was shipped"), ("cancelled", "is cancelled")]
)
def test_what_is_not_planned_is_said(state: str, text: str) -> None:
    assert text in asked(orders=[order(state=state)])[0].sentence


def test_what_cannot_be_explained_is_an_error() -> None:
    question = problem()
    plan = hp.plan_harvest(question)
    with pytest.raises(hp.UnknownIdError, match="unknown order 'o2'"):
        hp.explain(plan, question, "o2")
    with pytest.raises(ValueError, match="no language 'fr'; one of en, vi"):
        hp.explain(plan, question, "o1", language="fr")
    with pytest.raises(ValueError, match="give the problem that was planned"):
        hp.explain(plan, problem(as_of="2026-08-10T01:00:00+07:00"), "o1")
    with pytest.raises(ValueError, match="neither ships nor refuses order 'o2'"):
        hp.explain(plan, problem(orders=[order(), order(id="o2")]), "o2")

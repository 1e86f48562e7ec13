"""What has happened is a fact: goods that left stay on their way, and what is picked hangs there no more."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.planning.replan import second_looks
from tests.planning.small import DURABLE, batch, lane, order, problem

TENTH = dt.date(2026, 8, 10)
NOON = "FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0"
TO_LEAVE_AT_ONCE = order(deliver_until_at="2026-08-11T00:00:00+07:00")


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 8, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def again(
    plan: hp.HarvestPlan, question: hp.PlanningProblem, *events: Any, as_of: dt.datetime
) -> tuple[hp.HarvestPlan, hp.PlanDifference]:
    found, diff = hp.replan(plan, question, events, as_of=as_of)
    assert hp.check_plan(found, diff.problem) == ()
    return found, diff


def new_order(**changes: Any) -> hp.OrderPlaced:
    told = {"id": "new", "deliver_until_at": "2026-08-16T00:00:00+07:00", **changes}
    return hp.OrderPlaced(order=hp.Order.model_validate(order(**told)))


@pytest.mark.parametrize("as_of", [at(10, 20), at(11, 11), at(12, 2), at(15, 0)], ids=str)
@pytest.mark.parametrize(
    "departures",
    [
        "FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
        "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
        "DTSTART:20260801T000000\nRRULE:FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
    ],
)
def test_goods_that_left_stay_on_their_way_whatever_day_it_is(departures: str, as_of: dt.datetime) -> None:
    question = problem(orders=[TO_LEAVE_AT_ONCE], lanes=[lane(departures=departures)])
    plan = hp.plan_harvest(question)
    assert plan.shipments[0].legs[0].departs_at == at(10, 12)
    found, diff = again(plan, question, as_of=as_of)
    assert found.shipments == plan.shipments
    assert diff.orders == ()
    # And without its rows: from the new question alone.
    assert hp.plan_harvest(diff.problem).shipments == plan.shipments


def test_goods_that_left_by_a_carrier_known_from_the_catalogue_stay_on_their_way() -> None:
    question = hp.PlanningProblem.model_validate(
        {
            "as_of": "2026-08-10T00:00:00+07:00",
            "growers": [{"id": "g1"}],
            "batches": [batch(place_id="chi-lang", crop_id="na-chi-lang", stage_id="S3")],
            "orders": [
                order(crop_id="na-chi-lang", destination_id="ha-noi", deliver_until_at="2026-08-12T20:00:00+07:00")
            ],
        }
    )
    plan = hp.plan_harvest(question)
    (row,) = plan.shipments
    found, _ = again(plan, question, as_of=row.legs[0].departs_at + dt.timedelta(hours=26))
    assert found.shipments == plan.shipments


@pytest.mark.parametrize(
    "event",
    [hp.PlaceClosed(place_id="farm", on=TENTH), hp.DepartureCancelled(lane_id="l1", on=TENTH)],
    ids=lambda event: event.kind,
)
def test_what_is_told_in_the_evening_calls_back_no_truck_of_that_noon(event: Any) -> None:
    twice = lane(departures="FREQ=DAILY;BYHOUR=12,20;BYMINUTE=0;BYSECOND=0")
    question = problem(orders=[TO_LEAVE_AT_ONCE], lanes=[twice])
    plan = hp.plan_harvest(question)
    found, _ = again(plan, question, event, as_of=at(10, 17))
    assert found.shipments == plan.shipments


def test_a_truck_of_a_past_day_that_never_left_left_its_goods_waiting() -> None:
    question = problem(orders=[TO_LEAVE_AT_ONCE])
    plan = hp.plan_harvest(question)
    found, diff = again(plan, question, hp.DepartureCancelled(lane_id="l1", on=TENTH), as_of=at(12, 13))
    (row,) = found.shipments
    assert (row.pick_on, row.legs[0].departs_at) == (TENTH, at(13, 12))
    assert [change.rerouted for change in diff.orders] == [True]


def test_goods_that_waited_for_a_later_truck_and_left_are_on_their_way_as_well() -> None:
    resting = {"id": "g1", "rest_days": ["TU", "WE", "TH", "FR"]}
    orders = [order(id=each, deliver_until_at="2026-08-13T00:00:00+07:00") for each in ("o1", "o2")]
    question = problem(orders=orders, lanes=[lane(capacity_kg=10)], growers=[resting])
    plan = hp.plan_harvest(question)
    cancelled = hp.DepartureCancelled(lane_id="l1", on=dt.date(2026, 8, 11))
    plan, diff = again(plan, question, cancelled, as_of=at(11, 10))
    left = {row.order_id: row.legs[0].departs_at for row in plan.shipments}
    assert sorted(left.values()) == [at(10, 12), at(12, 12)]
    for event in ([], [hp.LaneSlower(lane_id="l1", added_h=1)]):
        later, _ = again(plan, diff.problem, *event, as_of=at(12, 13))
        assert {row.order_id: row.legs[0].departs_at for row in later.shipments} == left


def test_fruit_picked_for_a_cancelled_order_is_not_on_the_tree_again() -> None:
    question = problem(orders=[TO_LEAVE_AT_ONCE], batches=[batch(quantity_kg=10)])
    plan = hp.plan_harvest(question)
    found, _ = again(plan, question, hp.OrderCancelled(order_id="o1"), new_order(), as_of=at(11, 8))
    assert found.shipments == ()


def test_a_look_at_the_stage_gives_back_nothing_that_was_picked() -> None:
    question = problem(orders=[{**TO_LEAVE_AT_ONCE, "quantity_kg": 30}], batches=[batch(quantity_kg=60)])
    plan = hp.plan_harvest(question)
    seen = {"batch_id": "b1", "seen_on": dt.date(2026, 8, 12)}
    stage, quantity = hp.FieldChecked(**seen, stage_id="only"), hp.FieldChecked(**seen, quantity_kg=20)
    for looks, left_kg in (([stage], 30), ([quantity], 20), ([stage, quantity], 20), ([quantity, stage], 20)):
        found, _ = again(plan, question, *looks, as_of=at(12, 13))
        assert [row.left_kg for row in found.batches] == [left_kg]


def test_what_was_picked_to_be_sold_locally_is_not_there_for_orders() -> None:
    selling = batch(surplus_price_vnd_per_kg=9000)
    policy = {"gap": 0, "horizon_days": 4, "terminal_share": 0}
    question = problem(orders=[TO_LEAVE_AT_ONCE], batches=[selling], policy=policy)
    plan = hp.plan_harvest(question)
    assert [(sold.pick_on, sold.kg) for sold in plan.surplus] == [(TENTH, 90)]
    found, _ = again(plan, question, new_order(quantity_kg=90), as_of=at(10, 13))
    assert [row.order_id for row in found.shipments] == ["o1"]
    assert (found.surplus, found.batches[0].left_kg) == ((), 0)


def test_what_was_picked_short_of_a_whole_order_hangs_there_no_more() -> None:
    question = problem(orders=[TO_LEAVE_AT_ONCE], batches=[batch(quantity_kg=10)])
    plan = hp.plan_harvest(question)
    less = hp.PickedLess(batch_id="b1", pick_on=TENTH, kg=9)
    found, _ = again(plan, question, less, new_order(quantity_kg=9), as_of=at(10, 13))
    assert found.shipments == ()


@pytest.mark.parametrize("on_tree_by", ["day", "temperature"])
def test_fruit_picked_before_a_look_was_so_much_younger(on_tree_by: str) -> None:
    green, turning = ({"id": name, "age_d20": age, "sd_d20": 0.5} for name, age in (("green", 0), ("turning", 1.5)))
    tree = {"on_tree_d20_per_day": 0.3, "on_tree_by": on_tree_by, "stages": [green, turning]}
    crop = {**DURABLE, **tree, "reference_stage_id": "green", "window_d20": 6}
    question = problem(crops=[crop], batches=[batch(stage_id="green")], orders=[TO_LEAVE_AT_ONCE])
    plan = hp.plan_harvest(question)
    look = hp.FieldChecked(batch_id="b1", seen_on=dt.date(2026, 8, 11), stage_id="turning")
    found, _ = again(plan, question, look, as_of=at(11, 14))
    assert found.shipments[0].age_at_pick_d20 == pytest.approx(1.2, abs=0.02)


@pytest.mark.parametrize("most_looked_at", [200, 0], ids=["few refused", "many refused"])
def test_a_refused_order_is_looked_at_when_the_day_that_serves_it_enters_the_horizon(
    most_looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft = {**DURABLE, "window_d20": 2.0, "stages": [{"id": "only", "age_d20": 0, "sd_d20": 0.3}]}
    late = {"deliver_from_at": "2026-08-13T20:00:00+07:00", "ripe_within_days": [0, 1], "keeps_days": 0}
    question = problem(
        as_of="2026-08-10T23:00:00+07:00", crops=[soft], policy={"gap": 0, "horizon_days": 2}, orders=[order(**late)]
    )
    plan = hp.plan_harvest(question)
    assert plan.shipments == ()
    monkeypatch.setattr(second_looks, "MOST_LOOKED_AT", most_looked_at)
    found, _ = again(plan, question, as_of=at(11, 1))
    assert [row.pick_on for row in found.shipments] == [dt.date(2026, 8, 12)]


def test_parts_alike_of_one_order_keep_each_its_own_way() -> None:
    lanes = [
        lane(
            id=f"l{n}", departures=f"FREQ=DAILY;BYHOUR={hour};BYMINUTE=0;BYSECOND=0", capacity_kg=10, cost_vnd_per_kg=n
        )
        for n, hour in enumerate(("14", "13", "12"))
    ]
    wanted = order(quantity_kg=20, may_split=True, deliver_until_at="2026-08-11T04:00:00+07:00")
    question = problem(orders=[wanted], lanes=lanes, policy={"gap": 0, "horizon_days": 1, "freeze_h": 0})
    plan = hp.plan_harvest(question)
    ways = {row.legs[0].lane_id for row in plan.shipments}
    assert len(ways) == 2
    for gone in ways:
        found, _ = again(plan, question, hp.DepartureCancelled(lane_id=gone, on=TENTH), as_of=question.as_of)
        assert {row.legs[0].lane_id for row in found.shipments} == {"l0", "l1", "l2"} - {gone}


def by_hub(connection: str) -> hp.PlanningProblem:
    """Goods go at noon to a hub and on in the evening; a slower lane leads from the farm straight to town."""
    ends = [{"id": each, "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20} for each in ("farm", "town")]
    hub = {"id": "hub", "latitude_deg": 21.3, "longitude_deg": 106.2, "ambient_degc": 20}
    quick = {"transit_p50_h": 2, "transit_p95_h": 2}
    return problem(
        places=[*ends, hub],
        orders=[order(deliver_until_at="2026-08-14T23:00:00+07:00")],
        lanes=[
            lane(id="to-hub", destination_id="hub", cost_vnd_per_kg=100, **quick),
            lane(id="from-hub", origin_id="hub", departures=connection, **quick),
            lane(
                id="slow", departures=NOON.replace("12", "14"), cost_vnd_per_kg=50, transit_p50_h=30, transit_p95_h=30
            ),
        ],
    )


def on_the_tenth(question: hp.PlanningProblem) -> hp.PlanningProblem:
    """With the order settled: it left for the hub on the tenth."""
    given = {
        "order_id": "o1", "batch_id": "b1", "pick_on": TENTH, "kg": 10,
        "lane_ids": ("to-hub", "from-hub"), "departs_at": at(10, 12),
    }  # fmt: skip
    return question.model_copy(update={"commitments": (hp.Commitment.model_validate(given),)})


def test_goods_at_the_hub_wait_there_for_the_next_connection() -> None:
    question = on_the_tenth(by_hub(NOON.replace("12", "20")))
    plan = hp.plan_harvest(question)
    assert [leg.departs_at for leg in plan.shipments[0].legs] == [at(10, 12), at(10, 20)]
    gone = hp.DepartureCancelled(lane_id="from-hub", on=TENTH)
    found, _ = again(plan, question, gone, as_of=at(10, 15))
    assert [leg.departs_at for leg in found.shipments[0].legs] == [at(10, 12), at(11, 20)]


def test_goods_at_a_hub_from_which_no_lane_leads_on_are_stranded_there() -> None:
    question = on_the_tenth(by_hub("DTSTART:20260810T200000\nRRULE:FREQ=DAILY;COUNT=1"))
    plan = hp.plan_harvest(question)
    assert [leg.departs_at for leg in plan.shipments[0].legs] == [at(10, 12), at(10, 20)]
    gone = hp.DepartureCancelled(lane_id="from-hub", on=TENTH)
    found, diff = again(plan, question, gone, as_of=at(10, 15))
    assert [row.reasons[0].code for row in found.refusals] == ["no_journey"]
    # What was picked hangs there no more.
    assert found.batches[0].left_kg == 90
    (change,) = diff.orders
    assert (change.before_kg, change.after_kg, change.reason_code) == (10, 0, "no_journey")
    # Nor a re-plan later, which sends other fruit for the order: by the slow lane, which is still to leave.
    later, _ = again(found, diff.problem, as_of=at(11, 2))
    (row,) = later.shipments
    assert ([leg.lane_id for leg in row.legs], row.legs[0].departs_at) == (["slow"], at(13, 14))
    assert later.batches[0].left_kg == 80


def test_fruit_settled_for_orders_that_are_planned_no_more_stays_off_the_tree() -> None:
    settled = {"order_id": "done", "batch_id": "b1", "pick_on": "2026-08-09", "kg": 40, "state": "shipped"}
    orders = [order(id="done", quantity_kg=40, state="shipped"), order()]
    question = problem(
        batches=[batch(observed_on="2026-08-09")], orders=orders, commitments=[{**settled, "lane_ids": []}]
    )
    plan = hp.plan_harvest(question)
    assert plan.batches[0].left_kg == 50
    for hour in (1, 2):
        plan, diff = again(plan, question, as_of=at(10, hour))
        assert plan.batches[0].left_kg == 50
        question = diff.problem


def test_of_goods_on_a_lane_that_became_slower_it_is_told_how_much_later_they_come() -> None:
    question = problem(orders=[TO_LEAVE_AT_ONCE, order(id="o2", deliver_from_at="2026-08-12T20:00:00+07:00")])
    plan = hp.plan_harvest(question)
    found, diff = again(plan, question, hp.LaneSlower(lane_id="l1", added_h=3), as_of=at(10, 14))
    assert [row.order_id for row in found.shipments] == ["o1", "o2"]
    late = next(change for change in diff.orders if change.order_id == "o1")
    assert (late.before_kg, late.after_kg, late.repicked, late.rerouted, late.later_h) == (10, 10, False, False, 3)
    assert "Order o1: arrives 3 h later than planned, 10 kg as before." in hp.describe_changes(diff, language="en")
    assert "Đơn o1: đến muộn hơn dự kiến 3 giờ, vẫn 10 kg." in hp.describe_changes(diff)


def test_frozen_goods_for_which_no_truck_has_room_overload_one_and_that_is_told() -> None:
    loads = {"o1": (10, 12), "o2": (11, 11), "o3": (12, 11)}
    frozen = {"batch_id": "b1", "state": "frozen", "lane_ids": ("l1",)}
    question = problem(
        orders=[order(id=name, quantity_kg=kg) for name, (_, kg) in loads.items()],
        lanes=[lane(capacity_kg=15)],
        commitments=[
            {**frozen, "order_id": name, "kg": kg, "pick_on": at(day, 12).date(), "departs_at": at(day, 12)}
            for name, (day, kg) in loads.items()
        ],
    )
    plan = hp.plan_harvest(question)
    assert {row.order_id: row.legs[0].departs_at.day for row in plan.shipments} == {"o1": 10, "o2": 11, "o3": 12}
    assert not any(warning.startswith("departure") for warning in plan.warnings)
    found, diff = again(plan, question, hp.DepartureCancelled(lane_id="l1", on=TENTH), as_of=at(10, 0))
    day = next(row.legs[0].departs_at.day for row in found.shipments if row.order_id == "o1")
    told = f"departure 2026-08-{day}T12:00:00+07:00 of lane l1: 23 kg are settled on it, and it takes 15 kg"
    assert [warning for warning in found.warnings if warning.startswith("departure")] == [told]
    later, _ = again(found, diff.problem, as_of=at(13, 12))
    assert not any(warning.startswith("departure") for warning in later.warnings)


def promise(**changes: Any) -> hp.OrderPromised:
    """Ten kilograms for a new order, as the plan would send them."""
    row = hp.plan_harvest(problem()).shipments[0]
    told = {"order": order(id="new"), "batch_id": "b1", "pick_on": row.pick_on, "kg": 10, "legs": row.legs}
    return hp.OrderPromised.model_validate({**told, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kg": 11}, "11 kg exceed the 10 kg of order 'new'"),
        ({"order": order(id="new", crop_id="other")}, "is 'durable', not 'other'"),
        ({"order": order(id="new", grade="fine")}, "is of grade 'plain', and grade 'fine' is asked"),
        ({"order": order(id="new", certifications=["VietGAP"])}, "does not hold VietGAP on 2026-08-"),
    ],
    ids=["too much", "another crop", "a worse grade", "no certificate"],
)
def test_a_promise_of_what_the_order_does_not_ask_for_is_refused(changes: dict[str, Any], message: str) -> None:
    crops = [{**DURABLE, "grades": ["fine", "plain"]}, {**DURABLE, "id": "other"}]
    question = problem(crops=crops, batches=[batch(grade="plain")])
    plan = hp.plan_harvest(question)
    with pytest.raises(ValueError, match=message):
        hp.replan(plan, question, [promise(**changes)], as_of=question.as_of)


@pytest.mark.parametrize("together", [True, False])
def test_promises_of_more_than_hangs_there_are_planned_like_new_orders(together: bool) -> None:
    question = problem(batches=[batch(quantity_kg=25), batch(id="b2", quantity_kg=10)])
    plan = hp.plan_harvest(question)
    promises = [promise(order=order(id=name)) for name in ("p1", "p2")]
    between = [] if together else [new_order(quantity_kg=500)]
    found, _ = again(plan, question, promises[0], *between, promises[1], as_of=question.as_of)
    assert {row.order_id: row.batch_id for row in found.shipments}["p1"] == "b1"
    assert {row.order_id for row in found.shipments} == {"o1", "p1", "p2"}
    assert sum(row.kg for row in found.shipments if row.batch_id == "b1") <= 25

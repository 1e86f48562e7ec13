"""Each rule of a plan: what it allows, what it refuses, and the code it refuses with."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

import harvest_planner as hp
from tests.planning.small import batch, lane, order, problem, refusal_code


def days(plan: hp.HarvestPlan) -> list[dt.date]:
    return [pick.pick_on for pick in plan.picks]


def test_an_order_that_fits_is_shipped_whole_at_its_worth() -> None:
    plan = hp.plan_harvest(problem())
    (shipment,) = plan.shipments
    assert shipment.kg == 10
    assert shipment.good_share == pytest.approx(1.0, abs=1e-6)
    assert plan.value_vnd == pytest.approx(10 * 50_000 * (2 * shipment.good_share - 1), abs=1)
    assert plan.status == "optimal"
    assert plan.gap == 0


def test_of_days_worth_the_same_the_latest_is_picked() -> None:
    even = {
        **problem().crops[0].model_dump(exclude_unset=True),
        "stages": [{"id": "only", "age_d20": 50, "sd_d20": 0.5}],
    }
    plan = hp.plan_harvest(problem(crops=[even]))
    assert days(plan) == [dt.date(2026, 8, 13)]


def test_of_plans_worth_the_same_the_one_with_fewest_trips_is_taken() -> None:
    even = {
        **problem().crops[0].model_dump(exclude_unset=True),
        "stages": [{"id": "only", "age_d20": 50, "sd_d20": 0.5}],
    }
    orders = [order(id="o1"), order(id="o2", deliver_until_at="2026-08-12T00:00:00+07:00")]
    plan = hp.plan_harvest(problem(crops=[even], orders=orders))
    assert days(plan) == [dt.date(2026, 8, 11)]


def test_quantity_of_a_batch_is_never_exceeded() -> None:
    plan = hp.plan_harvest(problem(batches=[batch(quantity_kg=15)], orders=[order(), order(id="o2")]))
    assert sum(shipment.kg for shipment in plan.shipments) == 10
    assert plan.refusals[0].reasons[0].code == "outbid"


def test_pick_day_respects_the_pre_harvest_interval() -> None:
    sprayed = batch(last_spray_on="2026-08-05", pre_harvest_interval_days=7)
    assert days(hp.plan_harvest(problem(batches=[sprayed])))[0] >= dt.date(2026, 8, 12)
    longer = batch(last_spray_on="2026-08-09", pre_harvest_interval_days=7)
    assert refusal_code(problem(batches=[longer])) == "pre_harvest_interval"


@pytest.mark.parametrize(
    "spray",
    [
        {"last_spray_on": "unknown", "pre_harvest_interval_days": 3},
        {"last_spray_on": "2026-01-01", "pre_harvest_interval_days": "unknown"},
        {"last_spray_on": "2026-01-01"},
    ],
)
def test_an_incomplete_spray_record_is_never_picked(spray: dict[str, str]) -> None:
    plan = hp.plan_harvest(problem(batches=[batch(**spray)]))
    assert plan.picks == ()
    assert plan.batches[0].advice_code == "spray_unknown"
    assert plan.refusals[0].reasons[0].code == "pre_harvest_interval"


def test_an_undeclared_spray_is_picked_and_listed_as_a_warning() -> None:
    plan = hp.plan_harvest(problem())
    assert any("b1" in warning and "spray" in warning for warning in plan.warnings)


def test_fruit_that_drops_is_not_picked() -> None:
    falling = {**problem().crops[0].model_dump(exclude_unset=True), "on_tree_d20_per_day": 1, "drops_at_d20": 3.5}
    plan = hp.plan_harvest(problem(crops=[falling]))
    assert plan.batches[0].latest_pick_on == dt.date(2026, 8, 11)
    assert days(plan)[0] <= dt.date(2026, 8, 11)
    gone = hp.plan_harvest(problem(crops=[falling], batches=[batch(observed_on="2026-08-01")]))
    assert gone.refusals[0].reasons[0].code == "no_fruit"
    assert gone.batches[0].advice_code == "dropped"


def test_grade_is_at_least_as_asked() -> None:
    assert refusal_code(problem(orders=[order(grade="A")], batches=[batch(grade="B")])) == "grade"
    assert refusal_code(problem(orders=[order(grade="B")], batches=[batch(grade="A")])) is None
    assert refusal_code(problem(orders=[order(grade="C")])) == "grade"


def test_certification_is_held_and_valid() -> None:
    asked = [order(certifications=["VietGAP"])]
    assert refusal_code(problem(orders=asked)) == "certification"
    held = batch(certifications=["VietGAP"], certified_until="2026-08-10")
    assert days(hp.plan_harvest(problem(orders=asked, batches=[held]))) == [dt.date(2026, 8, 10)]
    expired = batch(certifications=["VietGAP"], certified_until="2026-08-09")
    assert refusal_code(problem(orders=asked, batches=[expired])) == "certification"


def test_a_growers_day_and_days_of_rest() -> None:
    hands = [{"id": "g1", "pick_capacity_kg_per_day": 9}]
    assert refusal_code(problem(growers=hands)) == "picker_capacity"
    rests = [{"id": "g1", "rest_days": ["TU", "WE", "2026-08-13"]}]
    assert days(hp.plan_harvest(problem(growers=rests))) == [dt.date(2026, 8, 10)]
    always = [{"id": "g1", "rest_days": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]}]
    assert refusal_code(problem(growers=always)) == "picker_capacity"


def test_packing_at_a_place() -> None:
    places = [{**place.model_dump(exclude_unset=True), "packing_kg_per_day": 9} for place in problem().places]
    assert refusal_code(problem(places=places)) == "packing_capacity"


def test_capacity_of_a_departure() -> None:
    assert refusal_code(problem(lanes=[lane(capacity_kg=9)])) == "lane_capacity"
    many = [order(id=f"o{n}") for n in range(6)]
    plan = hp.plan_harvest(problem(lanes=[lane(capacity_kg=15)], orders=many))
    departures = [shipment.legs[0].departs_at for shipment in plan.shipments]
    assert len(departures) == len(set(departures)) == 4


def test_a_full_departure_gives_way_to_the_next_one_of_the_day() -> None:
    twice = lane(capacity_kg=10, departures="FREQ=DAILY;BYHOUR=12,18;BYMINUTE=0;BYSECOND=0")
    both = [order(id=f"o{n}", deliver_until_at="2026-08-11T06:00:00+07:00") for n in range(2)]
    plan = hp.plan_harvest(problem(lanes=[twice], orders=both))
    assert sorted(shipment.legs[0].departs_at.hour for shipment in plan.shipments) == [12, 18]


def test_a_trip_picks_at_least_its_least_kg_filled_with_surplus() -> None:
    plan = hp.plan_harvest(problem(batches=[batch(min_trip_kg=25)]))
    assert (plan.picks[0].kg, plan.picks[0].surplus_kg) == (25, 15)
    assert refusal_code(problem(batches=[batch(min_trip_kg=25, quantity_kg=20)])) == "outbid"


def test_picks_of_a_batch_are_limited_and_spaced() -> None:
    spread = [
        order(
            id=f"o{n}", deliver_from_at=f"2026-08-1{n}T20:00:00+07:00", deliver_until_at=f"2026-08-1{n}T23:00:00+07:00"
        )
        for n in range(4)
    ]
    fresh = {**problem().crops[0].model_dump(exclude_unset=True), "window_d20": 3.6}
    free = hp.plan_harvest(problem(crops=[fresh], orders=spread))
    assert len(free.picks) == 4
    once = hp.plan_harvest(problem(crops=[fresh], orders=spread, policy={"gap": 0, "max_picks_per_batch": 1}))
    assert len(once.picks) == 1
    spaced = days(hp.plan_harvest(problem(crops=[fresh], orders=spread, batches=[batch(days_between_picks=3)])))
    assert [b - a for a, b in itertools.pairwise(spaced)] == [dt.timedelta(days=3)]


def test_an_order_is_whole_unless_it_may_be_split() -> None:
    two = [batch(id="b1", quantity_kg=6), batch(id="b2", quantity_kg=6)]
    assert refusal_code(problem(batches=two)) == "outbid"
    plan = hp.plan_harvest(problem(batches=two, orders=[order(may_split=True)]))
    assert sum(shipment.kg for shipment in plan.shipments) == pytest.approx(10)
    assert all(shipment.kg >= 1 for shipment in plan.shipments)
    partly = hp.plan_harvest(problem(batches=two[:1], orders=[order(may_split=True)]))
    assert (partly.shipments[0].kg, partly.refusals[0].kg) == (6, 4)


def test_surplus_goes_to_the_local_market_when_it_would_be_lost() -> None:
    falling = {**problem().crops[0].model_dump(exclude_unset=True), "on_tree_d20_per_day": 1, "drops_at_d20": 3.5}
    priced = [batch(surplus_price_vnd_per_kg=10_000)]
    plan = hp.plan_harvest(problem(crops=[falling], batches=priced, orders=[]))
    assert (plan.surplus[0].kg, plan.value_vnd) == (100, 1_000_000)
    assert plan.batches[0].advice_code == "sell_local"
    held = hp.plan_harvest(problem(batches=priced, orders=[]))
    assert (held.surplus, held.value_vnd) == ((), 1_000_000)
    assert held.batches[0].advice_code in ("hold", "no_order")


def test_commitments_are_kept_whatever_the_rules_say_now() -> None:
    frozen = [{"order_id": "o1", "batch_id": "b1", "pick_on": "2026-08-11", "kg": 10}]
    hands = [{"id": "g1", "pick_capacity_kg_per_day": 12}]
    plan = hp.plan_harvest(problem(commitments=frozen, growers=hands, orders=[order(), order(id="o2")]))
    kept = next(shipment for shipment in plan.shipments if shipment.order_id == "o1")
    assert (kept.pick_on, kept.kg) == (dt.date(2026, 8, 11), 10)
    other = next(shipment for shipment in plan.shipments if shipment.order_id == "o2")
    assert other.pick_on != kept.pick_on
    assert hp.check_plan(plan, problem(commitments=frozen, growers=hands, orders=[order(), order(id="o2")])) == ()


@pytest.mark.parametrize(
    ("capacity_kg", "departs"),
    [
        (12, {"o1": 12, "o2": 11}),  # o2 names its departure
        (25, {"o1": 11, "o2": 11, "o3": 12}),
        (9, {"o1": 11, "o2": 11, "o3": 11}),  # where none has room each goes by the journey worth most
    ],
)
def test_commitments_without_a_journey_of_their_own_take_one_that_has_room(
    capacity_kg: float, departs: dict[str, int]
) -> None:
    settled = [{"order_id": each, "batch_id": "b1", "pick_on": "2026-08-11", "kg": 10} for each in departs]
    settled[1] |= {"lane_ids": ["l1"], "departs_at": "2026-08-11T12:00:00+07:00"}
    asked = problem(
        commitments=settled,
        lanes=[lane(capacity_kg=capacity_kg)],
        orders=[order(id=each, due_at="2026-08-11T22:00:00+07:00") for each in departs],
        policy={"gap": 0, "horizon_days": 4, "lateness_cost_vnd_per_kg_day": 5000},
    )
    plan = hp.plan_harvest(asked)
    assert {row.order_id: row.legs[0].departs_at.day for row in plan.shipments} == departs
    assert hp.check_plan(plan, asked) == ()
    later = [row for row in plan.shipments if departs[row.order_id] == 12]
    roomier = asked.model_copy(update={"lanes": (asked.lanes[0].model_copy(update={"capacity_kg": 100.0}),)})
    found = [each.code for each in hp.check_plan(plan, roomier)]
    assert found.count("commitment_journey") == len(later)


def test_states_that_need_nothing_are_neither_shipped_nor_refused() -> None:
    orders = [order(id=state, state=state) for state in ("inquiry", "shipped", "cancelled", "reserved")]
    plan = hp.plan_harvest(problem(orders=orders))
    assert [shipment.order_id for shipment in plan.shipments] == ["reserved"]
    assert plan.refusals == ()
    assert any("inquiry" in warning for warning in plan.warnings)


def test_refusals_name_what_forbids() -> None:
    assert refusal_code(problem(orders=[order(confirm_by_at="2026-08-09T00:00:00+07:00")])) == "confirm_by_passed"
    assert refusal_code(problem(orders=[order(destination_id="ca-mau")])) == "no_journey"
    banned = [{"carrier": "VTP", "goods": "fresh fruit", "from_on": "2026-08-01", "until_on": "2026-08-30"}]
    assert refusal_code(problem(lanes=[lane(carrier="vtp")], embargoes=banned)) == "embargo"
    assert refusal_code(problem(orders=[order(deliver_until_at="2026-08-10T15:00:00+07:00")])) == "cannot_arrive_ripe"
    assert refusal_code(problem(orders=[order(price_vnd_per_kg=0)])) == "not_worth_it"
    assert refusal_code(problem(batches=[batch(quantity_kg=0)])) == "no_fruit"
    hot = {**problem().crops[0].model_dump(exclude_unset=True), "safety_cap": {}}
    assert refusal_code(problem(crops=[hot])) == "not_safe"


def test_what_would_have_worked_works() -> None:
    late = problem(orders=[order(deliver_until_at="2026-08-10T15:00:00+07:00")])
    (change,) = hp.plan_harvest(late).refusals[0].reasons[0].would_work_if
    assert change.field == "deliver_until_at"
    assert refusal_code(problem(orders=[order(deliver_until_at=change.value)])) is None
    costly = problem(batches=[batch(trip_cost_vnd=900_000)])
    (change,) = hp.plan_harvest(costly).refusals[0].reasons[0].would_work_if
    assert change.field == "price_vnd_per_kg"
    paid = problem(batches=[batch(trip_cost_vnd=900_000)], orders=[order(price_vnd_per_kg=change.value)])
    assert refusal_code(paid) is None

"""`order_by`: the last moment for an order, proved by asking `when_to_pick` and `plan_harvest` at it and after it."""

from __future__ import annotations

import datetime as dt
import doctest
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings

import harvest_planner as hp
from harvest_planner.planning import order_cutoff
from harvest_planner.schema.clock import zone
from tests.planning.small import DURABLE, batch, lane, order, problem
from tests.strategies import planning_problems

MINUTE = dt.timedelta(minutes=1)
HANOI = dt.timezone(dt.timedelta(hours=7))
FARM = {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20}
TOWN = {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20}
TOKYO = {
    "id": "tokyo", "latitude_deg": 35.7, "longitude_deg": 139.7, "timezone": "Asia/Tokyo", "ambient_degc": 20,
}  # fmt: skip


def at(text: str) -> dt.datetime:
    """A local instant of Viet Nam, or one with its own offset."""
    found = dt.datetime.fromisoformat(text)
    return found.replace(tzinfo=HANOI) if found.tzinfo is None else found


def due(until: str, **changes: Any) -> dict[str, Any]:
    """The problem's one order, due at an instant."""
    return {"orders": [order(deliver_until_at=at(until), **changes)]}


def days_of(advice: hp.PickAdvice | hp.Refusal) -> set[dt.date]:
    """All days on which the batch can be picked for the order."""
    if isinstance(advice, hp.Refusal):
        return set()
    return {advice.pick_on, *(other.pick_on for other in advice.other_days)}


def proved(question: hp.PlanningProblem) -> tuple[str, hp.LastPick]:
    """The moment and its pick, after asking at that very moment and a minute later."""
    found = hp.order_by("o1", question)
    assert found.at is not None
    assert found.pick is not None
    assert (found.order_id, found.reason) == ("o1", None)
    pick = found.pick
    assert pick.pick_on in days_of(hp.when_to_pick("o1", pick.batch_id, question, as_of=found.at))
    in_time = hp.plan_harvest(question.model_copy(update={"as_of": found.at}))
    assert [shipment.order_id for shipment in in_time.shipments] == ["o1"]
    late = found.at + MINUTE
    assert pick.pick_on not in days_of(hp.when_to_pick("o1", pick.batch_id, question, as_of=late))
    too_late = hp.plan_harvest(question.model_copy(update={"as_of": late}))
    assert (pick.batch_id, pick.pick_on) not in {(each.batch_id, each.pick_on) for each in too_late.shipments}
    if not found.may_be_later:
        assert [refusal.order_id for refusal in too_late.refusals] == ["o1"]
        assert (in_time.shipments[0].batch_id, in_time.shipments[0].pick_on) == (pick.batch_id, pick.pick_on)
        assert tuple(leg.lane_id for leg in in_time.shipments[0].legs) == pick.lane_ids
        assert in_time.shipments[0].legs[0].departs_at == pick.departs_at
    return found.at.isoformat(), pick


def reason(question: hp.PlanningProblem) -> str | None:
    """The code, after seeing that no batch can serve the order and the plan gives the same."""
    found = hp.order_by("o1", question)
    assert (found.at, found.pick, found.may_be_later) == (None, None, False)
    for each in question.batches:
        assert isinstance(hp.when_to_pick("o1", each, question), hp.Refusal)
    (refusal,) = hp.plan_harvest(question).refusals
    assert found.reason == refusal.reasons[0].code
    return found.reason


# Worked by hand: picked from 5 to 9, ready at 11, on the lane of noon, there at 22.


def test_the_last_pick_is_the_one_that_arrives_before_the_deadline() -> None:
    moment, pick = proved(problem(**due("2026-08-12T22:00")))
    assert moment == "2026-08-12T05:00:00+07:00"
    assert pick == hp.LastPick(
        batch_id="b1",
        pick_on=dt.date(2026, 8, 12),
        from_at=at("2026-08-12T05:00"),
        until_at=at("2026-08-12T09:00"),
        lane_ids=("l1",),
        departs_at=at("2026-08-12T12:00"),
        cutoff_at=at("2026-08-12T12:00"),
    )
    assert proved(problem(**due("2026-08-12T21:59:59")))[0] == "2026-08-11T05:00:00+07:00"


def test_the_cut_off_of_the_departure_is_local_and_told() -> None:
    moment, pick = proved(problem(lanes=[lane(cutoff_h=1)], **due("2026-08-12T22:00")))
    assert moment == "2026-08-12T05:00:00+07:00"
    assert pick.cutoff_at.isoformat() == "2026-08-12T11:00:00+07:00"
    # Goods that are ready at eleven miss a cut-off at half past ten and wait for the next noon.
    moment, pick = proved(problem(lanes=[lane(cutoff_h=1.5)], **due("2026-08-12T22:00")))
    assert moment == "2026-08-11T05:00:00+07:00"
    assert pick.departs_at.isoformat() == "2026-08-12T12:00:00+07:00"
    assert pick.cutoff_at.isoformat() == "2026-08-12T10:30:00+07:00"


def test_beyond_the_horizon_nothing_is_looked_at() -> None:
    found = hp.order_by("o1", problem(**due("2026-08-20T00:00")))
    assert found.at == at("2026-08-13T05:00")
    assert found.may_be_later
    assert proved(problem(**due("2026-08-20T00:00")))[0] == "2026-08-13T05:00:00+07:00"
    longer = problem(policy={"gap": 0, "horizon_days": 14}, **due("2026-08-20T00:00"))
    assert proved(longer)[0] == "2026-08-19T05:00:00+07:00"
    assert not hp.order_by("o1", longer).may_be_later


def test_an_order_of_none_but_the_caller_is_taken_as_a_record() -> None:
    record = hp.Order.model_validate(order(id="new", deliver_until_at=at("2026-08-12T22:00"), state="inquiry"))
    found = hp.order_by(record, problem(orders=[]))
    assert (found.order_id, found.at) == ("new", at("2026-08-12T05:00"))
    with pytest.raises(hp.UnknownIdError, match="unknown order 'new'"):
        hp.order_by("new", problem(orders=[]))
    lost = record.model_copy(update={"destination_id": "atlantis"})
    with pytest.raises(ValueError, match="unknown place 'atlantis'"):
        hp.order_by(lost, problem(orders=[]))


def test_other_orders_and_commitments_are_not_looked_at() -> None:
    greedy = order(id="o2", quantity_kg=100, price_vnd_per_kg=900_000)
    wanted = order(deliver_until_at=at("2026-08-12T22:00"))
    held = [{"order_id": "o2", "batch_id": "b1", "pick_on": "2026-08-12", "kg": 100}]
    found = hp.order_by("o1", problem(orders=[wanted, greedy], commitments=held))
    assert found.at == at("2026-08-12T05:00")


def test_the_marketplace_s_own_limit_bounds_it() -> None:
    bounded = problem(**due("2026-08-12T22:00", confirm_by_at=at("2026-08-11T20:15")))
    moment, pick = proved(bounded)
    assert (moment, pick.pick_on) == ("2026-08-11T20:15:00+07:00", dt.date(2026, 8, 12))
    # In UTC or in Viet Nam, the moment is told in the time of the batch's place.
    abroad = problem(**due("2026-08-12T22:00", confirm_by_at=at("2026-08-11T13:15:00+00:00")))
    assert proved(abroad)[0] == moment
    later = problem(**due("2026-08-12T22:00", confirm_by_at=at("2026-08-12T05:30")))
    assert proved(later)[0] == "2026-08-12T05:00:00+07:00"
    now = problem(**due("2026-08-12T22:00", confirm_by_at=at("2026-08-10T00:00")))
    assert proved(now)[0] == "2026-08-10T00:00:00+07:00"
    passed = problem(**due("2026-08-12T22:00", confirm_by_at=at("2026-08-09T23:59:59")))
    assert reason(passed) == "confirm_by_passed"


def test_published_picks_freeze_but_a_new_one_may_still_be_added() -> None:
    frozen = {"gap": 0, "horizon_days": 4, "freeze_h": 48}
    assert proved(problem(policy=frozen, **due("2026-08-12T22:00")))[0] == "2026-08-12T05:00:00+07:00"


def test_of_several_batches_the_one_that_can_wait_longest_decides() -> None:
    question = problem(
        growers=[{"id": "g1"}, {"id": "g2", "picks_from": "06:15"}],
        batches=[batch(), batch(id="b2", grower_id="g2"), batch(id="b3", grower_id="g2", quantity_kg=5)],
        **due("2026-08-12T22:00"),
    )
    moment, pick = proved(question)
    assert (moment, pick.batch_id) == ("2026-08-12T06:15:00+07:00", "b2")


@pytest.mark.parametrize(
    ("changes", "moment"),
    [
        ({"batches": [batch(certifications="VietGAP", certified_until="2026-08-11")]}, "2026-08-11"),
        ({"growers": [{"id": "g1", "rest_days": ["2026-08-12"]}]}, "2026-08-11"),
        ({"growers": [{"id": "g1", "rest_days": ["WE", "TU"]}]}, "2026-08-10"),
        # Age 1 + 0.5 a day, sd 0.5: below 2.1 up to the first day.
        ({"crops": [{**DURABLE, "on_tree_d20_per_day": 0.5, "drops_at_d20": 2.1}]}, "2026-08-11"),
        ({"crops": [{**DURABLE, "on_tree_d20_per_day": 0.5, "drops_at_d20": 2.0}]}, "2026-08-10"),
    ],
    ids=["certified until", "rests that day", "rests for days", "falls in two days", "falls tomorrow"],
)
def test_what_a_rule_of_the_field_forbids_is_gone_earlier(changes: dict[str, Any], moment: str) -> None:
    asked = {"certifications": "VietGAP"} if "batches" in changes else {}
    found, pick = proved(problem(**changes, **due("2026-08-12T22:00", **asked)))
    assert found == f"{moment}T05:00:00+07:00"
    assert pick.pick_on.isoformat() == moment


def test_fruit_that_would_be_too_old_or_too_green_moves_the_moment() -> None:
    """Ready at 5, good for 2: at 1 d20 a day in the lane and at home, age 2 + 1 a day of hanging and 17 h of way."""
    crop = {
        **DURABLE,
        "ready_at_d20": 5.0,
        "window_d20": 2.0,
        "stages": [{"id": "only", "age_d20": 2.0, "sd_d20": 0.0}],
        "on_tree_d20_per_day": 1.0,
    }
    week = {"gap": 0, "horizon_days": 7}
    question = problem(policy=week, crops=[crop], **due("2026-08-17T00:00", ripe_within_days=(0, 2), keeps_days=1))
    # Delivered at 2 + d + 17/24 it must lie between 5 − 2 and 7 − 1: d is 1, 2 or 3.
    moment, pick = proved(question)
    assert (moment, pick.pick_on) == ("2026-08-13T05:00:00+07:00", dt.date(2026, 8, 13))
    earlier = problem(policy=week, crops=[crop], **due("2026-08-17T00:00", ripe_within_days=(0, 2), keeps_days=2.5))
    assert proved(earlier)[0] == "2026-08-11T05:00:00+07:00"


# Calendars and clocks.


def test_picks_around_midnight() -> None:
    at_midnight = problem(growers=[{"id": "g1", "picks_from": "00:00"}], **due("2026-08-12T22:00"))
    assert proved(at_midnight)[0] == "2026-08-12T00:00:00+07:00"
    by_night = problem(
        growers=[{"id": "g1", "picks_from": "22:00", "picks_until": "23:30"}],
        lanes=[lane(departures="FREQ=DAILY;BYHOUR=1;BYMINUTE=30;BYSECOND=0")],
        **due("2026-08-12T11:30"),
    )
    moment, pick = proved(by_night)
    assert moment == "2026-08-11T22:00:00+07:00"
    assert pick.departs_at.isoformat() == "2026-08-12T01:30:00+07:00"


@pytest.mark.parametrize(
    ("as_of", "until", "moment"),
    [
        ("2026-08-29T00:00", "2026-09-01T00:00", "2026-08-31T05:00:00+07:00"),
        ("2026-08-29T00:00", "2026-09-01T22:00", "2026-09-01T05:00:00+07:00"),
        ("2026-12-30T00:00", "2027-01-01T21:00", "2026-12-31T05:00:00+07:00"),
        ("2028-02-27T00:00", "2028-03-01T21:59", "2028-02-29T05:00:00+07:00"),
        ("2028-02-27T00:00", "2028-02-29T21:59", "2028-02-28T05:00:00+07:00"),
        ("2027-02-26T00:00", "2027-03-01T21:59", "2027-02-28T05:00:00+07:00"),
    ],
)
def test_ends_of_months_and_the_leap_day(as_of: str, until: str, moment: str) -> None:
    question = problem(as_of=at(as_of), batches=[batch(observed_on=as_of[:10])], **due(until))
    assert proved(question)[0] == moment


def tet(as_of: str, until: str) -> hp.PlanningProblem:
    """Tết is 17 February 2026; the one carrier refuses fresh fruit from the 14th to the 22nd."""
    return problem(
        as_of=at(as_of),
        policy={"gap": 0, "horizon_days": 14},
        batches=[batch(observed_on="2026-02-10")],
        lanes=[lane(carrier="Post")],
        embargoes=[{"carrier": "post", "goods": "Fresh Fruit", "from_on": "2026-02-14", "until_on": "2026-02-22"}],
        **due(until),
    )


def test_for_tet_one_orders_before_the_carrier_rests() -> None:
    assert proved(tet("2026-02-10T00:00", "2026-02-18T18:00"))[0] == "2026-02-13T05:00:00+07:00"
    assert reason(tet("2026-02-13T05:01", "2026-02-18T18:00")) == "embargo"
    # Whoever waits until after it is picked for the first departure of the 23rd.
    assert proved(tet("2026-02-13T05:01", "2026-02-23T22:00"))[0] == "2026-02-23T05:00:00+07:00"


def test_a_destination_in_another_zone() -> None:
    """From 18:00 ten hours are 06:00 in Tokyo; 05:59 there is a day too early."""
    evening = lane(destination_id="tokyo", departures="FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0")
    there = {"places": [FARM, TOKYO], "lanes": [evening]}
    in_time = problem(**there, **due("2026-08-13T06:00+09:00", destination_id="tokyo"))
    moment, pick = proved(in_time)
    assert moment == "2026-08-12T05:00:00+07:00"
    assert pick.departs_at.isoformat() == "2026-08-12T18:00:00+07:00"
    early = problem(**there, **due("2026-08-13T05:59+09:00", destination_id="tokyo"))
    assert proved(early)[0] == "2026-08-11T05:00:00+07:00"


def test_a_batch_in_another_zone() -> None:
    """Picked from 05:00 in Tokyo, which is 03:00 in Viet Nam; the lane of noon there arrives at 20:00 here."""
    question = problem(
        as_of=at("2026-08-10T03:00"),
        places=[TOKYO, TOWN],
        batches=[batch(place_id="tokyo")],
        lanes=[lane(origin_id="tokyo", cutoff_h=1)],
        **due("2026-08-12T20:00", confirm_by_at=at("2026-08-20T00:00")),
    )
    moment, pick = proved(question)
    assert moment == "2026-08-12T05:00:00+09:00"
    assert pick.cutoff_at.isoformat() == "2026-08-12T11:00:00+09:00"
    bounded = question.model_copy(update={"orders": (
        question.orders[0].model_copy(update={"confirm_by_at": at("2026-08-11T20:00")}),
    )})  # fmt: skip
    assert proved(bounded)[0] == "2026-08-11T22:00:00+09:00"


# Timetables that end, or begin with the moment of asking.


def test_a_lane_that_runs_no_more_by_then_does_no_harm() -> None:
    once = lane(
        id="l0", departures="DTSTART:20260810T120000 RRULE:FREQ=DAILY;COUNT=1", transit_p50_h=1, transit_p95_h=1
    )
    found = hp.order_by("o1", problem(lanes=[lane(), once], **due("2026-08-12T22:00")))
    assert found.at == at("2026-08-12T05:00")


def test_a_rule_that_begins_with_the_moment_of_asking_is_asked_again_then() -> None:
    """Every other day from as_of: asked on the 11th the lane would run on the 11th, whose cut-off is missed."""
    question = problem(
        lanes=[lane(departures="FREQ=DAILY;INTERVAL=2;BYHOUR=12;BYMINUTE=0;BYSECOND=0", cutoff_h=1.5)],
        growers=[{"id": "g1", "rest_days": ["2026-08-10", "2026-08-12", "2026-08-13"]}],
        **due("2026-08-12T22:00"),
    )
    found = hp.order_by("o1", question)
    assert found.at == question.as_of
    assert found.pick is not None
    assert found.pick.pick_on == dt.date(2026, 8, 11)
    assert isinstance(hp.when_to_pick("o1", "b1", question, as_of=found.at), hp.PickAdvice)
    assert isinstance(hp.when_to_pick("o1", "b1", question, as_of=at("2026-08-11T05:00")), hp.Refusal)


# Refusals.


@pytest.mark.parametrize(
    ("changes", "asked", "code"),
    [
        ({"lanes": [lane(origin_id="town", destination_id="farm")]}, {}, "no_journey"),
        ({"batches": [batch(quantity_kg=0)]}, {}, "no_fruit"),
        ({"crops": [{**DURABLE, "grades": ["A", "B"]}]}, {"grade": "A"}, "grade"),
        ({}, {"certifications": "VietGAP"}, "certification"),
        ({"batches": [batch(last_spray_on="unknown")]}, {}, "pre_harvest_interval"),
        ({"lanes": [lane(transit_p50_h=90, transit_p95_h=90)]}, {}, "cannot_arrive_ripe"),
        ({"crops": [{**DURABLE, "safety_cap": {"limits": [[None, 9]]}}]}, {}, "not_safe"),
        ({}, {"price_vnd_per_kg": 0}, "not_worth_it"),
        ({"batches": [batch(trip_cost_vnd=600_000)]}, {}, "not_worth_it"),
        ({"growers": [{"id": "g1", "pick_capacity_kg_per_day": 5}]}, {}, "picker_capacity"),
        ({"growers": [{"id": "g1", "rest_days": ["MO", "TU", "WE", "TH"]}]}, {}, "picker_capacity"),
        ({"places": [{**FARM, "packing_kg_per_day": 5}, TOWN]}, {}, "packing_capacity"),
        ({"lanes": [lane(capacity_kg=5)]}, {}, "lane_capacity"),
        ({"batches": [batch(quantity_kg=5)]}, {}, "outbid"),
    ],
)
def test_what_cannot_be_served_says_why(changes: dict[str, Any], asked: dict[str, Any], code: str) -> None:
    assert reason(problem(**changes, **due("2026-08-12T22:00", **asked))) == code


# Any problem.


def by_asking(question: hp.PlanningProblem, wanted: hp.Order) -> dt.datetime | None:
    """The last moment, found by asking for each batch and day at the start of its picking hours."""
    served = []
    for each in question.batches:
        grower, place = question.grower(each.grower_id), question.place(each.place_id)
        today = question.as_of.astimezone(zone(place.timezone)).date()
        for ahead in range(question.policy.horizon_days):
            day = today + dt.timedelta(days=ahead)
            from_at = dt.datetime.combine(day, grower.picks_from, tzinfo=zone(place.timezone))
            moment = min(from_at, wanted.confirm_by_at or from_at)
            if question.as_of <= moment and day in days_of(hp.when_to_pick(wanted, each, question, as_of=moment)):
                served.append(moment)
    return max(served, default=None)


@settings(max_examples=60)
@given(planning_problems(max_orders=1, max_batches=3))
def test_it_never_disagrees_with_asking_at_every_moment(question: hp.PlanningProblem) -> None:
    (wanted,) = question.orders
    found = hp.order_by(wanted, question)
    assert found.at == by_asking(question, wanted)
    assert (found.at is None) == (found.reason is not None) == (found.pick is None)
    if found.pick is not None and found.at is not None:
        late = hp.when_to_pick(wanted, found.pick.batch_id, question, as_of=found.at + MINUTE)
        assert found.pick.pick_on not in days_of(late)
        assert found.pick.cutoff_at <= found.pick.departs_at


def test_journeys_and_order_by_need_neither_numpy_nor_highspy() -> None:
    program = (
        "import sys; sys.modules['numpy'] = None; sys.modules['highspy'] = None\n"
        "import harvest_planner as hp\n"
        "from harvest_planner.planning import itineraries, order_cutoff\n"
        "import doctest; print(doctest.testmod(itineraries).failed, doctest.testmod(order_cutoff).failed)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "0 0\n"


def test_its_example_runs() -> None:
    tried = doctest.testmod(order_cutoff)
    assert tried.attempted >= 5
    assert tried.failed == 0

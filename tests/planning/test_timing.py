"""Earliness and lateness each have a price: in every path of the planner, for the referee, and in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import assume, given
from pydantic import ValidationError

import harvest_planner as hp
from harvest_planner.planning.candidates import allowed, judged
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.timing import timing_of
from tests.planning.small import lane, order, problem
from tests.strategies import planning_problems


def priced(*, early: Any = 0, late: Any = 0, lanes: Any = None, **changes: Any) -> hp.PlanningProblem:
    policy = {
        "gap": 0, "horizon_days": 4, "earliness_cost_vnd_per_kg_day": early, "lateness_cost_vnd_per_kg_day": late,
    }  # fmt: skip
    return problem(policy=policy, orders=[order(**changes)], lanes=lanes or [lane()])


def planned(question: hp.PlanningProblem) -> hp.HarvestPlan:
    """Its plan, with which the referee finds nothing wrong."""
    plan = hp.plan_harvest(question)
    assert hp.check_plan(plan, question) == ()
    return plan


def test_without_prices_nothing_changes_but_what_is_told() -> None:
    bare, dated = planned(priced()), planned(priced(due_at="2026-08-12T22:00:00+07:00"))
    assert bare.value_vnd == dated.value_vnd
    assert (bare.shipments[0].late_days, dated.shipments[0].late_days) == (0, 1)


def test_a_parcel_that_is_late_is_picked_earlier_instead() -> None:
    due = {"due_at": "2026-08-11T22:00:00+07:00"}
    assert planned(priced(**due)).picks[0].pick_on == dt.date(2026, 8, 13)
    assert planned(priced(late=100, **due)).picks[0].pick_on == dt.date(2026, 8, 11)


def test_a_parcel_that_waits_is_picked_later_instead() -> None:
    """Fruit that ages on the tree is best picked as early as can be, unless its wait for the buyer is paid for."""
    ages = {**problem().crops[0].model_dump(exclude_unset=True), "window_d20": 9.2, "on_tree_d20_per_day": 2.0}
    window = {"deliver_from_at": "2026-08-13T22:00:00+07:00", "deliver_until_at": "2026-08-14T00:00:00+07:00"}
    found = []
    for early in (0, 1_000_000):
        question = priced(early=early, **window).model_copy(update={"crops": (hp.Crop.model_validate(ages),)})
        (row,) = planned(question).shipments
        found.append((row.pick_on, row.wait_days))
    assert found == [(dt.date(2026, 8, 10), 3), (dt.date(2026, 8, 13), 0)]


def test_each_day_has_its_price() -> None:
    must_wait = {"deliver_from_at": "2026-08-16T22:00:00+07:00", "deliver_until_at": "2026-08-17T00:00:00+07:00"}
    free, dear = planned(priced(**must_wait)), planned(priced(early=1_500, **must_wait))
    assert free.value_vnd - dear.value_vnd == pytest.approx(10 * 3 * 1_500)
    assert (dear.shipments[0].wait_days, dear.shipments[0].late_days) == (3, 0)
    overdue = {"due_at": "2026-08-10T10:00:00+07:00"}
    free, dear = planned(priced()), planned(priced(late=4_000, **overdue))
    assert free.value_vnd - dear.value_vnd == pytest.approx(10 * 0.5 * 4_000)
    assert dear.shipments[0].late_days == pytest.approx(0.5)


def test_lateness_is_counted_up_to_the_deadline() -> None:
    slow = lane(transit_p50_h=10, transit_p95_h=10.0001)
    late = planned(
        priced(late=1, lanes=[slow], due_at="2026-08-10T21:00:00+07:00", deliver_until_at="2026-08-10T22:00:00+07:00")
    )
    row = next(iter(late.shipments), None)
    assert row is None or row.late_days <= 1 / 24


def test_what_timing_costs_may_not_be_worth_it() -> None:
    (refusal,) = planned(priced(late=200_000, due_at="2026-08-10T10:00:00+07:00")).refusals
    (reason,) = refusal.reasons
    assert reason.code == "not_worth_it"
    price = float(str(reason.would_work_if[0].value))
    again = priced(late=200_000, due_at="2026-08-10T10:00:00+07:00", price_vnd_per_kg=price)
    assert planned(again).refusals == ()


def test_the_better_journey_may_be_the_faster_or_the_slower_one() -> None:
    lanes = [lane(cost_vnd_per_kg=900), lane(id="l2", transit_p50_h=20, transit_p95_h=20, cost_vnd_per_kg=0)]
    due = {"due_at": "2026-08-10T22:00:00+07:00", "deliver_until_at": "2026-08-11T08:00:00+07:00"}
    assert planned(priced(lanes=lanes, **due)).shipments[0].legs[0].lane_id == "l2"
    assert planned(priced(lanes=lanes, late=10_000, **due)).shipments[0].legs[0].lane_id == "l1"


def test_when_to_pick_minds_both() -> None:
    question = priced(late=100, due_at="2026-08-11T22:00:00+07:00")
    advice = hp.when_to_pick("o1", "b1", question)
    assert isinstance(advice, hp.PickAdvice)
    assert advice.pick_on == dt.date(2026, 8, 11)


def test_a_quote_pays_for_lateness() -> None:
    """The next pick that can still be told is tomorrow's: it comes a day and a half late."""
    free, dear = (
        priced(late=late, due_at="2026-08-10T10:00:00+07:00").model_copy(update={"orders": ()}) for late in (0, 2_000)
    )
    asked = hp.Order.model_validate(order(due_at="2026-08-10T10:00:00+07:00"))
    offers = [hp.Promiser(hp.plan_harvest(question), question).quote(asked).offers[0] for question in (free, dear)]
    assert offers[0].value_vnd - offers[1].value_vnd == pytest.approx(10 * 1.5 * 2_000)


def test_a_certain_world_brings_what_the_plan_is_worth() -> None:
    question = priced(
        early=1_500, deliver_from_at="2026-08-16T22:00:00+07:00", deliver_until_at="2026-08-17T00:00:00+07:00"
    )
    plan = planned(question)
    assert hp.simulate(plan, question, runs=3).income_vnd.mean == pytest.approx(plan.value_vnd)


def test_it_is_said_what_waiting_and_lateness_cost() -> None:
    question = priced(
        early=1_500, deliver_from_at="2026-08-16T22:00:00+07:00", deliver_until_at="2026-08-17T00:00:00+07:00"
    )
    plan = planned(question)
    said = hp.explain(plan, question, "o1", language="en")
    assert "waits 3 days for its buyer on average, which counts 45,000 VND against it" in said.sentence
    assert (said.data["shipments"][0]["wait_vnd"], said.data["shipments"][0]["late_vnd"]) == (45_000, 0)
    question = priced(late=4_000, due_at="2026-08-10T10:00:00+07:00")
    assert "muộn 0,5 ngày" in hp.explain(planned(question), question, "o1", language="vi").sentence


@pytest.mark.parametrize(
    ("due_at", "told"),
    [
        ("2026-08-14T00:01:00+07:00", "after the deadline"),
        ("2026-08-12T00:00:00+07:00", "does not lie after deliver_from_at"),
    ],
)
def test_due_lies_between_the_first_hour_and_the_deadline(due_at: str, told: str) -> None:
    with pytest.raises(ValidationError, match=rf"due_at .*{told}.*give a"):
        hp.Order.model_validate(order(deliver_from_at="2026-08-12T00:00:00+07:00", due_at=due_at))


def test_due_at_survives_a_folder_and_json(tmp_path: Any) -> None:
    question = priced(late=5, due_at="2026-08-11T22:00:00+07:00")
    for path in (tmp_path / "folder", tmp_path / "problem.json"):
        hp.save_problem(question, path)
        assert hp.load_problem(path) == question


@given(question=planning_problems())
def test_scalar_and_array_paths_agree_and_the_referee_with_them(question: hp.PlanningProblem) -> None:
    policy = question.policy.model_copy(
        update={"earliness_cost_vnd_per_kg_day": 3_000.0, "lateness_cost_vnd_per_kg_day": 7_000.0}
    )
    question = question.model_copy(update={"policy": policy})
    timed = [each for each in question.orders if each.due_at or each.deliver_from_at]
    assume(timed)
    meeting, case = Meeting(question), Case(question)
    buyers = [meeting.buyer(each) for each in timed]
    columns = ArrayJudge(meeting).columns(buyers)
    arrays = {
        (o, t, columns.journeys[j].lane_ids, round(columns.journeys[j].first_departure_h, 6)): value
        for o, t, j, value in zip(
            columns.order.tolist(), columns.trip.tolist(), columns.journey.tolist(), columns.value_vnd, strict=True
        )
    }
    plain = {}
    for number, buyer in enumerate(buyers):
        for each in judged(buyer, meeting):
            if allowed(each, policy) and each.value_vnd > 0:
                key = (number, each.entry.trip.number, each.journey.lane_ids, round(each.journey.first_departure_h, 6))
                plain[key] = each.value_vnd
        wish = case.orders[buyer.order.id].wish
        for offer in meeting.offers(buyer.crop.id, buyer.destination.id)[:2]:
            ours = timing_of(offer.journey, buyer)
            theirs = case.punctuality(
                wish, case.journey(offer.journey.lane_ids, offer.journey.first_departure_h, buyer.crop.id)
            )
            assert ours.wait_days == pytest.approx(theirs.wait_days, abs=1e-4)
            assert ours.late_days == pytest.approx(theirs.late_days, abs=1e-4)
    assert arrays == pytest.approx(plain, abs=0.01)

"""`when_to_pick`: greener for far, riper for near; the catalogue suffices; refusals carry their reason."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given

import harvest_planner as hp
from tests.planning.small import AS_OF, batch, lane, order, problem
from tests.strategies import planning_problems

NA = hp.Batch(
    id="b1",
    grower_id="g1",
    crop_id="na-chi-lang",
    place_id="chi-lang",
    quantity_kg=50,
    stage_id="S1",
    observed_on=dt.date(2026, 8, 10),
)


def wish(destination_id: str, **changes: object) -> hp.Order:
    return hp.Order.model_validate(
        {
            "id": "o1",
            "crop_id": "na-chi-lang",
            "quantity_kg": 5,
            "destination_id": destination_id,
            "deliver_until_at": "2026-08-20T18:00:00+07:00",
            "price_vnd_per_kg": 60_000,
            **changes,
        }
    )


def advised(destination_id: str, **changes: object) -> hp.PickAdvice:
    found = hp.when_to_pick(wish(destination_id, **changes), NA)
    assert isinstance(found, hp.PickAdvice)
    return found


def test_greener_for_far_and_riper_for_near_with_the_catalogue_alone() -> None:
    far, near = advised("ca-mau"), advised("ha-noi")
    assert far.age_at_pick_d20 < near.age_at_pick_d20
    assert far.pick_on < near.pick_on
    assert near.good_share > 0.8
    assert far.good_share > 0.6


def test_a_destination_may_be_named() -> None:
    assert advised("Cà Mau") == advised("ca-mau")


def test_the_latest_pick_is_the_end_of_hours_of_the_last_day_that_serves() -> None:
    found = advised("ha-noi")
    days = [found.pick_on, *(other.pick_on for other in found.other_days)]
    assert found.latest_pick_at.date() == max(days)
    assert found.latest_pick_at.hour == 9


def test_ids_are_accepted_where_the_problem_holds_the_records() -> None:
    question = problem()
    assert hp.when_to_pick("o1", "b1", question) == hp.when_to_pick(
        question.order("o1"), question.batch("b1"), question
    )
    with pytest.raises(ValueError, match="needs the problem"):
        hp.when_to_pick("o1", NA)
    with pytest.raises(hp.UnknownIdError, match="unknown order 'o9'"):
        hp.when_to_pick("o9", "b1", question)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="as_of"):
        hp.when_to_pick(wish("ha-noi"), NA, as_of=dt.datetime(2026, 8, 10))


def test_what_cannot_be_served_is_refused_with_its_reason() -> None:
    late = hp.when_to_pick(wish("ca-mau", deliver_until_at="2026-08-10T18:00:00+07:00"), NA)
    assert isinstance(late, hp.Refusal)
    assert late.reasons[0].code == "cannot_arrive_ripe"
    sold_out = hp.when_to_pick("o1", "b1", problem(lanes=[lane(capacity_kg=0)]))
    assert isinstance(sold_out, hp.Refusal)
    assert sold_out.reasons[0].code == "lane_capacity"
    small = hp.when_to_pick("o1", "b1", problem(batches=[batch(quantity_kg=5)]))
    assert isinstance(small, hp.Refusal)
    assert small.reasons[0].code == "outbid"


@given(planning_problems(max_orders=1, max_batches=1, splits=False))
def test_of_one_order_and_one_batch_advice_and_plan_agree(question: hp.PlanningProblem) -> None:
    if question.commitments or not question.orders or not question.batches:
        return
    order_, batch_ = question.orders[0], question.batches[0]
    plan = hp.plan_harvest(question)
    advice = hp.when_to_pick(order_, batch_, question)
    if plan.shipments:
        assert isinstance(advice, hp.PickAdvice)


def test_it_needs_neither_numpy_nor_highspy() -> None:
    program = (
        "import sys; sys.modules['numpy'] = None; sys.modules['highspy'] = None\n"
        "import harvest_planner as hp, datetime as dt\n"
        "b = hp.Batch(id='b', grower_id='g', crop_id='na-chi-lang', place_id='chi-lang', quantity_kg=9,"
        " stage_id='S1', observed_on=dt.date(2026, 8, 10))\n"
        "o = hp.Order(id='o', crop_id='na-chi-lang', quantity_kg=5, destination_id='ha-noi',"
        " deliver_until_at='2026-08-20T18:00:00+07:00', price_vnd_per_kg=60000)\n"
        "print(type(hp.when_to_pick(o, b)).__name__)\n"
        "p = hp.PlanningProblem(as_of='2026-08-10T00:00:00+07:00', growers=[hp.Grower(id='g')],"
        " batches=[b], orders=[o])\n"
        "try:\n    hp.plan_harvest(p)\n"
        "except hp.MissingExtraError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("PickAdvice\n")
    assert "pip install" in done.stdout


def test_the_smallest_problem_is_dated_as_it_says() -> None:
    assert problem().as_of == dt.datetime.fromisoformat(AS_OF)
    assert problem(orders=[order(id="x")]).order("x").id == "x"

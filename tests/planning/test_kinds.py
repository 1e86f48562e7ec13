"""Crops that ripen alike and grow at the same places are judged together, each as if it were alone."""

from __future__ import annotations

import numpy as np
import pytest

from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.folding import folded
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.settled import Used
from harvest_planner.planning.shares import Shares
from harvest_planner.planning.wish import Wish
from tests.planning.small import DURABLE, batch, lane, order, problem

STAGES = [{"id": "only", "age_d20": 1, "sd_d20": 0.5}, {"id": "riper", "age_d20": 9, "sd_d20": 0.8}]
CROPS = [
    {**DURABLE, "id": name, "window_d20": 12, "stages": STAGES, "fruit_per_kg": 3} for name in ("red", "green", "blue")
]
FARM = {"latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20}


def _meeting() -> Meeting:
    orders = [
        order(
            id=f"o{number}",
            crop_id=crop,
            quantity_kg=1 + number % 3,
            deliver_until_at=f"2026-08-1{1 + number % 4}T12:00:00+07:00",
            ripe_within_days=(0, 2 + number % 5),
        )
        for number, crop in enumerate(["red", "green", "blue", "green"] * 5)
    ]
    return Meeting(
        problem(
            policy={"gap": 0, "horizon_days": 4, "min_good_share": 0.5, "review_cost_vnd": 1_000},
            crops=CROPS,
            places=[
                {"id": "farm", **FARM},
                {"id": "hill", **FARM},
                {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20},
            ],
            # Red and green differ in the order of their stages; blue grows on the hill as well.
            batches=[
                batch(id="b1", crop_id="green", stage_id="only"),
                batch(id="b2", crop_id="green", stage_id="riper"),
                batch(id="b3", crop_id="red", stage_id="riper"),
                batch(id="b4", crop_id="red", stage_id="only"),
                batch(id="b5", crop_id="blue", stage_id="only"),
                batch(id="b6", crop_id="blue", stage_id="riper", place_id="hill"),
            ],
            orders=orders,
            lanes=[lane(transit_p95_h=20), lane(id="l2", origin_id="hill", transit_p95_h=60)],
        )
    )


def test_crops_of_one_kind_share_their_ways() -> None:
    meeting = _meeting()
    shares = Shares(meeting)
    assert shares.ways("red", "town") is shares.ways("green", "town")
    assert shares.ways("red", "town") is not shares.ways("blue", "town")
    assert meeting.kind("red") == meeting.kind("green") != meeting.kind("blue")


@pytest.mark.parametrize("floor", [None, 0.5])
def test_wishes_judged_together_are_promised_what_each_is_alone(floor: float | None) -> None:
    meeting = _meeting()
    shares = Shares(meeting)
    wishes = tuple(
        dict.fromkeys(meeting.buyer(o).wish.shape for o in meeting.problem.orders if o.crop_id in ("red", "green"))
    )
    together = list(shares.promised(wishes, floor=floor))
    assert [wish for wish, _ in together] == list(wishes)
    assert any(len(found.row) for _, found in together)
    for wish, found in together:
        ((_, alone),) = shares.promised((wish,), floor=floor)
        assert found.pool.tolist() == alone.pool.tolist() == sorted(found.pool.tolist())
        assert found.row.tolist() == alone.row.tolist()
        np.testing.assert_allclose(found.good_share, alone.good_share, atol=1e-14)
        assert {meeting.pools[pool].field.crop.id for pool in found.pool.tolist()} <= {wish.crop_id}
        np.testing.assert_allclose(found.parcel_shares(wish), alone.parcel_shares(wish), atol=1e-14)


@pytest.mark.parametrize("floor", [None, 0.5])
def test_wishes_of_several_kinds_are_judged_together_as_each_alone(floor: float | None) -> None:
    meeting = _meeting()
    shares = Shares(meeting)
    wishes = sorted(dict.fromkeys(meeting.buyer(o).wish.shape for o in meeting.problem.orders), key=_kind_first)
    assert len({meeting.kind(wish.crop_id) for wish in wishes}) > 1
    for wish, found in shares.promised(wishes, floor=floor):
        ((_, alone),) = shares.promised((wish,), floor=floor)
        assert found.pool.tolist() == alone.pool.tolist()
        assert found.row.tolist() == alone.row.tolist()
        np.testing.assert_allclose(found.good_share, alone.good_share, atol=1e-14)
        np.testing.assert_allclose(found.on_time_share, alone.on_time_share, atol=1e-14)
        np.testing.assert_allclose(found.safety_risk, alone.safety_risk, atol=1e-14)
        np.testing.assert_allclose(found.parcel_shares(wish), alone.parcel_shares(wish), atol=1e-14)


def test_a_way_that_comes_too_late_may_have_more_outcomes_than_those_taken() -> None:
    slow = lane(id="slow", transit_p50_h=200, transit_p95_h=900, cost_vnd_per_kg=10)
    lanes = [lane(transit_p95_h=20, cost_vnd_per_kg=5_000), slow]
    crops = [{**DURABLE, "id": "red", "window_d20": 12, "fruit_per_kg": 3}]
    late = order(id="o", crop_id="red", deliver_until_at="2026-08-12T12:00:00+07:00", ripe_within_days=(0, 6))
    meeting = Meeting(
        problem(crops=crops, batches=[batch(id="b", crop_id="red")], orders=[late], lanes=lanes),
    )
    wish = meeting.buyer(meeting.problem.orders[0]).wish.shape
    shares = Shares(meeting)
    ways = shares.ways("red", "town")
    outcomes = {id(each.profile): len(meeting.part_arrays(each).probability) for each in ways.journeys}
    assert len(set(outcomes.values())) > 1
    ((_, found),) = shares.promised((wish,), floor=0.5)
    taken = {id(ways.journeys[at].profile) for at in ways.journey[found.row]}
    assert taken
    assert max(outcomes.values()) > max(outcomes[each] for each in taken)


def _kind_first(wish: Wish) -> bool:
    """Wishes of one kind follow each other."""
    return wish.crop_id == "blue"


@pytest.mark.parametrize("sized", [False, True])
def test_folded_orders_have_their_own_wishes(sized: bool) -> None:
    meeting = _meeting()
    asked = folded(meeting, Used.nothing(meeting.problem), sized=sized)
    for number in range(len(asked)):
        wish = meeting.buyer(asked.order(number)).wish
        assert asked.wishes[asked.wish[number]] == (wish if sized else wish.shape)
    assert len(set(asked.wishes)) == len(asked.wishes)
    assert [room[:2] for room in asked.rooms] == [(wish.crop_id, wish.destination_id) for wish in asked.wishes]


def test_columns_of_all_are_those_of_each() -> None:
    meeting = _meeting()
    buyers = tuple(map(meeting.buyer, meeting.problem.orders))
    whole = ArrayJudge(meeting).columns(buyers)
    assert len(whole)
    for number, buyer in enumerate(buyers):
        alone = ArrayJudge(meeting).columns((buyer,))
        mine = whole.order == number
        assert whole.trip[mine].tolist() == alone.trip.tolist()
        np.testing.assert_allclose(whole.value_vnd[mine], alone.value_vnd, rtol=1e-12)

"""What becomes of a refused order, by arrays over the trips of its crop: what candidate by candidate says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.planning.candidates import SLACK, Candidate, goods_worth, judged
from harvest_planner.planning.fairness import FairPart
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.outlook import PlainOutlooks
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.grove import Grove
from harvest_planner.planning.promise.ledger import Snapshot
from harvest_planner.planning.promise.prospects import Prospects
from harvest_planner.planning.promise.rooms import Rooms
from harvest_planner.planning.promise.shop import Shop
from harvest_planner.planning.promise.spare import Spare
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.transit.instants import hours_of
from tests.strategies import planning_problems

TTL = dt.timedelta(minutes=10)


class PlainSpare(Spare):
    """A ledger's snapshot with what a plain outlook asks besides, trip by trip."""

    def __init__(self, shop: Shop, grove: Grove, snapshot: Snapshot) -> None:
        super().__init__(shop.meeting, shop.shelf, snapshot)
        self._grove = grove
        self._at = {trip.number: at for at, trip in enumerate(grove.trips)}

    def fair(self, trip: Trip) -> FairPart:
        return self._grove.fair(self._at[trip.number])

    def gain_vnd(self, candidate: Candidate, kg: float) -> float:
        policy = self.meeting.problem.policy
        value = goods_worth(candidate.buyer, candidate.verdict, candidate.journey, kg=kg, policy=policy)
        return value - self._grove.cost(self._at[candidate.entry.trip.number], kg)


def told(now: dt.datetime, notice: dt.timedelta, buyer: BuyerOrder, meeting: Meeting) -> Iterator[Candidate]:
    """Candidates of picks that can still be told: those that reach the floor, else the best."""
    found = [each for each in judged(buyer, meeting) if each.entry.trip.day.from_at - notice > now]
    if buyer.crop.safety_cap is None:
        best = max((each.verdict.good_share for each in found), default=0.0)
        least = min(best, meeting.problem.policy.min_good_share) - SLACK
        found = [each for each in found if each.verdict.good_share >= least]
    yield from found


def shop_of(promiser: hp.Promiser) -> Shop:
    return promiser._shop


@settings(max_examples=max(40, settings().max_examples // 4))
@given(planning_problems(), st.floats(0.0, 1.0), st.sampled_from((0.0, 30.0)))
def test_arrays_say_what_candidates_say(problem: hp.PlanningProblem, part: float, notice_h: float) -> None:
    promiser = hp.Promiser(hp.plan_harvest(problem), problem, notice_h=notice_h, clock=lambda: problem.as_of)
    shop, notice = shop_of(promiser), dt.timedelta(hours=notice_h)
    for number, like in enumerate(problem.orders):
        asked = hp.Order.model_validate({**dict(like), "id": f"new-{number}", "confirm_by_at": None})
        buyer, snapshot = shop.meeting.buyer(asked), promiser.ledger.snapshot()
        grove = shop.grove(buyer.crop.id)
        left = shop.rooms(buyer.crop.id).left(snapshot)
        spare = Spare(shop.meeting, shop.shelf, snapshot)
        arrays = Prospects(grove, spare, left, shop.known, now_h=hours_of(problem.as_of))
        plain = PlainOutlooks(shop.meeting, PlainSpare(shop, grove, snapshot), partial(told, problem.as_of, notice))
        one, other = arrays.promisable(buyer), plain.promisable(buyer)
        assert one.enough == other.enough
        assert one.least_risk == pytest.approx(other.least_risk, abs=1e-12)
        assert one.best_good_share == pytest.approx(other.best_good_share, abs=1e-12)
        if one.enough:
            assert one.best_on_time_share == pytest.approx(other.best_on_time_share, abs=1e-12)
        assert arrays.works_later(buyer) == plain.works_later(buyer)
        for kg in (asked.quantity_kg, max(0.1, part * asked.quantity_kg)):
            mine, theirs = arrays.room(buyer, kg), plain.room(buyer, kg)
            assert (mine.pays, mine.most_kg) == (theirs.pays, theirs.most_kg)
            assert (mine.short and mine.short[0]) == (theirs.short and theirs.short[0])
            assert mine.short is not None or mine.fits == theirs.fits
            # Shares may part in the last digit, and prices go up by the hundred.
            assert mine.price_vnd_per_kg == pytest.approx(theirs.price_vnd_per_kg, abs=100.0)
        for offer in promiser.quote(asked).offers[:1]:
            promiser.reserve(offer, ttl=TTL)


@given(planning_problems())
def test_what_is_left_is_kept_from_one_snapshot_to_the_next(problem: hp.PlanningProblem) -> None:
    promiser = hp.Promiser(hp.plan_harvest(problem), problem, notice_h=0.0, clock=lambda: problem.as_of)
    shop = shop_of(promiser)
    groves = [shop.grove(crop_id) for crop_id in sorted({batch.crop_id for batch in problem.batches})]
    kept = [Rooms(grove.trips) for grove in groves]
    for number, like in enumerate(problem.orders):
        asked = hp.Order.model_validate({**dict(like), "id": f"new-{number}", "confirm_by_at": None})
        for offer in promiser.quote(asked).offers[:1]:
            held = promiser.reserve(offer, ttl=TTL)
            if number % 2:
                promiser.cancel(held.id)
        snapshot = promiser.ledger.snapshot()
        for grove, rooms in zip(groves, kept, strict=True):
            one, other = rooms.left(snapshot), Rooms(grove.trips).left(snapshot)
            spare = Spare(shop.meeting, shop.shelf, snapshot)
            assert one.resource_kg.tolist() == other.resource_kg.tolist()
            batch_kg, hands_kg, packing_kg = one.on(np.arange(len(grove.trips)))
            assert batch_kg.tolist() == [spare.batch_kg[trip.field.batch.id] for trip in grove.trips]
            assert hands_kg.tolist() == [spare.picker_kg(trip) for trip in grove.trips]
            assert packing_kg.tolist() == [spare.packing_kg(trip) for trip in grove.trips]

"""Best first: which ways and trips serve an order at the highest worth, looking closely at as few as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.candidates import SLACK, goods_worth, promises_enough, safe
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.grove import Bools, Floats, Grove
from harvest_planner.planning.promise.shares import Shares
from harvest_planner.planning.promise.ways import Ways
from harvest_planner.planning.verdict import Verdict
from harvest_planner.planning.wish import BuyerOrder

AT_ONCE = 16
"""So many ways are worked out together."""
CENT_VND = 0.5
"""At its floor an offer is worth nothing, give or take what floats lose [VND]."""
MOST_TRIES = 400
"""Trips that are tried at most for one way: those before it were sold since the plan."""
Room = Callable[[Trip, int, float], float]
"""What a trip and a ride can still give of so many kilograms [kg]."""


class Find(NamedTuple):
    """One way to serve an order, with what it brings beyond what it uses [VND]."""

    row: int
    trip: Trip
    kg: float
    verdict: Verdict
    gain_vnd: float


class Asked(NamedTuple):
    """An order and all that is known of its ways."""

    buyer: BuyerOrder
    grove: Grove
    ways: Ways
    shares: Shares
    costs: Floats
    """What its kilograms cost from each trip, inf where they cannot come [VND]."""
    least: Floats
    """The least of it by cohort [VND]."""
    least_kg: float
    """As little as may be offered [kg]."""


_GUESSED, _SHARED, _JUDGED, _ROOM = range(4)


class Search:
    """The ways of one order, looked at in the order of what they may still be worth."""

    def __init__(self, asked: Asked, meeting: Meeting, *, now_h: float) -> None:
        self._asked, self._policy = asked, meeting.problem.policy
        ways = asked.ways
        self._told = asked.grove.tell_by_h[ways.cohort] > now_h
        self._stage = np.zeros(len(ways), dtype=np.int64)
        self._stage[asked.shares.exact] = _SHARED
        self._worth = self._worths(np.ones(len(ways), dtype=bool))
        self._trip: dict[int, tuple[Trip, float]] = {}

    def _worths(self, rows: Bools) -> Floats:
        """kg · value at the shares known − the least cost of a trip; −inf below the floors [VND]."""
        asked = self._asked
        order, good = asked.buyer.order, asked.shares.good
        per_kg = order.price_vnd_per_kg * good - order.loss_vnd_per_kg * (1.0 - good) - asked.ways.cost_vnd_per_kg
        worth = order.quantity_kg * per_kg - asked.least[asked.ways.cohort]
        return np.where(rows & self._told & (good >= self._policy.min_good_share - SLACK), worth, -np.inf)

    def found(self, room: Room) -> Iterator[Find]:
        """The best way by each journey, best first."""
        asked = self._asked
        while len(self._worth):
            row = int(np.argmax(self._worth))
            if not self._worth[row] > -CENT_VND:
                return
            stage = self._stage[row]
            if stage == _GUESSED:
                self._settle()
            elif stage == _SHARED:
                self._judge(row)
            elif stage == _JUDGED:
                self._find_trip(row, room)
            else:
                trip, kg = self._trip[row]
                verdict = asked.shares.verdict(row, asked.buyer.wish)
                yield Find(row, trip, kg, verdict, float(self._worth[row]))
                self._worth[asked.ways.ride == asked.ways.ride[row]] = -np.inf

    def _settle(self) -> None:
        shares = self._asked.shares
        open_ = np.where(self._stage == _GUESSED, self._worth, -np.inf)
        most = min(AT_ONCE, len(open_))
        rows = np.argpartition(open_, len(open_) - most)[-most:]
        rows = rows[open_[rows] > -np.inf]
        shares.settle(rows.tolist())
        self._stage[rows] = _SHARED
        chosen = np.zeros(len(open_), dtype=bool)
        chosen[rows] = True
        self._worth[rows] = self._worths(chosen)[rows]

    def _judge(self, row: int) -> None:
        shares, policy = self._asked.shares, self._policy
        verdict = shares.verdict(row, self._asked.buyer.wish)
        if promises_enough(verdict, policy) and safe(verdict, policy) and self._pays(row, verdict):
            self._worth[row] -= policy.review_cost_vnd * (1.0 - verdict.parcel_good_share)
            self._stage[row] = _JUDGED
        else:
            self._worth[row] = -np.inf

    def _pays(self, row: int, verdict: Verdict) -> bool:
        """Whether the shipment by itself is worth anything, as every candidate of a plan must be."""
        asked = self._asked
        journey = asked.ways.rides[int(asked.ways.ride[row])].journey
        review = self._policy.review_cost_vnd
        return (
            goods_worth(asked.buyer, verdict, journey, kg=asked.buyer.order.quantity_kg, review_cost_vnd=review) > 0.0
        )

    def _gain_vnd(self, row: int, kg: float) -> float:
        """Worth of so many kilograms by a way, less what they use of departures [VND]."""
        asked = self._asked
        ride = asked.ways.rides[int(asked.ways.ride[row])]
        verdict = asked.shares.verdict(row, asked.buyer.wish)
        value = goods_worth(asked.buyer, verdict, ride.journey, kg=kg, review_cost_vnd=self._policy.review_cost_vnd)
        return value - kg * ride.price_vnd_per_kg

    def _find_trip(self, row: int, room: Room) -> None:
        """The cheapest trip of the cohort that still has room."""
        asked = self._asked
        cohort = int(asked.ways.cohort[row])
        stretch = asked.grove.stretch(cohort)
        costs = asked.costs[stretch]
        ride = int(asked.ways.ride[row])
        for at in np.argsort(costs, kind="stable")[:MOST_TRIES].tolist():
            if not np.isfinite(costs[at]):
                break
            trip = asked.grove.trips[stretch.start + at]
            kg = room(trip, ride, asked.buyer.order.quantity_kg)
            if kg >= asked.least_kg - 1e-9:
                self._worth[row] = self._gain_vnd(row, kg) - asked.grove.cost(stretch.start + at, kg)
                self._trip[row] = (trip, kg)
                self._stage[row] = _ROOM
                return
        self._worth[row] = -np.inf

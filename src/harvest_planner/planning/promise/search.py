"""Best first: which ways and trips serve an order at the highest worth, looking closely at as few as can be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.candidates import SLACK, goods_worth, promises_enough, safe
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.grove import Floats, Grove, Ints
from harvest_planner.planning.promise.shares import Shares
from harvest_planner.planning.promise.vacancy import Vacancy
from harvest_planner.planning.promise.ways import Ways
from harvest_planner.planning.verdict import Verdict
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.policy import Policy

AT_ONCE = 8
"""So many ways are worked out together."""
CENT_VND = 0.5
"""At its floor an offer is worth nothing, give or take what floats lose [VND]."""


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
    """What its kilograms cost from each live trip, inf where they cannot come [VND]."""
    least: Floats
    """The least of it by cohort [VND]."""
    least_kg: float
    """As little as may be offered [kg]."""


_GUESSED, _SHARED, _JUDGED = range(3)


class Rank:
    """What is known of the worth of an order's ways, whenever and beside whatever else it is asked: it only grows.

    Attributes
    ----------
    known : of each way its stage, and its worth as far as that stage goes [VND]; −inf: it cannot serve.
    """

    def __init__(self, asked: Asked, policy: Policy) -> None:
        stage = np.where(asked.shares.exact, _SHARED, _GUESSED)
        self.known: tuple[Ints, Floats] = (stage, worths(asked, policy))


def worths(asked: Asked, policy: Policy) -> Floats:
    """kg · value at the shares known − the least cost of a trip, of each way; −inf below the floors [VND]."""
    order, good = asked.buyer.order, asked.shares.good
    per_kg = order.price_vnd_per_kg * good - order.loss_vnd_per_kg * (1.0 - good) - asked.shares.cost_vnd_per_kg
    worth = order.quantity_kg * per_kg - asked.least[asked.ways.cohort]
    return np.where(good >= policy.min_good_share - SLACK, worth, -np.inf)


class Search:
    """The ways of one order, looked at in the order of what they may still be worth."""

    def __init__(self, asked: Asked, meeting: Meeting, rank: Rank, *, now_h: float) -> None:
        self._asked, self._policy, self._rank = asked, meeting.problem.policy, rank
        ways = asked.ways
        stage, worth = rank.known
        self._stage = stage.copy()
        self._told = asked.grove.tell_by_h[ways.cohort] > now_h
        self._worth = np.where(self._told, worth, -np.inf)

    def found(self, vacancy: Vacancy) -> Iterator[Find]:
        """The best way by each journey, best first."""
        ways = self._asked.ways
        roomy: dict[int, tuple[Trip, float]] = {}
        boarded: set[int] = set()
        while len(self._worth):
            row = int(self._worth.argmax())
            if not self._worth[row] > -CENT_VND:
                return
            stage, ride = self._stage[row], int(ways.ride[row])
            if ride not in boarded and not vacancy.aboard(ways.rides[ride]):
                self._worth[ways.ride == ride] = -np.inf
                continue
            boarded.add(ride)
            if stage == _GUESSED:
                self._settle()
            elif stage == _SHARED:
                self._judge(row)
            elif row in roomy or self._has_trip(row, vacancy, roomy):
                trip, kg = roomy[row]
                verdict = self._asked.shares.verdict(row, self._asked.buyer.wish)
                yield Find(row, trip, kg, verdict, float(self._worth[row]))
                self._worth[ways.ride == ride] = -np.inf

    def _settle(self) -> None:
        """Work out the most promising of the ways that are only guessed."""
        shares = self._asked.shares
        open_ = np.where(self._stage == _GUESSED, self._worth, -np.inf)
        most = min(AT_ONCE, len(open_))
        rows = np.argpartition(open_, len(open_) - most)[-most:]
        rows = rows[open_[rows] > -np.inf]
        shares.settle(rows.tolist())
        self._learn(rows, _SHARED, worths(self._asked, self._policy)[rows])

    def _learn(self, rows: Ints, stage: int, worth_vnd: Floats) -> None:
        """Note what some ways are worth for this search and all like it; what threads lose of it is learnt again."""
        self._stage[rows], self._worth[rows] = stage, worth_vnd
        stages, worth = self._rank.known[0].copy(), self._rank.known[1].copy()
        stages[rows], worth[rows] = stage, worth_vnd
        self._rank.known = stages, worth

    def _judge(self, row: int) -> None:
        shares, policy = self._asked.shares, self._policy
        verdict = shares.verdict(row, self._asked.buyer.wish)
        worth_vnd = -math.inf
        if promises_enough(verdict, policy) and safe(verdict, policy) and self._pays(row, verdict):
            worth_vnd = float(self._worth[row]) - policy.review_cost_vnd * (1.0 - verdict.parcel_good_share)
        self._learn(np.array([row]), _JUDGED, np.array([worth_vnd]))

    def _pays(self, row: int, verdict: Verdict) -> bool:
        """Whether the shipment by itself is worth anything, as every candidate of a plan must be."""
        asked = self._asked
        journey = asked.ways.rides[int(asked.ways.ride[row])].journey
        kg = asked.buyer.order.quantity_kg
        return goods_worth(asked.buyer, verdict, journey, kg=kg, policy=self._policy) > 0.0

    def _gain_vnd(self, row: int, kg: float) -> float:
        """Worth of so many kilograms by a way, less what they use of departures [VND]."""
        asked = self._asked
        ride = asked.ways.rides[int(asked.ways.ride[row])]
        verdict = asked.shares.verdict(row, asked.buyer.wish)
        value = goods_worth(asked.buyer, verdict, ride.journey, kg=kg, policy=self._policy)
        return value - kg * ride.price_vnd_per_kg

    def _has_trip(self, row: int, vacancy: Vacancy, roomy: dict[int, tuple[Trip, float]]) -> bool:
        """Look for the cheapest trip of the cohort that has room, and tell whether the way stays as good by it."""
        asked = self._asked
        live = asked.grove.live
        stretch = live.stretch(int(asked.ways.cohort[row]))
        ride, before_vnd = asked.ways.rides[int(asked.ways.ride[row])], float(self._worth[row])
        self._worth[row] = -np.inf
        for at in vacancy.cheapest(asked.costs[stretch], live.at[stretch]):
            trip = asked.grove.trips[at]
            kg = vacancy.kg(trip, ride, asked.buyer.order.quantity_kg)
            if kg > 0.0:
                self._worth[row] = self._gain_vnd(row, kg) - asked.grove.cost(at, kg)
                roomy[row] = (trip, kg)
                # A little less is still the best, or it comes up again in its turn.
                return bool(self._worth[row] >= before_vnd)
        return False

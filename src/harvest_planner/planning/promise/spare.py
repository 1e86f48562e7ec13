"""What a plan and its promises leave free, in the form in which reasons are found for a refusal."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from harvest_planner.planning.candidates import SLACK, Candidate, candidate_of, goods_worth
from harvest_planner.planning.fairness import FairPart
from harvest_planner.planning.leftover import Leftover
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.grove import Bools, Grove
from harvest_planner.planning.promise.ledger import Snapshot
from harvest_planner.planning.promise.search import AT_ONCE
from harvest_planner.planning.promise.shares import Shares
from harvest_planner.planning.promise.stock import Shelf, batch_key, departure_key, needed_mg, packing_key, picker_key
from harvest_planner.planning.verdict import Start
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.clock import zone
from harvest_planner.schema.promises import MG_PER_KG
from harvest_planner.transit.instants import instant_of


class _BatchKg(dict[str, float]):
    """Fruit left of each batch [kg], looked up when asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def __missing__(self, batch_id: str) -> float:
        return self._snapshot.free(batch_key(batch_id)) / MG_PER_KG


class Spare(Leftover):
    """A ledger's snapshot as what a plan leaves free, at the plan's prices."""

    def __init__(self, meeting: Meeting, grove: Grove, shelf: Shelf, snapshot: Snapshot) -> None:
        self.meeting = meeting
        self.batch_kg = _BatchKg(snapshot)
        self._grove, self._shelf, self._snapshot = grove, shelf, snapshot
        self._at = {trip.number: at for at, trip in enumerate(grove.trips)}

    def picker_kg(self, trip: Trip) -> float:
        """Hands left that day [kg]; none on a day of rest."""
        if trip.day.rests:
            return 0.0
        if trip.field.grower.pick_capacity_kg_per_day is None:
            return math.inf
        return self._snapshot.free(picker_key(trip.field.grower.id, trip.day.pick_on)) / MG_PER_KG

    def packing_kg(self, trip: Trip) -> float:
        """Packing left that day [kg]."""
        if trip.field.place.packing_kg_per_day is None:
            return math.inf
        return self._snapshot.free(packing_key(trip.field.place.id, trip.day.pick_on)) / MG_PER_KG

    def lane_kg(self, candidate: Candidate) -> tuple[float, str | None]:
        """What the fullest departure of the journey still takes [kg], and its lane."""
        rooms: list[tuple[float, str | None]] = [(math.inf, None)]
        for leg in candidate.journey.legs:
            lane = self.meeting.lanes[leg.lane_id]
            if lane.capacity_kg is not None:
                local = zone(self.meeting.problem.place(lane.origin_id).timezone)
                key = departure_key(lane.id, instant_of(leg.departs_h, local))
                rooms.append((self._snapshot.free(key) / MG_PER_KG, lane.id))
        return min(rooms, key=lambda room: room[0])

    def made(self, trip: Trip) -> bool:
        """Whether the plan makes the trip anyway."""
        return (trip.field.batch.id, trip.day.pick_on) in self._shelf.trips

    def may_make(self, trip: Trip, kg: float) -> bool:
        """Whether the trip is made, or may be made for that many kilograms."""
        field, day = trip.field, trip.day.pick_on
        if self.made(trip):
            return True
        opened = self._shelf.opened(field, day, needed_mg(kg))
        free = all(self._snapshot.free(t.resource) >= t.amount for t in opened if not t.resource.startswith("batch:"))
        least = max(kg, field.batch.min_trip_kg)
        return self._shelf.may_open(field, day) and free and least <= self.batch_kg[field.batch.id] + 1e-6

    def fair(self, trip: Trip) -> FairPart:
        """What the trip's grower lacks to his fair part by the plan, and its price."""
        return self._grove.fair(self._at[trip.number])

    def gain_vnd(self, candidate: Candidate, kg: float) -> float:
        """What serving that many kg adds at the plan's prices, a new trip's whole fee included [VND]."""
        policy = self.meeting.problem.policy
        value = goods_worth(candidate.buyer, candidate.verdict, candidate.journey, kg=kg, policy=policy)
        return value - self._grove.cost(self._at[candidate.entry.trip.number], kg)


def notable(buyer: BuyerOrder, meeting: Meeting, grove: Grove, shares: Shares, *, now_h: float) -> Iterator[Candidate]:
    """The candidates of which a refusal speaks: what reaches the floor, and the best, of picks yet to be told."""
    policy, ways = meeting.problem.policy, shares.ways
    told = grove.tell_by_h[ways.cohort] > now_h if len(ways) else np.zeros(0, dtype=bool)
    for row in _best_first(shares, told, policy.min_good_share - SLACK, every=buyer.crop.safety_cap is not None):
        verdict = shares.verdict(row, buyer.wish)
        journey = ways.rides[int(ways.ride[row])].journey
        start = Start(*ways.starts[row].tolist())
        for trip in grove.trips[grove.stretch(int(ways.cohort[row]))]:
            yield candidate_of(buyer, Entry(trip, start), journey, verdict, policy)


def _best_first(shares: Shares, told: Bools, floor: float, *, every: bool) -> Iterator[int]:
    """Rows that reach the floor, worked out from the most promising on; of none, the best; or `every` one."""
    left = np.where(told, shares.good, -1.0)
    best, reached = -1, False
    while len(left):
        row = int(np.argmax(left))
        if left[row] < 0.0 or (not every and left[row] < (floor if reached else max(0.0, _good(shares, best)))):
            break
        if not shares.exact[row]:
            rows = np.argsort(-left, kind="stable")[:AT_ONCE]
            rows = rows[(left[rows] >= 0.0) & ~shares.exact[rows]]
            shares.settle(rows.tolist())
            left[rows] = shares.good[rows]
            continue
        left[row] = -1.0
        if best < 0 or shares.good[row] > shares.good[best]:
            best = row
        if every or shares.good[row] >= floor:
            reached = reached or shares.good[row] >= floor
            yield row
    if best >= 0 and not reached and not every:
        yield best


def _good(shares: Shares, row: int) -> float:
    return float(shares.good[row]) if row >= 0 else 0.0

"""Commitments: picks that are settled before planning starts, each on its journey, and what they use up."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from harvest_planner.planning.candidates import Candidate, worth
from harvest_planner.planning.fairness import FairPart, Owner, fair_parts
from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.verdict import judge, start_of
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.instants import hours_of
from harvest_planner.transit.network import SAME_H
from harvest_planner.transit.travel import Journey

PLANNED_STATES = ("reserved", "firm")
KG_SLACK = 1e-6


class Part(NamedTuple):
    """Kilograms of an order travelling one way."""

    candidate: Candidate
    kg: float


class Settled(NamedTuple):
    """What the commitments fix."""

    parts: tuple[Part, ...]
    stranded: tuple[Commitment, ...]
    """Commitments that no journey can carry."""

    def waiting_at(self, meeting: Meeting) -> dict[str, str]:
        """By order, the place where goods wait that no journey can carry: where they hang, or where they got off."""
        found: dict[str, str] = {}
        for each in self.stranded:
            lane = meeting.lanes.get(each.lane_ids[0]) if each.state == "shipped" and each.lane_ids else None
            place_id = meeting.problem.batch(each.batch_id).place_id if lane is None else lane.destination_id
            found.setdefault(each.order_id, meeting.problem.place(place_id).id)
        return found


class Rooms:
    """What limited departures still take beside what is loaded already [kg].

    Parameters
    ----------
    loaded_kg : by lane and instant [h since the epoch].
    """

    def __init__(self, problem: PlanningProblem, loaded_kg: Mapping[tuple[str, float], float]) -> None:
        self._most = {lane.id: lane.capacity_kg for lane in problem.lanes if lane.capacity_kg is not None}
        self._loaded = defaultdict(float, loaded_kg)

    def takes(self, journey: Journey, kg: float) -> bool:
        """Whether each of the journey's departures takes so much more."""
        return all(
            self._loaded[leg.lane_id, leg.departs_h] + kg <= self._most[leg.lane_id] + KG_SLACK
            for leg in journey.legs
            if leg.lane_id in self._most
        )

    def load(self, journey: Journey, kg: float) -> None:
        """Put so much on each of its departures."""
        if self._most:
            for leg in journey.legs:
                self._loaded[leg.lane_id, leg.departs_h] += kg


def settle(
    meeting: Meeting, commitments: Iterable[Commitment], loaded_kg: Mapping[tuple[str, float], float]
) -> Settled:
    """Put every commitment of an order that is planned on its own journey, or on the one worth most that has room.

    Those that name a journey on offer go by it, whatever room it has; of the others each that finds no room on any goes
    by the one worth most.

    Parameters
    ----------
    loaded_kg : what departures carry beside them, by lane and instant.
    """
    fields = {field.batch.id: field for field in meeting.fields}
    rooms, order_of = Rooms(meeting.problem, loaded_kg), meeting.problem.order
    rows = [
        each
        for each in sorted(commitments, key=lambda c: (c.order_id, c.pick_on, c.batch_id, c.kg))
        if order_of(each.order_id).state in PLANNED_STATES and each.batch_id in fields
    ]
    asked = []
    for commitment in rows:
        field = fields[commitment.batch_id]
        trip = Trip(-1, field, field.pick_day(commitment.pick_on))
        asked.append(_Asked.of(meeting.buyer(order_of(commitment.order_id)), trip, commitment, meeting))
    ways: dict[int, Candidate | None] = {}
    for at in sorted(range(len(rows)), key=lambda at: not asked[at].named):
        ways[at] = way = asked[at].best(rooms, rows[at].kg)
        if way is not None:
            rooms.load(way.journey, rows[at].kg)
    parts = tuple(Part(way, rows[at].kg) for at in range(len(rows)) if (way := ways[at]) is not None)
    return Settled(parts, tuple(rows[at] for at in range(len(rows)) if ways[at] is None))


class _Asked(NamedTuple):
    """The ways on which a commitment may travel."""

    candidates: tuple[Candidate, ...]
    named: bool
    """It names its journey, and that is on offer."""

    @classmethod
    def of(cls, buyer: BuyerOrder, trip: Trip, commitment: Commitment, meeting: Meeting) -> _Asked:
        day = trip.day
        if commitment.state == "picked":
            day = day.ready_by(hours_of(meeting.problem.as_of))
        found = []
        offered = meeting.journeys_from(trip.field, day, buyer.destination.id)
        # Goods that wait for their own departure were handed over in time for it.
        planned = offered if day is trip.day else meeting.journeys_from(trip.field, trip.day, buyer.destination.id)
        own = [journey for journey in planned if _is_planned_on(commitment, journey)]
        if not own and commitment.state == "shipped" and commitment.departs_at is not None and commitment.lane_ids:
            # They have left, at that departure and no other: where it leads nowhere any more they are stranded.
            departure = commitment.lane_ids[0], hours_of(commitment.departs_at)
            begun = meeting.onward(trip.field, buyer.destination.id, departure)
            if begun is not None:
                own = [journey for journey in begun if journey.lane_ids == commitment.lane_ids]
                offered = begun
        for journey in own or offered:
            start = start_of(trip.field, day, departs_h=journey.first_departure_h, ambient=meeting.ambient)
            verdict = judge(meeting.delivery(journey, buyer.wish), buyer.wish, start)
            entry = Entry(trip, start)
            value = worth(buyer, verdict, journey, entry, kg=commitment.kg, policy=meeting.problem.policy)
            found.append(Candidate(buyer, entry, journey, verdict, value))
        return cls(tuple(found), bool(own))

    def best(self, rooms: Rooms, kg: float) -> Candidate | None:
        """The way worth most: of those with room, else of all; None: there is none."""
        roomy = () if self.named else [each for each in self.candidates if rooms.takes(each.journey, kg)]
        return max(roomy or self.candidates, key=lambda each: each.value_vnd, default=None)


def _is_planned_on(commitment: Commitment, journey: Journey) -> bool:
    """Whether the commitment names this journey as its own."""
    if commitment.departs_at is None or commitment.lane_ids != journey.lane_ids:
        return False
    return abs(hours_of(commitment.departs_at) - journey.first_departure_h) < SAME_H


class Used(NamedTuple):
    """What commitments take away, by what it is taken from [kg], and the days of each batch they fix."""

    batch_kg: dict[str, float]
    order_kg: dict[str, float]
    picker_kg: dict[tuple[str, dt.date], float]
    packing_kg: dict[tuple[str, dt.date], float]
    departure_kg: dict[tuple[str, float], float]
    days: dict[str, set[dt.date]]
    trips: set[tuple[str, dt.date]]
    """Trips that the plan makes for them anyway."""
    fair: dict[Owner, FairPart]
    """What growers would ship if all shipped alike; empty where the policy does not weigh it."""
    shipped_kg: dict[Owner, float]
    """What they ship already, by grower and crop [kg]."""

    @classmethod
    def nothing(cls, problem: PlanningProblem) -> Used:
        """Nothing is taken yet; all of the problem's fair parts are lacking."""
        return cls(
            batch_kg=defaultdict(float),
            order_kg=defaultdict(float),
            picker_kg=defaultdict(float),
            packing_kg=defaultdict(float),
            departure_kg=defaultdict(float),
            days=defaultdict(set),
            trips=set(),
            fair=fair_parts(problem, states=PLANNED_STATES),
            shipped_kg=defaultdict(float),
        )


def used_by(problem: PlanningProblem, settled: Settled, beside: Used | None = None) -> Used:
    """Quantities, capacities and days that commitments hold, added to what is used beside them; nothing: they alone."""
    used = Used.nothing(problem) if beside is None else beside
    used.trips.update((c.entry.trip.field.batch.id, c.entry.trip.day.pick_on) for c, _ in settled.parts)
    for commitment in problem.commitments:
        batch = problem.batch(commitment.batch_id)
        used.order_kg[commitment.order_id] += commitment.kg
        used.days[batch.id].add(commitment.pick_on)
        if commitment.pick_on >= batch.observed_on:
            used.batch_kg[batch.id] += commitment.kg
        used.picker_kg[batch.grower_id, commitment.pick_on] += commitment.kg
        used.packing_kg[problem.place(batch.place_id).id, commitment.pick_on] += commitment.kg
    for candidate, kg in settled.parts:
        for leg in candidate.journey.legs:
            used.departure_kg[leg.lane_id, leg.departs_h] += kg
        used.shipped_kg[candidate.entry.trip.field.owner] += kg
    return used


def settled_vnd(settled: Settled, meeting: Meeting) -> float:
    """What the commitments bring, less their trips [VND]: a part of every plan."""
    policy = meeting.problem.policy
    goods = math.fsum(worth(c.buyer, c.verdict, c.journey, c.entry, kg=kg, policy=policy) for c, kg in settled.parts)
    trips = {
        (c.entry.trip.field.batch.id, c.entry.trip.day.pick_on): c.entry.trip.field.batch for c, _ in settled.parts
    }
    return goods - math.fsum(batch.trip_cost_vnd for batch in trips.values())


def left_kg(field: FieldBatch, used: Used) -> float:
    """What commitments leave of a batch [kg]."""
    return max(0.0, field.batch.quantity_kg - used.batch_kg.get(field.batch.id, 0.0))

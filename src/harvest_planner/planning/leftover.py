"""What a finished plan leaves free: fruit, hands, packing, departures."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, get_args

from harvest_planner.planning.answer import SurplusKg
from harvest_planner.planning.candidates import Candidate, worth
from harvest_planner.planning.fairness import NO_PART, FairPart, Owner, unfair_vnd
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.settled import Part, Used, left_kg
from harvest_planner.transit.travel import Journey

KG_EPSILON = 1e-6
Capacity = Literal["picker_capacity", "packing_capacity", "lane_capacity"]
Short = Literal["batch", "trip"] | Capacity
CAPACITIES: tuple[Capacity, ...] = get_args(Capacity)


class Totals:
    """What commitments and a plan take in all.

    Attributes
    ----------
    batch_kg : what stays on the tree, by batch id [kg].
    picked, packed, loaded : by grower and day, place and day, departure [kg].
    shipped : by grower and crop [kg]; `fair` is what it would be if all shipped alike.
    days : of each batch, the days on which it is picked; `trips` the same as pairs.
    """

    def __init__(self, meeting: Meeting, used: Used) -> None:
        self.meeting = meeting
        self.batch_kg = {field.batch.id: left_kg(field, used) for field in meeting.fields}
        self.picked: dict[tuple[str, dt.date], float] = defaultdict(float, used.picker_kg)
        self.packed: dict[tuple[str, dt.date], float] = defaultdict(float, used.packing_kg)
        self.loaded: dict[tuple[str, float], float] = defaultdict(float, used.departure_kg)
        self.shipped: dict[Owner, float] = defaultdict(float, used.shipped_kg)
        self.fair: dict[Owner, FairPart] = used.fair
        self.days: dict[str, set[dt.date]] = defaultdict(set)
        self.trips = set(used.trips)
        for batch_id, days in used.days.items():
            self.days[batch_id] |= days

    def ship(self, trip: Trip, kg: float) -> None:
        """Pick and pack so much more on a trip."""
        self._pick(trip.field.batch.id, trip.field.grower.id, trip.day.pick_on, kg)
        self.packed[trip.field.place.id, trip.day.pick_on] += kg
        self.shipped[trip.field.owner] += kg

    def load(self, departure: tuple[str, float], kg: float) -> None:
        """Put so much more on a departure."""
        self.loaded[departure] += kg

    def sell(self, surplus: SurplusKg) -> None:
        """Pick for the local market."""
        growers = {field.batch.id: field.grower.id for field in self.meeting.fields}
        for (batch_id, day), kg in surplus.items():
            self._pick(batch_id, growers[batch_id], day, kg)

    def _pick(self, batch_id: str, grower_id: str, day: dt.date, kg: float) -> None:
        self.batch_kg[batch_id] -= kg
        self.picked[grower_id, day] += kg
        self.days[batch_id].add(day)
        self.trips.add((batch_id, day))


class Leftover:
    """Capacities after a plan, and what an order would still need of them.

    Attributes
    ----------
    batch_kg : what stays on the tree, by batch id [kg].
    """

    def __init__(self, meeting: Meeting, used: Used, parts: Iterable[Part], surplus: SurplusKg) -> None:
        totals = Totals(meeting, used)
        for candidate, kg in parts:
            totals.ship(candidate.entry.trip, kg)
            for leg in candidate.journey.legs:
                totals.load((leg.lane_id, leg.departs_h), kg)
        totals.sell(surplus)
        self._hold(totals)

    def _hold(self, totals: Totals) -> None:
        self.meeting, self.batch_kg, self.days, self.trips = totals.meeting, totals.batch_kg, totals.days, totals.trips
        self._picked, self._packed, self._loaded = totals.picked, totals.packed, totals.loaded
        self._fair, self._shipped = totals.fair, totals.shipped

    @classmethod
    def of(cls, totals: Totals) -> Leftover:
        """What is left beside totals."""
        found = cls.__new__(cls)
        found._hold(totals)
        return found

    @property
    def unfair_vnd(self) -> float:
        """Price of what growers ship short of their fair parts [VND]."""
        return unfair_vnd(self._fair, self._shipped)

    def fair(self, trip: Trip) -> FairPart:
        """What the trip's grower still lacks to his fair part, and its price."""
        owner = trip.field.owner
        return self._fair.get(owner, NO_PART).beyond(self._shipped.get(owner, 0.0))

    def picker_kg(self, trip: Trip) -> float:
        """Hands left that day [kg]; none on a day of rest."""
        if trip.day.rests:
            return 0.0
        most = trip.field.grower.pick_capacity_kg_per_day
        return math.inf if most is None else most - self._picked[trip.field.grower.id, trip.day.pick_on]

    def packing_kg(self, trip: Trip) -> float:
        """Packing left that day [kg]."""
        most = trip.field.place.packing_kg_per_day
        return math.inf if most is None else most - self._packed[trip.field.place.id, trip.day.pick_on]

    def lane_kg(self, candidate: Candidate) -> tuple[float, str | None]:
        """What the fullest departure of its journey still takes [kg], and its lane."""
        return self.journey_kg(candidate.journey)

    def journey_kg(self, journey: Journey) -> tuple[float, str | None]:
        """What the fullest departure of the journey still takes [kg], and its lane."""
        rooms = [
            (capacity - self._loaded[leg.lane_id, leg.departs_h], leg.lane_id)
            for leg in journey.legs
            if (capacity := self.meeting.lanes[leg.lane_id].capacity_kg) is not None
        ]
        return min(rooms, default=(math.inf, None))

    def short_of(self, candidate: Candidate, kg: float) -> tuple[Short, ...]:
        """What does not suffice for so many kilograms more on a candidate's way."""
        trip = candidate.entry.trip
        least = kg - KG_EPSILON
        short: list[Short] = ["batch"] if self.batch_kg[trip.field.batch.id] < least else []
        if self.picker_kg(trip) < least:
            short.append("picker_capacity")
        if self.packing_kg(trip) < least:
            short.append("packing_capacity")
        if self.lane_kg(candidate)[0] < least:
            short.append("lane_capacity")
        if not short and not self.may_make(trip, kg):
            short.append("trip")
        return tuple(short)

    def made(self, trip: Trip) -> bool:
        """Whether the plan makes the trip anyway."""
        return (trip.field.batch.id, trip.day.pick_on) in self.trips

    def may_make(self, trip: Trip, kg: float) -> bool:
        """Whether the trip is made, or may be made for that many kilograms and what else hangs there."""
        if self.made(trip):
            return True
        batch = trip.field.batch
        room = min(self.batch_kg[batch.id], self.picker_kg(trip))
        return self.may_open(trip) and max(kg, batch.min_trip_kg) <= room + KG_EPSILON

    def may_open(self, trip: Trip) -> bool:
        """Whether the other picks of its batch allow the trip."""
        batch, days, on = trip.field.batch, self.days[trip.field.batch.id], trip.day.pick_on
        most = self.meeting.problem.policy.max_picks_per_batch
        if most is not None and len(days | {on}) > most:
            return False
        return on in days or all(abs((on - day).days) >= batch.days_between_picks for day in days)

    def gain_vnd(self, candidate: Candidate, kg: float) -> float:
        """What serving that many kg adds: its worth, less what its fruit brings now and what a new trip costs.

        To a grower short of his fair part each of its kilograms brings its price besides.
        """
        trip = candidate.entry.trip
        batch = trip.field.batch
        policy = self.meeting.problem.policy
        kept = trip.field.kept_vnd_per_kg(policy.terminal_share)
        buyer, entry, journey, verdict, _ = candidate
        value = worth(buyer, verdict, journey, entry, kg=kg, policy=policy)
        gain = value - kg * kept + self.fair(trip).of(kg)
        if self.made(trip):
            return gain
        filler = max(0.0, batch.min_trip_kg - kg) * (batch.surplus_price_vnd_per_kg - kept)
        return gain - batch.trip_cost_vnd + filler

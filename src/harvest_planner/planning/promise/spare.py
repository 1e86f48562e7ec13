"""What a plan and its promises leave free, in the form in which reasons are found for a refusal."""

from __future__ import annotations

import math

from harvest_planner.planning.leftover import Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.ledger import Snapshot
from harvest_planner.planning.promise.stock import Shelf, batch_key, departure_key, needed_mg, packing_key, picker_key
from harvest_planner.schema.clock import zone
from harvest_planner.schema.promises import MG_PER_KG
from harvest_planner.transit.instants import instant_of
from harvest_planner.transit.travel import Journey


class _BatchKg(dict[str, float]):
    """Fruit left of each batch [kg], looked up when asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def __missing__(self, batch_id: str) -> float:
        return self._snapshot.free(batch_key(batch_id)) / MG_PER_KG


class Spare(Leftover):
    """A ledger's snapshot as what a plan leaves free, at the plan's prices."""

    def __init__(self, meeting: Meeting, shelf: Shelf, snapshot: Snapshot) -> None:
        self.meeting = meeting
        self.batch_kg = _BatchKg(snapshot)
        self._shelf, self._snapshot = shelf, snapshot

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

    def journey_kg(self, journey: Journey) -> tuple[float, str | None]:
        """What the fullest departure of the journey still takes [kg], and its lane."""
        rooms: list[tuple[float, str | None]] = [(math.inf, None)]
        for leg in journey.legs:
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

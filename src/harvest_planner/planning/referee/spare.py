"""What a plan leaves free: fruit, hands and packing on every pick day, and room on departures."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from harvest_planner.planning.referee.finding import KG
from harvest_planner.planning.referee.journey import Journey
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.orchard import PickDay


class Spare(NamedTuple):
    """The roomiest pick day of those that differ in their room alone."""

    room_kg: float
    """Fruit, hands and packing still free: the least of them [kg]."""
    least_kg: float
    """What a new trip has to pick at least; 0 where the trip is made anyway [kg]."""
    trip_vnd: float
    """Cost of a new trip; 0 where it is made anyway [VND]."""
    kept_vnd_per_kg: float
    """What the fruit is worth on the tree, less what its grower's reputation adds to it when shipped [VND/kg]."""
    fair_kg: float
    """What its grower lacks to his fair part [kg]."""
    fair_vnd_per_kg: float
    """What each of these kilograms counts [VND/kg]."""
    day: PickDay

    def cost_vnd(self, kg: float) -> float:
        """What so many kilograms cost: fruit and trip, less what they count for their grower [VND]."""
        return kg * self.kept_vnd_per_kg + self.trip_vnd - min(kg, self.fair_kg) * self.fair_vnd_per_kg

    def takes(self, kg: float) -> bool:
        """Whether so much can still be picked."""
        return self.room_kg >= kg - KG and kg >= self.least_kg


class Spares:
    """The spare pick days and departures of a plan."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._case = ledger, ledger.case
        self._by_crop: dict[str, tuple[tuple[Spare, ...], ...]] = {}
        self._rooms: dict[Journey, float] = {}

    def of_crop(self, crop_id: str) -> tuple[tuple[Spare, ...], ...]:
        """Spare days by kind (the same fruit, grade and certificates), the roomiest first, in and among the kinds."""
        if crop_id not in self._by_crop:
            kinds: dict[tuple[object, ...], dict[tuple[float, ...], Spare]] = defaultdict(dict)
            for batch in self._case.batches.values():
                if batch.crop_id != crop_id or self._ledger.left[batch.id] <= KG:
                    continue
                for day in self._case.orchard.days(batch):
                    spare = self._spare(day)
                    if spare is None:
                        continue
                    alike = kinds[day.cohort, batch.grade, batch.certifications, day.certified]
                    terms = spare[1:6]
                    if terms not in alike or spare.room_kg > alike[terms].room_kg:
                        alike[terms] = spare
            ranked = [tuple(sorted(alike.values(), key=lambda one: -one.room_kg)) for alike in kinds.values()]
            self._by_crop[crop_id] = tuple(sorted(ranked, key=lambda alike: -alike[0].room_kg))
        return self._by_crop[crop_id]

    def _spare(self, day: PickDay) -> Spare | None:
        """What is free that day; None where nothing is, or no pick is lawful."""
        if not (day.in_season and day.interval_kept) or day.rests:
            return None
        room_kg, batch = self._room_kg(day), day.batch
        if room_kg <= KG:
            return None
        days, kept = self._ledger.trip_days.get(batch.id, set()), self._ledger.kept_vnd_per_kg[batch.id]
        kept -= self._case.standing_vnd_per_kg(batch)
        fair = self._ledger.fair.of(batch)
        if day.pick_on in days:
            return Spare(room_kg, 0.0, 0.0, kept, *fair, day)
        most = self._case.problem.policy.max_picks_per_batch
        apart = all(abs((day.pick_on - other).days) >= batch.days_between_picks for other in days)
        if not apart or (most is not None and len(days) >= most):
            return None
        return Spare(room_kg, batch.min_trip_kg, batch.trip_cost_vnd, kept, *fair, day)

    def _room_kg(self, day: PickDay) -> float:
        """Fruit, hands and packing [kg]."""
        case, ledger, batch = self._case, self._ledger, day.batch
        room = ledger.left[batch.id]
        hands = case.grower(batch).pick_capacity_kg_per_day
        if hands is not None:
            room = min(room, hands - sum(ledger.picker_kg.get((batch.grower_id, day.pick_on), (0.0, 0.0))))
        place = case.place(batch.place_id)
        if place.packing_kg_per_day is not None:
            packed = sum(ledger.packing_kg.get((place.id, day.pick_on), (0.0, 0.0)))
            room = min(room, place.packing_kg_per_day - packed)
        return room

    def room_kg(self, journey: Journey) -> float:
        """What every planned departure of a journey still takes [kg]; −inf where it has none."""
        if journey not in self._rooms:
            self._rooms[journey] = self._departures_room_kg(journey)
        return self._rooms[journey]

    def _departures_room_kg(self, journey: Journey) -> float:
        room = math.inf
        for lane_id, departs_h, most_kg in limited_departures(journey):
            room = min(room, most_kg - sum(self._ledger.departure_kg.get((lane_id, departs_h), (0.0, 0.0))))
        return room


def limited_departures(journey: Journey) -> Iterator[tuple[str, float, float]]:
    """Lane, instant [h since the epoch] and capacity [kg] of each limited departure that a journey plans to take.

    One that leads nowhere has no room.
    """
    departs_h = journey.first_h
    for index, ride in enumerate(journey.rides):
        if index > 0:
            planned_h = journey.planned(index, journey.arrivals[index - 1].quantile(0.5))
            if planned_h is None:
                yield ride.lane.id, math.inf, -math.inf
                return
            departs_h = planned_h
        if ride.lane.capacity_kg is not None:
            yield ride.lane.id, round(departs_h, 4), ride.lane.capacity_kg

"""What is picked on which trip while orders are put on, within the rules of batches and households."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from harvest_planner.planning.allocation.model import Floats
from harvest_planner.planning.market.market import KG_EPSILON, Supply


class Field:
    """What is picked so far, and whether one trip more keeps the rules of its batch.

    Attributes
    ----------
    kg : of each trip [kg].
    batch_kg, hands_kg : what is left [kg].
    """

    def __init__(self, supply: Supply, picked_kg: Floats) -> None:
        self.kg = [0.0] * len(supply.trip_batch)
        self.batch_kg: list[float] = supply.batch_kg.tolist()
        self.hands_kg: list[float] = supply.hands_kg.tolist()
        self.made: list[bool] = supply.trip_made.tolist()
        self._batch: list[int] = supply.trip_batch.tolist()
        self._hands: list[int] = supply.trip_hands.tolist()
        self._day, self._least = supply.trip_day.tolist(), supply.trip_least.tolist()
        self._most, self._spacing = supply.batch_most.tolist(), supply.batch_spacing.tolist()
        self._days: dict[int, list[int]] = defaultdict(list)
        for batch, days in supply.batch_days.items():
            self._days[batch].extend(days)
        self._new = [0] * len(self.batch_kg)
        self._supply = supply
        for trip in np.flatnonzero(picked_kg > 0.0).tolist():
            self.pick(trip, float(picked_kg[trip]))

    def room(self, trip: int) -> float:
        """Kilograms that batch and hands still allow on the trip; 0 where a new one breaks a rule."""
        room: float = min(self.batch_kg[self._batch[trip]], self.hands_kg[self._hands[trip]])
        if room <= KG_EPSILON or not (self.made[trip] or self._may(trip, room)):
            return 0.0
        return room

    def rooms(self) -> Floats:
        """As `room`, of all trips."""
        supply, new = self._supply, np.array(self._new)
        room = np.minimum(np.array(self.batch_kg)[supply.trip_batch], np.array(self.hands_kg)[supply.trip_hands])
        barred = (room + KG_EPSILON < supply.trip_least) | ((new + 1 > supply.batch_most)[supply.trip_batch])
        room[(room <= KG_EPSILON) | (barred & ~np.array(self.made, dtype=bool))] = 0.0
        spaced = (supply.batch_spacing > 1)[supply.trip_batch] & (room > 0.0)
        for trip in np.flatnonzero(spaced).tolist():
            room[trip] = self.room(trip)
        return np.asarray(room)

    def _may(self, trip: int, room: float) -> bool:
        batch, day = self._batch[trip], self._day[trip]
        if room + KG_EPSILON < self._least[trip] or self._new[batch] + 1 > self._most[batch]:
            return False
        apart = self._spacing[batch]
        return apart <= 1 or all(abs(day - other) >= apart for other in self._days[batch])

    def pick(self, trip: int, kg: float) -> None:
        """Pick so much more on the trip."""
        batch = self._batch[trip]
        if not self.made[trip]:
            self.made[trip] = True
            self._new[batch] += 1
            self._days[batch].append(self._day[trip])
        self.kg[trip] += kg
        self.batch_kg[batch] -= kg
        self.hands_kg[self._hands[trip]] -= kg

    def leave(self, trip: int) -> None:
        """Do not make the trip."""
        batch = self._batch[trip]
        self.made[trip] = False
        self._new[batch] -= 1
        self._days[batch].remove(self._day[trip])
        self.batch_kg[batch] += self.kg[trip]
        self.hands_kg[self._hands[trip]] += self.kg[trip]
        self.kg[trip] = 0.0

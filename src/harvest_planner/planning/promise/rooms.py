"""What a ledger leaves on the trips of one crop, by arrays: fruit, hands and packing, each looked up once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.ledger import Snapshot, Tracing
from harvest_planner.planning.promise.stock import batch_key, packing_key, picker_key
from harvest_planner.schema.promises import MG_PER_KG

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_UNLIMITED, _NONE = -1, -2
"""Places behind the last of the resources: without a limit, and nothing at all."""


class Left(NamedTuple):
    """What is left on each trip of a crop at one snapshot of the ledger."""

    snapshot: Snapshot
    resource_kg: Floats
    batch: Ints
    """Of each trip, where its fruit stands among the resources."""
    picked: Ints
    """The same where picking takes it: what is observed later does not count yet."""
    hands: Ints
    packing: Ints

    def on(self, trips: Ints) -> tuple[Floats, Floats, Floats]:
        """Fruit, hands and packing of some trips; no hands on a day of rest."""
        kg = self.resource_kg
        return kg[self.batch[trips]], kg[self.hands[trips]], kg[self.packing[trips]]

    def least_kg(self, trips: Ints) -> Floats:
        """What picking from some trips takes, the scarcest of it."""
        kg = self.resource_kg
        return np.asarray(
            np.minimum(np.minimum(kg[self.picked[trips]], kg[self.hands[trips]]), kg[self.packing[trips]])
        )


class Rooms:
    """The resources of a crop's trips; of a snapshot like the last only what changed is looked up again."""

    def __init__(self, trips: Sequence[Trip]) -> None:
        self._numbers: dict[str, int] = {}
        self._batch = _array(self._number(batch_key(trip.field.batch.id)) for trip in trips)
        counts = np.array([trip.day.pick_on >= trip.field.batch.observed_on for trip in trips], dtype=bool)
        self._picked: Ints = np.where(counts, self._batch, _UNLIMITED)
        self._hands = _array(map(self._hands_of, trips))
        self._packing = _array(map(self._packing_of, trips))
        self._last: Left | None = None

    def left(self, snapshot: Snapshot) -> Left:
        """What the ledger leaves by that snapshot."""
        last = self._last
        if last is None or last.snapshot is not snapshot:
            kg = self._looked_up(snapshot) if last is None else self._again(snapshot, last)
            self._last = last = Left(snapshot, kg, self._batch, self._picked, self._hands, self._packing)
        return last

    def _again(self, snapshot: Snapshot, last: Left) -> Floats:
        touched = snapshot.touched_since(last.snapshot) if isinstance(snapshot, Tracing) else None
        if touched is None:
            return self._looked_up(snapshot)
        changed = [(number, key) for key in touched if (number := self._numbers.get(key)) is not None]
        if not changed:
            return last.resource_kg
        kg = last.resource_kg.copy()
        for number, key in changed:
            kg[number] = snapshot.free(key) / MG_PER_KG
        return kg

    def _looked_up(self, snapshot: Snapshot) -> Floats:
        return np.array([*(free / MG_PER_KG for free in map(snapshot.free, self._numbers)), 0.0, np.inf])

    def _number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _hands_of(self, trip: Trip) -> int:
        if trip.day.rests:
            return _NONE
        limited = trip.field.grower.pick_capacity_kg_per_day is not None
        return self._number(picker_key(trip.field.grower.id, trip.day.pick_on)) if limited else _UNLIMITED

    def _packing_of(self, trip: Trip) -> int:
        limited = trip.field.place.packing_kg_per_day is not None
        return self._number(packing_key(trip.field.place.id, trip.day.pick_on)) if limited else _UNLIMITED


def _array(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)


NO_ROOMS = Rooms(())
"""Of a crop of which nothing can be picked."""

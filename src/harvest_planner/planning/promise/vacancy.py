"""What a snapshot of the ledger still gives to one order, ride by ride and trip by trip."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.ledger import Snapshot
from harvest_planner.planning.promise.rooms import Floats, Ints, Rooms
from harvest_planner.planning.promise.stock import Shelf, needed_mg
from harvest_planner.planning.promise.ways import Ride
from harvest_planner.schema.promises import MG_PER_KG

EPSILON_KG = 1e-9
MOST_TRIES = 400
"""Trips that are tried at most for one way: those before it cannot be opened, or were sold meanwhile."""


class Vacancy:
    """What is left for an order.

    Parameters
    ----------
    rooms : of the order's crop.
    least_kg : as little as may be offered [kg].
    """

    def __init__(self, shelf: Shelf, rooms: Rooms, snapshot: Snapshot, *, least_kg: float) -> None:
        self._shelf, self._rooms, self._snapshot = shelf, rooms, snapshot
        self._least_kg = least_kg - EPSILON_KG

    def aboard(self, ride: Ride) -> bool:
        """Whether the departures of a ride have room for the least."""
        free = min(map(self._snapshot.free, ride.departures), default=math.inf)
        return free / MG_PER_KG >= self._least_kg

    def cheapest(self, costs: Floats, trips: Ints) -> Iterator[int]:
        """Some trips by rising cost, those that are finite and not sold out, a limited number of them."""
        first = int(costs.argmin()) if len(costs) else -1
        if first < 0 or not math.isfinite(costs[first]):
            return
        yield int(trips[first])
        left_kg = self._rooms.left(self._snapshot).least_kg(trips)
        open_ = np.where(left_kg >= self._least_kg, costs, np.inf)
        open_[first] = np.inf
        for at in np.argsort(open_, kind="stable")[:MOST_TRIES].tolist():
            if not math.isfinite(open_[at]):
                return
            yield int(trips[at])

    def kg(self, trip: Trip, ride: Ride, kg: float) -> float:
        """What a trip and a ride can still give of so many kilograms, all their capacities together [kg]; 0: less than
        the least.
        """
        departures, day, batch_id = ride.departures, trip.day.pick_on, trip.field.batch.id
        shelf, snapshot = self._shelf, self._snapshot
        takes = shelf.takes(batch_id, day, departures, needed_mg(kg))
        free = min((snapshot.free(take.resource) for take in takes if take.shared_by is None), default=0) / MG_PER_KG
        fits = min(kg, free)
        if fits < self._least_kg:
            return 0.0
        if (batch_id, day) in shelf.trips:
            return fits
        taken: dict[str, int] = {}
        for take in takes if fits == kg else shelf.takes(batch_id, day, departures, needed_mg(fits)):
            held = 0 if take.shared_by is None else snapshot.shared(take.resource, take.shared_by)
            taken[take.resource] = taken.get(take.resource, 0) + max(0, take.amount - held)
        return fits if all(amount <= snapshot.free(resource) for resource, amount in taken.items()) else 0.0

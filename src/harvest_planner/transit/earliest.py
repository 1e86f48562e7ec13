"""The earliest that goods can reach one destination from any place and instant, were every leg as fast as it ever is."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable

from harvest_planner.transit.timetable import Service


class Earliest:
    """Earliest arrivals at a destination, from one scan of all departures backwards in time.

    Parameters
    ----------
    services : all that may be taken.
    destination_id : where goods are to arrive.
    """

    def __init__(self, services: Iterable[Service], destination_id: str) -> None:
        self._ready: dict[str, list[float]] = {}
        self._arrive: dict[str, list[float]] = {}
        connections = sorted(
            (
                (departs_h, service.lane.cutoff_h, service.duration.span_h()[0], service.origin_id, service.destination_id)
                for service in services
                for departs_h in service.departures_h
            ),
            reverse=True,
        )
        for departs_h, cutoff_h, shortest_h, origin_id, end_id in connections:
            there_h = departs_h + shortest_h
            if end_id != destination_id:
                there_h = self.arrive_h(end_id, there_h)
            if math.isinf(there_h):
                continue
            ready, arrive = self._ready.setdefault(origin_id, []), self._arrive.setdefault(origin_id, [])
            # Kept by rising −ready and falling arrival: bisection finds the latest departure that still is made.
            at = -(departs_h - cutoff_h)
            index = bisect_right(ready, at)
            if index and arrive[index - 1] <= there_h:
                continue
            end = index
            while end < len(arrive) and arrive[end] >= there_h:
                end += 1
            ready[index:end] = [at]
            arrive[index:end] = [there_h]

    def arrive_h(self, place_id: str, ready_h: float) -> float:
        """The earliest arrival of goods ready at a place at an instant [h since the epoch]; inf: never."""
        ready = self._ready.get(place_id)
        if ready is None:
            return math.inf
        # Entries made by goods ready no later than −ready; of those the earliest arrival is the last.
        index = bisect_right(ready, -ready_h + 1e-6)
        return self._arrive[place_id][index - 1] if index else math.inf

"""Services with the figures that laws of chains ask for again and again: their hours, and how goods age on board."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable

from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.timetable import PUNCTUAL_H, Air, Service, air_on_board

Clock = Callable[[float], float]
"""Temperature [°C] → what is gained per day."""


class Ageing:
    """Mean ages of goods on services and at places, each rate asked for once.

    Parameters
    ----------
    clock : ageing per day by temperature.
    ambient : the air at the places.
    """

    def __init__(self, clock: Clock, ambient: Ambient) -> None:
        self._clock, self._ambient = clock, ambient
        self._per_h: dict[float, float] = {}
        self._by_air: dict[Air, float] = {}

    def per_h(self, degc: float) -> float:
        """Ageing in an hour at a temperature."""
        found = self._per_h.get(degc)
        if found is None:
            found = self._per_h[degc] = self._clock(degc) / 24.0
        return found

    def waiting_per_h(self, place_id: str, at_h: float) -> float:
        """Ageing in an hour of waiting at a place, at the mean of the day."""
        return self.per_h(self._ambient.degc(place_id, at_h))

    def riding_per_h(self, service: Service, departs_h: float) -> float:
        """Ageing in an hour on board of a departure, over the temperatures it may have."""
        return self._aboard(air_on_board(service, departs_h, self._ambient))

    def riding(self, service: Service) -> list[float]:
        """The same of each departure; asked once for all that leave in the same air."""
        departures, found = service.departures_h, list[float]()
        ends = service.origin_id, service.destination_id
        known = service.lane.temperature_degc is not None
        while len(found) < len(departures):
            departs_h = departures[len(found)]
            until_h = math.inf if known else min(self._ambient.month(place, departs_h)[1] for place in ends)
            count = bisect_left(departures, until_h - PUNCTUAL_H) - len(found)
            found += [self.riding_per_h(service, departs_h)] * count
        return found

    def _aboard(self, air: Air) -> float:
        found = self._by_air.get(air)
        if found is None:
            found = self._by_air[air] = math.fsum(share * self.per_h(degc) for share, degc in air)
        return found


class Line:
    """A service with the figures that laws ask for again and again.

    Attributes
    ----------
    departures_h : as a list, which is read faster than an array.
    mean_h, quantiles_h : mean hours on board, and their 5, 50 and 95 % quantile.
    ridden_d20 : mean age gained on board, by departure, and `least_ridden_d20` the least of it.
    """

    __slots__ = (
        "cost_vnd_per_kg",
        "cutoff_h",
        "departures_h",
        "destination_id",
        "duration",
        "lane_id",
        "least_ridden_d20",
        "limited",
        "mean_h",
        "number",
        "origin_id",
        "quantiles_h",
        "ridden_d20",
        "service",
        "span_h",
    )

    def __init__(self, service: Service, number: int, ageing: Ageing) -> None:
        self.service, self.number, self.lane_id = service, number, service.lane.id
        self.origin_id, self.destination_id = service.origin_id, service.destination_id
        self.departures_h = list(service.departures_h)
        self.cutoff_h = service.lane.cutoff_h - PUNCTUAL_H
        self.duration = service.duration
        self.span_h = service.duration.span_h()
        self.mean_h = service.duration.mean_h()
        quantile = service.duration.quantile
        self.quantiles_h = quantile(0.05), quantile(0.5), quantile(0.95)
        self.cost_vnd_per_kg = service.lane.cost_vnd_per_kg
        self.limited = service.lane.capacity_kg is not None
        self.ridden_d20 = [per_h * self.mean_h for per_h in ageing.riding(service)]
        self.least_ridden_d20 = min(self.ridden_d20, default=0.0)

"""The law of a chain of services: which departures its parcels take, when they arrive, how much they age on average.

All of it is exact and cheap: departures are caught with the probabilities that arrivals leave between two cut-offs, and
mean ages add up over rides and waits. What each parcel's doses are is for `travel` to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.arrivals import Arrivals
from harvest_planner.transit.timetable import PUNCTUAL_H, Service

_FEW = 1e-7
"""The rest takes the last departure found: a tail of one parcel in a million."""
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
        self._rates: dict[float, float] = {}
        self._riding: dict[tuple[str, float], float] = {}

    def per_h(self, degc: float) -> float:
        """Ageing in an hour at a temperature."""
        found = self._rates.get(degc)
        if found is None:
            found = self._rates[degc] = self._clock(degc) / 24.0
        return found

    def waiting_per_h(self, place_id: str, at_h: float) -> float:
        """Ageing in an hour of waiting at a place, at the mean of the day."""
        return self.per_h(self._ambient.degc(place_id, at_h))

    def riding_per_h(self, service: Service, departs_h: float) -> float:
        """Ageing in an hour on board of a departure, over the temperatures it may have."""
        lane = service.lane
        degc = lane.temperature_degc
        if degc is None:
            ends = (service.origin_id, service.destination_id)
            degc = math.fsum(self._ambient.degc(place_id, departs_h) for place_id in ends) / 2.0
        key = (lane.id, degc)
        found = self._riding.get(key)
        if found is None:
            if lane.temperature_sd_degc:
                off = math.sqrt(3.0) * lane.temperature_sd_degc
                outer = self.per_h(degc - off) + self.per_h(degc + off)
                found = 2.0 / 3.0 * self.per_h(degc) + outer / 6.0
            else:
                found = self.per_h(degc)
            self._riding[key] = found
        return found

    def least_riding_per_h(self, service: Service) -> float:
        """The least that an hour on board of any of its departures ages goods."""
        if not service.departures_h:
            return 0.0
        step = max(1, len(service.departures_h) // 16)
        sample = (*service.departures_h[::step], service.departures_h[-1])
        return min(self.riding_per_h(service, departs_h) for departs_h in sample)


class ChainLaw(NamedTuple):
    """A chain so far.

    Attributes
    ----------
    services : the chain.
    departures : of its last service, (instant [h since the epoch], probability of taking it).
    cost_vnd_per_kg : freight so far [VND/kg].
    age_d20 : mean age gained from the first departure to arrival [d20].
    mean_arrive_h : mean arrival [h since the epoch].
    """

    services: tuple[Service, ...]
    departures: tuple[tuple[float, float], ...]
    cost_vnd_per_kg: float
    age_d20: float
    mean_arrive_h: float

    @property
    def whole(self) -> float:
        """Share of the parcels that found all departures."""
        return math.fsum(share for _, share in self.departures)

    @property
    def arrivals(self) -> Arrivals:
        """When it arrives."""
        return Arrivals(self.departures, self.services[-1].duration)

    def least_quantile_h(self, p: float) -> float:
        """An instant that the quantile of arrival is not before [h since the epoch]."""
        return self.departures[0][0] + self.services[-1].duration.quantile(p)


def begun(service: Service, departs_h: float, ageing: Ageing) -> ChainLaw:
    """The chain of one service from a departure on."""
    hours = service.duration.mean_h()
    age = ageing.riding_per_h(service, departs_h) * hours
    return ChainLaw((service,), ((departs_h, 1.0),), service.lane.cost_vnd_per_kg, age, departs_h + hours)


def extended(law: ChainLaw, service: Service, ageing: Ageing) -> ChainLaw | None:
    """The chain with one service more; None: more than one parcel in twenty finds no departure any more."""
    caught = _caught(law, service)
    whole = math.fsum(share for _, share in caught)
    if whole < 0.95 - PUNCTUAL_H:
        return None
    leaves_h = math.fsum(departs_h * share for departs_h, share in caught) / whole
    waits_h = max(0.0, leaves_h - law.mean_arrive_h)
    hours = service.duration.mean_h()
    riding = math.fsum(share * ageing.riding_per_h(service, departs_h) for departs_h, share in caught) / whole
    return ChainLaw(
        (*law.services, service),
        tuple(caught),
        law.cost_vnd_per_kg + service.lane.cost_vnd_per_kg,
        law.age_d20 + ageing.waiting_per_h(service.origin_id, law.mean_arrive_h) * waits_h + riding * hours,
        leaves_h + hours,
    )


def _caught(law: ChainLaw, service: Service) -> list[tuple[float, float]]:
    """The departures that the chain's parcels take, each with its probability."""
    before = law.services[-1].duration
    shortest_h = before.span_h()[0]
    first = service.first_index(law.departures[0][0] + shortest_h)
    found, reached = list[tuple[float, float]](), 0.0
    cutoff_h = service.lane.cutoff_h - PUNCTUAL_H
    for index in range(first, len(service.departures_h)):
        departs_h = service.departures_h[index]
        last_h = departs_h - cutoff_h
        by = 0.0
        for left_h, share in law.departures:
            if left_h >= last_h:
                break
            by += share * before.probability_by(last_h - left_h)
        if by - reached > _FEW:
            found.append((departs_h, by - reached))
            reached = by
        if by >= law.whole - _FEW * 10:
            break
    if found and reached < law.whole and index + 1 < len(service.departures_h):
        found[-1] = (found[-1][0], found[-1][1] + law.whole - reached)
    return found

"""How much the fruit of a delivery aged, by its actual hours and the planner's laws of rides, waits and packaging."""

from __future__ import annotations

import math
from typing import NamedTuple

from harvest_planner.planning.field import FieldBatch
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.estimate import embargoes_of
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.timetable import Service, Timetable
from harvest_planner.transit.travel import Wait


class Way(NamedTuple):
    """The lanes in order and the instants of departure and arrival at each, None where unknown [h since the epoch]."""

    lanes: tuple[Lane, ...]
    departed_h: list[float | None]
    arrived_h: list[float | None]


class Ageing:
    """Ages gained on the way, for one problem.

    Parameters
    ----------
    problem : its places and timetables.
    ambient : its air.
    """

    def __init__(self, problem: PlanningProblem, ambient: Ambient) -> None:
        self.problem, self.ambient = problem, ambient
        self._timetable = Timetable(
            as_of=problem.as_of, horizon_days=problem.policy.horizon_days, embargoes=embargoes_of(problem)
        )
        self._rates: dict[str, Rates] = {}
        self._services: dict[tuple[str, str | None], Service] = {}

    def service(self, lane: Lane, field: FieldBatch) -> Service:
        """The lane with its departures for such goods."""
        key = (lane.id, field.crop.goods)
        if key not in self._services:
            self._services[key] = self._service(lane, field.crop.goods)
        return self._services[key]

    def _service(self, lane: Lane, goods: str | None) -> Service:
        origin, destination = self.problem.place(lane.origin_id), self.problem.place(lane.destination_id)
        return self._timetable.service(
            lane,
            origin_id=origin.id,
            destination_id=destination.id,
            timezone=origin.timezone,
            goods=goods,
        )

    def gained_d20(self, way: Way, first_h: float, end_h: float, field: FieldBatch) -> float:
        """Mean age gained from the first departure to delivery, at the temperatures of the planner [d20]."""
        services, times = [self.service(lane, field) for lane in way.lanes], _filled(way, first_h, end_h)
        rates = self._rates.setdefault(field.crop.id, Rates(field.curve.clocks, field.curve.kinks_degc))
        packed = any(service.packaging is not None for service in services)
        pulp = (self.ambient.outdoor_degc(services[0].origin_id, first_h),) if packed else ()
        exposures: tuple[float, ...] = (0.0, 0.0, 0.0, *pulp)
        since_h = first_h if packed else None
        now_h = first_h
        for number, (service, (leaves_h, comes_h)) in enumerate(zip(services, times, strict=True)):
            if number:
                wait = Wait(rates, self.ambient, services[number - 1].packaging, since_h)
                waits_h = leaves_h - now_h
                exposures = wait.after(exposures, place_id=service.origin_id, from_h=now_h, hours=waits_h)
            degc, hours = self._on_board_degc(service, leaves_h), comes_h - leaves_h
            if packed:
                exposures = rates.packed(
                    exposures, air_degc=degc, hours=hours, packaging=service.packaging, from_h=leaves_h - first_h
                )
            else:
                per_hour = rates.per_hour(degc)
                exposures = tuple(got + rate * hours for got, rate in zip(exposures, per_hour, strict=True))
            now_h = comes_h
        if end_h > now_h:
            wait = Wait(rates, self.ambient, services[-1].packaging, since_h)
            place_id = services[-1].destination_id
            exposures = wait.indoors(exposures, place_id=place_id, from_h=now_h, hours=end_h - now_h)
        return exposures[0]

    def _on_board_degc(self, service: Service, departs_h: float) -> float:
        if service.lane.temperature_degc is not None:
            return service.lane.temperature_degc
        ends = (service.origin_id, service.destination_id)
        return math.fsum(self.ambient.degc(place_id, departs_h) for place_id in ends) / 2.0


def _filled(way: Way, first_h: float, end_h: float) -> list[tuple[float, float]]:
    """Departure and arrival of every leg; unknown ones divide the time between known ones by the lanes' medians."""
    instants: list[float | None] = [at for pair in zip(way.departed_h, way.arrived_h, strict=True) for at in pair]
    instants[0] = first_h
    if instants[-1] is None:
        instants[-1] = end_h
    # Between arrival and the next departure nothing is known to pass.
    takes = [0.0]
    for number, lane in enumerate(way.lanes):
        takes += ([0.0] if number else []) + [lane.transit_p50_h]
    known = [place for place, at in enumerate(instants) if at is not None]
    found: list[float] = []
    for place, at in enumerate(instants):
        if at is not None:
            found.append(at)
            continue
        before = max(one for one in known if one < place)
        after = min(one for one in known if one > place)
        part = sum(takes[before + 1 : place + 1]) / max(sum(takes[before + 1 : after + 1]), 1e-9)
        low, high = instants[before], instants[after]
        assert low is not None
        assert high is not None
        found.append(low + part * (high - low))
    return list(zip(found[::2], found[1::2], strict=True))

"""The transport of one problem: lanes, timetables and embargoes → the journeys on offer between two places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.schema.people import Place
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.chains import Chains, Link
from harvest_planner.transit.offer import not_outdone
from harvest_planner.transit.timetable import Service, Timetable, takes
from harvest_planner.transit.travel import Clocks, Journey, travel

ALTERNATIVES_WITHIN_H = 24.0
"""Where room is limited, later departures within this time are offered too [h]."""

_Key = tuple[str, str, str | None, object]


class Network:
    """Lanes between places, asked for journeys.

    Parameters
    ----------
    lanes : all services.
    place : gives a place by its id or name, as `PlanningProblem.place` does.
    embargoes : what carriers refuse.
    ambient : the air at the places.
    as_of : the moment of planning; rules without DTSTART start on its local date.
    horizon_days : days on which picks are planned [d]; departures are dated from 30 days before as_of to 30 after them.
    """

    def __init__(
        self,
        lanes: Iterable[Lane],
        *,
        place: Callable[[str], Place],
        embargoes: Iterable[Embargo] = (),
        ambient: Ambient,
        as_of: dt.datetime,
        horizon_days: float = 14,
    ) -> None:
        self._place = place
        self._ambient = ambient
        self._lanes = {lane.id: lane for lane in lanes}
        self._ids: dict[str, str] = {}
        self._chains = Chains(
            Link(lane.id, self._id(lane.origin_id), self._id(lane.destination_id)) for lane in self._lanes.values()
        )
        self._timetable = Timetable(as_of=as_of, horizon_days=horizon_days, embargoes=embargoes)
        self._services: dict[tuple[str, str | None], Service] = {}
        self._ways: dict[tuple[str, str, str | None], tuple[tuple[Service, ...], ...]] = {}
        self._made: dict[tuple[tuple[str, ...], float, str | None, object], Journey | None] = {}
        self._offered: dict[tuple[_Key, tuple[tuple[float, ...], ...], float], tuple[Journey, ...]] = {}

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The instants between which departures are dated."""
        return self._timetable.span

    def has_chain(self, origin_id: str, destination_id: str) -> bool:
        """Whether lanes lead from one place to the other at all, whatever they take and carriers refuse.

        Raises
        ------
        UnknownIdError, AmbiguousPlaceError : as the place lookup says.
        """
        return self._chains.any_between(self._id(origin_id), self._id(destination_id))

    def chains(self, origin_id: str, destination_id: str, goods: str | None) -> tuple[tuple[Service, ...], ...]:
        """The chains of services that take such goods from one place to the other, by the ids of their lanes."""
        key = (self._id(origin_id), self._id(destination_id), goods)
        found = self._ways.get(key)
        if found is None:
            ways = sorted(self._chains.between(key[0], key[1]))
            found = self._ways[key] = tuple(
                tuple(self._service(lane_id, goods) for lane_id in way)
                for way in ways
                if all(takes(self._lanes[lane_id], goods) for lane_id in way)
            )
        return found

    def journeys(
        self,
        origin_id: str,
        destination_id: str,
        *,
        ready_h: float,
        goods: str | None,
        clocks: Clocks,
        clocks_key: object,
        kinks_degc: Sequence[float] = (),
        limit: int | None = None,
    ) -> tuple[Journey, ...]:
        """The journeys on offer for goods ready at `ready_h`, by median arrival, lanes and first departure.

        Parameters
        ----------
        origin_id, destination_id : places by id or name.
        ready_h : when the goods are ready for the carrier [h since the epoch].
        goods : their kind, as carriers know it.
        clocks : rates per day by temperature [°C] of what goods gain on the way; the first is their age.
        clocks_key : hashable name of the clocks; journeys are made once for each.
        kinks_degc : temperatures at which a clock's rate bends or jumps [°C].
        limit : at most so many, the earliest.

        Raises
        ------
        UnknownIdError, AmbiguousPlaceError : as the place lookup says.
        """
        ways = self.chains(origin_id, destination_id, goods)
        departures = tuple(tuple(_departures(way, ready_h)) for way in ways)
        here = self._ambient.degc(self._id(origin_id), ready_h)
        key = ((self._id(origin_id), self._id(destination_id), goods, clocks_key), departures, here)
        offered = self._offered.get(key)
        if offered is None:
            made = (
                self._journey(way, departs_h, goods, (clocks, kinks_degc), clocks_key)
                for way, times in zip(ways, departures, strict=True)
                for departs_h in times
            )
            ageing = clocks[0](here) / 24.0 if clocks else 0.0
            offered = self._offered[key] = not_outdone([each for each in made if each], ageing_per_h=ageing)
        return offered[:limit]

    def _journey(
        self,
        way: Sequence[Service],
        departs_h: float,
        goods: str | None,
        gaining: tuple[Clocks, Sequence[float]],
        clocks_key: object,
    ) -> Journey | None:
        key = (tuple(service.lane.id for service in way), departs_h, goods, clocks_key)
        if key not in self._made:
            clocks, kinks_degc = gaining
            made = travel(way, departs_h=departs_h, clocks=clocks, kinks_degc=kinks_degc, ambient=self._ambient)
            # The first one made stays, whichever thread made it: a journey is known by its identity.
            return self._made.setdefault(key, made)
        return self._made[key]

    def _service(self, lane_id: str, goods: str | None) -> Service:
        key = (lane_id, goods)
        if key not in self._services:
            lane = self._lanes[lane_id]
            origin = self._place(lane.origin_id)
            self._services[key] = self._timetable.service(
                lane,
                origin_id=origin.id,
                destination_id=self._id(lane.destination_id),
                timezone=origin.timezone,
                goods=goods,
            )
        return self._services[key]

    def _id(self, place_id: str) -> str:
        found = self._ids.get(place_id)
        if found is None:
            found = self._ids[place_id] = self._place(place_id).id
        return found


def _departures(way: Sequence[Service], ready_h: float) -> list[float]:
    limited = any(service.lane.capacity_kg is not None for service in way)
    return way[0].departures_from(ready_h, within_h=ALTERNATIVES_WITHIN_H if limited else 0.0)

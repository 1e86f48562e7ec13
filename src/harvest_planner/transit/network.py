"""The transport of one problem: lanes, timetables and embargoes → the journeys on offer between two places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.schema.people import Place
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.law import ChainLaw, Ends, Laws
from harvest_planner.transit.lines import Ageing
from harvest_planner.transit.offer import Rated, not_outdone
from harvest_planner.transit.search import Search
from harvest_planner.transit.timetable import Air, Service, Timetable, air_on_board, takes
from harvest_planner.transit.travel import Clocks, Journey, Profile, fare, fare_alone

ALTERNATIVES_WITHIN_H = 24.0
"""Where room is limited, later departures within this time are offered too [h]."""
SAME_H = 1e-3
"""Departures are written to the second [h]."""

_Goods = tuple[str | None, object]
"""Their kind, as carriers know it, and the name of their clocks."""


class _Carried(NamedTuple):
    """The services that take some goods, and what is asked of them."""

    search: Search
    ageing: Ageing
    exact: bool
    """Whether mean ages by the laws are those of the outcomes."""
    within_h: float
    clocks: Clocks
    kinks_degc: Sequence[float]
    rates: Rates


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
        self._ends = [
            Ends(lane.id, self._id(lane.origin_id), self._id(lane.destination_id)) for lane in self._lanes.values()
        ]
        self._timetable = Timetable(as_of=as_of, horizon_days=horizon_days, embargoes=embargoes)
        self._carried: dict[_Goods, _Carried] = {}
        self._made: dict[tuple[tuple[str, ...], float, _Goods], Journey] = {}
        self._profiles: dict[tuple[str, Air, _Goods], Profile] = {}
        self._offered: dict[tuple[str, str, _Goods, tuple[int, ...], float], tuple[Journey, ...]] = {}

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The instants between which departures are dated."""
        return self._timetable.span

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
        clocks_key : hashable name of the clocks, the same for equal ones; journeys are made once for each.
        kinks_degc : temperatures at which a clock's rate bends or jumps [°C].
        limit : at most so many, the earliest.

        Raises
        ------
        UnknownIdError, AmbiguousPlaceError : as the place lookup says.
        """
        start, end = self._id(origin_id), self._id(destination_id)
        named = (goods, clocks_key)
        carried = self._carried.get(named) or self._carry(named, clocks, kinks_degc)
        here = self._ambient.degc(start, ready_h)
        leaving = tuple(number for _, number in carried.search.first_departures(start, end, ready_h))
        key = (start, end, named, leaving, here)
        offered = self._offered.get(key)
        if offered is None:
            offered = self._offered[key] = self._offers(start, end, ready_h, carried, named)
        return offered[:limit]

    def onward(
        self,
        origin_id: str,
        destination_id: str,
        *,
        lane_id: str,
        departs_h: float,
        goods: str | None,
        clocks: Clocks,
        clocks_key: object,
        kinks_degc: Sequence[float] = (),
    ) -> tuple[Journey, ...] | None:
        """The journeys that goods may make that left by a departure; None: the lane has no such departure.

        Parameters
        ----------
        lane_id, departs_h : their first lane, and when it left [h since the epoch].
        origin_id … kinks_degc : as in `journeys`.
        """
        start, end = self._id(origin_id), self._id(destination_id)
        named = (goods, clocks_key)
        carried = self._carried.get(named) or self._carry(named, clocks, kinks_degc)
        if lane_id not in self._lanes or not takes(self._lanes[lane_id], goods):
            return None
        service = self._service(lane_id, goods)
        ready_h = departs_h - service.lane.cutoff_h - SAME_H
        first_h = service.first_departure(ready_h)
        if first_h is None or first_h > departs_h + SAME_H:
            return None
        return self._offers(start, end, ready_h, carried, named, by=lane_id)

    def _offers(
        self, start: str, end: str, ready_h: float, carried: _Carried, named: _Goods, *, by: str | None = None
    ) -> tuple[Journey, ...]:
        within_h = carried.within_h if by is None else 0.0
        laws = carried.search.chains(start, end, ready_h=ready_h, within_h=within_h, by=by)
        made = [(law, self._journey(law, carried, named)) for law in laws]
        if carried.exact:
            return not_outdone(Rated(journey, law.age_d20) for law, journey in made)
        waiting_per_h = carried.ageing.waiting_per_h(start, ready_h)
        return not_outdone(
            Rated(journey, journey.mean_exposures[0] + waiting_per_h * (journey.first_departure_h - ready_h))
            for _, journey in made
        )

    def _journey(self, law: ChainLaw, carried: _Carried, named: _Goods) -> Journey:
        departs_h = law.departs_h
        key = (law.lane_ids, departs_h, named)
        found = self._made.get(key)
        if found is None:
            profile = partial(self._profile, law.services, departs_h, carried, named)
            # The first one made stays, whichever thread made it: a journey is known by its identity.
            found = self._made.setdefault(key, Journey(law, profile))
        return found

    def _profile(self, services: tuple[Service, ...], departs_h: float, carried: _Carried, named: _Goods) -> Profile:
        """How parcels may fare; on one service without packaging the same on every day of the same air."""
        service, clocks, kinks_degc = services[0], carried.clocks, carried.kinks_degc
        if len(services) > 1 or service.packaging is not None:
            found = fare(services, departs_h=departs_h, clocks=clocks, kinks_degc=kinks_degc, ambient=self._ambient)
            outcomes = tuple(outcome.later(-departs_h) for outcome in found)
            return Profile(lambda: outcomes)
        air = air_on_board(service, departs_h, self._ambient)
        key = (service.lane.id, air, named)
        known = self._profiles.get(key)
        if known is None:
            known = self._profiles.setdefault(key, fare_alone(service, air=air, rates=carried.rates))
        return known

    def _carry(self, named: _Goods, clocks: Clocks, kinks_degc: Sequence[float]) -> _Carried:
        goods, _ = named
        ends = [each for each in self._ends if takes(self._lanes[each.lane_id], goods)]
        lanes = [self._lanes[each.lane_id] for each in ends]
        # Pulp that lags the air and air that changes by the hour are for `fare` to follow.
        exact = not any(lane.packaging for lane in lanes) and all(
            self._ambient.same_all_day(place_id) for place_id in {each.origin_id for each in ends}
        )
        ageing = Ageing(clocks[0], self._ambient)
        limited = any(lane.capacity_kg is not None for lane in lanes)
        found = self._carried[named] = _Carried(
            search=Search(Laws(ends, lambda lane_id: self._service(lane_id, goods), ageing), prunes=exact),
            ageing=ageing,
            exact=exact,
            within_h=ALTERNATIVES_WITHIN_H if limited else 0.0,
            clocks=clocks,
            kinks_degc=kinks_degc,
            rates=Rates(clocks, kinks_degc),
        )
        return found

    def _service(self, lane_id: str, goods: str | None) -> Service:
        lane = self._lanes[lane_id]
        origin = self._place(lane.origin_id)
        return self._timetable.service(
            lane,
            origin_id=origin.id,
            destination_id=self._id(lane.destination_id),
            timezone=origin.timezone,
            goods=goods,
        )

    def _id(self, place_id: str) -> str:
        found = self._ids.get(place_id)
        if found is None:
            found = self._ids[place_id] = self._place(place_id).id
        return found

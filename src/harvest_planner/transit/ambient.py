"""The air around waiting goods: a place's own temperature, else its climate, else the policy's default."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Protocol

from harvest_planner import catalogue
from harvest_planner.schema.clock import zone
from harvest_planner.schema.people import Place
from harvest_planner.schema.policy import Policy
from harvest_planner.transit.instants import hours_of, instant_of

# Offsets of time zones are whole quarters of an hour, so no month begins inside one.
_PIECES_PER_H = 4
_INSTANT_H = 1e-6


class Air(Protocol):
    """What is asked of a problem to know its air: its places and its policy."""

    @property
    def policy(self) -> Policy: ...

    def place(self, place_id: str, /) -> Place: ...


class Ambient:
    """Air temperature by place and instant for one problem, each looked up once.

    Parameters
    ----------
    problem : a planning problem, or anything with its `place()` and `policy`.
    """

    def __init__(self, problem: Air) -> None:
        self._problem = problem
        self._steady: dict[str, float | None] = {}
        self._by_quarter: dict[tuple[str, int], float] = {}
        self._months: dict[str, tuple[float, float, float]] = {}
        self._hourly: dict[str, tuple[tuple[float, ...], dt.tzinfo]] = {}

    def degc(self, place_id: str, at_h: float) -> float:
        """Mean air temperature of the day at a place [°C] in the local month of `at_h` [h since the epoch].

        Raises
        ------
        UnknownIdError : neither the problem nor the catalogue knows the place.
        """
        if place_id not in self._steady:
            self._steady[place_id] = self._problem.place(place_id).ambient_degc
        steady = self._steady[place_id]
        if steady is not None:
            return steady
        key = (place_id, math.floor(at_h * _PIECES_PER_H + 1e-6))
        found = self._by_quarter.get(key)
        if found is None:
            found = self._by_quarter[key] = self._climate(place_id, key[1] / _PIECES_PER_H)
        return found

    def month(self, place_id: str, at_h: float) -> tuple[float, float]:
        """`degc` at an instant and until when it stays the same [°C, h since the epoch]; for good: infinite."""
        found = self._months.get(place_id)
        if found is None or not found[0] <= at_h + _INSTANT_H < found[1]:
            found = self._months[place_id] = (*self._month_about(place_id, at_h), self.degc(place_id, at_h))
        return found[2], found[1]

    def _month_about(self, place_id: str, at_h: float) -> tuple[float, float]:
        """When the local month of an instant begins and ends [h since the epoch]."""
        place = self._problem.place(place_id)
        if place.ambient_degc is not None:
            return -math.inf, math.inf
        local = zone(place.timezone)
        first = instant_of(at_h + _INSTANT_H, local).date().replace(day=1)
        ends = first, (first + dt.timedelta(days=32)).replace(day=1)
        begin_h, end_h = (hours_of(dt.datetime.combine(day, dt.time(), tzinfo=local)) for day in ends)
        return begin_h, end_h

    def same_all_day(self, place_id: str) -> bool:
        """Whether a place tells no hours, so that its air is the mean of the day at every hour."""
        return not self._hours_of(place_id)[0]

    def spells(self, place_id: str, *, from_h: float, hours: float) -> Iterator[tuple[float, float]]:
        """(hours, temperature of the air [°C]) of goods that wait outdoors from an instant on [h since the epoch].

        The mean of the day where the place tells no hours, else each local hour's; the month is that of the start.
        """
        mean = self.degc(place_id, from_h)
        offsets, local = self._hours_of(place_id)
        if not offsets:
            yield hours, mean
            return
        at_h, end_h = from_h, from_h + hours
        while at_h < end_h - _INSTANT_H:
            shift_h = _shift_h(at_h, local)
            clock_h = math.floor(at_h + shift_h + _INSTANT_H)
            next_h = min(end_h, clock_h + 1.0 - shift_h)
            yield next_h - at_h, mean + offsets[clock_h % 24]
            at_h = next_h

    def outdoor_degc(self, place_id: str, at_h: float) -> float:
        """Air temperature outdoors at a place in the local hour of the instant [°C]."""
        offsets, local = self._hours_of(place_id)
        mean = self.degc(place_id, at_h)
        if not offsets:
            return mean
        return mean + offsets[math.floor(at_h + _shift_h(at_h, local) + _INSTANT_H) % 24]

    def _hours_of(self, place_id: str) -> tuple[tuple[float, ...], dt.tzinfo]:
        found = self._hourly.get(place_id)
        if found is None:
            place = self._problem.place(place_id)
            found = self._hourly[place_id] = (place.hour_offsets_degc, zone(place.timezone))
        return found

    def _climate(self, place_id: str, at_h: float) -> float:
        place = self._problem.place(place_id)
        degc = catalogue.climate_degc(place.id, instant_of(at_h, zone(place.timezone)).month)
        return self._problem.policy.default_ambient_degc if degc is None else degc


def _shift_h(at_h: float, local: dt.tzinfo) -> float:
    """How far the local clock is ahead of UTC at an instant [h]."""
    shift = instant_of(at_h, local).utcoffset()
    return 0.0 if shift is None else shift.total_seconds() / 3600.0

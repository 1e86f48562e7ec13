"""The air around waiting goods: a place's own temperature, else its climate, else the policy's default."""

from __future__ import annotations

import math
from typing import Protocol

from harvest_planner import catalogue
from harvest_planner.schema.clock import zone
from harvest_planner.schema.people import Place
from harvest_planner.schema.policy import Policy
from harvest_planner.transit.instants import instant_of

# Offsets of time zones are whole quarters of an hour, so no month begins inside one.
_PIECES_PER_H = 4


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

    def degc(self, place_id: str, at_h: float) -> float:
        """Air temperature at a place [°C] in the local month of the instant `at_h` [h since the epoch].

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

    def _climate(self, place_id: str, at_h: float) -> float:
        place = self._problem.place(place_id)
        degc = catalogue.climate_degc(place.id, instant_of(at_h, zone(place.timezone)).month)
        return self._problem.policy.default_ambient_degc if degc is None else degc

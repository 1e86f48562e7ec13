"""Which chains can be worth offering: a best-first search over laws that drops what is surely outdone.

What arrives in the end is bounded from below in every figure by which journeys outdo each other. Freight and mean age
add up. Of arrival: were all of n independent hours at their quantile 1 − (1 − p)^(1/n) or beyond, which happens with
probability 1 − p, it would be no earlier than with all of them at it; so its quantile p is no earlier either. Once a
chain that arrives outdoes these bounds, nothing that begins like this can be offered.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harvest_planner.transit.law import ChainLaw, Laws
from harvest_planner.transit.lines import Line
from harvest_planner.transit.timetable import PUNCTUAL_H

Figures = tuple[float, float, float, float, float]
"""5, 50 and 95 % quantile of arrival [h], freight [VND/kg], mean age gained from being ready on [d20]: less is better.
Quantiles of a part of the way are hours."""
_Three = tuple[float, float, float]

MOST_LANES = 4
"""Lanes of a chain at most."""
_SURELY = 1e-6
"""A figure that is lower by more than this is lower."""
_MOST_TERMS = 2 * MOST_LANES
_QUANTILES = tuple(p - 1e-9 for p in (0.05, 0.5, 0.95))
_LEVELS = tuple(
    tuple(1.0 - (1.0 - p) ** (1.0 / terms) for p in _QUANTILES) if terms else () for terms in range(_MOST_TERMS)
)
_ROUGHLY = 0.99
"""Rough laws overstate the mean age by less than a hundredth: a thousandth of parcels may wait less than they say."""
_H_PER_VND = 5e-4
"""What orders the search: an hour is worth 2,000 VND/kg. The answer does not depend on it."""
_NOTHING: Figures = (0.0, 0.0, 0.0, 0.0, 0.0)


class _Label(NamedTuple):
    """A chain to be gone on with; the first that comes from the heap is the one that promises most."""

    hope: float
    turn: int
    bound: Figures
    law: ChainLaw
    passed: tuple[str, ...]
    later: bool
    """It does not leave first, which only goods that may find no room will do."""


class Search:
    """Chains of some services to any destination.

    Parameters
    ----------
    laws : of the services.
    prunes : whether mean ages by the laws are exact, so that chains can be dropped by them.
    """

    def __init__(self, laws: Laws, *, prunes: bool) -> None:
        self._laws, self._prunes = laws, prunes
        self._hours: tuple[dict[int, _Three], ...] = tuple({} for _ in _LEVELS)
        self._figures: tuple[dict[int, Figures], ...] = tuple({} for _ in _LEVELS)
        self._to_go: dict[tuple[str, int], dict[str, Figures]] = {}
        self._begins: dict[tuple[str, str], tuple[Line, ...]] = {}

    def first_departures(self, origin_id: str, destination_id: str, ready_h: float) -> tuple[tuple[Line, int], ...]:
        """The lines by which ways begin, each with the number of the first departure that goods make."""
        return tuple((line, line.service.first_index(ready_h)) for line in self._leading(origin_id, destination_id))

    def _leading(self, origin_id: str, destination_id: str) -> tuple[Line, ...]:
        """The lines by which ways begin."""
        key = (origin_id, destination_id)
        found = self._begins.get(key)
        if found is None:
            to_go = self._least_to_go(destination_id, MOST_LANES - 1)
            found = self._begins[key] = tuple(
                line
                for line in self._laws.leaving(origin_id)
                # A lane from a place to itself stands alone.
                if line.destination_id in to_go and (line.destination_id == origin_id) == (origin_id == destination_id)
            )
        return found

    def chains(
        self, origin_id: str, destination_id: str, *, ready_h: float, within_h: float, by: str | None = None
    ) -> list[ChainLaw]:
        """Chains that may be offered for goods ready at an instant; what is left out is outdone by one of them.

        A way passes no place twice. A chain with a limited service may begin with any departure of its first within
        `within_h` of the earliest.

        Parameters
        ----------
        by : the lane by which all of them begin; None: any.
        """
        front: list[Figures] = []
        first = self._first(origin_id, destination_id, ready_h, within_h)
        heap = [label for label in first if by in (None, label.law.line.lane_id)]
        heapq.heapify(heap)
        found: list[ChainLaw] = []
        turn = len(heap)
        while heap:
            label = heapq.heappop(heap)
            if _outdone(label.bound, front):
                continue
            law = label.law
            limited = law.limited
            if law.line.destination_id == destination_id:
                if label.later and not limited:
                    continue
                exact = self._laws.exact(law)
                if exact is None:
                    continue
                figures = (*exact.quantiles_h, exact.cost_vnd_per_kg, exact.age_d20)
                if not _outdone(figures, front):
                    found.append(exact)
                    if self._prunes and not limited:
                        front.append(figures)
                continue
            to_go = self._least_to_go(destination_id, MOST_LANES - len(law.legs) - 1)
            for longer in self._longer(label, front, to_go, turn):
                turn += 1
                heapq.heappush(heap, longer)
        return found

    def _first(self, origin_id: str, destination_id: str, ready_h: float, within_h: float) -> Iterator[_Label]:
        to_go = self._least_to_go(destination_id, MOST_LANES - 1)
        waiting_per_h = self._laws.ageing.waiting_per_h(origin_id, ready_h)
        turn = 0
        for line, first in self.first_departures(origin_id, destination_id, ready_h):
            dated = line.departures_h
            for number in range(first, len(dated)):
                if dated[number] > dated[first] + within_h + PUNCTUAL_H:
                    break
                law = self._laws.begun(line, number, age_d20=waiting_per_h * (dated[number] - ready_h))
                yield self._label(law, to_go[line.destination_id], (origin_id,), number > first, turn)
                turn += 1

    def _longer(
        self, label: _Label, front: Sequence[Figures], to_go: dict[str, Figures], turn: int
    ) -> Iterator[_Label]:
        """The chain with each service more that leads on, but for what is outdone."""
        law = label.law
        place_id, legs = law.line.destination_id, len(law.legs)
        # Departure and hours of the last service, hours of the next, and of as many as may follow.
        terms = MOST_LANES - legs + 2
        here = self._reached(law, terms)
        there_h = tuple(map(_sum, here, self._hours_of(law.line, terms)))
        passed = (*label.passed, place_id)
        for line in self._laws.leaving(place_id):
            rest = to_go.get(line.destination_id)
            if rest is None or line.destination_id in passed:
                continue
            if front:
                aboard = self._hours_of(line, terms)
                cost = law.cost_vnd_per_kg + line.cost_vnd_per_kg + rest[3]
                age = _ROUGHLY * law.age_d20 + self._least_of(line) + rest[4]
                begins = _departing(line, there_h)
                if _outdone(
                    (
                        begins[0] + aboard[0] + rest[0],
                        begins[1] + aboard[1] + rest[1],
                        begins[2] + aboard[2] + rest[2],
                        cost,
                        age,
                    ),
                    front,
                ):
                    continue
            longer = self._laws.extended(law, line, roughly=True)
            if longer is None:
                continue
            found = self._label(longer, rest, passed, label.later, turn)
            if not _outdone(found.bound, front):
                turn += 1
                yield found

    def _label(self, law: ChainLaw, rest: Figures, passed: tuple[str, ...], later: bool, turn: int) -> _Label:
        line = law.line
        # Departure and hours of the last service, and of as many as may follow; none where the chain has arrived.
        terms = 2 if rest is _NOTHING else MOST_LANES - len(law.legs) + 2
        aboard, leaves = self._hours_of(line, terms), self._reached(law, terms)
        bound = (
            leaves[0] + aboard[0] + rest[0],
            leaves[1] + aboard[1] + rest[1],
            leaves[2] + aboard[2] + rest[2],
            law.cost_vnd_per_kg + rest[3],
            _ROUGHLY * law.age_d20 + rest[4],
        )
        return _Label(bound[1] + _H_PER_VND * bound[3], turn, bound, law, passed, later)

    @staticmethod
    def _reached(law: ChainLaw, terms: int) -> _Three:
        """Quantiles of the last departure at the levels of so many hours [h since the epoch]; inf: too few take any."""
        departures, dated = law.departures, law.line.departures_h
        if len(departures) == 1:
            only = dated[departures[0][0]]
            return only, only, only
        low, middle, high = _LEVELS[terms]
        first = second = math.inf
        reached = 0.0
        for number, share in departures:
            reached += share
            if reached >= low and first == math.inf:
                first = dated[number]
            if reached >= middle and second == math.inf:
                second = dated[number]
            if reached >= high:
                return first, second, dated[number]
        return first, second, math.inf

    def _hours_of(self, line: Line, terms: int) -> _Three:
        """Quantiles of its hours where they are one of so many in all."""
        found = self._hours[terms].get(line.number)
        if found is None:
            low, middle, high = map(line.duration.quantile, _LEVELS[terms])
            found = self._hours[terms][line.number] = low, middle, high
        return found

    def _least_of(self, line: Line) -> float:
        return line.least_ridden_d20 if self._prunes else 0.0

    def _least_to_go(self, destination_id: str, lanes: int) -> dict[str, Figures]:
        """The least between each place and the destination, by so many lanes at most."""
        key = (destination_id, lanes)
        found = self._to_go.get(key)
        if found is None:
            found = self._to_go[key] = self._least_within(destination_id, lanes)
        return found

    def _least_within(self, destination_id: str, lanes: int) -> dict[str, Figures]:
        # The levels are those of one hour more than a chain that has caught its last departure has left.
        terms = lanes + 3
        figures = self._figures[terms]
        least: dict[str, Figures] = {destination_id: _NOTHING}
        changed = [destination_id]
        for _ in range(lanes):
            nearer, before = dict(least), changed
            for place_id in before:
                q05, q50, q95, vnd, d20 = least[place_id]
                for line in self._laws.entering(place_id):
                    if line.origin_id == destination_id:
                        continue
                    p05, p50, p95, cost, age = figures.get(line.number) or self._figures_of(line, terms)
                    a, b, c, d, e = nearer.get(line.origin_id, _NEVER)
                    p05, p50, p95, cost, age = q05 + p05, q50 + p50, q95 + p95, vnd + cost, d20 + age
                    if p05 < a or p50 < b or p95 < c or cost < d or age < e:
                        nearer[line.origin_id] = (min(p05, a), min(p50, b), min(p95, c), min(cost, d), min(age, e))
            changed = [place_id for place_id, found in nearer.items() if least.get(place_id) is not found]
            least = nearer
        return least

    def _figures_of(self, line: Line, terms: int) -> Figures:
        """Of its ride alone, the quantiles as of one of so many hours in all."""
        found = self._figures[terms].get(line.number)
        if found is None:
            figures = (*self._hours_of(line, terms), line.cost_vnd_per_kg, self._least_of(line))
            found = self._figures[terms][line.number] = figures
        return found


_NEVER: Figures = (math.inf, math.inf, math.inf, math.inf, math.inf)


def _sum(one: float, other: float) -> float:
    return one + other


def _departing(line: Line, ready_h: Sequence[float]) -> _Three:
    """The first departures of a line for goods ready at three instants, each no earlier than the one before."""
    dated, cutoff_h, end = line.departures_h, line.cutoff_h, len(line.departures_h)
    low, middle, high = ready_h
    first = bisect_left(dated, low + cutoff_h)
    second = bisect_left(dated, middle + cutoff_h, first)
    third = bisect_left(dated, high + cutoff_h, second)
    return (
        dated[first] if first < end else math.inf,
        dated[second] if second < end else math.inf,
        dated[third] if third < end else math.inf,
    )


def _outdone(figures: Figures, front: Sequence[Figures]) -> bool:
    """Whether one of the front is surely no worse in any figure and better in one."""
    a, b, c, d, e = figures
    for p, q, r, s, t in front:
        if p <= a and q <= b and r <= c and s <= d and t <= e:
            far = a - p > _SURELY or b - q > _SURELY or c - r > _SURELY
            if far or d - s > _SURELY or e - t > _SURELY:
                return True
    return False

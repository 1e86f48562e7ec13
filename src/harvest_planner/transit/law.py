"""The law of a chain of services: which departures its parcels take, when they arrive, how much they age on average.

All of it is exact and cheap: departures are caught with the probabilities that arrivals leave between two cut-offs, and
mean ages add up over rides and waits. What doses each parcel gains is for `travel` to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import count
from typing import NamedTuple

from harvest_planner.transit.arrivals import Arrivals
from harvest_planner.transit.lines import Ageing, Line
from harvest_planner.transit.timetable import PUNCTUAL_H, Service

MOST_STRANDED = 0.05
"""Share of parcels that may find no departure any more."""
_ROUNDED_H = 2e-9
"""What instants in hours since the epoch lose; who arrives at the cut-off is not late by it."""
_FEW = 1e-7
"""The rest takes the last departure found."""
Caught = Sequence[tuple[int, float]]
"""(number of the departure, probability of taking it), by time."""
TAIL = 1e-3
"""Share of parcels that are taken together, as the earliest of them, where a bound is enough."""


class ChainLaw:
    """A chain so far.

    Attributes
    ----------
    line : its last service.
    departures : of the last service, (number, probability of taking it), by time.
    before : the chain without its last service; None: this is its first.
    cost_vnd_per_kg : freight so far [VND/kg].
    age_d20 : mean age gained from being ready to arrival [d20].
    mean_arrive_h : mean arrival [h since the epoch].
    legs : the chains that it extends, from its first service alone to itself.
    limited : whether a lane of it has a capacity.
    """

    def __init__(
        self,
        line: Line,
        departures: Caught,
        before: ChainLaw | None,
        *,
        cost_vnd_per_kg: float,
        age_d20: float,
        mean_arrive_h: float,
    ) -> None:
        self.line, self.departures, self.before = line, departures, before
        self.cost_vnd_per_kg, self.age_d20, self.mean_arrive_h = cost_vnd_per_kg, age_d20, mean_arrive_h
        self.legs: tuple[ChainLaw, ...] = (self,) if before is None else (*before.legs, self)
        self.limited: bool = line.limited or (before is not None and before.limited)
        self.exact: ChainLaw | None = None
        """The same exactly, once it was worked out."""
        self.worked_out = False

    @property
    def departs_h(self) -> float:
        """The departure of its first service [h since the epoch]."""
        first = self.legs[0]
        return first.line.departures_h[first.departures[0][0]]

    @property
    def services(self) -> tuple[Service, ...]:
        """The chain."""
        return tuple([leg.line.service for leg in self.legs])

    @property
    def lane_ids(self) -> tuple[str, ...]:
        """Its lanes."""
        return tuple([leg.line.lane_id for leg in self.legs])

    @cached_property
    def arrivals(self) -> Arrivals:
        """When it arrives."""
        dated = self.line.departures_h
        return Arrivals(tuple((dated[number], share) for number, share in self.departures), self.line.duration)

    @cached_property
    def quantiles_h(self) -> tuple[float, float, float]:
        """The 5, 50 and 95 % quantile of arrival [h since the epoch]."""
        if len(self.departures) == 1 and self.departures[0][1] >= 1.0:
            departs_h = self.line.departures_h[self.departures[0][0]]
            p05_h, p50_h, p95_h = self.line.quantiles_h
            return departs_h + p05_h, departs_h + p50_h, departs_h + p95_h
        quantile = self.arrivals.quantile
        return quantile(0.05), quantile(0.5), quantile(0.95)


class Ends(NamedTuple):
    """A lane by its id, between places by theirs."""

    lane_id: str
    origin_id: str
    destination_id: str


class Laws:
    """Laws of chains of some lanes. What a connection catches is worked out once for each pattern of its times.

    Parameters
    ----------
    ends : the lanes.
    service : gives a lane's departures by its id; asked once for each lane that is looked at.
    ageing : mean ages on services and at places.
    """

    def __init__(self, ends: Iterable[Ends], service: Callable[[str], Service], ageing: Ageing) -> None:
        self.ageing, self._service = ageing, service
        self._leaving: dict[str, list[str]] = {}
        self._entering: dict[str, list[str]] = {}
        for lane_id, origin_id, destination_id in sorted(ends):
            self._leaving.setdefault(origin_id, []).append(lane_id)
            self._entering.setdefault(destination_id, []).append(lane_id)
        self._lines: dict[str, Line] = {}
        self._numbers = count()
        self._lines_from: dict[str, tuple[Line, ...]] = {}
        self._caught: dict[tuple[int, int, int, bool], Caught] = {}
        self._patterns: dict[tuple[int, int, tuple[float, ...]], Caught] = {}

    def leaving(self, place_id: str) -> tuple[Line, ...]:
        """The lines from a place, by their lanes' ids."""
        found = self._lines_from.get(place_id)
        if found is None:
            found = self._lines_from[place_id] = tuple(map(self._line, self._leaving.get(place_id, ())))
        return found

    def entering(self, place_id: str) -> Iterator[Line]:
        """The lines to a place."""
        return map(self._line, self._entering.get(place_id, ()))

    def _line(self, lane_id: str) -> Line:
        found = self._lines.get(lane_id)
        if found is None:
            # The first one made stays, whichever thread made it.
            made = Line(self._service(lane_id), next(self._numbers), self.ageing)
            found = self._lines.setdefault(lane_id, made)
        return found

    def begun(self, line: Line, departure: int, *, age_d20: float = 0.0) -> ChainLaw:
        """The chain of one service from a departure on, for goods that have aged so much till then."""
        age_d20 += line.ridden_d20[departure]
        arrives_h = line.departures_h[departure] + line.mean_h
        return ChainLaw(
            line,
            ((departure, 1.0),),
            None,
            cost_vnd_per_kg=line.cost_vnd_per_kg,
            age_d20=age_d20,
            mean_arrive_h=arrives_h,
        )

    def extended(self, law: ChainLaw, line: Line, *, roughly: bool = False) -> ChainLaw | None:
        """The chain with one service more; None: more than one parcel in twenty would find no departure any more.

        Parameters
        ----------
        roughly : the last thousandth of each departure's parcels are as early as the first of them. The law then is
            earlier than the true one; its mean age may be too high by less than a hundredth.
        """
        caught = self.caught
        if len(law.departures) == 1:
            found = caught(law.line, law.departures[0][0], line, roughly)
        else:
            taken: dict[int, float] = {}
            for departure, share in law.departures:
                for number, part in caught(law.line, departure, line, roughly):
                    if number in taken:
                        taken[number] += share * part
                    else:
                        taken[number] = share * part
            found = sorted(taken.items())
        whole = leaves_h = ridden_d20 = 0.0
        dated, ridden = line.departures_h, line.ridden_d20
        for number, share in found:
            whole += share
            leaves_h += share * dated[number]
            ridden_d20 += share * ridden[number]
        if whole < 1.0 - MOST_STRANDED - PUNCTUAL_H:
            return None
        leaves_h, ridden_d20 = leaves_h / whole, ridden_d20 / whole
        waited_h = max(0.0, leaves_h - law.mean_arrive_h)
        waited_d20 = waited_h * self.ageing.waiting_per_h(line.origin_id, law.mean_arrive_h)
        return ChainLaw(
            line,
            found,
            law,
            cost_vnd_per_kg=law.cost_vnd_per_kg + line.cost_vnd_per_kg,
            age_d20=law.age_d20 + waited_d20 + ridden_d20,
            mean_arrive_h=leaves_h + line.mean_h,
        )

    def exact(self, law: ChainLaw) -> ChainLaw | None:
        """The exact law of a chain that is known roughly."""
        if law.before is None:
            return law
        if not law.worked_out:
            before = self.exact(law.before)
            law.exact = None if before is None else self.extended(before, law.line)
            law.worked_out = True
        return law.exact

    def caught(self, line: Line, departure: int, following: Line, roughly: bool) -> Caught:
        """The departures of the following service that parcels of a departure take."""
        key = (line.number, following.number, departure, roughly)
        found = self._caught.get(key)
        if found is None:
            found = self._connect(line, departure, following)
            found = self._caught[key] = _together(found) if roughly else found
        return found

    def _connect(self, line: Line, departure: int, following: Line) -> Caught:
        departs_h = line.departures_h[departure]
        least_h, most_h = line.span_h
        first = following.service.first_index(departs_h + least_h)
        until_h = departs_h + most_h + following.cutoff_h
        offsets: list[float] = []
        for later_h in following.departures_h[first:]:
            offsets.append(round(later_h - departs_h, 9))
            if later_h >= until_h:
                break
        key = (line.number, following.number, tuple(offsets))
        pattern = self._patterns.get(key)
        if pattern is None:
            pattern = self._patterns[key] = _taken(line, following, offsets)
        return [(first + number, share) for number, share in pattern]


def _together(caught: Caught) -> Caught:
    """The last thousandth taken as the first of them."""
    reached = 0.0
    for index, (_, share) in enumerate(caught):
        reached += share
        if reached >= 1.0 - TAIL and index + 1 < len(caught) - 1:
            rest = math.fsum(part for _, part in caught[index + 1 :])
            return [*caught[: index + 1], (caught[index + 1][0], rest)]
    return caught


def _taken(line: Line, following: Line, offsets: Sequence[float]) -> Caught:
    """What parcels take of departures so long after their own."""
    found: list[tuple[int, float]] = []
    reached = by = 0.0
    for number, offset_h in enumerate(offsets):
        by = line.duration.probability_by(offset_h - following.service.lane.cutoff_h + _ROUNDED_H)
        if by - reached > _FEW:
            found.append((number, by - reached))
            reached = by
        if by >= 1.0 - _FEW:
            break
    if found and by >= 1.0 - 10 * _FEW:
        found[-1] = (found[-1][0], found[-1][1] + 1.0 - reached)
    return found

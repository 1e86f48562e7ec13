"""Lanes as services with dated departures, for one kind of goods."""

from __future__ import annotations

import datetime as dt
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from harvest_planner.catalogue import fold
from harvest_planner.schema.clock import occurrences, zone
from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.duration import Duration, duration_of
from harvest_planner.transit.instants import hours_of, instant_of
from harvest_planner.transit.pulp import Packaging, packaging_of

AROUND = dt.timedelta(days=30)
"""Departures are dated so far before as_of, for what is on its way, and beyond the horizon, for missed connections."""
Air = tuple[tuple[float, float], ...]
"""Temperatures that a ride may have: (probability, °C)."""
PUNCTUAL_H = 1e-6
"""Two instants this close are the same [h]; less than 4 ms, more than floats lose."""


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """A lane between two places with its departures, dated and sorted [h since the epoch]."""

    lane: Lane
    origin_id: str
    destination_id: str
    departures_h: array[float]
    duration: Duration

    @property
    def packaging(self) -> Packaging | None:
        """What goods travel in; None: nothing that keeps the air's temperature from the pulp."""
        return None if self.lane.packaging is None else packaging_of(self.lane.packaging)

    def first_index(self, ready_h: float) -> int:
        """Index of the first departure whose cut-off goods make that are ready at `ready_h`."""
        return bisect_left(self.departures_h, ready_h + self.lane.cutoff_h - PUNCTUAL_H)

    def first_departure(self, ready_h: float) -> float | None:
        """The first departure whose cut-off goods make that are ready at `ready_h`; None: there is none."""
        index = self.first_index(ready_h)
        return self.departures_h[index] if index < len(self.departures_h) else None

    def departures_from(self, ready_h: float, *, within_h: float) -> list[float]:
        """That first departure and all others within so many hours after it."""
        start = self.first_index(ready_h)
        if start == len(self.departures_h):
            return []
        end = bisect_left(self.departures_h, self.departures_h[start] + within_h + PUNCTUAL_H)
        return list(self.departures_h[start:end])

    def cutoffs_between(self, low_h: float, high_h: float) -> list[float]:
        """The last instants, between two, at which goods still make a departure [h since the epoch]."""
        cutoff = self.lane.cutoff_h
        start = bisect_left(self.departures_h, low_h + cutoff)
        end = bisect_left(self.departures_h, high_h + cutoff)
        return [departs_h - cutoff for departs_h in self.departures_h[start:end]]


def air_on_board(service: Service, departs_h: float, ambient: Ambient) -> Air:
    """The temperatures a ride may have, three-valued where it is uncertain."""
    lane = service.lane
    degc = lane.temperature_degc
    if degc is None:
        ends = (service.origin_id, service.destination_id)
        degc = math.fsum(ambient.degc(place_id, departs_h) for place_id in ends) / 2.0
    if not lane.temperature_sd_degc:
        return ((1.0, degc),)
    off = math.sqrt(3.0) * lane.temperature_sd_degc
    return ((1.0 / 6.0, degc - off), (2.0 / 3.0, degc), (1.0 / 6.0, degc + off))


class Timetable:
    """All departures around a planning horizon; each rule is expanded once, when first asked for.

    Parameters
    ----------
    as_of : the moment of planning.
    horizon_days : days on which picks are planned [d].
    embargoes : what carriers refuse.

    Attributes
    ----------
    span : the instants between which departures are dated.
    """

    def __init__(self, *, as_of: dt.datetime, horizon_days: float, embargoes: Iterable[Embargo]) -> None:
        self._as_of, self._as_of_h = as_of, hours_of(as_of)
        self.span = (as_of - AROUND, as_of + dt.timedelta(days=horizon_days) + AROUND)
        self._dated: dict[tuple[str, str], array[float]] = {}
        self._refused: dict[tuple[str, str], list[Embargo]] = {}
        for embargo in embargoes:
            self._refused.setdefault((fold(embargo.carrier), fold(embargo.goods)), []).append(embargo)

    def service(self, lane: Lane, *, origin_id: str, destination_id: str, timezone: str, goods: str | None) -> Service:
        """The lane with the departures on which it does not rest and its carrier takes such goods."""
        departures = self._departures(lane.departures, timezone)
        rests = lane.rest_dates()
        refused: list[Embargo] = []
        if lane.carrier and goods:
            refused = self._refused.get((fold(lane.carrier), fold(goods)), [])
        if rests or refused:
            local = zone(timezone)
            days = ((departs_h, instant_of(departs_h, local).date()) for departs_h in departures)
            departures = array(
                "d",
                (
                    departs_h
                    for departs_h, day in days
                    # What has left has left, whatever days of rest were told since.
                    if (departs_h < self._as_of_h or day not in rests)
                    and not any(ban.from_on <= day <= ban.until_on for ban in refused)
                ),
            )
        return Service(lane, origin_id, destination_id, departures, duration_of(lane))

    def _departures(self, rule: str, timezone: str) -> array[float]:
        key = (rule, timezone)
        if key not in self._dated:
            found = occurrences(
                rule,
                timezone=timezone,
                default_start=self._as_of,
                from_at=self.span[0],
                until_at=self.span[1],
            )
            self._dated[key] = array("d", sorted({hours_of(moment) for moment in found}))
        return self._dated[key]


def takes(lane: Lane, goods: str | None) -> bool:
    """Whether the lane takes such goods; names are compared folded."""
    return not lane.goods or (goods is not None and fold(goods) in {fold(kind) for kind in lane.goods})

"""When lanes leave: timetables and embargoes of one problem, and instants as hours."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from functools import cached_property

from harvest_planner import catalogue
from harvest_planner.planning.referee.duration import TIE_H
from harvest_planner.schema.clock import occurrences, zone
from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.schema.people import Place
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.estimate import embargoes_of, lanes_of

WEEK_H = 168.0
WEEKS_AHEAD = 60


def hours(instant: dt.datetime) -> float:
    """Hours since 1970 began in UTC [h]."""
    return instant.timestamp() / 3600.0


def moment(at_h: float, timezone: str) -> dt.datetime:
    """The instant of some hours since 1970, in a time zone."""
    return dt.datetime.fromtimestamp(at_h * 3600.0, tz=zone(timezone))


class Timetable:
    """Every lane with its departures, week by week as they are asked for."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem = problem
        self._weeks: dict[tuple[str, str | None, int], list[float]] = {}

    @cached_property
    def lanes(self) -> dict[str, Lane]:
        """Every lane, by id."""
        return {lane.id: lane for lane in lanes_of(self.problem)}

    @cached_property
    def embargoes(self) -> tuple[Embargo, ...]:
        """Every embargo."""
        return tuple(embargoes_of(self.problem))

    def place(self, place_id: str) -> Place:
        """The place meant by an id or name."""
        return self.problem.place(place_id)

    def embargoed(self, lane: Lane, goods: str | None, departs_h: float) -> bool:
        """Whether the lane's carrier refuses these goods on the departure's local day."""
        if lane.carrier is None or goods is None or not self.embargoes:
            return False
        day = moment(departs_h, self.place(lane.origin_id).timezone).date()
        carrier, kind = catalogue.fold(lane.carrier), catalogue.fold(goods)
        return any(
            catalogue.fold(embargo.carrier) == carrier
            and catalogue.fold(embargo.goods) == kind
            and embargo.from_on <= day <= embargo.until_on
            for embargo in self.embargoes
        )

    def rests(self, lane: Lane, departs_h: float) -> bool:
        """Whether the lane rests on the departure's local day: one of its dates, or a day of one of its holidays."""
        if not lane.rests_on:
            return False
        day = moment(departs_h, self.place(lane.origin_id).timezone).date()
        known = catalogue.holidays()
        return day.isoformat() in lane.rests_on or any(
            first <= day <= last for name in lane.rests_on for first, last in known.get(name, ())
        )

    def takes(self, lane: Lane, goods: str | None) -> bool:
        """Whether a lane takes these goods at all."""
        if not lane.goods:
            return True
        return goods is not None and catalogue.fold(goods) in {catalogue.fold(kind) for kind in lane.goods}

    def departures(self, lane: Lane, goods: str | None, from_h: float, count: int) -> list[float]:
        """The next departures from an instant on that exist for these goods [h]."""
        week = math.floor((from_h - TIE_H) / WEEK_H)
        found: list[float] = []
        for index in range(week, week + WEEKS_AHEAD):
            listed = self._week(lane, goods, index)
            found.extend(listed[bisect_left(listed, from_h - TIE_H) :])
            if len(found) >= count:
                break
        return found[:count]

    def _week(self, lane: Lane, goods: str | None, index: int) -> list[float]:
        key = (lane.id, goods, index)
        if key not in self._weeks:
            listed = occurrences(
                lane.departures,
                timezone=self.place(lane.origin_id).timezone,
                default_start=self.problem.as_of,
                from_at=moment(index * WEEK_H, "UTC"),
                until_at=moment((index + 1) * WEEK_H, "UTC"),
            )
            instants = sorted({hours(instant) for instant in listed} - {(index + 1) * WEEK_H})
            # A day of rest told later undoes no departure that was before.
            as_of_h = hours(self.problem.as_of)
            self._weeks[key] = [
                at_h
                for at_h in instants
                if (at_h < as_of_h or not self.rests(lane, at_h)) and not self.embargoed(lane, goods, at_h)
            ]
        return self._weeks[key]

    def departs_at(self, lane: Lane, departs_h: float) -> bool:
        """Whether that instant stands in the lane's timetable, embargo or not."""
        found = self.departures(lane, None, departs_h, 1)
        return bool(found) and abs(found[0] - departs_h) < 1e-6

"""`verdict.judge` by arrays: what pools of fruit can promise on every journey, for many wishes at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.fates import Deliveries, Fate, in_time_by, may_reach
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.verdict import resting_rates
from harvest_planner.planning.ways import Ways, WaysLaidOut
from harvest_planner.planning.wish import Wish
from harvest_planner.transit.travel import Journey

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SLACK = 1e-12
_DIGITS_H = 9
"""Decimals to which hours are told apart."""


class Promised(NamedTuple):
    """Rows of ways that can promise a wish something, with what they promise."""

    row: Ints
    """Of the ways."""
    good_share: Floats
    on_time_share: Floats
    safety_risk: Floats
    fate: Ints
    """Of each row, the fate behind it, in `fates`."""
    case: Ints
    """Its number among the fate's cases."""
    late: Ints
    """Its number among the fate's deadlines."""
    fates: tuple[Fate, ...]

    def only(self, rows: Bools | Ints | slice) -> Promised:
        """Some of the rows."""
        row, good, on_time, risk, fate, case, late, fates = self
        return Promised(row[rows], good[rows], on_time[rows], risk[rows], fate[rows], case[rows], late[rows], fates)

    def parcel_shares(self, wish: Wish) -> Floats:
        """Probability that the parcel passes, of each row."""
        found = np.zeros(len(self.row))
        for number in np.unique(self.fate).tolist():
            mine = np.flatnonzero(self.fate == number)
            found[mine] = self.fates[number].parcel_shares(self.case[mine], self.late[mine], wish)
        return found


class _Asked(NamedTuple):
    """Wishes for one crop at one destination by arrays."""

    shapes: Sequence[Wish]
    from_h: Floats
    """−inf: as soon as it comes."""
    until_h: Floats
    window: Ints
    windows: Floats
    """The bounds on the age at delivery that occur [d20], shape (windows, 2)."""

    @classmethod
    def of(cls, shapes: Sequence[Wish]) -> _Asked:
        """The wishes as they are given."""
        windows: dict[tuple[float, float], int] = {}
        which = [windows.setdefault((shape.lower_d20, shape.upper_d20), len(windows)) for shape in shapes]
        since = [-np.inf if shape.deliver_from_h is None else shape.deliver_from_h for shape in shapes]
        until = [shape.deliver_until_h for shape in shapes]
        return cls(shapes, np.array(since), np.array(until), np.array(which), np.array(list(windows)))


class Shares:
    """What pools can promise, each crop and destination laid out once.

    Attributes
    ----------
    journeys : all journeys met so far; ways number them by their own lists, `number` by this one.
    """

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.journeys: list[Journey] = []
        self._number: dict[int, int] = {}
        self._ways = WaysLaidOut(meeting)

    def number(self, journey: Journey) -> int:
        """The journey's number among all."""
        found = self._number.get(id(journey))
        if found is None:
            found = self._number[id(journey)] = len(self.journeys)
            self.journeys.append(journey)
        return found

    def ways(self, crop_id: str, destination_id: str) -> Ways:
        """Every pool of the crop with every journey to the destination."""
        return self._ways.between(crop_id, destination_id)

    def promised(self, shapes: Sequence[Wish], *, floor: float | None) -> Iterator[tuple[Wish, Promised]]:
        """The rows that can promise each wish something; see `promised_together`."""
        shape, found = self.promised_together(shapes, floor=floor)
        ends = np.searchsorted(shape, np.arange(len(shapes) + 1))
        for number, each in enumerate(shapes):
            yield each, found.only(slice(ends[number], ends[number + 1]))

    def promised_together(self, shapes: Sequence[Wish], *, floor: float | None) -> tuple[Ints, Promised]:
        """The rows that can promise something, for each the number of the wish, sorted by wish and row.

        Parameters
        ----------
        shapes : wishes for one crop at one destination, whatever the size of their parcels.
        floor : rows that promise a smaller good share are left out; None: only those that surely come too late.
        """
        ways = self.ways(shapes[0].crop_id, shapes[0].destination_id)
        asked = _Asked.of(shapes)
        return _joined([part for rows in ways.profiles if (part := self._judged(ways, rows, asked, floor))])

    def _judged(self, ways: Ways, rows: Ints, asked: _Asked, floor: float | None) -> _Part | None:
        """What rows of one profile promise the wishes."""
        least = 0.0 if floor is None else floor - SLACK
        journey = ways.journeys[ways.journey[rows[0]]]
        parts = self.meeting.parts(journey)
        earliest_h = min(part.arrive_h for part in parts.outcomes)
        departs, departure = np.unique(ways.departs_h[rows], return_inverse=True)
        until = np.round(asked.until_h[:, None] - departs, _DIGITS_H)
        since = np.round(asked.from_h[:, None] - departs, _DIGITS_H)
        since[~(since > earliest_h)] = -np.inf
        lates, late = np.unique(until, return_inverse=True)
        late = late.reshape(until.shape)
        by = in_time_by(parts, journey, lates)
        on_time = np.minimum(by.sum(axis=1), 1.0)
        soon = ((on_time > 0.0) & (on_time >= least))[late]
        shape, own = np.nonzero(soon[:, departure])
        if not len(own):
            return None
        waits = np.unique(since[soon])
        by_then = late[shape, departure[own]]
        deliveries = self._deliveries(journey, asked.shapes[0], waits)
        _, first, start = np.unique(ways.start[rows], return_index=True, return_inverse=True)
        starts = ways.starts[rows[first]]
        wait = np.searchsorted(waits, since)[shape, departure[own]]
        lower, upper = asked.windows.T
        # Of each wait, window and start: which rows ask for it, and which of those are worth working out.
        number = (wait * len(lower) + asked.window[shape]) * len(starts) + start[own]
        if floor is not None:
            near = may_reach(deliveries, lower, upper, starts, floor).ravel()[number]
            shape, own, by_then, number = shape[near], own[near], by_then[near], number[near]
        if not len(own):
            return None
        needed, which = np.unique(number, return_inverse=True)
        wait_of, window, start_of = np.unravel_index(needed, (len(waits), len(lower), len(starts)))
        cases, case = np.unique(wait_of * len(starts) + start_of, return_inverse=True)
        fate = Fate(deliveries, starts, *np.divmod(cases, len(starts)), by)
        good = fate.good_shares(case, lower[window], upper[window])[which, by_then]
        kept = good >= least
        own, shape, by_then, case = own[kept], shape[kept], by_then[kept], case[which[kept]]
        if not len(own):
            return None
        return _Part(fate, shape, rows[own], good[kept], on_time[by_then], fate.risk[case], case, by_then)

    def _deliveries(self, journey: Journey, shape: Wish, waits_h: Floats) -> Deliveries:
        """What becomes of goods that wait until so many hours after their departure; −inf: as soon as they come."""
        parts, ambient = self.meeting.parts(journey), self.meeting.ambient
        curve = curve_of(self.meeting.problem.crop(shape.crop_id))
        resting = resting_rates(parts, journey, shape.destination_id, curve, ambient)
        if resting is not None:
            return Deliveries.steady(parts, waits_h, resting)
        times = [journey.first_departure_h + hours if np.isfinite(hours) else None for hours in waits_h.tolist()]
        return Deliveries.stacked(
            [self.meeting.delivery(journey, replace(shape, deliver_from_h=from_h)) for from_h in times]
        )


class _Part(NamedTuple):
    """Rows of one fate that promise enough."""

    fate: Fate
    shape: Ints
    row: Ints
    good_share: Floats
    on_time_share: Floats
    safety_risk: Floats
    case: Ints
    late: Ints


def _joined(parts: Sequence[_Part]) -> tuple[Ints, Promised]:
    fates = tuple(part.fate for part in parts)
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return none, Promised(none, np.empty(0), np.empty(0), np.empty(0), none, none, none, ())
    shape, row, good, on_time, risk, case, late = map(np.concatenate, zip(*(part[1:] for part in parts), strict=True))
    fate = np.repeat(np.arange(len(parts)), [len(part.row) for part in parts])
    rank = np.lexsort((row, shape))
    return shape[rank], Promised(row, good, on_time, risk, fate, case, late, fates).only(rank)

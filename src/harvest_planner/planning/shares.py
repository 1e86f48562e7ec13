"""`verdict.judge` by arrays: what pools of fruit can promise on every journey, for many wishes at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.fates import Deliveries, Fate, in_time_by, may_reach
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.verdict import resting_degc
from harvest_planner.planning.ways import Ways, WaysLaidOut
from harvest_planner.planning.wish import Wish
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.travel import Journey

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SLACK = 1e-12
_DIGITS_H = 9
"""Decimals to which hours are told apart."""


class Promised(NamedTuple):
    """Rows of ways that can promise a wish something, with what they promise."""

    pool: Ints
    """The pool of the wish's crop that brings it."""
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
        pool, row, good, on_time, risk, fate, case, late, fates = self
        shares = good[rows], on_time[rows], risk[rows]
        return Promised(pool[rows], row[rows], *shares, fate[rows], case[rows], late[rows], fates)

    def parcel_shares(self, wish: Wish) -> Floats:
        """Probability that the parcel passes, of each row."""
        return self.parcels(np.zeros(len(self.row), dtype=np.int64), (wish,))

    def parcels(self, of: Ints, wishes: Sequence[Wish]) -> Floats:
        """Probability that the parcel passes, of each row, as one of the wishes sizes it.

        Parameters
        ----------
        of : of each row, its wish's place in `wishes`.
        """
        sizes: dict[tuple[float, float, int, int], int] = {}
        firsts: list[Wish] = []
        size = np.empty(len(wishes), dtype=np.int64)
        for number, wish in enumerate(wishes):
            size[number] = known = sizes.setdefault(_size_of(wish), len(sizes))
            if known == len(firsts):
                firsts.append(wish)
        size = size[of]
        found = np.zeros(len(self.row))
        rank = np.argsort(self.fate, kind="stable")
        ends = np.searchsorted(self.fate[rank], np.arange(len(self.fates) + 1))
        for number in np.flatnonzero(np.diff(ends)).tolist():
            mine = rank[ends[number] : ends[number + 1]]
            found[mine] = self.fates[number].parcel_shares(self.case[mine], self.late[mine], size[mine], firsts)
        return found


class _Asked(NamedTuple):
    """Wishes for crops of one kind at one destination by arrays."""

    shapes: Sequence[Wish]
    crop: Ints
    """Of each its crop, in `crop_ids`."""
    crop_ids: Sequence[str]
    from_h: Floats
    """−inf: as soon as it comes."""
    until_h: Floats
    window: Ints
    windows: Floats
    """The bounds on the age at delivery that occur [d20], shape (windows, 2)."""

    @classmethod
    def of(cls, shapes: Sequence[Wish]) -> _Asked:
        """The wishes as they are given."""
        crops: dict[str, int] = {}
        crop = [crops.setdefault(shape.crop_id, len(crops)) for shape in shapes]
        windows: dict[tuple[float, float], int] = {}
        which = [windows.setdefault((shape.lower_d20, shape.upper_d20), len(windows)) for shape in shapes]
        since = [-np.inf if shape.deliver_from_h is None else shape.deliver_from_h for shape in shapes]
        until = [shape.deliver_until_h for shape in shapes]
        return cls(
            shapes,
            np.array(crop),
            tuple(crops),
            np.array(since),
            np.array(until),
            np.array(which),
            np.array(list(windows)),
        )


class _Held(NamedTuple):
    """Ways of one profile: rows that pools of the crops asked for can take, by crop."""

    crop: Ints
    pool: Ints
    row: Ints


class Shares:
    """What pools can promise, each kind and destination laid out once.

    Attributes
    ----------
    journeys : all journeys met so far; ways number them by their own lists, `number` by this one.
    """

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.journeys: list[Journey] = []
        self._number: dict[int, int] = {}
        self._ways = WaysLaidOut(meeting)
        self._rates: dict[int, Rates] = {}

    def number(self, journey: Journey) -> int:
        """The journey's number among all."""
        found = self._number.get(id(journey))
        if found is None:
            found = self._number[id(journey)] = len(self.journeys)
            self.journeys.append(journey)
        return found

    def ways(self, crop_id: str, destination_id: str) -> Ways:
        """Every cohort of the crop's kind with every journey to the destination."""
        return self._ways.between(crop_id, destination_id)

    def promised(self, shapes: Sequence[Wish], *, floor: float | None) -> Iterator[tuple[Wish, Promised]]:
        """The rows that can promise each wish something; see `promised_together`."""
        shape, found = self.promised_together(shapes, floor=floor)
        ends = np.searchsorted(shape, np.arange(len(shapes) + 1)).tolist()
        for number, each in enumerate(shapes):
            yield each, found.only(slice(ends[number], ends[number + 1]))

    def promised_together(self, shapes: Sequence[Wish], *, floor: float | None) -> tuple[Ints, Promised]:
        """The rows that can promise something, for each the number of the wish, sorted by wish, pool and row.

        Parameters
        ----------
        shapes : wishes for crops of one kind at one destination, whatever the size of their parcels.
        floor : rows that promise a smaller good share are left out; None: only those that surely come too late.
        """
        ways = self.ways(shapes[0].crop_id, shapes[0].destination_id)
        asked = _Asked.of(shapes)
        crop, pool, row = self._ways.pools(asked.crop_ids, ways)
        profile = ways.profile[row]
        rank = np.argsort(profile, kind="stable")
        ends = np.searchsorted(profile[rank], np.arange(int(profile.max(initial=-1)) + 2)).tolist()
        parts = []
        for start, end in pairwise(ends):
            if start == end:
                continue
            mine = rank[start:end]
            part = self._judged(ways, _Held(crop[mine], pool[mine], row[mine]), asked, floor)
            if part is not None:
                parts.append(part)
        return _joined(parts)

    def _judged(self, ways: Ways, held: _Held, asked: _Asked, floor: float | None) -> _Part | None:
        """What ways of one profile promise the wishes."""
        least = 0.0 if floor is None else floor - SLACK
        rows, own = np.unique(held.row, return_inverse=True)
        shapes = np.flatnonzero(np.isin(asked.crop, held.crop))
        journey = ways.journeys[ways.journey[rows[0]]]
        parts = self.meeting.part_arrays(journey)
        earliest_h = float(parts.arrive_h.min())
        departs, departure = np.unique(ways.departs_h[rows], return_inverse=True)
        until = np.round(asked.until_h[shapes, None] - departs, _DIGITS_H)
        since = np.round(asked.from_h[shapes, None] - departs, _DIGITS_H)
        since[~(since > earliest_h)] = -np.inf
        lates, late = np.unique(until, return_inverse=True)
        late = late.reshape(until.shape)
        by = in_time_by(parts, journey, lates)
        on_time = np.minimum(by.sum(axis=1), 1.0)
        soon = ((on_time > 0.0) & (on_time >= least))[late]
        shape, at = _in_time(soon, asked.crop[shapes], held.crop, departure[own])
        if not len(at):
            return None
        own, pool = own[at], held.pool[at]
        waits = np.unique(since[soon])
        by_then = late[shape, departure[own]]
        deliveries = self._deliveries(journey, asked.shapes[0], waits)
        _, first, start = np.unique(ways.start[rows], return_index=True, return_inverse=True)
        starts = ways.starts[rows[first]]
        wait = np.searchsorted(waits, since)[shape, departure[own]]
        lower, upper = asked.windows.T
        shape = shapes[shape]
        # Of each wait, window and start: which rows ask for it, and which of those are worth working out.
        number = (wait * len(lower) + asked.window[shape]) * len(starts) + start[own]
        if floor is not None:
            near = may_reach(deliveries, lower, upper, starts, floor).ravel()[number]
            shape, own, pool, by_then, number = shape[near], own[near], pool[near], by_then[near], number[near]
        if not len(own):
            return None
        needed, which = np.unique(number, return_inverse=True)
        wait_of, window, start_of = np.unravel_index(needed, (len(waits), len(lower), len(starts)))
        cases, case = np.unique(wait_of * len(starts) + start_of, return_inverse=True)
        fate = Fate(deliveries, starts, *np.divmod(cases, len(starts)), by)
        good = fate.good_shares(case, lower[window], upper[window])[which, by_then]
        kept = good >= least
        own, shape, pool, by_then, case = own[kept], shape[kept], pool[kept], by_then[kept], case[which[kept]]
        if not len(own):
            return None
        return _Part(fate, shape, pool, rows[own], good[kept], on_time[by_then], fate.risk[case], case, by_then)

    def _deliveries(self, journey: Journey, shape: Wish, waits_h: Floats) -> Deliveries:
        """What becomes of goods that wait until so many hours after their departure; −inf: as soon as they come."""
        parts = self.meeting.part_arrays(journey)
        first_h, last_h = parts.arrived_h
        degc = resting_degc(journey, shape.destination_id, self.meeting.ambient, first_h=first_h, last_h=last_h)
        if degc is not None:
            curve = curve_of(self.meeting.problem.crop(shape.crop_id))
            rates = self._rates.setdefault(id(curve), Rates(curve.clocks, curve.kinks_degc))
            return Deliveries.steady(parts, waits_h, rates.per_hour(degc))
        times = [journey.first_departure_h + hours if np.isfinite(hours) else None for hours in waits_h.tolist()]
        return Deliveries.stacked(
            [self.meeting.delivery(journey, replace(shape, deliver_from_h=from_h)) for from_h in times]
        )


class _Part(NamedTuple):
    """Rows of one fate that promise enough."""

    fate: Fate
    shape: Ints
    pool: Ints
    row: Ints
    good_share: Floats
    on_time_share: Floats
    safety_risk: Floats
    case: Ints
    late: Ints


def _size_of(wish: Wish) -> tuple[float, float, int, int]:
    """What of a wish makes a parcel pass."""
    return wish.lower_d20, wish.upper_d20, wish.fruit, wish.needed


def _in_time(soon: Bools, crop: Ints, held_crop: Ints, departure: Ints) -> tuple[Ints, Ints]:
    """Every wish with every way of its crop that leaves soon enough for it: both by their places.

    Parameters
    ----------
    soon : which departures do, shape (wishes, departures).
    crop, held_crop : of the wishes and of the ways.
    departure : of the ways.
    """
    departures = soon.shape[1]
    shape, leaves = np.nonzero(soon)
    key = crop[shape] * departures + leaves
    rank = np.argsort(key, kind="stable")
    first = np.searchsorted(key[rank], np.arange(int(max(crop.max(), held_crop.max()) + 1) * departures + 1))
    at, way = runs(first, held_crop * departures + departure)
    return shape[rank[at]], way


def _joined(parts: Sequence[_Part]) -> tuple[Ints, Promised]:
    fates = tuple(part.fate for part in parts)
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return none, Promised(none, none, np.empty(0), np.empty(0), np.empty(0), none, none, none, ())
    shape, *columns = map(np.concatenate, zip(*(part[1:] for part in parts), strict=True))
    pool, row, good, on_time, risk, case, late = columns
    fate = np.repeat(np.arange(len(parts)), [len(part.row) for part in parts])
    rank = np.lexsort((row, pool, shape))
    return shape[rank], Promised(pool, row, good, on_time, risk, fate, case, late, fates).only(rank)

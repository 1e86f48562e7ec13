"""`verdict.judge` by arrays: what pools of fruit can promise on every journey, for many wishes at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.fates import Deliveries, Fate
from harvest_planner.planning.judging import Asked, Held, judged
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Kind
from harvest_planner.planning.verdict import resting_degc
from harvest_planner.planning.ways import Ways, WaysLaidOut
from harvest_planner.planning.wish import Wish
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.travel import Journey

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Promised(NamedTuple):
    """Rows of ways that can promise a wish something, with what they promise."""

    pool: Ints
    """The pool of the wish's crop that brings it."""
    row: Ints
    """Of the ways."""
    good_share: Floats
    on_time_share: Floats
    safety_risk: Floats
    case: Ints
    """Of each row its number among the fate's cases."""
    late: Ints
    """Its number among the fate's deadlines."""
    fate: Fate | None
    """What is behind them; None where there are none."""

    def only(self, rows: Bools | Ints | slice) -> Promised:
        """Some of the rows."""
        pool, row, good, on_time, risk, case, late, fate = self
        return Promised(pool[rows], row[rows], good[rows], on_time[rows], risk[rows], case[rows], late[rows], fate)

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
        return np.empty(0) if self.fate is None else self.fate.parcel_shares(self.case, self.late, size, firsts)


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

        Rows are those of the ways of the wish's crop and destination.

        Parameters
        ----------
        shapes : wishes whatever the size of their parcels; those for crops of one kind at one destination follow each
            other.
        floor : rows that promise a smaller good share are left out; None: only those that surely come too late.
        """
        groups = [list(each) for _, each in groupby(shapes, key=self._meets)]
        ways = [self.ways(each[0].crop_id, each[0].destination_id) for each in groups]
        begins = np.cumsum([0, *map(len, ways)], dtype=np.int64)
        crop, held, crops = [], [], 0
        for each, begin, own in zip(groups, begins[:-1].tolist(), ways, strict=True):
            known: dict[str, int] = {}
            crop += [crops + known.setdefault(shape.crop_id, len(known)) for shape in each]
            of_crop, pool, row = self._ways.pools(tuple(known), own)
            held.append((crops + of_crop, pool, begin + row))
            crops += len(known)
        found = judged(
            Ways.joined(ways),
            Held(*(np.concatenate(column) for column in zip(*held, strict=True))),
            Asked.of(shapes, np.array(crop)),
            floor,
            parts_of=self.meeting.part_arrays,
            delivered=lambda journey, number, waits_h: self._deliveries(journey, shapes[number], waits_h),
        )
        shape, pool, row, good, on_time, risk, case, late, fate = found
        begin = np.repeat(begins[:-1], [len(each) for each in groups])
        return shape, Promised(pool, row - begin[shape], good, on_time, risk, case, late, fate)

    def _meets(self, shape: Wish) -> tuple[Kind, str]:
        return self.meeting.kind(shape.crop_id), shape.destination_id

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


def _size_of(wish: Wish) -> tuple[float, float, int, int]:
    """What of a wish makes a parcel pass."""
    return wish.lower_d20, wish.upper_d20, wish.fruit, wish.needed

"""The same candidates by arrays: columns of numbers for the allocation, equal to the plain path (see its tests)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.candidates import certified, graded, sized
from harvest_planner.planning.fairness import NO_PART, FairPart, Owner
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.judging import SLACK
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.patience import JUDGING_AT_MOST, Patience
from harvest_planner.planning.pools import Kind
from harvest_planner.planning.progress import JUDGED, OnProgress, Progress, in_silence
from harvest_planner.planning.shares import Bools, Floats, Ints, Promised, Shares
from harvest_planner.planning.timing import priced, timing_vnd_per_kg
from harvest_planner.planning.verdict import Start
from harvest_planner.planning.ways import Ways
from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.transit.travel import Journey


@dataclass(frozen=True, slots=True)
class Columns:
    """All candidates worth anything, one row each, sorted by order.

    `journeys[journey[i]]` is the journey of row i; `trip[i]` indexes the meeting's trips.
    """

    order: Ints
    trip: Ints
    journey: Ints
    good_share: Floats
    parcel_good_share: Floats
    """1 where the size of parcels does not matter to the plan."""
    value_vnd: Floats
    """Worth of the whole order this way [VND]."""
    journeys: tuple[Journey, ...]
    unjudged: tuple[int, ...] = ()
    """Orders for which there was no time."""

    def __len__(self) -> int:
        return len(self.order)


class _Rows(NamedTuple):
    """What orders may choose; `cost` is what a kilogram costs [VND/kg]."""

    order: Ints
    trip: Ints
    journey: Ints
    good: Floats
    parcel: Floats
    cost: Floats

    def where(self, keep: Bools) -> _Rows:
        order, trip, journey, good, parcel, cost = self
        return _Rows(order[keep], trip[keep], journey[keep], good[keep], parcel[keep], cost[keep])


class _Asked(NamedTuple):
    """What orders ask for and bring, by arrays."""

    kg: Floats
    price: Floats
    loss: Floats

    @classmethod
    def of(cls, buyers: Sequence[BuyerOrder]) -> _Asked:
        """The buyers' orders."""
        orders = [buyer.order for buyer in buyers]
        return cls(
            np.array([order.quantity_kg for order in orders], dtype=float),
            np.array([order.price_vnd_per_kg for order in orders], dtype=float),
            np.array([order.loss_vnd_per_kg for order in orders], dtype=float),
        )

    def worth_it(self, rows: _Rows, fair_vnd: Floats, review_vnd: float) -> tuple[_Rows, Floats]:
        """The rows that are worth something, and what they are worth for the whole order [VND]."""
        kg, price, loss = self.kg[rows.order], self.price[rows.order], self.loss[rows.order]
        per_kg = price * rows.good - loss * (1.0 - rows.good) - rows.cost
        value = kg * per_kg - review_vnd * (1.0 - rows.parcel)
        keep = value + kg * fair_vnd[rows.trip] > 0
        return rows.where(keep), value[keep]


class ArrayJudge:
    """Judges the candidates of a meeting by arrays."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.shares = Shares(meeting)
        self._trips: dict[tuple[int, str | None, tuple[str, ...], bool], Ints] = {}

    def columns(
        self,
        buyers: Sequence[BuyerOrder],
        *,
        fair: Mapping[Owner, FairPart] | None = None,
        tell: OnProgress = in_silence,
        patience: Patience | None = None,
    ) -> Columns:
        """Every candidate that the rules allow and that is worth something, as far as patience goes.

        Parameters
        ----------
        fair : fair parts of growers; where they have a price a candidate may be worth something by that alone.
        """
        fair_vnd = self._fair_vnd(fair or {})
        together: dict[tuple[Kind, str], dict[Wish, list[int]]] = {}
        for index, buyer in enumerate(buyers):
            wish = buyer.wish
            key = (self.meeting.kind(wish.crop_id), wish.destination_id)
            together.setdefault(key, {}).setdefault(wish, []).append(index)
        asked = _Asked.of(buyers)
        parts: list[tuple[_Rows, Floats]] = []
        unjudged: list[int] = []
        for count, wishes in enumerate(together.values()):
            if patience is not None and patience.over_after(JUDGING_AT_MOST):
                unjudged += [number for mine in wishes.values() for number in mine]
                continue
            tell(Progress("judging", JUDGED * count / len(together)))
            parts.append(asked.worth_it(self._unfolded(wishes), fair_vnd, self.meeting.problem.policy.review_cost_vnd))
        return replace(_joined(parts, tuple(self.shares.journeys)), unjudged=tuple(sorted(unjudged)))

    def allowed(self, shapes: Sequence[Wish]) -> Iterator[tuple[Wish, Promised]]:
        """Rows of ways that the policy allows, for wishes for crops of one kind at one destination."""
        shape, promised = self.allowed_together(shapes)
        ends = np.searchsorted(shape, np.arange(len(shapes) + 1))
        for number, each in enumerate(shapes):
            yield each, promised.only(slice(ends[number], ends[number + 1]))

    def allowed_together(self, shapes: Sequence[Wish]) -> tuple[Ints, Promised]:
        """The same for all of the wishes, for each row the number of its wish, sorted by wish and row."""
        policy = self.meeting.problem.policy
        shape, promised = self.shares.promised_together(shapes, floor=policy.min_good_share)
        safe = promised.safety_risk <= policy.max_safety_risk + SLACK
        return shape[safe], promised.only(safe)

    def _unfolded(self, wishes: Mapping[Wish, Sequence[int]]) -> _Rows:
        """The rows that each order of the wishes allows, trip by trip; for crops of one kind at one destination."""
        shapes: dict[Wish, list[Wish]] = {}
        for each in wishes:
            shapes.setdefault(each.shape, []).append(each)
        which, promised = self.allowed_together(tuple(shapes))
        ways = self.shares.ways(next(iter(shapes)).crop_id, next(iter(shapes)).destination_id)
        numbers = np.array([self.shares.number(journey) for journey in ways.journeys], dtype=np.int64)
        cost = self.costs(ways, ways.journey[promised.row], tuple(shapes), which)
        row, wish, parcel = self.passing(shapes, which, promised)
        orders = [wishes[member] for alike in shapes.values() for member in alike]
        order, at = runs(_firsts(orders), wish)
        first, trip = self._trips_of(promised.pool, which, tuple(shapes))
        trip_at, of = runs(first, row[at])
        row, parcel, trip = row[at][of], parcel[at][of], trip[trip_at]
        return _Rows(
            np.array([index for each in orders for index in each], dtype=np.int64)[order][of],
            trip,
            numbers[ways.journey[promised.row[row]]],
            promised.good_share[row],
            parcel,
            cost[row] - self._standing[trip],
        )

    def passing(
        self, shapes: Mapping[Wish, Sequence[Wish]], which: Ints, promised: Promised
    ) -> tuple[Ints, Ints, Floats]:
        """Rows at which parcels of the size that wishes ask for are good enough, by wish; as `parcels`."""
        row, wish, parcel = self.parcels(shapes, which, promised)
        fine = parcel >= self.meeting.problem.policy.min_parcel_good_share - SLACK
        return row[fine], wish[fine], parcel[fine]

    def parcels(
        self, shapes: Mapping[Wish, Sequence[Wish]], which: Ints, promised: Promised
    ) -> tuple[Ints, Ints, Floats]:
        """Rows of each wish as those of its shape, by wish.

        Parameters
        ----------
        shapes : wishes by their shapes.
        which : of each row promised, its shape.

        Returns
        -------
        Of each its row among those promised, its wish, counted shape after shape, and the probability that it passes; 1
        where nothing depends on it.
        """
        members = [wish for alike in shapes.values() for wish in alike]
        of_shape = np.repeat(np.arange(len(shapes)), [len(alike) for alike in shapes.values()])
        row, wish = runs(np.searchsorted(which, np.arange(len(shapes) + 1)), of_shape)
        if not sized(self.meeting.problem.policy):
            return row, wish, np.ones(len(row))
        return row, wish, promised.only(row).parcels(wish, members)

    def _trips_of(self, pool: Ints, which: Ints, shapes: Sequence[Wish]) -> tuple[Ints, Ints]:
        """Trips that can be made for each row of some wishes: where its run begins, with the end, and the runs."""
        papers: dict[tuple[str | None, tuple[str, ...]], int] = {}
        paper = [papers.setdefault((shape.grade, shape.certifications), len(papers)) for shape in shapes]
        examples = dict(zip(paper, shapes, strict=True))
        keys, of = np.unique(pool * len(papers) + np.array(paper)[which], return_inverse=True)
        found = [self.trips(key // len(papers), examples[key % len(papers)], pickable=True) for key in keys.tolist()]
        first = _firsts(found)
        at, _ = runs(first, of)
        ends = np.cumsum(np.diff(first)[of])
        return np.concatenate([[0], ends]), np.concatenate([*found, np.empty(0, dtype=np.int64)])[at]

    def costs_of(self, ways: Ways, of: Ints, shape: Wish) -> Floats:
        """What a kilogram of one wish costs on the way in each row; as `costs`."""
        return self.costs(ways, of, (shape,), np.zeros(len(of), dtype=np.int64))

    def costs(self, ways: Ways, of: Ints, shapes: Sequence[Wish], which: Ints) -> Floats:
        """What a kilogram costs on the way in each row: freight, waiting and lateness [VND/kg].

        Parameters
        ----------
        of : of each row its journey, in `ways.journeys`.
        which : of each row its wish, in `shapes`.
        """
        policy = self.meeting.problem.policy
        found = ways.cost_vnd_per_kg[of]
        if priced(policy):
            keys, at = np.unique(which * len(ways.journeys) + of, return_inverse=True)
            pairs = [divmod(key, len(ways.journeys)) for key in keys.tolist()]
            timing = [timing_vnd_per_kg(ways.journeys[journey], shapes[wish], policy) for wish, journey in pairs]
            found = found + np.array(timing)[at]
        return found

    @cached_property
    def _standing(self) -> Floats:
        """What a kilogram of each trip counts more for its grower's reputation [VND/kg]."""
        return np.array([trip.field.reputation_vnd_per_kg for trip in self.meeting.trips])

    def _fair_vnd(self, fair: Mapping[Owner, FairPart]) -> Floats:
        """What a kilogram of each trip counts at most towards its grower's fair part [VND/kg]."""
        return np.array([fair.get(trip.field.owner, NO_PART).vnd_per_kg for trip in self.meeting.trips])

    def trips(self, pool: int, wish: Wish, *, pickable: bool) -> Ints:
        """The pool's trips of the grade and with the papers that the wish asks for.

        Parameters
        ----------
        pickable : only those that can be made.
        """
        key = (pool, wish.grade, wish.certifications, pickable)
        found = self._trips.get(key)
        if found is None:
            trips = [self.meeting.trips[number] for number in self.meeting.pools[pool].trips]
            able = [
                trip.number
                for trip in trips
                if (trip.day.pickable or not pickable)
                and graded(entry := Entry(trip, NO_START), wish)
                and certified(entry, wish)
            ]
            found = self._trips[key] = np.array(able, dtype=np.int64)
        return found


NO_START = Start(0.0, 0.0, 0.0, 0.0, 0.0)


def _firsts(each: Sequence[Sequence[int] | Ints]) -> Ints:
    """Where runs laid end to end begin, with the end of the last."""
    return np.cumsum([0, *map(len, each)], dtype=np.int64)


def _joined(parts: Sequence[tuple[_Rows, Floats]], journeys: tuple[Journey, ...]) -> Columns:
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Columns(none, none, none, np.empty(0), np.empty(0), np.empty(0), journeys)
    columns = (np.concatenate(column) for column in zip(*(rows for rows, _ in parts), strict=True))
    order, trip, journey, good, parcel, _ = columns
    value = np.concatenate([value for _, value in parts])
    rank = np.lexsort((journey, trip, order))
    return Columns(order[rank], trip[rank], journey[rank], good[rank], parcel[rank], value[rank], journeys)

"""The same candidates by arrays: columns of numbers for the allocation, equal to the plain path (see its tests)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.candidates import certified, graded, sized
from harvest_planner.planning.fairness import NO_PART, FairPart, Owner
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.patience import JUDGING_AT_MOST, Patience
from harvest_planner.planning.progress import JUDGED, OnProgress, Progress, in_silence
from harvest_planner.planning.shares import SLACK, Bools, Floats, Ints, Promised, Shares
from harvest_planner.planning.timing import priced, timing_vnd_per_kg
from harvest_planner.planning.verdict import Start
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


class _WishRows(NamedTuple):
    trip: Ints
    journey: Ints
    cost: Floats
    good: Floats
    parcel: Floats

    def where(self, keep: Bools) -> _WishRows:
        trip, journey, cost, good, parcel = self
        return _WishRows(trip[keep], journey[keep], cost[keep], good[keep], parcel[keep])


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
        by_way: dict[tuple[str, str], dict[Wish, dict[Wish, list[int]]]] = {}
        for index, buyer in enumerate(buyers):
            wish = buyer.wish
            shapes = by_way.setdefault((wish.crop_id, wish.destination_id), {})
            shapes.setdefault(wish.shape, {}).setdefault(wish, []).append(index)
        parts: list[tuple[Ints, _WishRows, Floats]] = []
        unjudged: list[int] = []
        for count, shapes in enumerate(by_way.values()):
            if patience is not None and patience.over_after(JUDGING_AT_MOST):
                unjudged += [number for wishes in shapes.values() for mine in wishes.values() for number in mine]
                continue
            tell(Progress("judging", JUDGED * count / len(by_way)))
            for shape, promised in self.allowed(tuple(shapes)):
                for wish, rows in self._unfolded(shape, promised, shapes[shape]):
                    parts.extend(_priced(buyers, shapes[shape][wish], rows, self.meeting, fair_vnd))
        return replace(_joined(parts, tuple(self.shares.journeys)), unjudged=tuple(sorted(unjudged)))

    def allowed(self, shapes: Sequence[Wish]) -> Iterator[tuple[Wish, Promised]]:
        """Rows of ways that the policy allows, for wishes for one crop at one destination."""
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

    def _unfolded(self, shape: Wish, promised: Promised, wishes: Iterable[Wish]) -> Iterator[tuple[Wish, _WishRows]]:
        """The rows that each of the wishes allows, trip by trip; they differ in the size of their parcel alone."""
        if not len(promised.row):
            return
        ways = self.shares.ways(shape.crop_id, shape.destination_id)
        trips = [self.trips(pool, shape, pickable=True) for pool in ways.pool[promised.row].tolist()]
        numbers = np.array([self.shares.number(journey) for journey in ways.journeys], dtype=np.int64)
        costs = self.cost_vnd_per_kg(ways.journeys, ways.journey[promised.row], shape)
        row = np.repeat(np.arange(len(trips)), [len(each) for each in trips])
        journey = ways.journey[promised.row][row]
        trip = np.concatenate(trips)
        cost = costs[row] - self._standing[trip]
        policy = self.meeting.problem.policy
        floor, by_size = policy.min_parcel_good_share, sized(policy)
        for wish in wishes:
            parcel = promised.parcel_shares(wish)[row] if by_size else np.ones(len(row))
            rows = _WishRows(trip, numbers[journey], cost, promised.good_share[row], parcel)
            yield wish, rows.where(parcel >= floor - SLACK)

    def cost_vnd_per_kg(self, journeys: Sequence[Journey], of: Ints, wish: Wish) -> Floats:
        """What a kilogram for the wish costs by some of the journeys: freight, waiting and lateness [VND/kg].

        Parameters
        ----------
        of : places in `journeys`.
        """
        policy = self.meeting.problem.policy
        costs = np.array([journey.cost_vnd_per_kg for journey in journeys], dtype=float)
        if priced(policy):
            for at in np.unique(of).tolist():
                costs[at] += timing_vnd_per_kg(journeys[at], wish, policy)
        return np.asarray(costs[of])

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


def _priced(
    buyers: Sequence[BuyerOrder], members: list[int], rows: _WishRows, meeting: Meeting, fair_vnd: Floats
) -> Iterable[tuple[Ints, _WishRows, Floats]]:
    review = meeting.problem.policy.review_cost_vnd
    for index in members:
        order = buyers[index].order
        per_kg = order.price_vnd_per_kg * rows.good - order.loss_vnd_per_kg * (1.0 - rows.good) - rows.cost
        value = order.quantity_kg * per_kg - review * (1.0 - rows.parcel)
        keep = value + order.quantity_kg * fair_vnd[rows.trip] > 0
        if keep.any():
            kept = rows.where(keep)
            yield np.full(len(kept.trip), index, dtype=np.int64), kept, value[keep]


def _joined(parts: list[tuple[Ints, _WishRows, Floats]], journeys: tuple[Journey, ...]) -> Columns:
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Columns(none, none, none, np.empty(0), np.empty(0), np.empty(0), journeys)
    order = np.concatenate([part[0] for part in parts])
    trip = np.concatenate([part[1].trip for part in parts])
    journey = np.concatenate([part[1].journey for part in parts])
    good = np.concatenate([part[1].good for part in parts])
    parcel = np.concatenate([part[1].parcel for part in parts])
    value = np.concatenate([part[2] for part in parts])
    rank = np.lexsort((journey, trip, order))
    return Columns(order[rank], trip[rank], journey[rank], good[rank], parcel[rank], value[rank], journeys)

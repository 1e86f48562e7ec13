"""From records to the market's arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Floats, Ints
from harvest_planner.planning.candidates import certified, graded
from harvest_planner.planning.columns import NO_START, ArrayJudge
from harvest_planner.planning.fairness import dearest_vnd_per_kg
from harvest_planner.planning.folding import Asked
from harvest_planner.planning.market.market import Demand, Market
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.patience import JUDGING_AT_MOST, Patience
from harvest_planner.planning.pools import Kind, Trip
from harvest_planner.planning.settled import Used, left_kg
from harvest_planner.planning.shares import Promised
from harvest_planner.planning.supplying import blocked, departures_of, supply_of
from harvest_planner.planning.wish import Wish

JUDGED_TOGETHER = 500
"""Wishes that are judged at one time, of several kinds and destinations where each has few."""
_Shapes = dict[Wish, list[int]]
"""Wishes by their shapes, for crops of one kind at one destination."""


@dataclass(frozen=True)
class Laid:
    """A market with what its numbers stand for."""

    market: Market
    asked: Asked
    trips: tuple[Trip, ...]
    row_pool: Ints
    row_way: Ints
    """Of each row, its number among the ways of its crop's kind and destination."""
    departures: tuple[tuple[str, float], ...]
    kept_vnd: float
    """Worth of all fruit if none of it were picked [VND]."""
    unjudged: Bools
    """Of each order, whether there was no time for its wish."""
    unjudged_vnd: float
    """What those orders bring at most [VND]."""


class _Rows(NamedTuple):
    """What wishes may choose, sorted by wish."""

    wish: Ints
    pool: Ints
    way: Ints
    journey: Ints
    good: Floats
    parcel: Floats
    cost: Floats

    def where(self, keep: Bools | Ints) -> _Rows:
        wish, pool, way, journey, good, parcel, cost = self
        return _Rows(wish[keep], pool[keep], way[keep], journey[keep], good[keep], parcel[keep], cost[keep])


def laid_out(meeting: Meeting, judge: ArrayJudge, asked: Asked, used: Used, *, sized: bool, patience: Patience) -> Laid:
    """The market of all open orders, less what commitments hold, as far as patience goes.

    Parameters
    ----------
    sized : whether reviews or a floor make the size of parcels matter.
    """
    policy = meeting.problem.policy
    rows, unjudged = _rows(judge, asked.wishes, sized=sized, patience=patience)
    trips = tuple(trip for trip in meeting.trips if trip.day.pickable and not blocked(trip, meeting, used))
    lot_pool, trip_lot, pool_lots = _lots(meeting, trips)
    access_first, access_lot, row_access = _accesses(rows.pool, rows.wish, asked.wishes, pool_lots)
    rows, row_access = rows.where(row_access >= 0), row_access[row_access >= 0]
    supply = supply_of(meeting, trips, np.array(trip_lot, dtype=np.int64), used)
    demand = Demand(
        kg=asked.kg,
        price=asked.price,
        loss=asked.loss,
        splits=asked.splits,
        wish=asked.wish,
        first=np.searchsorted(rows.wish, np.arange(len(asked.wishes) + 1)),
        row_access=row_access,
        row_journey=rows.journey,
        row_good=rows.good,
        row_cost=rows.cost,
        row_review=policy.review_cost_vnd * (1.0 - rows.parcel),
    )
    pool = np.unique(np.array(lot_pool, dtype=np.int64), return_inverse=True)[1]
    crop = _numbered(meeting.pools[number].field.crop.id for number in lot_pool)
    ways_first, ways_departure, departure_kg, departures = departures_of(judge, meeting, used)
    market = Market(demand, supply, access_first, access_lot, pool, crop, ways_first, ways_departure, departure_kg)
    kept = sum(left_kg(field, used) * field.kept_vnd_per_kg(policy.terminal_share) for field in meeting.fields)
    missed = np.isin(asked.wish, unjudged)
    best = max((field.reputation_vnd_per_kg for field in meeting.fields), default=0.0)
    more = max(0.0, best) + dearest_vnd_per_kg(used.fair)
    missed_vnd = float(asked.kg[missed] @ (asked.price[missed] + more))
    return Laid(market, asked, trips, rows.pool, rows.way, departures, kept, missed, missed_vnd)


def _rows(judge: ArrayJudge, wishes: Sequence[Wish], *, sized: bool, patience: Patience) -> tuple[_Rows, list[int]]:
    """What each wish may choose, but for what is outdone; and wishes for which there was no time."""
    together: dict[tuple[Kind, str], _Shapes] = {}
    for number, wish in enumerate(wishes):
        key = (judge.meeting.kind(wish.crop_id), wish.destination_id)
        together.setdefault(key, {}).setdefault(wish.shape, []).append(number)
    parts: list[_Rows] = []
    unjudged: list[int] = []
    for groups in _batches(list(together.values())):
        if patience.over_after(JUDGING_AT_MOST):
            unjudged += [number for shapes in groups for members in shapes.values() for number in members]
            continue
        shapes = {shape: members for each in groups for shape, members in each.items()}
        which, promised = judge.allowed_together(tuple(shapes))
        if not len(promised.row):
            continue
        cost, journey, limited = _taken(judge, groups, which, promised)
        if sized:
            row, at, parcel = judge.passing(
                {s: [wishes[n] for n in each] for s, each in shapes.items()}, which, promised
            )
            own_wish = np.array([number for members in shapes.values() for number in members], dtype=np.int64)[at]
        else:
            outdone = _outdone(which, promised.pool, promised.good_share, cost, limited)
            row = np.flatnonzero(~outdone)
            own_wish = np.array([members[0] for members in shapes.values()], dtype=np.int64)[which[row]]
            parcel = np.ones(len(row))
        way, pool, good = promised.row[row], promised.pool[row], promised.good_share[row]
        parts.append(_Rows(own_wish, pool, way, journey[row], good, parcel, cost[row]))
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return _Rows(none, none, none, none, np.empty(0), np.empty(0), np.empty(0)), unjudged
    joined = _Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return joined.where(np.argsort(joined.wish, kind="stable")), unjudged


def _batches(groups: Sequence[_Shapes]) -> Iterator[Sequence[_Shapes]]:
    """Neighbours together, until there is enough to judge at one time."""
    begun, count = 0, 0
    for number, shapes in enumerate(groups):
        count += len(shapes)
        if count >= JUDGED_TOGETHER or number == len(groups) - 1:
            yield groups[begun : number + 1]
            begun, count = number + 1, 0


def _taken(judge: ArrayJudge, groups: Sequence[_Shapes], which: Ints, promised: Promised) -> tuple[Floats, Ints, Bools]:
    """Of each row what a kilogram costs on the way [VND/kg], its journey's number, and whether that has little room."""
    parts = []
    bounds = np.cumsum([0, *map(len, groups)])
    ends = np.searchsorted(which, bounds).tolist()
    for number, (shapes, (start, end)) in enumerate(zip(groups, pairwise(ends), strict=True)):
        example = next(iter(shapes))
        ways = judge.shares.ways(example.crop_id, example.destination_id)
        own = ways.journey[promised.row[start:end]]
        cost = judge.costs(ways, own, tuple(shapes), which[start:end] - bounds[number])
        journeys = np.array([judge.shares.number(journey) for journey in ways.journeys], dtype=np.int64)
        parts.append((cost, journeys[own], ways.limited[own]))
    cost, journey, limited = (np.concatenate(column) for column in zip(*parts, strict=True))
    return cost, journey, limited


def _outdone(shape: Ints, pool: Ints, good: Floats, cost: Floats, limited: Bools) -> Bools:
    """Rows beside which their pool has no smaller share and no dearer freight on a journey that always has room."""
    rank = np.lexsort((limited, cost, -good, pool, shape))
    same = np.r_[False, (shape[rank][1:] == shape[rank][:-1]) & (pool[rank][1:] == pool[rank][:-1])]
    free = np.where(limited[rank], np.inf, cost[rank])
    # The least freight of free journeys among the better ones of the same shape and pool.
    least = _running_minimum(free, ~same)
    before = np.r_[np.inf, least[:-1]]
    before[~same] = np.inf
    found = np.zeros(len(rank), dtype=bool)
    found[rank] = before <= cost[rank] + 1e-9
    return found


def _running_minimum(values: Floats, starts: Bools) -> Floats:
    """The least so far of each run."""
    found = values.copy()
    position = np.arange(len(values)) - np.maximum.accumulate(np.where(starts, np.arange(len(values)), 0))
    for step in range(1, int(position.max(initial=0)) + 1):
        at = np.flatnonzero(position == step)
        found[at] = np.minimum(found[at], found[at - 1])
    return found


def _numbered(names: Iterable[str]) -> Ints:
    """A number for each name, rising by first occurrence."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def _lots(meeting: Meeting, trips: Sequence[Trip]) -> tuple[list[int], list[int], dict[int, list[tuple[Trip, int]]]]:
    """Pools by what their fruit may serve: each lot's pool, each trip's lot, and a pool's lots with a trip of each."""
    pool_of = {}
    for pool in meeting.pools:
        for number in pool.trips:
            pool_of[number] = pool.number
    papers = {id(field): (field.batch.grade, tuple(sorted(field.batch.certifications))) for field in meeting.fields}
    known: dict[tuple[object, ...], int] = {}
    trip_lot, lot_pool = [], []
    of_pool: dict[int, list[tuple[Trip, int]]] = {}
    for trip in trips:
        number, (grade, certifications) = pool_of[trip.number], papers[id(trip.field)]
        key = (number, grade, certifications if trip.day.certified else None)
        lot = known.get(key)
        if lot is None:
            lot = known[key] = len(known)
            lot_pool.append(number)
            of_pool.setdefault(number, []).append((trip, lot))
        trip_lot.append(lot)
    return lot_pool, trip_lot, of_pool


def _accesses(
    pool: Ints, row_wish: Ints, wishes: Sequence[Wish], of_pool: dict[int, list[tuple[Trip, int]]]
) -> tuple[Ints, Ints, Ints]:
    """Pools as wishes of a grade and papers may use them: runs of lots, and each row's; −1: none."""
    kinds: dict[tuple[object, ...], int] = {}
    examples: list[Wish] = []
    kind = []
    for each in wishes:
        # A crop's grades are its own.
        key = (each.crop_id, each.grade, each.certifications)
        if key not in kinds:
            kinds[key] = len(examples)
            examples.append(each)
        kind.append(kinds[key])
    row_kind = np.array(kind, dtype=np.int64)[row_wish]
    keys, which = np.unique(pool * max(1, len(examples)) + row_kind, return_inverse=True)
    first, lots = [0], []
    for key in keys.tolist():
        number, wish = key // len(examples), examples[key % len(examples)]
        lots += [
            lot
            for trip, lot in of_pool.get(number, ())
            if graded(entry := Entry(trip, NO_START), wish) and certified(entry, wish)
        ]
        first.append(len(lots))
    starts = np.array(first, dtype=np.int64)
    used = np.diff(starts) > 0
    row_access = np.where(used, np.cumsum(used) - 1, -1)[which.reshape(-1)]
    return np.r_[starts[:-1][used], len(lots)].astype(np.int64), np.array(lots, dtype=np.int64), row_access

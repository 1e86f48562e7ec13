"""The same candidates by arrays: columns of numbers for the allocation, equal to the plain path (see its tests)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.candidates import SLACK, Candidate, candidate_of, certified, graded
from harvest_planner.planning.meeting import Entry, Meeting, Offer
from harvest_planner.planning.progress import JUDGED, OnProgress, Progress, in_silence
from harvest_planner.planning.sweep import Sweep, judge_blocks
from harvest_planner.planning.verdict import Delivery, Verdict
from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.transit.travel import Journey

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
REACH_SHARES = (0.0, 0.1, 0.25, 0.4)


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
    value_vnd: Floats
    """Worth of the whole order this way [VND]."""
    journeys: tuple[Journey, ...]

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


class _Rows(NamedTuple):
    """One offer as arrays, made once for all wishes."""

    journey: Journey
    number: int
    entries: tuple[Entry, ...]
    starts: Floats
    """The different starts among the entries, shape (n, 5)."""
    start_of: Ints
    """Which of them each entry has."""
    trips: Ints
    pickable: Bools
    interval_kept: Bools


class ArrayJudge:
    """Judges the candidates of a meeting by arrays, with each offer laid out once."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self._rows: dict[tuple[str, str], tuple[_Rows, ...]] = {}
        self._journeys: dict[int, Journey] = {}
        self._number: dict[int, int] = {}

    def rows(self, crop_id: str, destination_id: str) -> tuple[_Rows, ...]:
        """The offers of a crop to a destination as arrays."""
        key = (crop_id, destination_id)
        if key not in self._rows:
            self._rows[key] = tuple(self._laid_out(offer) for offer in self.meeting.offers(*key))
        return self._rows[key]

    def _laid_out(self, offer: Offer) -> _Rows:
        journey, entries = offer
        number = self._number.setdefault(id(journey), len(self._number))
        self._journeys[number] = journey
        days = [entry.trip.day for entry in entries]
        starts, start_of = np.unique(np.array([entry.start for entry in entries]), axis=0, return_inverse=True)
        return _Rows(
            journey,
            number,
            entries,
            starts=starts,
            start_of=start_of.ravel(),
            trips=np.array([entry.trip.number for entry in entries], dtype=np.int64),
            pickable=np.array([day.pickable for day in days], dtype=bool),
            interval_kept=np.array([day.interval_kept for day in days], dtype=bool),
        )

    def columns(self, buyers: Sequence[BuyerOrder], *, tell: OnProgress = in_silence) -> Columns:
        """Every candidate that the rules allow and that is worth something."""
        by_shape: dict[Wish, dict[Wish, list[int]]] = {}
        for index, buyer in enumerate(buyers):
            by_shape.setdefault(buyer.wish.shape, {}).setdefault(buyer.wish, []).append(index)
        parts: list[tuple[Ints, _WishRows, Floats]] = []
        for count, (shape, wishes) in enumerate(by_shape.items()):
            tell(Progress("judging", JUDGED * count / len(by_shape)))
            for wish, rows in self._judge(shape, wishes):
                if len(rows.trip):
                    parts.extend(_priced(buyers, wishes[wish], rows, self.meeting))
        return _joined(parts, tuple(self._journeys.values()))

    def notable(self, buyer: BuyerOrder, meeting: Meeting) -> Iterator[Candidate]:
        """Of `candidates.judged`, those that a refusal speaks of: what reaches the floors, and the best of all."""
        policy = meeting.problem.policy
        blocks: list[tuple[Delivery, Floats]] = []
        taken: list[tuple[_Rows, Ints]] = []
        for rows in self.rows(buyer.crop.id, buyer.destination.id):
            able = np.flatnonzero(rows.interval_kept & _suits(rows.entries, buyer.wish))
            if len(able) and rows.journey.probability_by(buyer.wish.deliver_until_h) > 0.0:
                blocks.append((meeting.delivery(rows.journey, buyer.wish), rows.starts[rows.start_of[able]]))
                taken.append((rows, able))
        if not blocks:
            return
        good, parcel, risk = judge_blocks(blocks, buyer.wish)
        notable = (good >= policy.min_good_share - SLACK) | (risk > 0)
        notable[np.argmax(good)] = True
        first = 0
        for (rows, able), (delivery, _) in zip(taken, blocks, strict=True):
            for at in (np.flatnonzero(notable[first : first + len(able)]) + first).tolist():
                shares = (float(good[at]), float(parcel[at]), delivery.on_time_share, float(risk[at]))
                yield candidate_of(buyer, rows.entries[able[at - first]], rows.journey, Verdict(*shares), policy)
            first += len(able)

    def _judge(self, shape: Wish, wishes: Iterable[Wish]) -> Iterator[tuple[Wish, _WishRows]]:
        """The rows that each of the wishes allows; they differ in the size of their parcel alone."""
        policy = self.meeting.problem.policy
        blocks: list[tuple[Delivery, Floats]] = []
        taken: list[tuple[Ints, Ints, Ints, Floats]] = []
        first = 0
        for rows in self.rows(shape.crop_id, shape.destination_id):
            if rows.journey.probability_by(shape.deliver_until_h) < policy.min_good_share - SLACK:
                continue
            delivery = self.meeting.delivery(rows.journey, shape)
            possible = _may_reach(delivery, shape, rows.starts, policy.min_good_share)
            mask = rows.pickable & possible[rows.start_of] & _suits(rows.entries, shape)
            if mask.any():
                used, which = np.unique(rows.start_of[mask], return_inverse=True)
                blocks.append((delivery, rows.starts[used]))
                number = np.full(len(which), rows.number, dtype=np.int64)
                taken.append(
                    (first + which, rows.trips[mask], number, np.full(len(which), rows.journey.cost_vnd_per_kg))
                )
                first += len(used)
        if not blocks:
            return
        sweep = Sweep.of(blocks)
        good = sweep.good_shares(shape)
        fine = (good >= policy.min_good_share - SLACK) & (sweep.risk <= policy.max_safety_risk + SLACK)
        which, trip, journey, cost = (np.concatenate(column) for column in zip(*taken, strict=True))
        keep = fine[which]
        which, trip, journey, cost = which[keep], trip[keep], journey[keep], cost[keep]
        chosen = sweep.only(fine)
        for wish in wishes:
            parcel = np.zeros(len(good))
            parcel[fine] = chosen.parcel_shares(wish)
            rows_ = _WishRows(trip, journey, cost, good[which], parcel[which])
            yield wish, rows_.where(rows_.parcel >= policy.min_parcel_good_share - SLACK)


def _suits(entries: Sequence[Entry], wish: Wish) -> Bools:
    """Whether grade and papers of each entry's batch are as asked."""
    if wish.grade is None and not wish.certifications:
        return np.ones(len(entries), dtype=bool)
    return np.array([graded(entry, wish) and certified(entry, wish) for entry in entries], dtype=bool)


def _may_reach(delivery: Delivery, wish: Wish, starts: Floats, floor: float) -> Bools:
    """Rows that are not certain to miss the floor.

    Of the outcomes a share t gains no more than g, the rest more; so a row can promise at most
    t + (1 − t)·Φ((upper − age − g)/sd), and likewise from below.
    """
    possible = np.ones(len(starts), dtype=bool)
    order = np.argsort(delivery.ages_d20)
    ages = np.asarray(delivery.ages_d20)[order]
    mass = np.cumsum(np.asarray(delivery.probabilities)[order])
    for share in REACH_SHARES:
        needed = (floor - share) / (1.0 - share)
        if not 0.0 < needed < 1.0:
            continue
        margin = NormalDist().inv_cdf(needed) * starts[:, 3] - 1e-9
        low = ages[min(int(np.searchsorted(mass, share, side="right")), len(ages) - 1)]
        high = ages[max(int(np.searchsorted(mass, 1.0 - share, side="left")), 0)] if share else ages[-1]
        possible &= (starts[:, 0] + low <= wish.upper_d20 - margin) & (starts[:, 0] + high >= wish.lower_d20 + margin)
    return possible


def _priced(
    buyers: Sequence[BuyerOrder], members: list[int], rows: _WishRows, meeting: Meeting
) -> Iterable[tuple[Ints, _WishRows, Floats]]:
    review = meeting.problem.policy.review_cost_vnd
    for index in members:
        order = buyers[index].order
        per_kg = order.price_vnd_per_kg * rows.good - order.loss_vnd_per_kg * (1.0 - rows.good) - rows.cost
        value = order.quantity_kg * per_kg - review * (1.0 - rows.parcel)
        keep = value > 0
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

"""The same candidates by arrays: columns of numbers for the allocation, equal to the plain path (see its tests)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.candidates import SLACK, Candidate, candidate_of, certified, graded
from harvest_planner.planning.meeting import Entry, Meeting, Offer
from harvest_planner.planning.verdict import Delivery, Start, Verdict, table_of
from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.ripening.arrays import parcel_shares, shares_between
from harvest_planner.ripening.clock import DOSE_LIMIT
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


@dataclass(frozen=True, slots=True)
class _WishRows:
    trip: Ints
    journey: Ints
    cost: Floats
    good: Floats
    parcel: Floats


class _Rows(NamedTuple):
    """One offer as arrays, made once for all wishes."""

    journey: Journey
    number: int
    entries: tuple[Entry, ...]
    starts: Floats
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
        return _Rows(
            journey,
            number,
            entries,
            starts=np.array([entry.start for entry in entries], dtype=np.float64),
            trips=np.array([entry.trip.number for entry in entries], dtype=np.int64),
            pickable=np.array([day.pickable for day in days], dtype=bool),
            interval_kept=np.array([day.interval_kept for day in days], dtype=bool),
        )

    def columns(self, buyers: Sequence[BuyerOrder]) -> Columns:
        """Every candidate that the rules allow and that is worth something."""
        by_wish: dict[Wish, list[int]] = defaultdict(list)
        for index, buyer in enumerate(buyers):
            by_wish[buyer.wish].append(index)
        parts: list[tuple[Ints, _WishRows, Floats]] = []
        for wish, members in by_wish.items():
            rows = self._judge_wish(wish)
            if len(rows.trip):
                parts.extend(_priced(buyers, members, rows, self.meeting))
        return _joined(parts, tuple(self._journeys.values()))

    def notable(self, buyer: BuyerOrder, meeting: Meeting) -> Iterator[Candidate]:
        """Of `candidates.judged`, those that a refusal speaks of: what reaches the floors, and each journey's best."""
        policy = meeting.problem.policy
        for rows in self.rows(buyer.crop.id, buyer.destination.id):
            able = np.flatnonzero(rows.interval_kept & _suits(rows.entries, buyer.wish))
            if not len(able):
                continue
            delivery = meeting.delivery(rows.journey, buyer.wish)
            good, parcel, risk = judge_many(delivery, buyer.wish, rows.starts[able])
            notable = (good >= policy.min_good_share - SLACK) | (risk > 0)
            notable[np.argmax(good)] = True
            for at in np.flatnonzero(notable).tolist():
                shares = (float(good[at]), float(parcel[at]), delivery.on_time_share, float(risk[at]))
                entry = rows.entries[able[at]]
                yield candidate_of(buyer, entry, rows.journey, Verdict(*shares), policy)

    def _judge_wish(self, wish: Wish) -> _WishRows:
        policy = self.meeting.problem.policy
        found: list[tuple[Ints, Ints, Floats, Floats, Floats]] = []
        for rows in self.rows(wish.crop_id, wish.destination_id):
            delivery = self.meeting.delivery(rows.journey, wish)
            if delivery.on_time_share < policy.min_good_share - SLACK:
                continue
            mask = rows.pickable & _may_reach(delivery, wish, rows.starts, policy.min_good_share)
            mask &= _suits(rows.entries, wish)
            if not mask.any():
                continue
            good, parcel, risk = judge_many(delivery, wish, rows.starts[mask])
            keep = (
                (good >= policy.min_good_share - SLACK)
                & (parcel >= policy.min_parcel_good_share - SLACK)
                & (risk <= policy.max_safety_risk + SLACK)
            )
            kept = rows.trips[mask][keep]
            full = np.full(len(kept), rows.number, dtype=np.int64)
            cost = np.full(len(kept), rows.journey.cost_vnd_per_kg)
            found.append((kept, full, cost, good[keep], parcel[keep]))
        if not found:
            empty = np.empty(0)
            return _WishRows(empty.astype(np.int64), empty.astype(np.int64), empty, empty, empty)
        return _WishRows(*(np.concatenate(column) for column in zip(*found, strict=True)))


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


def judge_many(delivery: Delivery, wish: Wish, starts: Floats) -> tuple[Floats, Floats, Floats]:
    """`judge` for many starts at once: good shares, parcel shares and safety risks.

    Parameters
    ----------
    starts : rows of (age_d20, chill, safety, sd_d20, batch_sd_d20), shape (n, 5).
    """
    probabilities = np.asarray(delivery.probabilities)
    means = starts[:, :1] + np.asarray(delivery.ages_d20)
    safe = _shares_within(starts[:, 2:3] + np.asarray(delivery.safeties), np.asarray(delivery.safety_spans))
    unhurt = _shares_within(starts[:, 1:2] + np.asarray(delivery.chills), np.asarray(delivery.chill_spans))
    weights = np.asarray(delivery.in_time) * np.minimum(safe, unhurt)
    good = (weights * shares_between(means, starts[:, 3:4], wish.lower_d20, wish.upper_d20)).sum(axis=1)
    parcel = np.empty(len(starts))
    for spread in np.unique(starts[:, 3:], axis=0):
        rows = (starts[:, 3:] == spread).all(axis=1)
        first = starts[np.flatnonzero(rows)[0]]
        table = table_of(wish, Start(*first.tolist()))
        parcel[rows] = (weights[rows] * parcel_shares(table, means[rows] - wish.lower_d20)).sum(axis=1)
    risk = (probabilities * (1.0 - safe)).sum(axis=1)
    return np.minimum(good, 1.0), np.minimum(parcel, 1.0), np.minimum(risk, 1.0)


def _shares_within(doses: Floats, spans: Floats) -> Floats:
    """`share_within` for many doses at once."""
    even = np.clip((DOSE_LIMIT - doses + spans) / np.where(spans > 0, 2.0 * spans, 1.0), 0.0, 1.0)
    return np.where(spans > 0, even, doses <= DOSE_LIMIT)


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
            kept = _WishRows(rows.trip[keep], rows.journey[keep], rows.cost[keep], rows.good[keep], rows.parcel[keep])
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

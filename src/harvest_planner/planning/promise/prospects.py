"""What could become of a refused order beside a plan and its promises, by arrays over the trips of its crop."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.candidates import SLACK, Candidate, candidate_of
from harvest_planner.planning.leftover import CAPACITIES, KG_EPSILON, Capacity, Leftover
from harvest_planner.planning.meeting import Entry
from harvest_planner.planning.outlook import Promisable, Room, later_buyers
from harvest_planner.planning.promise.grove import Bools, Floats, Grove, Ints
from harvest_planner.planning.promise.rooms import Left
from harvest_planner.planning.promise.shares import Shares
from harvest_planner.planning.promise.spare import Spare
from harvest_planner.planning.verdict import Start
from harvest_planner.planning.wish import BuyerOrder, Wish

AT_ONCE = 32
"""So many ways are worked out together."""
_BATCH, _HANDS, _PACKING, _LANE = (1 << bit for bit in range(4))
_BIT_OF: dict[Capacity, int] = dict(zip(CAPACITIES, (_HANDS, _PACKING, _LANE), strict=True))


class Known(NamedTuple):
    """What is known of a wish: its shares, and which trips are of the grade and with the papers; None: all."""

    shares: Shares
    suits: Bools | None


class _Pairs(NamedTuple):
    """Ways with each trip that could take them, by way and trip."""

    row: Ints
    trip: Ints
    gain_vnd: Floats


class Prospects:
    """`Outlooks` of a shop: equal to `PlainOutlooks` over the ways whose picks can still be told.

    Parameters
    ----------
    leftover : what plan and promises leave free.
    left : the same by arrays.
    know : tells what is known of a wish for the grove's crop.
    now_h : the moment of asking [h since the epoch].
    """

    def __init__(
        self, grove: Grove, leftover: Spare, left: Left, know: Callable[[Wish], Known], *, now_h: float
    ) -> None:
        self.leftover: Leftover = leftover
        self._spare = leftover
        self._grove, self._left, self._know, self._now_h = grove, left, know, now_h
        self._policy = leftover.meeting.problem.policy

    def foresee(self, buyers: Sequence[BuyerOrder]) -> None:
        """Nothing is quicker together."""

    def promisable(self, buyer: BuyerOrder) -> Promisable:
        """What can be promised."""
        shares, policy = self._know(buyer.wish).shares, self._policy
        rows = self._rows(buyer)
        if not len(rows):
            return Promisable(enough=False, least_risk=None, best_good_share=0.0, best_on_time_share=0.0)
        good, risk, on_time = shares.good[rows], shares.risk[rows], shares.on_time(rows)
        enough = self._enough(shares, rows, buyer.wish)
        unsafe = risk > policy.max_safety_risk + SLACK
        unsafe &= enough if enough.any() else good + np.minimum(risk, on_time) >= policy.min_good_share
        return Promisable(
            enough=int(unsafe.sum()) < int(enough.sum()),
            least_risk=float(risk[unsafe].min()) if unsafe.any() else None,
            best_good_share=float(good.max()),
            best_on_time_share=float(on_time.max()),
        )

    def room(self, buyer: BuyerOrder, kg: float) -> Room:
        """What is left for so many kilograms of an order that can be promised."""
        shares = self._know(buyer.wish).shares
        pairs = self._pairs(buyer, kg)
        paying = pairs.gain_vnd > 0
        if not paying.any():
            price = _price(buyer, shares.good[pairs.row], pairs.gain_vnd, kg)
            return Room(pays=False, price_vnd_per_kg=price, short=None, fits=False, most_kg=0.0)
        row, trip = pairs.row[paying], pairs.trip[paying]
        limits = self._limits(shares, row, trip, kg)
        first = ((code, np.flatnonzero(limits == bit)) for code, bit in _BIT_OF.items())
        hit = next(((code, at[0]) for code, at in first if len(at)), None)
        short = hit and (hit[0], self._candidate(buyer, shares, int(row[hit[1]]), int(trip[hit[1]])))
        return Room(
            pays=True,
            price_vnd_per_kg=math.inf,
            short=short,
            fits=short is None and self._may_make(trip[limits == 0], kg),
            most_kg=float(self._left.batch_kg[trip].max()),
        )

    def works_later(self, buyer: BuyerOrder) -> dt.datetime | None:
        """The nearest later deadline at which something could be promised at a profit."""
        kg, policy = buyer.order.quantity_kg, self._policy
        for deadline, moved in later_buyers(buyer, self.leftover.meeting):
            shares, suits = self._know(moved.wish)
            best_vnd = self._best_counted_vnd(suits, kg)
            for rows in reaching(shares, self._told(shares), policy.min_good_share - SLACK):
                worth = self._goods_vnd(moved, shares, rows, kg) + best_vnd[shares.ways.cohort[rows]]
                if ((worth > 0) & self._fine(shares, rows, moved.wish)).any():
                    return deadline
        return None

    def _told(self, shares: Shares) -> Bools:
        """Ways whose picks can still be told."""
        return np.asarray(self._grove.tell_by_h[shares.ways.cohort] > self._now_h)

    def _rows(self, buyer: BuyerOrder) -> Ints:
        """The ways of which a refusal speaks that some trip outside its interval could take; the best first."""
        shares, suits = self._know(buyer.wish)
        every = buyer.crop.safety_cap is not None
        rows = notable(shares, self._told(shares), self._policy.min_good_share - SLACK, every=every)
        able = self._grove.any_of(self._able(suits))
        return rows[able[shares.ways.cohort[rows]]]

    def _able(self, suits: Bools | None) -> Bools:
        return self._grove.interval_kept if suits is None else self._grove.interval_kept & suits

    def _enough(self, shares: Shares, rows: Ints, wish: Wish) -> Bools:
        """Rows that reach the floors."""
        policy = self._policy
        enough = shares.good[rows] >= policy.min_good_share - SLACK
        if policy.min_parcel_good_share > 0.0:
            enough &= shares.parcels(rows, wish) >= policy.min_parcel_good_share - SLACK
        return np.asarray(enough)

    def _fine(self, shares: Shares, rows: Ints, wish: Wish) -> Bools:
        """Rows that reach the floors and are safe."""
        return self._enough(shares, rows, wish) & (shares.risk[rows] <= self._policy.max_safety_risk + SLACK)

    def _goods_vnd(self, buyer: BuyerOrder, shares: Shares, rows: Ints, kg: float) -> Floats:
        """As `goods_worth` [VND]."""
        order, good, review_vnd = buyer.order, shares.good[rows], self._policy.review_cost_vnd
        per_kg = order.price_vnd_per_kg * good - order.loss_vnd_per_kg * (1.0 - good) - shares.carriage_vnd_per_kg[rows]
        if review_vnd > 0.0:
            return np.asarray(kg * per_kg - review_vnd * (1.0 - shares.parcels(rows, buyer.wish)))
        return np.asarray(kg * per_kg)

    def _pairs(self, buyer: BuyerOrder, kg: float) -> _Pairs:
        """The ways that can be promised, each with every trip that could take it, and what that adds [VND]."""
        shares, suits = self._know(buyer.wish)
        rows = self._rows(buyer)
        rows = rows[self._fine(shares, rows, buyer.wish)]
        row, trip = self._grove.spread(shares.ways.cohort[rows])
        able = self._able(suits)[trip]
        row, trip = row[able], trip[able]
        gain = self._goods_vnd(buyer, shares, rows, kg)[row] - self._grove.used_vnd(kg)[trip]
        return _Pairs(rows[row], trip, gain)

    def _limits(self, shares: Shares, row: Ints, trip: Ints, kg: float) -> Ints:
        """What does not suffice of fruit, hands, packing and departures, a bit for each."""
        left, least_kg = self._left, kg - KG_EPSILON
        of_trip = _BATCH * (left.batch_kg < least_kg) + _HANDS * (left.hands_kg < least_kg)
        of_trip = of_trip + _PACKING * (left.packing_kg < least_kg)
        rides = shares.ways.ride[row]
        full = np.zeros(len(shares.ways.rides), dtype=np.int64)
        for ride in np.unique(rides).tolist():
            lane_kg, _ = self._spare.journey_kg(shares.ways.rides[ride].journey)
            full[ride] = _LANE * (lane_kg < least_kg)
        return np.asarray(of_trip[trip] + full[rides], dtype=np.int64)

    def _may_make(self, trips: Ints, kg: float) -> bool:
        """Whether one of some trips that have room is made, or may be made."""
        if self._grove.made[trips].any():
            return True
        return any(self.leftover.may_make(self._grove.trips[at], kg) for at in np.unique(trips).tolist())

    def _best_counted_vnd(self, suits: Bools | None, kg: float) -> Floats:
        """What so much counts at best for a grower of each cohort, where the rules allow it; −inf: nowhere [VND]."""
        grove = self._grove
        lawful = grove.pickable if suits is None else grove.pickable & suits
        counted = kg * grove.standing_vnd_per_kg + np.minimum(kg, grove.fair_kg) * grove.fair_vnd_per_kg
        counted = np.where(lawful, counted, -np.inf)
        return np.maximum.reduceat(counted, grove.first) if len(counted) else counted

    def _candidate(self, buyer: BuyerOrder, shares: Shares, row: int, trip: int) -> Candidate:
        journey = shares.ways.rides[int(shares.ways.ride[row])].journey
        entry = Entry(self._grove.trips[trip], Start(*shares.ways.starts[row].tolist()))
        return candidate_of(buyer, entry, journey, shares.verdict(row, buyer.wish), self._policy)


def notable(shares: Shares, told: Bools, floor: float, *, every: bool) -> Ints:
    """The ways of which a refusal speaks, worked out: those that reach the floor, or the best; or `every` one."""
    if every:
        shares.settle(np.flatnonzero(told & ~shares.exact).tolist())
        rows = np.flatnonzero(told)
        return rows[np.argsort(-shares.good[rows], kind="stable")]
    found = [rows for rows in reaching(shares, told, floor) if len(rows)]
    if found:
        rows = np.sort(np.concatenate(found))
        return rows[np.argsort(-shares.good[rows], kind="stable")]
    open_ = np.where(told, shares.good, -1.0)
    while len(open_) and open_.max() >= 0.0:
        best = int(open_.argmax())
        if shares.exact[best]:
            return np.array([best])
        rows = np.argsort(-open_, kind="stable")[:AT_ONCE]
        rows = rows[(open_[rows] >= 0.0) & ~shares.exact[rows]]
        shares.settle(rows.tolist())
        open_[rows] = shares.good[rows]
    return np.empty(0, dtype=np.int64)


def reaching(shares: Shares, told: Bools, floor: float) -> Iterator[Ints]:
    """The ways that reach the floor, some at once: those worked out already, then as they are, the likeliest first."""
    exact = shares.exact.copy()
    yield np.flatnonzero(told & exact & (shares.good >= floor))
    left = np.flatnonzero(told & ~exact & (shares.good >= floor))
    left = left[np.argsort(-shares.good[left], kind="stable")]
    for first in range(0, len(left), AT_ONCE):
        rows = left[first : first + AT_ONCE]
        shares.settle(rows.tolist())
        yield rows[shares.good[rows] >= floor]


def _price(buyer: BuyerOrder, good: Floats, gain_vnd: Floats, kg: float) -> float:
    """The least `outlook.price_for` [VND/kg]."""
    order = buyer.order
    slope = good - (1.0 - good if order.failure_cost_vnd_per_kg is None else 0.0)
    rising = slope > 0.0
    if not rising.any():
        return math.inf
    missing = -gain_vnd[rising] / (kg * slope[rising])
    return float(np.ceil((order.price_vnd_per_kg + missing) / 100 + 1e-9).min() * 100)

"""What could become of a refused order beside a plan and its promises, by arrays over the trips of its crop."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.candidates import SLACK, Candidate, candidate_of
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.leftover import CAPACITIES, KG_EPSILON, Capacity, Leftover
from harvest_planner.planning.meeting import Entry
from harvest_planner.planning.outlook import Promisable, Room, later_buyers
from harvest_planner.planning.outlook_arrays import least_price_vnd_per_kg
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


class _Lots(NamedTuple):
    """The trips that could take some ways, each once, by cohort, and what goods use up on them.

    Attributes
    ----------
    cohort : of each way, which of the cohorts is its own.
    first : where each cohort begins among the trips, and the end.
    least_vnd : of each cohort, the least that is used up.
    """

    cohort: Ints
    first: Ints
    trip: Ints
    used_vnd: Floats
    least_vnd: Floats


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
        self._last: tuple[BuyerOrder, Ints] | None = None

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
        shares, suits = self._know(buyer.wish)
        rows = self._rows(buyer)
        rows = rows[self._fine(shares, rows, buyer.wish)]
        goods_vnd = self._goods_vnd(buyer, shares, rows, kg)
        lots = self._lots(shares.ways.cohort[rows], suits, kg)
        gain_vnd = goods_vnd - lots.least_vnd[lots.cohort]
        paying = gain_vnd > 0.0
        if not paying.any():
            price = least_price_vnd_per_kg(buyer, shares.good[rows], gain_vnd, kg)
            return Room(pays=False, price_vnd_per_kg=price, short=None, fits=False, most_kg=0.0)
        rows, goods_vnd, cohort = rows[paying], goods_vnd[paying], lots.cohort[paying]
        place, way = runs(lots.first, cohort)
        pays = goods_vnd[way] > lots.used_vnd[place]
        way, place = way[pays], place[pays]
        short_of, batch_kg = self._short_of(lots.trip, kg)
        limits = short_of[place] + self._full(shares, rows, kg)[way]
        first = ((code, np.flatnonzero(limits == bit)) for code, bit in _BIT_OF.items())
        hit = next(((code, at[0]) for code, at in first if len(at)), None)
        short = hit and (hit[0], self._candidate(buyer, shares, int(rows[way[hit[1]]]), int(lots.trip[place[hit[1]]])))
        return Room(
            pays=True,
            price_vnd_per_kg=math.inf,
            short=short,
            fits=short is None and self._may_make(lots.trip[place[limits == 0]], kg),
            most_kg=float(batch_kg[place].max()),
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
        if self._last is not None and self._last[0] is buyer:
            return self._last[1]
        shares, suits = self._know(buyer.wish)
        every = buyer.crop.safety_cap is not None
        rows = notable(shares, self._told(shares), self._policy.min_good_share - SLACK, every=every)
        able = self._grove.any_of(self._able(suits))
        rows = rows[able[shares.ways.cohort[rows]]]
        self._last = buyer, rows
        return rows

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

    def _lots(self, cohorts: Ints, suits: Bools | None, kg: float) -> _Lots:
        """The trips outside their interval of each way's cohort; each has some."""
        different, cohort = np.unique(cohorts, return_inverse=True)
        trip, which = self._grove.members(different)
        able = self._able(suits)[trip]
        which, trip = which[able], trip[able]
        used_vnd = self._grove.terms.of(trip).used_vnd(kg)
        first = np.searchsorted(which, np.arange(len(different) + 1))
        least_vnd = np.minimum.reduceat(used_vnd, first[:-1]) if len(different) else used_vnd
        return _Lots(cohort, first, trip, used_vnd, least_vnd)

    def _short_of(self, trips: Ints, kg: float) -> tuple[Ints, Floats]:
        """What does not suffice of fruit, hands and packing, a bit for each; and how much fruit there is."""
        batch_kg, hands_kg, packing_kg = self._left.on(trips)
        least_kg = kg - KG_EPSILON
        bits = _BATCH * (batch_kg < least_kg) + _HANDS * (hands_kg < least_kg) + _PACKING * (packing_kg < least_kg)
        return np.asarray(bits, dtype=np.int64), batch_kg

    def _full(self, shares: Shares, rows: Ints, kg: float) -> Ints:
        """The bit of departures where those of a way do not suffice."""
        rides, which = np.unique(shares.ways.ride[rows], return_inverse=True)
        journeys = (shares.ways.rides[ride].journey for ride in rides.tolist())
        full = [self._spare.journey_kg(journey)[0] < kg - KG_EPSILON for journey in journeys]
        return np.asarray(_LANE * np.array(full, dtype=np.int64)[which])

    def _may_make(self, trips: Ints, kg: float) -> bool:
        """Whether one of some trips that have room is made, or may be made."""
        if self._grove.made[trips].any():
            return True
        return any(self.leftover.may_make(self._grove.trips[at], kg) for at in np.unique(trips).tolist())

    def _best_counted_vnd(self, suits: Bools | None, kg: float) -> Floats:
        """What so much counts at best for a grower of each cohort, where the rules allow it; −inf: nowhere [VND]."""
        grove = self._grove
        lawful = grove.pickable if suits is None else grove.pickable & suits
        counted = kg * grove.standing_vnd_per_kg + np.minimum(kg, grove.terms.fair_kg) * grove.terms.fair_vnd_per_kg
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

"""Outlooks by arrays, equal to the plain ones: every trip that could serve a wish at once, kept wish by wish."""

from __future__ import annotations

import datetime as dt
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.candidates import Candidate, candidate_of, sized
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.judging import SLACK
from harvest_planner.planning.left_arrays import LeftArrays
from harvest_planner.planning.leftover import CAPACITIES, KG_EPSILON, Leftover
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.outlook import Promisable, Room, later_buyers
from harvest_planner.planning.pools import Kind
from harvest_planner.planning.shares import Bools, Floats, Ints, Promised
from harvest_planner.planning.verdict import Start, Verdict
from harvest_planner.planning.wish import BuyerOrder, Wish

KEPT_WISHES = 64
"""Wishes whose trips are kept: refusals of one wish seldom stand far apart."""
_BATCH, _HANDS, _PACKING, _LANE, _TRIP = (1 << bit for bit in range(5))
_BIT_OF = dict(zip(CAPACITIES, (_HANDS, _PACKING, _LANE), strict=True))


class _Trips(NamedTuple):
    """Trips on every journey that they can take for a wish, in the order of its rows."""

    promised: Promised
    able: Bools
    """Of all rows promised, whether any trip brings it: those that are kept here."""
    row: Ints
    """Of each, its place in `promised`."""
    trip: Ints
    journey: Ints
    """Its place among the journeys of the ways."""
    cost: Floats
    """Freight, waiting and lateness [VND/kg]."""


class _Foreseen(NamedTuple):
    """What wishes are promised that were looked up together."""

    promised: Mapping[Wish, Promised]
    """By their shapes."""
    parcels: Mapping[Wish, Floats]
    """Of each row of its shape the probability that the wish's parcel passes."""


class ArrayOutlooks:
    """What could become of orders beside a plan.

    Parameters
    ----------
    judge : of the plan's meeting.
    leftover : what the plan leaves free.
    """

    def __init__(self, judge: ArrayJudge, leftover: Leftover) -> None:
        self.judge, self.leftover = judge, leftover
        self.meeting: Meeting = judge.meeting
        self._kept: OrderedDict[Wish, _Trips | None] = OrderedDict()
        self._foreseen, self._later = _Foreseen({}, {}), _Foreseen({}, {})
        self._rooms: dict[tuple[Kind, str], Floats] = {}

    def foresee(self, buyers: Sequence[BuyerOrder]) -> None:
        """Look up together what is asked next, for crops of one kind at one destination; what was before is let go."""
        wishes = dict.fromkeys(buyer.wish for buyer in buyers)
        self._foreseen = self._together(wishes, partial(self.judge.shares.promised_together, floor=None))
        failing = {buyer.wish: buyer for buyer in buyers if not self.promisable(buyer).enough}
        later = (moved.wish for buyer in failing.values() for _, moved in later_buyers(buyer, self.meeting))
        self._later = self._together(dict.fromkeys(later), self.judge.allowed_together)

    def _together(self, wishes: Iterable[Wish], judge: Callable[[Sequence[Wish]], tuple[Ints, Promised]]) -> _Foreseen:
        """What the wishes are promised, and how many parcels pass."""
        shapes: dict[Wish, list[Wish]] = {}
        for wish in wishes:
            shapes.setdefault(wish.shape, []).append(wish)
        if not shapes:
            return _Foreseen({}, {})
        which, promised = judge(tuple(shapes))
        ends = np.searchsorted(which, np.arange(len(shapes) + 1)).tolist()
        each = {shape: promised.only(slice(*ends[at : at + 2])) for at, shape in enumerate(shapes)}
        if not sized(self.meeting.problem.policy):
            return _Foreseen(each, {})
        members = [wish for alike in shapes.values() for wish in alike]
        _, wish_of, parcel = self.judge.parcels(shapes, which, promised)
        ends = np.searchsorted(wish_of, np.arange(len(members) + 1)).tolist()
        return _Foreseen(each, {wish: parcel[slice(*ends[at : at + 2])] for at, wish in enumerate(members)})

    def promisable(self, buyer: BuyerOrder) -> Promisable:
        """What can be promised."""
        policy, found = self.meeting.problem.policy, self._trips(buyer.wish.shape)
        if found is None:
            return Promisable(enough=False, least_risk=None, best_good_share=0.0, best_on_time_share=0.0)
        _, _, good, on_time, risk, *_ = found.promised
        enough = self._enough(found, buyer)
        unsafe = risk > policy.max_safety_risk + SLACK
        unsafe &= enough if enough.any() else good + np.minimum(risk, on_time) >= policy.min_good_share
        return Promisable(
            enough=int(unsafe.sum()) < int(enough.sum()),
            least_risk=float(risk[unsafe].min()) if unsafe.any() else None,
            best_good_share=float(good.max()),
            best_on_time_share=min(1.0, float(on_time.max())),
        )

    def room(self, buyer: BuyerOrder, kg: float) -> Room:
        """What is left for so many kilograms of an order that can be promised."""
        found = self._trips(buyer.wish.shape)
        nothing = Room(pays=False, price_vnd_per_kg=math.inf, short=None, fits=False, most_kg=0.0)
        if found is None:
            return nothing
        policy, left = self.meeting.problem.policy, self._left
        fine = self._enough(found, buyer) & (found.promised.safety_risk <= policy.max_safety_risk + SLACK)
        at = np.flatnonzero(fine[found.row])
        if not len(at):
            return nothing
        row, trip = found.row[at], found.trip[at]
        gain = self._gain(buyer, found, at, kg)
        paying = gain > 0
        if not paying.any():
            price = least_price_vnd_per_kg(buyer, found.promised.good_share[row], gain, kg)
            return nothing._replace(price_vnd_per_kg=price)
        at, trip = at[paying], trip[paying]
        limits = self._limits(buyer, found, at, kg)
        return Room(
            pays=True,
            price_vnd_per_kg=math.inf,
            short=next(
                (
                    (code, self._candidate(buyer, found, int(at[hits[0]])))
                    for code, bit in _BIT_OF.items()
                    if len(hits := np.flatnonzero(limits == bit))
                ),
                None,
            ),
            fits=bool((limits == 0).any()),
            most_kg=float(left.batch_kg[trip].max()),
        )

    def works_later(self, buyer: BuyerOrder) -> dt.datetime | None:
        """The nearest later deadline at which something could be promised at a profit."""
        order, judge = buyer.order, self.judge
        later = list(later_buyers(buyer, self.meeting))
        shapes = tuple(moved.wish.shape for _, moved in later)
        foreseen = self._later
        known = foreseen.promised
        allowed = known if all(shape in known for shape in shapes) else dict(judge.allowed(shapes))
        ways = judge.shares.ways(buyer.wish.crop_id, buyer.wish.destination_id)
        for deadline, moved in later:
            shape, promised = moved.wish.shape, allowed[moved.wish.shape]
            parcel = foreseen.parcels.get(moved.wish) if allowed is known else None
            if parcel is None:
                parcel = self._parcels(promised, moved.wish)
            enough = self._big_enough(parcel)
            if not enough.any():
                continue
            kg = order.quantity_kg
            best = np.array([self._best_counted(pool, shape, kg) for pool in promised.pool.tolist()])
            per_kg = moved.order.price_vnd_per_kg * promised.good_share
            per_kg = per_kg - order.loss_vnd_per_kg * (1.0 - promised.good_share)
            per_kg -= judge.costs_of(ways, ways.journey[promised.row], shape)
            review = self.meeting.problem.policy.review_cost_vnd
            value = kg * per_kg - review * (1.0 - parcel) + best
            if (enough & (value > 0)).any():
                return deadline
        return None

    def _trips(self, shape: Wish) -> _Trips | None:
        """Trips of the grade and with the papers, outside their interval; None where there is none."""
        if shape in self._kept:
            self._kept.move_to_end(shape)
            return self._kept[shape]
        self._kept[shape] = found = self._looked_up(shape)
        if len(self._kept) > KEPT_WISHES:
            self._kept.popitem(last=False)
        return found

    def _looked_up(self, shape: Wish) -> _Trips | None:
        ways = self.judge.shares.ways(shape.crop_id, shape.destination_id)
        if not len(ways):
            return None
        promised = self._foreseen.promised.get(shape)
        if promised is None:
            ((_, promised),) = self.judge.shares.promised((shape,), floor=None)
        trips = [self.judge.trips(pool, shape, pickable=False) for pool in promised.pool.tolist()]
        able = np.array([len(each) > 0 for each in trips], dtype=bool)
        if not able.any():
            return None
        promised, trips = promised.only(able), [each for each in trips if len(each)]
        row = np.repeat(np.arange(len(trips)), [len(each) for each in trips])
        journey = ways.journey[promised.row][row]
        costs = self.judge.costs_of(ways, journey, shape)
        return _Trips(promised, able, row, np.concatenate(trips), journey, costs)

    def _parcels(self, promised: Promised, wish: Wish) -> Floats:
        """Probability that the parcel passes, of each row; 1 where nothing depends on it."""
        return promised.parcel_shares(wish) if sized(self.meeting.problem.policy) else np.ones(len(promised.row))

    def _passing(self, found: _Trips, wish: Wish) -> Floats:
        """The same of a wish's trips."""
        known = self._foreseen.parcels.get(wish)
        return self._parcels(found.promised, wish) if known is None else known[found.able]

    def _big_enough(self, parcel: Floats) -> Bools:
        return np.asarray(parcel >= self.meeting.problem.policy.min_parcel_good_share - SLACK, dtype=bool)

    def _enough(self, found: _Trips, buyer: BuyerOrder) -> Bools:
        """Rows that reach the floors."""
        floor = self.meeting.problem.policy.min_good_share - SLACK
        return (found.promised.good_share >= floor) & self._big_enough(self._passing(found, buyer.wish))

    def _gain(self, buyer: BuyerOrder, found: _Trips, at: Ints, kg: float) -> Floats:
        """As `Leftover.gain_vnd` [VND]."""
        left, order, trip = self._left, buyer.order, found.trip[at]
        good = found.promised.good_share[found.row[at]]
        parcel = self._passing(found, buyer.wish)[found.row[at]]
        per_kg = order.price_vnd_per_kg * good - order.loss_vnd_per_kg * (1.0 - good) - found.cost[at]
        value = kg * per_kg - self.meeting.problem.policy.review_cost_vnd * (1.0 - parcel) + kg * left.standing[trip]
        gain = value - kg * left.kept[trip] + left.fair_vnd(trip, kg)
        opened = gain - left.fee[trip] + np.maximum(0.0, left.least_kg[trip] - kg) * left.filler[trip]
        return np.where(left.made[trip], gain, opened)

    def _limits(self, buyer: BuyerOrder, found: _Trips, at: Ints, kg: float) -> Ints:
        """As `Leftover.short_of`, a bit for each."""
        left, trip, least = self._left, found.trip[at], kg - KG_EPSILON
        lanes = self._journeys_kg(buyer.wish.crop_id, buyer.wish.destination_id)
        limits = _BATCH * (left.batch_kg[trip] < least) + _HANDS * (left.hands_kg[trip] < least)
        limits = limits + _PACKING * (left.packing_kg[trip] < least) + _LANE * (lanes[found.journey[at]] < least)
        room = np.minimum(left.batch_kg[trip], left.hands_kg[trip]) + KG_EPSILON
        may = left.made[trip] | (left.open[trip] & (np.maximum(kg, left.least_kg[trip]) <= room))
        return np.asarray(np.where((limits == 0) & ~may, _TRIP, limits), dtype=np.int64)

    def _journeys_kg(self, crop_id: str, destination_id: str) -> Floats:
        """What the fullest departure of each journey still takes [kg]."""
        key = (self.meeting.kind(crop_id), destination_id)
        if key not in self._rooms:
            journeys = self.judge.shares.ways(crop_id, destination_id).journeys
            self._rooms[key] = np.array([self.leftover.journey_kg(journey)[0] for journey in journeys])
        return self._rooms[key]

    def _candidate(self, buyer: BuyerOrder, found: _Trips, at: int) -> Candidate:
        ways = self.judge.shares.ways(buyer.wish.crop_id, buyer.wish.destination_id)
        row = found.promised.only(found.row[at : at + 1])
        verdict = Verdict(
            float(row.good_share[0]),
            float(row.parcel_shares(buyer.wish)[0]),
            min(1.0, float(row.on_time_share[0])),
            float(row.safety_risk[0]),
        )
        entry = Entry(self.meeting.trips[int(found.trip[at])], Start(*ways.starts[int(row.row[0])].tolist()))
        journey = ways.journeys[int(found.journey[at])]
        return candidate_of(buyer, entry, journey, verdict, self.meeting.problem.policy)

    def _best_counted(self, pool: int, shape: Wish, kg: float) -> float:
        """What so much of the pool's trips counts for their growers at best; −inf where none can be made [VND]."""
        trips = self.judge.trips(pool, shape, pickable=True)
        counted = kg * self._left.standing[trips] + self._left.fair_vnd(trips, kg)
        return float(counted.max()) if len(trips) else -math.inf

    @cached_property
    def _left(self) -> LeftArrays:
        return LeftArrays.of(self.leftover, self.meeting)


def least_price_vnd_per_kg(buyer: BuyerOrder, good: Floats, gain_vnd: Floats, kg: float) -> float:
    """As the least `price_for` of ways that do not pay: their good shares and what they gain [VND/kg]."""
    order = buyer.order
    slope = good - (1.0 - good if order.failure_cost_vnd_per_kg is None else 0.0)
    rising = slope > 0
    if not rising.any():
        return math.inf
    missing = -gain_vnd[rising] / (kg * slope[rising])
    return float(np.ceil((order.price_vnd_per_kg + missing) / 100 + 1e-9).min() * 100)

"""What may become of fruit from its departure until delivery, by arrays: outcomes of one journey for many starts."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.part_arrays import PartArrays
from harvest_planner.planning.verdict import EDGE_H, Delivery, Start, table_of
from harvest_planner.planning.wish import Wish
from harvest_planner.ripening.arrays import parcel_shares, shares_between
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.transit.travel import Journey

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
REACH_SHARES = (0.0, 0.1, 0.25, 0.4)
MOST_CELLS = 2_000_000
"""Outcomes that are summed at one time at most."""


class Deliveries(NamedTuple):
    """`verdict.Delivery` for several waits at once, on one profile or on several: shape (waits, outcomes)."""

    probabilities: Floats
    ages_d20: Floats
    chills: Floats
    chill_spans: Floats
    safeties: Floats
    safety_spans: Floats

    @classmethod
    def stacked(cls, each: Sequence[Delivery]) -> Deliveries:
        """Those of one profile, one below the other."""
        _, *columns = zip(*each, strict=True)
        return cls(*map(np.array, columns))

    @classmethod
    def steady(cls, parts: PartArrays, until_h: Floats, resting: Sequence[float]) -> Deliveries:
        """`verdict._waited_steadily` for several waits.

        Parameters
        ----------
        until_h : until when early parcels wait [h after the first departure]; −inf: none waits.
        resting : what each clock gains in an hour of waiting.
        """
        early_h = np.maximum(0.0, until_h[:, None] - parts.arrive_h)
        wide_h, ridden = parts.wide_h, parts.spans
        columns = []
        for clock, rate in enumerate(resting):
            spans = np.abs(parts.per_h[clock] - rate) * wide_h / 2.0
            columns.append((parts.gains[clock] + rate * early_h, np.where(early_h > 0.0, spans, ridden[clock])))
        (ages, _), chills, safeties = columns
        return cls(np.broadcast_to(parts.probability, early_h.shape), ages, *chills, *safeties)

    @classmethod
    def joined(cls, each: Sequence[Deliveries]) -> Deliveries:
        """Those of several profiles, one below the other: where one has fewer outcomes the rest repeat its last."""
        if len(each) == 1:
            return each[0]
        probabilities, *columns = zip(*each, strict=True)
        return cls(side_by_side(probabilities, even=False), *(side_by_side(column, even=True) for column in columns))


class Fate:
    """Fruit on its way, and what may become of it until delivery: outcomes by arrays.

    A case is a start with a wait on a profile; each of the attributes has a row for each case.

    Attributes
    ----------
    means : ages at delivery by each outcome [d20], shape (cases, outcomes).
    sound : probability of taking no harm on the way, likewise.
    risk : of breaking the food-safety cap.
    by : of each deadline on a profile the probability of each outcome and of arriving by then: (deadlines, outcomes).

    Parameters
    ----------
    starts : the fruit at departure, shape (s, 5).
    wait, start : of each case.
    """

    def __init__(self, deliveries: Deliveries, starts: Floats, wait: Ints, start: Ints, by: Floats) -> None:
        probabilities, ages, chills, chill_spans, safeties, safety_spans = deliveries
        self.starts, self.by = starts[start], by
        self.means = self.starts[:, :1] + ages[wait]
        safe = _shares_within(self.starts[:, 2:3], safeties, safety_spans, wait)
        unhurt = _shares_within(self.starts[:, 1:2], chills, chill_spans, wait)
        self.sound = np.minimum(safe, unhurt)
        self.risk = np.minimum((probabilities[wait] * (1.0 - safe)).sum(axis=1), 1.0)

    def good_by(self, case: Ints, lower_d20: Floats, upper_d20: Floats) -> Floats:
        """Share of good fruit in each outcome of some cases, each in a window of its own: shape (cases, outcomes)."""
        spread = self.starts[case, 3:4]
        return self.sound[case] * shares_between(self.means[case], spread, lower_d20[:, None], upper_d20[:, None])

    def good_shares(self, good: Floats, which: Ints, late: Ints) -> Floats:
        """Expected shares of good fruit, of some rows of `good_by` by some deadlines."""
        found = np.empty(len(which))
        step = max(1, MOST_CELLS // max(1, good.shape[1]))
        for at in range(0, len(which), step):
            part = slice(at, at + step)
            found[part] = np.einsum("ij,ij->i", good[which[part]], self.by[late[part]])
        return np.minimum(found, 1.0)

    def parcel_shares(self, case: Ints, late: Ints, size: Ints, wishes: Sequence[Wish]) -> Floats:
        """Probability that a parcel passes, of some cases by some deadlines.

        Parameters
        ----------
        size : of each its place in `wishes`, which differ in their windows or parcels.
        """
        different, which = np.unique(case * len(wishes) + size, return_inverse=True)
        cases, sized = np.divmod(different, len(wishes))
        passing = np.empty((len(different), self.means.shape[1]))
        starts = self.starts[cases]
        spreads, spread = np.unique(starts[:, 3:], axis=0, return_inverse=True)
        table = sized * len(spreads) + spread.reshape(-1)
        for key in np.unique(table).tolist():
            alike = np.flatnonzero(table == key)
            wish, start = wishes[key // len(spreads)], Start(*starts[alike[0]].tolist())
            passing[alike] = parcel_shares(table_of(wish, start), self.means[cases[alike]] - wish.lower_d20)
        weights = self.sound[case] * self.by[late]
        return np.asarray(np.minimum((weights * passing[which]).sum(axis=1), 1.0))


def in_time_by(parts: Sequence[PartArrays], journeys: Sequence[Journey], of: Ints, until_h: Floats) -> Floats:
    """`verdict.in_time` for several deadlines, shape (deadlines, outcomes).

    Parameters
    ----------
    parts, journeys : profiles, and a journey of each.
    of : of each deadline its profile.
    until_h : each [h after the first departure].
    """
    probability = side_by_side([each.probability[None] for each in parts], even=False)[of]
    low_h, high_h = (
        side_by_side([column[None] for column in columns], even=True)[of]
        for columns in zip(*((each.low_h, each.high_h) for each in parts), strict=True)
    )
    until = until_h[:, None]
    found = np.where(high_h <= until + EDGE_H, probability, 0.0)
    cut = np.where((low_h < until) & (until < high_h - EDGE_H), probability, 0.0)
    straddling = cut.sum(axis=1)
    for at in np.flatnonzero(straddling > 0.0).tolist():
        journey = journeys[of[at]]
        left = journey.probability_by(journey.first_departure_h + float(until_h[at])) - found[at].sum()
        found[at] += min(1.0, max(0.0, float(left / straddling[at]))) * cut[at]
    return found


def may_reach(
    deliveries: Deliveries, wait: Ints, windows: tuple[Floats, Floats], starts: Floats, floor: float
) -> Bools:
    """Which fruit is not certain to miss the floor: each with its wait, its window and its start.

    Of the outcomes a share t gains no more than g, the rest more; so a row can promise at most
    t + (1 − t)·Φ((upper − age − g)/sd), and likewise from below.
    """
    ages, (lower, upper) = deliveries.ages_d20, windows
    possible = np.ones(len(wait), dtype=bool)
    order = np.argsort(ages, axis=1)
    mass = np.cumsum(np.take_along_axis(deliveries.probabilities, order, axis=1), axis=1)
    ages = np.take_along_axis(ages, order, axis=1)
    last = ages.shape[1] - 1
    for share in REACH_SHARES:
        needed = (floor - share) / (1.0 - share)
        if not 0.0 < needed < 1.0:
            continue
        margin = NormalDist().inv_cdf(needed) * starts[:, 3] - 1e-9
        lowest = np.minimum((mass <= share).sum(axis=1), last)
        highest = np.minimum((mass < 1.0 - share).sum(axis=1), last) if share else np.full(len(ages), last)
        low, high = (np.take_along_axis(ages, at[:, None], axis=1)[:, 0] for at in (lowest, highest))
        possible &= starts[:, 0] + low[wait] <= upper - margin
        possible &= starts[:, 0] + high[wait] >= lower + margin
    return possible


def side_by_side(each: Sequence[Floats], *, even: bool) -> Floats:
    """Rows of several widths as wide as the widest, one array below the other; even: the last column is repeated."""
    widest = max(rows.shape[1] for rows in each)
    found = np.zeros((sum(len(rows) for rows in each), widest))
    start = 0
    for rows in each:
        end, wide = start + len(rows), rows.shape[1]
        found[start:end, :wide] = rows
        if even and wide < widest:
            found[start:end, wide:] = rows[:, -1:]
        start = end
    return found


def _shares_within(start: Floats, doses: Floats, spans: Floats, wait: Ints) -> Floats:
    """`share_within` of each case, where each starts with a dose."""
    if (start.max(initial=0.0) + doses + spans <= DOSE_LIMIT).all():
        return np.ones((len(wait), doses.shape[1]))
    gained, span = start + doses[wait], spans[wait]
    even = np.clip((DOSE_LIMIT - gained + span) / np.where(span > 0, 2.0 * span, 1.0), 0.0, 1.0)
    return np.where(span > 0, even, gained <= DOSE_LIMIT)

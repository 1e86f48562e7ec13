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


class Deliveries(NamedTuple):
    """`verdict.Delivery` for several waits at once: shape (waits, outcomes), probabilities (outcomes,)."""

    probabilities: Floats
    ages_d20: Floats
    chills: Floats
    chill_spans: Floats
    safeties: Floats
    safety_spans: Floats

    @classmethod
    def stacked(cls, each: Sequence[Delivery]) -> Deliveries:
        """Those of one profile, one below the other."""
        _, probabilities, *columns = zip(*each, strict=True)
        return cls(np.array(probabilities[0]), *map(np.array, columns))

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
        return cls(parts.probability, ages, *chills, *safeties)


class Fate:
    """Fruit on one profile, and what may become of it until delivery: outcomes by arrays.

    A case is a start with a wait; each of the attributes has a row for each case.

    Attributes
    ----------
    means : ages at delivery by each outcome [d20], shape (cases, outcomes).
    sound : probability of taking no harm on the way, likewise.
    risk : of breaking the food-safety cap.
    by : of each deadline the probability of each outcome and of arriving by then, shape (deadlines, outcomes).

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
        self.risk = np.minimum((probabilities * (1.0 - safe)).sum(axis=1), 1.0)

    def good_shares(self, case: Ints, lower_d20: Floats, upper_d20: Floats) -> Floats:
        """Expected share of good fruit of some cases, each in a window of its own, by each deadline: (cases, d)."""
        spread = self.starts[case, 3:4]
        shares = shares_between(self.means[case], spread, lower_d20[:, None], upper_d20[:, None])
        return np.asarray(np.minimum((self.sound[case] * shares) @ self.by.T, 1.0))

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


def in_time_by(parts: PartArrays, journey: Journey, until_h: Floats) -> Floats:
    """`verdict.in_time` for several deadlines [h after the first departure], shape (deadlines, outcomes)."""
    low_h, high_h, probability = parts.low_h, parts.high_h, parts.probability
    until = until_h[:, None]
    found = np.where(high_h <= until + EDGE_H, probability, 0.0)
    cut = np.where((low_h < until) & (until < high_h - EDGE_H), probability, 0.0)
    straddling = cut.sum(axis=1)
    for at in np.flatnonzero(straddling > 0.0).tolist():
        left = journey.probability_by(journey.first_departure_h + float(until_h[at])) - found[at].sum()
        found[at] += min(1.0, max(0.0, float(left / straddling[at]))) * cut[at]
    return found


def may_reach(deliveries: Deliveries, lower: Floats, upper: Floats, starts: Floats, floor: float) -> Bools:
    """Waits, windows and starts that are not certain to miss the floor, shape (waits, windows, starts).

    Of the outcomes a share t gains no more than g, the rest more; so a row can promise at most
    t + (1 − t)·Φ((upper − age − g)/sd), and likewise from below.
    """
    ages = deliveries.ages_d20
    possible = np.ones((len(ages), len(lower), len(starts)), dtype=bool)
    order = np.argsort(ages, axis=1)
    ages = np.take_along_axis(ages, order, axis=1)
    mass = np.cumsum(deliveries.probabilities[order], axis=1)
    last = ages.shape[1] - 1
    for share in REACH_SHARES:
        needed = (floor - share) / (1.0 - share)
        if not 0.0 < needed < 1.0:
            continue
        margin = NormalDist().inv_cdf(needed) * starts[:, 3] - 1e-9
        lowest = np.minimum((mass <= share).sum(axis=1), last)
        highest = np.minimum((mass < 1.0 - share).sum(axis=1), last) if share else np.full(len(ages), last)
        low, high = (np.take_along_axis(ages, at[:, None], axis=1) for at in (lowest, highest))
        soonest, latest = starts[:, 0] + low, starts[:, 0] + high
        possible &= soonest[:, None, :] <= upper[:, None] - margin
        possible &= latest[:, None, :] >= lower[:, None] + margin
    return possible


def _shares_within(start: Floats, doses: Floats, spans: Floats, wait: Ints) -> Floats:
    """`share_within` of each case, where each starts with a dose."""
    if (start.max(initial=0.0) + doses + spans <= DOSE_LIMIT).all():
        return np.ones((len(wait), doses.shape[1]))
    gained, span = start + doses[wait], spans[wait]
    even = np.clip((DOSE_LIMIT - gained + span) / np.where(span > 0, 2.0 * span, 1.0), 0.0, 1.0)
    return np.where(span > 0, even, gained <= DOSE_LIMIT)

"""What each way promises for one wish: bounded at once for all, worked out exactly where it matters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.promise.grove import Bools, Floats, Ints
from harvest_planner.planning.promise.ways import Ways
from harvest_planner.planning.timing import priced, timing_vnd_per_kg
from harvest_planner.planning.verdict import EDGE_H, Delivery, Start, Verdict, table_of
from harvest_planner.planning.wish import Wish
from harvest_planner.ripening.arrays import parcel_shares, shares_between
from harvest_planner.ripening.clock import DOSE_LIMIT

MONTH_H = 24.0 * 28
"""Air changes by the month: where it is the same at both ends of a shorter time, it is the same between [h]."""
BOUND_SLACK = 4e-4
"""`_phi` is off by at most 1.5e-4, and a share is a difference of two [share]."""


def _phi(z: Floats) -> Floats:
    """The normal cdf to 1.5e-4, for bounds alone: S. R. Bowling et al., J. Ind. Eng. Manag. 2 (2009) 114, eq. 12."""
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(z * (-1.5976 - 0.07056 * (z * z)), -40.0, 40.0))))


class Shares:
    """The good shares of one shape of wish by every way.

    Attributes
    ----------
    ways : of one crop to one destination.
    cost_vnd_per_kg : of each row, that of the ways and what waiting and lateness cost.
    carriage_vnd_per_kg : the same without the price of room on departures.
    good : of each row; an upper bound where `exact` is False.
    risk : of breaking the food-safety cap, of each exact row.
    """

    def __init__(self, ways: Ways, shape: Wish, meeting: Meeting) -> None:
        self.ways, self._shape, self._meeting = ways, shape, meeting
        self._by_deadline_of: dict[int, float] = {}
        self._in_time_of: dict[int, Floats] = {}
        self._mean_ages: dict[int, float] = {}
        self._deliveries: dict[int, Delivery] = {}
        self._verdicts: dict[tuple[int, int, int], Verdict] = {}
        self.exact: Bools = np.zeros(len(ways), dtype=bool)
        self.good: Floats = self._bounds()
        self.risk: Floats = np.zeros(len(ways))
        self.cost_vnd_per_kg: Floats = ways.cost_vnd_per_kg
        self.carriage_vnd_per_kg: Floats = ways.freight_vnd_per_kg
        policy = meeting.problem.policy
        if priced(policy) and len(ways):
            timing = np.array([timing_vnd_per_kg(ride.journey, shape, policy) for ride in ways.rides])
            self.cost_vnd_per_kg = ways.cost_vnd_per_kg + timing[ways.ride]
            self.carriage_vnd_per_kg = ways.freight_vnd_per_kg + timing[ways.ride]

    @cached_property
    def _waits(self) -> Bools:
        """Rides on which a parcel may come before the buyer takes it."""
        from_h = self._shape.deliver_from_h
        return self.ways.first_h < (-np.inf if from_h is None else from_h)

    @cached_property
    def _ageing(self) -> tuple[float, Bools]:
        """What fruit ages in an hour of waiting for its buyer [d20/h], and on which rides no more than that happens.

        There parcels travel unpacked, wait at one temperature, and neither chilling nor safety goes on meanwhile.
        """
        ways, wish = self.ways, self._shape
        if wish.deliver_from_h is None or not self._waits.any():
            return 0.0, np.ones(len(ways.rides), dtype=bool)
        ambient, curve = self._meeting.ambient, curve_of(self._meeting.problem.crop(wish.crop_id))
        first_h = float(ways.first_h.min())
        degc = ambient.degc(wish.destination_id, wish.deliver_from_h)
        even = degc == ambient.degc(wish.destination_id, first_h) and wish.deliver_from_h - first_h < MONTH_H
        age, *others = (clock(degc) / 24.0 for clock in curve.clocks)
        idle = np.full(len(ways.rides), even and not any(others), dtype=bool)
        return age, np.asarray(~self._waits | (idle & ~ways.packed))

    def _ages_d20(self, rides: Ints) -> Floats:
        """What each outcome of some rides has aged at delivery [d20], as far as `_ageing` goes."""
        ways, from_h = self.ways, self._shape.deliver_from_h
        ages = ways.age_d20[rides]
        if from_h is None or not self._waits[rides].any():
            return ages
        return np.asarray(ages + self._ageing[0] * np.maximum(0.0, from_h - ways.arrive_h[rides]))

    def _bounds(self) -> Floats:
        """No row promises more: of each cell at most the share at the age in it that is nearest the window's middle."""
        ways, wish = self.ways, self._shape
        if not len(ways):
            return np.empty(0)
        in_time = (ways.probability * (ways.low_h < wish.deliver_until_h)).sum(axis=1)
        bound = np.minimum(in_time, 1.0)[ways.ride]
        rows = np.flatnonzero(bound >= self._meeting.problem.policy.min_good_share)
        low, high, mass = (each[rows] for each in ways.cells)
        if self._waits.any():
            low, high = self._waited(low, high, rows)
        spread = np.maximum(ways.starts[rows, 3:4], 1e-9)
        nearest = np.clip(0.5 * (wish.lower_d20 + wish.upper_d20), low, high)
        share = _phi((wish.upper_d20 - nearest) / spread) - _phi((wish.lower_d20 - nearest) / spread)
        bound[rows] = np.minimum(bound[rows], (mass * share).sum(axis=1) + BOUND_SLACK)
        return np.asarray(bound)

    def _waited(self, low: Floats, high: Floats, rows: Ints) -> tuple[Floats, Floats]:
        """Bounds on the ages once early parcels have waited: no faster than at the warmest of their air."""
        ways, wish, ambient = self.ways, self._shape, self._meeting.ambient
        from_h = 0.0 if wish.deliver_from_h is None else wish.deliver_from_h
        curve = curve_of(self._meeting.problem.crop(wish.crop_id))
        early_h = np.where(self._waits, from_h - ways.first_h, 0.0)
        airs = [ambient.degc(wish.destination_id, at_h) for at_h in (from_h, from_h - float(early_h.max(initial=0.0)))]
        fastest = max(curve.rate(degc) for degc in airs) / 24.0
        # Pulp that is warmer than the air where it waits may go on faster for a while: no bound then.
        more = np.where(ways.packed & self._waits, np.inf, fastest * early_h)[ways.ride[rows]]
        return low, high + more[:, None]

    def settle(self, rows: Sequence[int]) -> None:
        """Work out some rows exactly."""
        ways, at = self.ways, np.asarray(rows, dtype=np.int64)
        plain = ways.harmless[at] & self._ageing[1][ways.ride[at]] if len(at) else np.empty(0, dtype=bool)
        if plain.any():
            self._settle_plain(at[plain])
        if not plain.all():
            self._settle_any(at[~plain])

    def _settle_plain(self, rows: Ints) -> None:
        """Rows whose parcels take no harm and at most wait: their outcomes stand in the ways' own arrays."""
        ways, wish = self.ways, self._shape
        rides = ways.ride[rows]
        weights = self.in_time(rides)
        row, column = np.nonzero(weights)
        means = ways.starts[rows[row], 0] + self._ages_d20(rides)[row, column]
        spread = ways.starts[rows[row], 3]
        shares = shares_between(means, spread, wish.lower_d20, wish.upper_d20)
        good = np.bincount(row, weights=weights[row, column] * shares, minlength=len(rows))
        self.good[rows] = np.minimum(good, 1.0)
        self.exact[rows] = True

    def _settle_any(self, rows: Ints) -> None:
        ways, wish = self.ways, self._shape
        for row in rows.tolist():
            delivery, start = self._delivery(int(ways.ride[row])), ways.starts[row]
            weights, risk = _weights(delivery, start)
            shares = shares_between(start[0] + np.asarray(delivery.ages_d20), start[3], wish.lower_d20, wish.upper_d20)
            self.good[row], self.risk[row], self.exact[row] = min(1.0, float(weights @ shares)), risk, True

    def in_time(self, rides: Ints) -> Floats:
        """Probability of each outcome and of arriving by the deadline: `verdict.in_time` by arrays, a row a ride."""
        ways, until_h = self.ways, self._shape.deliver_until_h
        low, high, probability = ways.low_h[rides], ways.high_h[rides], ways.probability[rides]
        found: Floats = np.where(high <= until_h + EDGE_H, probability, 0.0)
        if (until_h < ways.last_h[rides]).any():
            cut = np.where((low < until_h) & (until_h < high - EDGE_H), probability, 0.0)
            straddling, whole = cut.sum(axis=1), found.sum(axis=1)
            for at in np.flatnonzero(straddling).tolist():
                left = self._by_deadline(int(rides[at])) - float(whole[at])
                found[at] += min(1.0, max(0.0, left / float(straddling[at]))) * cut[at]
        self._in_time_of.update(zip(rides.tolist(), found, strict=True))
        return found

    def _by_deadline(self, ride: int) -> float:
        """Probability that a ride has come by the deadline."""
        found = self._by_deadline_of.get(ride)
        if found is None:
            journey = self.ways.rides[ride].journey
            found = self._by_deadline_of[ride] = journey.probability_by(self._shape.deliver_until_h)
        return found

    def _delivery(self, ride: int) -> Delivery:
        found = self._deliveries.get(ride)
        if found is None:
            made = self.ways.rides[ride].delivery(self._shape, self._meeting)
            found = self._deliveries[ride] = made
        return found

    def age_at_delivery_d20(self, row: int) -> float:
        """Mean age of the fruit at delivery [d20]."""
        found = self._mean_ages.get(row)
        if found is None:
            found = self._mean_ages[row] = self._age_at_delivery_d20(row)
        return found

    def _age_at_delivery_d20(self, row: int) -> float:
        ride, start_d20 = int(self.ways.ride[row]), float(self.ways.starts[row, 0])
        if not self._waits[ride]:
            return start_d20 + float(self.ways.mean_d20[ride])
        if self._ageing[1][ride]:
            return start_d20 + float(self.ways.probability[ride] @ self._ages_d20(np.array([ride]))[0])
        delivery = self._delivery(ride)
        return start_d20 + float(np.dot(delivery.probabilities, delivery.ages_d20))

    def on_time(self, rows: Ints) -> Floats:
        """Probability of arriving by the deadline, of some rows."""
        rides, which = np.unique(self.ways.ride[rows], return_inverse=True)
        return np.asarray(np.minimum(self.in_time(rides).sum(axis=1), 1.0)[which])

    def parcels(self, rows: Ints, wish: Wish) -> Floats:
        """Probability that the parcel as ordered passes, of some exact rows."""
        return np.array([self.verdict(row, wish).parcel_good_share for row in rows.tolist()])

    def verdict(self, row: int, wish: Wish) -> Verdict:
        """What can be promised by one exact way, for the parcel as ordered."""
        key = (row, wish.fruit, wish.needed)
        found = self._verdicts.get(key)
        if found is None:
            found = self._verdicts[key] = self._judged(row, wish)
        return found

    def _judged(self, row: int, wish: Wish) -> Verdict:
        ways, ride, start = self.ways, int(self.ways.ride[row]), self.ways.starts[row]
        if ways.harmless[row] and self._ageing[1][ride]:
            weights = in_time = (
                self._in_time_of[ride] if ride in self._in_time_of else self.in_time(np.array([ride]))[0]
            )
            ages = self._ages_d20(np.array([ride]))[0]
        else:
            delivery = self._delivery(ride)
            weights, _ = _weights(delivery, start)
            in_time, ages = np.asarray(delivery.in_time), np.asarray(delivery.ages_d20)
        table = table_of(wish, Start(*start.tolist()))
        parcel = float(weights @ parcel_shares(table, start[0] + ages - wish.lower_d20))
        on_time = float(in_time.sum())
        return Verdict(float(self.good[row]), min(1.0, parcel), min(1.0, on_time), float(self.risk[row]))


def _weights(delivery: Delivery, start: Floats) -> tuple[Floats, float]:
    """Probability of each outcome, in time and unharmed, and the risk of breaking the safety cap: those of `judge`."""
    in_time, probabilities, _, chills, chill_spans, safeties, safety_spans = map(np.asarray, delivery)
    safe = _within(start[2] + safeties, safety_spans)
    weights = in_time * np.minimum(safe, _within(start[1] + chills, chill_spans))
    return weights, min(1.0, float((probabilities * (1.0 - safe)).sum()))


def _within(doses: Floats, spans: Floats) -> Floats:
    """`verdict.share_within`, element by element."""
    even = np.clip((DOSE_LIMIT - doses + spans) / np.where(spans > 0.0, 2.0 * spans, 1.0), 0.0, 1.0)
    return np.asarray(np.where(spans > 0.0, even, doses <= DOSE_LIMIT))

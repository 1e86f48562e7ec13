"""The journeys from one crop's trips to one destination, with bounds on what each cohort can promise by each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harvest_planner.planning.answer import legs_of
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.promise.grove import Bools, Floats, Grove, Ints, Prices
from harvest_planner.planning.promise.stock import departures_of
from harvest_planner.planning.verdict import Delivery, Parts, delivery_of, parts_of, start_of
from harvest_planner.planning.wish import Wish
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import Leg
from harvest_planner.transit.instants import instant_of
from harvest_planner.transit.travel import Journey

CELLS = 8
"""The outcomes of a journey are bounded in so many groups, by the ages that goods gain."""


@dataclass(frozen=True)
class Ride:
    """A journey with what of it stands fixed.

    Attributes
    ----------
    price_vnd_per_kg : of room on its departures, at the plan's prices.
    departures : the limited ones among them, as the ledger calls them.
    local : the destination's time zone.
    """

    journey: Journey
    parts: Parts
    legs: tuple[Leg, ...]
    price_vnd_per_kg: float
    departures: tuple[str, ...]
    local: dt.tzinfo

    @classmethod
    def of(cls, journey: Journey, meeting: Meeting, prices: Prices) -> Ride:
        """A journey laid out."""
        legs = legs_of(journey, meeting.lanes, meeting.problem.place)
        price = sum(prices.at(f"departure:{leg.lane_id}", leg.departs_at.date()) for leg in legs)
        local = zone(meeting.problem.place(meeting.lanes[legs[-1].lane_id].destination_id).timezone)
        return cls(journey, parts_of(journey.profile), legs, price, departures_of(legs, meeting.lanes), local)

    @cached_property
    def arrive_at(self) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
        """By when it has come with probability 0.05, 0.5 and 0.95."""
        p05_h, p50_h, p95_h = self.journey.arrive_p05_h, self.journey.arrive_p50_h, self.journey.arrive_p95_h
        return instant_of(p05_h, self.local), instant_of(p50_h, self.local), instant_of(p95_h, self.local)

    @cached_property
    def way(self) -> str:
        """Its lanes and departures as text."""
        return repr([(leg.lane_id, leg.departs_at.isoformat()) for leg in self.legs])

    def delivery(self, wish: Wish, meeting: Meeting) -> Delivery:
        """The outcomes at delivery, as the wish times them."""
        curve = curve_of(meeting.problem.crop(wish.crop_id))
        return delivery_of(self.journey, self.parts, wish, curve, meeting.ambient)


class Ways:
    """Every way from the cohorts of a crop to a destination: a cohort on a journey, one row each.

    Attributes
    ----------
    rides : the journeys.
    ride, cohort : of each row.
    starts : of each row (age_d20, chill, safety, sd_d20, batch_sd_d20), shape (n, 5).
    age_d20, probability, arrive_h, low_h, high_h : of each ride's outcomes, shape (rides, outcomes); fillers have no
        probability.
    mean_d20, first_h, last_h : of each ride: mean age gained, and the earliest and latest arrival of what arrives.
    packed : of each ride, whether goods travel packed.
    harmless : of each row, whether no outcome comes near a limit of chilling or safety.
    cells : of each row's groups of outcomes the least and the most age at arrival [d20], and their probability; shape
        (n, CELLS) each.
    cost_vnd_per_kg : transport and departures at the plan's prices, of each row.

    Parameters
    ----------
    ride_of : lays a journey out.
    spent : whether cohorts of which the plan leaves nothing are listed too.
    """

    def __init__(
        self,
        grove: Grove,
        destination_id: str,
        meeting: Meeting,
        ride_of: Callable[[Journey], Ride],
        *,
        spent: bool = False,
    ) -> None:
        numbers: dict[int, int] = {}
        self.rides: list[Ride] = []
        rows: list[tuple[int, int]] = []
        starts: list[tuple[float, ...]] = []
        for cohort, trip in enumerate(grove.cohorts):
            if not spent and not grove.spare_kg[grove.stretch(cohort)].any():
                continue
            for journey in meeting.journeys_from(trip.field, trip.day, destination_id):
                number = numbers.get(id(journey))
                if number is None:
                    number = numbers[id(journey)] = len(self.rides)
                    self.rides.append(ride_of(journey))
                rows.append((number, cohort))
                departs_h = journey.first_departure_h
                starts.append(start_of(trip.field, trip.day, departs_h=departs_h, ambient=meeting.ambient))
        self.ride: Ints = np.array([row[0] for row in rows], dtype=np.int64)
        self.cohort: Ints = np.array([row[1] for row in rows], dtype=np.int64)
        self.starts: Floats = np.array(starts, dtype=float).reshape(-1, 5)
        self.cost_vnd_per_kg: Floats = np.array(
            [self.rides[at].journey.cost_vnd_per_kg + self.rides[at].price_vnd_per_kg for at in self.ride.tolist()]
        )
        outcomes = [[part.later(ride.journey.first_departure_h) for part in ride.parts.outcomes] for ride in self.rides]
        self.age_d20 = _padded([ride.parts.gains[0] for ride in self.rides], 0.0)
        self.probability = _padded([ride.parts.probabilities for ride in self.rides], 0.0)
        self.arrive_h = _padded([[part.arrive_h for part in parts] for parts in outcomes], np.inf)
        self.low_h = _padded([[part.low_h for part in parts] for parts in outcomes], np.inf)
        self.high_h = _padded([[part.high_h for part in parts] for parts in outcomes], np.inf)
        self.mean_d20: Floats = (self.probability * self.age_d20).sum(axis=1)
        arrives = np.isfinite(self.high_h)
        self.first_h: Floats = np.min(np.where(arrives, self.low_h, np.inf), axis=1, initial=np.inf)
        self.last_h: Floats = np.max(np.where(arrives, self.high_h, -np.inf), axis=1, initial=-np.inf)
        self.packed: Bools = np.array([ride.journey.packed for ride in self.rides], dtype=bool)
        self.harmless = self._harmless()
        self.cells = self._cells()

    def __len__(self) -> int:
        return len(self.ride)

    def _harmless(self) -> Bools:
        """Rows on which no outcome comes near a limit of chilling or safety."""
        doses = [
            [max((d + w for d, w in zip(ride.parts.gains[clock], ride.parts.spans[clock], strict=True)), default=0.0)
             for ride in self.rides]
            for clock in (1, 2)
        ]  # fmt: skip
        worst = np.array(doses).reshape(2, -1)[:, self.ride] + self.starts[:, 1:3].T
        return np.asarray((worst <= DOSE_LIMIT).all(axis=0))

    def _cells(self) -> tuple[Floats, Floats, Floats]:
        """Least and most age at arrival of each row's groups of outcomes [d20], and their masses; shape (n, CELLS)."""
        happens = self.probability > 0.0
        order = np.argsort(np.where(happens, self.age_d20, np.inf), axis=1, kind="stable")
        gains, mass = (np.take_along_axis(each, order, axis=1) for each in (self.age_d20, self.probability))
        cell = np.minimum((np.cumsum(mass, axis=1) * CELLS).astype(np.int64), CELLS - 1)
        row, column = np.nonzero(np.take_along_axis(happens, order, axis=1))
        at = (row, cell[row, column])
        low, high, sums = (np.full((len(self.rides), CELLS), filler) for filler in (np.inf, -np.inf, 0.0))
        np.minimum.at(low, at, gains[row, column])
        np.maximum.at(high, at, gains[row, column])
        np.add.at(sums, at, mass[row, column])
        bare = ~np.isfinite(low)
        low[bare] = high[bare] = 0.0
        start = self.starts[:, :1]
        return low[self.ride] + start, high[self.ride] + start, sums[self.ride]


def _padded(rows: Sequence[Sequence[float]], filler: float) -> Floats:
    """Rows of different lengths as one array."""
    widest = max(map(len, rows), default=0)
    return np.array([[*row, *(filler,) * (widest - len(row))] for row in rows], dtype=float).reshape(len(rows), widest)

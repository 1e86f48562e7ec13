"""The journeys from one crop's trips to one destination, with bounds on what each cohort can promise by each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harvest_planner.planning.answer import legs_of
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.grove import Bools, Floats, Grove, Ints, Prices
from harvest_planner.planning.promise.stock import departures_of
from harvest_planner.planning.verdict import Delivery, Parts, delivery_of, gained_before
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
    parts : its outcomes; journeys of one profile share them.
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


class Rides:
    """The journeys of a meeting laid out, and what fruit gains before they depart, each once for all that ask."""

    def __init__(self, meeting: Meeting, prices: Prices) -> None:
        self.meeting, self._prices = meeting, prices
        self._rides: dict[int, Ride] = {}
        self._gained: dict[tuple[str, str, float, float], tuple[float, ...]] = {}

    def of(self, journey: Journey) -> Ride:
        """A journey laid out."""
        found = self._rides.get(id(journey))
        if found is None:
            found = self._rides.setdefault(id(journey), self._laid_out(journey))
        return found

    def _laid_out(self, journey: Journey) -> Ride:
        meeting = self.meeting
        legs = legs_of(journey, meeting.lanes, meeting.problem.place)
        price = sum(self._prices.at(f"departure:{leg.lane_id}", leg.departs_at.date()) for leg in legs)
        local = zone(meeting.problem.place(meeting.lanes[legs[-1].lane_id].destination_id).timezone)
        return Ride(journey, meeting.parts(journey), legs, price, departures_of(legs, meeting.lanes), local)

    def gained(self, trip: Trip, departs_h: float) -> tuple[float, ...]:
        """As `verdict.gained_before`."""
        field, day = trip.field, trip.day
        key = (field.crop.id, field.place.id, day.clock_start_h, departs_h)
        found = self._gained.get(key)
        if found is None:
            made = gained_before(field, day, departs_h=departs_h, ambient=self.meeting.ambient)
            found = self._gained.setdefault(key, made)
        return found


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
    freight_vnd_per_kg : transport, of each row.
    cost_vnd_per_kg : transport and departures at the plan's prices, of each row.
    """

    def __init__(self, grove: Grove, destination_id: str, rides: Rides) -> None:
        self.rides: list[Ride] = []
        self.ride, self.cohort, self.starts = self._rows(grove, destination_id, rides)
        costs = [ride.journey.cost_vnd_per_kg + ride.price_vnd_per_kg for ride in self.rides]
        self.cost_vnd_per_kg: Floats = np.array(costs, dtype=float)[self.ride]
        freight = [ride.journey.cost_vnd_per_kg for ride in self.rides]
        self.freight_vnd_per_kg: Floats = np.array(freight, dtype=float)[self.ride]
        parts, profile = self._profiles()
        departs_h = np.array([ride.journey.first_departure_h for ride in self.rides], dtype=float)[:, None]
        age_d20 = _padded([each.gains[0] for each in parts], 0.0)
        probability = _padded([each.probabilities for each in parts], 0.0)
        self.age_d20, self.probability = age_d20[profile], probability[profile]
        self.arrive_h = _padded([[o.arrive_h for o in each.outcomes] for each in parts], np.inf)[profile] + departs_h
        self.low_h = _padded([[o.low_h for o in each.outcomes] for each in parts], np.inf)[profile] + departs_h
        self.high_h = _padded([[o.high_h for o in each.outcomes] for each in parts], np.inf)[profile] + departs_h
        self.mean_d20: Floats = (self.probability * self.age_d20).sum(axis=1)
        arrives = np.isfinite(self.high_h)
        self.first_h: Floats = np.min(np.where(arrives, self.low_h, np.inf), axis=1, initial=np.inf)
        self.last_h: Floats = np.max(np.where(arrives, self.high_h, -np.inf), axis=1, initial=-np.inf)
        self.packed: Bools = np.array([ride.journey.packed for ride in self.rides], dtype=bool)
        worst = np.array([_worst_doses(each) for each in parts], dtype=float).reshape(-1, 2)
        own = profile[self.ride]
        self.harmless: Bools = np.all(worst[own] + self.starts[:, 1:3] <= DOSE_LIMIT, axis=1)
        low, high, mass = _cells(age_d20, probability)
        self.cells = (low[own] + self.starts[:, :1], high[own] + self.starts[:, :1], mass[own])

    def __len__(self) -> int:
        return len(self.ride)

    def _rows(self, grove: Grove, destination_id: str, rides: Rides) -> tuple[Ints, Ints, Floats]:
        """Ride, cohort and start of each row, by cohort; `self.rides` is filled as journeys are met."""
        numbers: dict[int, int] = {}
        sent: dict[tuple[str, float, float], tuple[Ints, Floats]] = {}
        ride, cohort, starts = [], [], []
        for number, trip in enumerate(grove.cohorts):
            # Fruit of one place that is ready at one hour has the same journeys, whatever its age.
            key = (trip.field.place.id, trip.day.clock_start_h, trip.day.ready_h)
            if key not in sent:
                sent[key] = self._sent(trip, destination_id, rides, numbers)
            taken, gained = sent[key]
            start = np.empty((len(taken), 5))
            start[:, :3] = gained
            start[:, 0] += trip.day.age_d20
            start[:, 3:] = trip.field.stage.sd_d20, trip.field.stage.batch_sd_d20
            ride.append(taken)
            cohort.append(np.full(len(taken), number, dtype=np.int64))
            starts.append(start)
        if not ride:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((0, 5))
        return np.concatenate(ride), np.concatenate(cohort), np.concatenate(starts)

    def _sent(self, trip: Trip, destination_id: str, rides: Rides, numbers: dict[int, int]) -> tuple[Ints, Floats]:
        """The rides on offer for a trip, and what its fruit gains before each of them departs."""
        journeys = rides.meeting.journeys_from(trip.field, trip.day, destination_id)
        for journey in journeys:
            if id(journey) not in numbers:
                numbers[id(journey)] = len(self.rides)
                self.rides.append(rides.of(journey))
        gained = [rides.gained(trip, journey.first_departure_h) for journey in journeys]
        return (
            np.array([numbers[id(journey)] for journey in journeys], dtype=np.int64),
            np.array(gained, dtype=float).reshape(-1, 3),
        )

    def _profiles(self) -> tuple[list[Parts], Ints]:
        """The outcomes of all rides, those of one profile once, and of each ride which are its own."""
        parts = {id(ride.parts): ride.parts for ride in self.rides}
        numbers = {key: number for number, key in enumerate(parts)}
        return list(parts.values()), np.array([numbers[id(ride.parts)] for ride in self.rides], dtype=np.int64)


def _worst_doses(parts: Parts) -> tuple[float, float]:
    """The largest doses of chilling and of safety that an outcome gains."""
    chill, safety = (
        max((dose + wide for dose, wide in zip(parts.gains[clock], parts.spans[clock], strict=True)), default=0.0)
        for clock in (1, 2)
    )
    return chill, safety


def _cells(age_d20: Floats, probability: Floats) -> tuple[Floats, Floats, Floats]:
    """Least and most age gained of each profile's groups of outcomes [d20], and their masses; shape (n, CELLS)."""
    happens = probability > 0.0
    order = np.argsort(np.where(happens, age_d20, np.inf), axis=1, kind="stable")
    gains, mass = (np.take_along_axis(each, order, axis=1) for each in (age_d20, probability))
    cell = np.minimum((np.cumsum(mass, axis=1) * CELLS).astype(np.int64), CELLS - 1)
    row, column = np.nonzero(np.take_along_axis(happens, order, axis=1))
    at = (row, cell[row, column])
    low, high, sums = (np.full((len(age_d20), CELLS), filler) for filler in (np.inf, -np.inf, 0.0))
    np.minimum.at(low, at, gains[row, column])
    np.maximum.at(high, at, gains[row, column])
    np.add.at(sums, at, mass[row, column])
    bare = ~np.isfinite(low)
    low[bare] = high[bare] = 0.0
    return low, high, sums


def _padded(rows: Sequence[Sequence[float]], filler: float) -> Floats:
    """Rows of different lengths as one array."""
    widest = max(map(len, rows), default=0)
    return np.array([[*row, *(filler,) * (widest - len(row))] for row in rows], dtype=float).reshape(len(rows), widest)

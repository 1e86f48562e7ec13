"""The problem as the referee reads it: places, clocks, timetables and picking days, each looked up once."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import cached_property, partial
from itertools import pairwise

from harvest_planner import catalogue
from harvest_planner.planning.referee.duration import Duration, duration_of
from harvest_planner.planning.referee.fruit import Clock, Taste, taste_of
from harvest_planner.planning.referee.journey import Arrival, Journey, Ride
from harvest_planner.planning.referee.orchard import Orchard, PickDay, spread_of
from harvest_planner.planning.referee.promise import Delivery, Fruit, Promise, Promises
from harvest_planner.planning.referee.punctuality import Punctuality, punctuality
from harvest_planner.planning.referee.timetable import Timetable, hours, moment
from harvest_planner.planning.referee.wishes import Wanted, Wish, read_orders
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.goods import Batch, Commitment
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.people import Grower, Place
from harvest_planner.schema.problem import PlanningProblem

AT_PAR = 0.9
"""A reputation that counts as much as being new."""


class Case:
    """A problem with everything that checking a plan asks of it."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem = problem
        self.timetable, self.orchard = Timetable(problem), Orchard(problem)
        self.as_of_h = hours(problem.as_of)
        self.orders = read_orders(problem.orders, as_of=problem.as_of, crop=problem.crop)
        self.batches = {batch.id: batch for batch in problem.batches}
        self._clocks: dict[str, Clock] = {}
        self._durations: dict[str, Duration] = {}
        self._climate: dict[tuple[str, int], float] = {}
        self._place_ids: dict[str, str] = {}
        self._journeys: dict[tuple[tuple[str, ...], float, str], Journey] = {}
        self._arrivals: dict[tuple[Duration, tuple[tuple[float, float], ...]], Arrival] = {}
        self._fruit: dict[tuple[object, ...], Fruit] = {}
        self._tastes: dict[tuple[Wish, int], Taste] = {}
        self._deliveries: dict[Wish, Delivery] = {}
        self._punctuality: dict[tuple[Wish, Journey], Punctuality] = {}
        self._promises = Promises(self.ambient)

    @cached_property
    def committed(self) -> dict[tuple[str, str, dt.date], list[Commitment]]:
        """Commitments by (order, batch, day)."""
        found: dict[tuple[str, str, dt.date], list[Commitment]] = {}
        for commitment in self.problem.commitments:
            found.setdefault((commitment.order_id, commitment.batch_id, commitment.pick_on), []).append(commitment)
        return found

    @cached_property
    def committed_trips(self) -> frozenset[tuple[str, dt.date]]:
        """(batch, day) of every commitment."""
        return frozenset((batch_id, day) for _, batch_id, day in self.committed)

    @cached_property
    def committed_orders(self) -> frozenset[str]:
        """Orders of every commitment."""
        return frozenset(order_id for order_id, _, _ in self.committed)

    @cached_property
    def crops_wanted(self) -> frozenset[str]:
        """Crops that orders to be planned ask for."""
        return frozenset(order.wish.crop_id for order in self.orders.values() if order.wish.planned)

    def place(self, place_id: str) -> Place:
        """The place meant by an id or name."""
        return self.problem.place(place_id)

    def place_id(self, name: str) -> str:
        """The id of the place meant by an id or name."""
        if name not in self._place_ids:
            self._place_ids[name] = self.problem.place(name).id
        return self._place_ids[name]

    def grower(self, batch: Batch) -> Grower:
        """Who picks a batch."""
        return self.problem.grower(batch.grower_id)

    def standing_vnd_per_kg(self, batch: Batch) -> float:
        """What its grower's reputation adds to a shipped kilogram [VND/kg]."""
        known = self.grower(batch).reputation
        return 0.0 if known is None else (known - AT_PAR) * self.problem.policy.reputation_weight

    def crop(self, of: Batch | Wish) -> Crop:
        """The crop of a batch or a wish."""
        return self.problem.crop(of.crop_id)

    def clock(self, crop_id: str) -> Clock:
        """The crop's clocks."""
        if crop_id not in self._clocks:
            self._clocks[crop_id] = Clock(self.problem.crop(crop_id))
        return self._clocks[crop_id]

    def ambient(self, place_id: str, at_h: float) -> float:
        """Air temperature of a place in the local month of an instant [°C]."""
        place = self.place(place_id)
        if place.ambient_degc is not None:
            return place.ambient_degc
        key = (place.id, moment(at_h, place.timezone).month)
        if key not in self._climate:
            known = catalogue.climate_degc(*key)
            self._climate[key] = self.problem.policy.default_ambient_degc if known is None else known
        return self._climate[key]

    def outdoors(self, place_id: str, from_h: float, hours: float) -> list[tuple[float, float]]:
        """(hours, °C) of goods that wait there for a departure: the month's air, hour by hour where those are told."""
        place, mean = self.place(place_id), self.ambient(place_id, from_h)
        if not place.hour_offsets_degc:
            return [(hours, mean)]
        shift_h = moment(from_h, place.timezone).utcoffset().total_seconds() / 3600.0  # type: ignore[union-attr]
        first, last = from_h + shift_h, from_h + shift_h + hours
        marks = [first, *(float(h) for h in range(math.floor(first) + 1, math.ceil(last))), last]
        return [
            (b - a, mean + place.hour_offsets_degc[math.floor((a + b) / 2.0) % 24]) for a, b in pairwise(marks) if b > a
        ]

    def journey(self, lane_ids: Sequence[str], departs_h: float, crop_id: str) -> Journey:
        """The journey along lanes from a first departure."""
        key = (tuple(lane_ids), round(departs_h, 6), crop_id)
        if key not in self._journeys:
            goods = self.problem.crop(crop_id).goods
            rides = [self._ride(self.timetable.lanes[lane_id], goods) for lane_id in lane_ids]
            self._journeys[key] = Journey(
                rides, departs_h, self.clock(crop_id), self.ambient, self.outdoors, laws=self._arrival
            )
        return self._journeys[key]

    def _arrival(self, duration: Duration, taken: dict[float, float]) -> Arrival:
        """The one law of all legs that take equally long from the same departures with the same chances."""
        key = (duration, tuple(taken.items()))
        if key not in self._arrivals:
            self._arrivals[key] = Arrival(duration, taken)
        return self._arrivals[key]

    def _ride(self, lane: Lane, goods: str | None) -> Ride:
        if lane.id not in self._durations:
            self._durations[lane.id] = duration_of(lane)
        return Ride(lane, self._durations[lane.id], partial(self.timetable.departures, lane, goods))

    def fruit(self, day: PickDay, departs_h: float) -> Fruit:
        """The fruit of a pick day when its first departure leaves."""
        key = (day.cohort, departs_h)
        if key not in self._fruit:
            self._fruit[key] = self._fruit_of(day, departs_h)
        return self._fruit[key]

    def _fruit_of(self, day: PickDay, departs_h: float) -> Fruit:
        clock, stage = self.clock(day.batch.crop_id), self.crop(day.batch).stage(day.batch.stage_id)
        age, chill, danger = day.age_d20, 0.0, 0.0
        for hours_, degc in self.outdoors(day.batch.place_id, day.clock_h, max(0.0, departs_h - day.clock_h)):
            age += clock.rate(degc) * hours_ / 24.0
            chill += clock.chill(degc) * hours_ / 24.0
            danger += clock.danger(degc) * hours_ / 24.0
        return Fruit(age, chill, danger, *spread_of(stage, day.batch.age_shift_sd_d20))

    def taste(self, order: Wanted) -> Taste:
        """When the order's fruit is good."""
        key = (order.wish, order.fruit)
        if key not in self._tastes:
            room_rate = self.room_rate(order.wish)
            self._tastes[key] = taste_of(order.wish, self.crop(order.wish), room_rate=room_rate, fruit=order.fruit)
        return self._tastes[key]

    def room_rate(self, wish: Wish) -> float:
        """How fast the fruit ages at the buyer's [d20 per day]."""
        until_h = hours(wish.deliver_until_at)
        room = self.ambient(wish.destination_id, until_h) if wish.room_degc is None else wish.room_degc
        return self.clock(wish.crop_id).rate(room)

    def delivery(self, order: Wanted) -> Delivery:
        """Where and when the order is delivered."""
        wish = order.wish
        if wish not in self._deliveries:
            from_h = -math.inf if wish.deliver_from_at is None else hours(wish.deliver_from_at)
            self._deliveries[wish] = Delivery(self.place_id(wish.destination_id), from_h, hours(wish.deliver_until_at))
        return self._deliveries[wish]

    def punctuality(self, wish: Wish, journey: Journey) -> Punctuality:
        """How punctual the journey is for that wish."""
        key = (wish, journey)
        if key not in self._punctuality:
            self._punctuality[key] = punctuality(wish, journey)
        return self._punctuality[key]

    def promise(self, order: Wanted, day: PickDay, journey: Journey) -> Promise:
        """What can be promised of that fruit on that journey for that order."""
        return self._promises.of(*self._terms(order, day, journey))

    def good_share(self, order: Wanted, day: PickDay, journey: Journey) -> float:
        """The good share of that promise."""
        return self._promises.good_share(*self._terms(order, day, journey))

    def _terms(self, order: Wanted, day: PickDay, journey: Journey) -> tuple[Journey, Fruit, Taste, Delivery]:
        return journey, self.fruit(day, journey.first_h), self.taste(order), self.delivery(order)

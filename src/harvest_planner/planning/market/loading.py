"""Orders of a lot onto its trips, and what still fits afterwards, until no order more fits at a profit."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from harvest_planner.planning.allocation.model import Floats
from harvest_planner.planning.candidates import LEAST_PART_KG
from harvest_planner.planning.market.lacking import Lacking
from harvest_planner.planning.market.loads import Fitting, Loads, Part
from harvest_planner.planning.market.market import KG_EPSILON, Market, Rows
from harvest_planner.planning.market.prices import Groups, worth
from harvest_planner.planning.market.serving import Served
from harvest_planner.planning.market.trips import Field
from harvest_planner.planning.patience import FILLING_AT_MOST, Patience

ASKED_EVERY = 1000
"""Orders after which it is asked again whether there is time."""
VND_EPSILON = 1e-6
MOST_PASSES, TRIED_ROWS = 4, 3
"""Times that what is left is offered, and rows that each order looks at in one of them."""


class Loading:
    """Parts of orders on trips, with what is left of everything while they are put on.

    Attributes
    ----------
    field : what is picked; `shipped_kg` of it is for orders, and from `sell` on `sold_kg` for the local market [kg].
    """

    def __init__(self, market: Market, groups: Groups, field: Field) -> None:
        self.market, self.groups, self.field = market, groups, field
        supply = market.supply
        self.shipped_kg, self.sold_kg = [0.0] * len(field.kg), [0.0] * len(field.kg)
        self.departure_kg = market.departure_kg.tolist()
        self.packing_kg = supply.packing_kg.tolist()
        self._packing = supply.trip_packing.tolist()
        self._lot = supply.trip_lot.tolist()
        self.fee: list[float] = supply.trip_due.tolist()
        self._least: list[float] = supply.trip_least.tolist()
        self._kept: list[float] = supply.batch_kept[supply.trip_batch].tolist()
        self._surplus: list[float] = supply.trip_surplus.tolist()
        self._standing: list[float] = supply.trip_standing.tolist()
        self.lacking = Lacking(supply)
        self._local: list[float] = np.maximum(supply.trip_surplus, supply.batch_kept[supply.trip_batch]).tolist()
        self._cost: list[float] = self._local
        self.trips_of: dict[int, list[int]] = defaultdict(list)
        for trip, lot in enumerate(self._lot):
            self.trips_of[lot].append(trip)
        self.parts: list[Part] = []
        first, flat = market.journey_first.tolist(), market.journey_departure.tolist()
        self._legs = [flat[start:end] for start, end in pairwise(first)]

    def load(self, served: Served) -> None:
        """Put each order on a trip of its lot, heaviest first; one that fits none stays unserved."""
        demand = self.market.demand
        got = np.flatnonzero(served.row >= 0)
        got = got[np.lexsort((-demand.kg[got], served.lot[got]))]
        kg, rows, lots = demand.kg[got].tolist(), served.row[got].tolist(), served.lot[got].tolist()
        journey = demand.row_journey[served.row[got]].tolist()
        current, free, trips = -1, [], []
        for order, row, lot, weight, way in zip(got.tolist(), rows, lots, kg, journey, strict=True):
            if lot != current:
                current = lot
                trips = [trip for trip in self.trips_of[lot] if self.field.kg[trip] > 0.0]
                free = [self.field.kg[trip] - self.shipped_kg[trip] for trip in trips]
            for at in self.lacking.first(trips, weight):
                room = free[at]
                if weight <= room + KG_EPSILON and self.rides(way, trips[at]) >= weight - KG_EPSILON:
                    free[at] = room - weight
                    self.put(order, row, trips[at], weight, way)
                    break

    def rides(self, journey: int, trip: int) -> float:
        """What departures and packing still take [kg]."""
        room = self.packing_kg[self._packing[trip]] if self._packing[trip] >= 0 else np.inf
        for departure in self._legs[journey]:
            room = min(room, self.departure_kg[departure])
        return room

    def put(self, order: int, row: int, trip: int, kg: float, journey: int) -> None:
        self.parts.append((order, row, trip, kg))
        self.shipped_kg[trip] += kg
        self.lacking.ship(trip, kg)
        if self._packing[trip] >= 0:
            self.packing_kg[self._packing[trip]] -= kg
        for departure in self._legs[journey]:
            self.departure_kg[departure] -= kg
        short = self.shipped_kg[trip] + self.sold_kg[trip] - self.field.kg[trip]
        if not self.field.made[trip]:
            # A new trip brings its least, whoever takes the rest.
            short = max(short, self._least[trip])
        if short > 0.0:
            self.field.pick(trip, short)

    def take_off(self, part: Part) -> None:
        """As it was before the part was put on, but for what the trip picks; it stays in the list of parts."""
        _, row, trip, kg = part
        if self._packing[trip] >= 0:
            self.packing_kg[self._packing[trip]] += kg
        for departure in self._legs[int(self.market.demand.row_journey[row])]:
            self.departure_kg[departure] += kg
        self.shipped_kg[trip] -= kg
        self.lacking.ship(trip, -kg)

    def drop_idle(self) -> None:
        """Leave trips that bring less than they cost; their orders are unserved again."""
        loads = self.loads()
        per_kg = worth(self.market, self.groups, loads.row, self.groups.of_order[loads.order])
        value = (per_kg + self.market.supply.trip_standing[loads.trip]) * loads.kg
        brings = np.bincount(loads.trip, weights=value, minlength=len(self.field.kg)).tolist()
        idle: set[int] = set()
        for trip, picked in enumerate(self.field.kg):
            if picked > 0.0 and not self.market.supply.trip_made[trip]:
                rest = picked - self.shipped_kg[trip]
                local = max(self.market.supply.trip_surplus[trip] - self._kept[trip], 0.0)
                brings[trip] += self.lacking.loss(trip, self.shipped_kg[trip])
                if brings[trip] - self._kept[trip] * self.shipped_kg[trip] + local * rest <= self.fee[trip]:
                    idle.add(trip)
        if not idle:
            return
        kept = []
        for part in self.parts:
            if part[2] in idle:
                self.take_off(part)
            else:
                kept.append(part)
        self.parts = kept
        for trip in idle:
            self.shipped_kg[trip] = 0.0
            self.field.leave(trip)

    def fill(self, *, beside_surplus: bool, patience: Patience) -> None:
        """Serve what still fits at a profit, the best first: on trips that are made, on longer and on new ones.

        Parameters
        ----------
        beside_surplus : the local market has its share already, so that fruit costs only what it is worth on the tree.
        """
        if patience.over_after(FILLING_AT_MOST):
            return
        self._cost, demand = self._kept if beside_surplus else self._local, self.market.demand
        missing = demand.kg.copy()
        for order, _, _, kg in self.parts:
            missing[order] -= kg
        splits = demand.splits.tolist()
        for _ in range(MOST_PASSES):
            fitting = self._fitting(missing)
            left: list[float] = missing.tolist()
            rooms: dict[int, float] = {}
            failed: dict[tuple[int, float], float] = {}
            changed = False
            columns = (each.tolist() for each in fitting.ranked(demand))
            for number, (order, row, per_kg, access, journey) in enumerate(zip(*columns, strict=True)):
                if number % ASKED_EVERY == 0 and patience.over_after(FILLING_AT_MOST):
                    return
                wanted = left[order]
                least = min(LEAST_PART_KG, wanted) if splits[order] else wanted
                # What was too little for one order is too little for all that need more.
                if wanted <= KG_EPSILON or rooms.get(access, np.inf) < least - KG_EPSILON:
                    continue
                if not self._carries(journey, least - KG_EPSILON):
                    continue
                # Room only shrinks, so that what found no trip finds none for less.
                if per_kg <= failed.get((access, wanted), -np.inf):
                    continue
                trip, kg, room = self._best_trip(access, journey, wanted, least, per_kg)
                if trip < 0:
                    rooms[access] = room
                    if self._carries(journey, wanted):
                        failed[access, wanted] = per_kg
                    continue
                self.put(order, row, trip, kg, journey)
                left[order] -= kg
                changed = True
            missing = np.array(left)
            if not changed:
                return

    def _fitting(self, missing: Floats) -> Fitting:
        """Orders with rows that may fit now, and what each would bring at most."""
        market, demand, supply = self.market, self.market.demand, self.market.supply
        free = np.array(self.field.kg) - np.array(self.shipped_kg) - np.array(self.sold_kg)
        room = free + self.field.rooms()
        room = np.minimum(room, np.append(np.array(self.packing_kg), np.inf)[supply.trip_packing])
        made = np.array(self.field.made, dtype=bool)
        usable = room >= min(LEAST_PART_KG, float(demand.kg.min(initial=LEAST_PART_KG))) - KG_EPSILON
        made_kg, new_kg = (market.access_most(np.where(usable & which, room, 0.0)) for which in (made, ~made))
        access_cost = market.access_least(np.array(self._cost) - supply.trip_standing - self.lacking.per_kg(), usable)
        access_fee = market.access_least(np.array(self.fee), usable & ~made)
        access_kg = np.maximum(made_kg, new_kg)
        journey_kg = np.full(len(market.journey_first) - 1, np.inf)
        np.minimum.at(journey_kg, market.journey_owner, np.array(self.departure_kg)[market.journey_departure])
        waiting = np.flatnonzero(missing > KG_EPSILON)
        waiting = waiting[demand.splits[waiting] | (missing[waiting] >= demand.kg[waiting] - KG_EPSILON)]
        if not len(waiting):
            none = np.empty(0, dtype=np.int64)
            return Fitting(none, none, np.empty(0), np.empty(0))
        least = float(np.where(demand.splits[waiting], LEAST_PART_KG, missing[waiting]).min()) - KG_EPSILON
        chosen = (access_kg[demand.row_access] >= least) & (journey_kg[demand.row_journey] >= least)
        at, owner = Rows.of(market, chosen & np.isfinite(access_cost[demand.row_access])).of_wishes(
            demand.wish[waiting]
        )
        order = waiting[owner]
        need = np.where(demand.splits[order], np.minimum(missing[order], LEAST_PART_KG), missing[order])
        access = demand.row_access[at]
        fits = (need <= access_kg[access] + KG_EPSILON) & (need <= journey_kg[demand.row_journey[at]] + KG_EPSILON)
        order, at, access = order[fits], at[fits], access[fits]
        per_kg = worth(market, self.groups, at, self.groups.of_order[order])
        fee = np.where(need[fits] <= made_kg[access] + KG_EPSILON, 0.0, access_fee[access])
        gain = (per_kg - access_cost[access]) * missing[order] - fee
        pays = gain > VND_EPSILON
        return Fitting(order[pays], at[pays], per_kg[pays], gain[pays]).best_of_each(TRIED_ROWS)

    def room(self, trip: int) -> float:
        """What more could be shipped on the trip [kg]."""
        return self.field.kg[trip] - self.shipped_kg[trip] - self.sold_kg[trip] + self.field.room(trip)

    def _carries(self, journey: int, kg: float) -> bool:
        """Whether the journey's departures still take so much."""
        return all(self.departure_kg[departure] >= kg for departure in self._legs[journey])

    def _best_trip(
        self, access: int, journey: int, wanted: float, least: float, per_kg: float
    ) -> tuple[int, float, float]:
        """The trip on which so much brings most, −1 for none; how much of it; the most room of any trip [kg]."""
        market = self.market
        best, most, part, roomiest = -1, VND_EPSILON, 0.0, 0.0
        for lot in market.access_lot[market.access_first[access] : market.access_first[access + 1]].tolist():
            for trip in self.trips_of[lot]:
                room = self.room(trip)
                roomiest = max(roomiest, room)
                if room < least - KG_EPSILON:
                    continue
                room = min(room, self.rides(journey, trip))
                kg = min(wanted, room)
                if kg < least - KG_EPSILON:
                    continue
                kg = max(kg, least)
                gain = self.gain(trip, kg, per_kg)
                if gain > most:
                    best, most, part = trip, gain, kg
                    if kg >= wanted and self.field.made[trip] and self.lacking.takes(trip, kg):
                        # Made trips of one lot differ by little.
                        return best, part, roomiest
        return best, part, roomiest

    def gain(self, trip: int, kg: float, per_kg: float) -> float:
        """What so many kilograms more for an order bring on the trip [VND]."""
        gain = self.worth_vnd(trip, kg, per_kg) + self.lacking.gain(trip, kg)
        if self.field.made[trip]:
            return gain
        filler: float = max(0.0, self._least[trip] - kg) * (self._surplus[trip] - self._kept[trip])
        return gain + filler - self.fee[trip]

    def worth_vnd(self, trip: int, kg: float, per_kg: float) -> float:
        """What so many kilograms for an order bring on the trip beyond what the fruit is worth elsewhere [VND]."""
        return kg * (per_kg + self._standing[trip] - self._cost[trip])

    def release(self) -> None:
        """Give back what trips bring beyond orders, so that any trip of the batch or the household may use it."""
        for trip, picked in enumerate(list(self.field.kg)):
            if not self.field.made[trip]:
                continue
            fixed = bool(self.market.supply.trip_made[trip])
            if self.shipped_kg[trip] <= KG_EPSILON and not fixed:
                self.field.leave(trip)
                continue
            over = picked - max(self.shipped_kg[trip], 0.0 if fixed else self._least[trip])
            if over > 0.0:
                self.field.pick(trip, -over)

    def sell(self) -> None:
        """Pick for the local market where it pays more than the tree and the trip cost."""
        supply, field = self.market.supply, self.field
        better = supply.trip_surplus - supply.batch_kept[supply.trip_batch]
        for trip in np.lexsort((-supply.trip_day, -better)).tolist():
            if better[trip] <= 0.0:
                break
            room = field.room(trip)
            if room > KG_EPSILON and (field.made[trip] or better[trip] * room > self.fee[trip]):
                field.pick(trip, room)
        self.sold_kg = [kg - shipped for kg, shipped in zip(field.kg, self.shipped_kg, strict=True)]

    def surplus_kg(self) -> Floats:
        """Kilograms of each trip for the local market, least kilograms of a trip filled up included."""
        return np.asarray(np.maximum(np.array(self.field.kg) - np.array(self.shipped_kg), 0.0))

    def loads(self) -> Loads:
        """The parts, by order, row and trip."""
        order, row, trip, kg = np.array(self.parts, dtype=float).reshape(-1, 4).T
        return Loads(order.astype(np.int64), row.astype(np.int64), trip.astype(np.int64), kg).in_order()

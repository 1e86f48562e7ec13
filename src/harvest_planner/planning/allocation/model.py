"""The joint plan as numbers: orders, trips, batches and capacities, and the columns that may use them.

Maximise  Σ value·x + Σ surplus·s − Σ kept·p − Σ cost·y + Σ fair·f  (+ a constant the caller adds)  over, per column
x ∈ {0, 1} (or a part of an order that may be split), per trip p = kg picked, s = kg of surplus, y = the trip is made,
per grower and crop f = shipped kg that count towards the grower's fair part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.index_arrays import runs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NO_LIMIT = np.inf
KG_SLACK = 1e-6
"""What a sum of kilograms may exceed a limit by, in arithmetic alone [kg]."""


@dataclass(frozen=True)
class Model:
    """One allocation problem. Index arrays point into the arrays of the thing they name; −1 is none."""

    order_kg: Floats
    order_splits: Bools
    order_least_kg: Floats
    """Least part of an order that may be split [kg]."""

    trip_batch: Ints
    trip_day: Ints
    """Day number of the trip; larger is later."""
    trip_picker: Ints
    trip_packing: Ints
    trip_fair: Ints
    """The fair part of a grower and a crop towards which it counts."""
    trip_cost_vnd: Floats
    trip_least_kg: Floats
    trip_made: Bools
    """Made already by a commitment: costs nothing more and needs no least kg beyond what is committed."""
    trip_blocked: Bools
    """Cannot be made (too near a committed pick, or the batch has all its picks)."""
    trip_surplus_vnd_per_kg: Floats

    batch_kg: Floats
    batch_kept_vnd_per_kg: Floats
    """Worth of a kilogram left on the tree [VND/kg]."""
    batch_most_trips: Floats
    batch_spacing_days: Ints

    picker_kg: Floats
    packing_kg: Floats
    lane_kg: Floats
    fair_kg: Floats
    """What a grower lacks to his fair part of a crop [kg]."""
    fair_vnd_per_kg: Floats
    """What each of these kilograms counts when it is shipped [VND/kg]."""

    column_order: Ints
    column_trip: Ints
    column_value_vnd: Floats
    """Worth of the whole order by this column, review cost included [VND]."""
    column_review_vnd: Floats
    """The review cost in it [VND]."""
    column_way: Ints
    way_lanes: tuple[tuple[int, ...], ...]
    """Limited departures that a column of each way loads."""

    @property
    def column_kg(self) -> Floats:
        """Kilograms of the whole order, per column."""
        return self.order_kg[self.column_order]

    def lanes_of(self, column: int) -> tuple[int, ...]:
        """The limited departures that the column loads."""
        return self.way_lanes[self.column_way[column]]

    @cached_property
    def _lanes_by_way(self) -> tuple[Ints, Ints]:
        """Where each way's limited departures begin, with the end, and the departures, way after way."""
        first = np.cumsum([0, *map(len, self.way_lanes)], dtype=np.int64)
        return first, np.array([lane for lanes in self.way_lanes for lane in lanes], dtype=np.int64)

    @property
    def way_lengths(self) -> Ints:
        """How many limited departures each way loads."""
        return np.diff(self._lanes_by_way[0])

    def loads_of(self, ways: Ints) -> tuple[Ints, Ints]:
        """The limited departures that some ways load, and of each the place of its way among them."""
        first, lanes = self._lanes_by_way
        at, owner = runs(first, ways)
        return lanes[at], owner

    @cached_property
    def way_loads(self) -> tuple[Ints, Ints]:
        """Limited departure and way of each load, way after way."""
        return self.loads_of(np.arange(len(self.way_lanes)))

    def room_by(self, trip_kg: Floats, lane_kg: Floats, columns: Ints | slice = slice(None)) -> Floats:
        """What each of these columns can carry where trips and departures still take so much [kg]."""
        way_kg = np.full(len(self.way_lanes), NO_LIMIT)
        lane, way = self.way_loads
        np.minimum.at(way_kg, way, lane_kg[lane])
        return np.asarray(np.minimum(trip_kg[self.column_trip[columns]], way_kg[self.column_way[columns]]))

    @property
    def trip_most_kg(self) -> Floats:
        """What a trip can pick at most: the batch's quantity and the picker's day [kg]."""
        hands = np.where(self.trip_picker >= 0, np.append(self.picker_kg, NO_LIMIT)[self.trip_picker], NO_LIMIT)
        most = np.minimum(self.batch_kg[self.trip_batch], hands)
        return np.where(self.trip_blocked, 0.0, most)

    @property
    def column_possible(self) -> Bools:
        """Whether anything can be shipped by the column alone: a whole order needs room on its trip and departures."""
        packing = np.where(self.trip_packing >= 0, np.append(self.packing_kg, NO_LIMIT)[self.trip_packing], NO_LIMIT)
        room = self.room_by(np.minimum(self.trip_most_kg, packing), self.lane_kg)
        least = np.where(self.order_splits, self.order_least_kg, self.order_kg)[self.column_order]
        return np.asarray(least <= room + KG_SLACK)

    @property
    def most_vnd(self) -> float:
        """No allocation is worth more: every order by its best column, every batch sold, all fair besides [VND]."""
        orders = np.zeros(len(self.order_kg))
        np.maximum.at(orders, self.column_order, self.column_value_vnd)
        sold = np.zeros(len(self.batch_kg))
        np.maximum.at(sold, self.trip_batch, self.trip_surplus_vnd_per_kg - self.batch_kept_vnd_per_kg[self.trip_batch])
        return float(orders.sum() + sold @ self.batch_kg + self.fair_vnd_per_kg @ self.fair_kg)

    def only(self, columns: Ints) -> Model:
        """The same model with a part of its columns."""
        return replace(
            self,
            column_order=self.column_order[columns],
            column_trip=self.column_trip[columns],
            column_value_vnd=self.column_value_vnd[columns],
            column_review_vnd=self.column_review_vnd[columns],
            column_way=self.column_way[columns],
        )


@dataclass(frozen=True)
class Allocation:
    """Kilograms per column and surplus per trip, their worth, and a bound that no allocation exceeds."""

    column_kg: Floats
    surplus_kg: Floats
    value_vnd: float
    bound_vnd: float
    timed_out: bool = False
    interrupted: bool = False

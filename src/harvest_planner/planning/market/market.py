"""The joint plan by classes and pools: what is asked for, what hangs, what rides, as arrays of numbers.

An order chooses a row: a pool of fruit and a journey. Fruit of a pool is told apart by what it may serve (grade,
papers): a lot. Trips supply lots; hands of a grower on a day supply trips.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Floats, Ints
from harvest_planner.planning.index_arrays import runs

CHUNK_ROWS = 2_000_000
KG_EPSILON = 1e-7


@dataclass(frozen=True, slots=True)
class Demand:
    """Orders, what they may choose, and what it is worth."""

    kg: Floats
    price: Floats
    """What a good kilogram brings [VND/kg]."""
    loss: Floats
    """What one costs that is not good [VND/kg]."""
    splits: Bools
    wish: Ints
    first: Ints
    """Rows of wish w are first[w] … first[w + 1]."""
    row_access: Ints
    """Of each row: its pool as the wish may use it."""
    row_journey: Ints
    row_good: Floats
    row_cost: Floats
    """Freight, waiting and lateness [VND/kg]."""
    row_review: Floats
    """Review cost of a parcel [VND]."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Trips and what limits them."""

    trip_batch: Ints
    trip_lot: Ints
    trip_home: Ints
    """Its grower."""
    trip_hands: Ints
    """A grower on a day."""
    trip_packing: Ints
    """A place on a day; −1: no limit."""
    trip_day: Ints
    trip_fee: Floats
    trip_least: Floats
    trip_made: Bools
    trip_surplus: Floats
    """What the local market pays [VND/kg]."""
    trip_standing: Floats
    """What a shipped kilogram counts more for its grower's reputation [VND/kg]."""
    trip_fair: Ints
    """The fair part of a grower and a crop towards which it counts; −1: none."""
    batch_kg: Floats
    batch_kept: Floats
    """Worth of a kilogram left on the tree [VND/kg]."""
    batch_most: Floats
    """Trips at most."""
    batch_spacing: Ints
    batch_days: dict[int, tuple[int, ...]]
    """Days that commitments fix, of batches that have any."""
    hands_kg: Floats
    """inf: no limit."""
    packing_kg: Floats
    fair_kg: Floats
    """What a grower lacks to his fair part of a crop [kg]."""
    fair_vnd: Floats
    """What each of these kilograms counts when it is shipped [VND/kg]."""

    @property
    def trip_due(self) -> Floats:
        """The fee that a trip still costs: none where it is made already [VND]."""
        return np.where(self.trip_made, 0.0, self.trip_fee)

    @property
    def trip_kg(self) -> Floats:
        """What a trip can bring at most [kg]."""
        return np.minimum(self.batch_kg[self.trip_batch], self.hands_kg[self.trip_hands])


@dataclass(frozen=True)
class Market:
    """Demand and supply with what lies between them."""

    demand: Demand
    supply: Supply
    access_first: Ints
    """Lots of access a are access_lot[access_first[a]: access_first[a + 1]]."""
    access_lot: Ints
    lot_pool: Ints
    """Lots of one pool serve alike whoever asks for no grade or papers."""
    lot_crop: Ints
    """A wish uses lots of one crop alone."""
    journey_first: Ints
    """Limited departures of journey j are journey_departure[journey_first[j]: journey_first[j + 1]]."""
    journey_departure: Ints
    departure_kg: Floats

    @property
    def lots(self) -> int:
        """How many lots there are."""
        return len(self.lot_pool)

    @cached_property
    def lot_local(self) -> Floats:
        """What the local market pays for each lot [VND/kg]."""
        found = np.zeros(self.lots)
        np.maximum.at(found, self.supply.trip_lot, self.supply.trip_surplus)
        return found

    @cached_property
    def lot_fair(self) -> Floats:
        """What a kilogram of each lot counts at most for a grower who is short of his fair part [VND/kg]."""
        found = np.zeros(self.lots)
        np.maximum.at(found, self.supply.trip_lot, np.append(self.supply.fair_vnd, 0.0)[self.supply.trip_fair])
        return found

    @cached_property
    def lot_packing(self) -> Ints:
        """Of each lot its packing place and day; −1: no limit."""
        found = np.full(self.lots, -1, dtype=np.int64)
        found[self.supply.trip_lot] = self.supply.trip_packing
        return found

    @cached_property
    def access_owner(self) -> Ints:
        """Of each of `access_lot`, its access."""
        return np.repeat(np.arange(len(self.access_first) - 1), np.diff(self.access_first))

    @cached_property
    def access_pool(self) -> Ints:
        """Of each access its pool."""
        return self.lot_pool[self.access_lot[self.access_first[:-1]]]

    @cached_property
    def access_crop(self) -> Ints:
        """Of each access its crop."""
        return self.lot_crop[self.access_lot[self.access_first[:-1]]]

    def access_most(self, of_trip: Floats) -> Floats:
        """Of each access the most of its trips, 0 for none."""
        of_lot = np.zeros(self.lots)
        np.maximum.at(of_lot, self.supply.trip_lot, of_trip)
        return np.asarray(np.maximum.reduceat(of_lot[self.access_lot], self.access_first[:-1]))

    def access_least(self, of_trip: Floats, which: Bools) -> Floats:
        """Of each access the least of some trips; inf where it has none of these."""
        of_lot = np.full(self.lots, np.inf)
        np.minimum.at(of_lot, self.supply.trip_lot[which], of_trip[which])
        return np.asarray(np.minimum.reduceat(of_lot[self.access_lot], self.access_first[:-1]))

    @cached_property
    def journey_owner(self) -> Ints:
        """Of each of `journey_departure`, its journey."""
        return np.repeat(np.arange(len(self.journey_first) - 1), np.diff(self.journey_first))


class Rows(NamedTuple):
    """Rows that orders look at: those of wish w are row[first[w]: first[w + 1]]."""

    first: Ints
    row: Ints

    @classmethod
    def of(cls, market: Market, chosen: Bools) -> Rows:
        """Those that are chosen."""
        return cls(np.concatenate([[0], np.cumsum(chosen)])[market.demand.first], np.flatnonzero(chosen))

    def of_wishes(self, wish: Ints) -> tuple[Ints, Ints]:
        """The rows of some wishes one after the other, and of each the place of its wish among them."""
        at, owner = runs(self.first, wish)
        return self.row[at], owner


def portions(counts: Ints) -> Iterator[Ints]:
    """Owners that have rows, so many at a time that these fit in memory."""
    owners = np.flatnonzero(counts > 0)
    ends = np.cumsum(counts[owners])
    start = 0
    while start < len(owners):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + CHUNK_ROWS, side="right")))
        yield owners[start:stop]
        start = stop

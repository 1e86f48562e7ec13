"""Kilograms of orders on trips, and orders that may still find a place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Floats, Ints
from harvest_planner.planning.market.market import Demand

Part = tuple[int, int, int, float]
"""An order, its row and its trip, and kilograms."""


class Loads(NamedTuple):
    """Kilograms of orders on trips: of each part its order, row, trip and kilograms."""

    order: Ints
    row: Ints
    trip: Ints
    kg: Floats

    def in_order(self) -> Loads:
        """The same by order, row and trip."""
        rank = np.lexsort((self.kg, self.trip, self.row, self.order))
        return Loads(self.order[rank], self.row[rank], self.trip[rank], self.kg[rank])


class Fitting(NamedTuple):
    """Orders with a row each that may fit, what a kilogram brings [VND/kg] and all of it at most [VND]."""

    order: Ints
    row: Ints
    per_kg: Floats
    gain_vnd: Floats

    def best_of_each(self, most: int) -> Fitting:
        """The best rows of each order, so many at most."""
        rank = np.lexsort((self.row, -self.gain_vnd, self.order))
        order = self.order[rank]
        place = np.arange(len(order))
        place -= np.maximum.accumulate(np.where(np.r_[True, order[1:] != order[:-1]][: len(order)], place, 0))
        kept = rank[place < most]
        return Fitting(self.order[kept], self.row[kept], self.per_kg[kept], self.gain_vnd[kept])

    def ranked(self, demand: Demand) -> tuple[Ints, Ints, Floats, Ints, Ints]:
        """Order, row, worth, access and journey, the best first."""
        rank = np.lexsort((self.row, self.order, -self.gain_vnd))
        row = self.row[rank]
        return self.order[rank], row, self.per_kg[rank], demand.row_access[row], demand.row_journey[row]

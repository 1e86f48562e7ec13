"""What is left of lots, departures and packing while orders are put on."""

from __future__ import annotations

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Floats, Ints
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.market.market import KG_EPSILON, Market


class Rooms:
    """What is left of lots, departures and packing while orders are put on [kg]."""

    def __init__(self, market: Market, lot_kg: Floats) -> None:
        self.market = market
        self.lot_kg = lot_kg.copy()
        self.departure_kg = market.departure_kg.copy()
        self.packing_kg = market.supply.packing_kg.copy()
        self.single = np.diff(market.journey_first)

    def accepted(self, kg: Floats, lot: Ints, journey: Ints, rank: Floats) -> Bools:
        """Which of the orders there is room for, those of highest rank first, and what they take is taken."""
        taken = _fits(lot, kg, self.lot_kg, rank)
        taken &= self._by(self.market.lot_packing[lot], kg, self.packing_kg, rank, taken)
        for step in range(int(self.single.max(initial=0))):
            has = self.single[journey] > step
            departure = np.where(
                has,
                np.append(self.market.journey_departure, -1)[
                    np.minimum(self.market.journey_first[journey] + step, len(self.market.journey_departure))
                ],
                -1,
            )
            taken &= self._by(departure, kg, self.departure_kg, rank, taken)
        self.take(kg[taken], lot[taken], journey[taken])
        return taken

    def _by(self, owner: Ints, kg: Floats, room: Floats, rank: Floats, asked: Bools) -> Bools:
        limited = asked & (owner >= 0)
        found = asked.copy()
        at = np.flatnonzero(limited)
        found[at] = _fits(owner[at], kg[at], room, rank[at])
        return found

    def take(self, kg: Floats, lot: Ints, journey: Ints) -> None:
        """Use room for orders."""
        self.lot_kg -= np.bincount(lot, weights=kg, minlength=len(self.lot_kg))
        packing = self.market.lot_packing[lot]
        limited = packing >= 0
        self.packing_kg -= np.bincount(packing[limited], weights=kg[limited], minlength=len(self.packing_kg))
        at, owner = runs(self.market.journey_first, journey)
        self.departure_kg -= np.bincount(
            self.market.journey_departure[at], weights=kg[owner], minlength=len(self.departure_kg)
        )

    def journey_kg(self) -> Floats:
        """What each journey can still carry [kg]."""
        market = self.market
        room = np.full(len(market.journey_first) - 1, np.inf)
        np.minimum.at(room, market.journey_owner, self.departure_kg[market.journey_departure])
        return room

    def open_kg(self) -> Floats:
        """What can still be shipped from each lot [kg]."""
        return np.asarray(np.minimum(self.lot_kg, np.append(self.packing_kg, np.inf)[self.market.lot_packing]))


def _fits(owner: Ints, kg: Floats, room: Floats, rank: Floats) -> Bools:
    """Whether each, after those of the same owner and higher rank, still fits the owner's room."""
    order = np.lexsort((-rank, owner))
    own, need = owner[order], kg[order]
    new = np.r_[True, own[1:] != own[:-1]] if len(own) else np.empty(0, dtype=bool)
    through = np.cumsum(need)
    before = np.where(new, through - need, -np.inf)
    through = through - np.maximum.accumulate(before) if len(own) else through
    found = np.zeros(len(owner), dtype=bool)
    found[order] = through <= room[own] + KG_EPSILON
    return found

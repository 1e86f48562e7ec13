"""What trips bring at some prices: softly, as logits of width τ; trips that can bring nothing are not looked at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Floats, Ints
from harvest_planner.planning.market.market import Market
from harvest_planner.planning.market.prices import Prices

FAR = 40.0
"""exp(−40) is nothing."""


class Supplied(NamedTuple):
    """What trips bring at some prices [kg], with the slopes of that [kg per VND/kg]."""

    picked: Floats
    shipped: Floats
    picked_slope: Floats
    shipped_slope: Floats


class Bringing:
    """The trips that can bring something, one after the other, and what limits them.

    Parameters
    ----------
    trip_kg : what each trip of the market may bring [kg].
    trip_due : what each costs [VND].
    fixed : they bring so much whatever the prices.

    Attributes
    ----------
    trip : the number of each in the market.
    """

    def __init__(self, market: Market, trip_kg: Floats, trip_due: Floats, *, fixed: bool = False) -> None:
        supply = market.supply
        self.market, self.fixed = market, fixed
        self.trip = np.flatnonzero(trip_kg > 0.0)
        self.lot, self.batch = supply.trip_lot[self.trip], supply.trip_batch[self.trip]
        self.kg = trip_kg[self.trip]
        self._surplus, self._standing = supply.trip_surplus[self.trip], supply.trip_standing[self.trip]
        self._spent = supply.batch_kept[self.batch] + trip_due[self.trip] / np.maximum(self.kg, 1e-9)
        self._packed = np.flatnonzero(supply.trip_packing[self.trip] >= 0)
        self._packing = supply.trip_packing[self.trip][self._packed]
        self._owned = np.flatnonzero(supply.trip_fair[self.trip] >= 0)
        self._fair = supply.trip_fair[self.trip][self._owned]
        hands = supply.trip_hands[self.trip]
        all_kg = _sum_by(hands, self.kg, len(supply.hands_kg))
        enough = (supply.hands_kg >= all_kg)[hands]
        self.alone, self._shared = np.flatnonzero(enough), np.flatnonzero(~enough)
        shared, self._hand = np.unique(hands[self._shared], return_inverse=True)
        self._hands_kg = np.minimum(supply.hands_kg, all_kg)[shared]

    def __len__(self) -> int:
        return len(self.trip)

    def margin(self, prices: Prices) -> Floats:
        """What a kilogram on each brings, sold at the best, beyond fees and what it takes from tree and batch."""
        return self._margin(prices, self._brought(prices))

    def at(self, prices: Prices, width: float) -> Supplied:
        """What they bring: those of one grower's day share the hands, unless these suffice for all."""
        brought = self._brought(prices)
        sent = _logistic((brought - self._surplus) / width)
        if self.fixed:
            kg = self.kg
            return Supplied(kg, kg * sent, np.zeros(len(kg)), kg * sent * (1.0 - sent) / width)
        net = self._margin(prices, brought)
        net /= width
        picked, slope = np.empty(len(net)), np.empty(len(net))
        alone = _logistic(net[self.alone])
        kg = alone * self.kg[self.alone]
        picked[self.alone], slope[self.alone] = kg, kg * (1.0 - alone)
        if len(self._shared):
            picked[self._shared], slope[self._shared] = self._of_hands(net[self._shared])
        slope /= width
        return Supplied(picked, picked * sent, slope, sent * (slope * sent + picked * (1.0 - sent) / width))

    def sums(self, found: Supplied) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
        """Kilograms of lots, packing, batches and fair parts, and the slopes of these."""
        by = (
            (self.lot, self.market.lots, found.shipped, found.shipped_slope),
            (
                self._packing,
                len(self.market.supply.packing_kg),
                found.shipped[self._packed],
                found.shipped_slope[self._packed],
            ),
            (self.batch, len(self.market.supply.batch_kg), found.picked, found.picked_slope),
            (
                self._fair,
                len(self.market.supply.fair_kg),
                found.shipped[self._owned],
                found.shipped_slope[self._owned],
            ),
        )
        kg = tuple(_sum_by(owner, of_trip, count) for owner, count, of_trip, _ in by)
        return kg, tuple(_sum_by(owner, of_trip, count) for owner, count, _, of_trip in by)

    def whole(self, of_trip: Floats) -> Floats:
        """The same of all trips of the market, 0 where nothing can be brought."""
        found = np.zeros(len(self.market.supply.trip_lot))
        found[self.trip] = of_trip
        return found

    def _brought(self, prices: Prices) -> Floats:
        """As `Prices.shipped`."""
        found = prices.lot[self.lot] + self._standing
        if len(self._owned):
            found[self._owned] += (self.market.supply.fair_vnd - prices.fair)[self._fair]
        if len(self._packed):
            found[self._packed] -= prices.packing[self._packing]
        return np.asarray(found)

    def _margin(self, prices: Prices, brought: Floats) -> Floats:
        found = np.maximum(brought, self._surplus)
        found -= self._spent
        found -= prices.batch[self.batch]
        return np.asarray(found)

    def _of_hands(self, net: Floats) -> tuple[Floats, Floats]:
        """What trips bring that share hands too few for all [kg], and by how much more for a better price, times τ."""
        kg, hand, hands_kg = self.kg[self._shared], self._hand, self._hands_kg
        top = np.zeros(len(hands_kg))
        np.maximum.at(top, hand, net)
        weight = np.exp(np.maximum(net - top[hand], -FAR)) * kg
        whole = _sum_by(hand, weight, len(top)) + hands_kg * np.exp(-np.minimum(top, FAR))
        share = weight / np.maximum(whole, 1e-300)[hand]
        shared = share * hands_kg[hand]
        return np.minimum(shared, kg), shared * (1.0 - share)


def _logistic(better: Floats) -> Floats:
    """1/(1 + exp(−x))."""
    found = np.clip(better, -FAR, FAR)
    np.negative(found, out=found)
    np.exp(found, out=found)
    found += 1.0
    return np.reciprocal(found, out=found)


def _sum_by(owner: Ints, kg: Floats, count: int) -> Floats:
    return np.bincount(owner, weights=kg, minlength=count).astype(np.float64)

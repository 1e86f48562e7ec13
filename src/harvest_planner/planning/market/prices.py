"""What has a price: lots of fruit, departures, packing and what hangs in each batch; and orders that answer alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harvest_planner.planning.allocation.model import Floats, Ints
from harvest_planner.planning.market.market import Market


@dataclass(slots=True)
class Prices:
    """VND/kg, none negative but of a lot whose growers are short of their fair parts."""

    lot: Floats
    departure: Floats
    packing: Floats
    batch: Floats
    """Of what hangs in a batch, beyond its worth left on the tree."""
    fair: Floats
    """Of what counts towards a grower's fair part; no more than it counts."""

    @classmethod
    def of(cls, market: Market, values: Floats) -> Prices:
        """From one array of all."""
        supply = market.supply
        sizes = (market.lots, len(market.departure_kg), len(supply.packing_kg), len(supply.batch_kg))
        return cls(*np.split(values, np.cumsum(sizes)))

    @staticmethod
    def limits(market: Market) -> tuple[Floats, Floats]:
        """The least and the most that each may be, as one array of all."""
        supply = market.supply
        zeros = (market.departure_kg, supply.packing_kg, supply.batch_kg, supply.fair_kg)
        least = np.concatenate([-market.lot_fair, *(np.zeros(len(each)) for each in zeros)])
        most = np.full(len(least), np.inf)
        most[len(least) - len(supply.fair_kg) :] = supply.fair_vnd
        return least, most

    def counted(self, market: Market) -> Floats:
        """What a kilogram shipped from each trip counts for its grower: reputation, and fair part less its price."""
        supply = market.supply
        return np.asarray(supply.trip_standing + np.append(supply.fair_vnd - self.fair, 0.0)[supply.trip_fair])

    def access(self, market: Market) -> Floats:
        """The least price at which a pool can be used."""
        return np.minimum.reduceat(self.lot[market.access_lot], market.access_first[:-1]) if market.lots else self.lot

    def journey(self, market: Market) -> Floats:
        """What the limited departures of each journey cost together."""
        load = self.departure[market.journey_departure]
        found = np.bincount(market.journey_owner, weights=load, minlength=len(market.journey_first) - 1)
        return found.astype(np.float64)

    def shipped(self, market: Market) -> Floats:
        """What a kilogram shipped from each trip brings, its packing paid."""
        supply = market.supply
        packing = np.append(self.packing, 0.0)[supply.trip_packing]
        return np.asarray(self.lot[supply.trip_lot] + self.counted(market) - packing)

    def margin(self, market: Market) -> Floats:
        """What a kilogram on each trip brings, sold at the best, less what it takes from tree and batch."""
        supply = market.supply
        sold = np.maximum(self.shipped(market), supply.trip_surplus)
        return np.asarray(sold - (supply.batch_kept + self.batch)[supply.trip_batch])


class Groups:
    """Orders of one wish, price and loss together: to prices they answer alike, kilogram by kilogram."""

    def __init__(self, market: Market) -> None:
        demand = market.demand
        # A parcel's review costs the same whatever it weighs, so that where it counts weights differ too.
        sized = demand.kg if demand.row_review.any() else np.zeros(len(demand.kg))
        keys = (sized, demand.loss, demand.price, demand.wish)
        rank = np.lexsort(keys)
        new = np.ones(len(rank), dtype=bool)
        new[1:] = np.logical_or.reduce([key[rank][1:] != key[rank][:-1] for key in keys])
        self.of_order = np.empty(len(rank), dtype=np.int64)
        self.of_order[rank] = np.cumsum(new) - 1
        first = rank[new]
        self.wish, self.price, self.loss = demand.wish[first], demand.price[first], demand.loss[first]
        self.each_kg = demand.kg[first]
        self.kg: Floats = np.bincount(self.of_order, weights=demand.kg, minlength=len(first)).astype(np.float64)

    def __len__(self) -> int:
        return len(self.wish)


def worth(market: Market, groups: Groups, row: Ints, group: Ints) -> Floats:
    """price·q − loss·(1 − q) − freight − review of rows for groups [VND/kg]."""
    demand = market.demand
    good = demand.row_good[row]
    value = groups.price[group] * good - groups.loss[group] * (1.0 - good) - demand.row_cost[row]
    return np.asarray(value - demand.row_review[row] / groups.each_kg[group])

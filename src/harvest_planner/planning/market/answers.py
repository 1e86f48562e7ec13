"""What demand and supply answer to prices: softly, as logits of width τ."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Floats, Ints
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.market.bringing import FAR, Bringing
from harvest_planner.planning.market.market import Market
from harvest_planner.planning.market.prices import Groups, Prices, worth


class Asked(NamedTuple):
    """Kilograms that orders ask of lots and departures at some prices, with the slopes of that [kg per VND/kg]."""

    lots: Floats
    load: Floats
    lots_slope: Floats
    load_slope: Floats


class Answers:
    """What demand and supply answer to prices.

    Attributes
    ----------
    there : of all that has a price, how much there is [kg].
    usual_vnd_per_kg : the middle of what groups' best rows are worth without prices.

    Parameters
    ----------
    most_rows : beyond, a part of the groups, drawn by `seed`, stands for all.
    """

    def __init__(self, market: Market, groups: Groups, *, most_rows: float = np.inf, seed: int = 0) -> None:
        self.market, self.groups = market, groups
        demand, supply = market.demand, market.supply
        chosen, self._each = _sample(np.diff(demand.first)[groups.wish], groups.kg, most_rows, seed)
        row, owner = runs(demand.first, groups.wish[chosen])
        value = worth(market, groups, row, chosen[owner])
        good = value > -market.lot_fair.max(initial=0.0)
        row, owner, value = row[good], owner[good], value[good]
        held, self._owner = np.unique(owner, return_inverse=True)
        self._kg = groups.kg[chosen[held]] * self._each
        self._first = np.searchsorted(self._owner, np.arange(len(held)))
        self._value, self._access, self._journey = value, demand.row_access[row], demand.row_journey[row]
        best = np.maximum.reduceat(value, self._first) if len(value) else value
        # What pays for its grower's fair part alone tells nothing of what fruit is worth.
        paying = best[best > 0.0]
        self.usual_vnd_per_kg = float(np.median(paying)) if len(paying) else 1.0
        self.bringing = Bringing(market, supply.trip_kg, supply.trip_due)
        lot_kg = np.bincount(supply.trip_lot, weights=supply.trip_kg, minlength=market.lots)
        self.there = np.concatenate([lot_kg, market.departure_kg, supply.packing_kg, supply.batch_kg, supply.fair_kg])

    @property
    def rows(self) -> int:
        """How many rows are looked at."""
        return len(self._value)

    def near(self, prices: Prices, gap: float) -> Answers:
        """The same without rows that bring less than the best of their group by more than the gap [VND/kg]."""
        net, best = self._net(prices)
        if not len(net):
            return self
        kept = net >= best[self._owner] - gap
        found = copy(self)
        found._value, found._access, found._journey = self._value[kept], self._access[kept], self._journey[kept]
        held, found._owner = np.unique(self._owner[kept], return_inverse=True)
        found._kg = self._kg[held]
        found._first = np.searchsorted(found._owner, np.arange(len(held)))
        return found

    def _net(self, prices: Prices) -> tuple[Floats, Floats]:
        """What rows bring beyond prices, and the best of each group or 0 [VND/kg]."""
        net = self._value - prices.access(self.market)[self._access] - prices.journey(self.market)[self._journey]
        return net, np.maximum(np.maximum.reduceat(net, self._first), 0.0) if len(net) else net

    def with_trips(self, picked_kg: Floats) -> Answers:
        """The same where trips bring so much, whatever the prices [kg]."""
        found = copy(self)
        found.bringing = Bringing(self.market, picked_kg, self.market.supply.trip_due, fixed=True)
        return found

    def of_trips(self, made: Bools) -> Answers:
        """The same where these trips alone can be made, whose fees are paid."""
        found = copy(self)
        found.bringing = Bringing(self.market, np.where(made, self.market.supply.trip_kg, 0.0), np.zeros(len(made)))
        return found

    def rents(self, prices: Prices) -> tuple[Floats, Floats]:
        """What a kilogram more brings on the best of its trips: of each grower's day, of each batch beyond its price.

        What trips bring beyond prices is owed to what limits them: hands that they share, else the lesser of hands and
        batch.
        """
        supply, trips = self.market.supply, self.bringing
        brings, hand = trips.margin(prices), supply.trip_hands[trips.trip]
        by_batch = np.zeros(len(trips), dtype=bool)
        by_batch[trips.alone] = (supply.batch_kg[trips.batch] < supply.hands_kg[hand])[trips.alone]
        hands, batches = np.zeros(len(supply.hands_kg)), np.zeros(len(supply.batch_kg))
        np.maximum.at(hands, hand[~by_batch], brings[~by_batch])
        np.maximum.at(batches, trips.batch[by_batch], brings[by_batch])
        return hands, batches

    def at(self, prices: Prices, width: float) -> tuple[Floats, Floats]:
        """Kilograms by which demand passes supply, of all that has a price, and how many fewer for a higher one."""
        market, supply = self.market, self.market.supply
        asked = self._demand(prices, width)
        kg, slopes = self.bringing.sums(self.bringing.at(prices, width))
        excess = (
            asked.lots - kg[0],
            asked.load - market.departure_kg,
            kg[1] - supply.packing_kg,
            kg[2] - supply.batch_kg,
            kg[3] - supply.fair_kg,
        )
        slope = asked.lots_slope + slopes[0], asked.load_slope, *slopes[1:]
        return np.concatenate(excess), np.concatenate(slope)

    def lots(self, prices: Prices, width: float) -> tuple[Floats, Floats]:
        """Of lots: kilograms asked for, and their slope [kg per VND/kg]."""
        asked = self._demand(prices, width)
        return asked.lots, asked.lots_slope

    def pool_slopes(self, prices: Prices, width: float) -> Floats:
        """By how much the demand of each pool falls when all its lots cost more [kg per VND/kg]."""
        market = self.market
        pools = int(market.lot_pool.max(initial=-1)) + 1
        net, best = self._net(prices)
        if not len(net):
            return np.zeros(pools)
        share = row_shares(net, best, self._first, width)
        of_both, which = np.unique(self._owner * pools + market.access_pool[self._access], return_inverse=True)
        of_pool = _sum_by(which, share, len(of_both))
        kg = self._kg[of_both // pools]
        return _sum_by(of_both % pools, kg * of_pool * (1.0 - of_pool) / width, pools)

    def _demand(self, prices: Prices, width: float) -> Asked:
        """Of lots and departures: kilograms asked for, and their slope."""
        market = self.market
        accesses, journeys = len(market.access_first) - 1, len(market.journey_first) - 1
        near = lot_shares(market, prices, width)
        kg, squared = self._row_kg(prices, width)
        of_access = _sum_by(self._access, kg, accesses)[market.access_owner]
        of_journey = _sum_by(self._journey, kg, journeys)[market.journey_owner]
        lots = _sum_by(market.access_lot, of_access * near, market.lots)
        load = _sum_by(market.journey_departure, of_journey, len(market.departure_kg))
        # Of a row with share s of its group's kilograms the slope is −kg·s·(1 − s)/τ.
        by_access = of_access - _sum_by(self._access, squared, accesses)[market.access_owner]
        by_journey = of_journey - _sum_by(self._journey, squared, journeys)[market.journey_owner]
        lots_slope = _sum_by(market.access_lot, by_access * near * near + of_access * near * (1.0 - near), market.lots)
        load_slope = _sum_by(market.journey_departure, by_journey, len(market.departure_kg))
        return Asked(lots, load, lots_slope / width, load_slope / width)

    def _row_kg(self, prices: Prices, width: float) -> tuple[Floats, Floats]:
        """Kilograms that go by each row, and these times the row's share of its group."""
        net, best = self._net(prices)
        if not len(net):
            return net, net
        share = row_shares(net, best, self._first, width)
        of_group = np.diff(self._first, append=len(net))
        kg = share * np.repeat(self._kg, of_group)
        return kg, share * kg

    def picked(self, prices: Prices, width: float) -> Floats:
        """What is picked on each trip [kg]."""
        return self.bringing.whole(self.bringing.at(prices, width).picked)


def row_shares(net: Floats, best: Floats, first: Ints, width: float) -> Floats:
    """Of each group's kilograms the share that each of its rows takes; the rest buys nothing.

    Parameters
    ----------
    net : of each row what it brings beyond prices [VND/kg], group by group, none without a row.
    best, first : of each group its best row's net or 0 [VND/kg], and where its rows begin.
    """
    of_group = np.diff(first, append=len(net))
    share = net - np.repeat(best, of_group)
    share *= 1.0 / width
    np.exp(share, out=share)
    share *= np.repeat(1.0 / (np.add.reduceat(share, first) + np.exp(-best / width)), of_group)
    return share


def lot_shares(market: Market, prices: Prices, width: float) -> Floats:
    """Shares in which the lots of an access serve it: the cheapest first."""
    access = prices.access(market)
    gap = access[market.access_owner] - prices.lot[market.access_lot]
    near = np.exp(np.maximum(gap / width, -FAR))
    whole = np.bincount(market.access_owner, weights=near, minlength=len(access))
    return np.asarray(near / whole[market.access_owner])


def _sum_by(owner: Ints, kg: Floats, count: int) -> Floats:
    return np.bincount(owner, weights=kg, minlength=count).astype(np.float64)


def _sample(rows: Ints, kg: Floats, most_rows: float, seed: int) -> tuple[Ints, float]:
    """Groups that stand for all, and what each of their kilograms stands for."""
    chosen = np.flatnonzero(rows > 0)
    whole = int(rows.sum())
    if whole <= most_rows:
        return chosen, 1.0
    part = chosen[np.random.default_rng(seed).random(len(chosen)) < most_rows / whole]
    return part, float(kg[chosen].sum() / max(kg[part].sum(), 1e-9))

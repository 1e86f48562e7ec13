"""Whole orders onto lots: each draws from the market's answer, full lots and departures turn the cheapest away.

The first draw is systematic: orders that are alike stand beside each other and draw from the golden ratio's sequence,
so that what lots and departures are asked for stays near the market's answer (as in systematic sampling; W. G. Cochran,
Sampling Techniques, 3rd ed., 1977, ch. 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Floats, Ints
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.market.answers import lot_shares, row_shares
from harvest_planner.planning.market.bound import best_of_groups
from harvest_planner.planning.market.market import KG_EPSILON, Market, Rows, portions
from harvest_planner.planning.market.prices import Groups, Prices, worth
from harvest_planner.planning.market.rooms import Rooms
from harvest_planner.planning.patience import SERVING_AT_MOST, Patience

NEAR = 15.0
"""Rows that bring less than the best by more than so many τ are not looked at while clearing prices are asked."""
SCATTER = 3.0
"""By how much wider draws are where nothing is asked for what is left."""
MOST_SIZES = 4
PRICED_ROUNDS, CHEAPER_ROUNDS, MOST_ROUNDS = 4, 4, 12
"""Rounds at the clearing prices, rounds that offer what is left ever cheaper, and rounds in all."""
GOLDEN = 0.6180339887498949


@dataclass(slots=True)
class Served:
    """What each order gets: a row and a lot, −1 for none."""

    row: Ints
    lot: Ints


class _Chosen(NamedTuple):
    """Of each order its row and lot, −1 for none, and what it brings beyond prices [VND/kg]."""

    row: Ints
    lot: Ints
    net: Floats

    def where(self, keep: Ints) -> _Chosen:
        return _Chosen(self.row[keep], self.lot[keep], self.net[keep])


def served(
    market: Market, groups: Groups, prices: Prices, lot_kg: Floats, *, width: float, seed: int, patience: Patience
) -> Served:
    """Orders put on lots of so many kilograms: first as the market answers, then what was turned away where it fits."""
    rng = np.random.default_rng(seed)
    rooms = Rooms(market, lot_kg)
    demand, orders = market.demand, len(market.demand.kg)
    answer = Served(np.full(orders, -1, dtype=np.int64), np.full(orders, -1, dtype=np.int64))
    near = near_rows(market, groups, prices, NEAR * width)
    _accept(answer, rooms, _drawn(_Draw(market, groups, prices, Rows.of(market, near), width, rng)))
    for turn in range(MOST_ROUNDS):
        waiting = np.flatnonzero(answer.row < 0)
        if not len(waiting) or patience.over_after(SERVING_AT_MOST):
            break
        asked = max(0.0, 1.0 - max(0, turn + 1 - PRICED_ROUNDS) / CHEAPER_ROUNDS)
        chosen = open_rows(rooms, float(demand.kg[waiting].min()))
        if turn < PRICED_ROUNDS:
            chosen &= near
        noise = width * (1.0 + SCATTER * (1.0 - asked))
        draw = _Draw(market, groups, _cheaper(market, prices, asked), Rows.of(market, chosen), noise, rng)
        waiting = waiting[_willing(draw)[groups.of_order[waiting]]]
        found = _chosen(draw, rooms, waiting)
        able = np.flatnonzero(found.row >= 0)
        taken = _accept(answer, rooms, (waiting[able], found.where(able)))
        if asked == 0.0 and not taken:
            break
    return answer


def _accept(answer: Served, rooms: Rooms, drawn: tuple[Ints, _Chosen]) -> bool:
    """Write down who finds room, the best first; whether anyone does."""
    orders, chosen = drawn
    demand = rooms.market.demand
    taken = rooms.accepted(demand.kg[orders], chosen.lot, demand.row_journey[chosen.row], chosen.net)
    answer.row[orders[taken]], answer.lot[orders[taken]] = chosen.row[taken], chosen.lot[taken]
    return bool(taken.any())


def _drawn(draw: _Draw) -> tuple[Ints, _Chosen]:
    """Each order's draw from the shares in which its group chooses rows: orders and what they chose."""
    market, groups, prices, width = draw.market, draw.groups, draw.prices, draw.noise
    demand = market.demand
    row, group = draw.rows.of_wishes(groups.wish)
    none = np.empty(0, dtype=np.int64)
    if not len(row):
        return none, _Chosen(none, none, np.empty(0))
    net = worth(market, groups, row, group)
    net -= prices.access(market)[demand.row_access[row]] + prices.journey(market)[demand.row_journey[row]]
    held, owner = np.unique(group, return_inverse=True)
    first = np.searchsorted(owner, np.arange(len(held) + 1))
    best = np.maximum(np.maximum.reduceat(net, first[:-1]), 0.0)
    share = row_shares(net, best, first[:-1], width)
    place = np.full(len(groups), -1, dtype=np.int64)
    place[held] = np.arange(len(held))
    # Like beside like: those of a wish, then of a weight, then of a price.
    rank = np.lexsort((groups.of_order, demand.kg, demand.wish))
    rank = rank[place[groups.of_order[rank]] >= 0]
    at = _systematic(share, first, place[groups.of_order[rank]], draw.rng)
    orders, at = rank[at >= 0], at[at >= 0]
    lot = _lots_of(draw, orders, demand.row_access[row[at]])
    return orders, _Chosen(row[at], lot, net[at])


def _lots_of(draw: _Draw, orders: Ints, access: Ints) -> Ints:
    """A lot of each order's access: the cheapest, or one about as cheap."""
    market, first = draw.market, draw.market.access_first
    rank = np.lexsort((market.demand.kg[orders], access))
    at = np.empty(len(orders), dtype=np.int64)
    at[rank] = _systematic(lot_shares(market, draw.prices, draw.noise), first, access[rank], draw.rng)
    # The last may be missed by rounding.
    return market.access_lot[np.where(at >= 0, at, first[access + 1] - 1)]


def _systematic(share: Floats, first: Ints, owner: Ints, rng: np.random.Generator) -> Ints:
    """For each owner a position within its run of shares, drawn in proportion; −1 where these leave something over."""
    through = np.cumsum(share)
    start = np.r_[0.0, through][first]
    drawn = (rng.random() + GOLDEN * np.arange(len(owner))) % 1.0
    at = np.searchsorted(through, start[owner] + drawn, side="right")
    return np.where(at < first[owner + 1], at, -1)


def _willing(draw: _Draw) -> Bools:
    """Groups for which some row brings more than its price."""
    market, groups = draw.market, draw.groups
    return best_of_groups(market, groups, draw.prices, draw.rows) > 0.0


def _cheaper(market: Market, prices: Prices, asked: float) -> Prices:
    """Prices of which only a share is asked, of lots beyond what the local market pays."""
    if asked == 1.0:
        return prices
    local = market.lot_local
    lot = np.minimum(prices.lot, local) + asked * np.maximum(prices.lot - local, 0.0)
    return Prices(lot, asked * prices.departure, asked * prices.packing, prices.batch, prices.fair)


def near_rows(market: Market, groups: Groups, prices: Prices, gap: float) -> Bools:
    """Rows that bring some group of their wish at most so much less than its best [VND/kg]."""
    demand = market.demand
    access, journey = prices.access(market), prices.journey(market)
    near = np.zeros(len(demand.row_good), dtype=bool)
    for part in portions(np.diff(demand.first)[groups.wish]):
        row, owner = runs(demand.first, groups.wish[part])
        net = worth(market, groups, row, part[owner])
        net -= access[demand.row_access[row]] + journey[demand.row_journey[row]]
        best = np.maximum(np.maximum.reduceat(net, np.searchsorted(owner, np.arange(len(part)))), 0.0)
        near[row[net >= best[owner] - gap]] = True
    return near


def open_rows(rooms: Rooms, least_kg: float) -> Bools:
    """Rows on which so little still finds room."""
    market = rooms.market
    access_kg = np.maximum.reduceat(rooms.open_kg()[market.access_lot], market.access_first[:-1])
    demand, least = market.demand, least_kg - KG_EPSILON
    return (access_kg[demand.row_access] >= least) & (rooms.journey_kg()[demand.row_journey] >= least)


class _Draw(NamedTuple):
    """One round of choosing: what is asked for what is left, and how widely choices are scattered."""

    market: Market
    groups: Groups
    prices: Prices
    rows: Rows
    noise: float
    rng: np.random.Generator


def _chosen(draw: _Draw, rooms: Rooms, orders: Ints) -> _Chosen:
    """The best row and lot that still has room for each order; those of one group and weight choose alike."""
    market, prices, rng = draw.market, draw.prices, draw.rng
    found = _Chosen(
        np.full(len(orders), -1, dtype=np.int64), np.full(len(orders), -1, dtype=np.int64), np.zeros(len(orders))
    )
    kg, group = market.demand.kg[orders], draw.groups.of_order[orders]
    open_kg, journey_kg = rooms.open_kg(), rooms.journey_kg()
    journey_price = prices.journey(market)
    for low, high in pairwise(_sizes(kg)):
        mine = np.flatnonzero((kg > low) & (kg <= high))
        if not len(mine):
            continue
        # Scattered, or all who may use several lots at one price would ask for the same.
        scattered = prices.lot + draw.noise * rng.random(market.lots)
        cheapest = _cheapest(market, np.where(open_kg >= high - KG_EPSILON, scattered, np.inf))
        journeys = np.where(journey_kg >= high - KG_EPSILON, journey_price, np.inf)
        groups, of_group = np.unique(group[mine], return_inverse=True)
        best = _best(draw, cheapest, journeys, groups)
        found.row[mine], found.lot[mine], found.net[mine] = (column[of_group] for column in best)
    return found


def _sizes(kg: Floats) -> list[float]:
    """Weights between which orders are looked at together: each is offered what holds the heaviest of them [kg]."""
    different = np.unique(kg)
    if len(different) > MOST_SIZES:
        different = np.unique(np.quantile(different, np.linspace(0.0, 1.0, MOST_SIZES), method="higher"))
    return [0.0, *different.tolist()]


def _best(draw: _Draw, cheapest: tuple[Floats, Ints], journeys: Floats, groups: Ints) -> _Chosen:
    """What some groups choose at these prices, a little scattered; row −1 where nothing brings more than its price."""
    demand, wish = draw.market.demand, draw.groups.wish[groups]
    access, lots = cheapest
    found = _Chosen(
        np.full(len(groups), -1, dtype=np.int64), np.full(len(groups), -1, dtype=np.int64), np.zeros(len(groups))
    )
    for part in portions(np.diff(draw.rows.first)[wish]):
        row, owner = draw.rows.of_wishes(wish[part])
        net = worth(draw.market, draw.groups, row, groups[part][owner])
        net -= access[demand.row_access[row]] + journeys[demand.row_journey[row]]
        drawn = net + draw.noise * draw.rng.gumbel(size=len(net))
        best = np.maximum.reduceat(drawn, np.searchsorted(owner, np.arange(len(part))))
        at = np.flatnonzero((drawn == best[owner]) & (net > 0.0))
        at = at[np.unique(owner[at], return_index=True)[1]]
        mine = part[owner[at]]
        found.row[mine], found.lot[mine], found.net[mine] = row[at], lots[demand.row_access[row[at]]], net[at]
    return found


def _cheapest(market: Market, lot_price: Floats) -> tuple[Floats, Ints]:
    """Of each access the price and the number of its cheapest lot; of equal ones the first."""
    price = lot_price[market.access_lot]
    least = np.minimum.reduceat(price, market.access_first[:-1])
    at = np.flatnonzero(price == least[market.access_owner])
    at = at[np.unique(market.access_owner[at], return_index=True)[1]]
    return least, market.access_lot[at]

"""A bound on every plan from any prices: what the best answers to them are worth (Lagrange)."""

from __future__ import annotations

import numpy as np

from harvest_planner.planning.allocation.model import Floats, Ints
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.market.market import Market, Rows, Supply, portions
from harvest_planner.planning.market.prices import Groups, Prices, worth


def bound_vnd(market: Market, groups: Groups, prices: Prices) -> float:
    """No allocation is worth more [VND], fruit left on the tree counted as nothing.

    Every limit whose price is given is lifted and paid for; each group then chooses its best row. What a household's
    trips are worth is bounded twice, by its days and by its batches, and the lesser holds.
    """
    supply = market.supply
    limits = float(prices.departure @ market.departure_kg + prices.packing @ supply.packing_kg)
    limits += float(prices.fair @ supply.fair_kg)
    trips = np.minimum(_by_hands(market, prices), _by_batches(market, prices))
    return float(best_of_groups(market, groups, prices) @ groups.kg) + limits + float(trips.sum())


def best_of_groups(market: Market, groups: Groups, prices: Prices, rows: Rows | None = None) -> Floats:
    """The best that a kilogram of each group brings beyond all prices, or 0 [VND/kg]; of some rows or of all."""
    access, journey = prices.access(market), prices.journey(market)
    demand = market.demand
    first = demand.first if rows is None else rows.first
    found = np.zeros(len(groups))
    for which in portions(np.diff(first)[groups.wish]):
        at, owner = runs(first, groups.wish[which])
        row = at if rows is None else rows.row[at]
        net = worth(market, groups, row, which[owner])
        net -= access[demand.row_access[row]] + journey[demand.row_journey[row]]
        heads = np.searchsorted(owner, np.arange(len(which)))
        found[which] = np.maximum(np.maximum.reduceat(net, heads), 0.0)
    return found


def _by_hands(market: Market, prices: Prices) -> Floats:
    """What each household's trips are worth at most where batches are paid for by the kilogram [VND]."""
    supply = market.supply
    return _by_home(supply, supply.trip_hands, hands_worth(market, prices)) + _by_home(
        supply, supply.trip_batch, prices.batch * supply.batch_kg
    )


def _by_home(supply: Supply, owner: Ints, vnd: Floats) -> Floats:
    """Household by household what belongs to its days or batches, given of each trip; without a trip they have none."""
    homes = int(supply.trip_home.max(initial=-1)) + 1
    owners, first = np.unique(owner, return_index=True)
    return np.bincount(supply.trip_home[first], weights=vnd[owners], minlength=homes).astype(np.float64)


def _by_batches(market: Market, prices: Prices) -> Floats:
    """What each household's trips are worth at most where hands are paid for by the kilogram [VND].

    A trip brings at most `most` kilograms, so j trips bring min(j·most, batch) at the j best prices and cost j fees:
    the strengthening x ≤ q·y of the fee, exact where trips of a batch may bring equally much.
    """
    supply = market.supply
    kg = supply.trip_kg
    fee = supply.trip_due
    margin = prices.margin(market)
    hands = np.zeros(len(supply.hands_kg))
    np.maximum.at(hands, supply.trip_hands, margin - fee / np.maximum(kg, 1e-9))
    hands[supply.hands_kg >= np.bincount(supply.trip_hands, weights=kg, minlength=len(hands))] = 0.0
    limited_kg = np.where(hands > 0.0, supply.hands_kg, 0.0)
    most, least_fee = np.zeros(len(supply.batch_kg)), np.full(len(supply.batch_kg), np.inf)
    np.maximum.at(most, supply.trip_batch, kg)
    np.minimum.at(least_fee, supply.trip_batch, fee)
    trips = supply.batch_most.copy()
    trips[supply.trip_batch[supply.trip_made]] = np.inf
    price = margin + prices.batch[supply.trip_batch] - hands[supply.trip_hands]
    rank = np.lexsort((-price, supply.trip_batch))
    batch = supply.trip_batch[rank]
    place = np.arange(len(batch))
    place -= np.maximum.accumulate(np.where(np.r_[True, batch[1:] != batch[:-1]][: len(batch)], place, 0))
    brought = np.clip(supply.batch_kg[batch] - place * most[batch], 0.0, most[batch])
    gain = np.where(place < trips[batch], price[rank] * brought - least_fee[batch], 0.0)
    of_batch = np.bincount(batch, weights=np.maximum(gain, 0.0), minlength=len(supply.batch_kg)).astype(np.float64)
    return _by_home(supply, supply.trip_batch, of_batch) + _by_home(supply, supply.trip_hands, hands * limited_kg)


def hands_worth(market: Market, prices: Prices) -> Floats:
    """What the trips of each grower's day are worth at most [VND].

    The exact best where one trip fills the hands; else trips by their worth per kilogram, the last one in part.
    """
    supply = market.supply
    kg = supply.trip_kg
    fee = supply.trip_due
    whole = prices.margin(market) * kg - fee
    ratio = np.where(kg > 0, whole / np.maximum(kg, 1e-9), -np.inf)
    rank = np.lexsort((-ratio, supply.trip_hands))
    rank = rank[(whole > 0)[rank]]
    hands = supply.trip_hands[rank]
    found = np.zeros(len(supply.hands_kg))
    if not len(rank):
        return found
    new = np.r_[True, hands[1:] != hands[:-1]]
    before = np.cumsum(kg[rank]) - kg[rank]
    before -= np.maximum.accumulate(np.where(new, before, -np.inf))
    room = np.clip(supply.hands_kg[hands] - before, 0.0, kg[rank])
    np.add.at(found, hands, ratio[rank] * room)
    return found

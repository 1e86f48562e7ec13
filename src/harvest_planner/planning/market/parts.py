"""Parts of a market that share nothing: crops with hands, houses and departures of their own, decided side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.components import renumbered
from harvest_planner.planning.allocation.model import Bools, Floats, Ints
from harvest_planner.planning.index_arrays import connected, present, runs, split
from harvest_planner.planning.market.market import Demand, Market, Supply

LEAST_ROWS = 50_000
"""Rows from which on a part is decided for itself; lesser ones go together; an assumption."""
_OF_ORDERS, _OF_ROWS = ("kg", "price", "loss", "splits"), ("row_good", "row_cost", "row_review")
_OF_TRIPS = ("trip_day", "trip_fee", "trip_least", "trip_made", "trip_surplus", "trip_standing")
_OF_BATCHES = ("batch_kg", "batch_kept", "batch_most", "batch_spacing")


class MarketPart(NamedTuple):
    """A part of a market, with where what it holds stands in the whole."""

    market: Market
    orders: Ints
    rows: Ints
    trips: Ints
    departures: Ints
    packings: Ints
    batches: Ints
    hands: Ints

    @property
    def size(self) -> int:
        """Of what there is to do, roughly."""
        return 1 + len(self.rows)

    @property
    def at_most_vnd(self) -> float:
        """A plain bound on what the part brings: every order at its price, all fruit at the local market's best."""
        demand, supply = self.market.demand, self.market.supply
        best = np.zeros(len(supply.batch_kg))
        np.maximum.at(best, supply.trip_batch, supply.trip_surplus + np.maximum(supply.trip_standing, 0.0))
        return float(demand.kg @ demand.price + best @ supply.batch_kg + supply.fair_vnd @ supply.fair_kg)


def parts_of(market: Market) -> tuple[MarketPart, ...]:
    """The independent parts, in a fixed order; orders that can be served by nothing belong to none."""
    together = list(_bundled(market, _crops_together(market)))
    if len(together) <= 1:
        supply = market.supply
        counts = (
            len(market.demand.kg),
            len(market.demand.row_good),
            len(supply.trip_lot),
            len(market.departure_kg),
            len(supply.packing_kg),
            len(supply.batch_kg),
            len(supply.hands_kg),
        )
        return (MarketPart(market, *(np.arange(count) for count in counts)),)
    return tuple(_part(market, np.isin(market.lot_crop, crops)) for crops in together)


def _crops_together(market: Market) -> list[list[int]]:
    """Crops that share growers, packing or departures with one another, by the first of them."""
    demand, supply = market.demand, market.supply
    crop = market.lot_crop[supply.trip_lot]
    at = np.flatnonzero(supply.trip_packing >= 0)
    ways = _pairs(market.access_crop[demand.row_access], demand.row_journey)
    flat, owner = runs(market.journey_first, ways[:, 1])
    shared = (
        (crop, supply.trip_home),
        (crop[at], supply.trip_packing[at]),
        (ways[owner, 0], market.journey_departure[flat]),
    )
    nodes = int(market.lot_crop.max(initial=-1)) + 1
    edges = []
    for crops, numbers in shared:
        edges.append(_pairs(crops, numbers) + np.array([0, nodes]))
        nodes += int(numbers.max(initial=-1)) + 1
    least = connected(nodes, *np.concatenate(edges).T)
    present = np.unique(crop)
    firsts, which = np.unique(least[present], return_inverse=True)
    return [present[mine].tolist() for mine in split(which, len(firsts))]


def _pairs(one: Ints, other: Ints) -> Ints:
    """The different pairs, shape (n, 2)."""
    width = int(other.max(initial=0)) + 1
    # Sorted, which for millions is much faster than by hashes, as `np.unique` does it.
    keys = np.sort(one * width + other)
    return np.stack(np.divmod(keys[np.r_[True, keys[1:] != keys[:-1]][: len(keys)]], width), axis=1)


def _bundled(market: Market, together: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Neighbours put together until they are worth the while."""
    crops = int(market.lot_crop.max(initial=-1)) + 1
    rows = np.bincount(market.access_crop[market.demand.row_access], minlength=crops)
    bundle: list[int] = []
    for alike in together:
        bundle += alike
        if rows[bundle].sum() >= LEAST_ROWS:
            yield bundle
            bundle = []
    if bundle:
        yield bundle


def _part(market: Market, chosen: Bools) -> MarketPart:
    """The part of some lots, with all that may use them."""
    lots = np.flatnonzero(chosen)
    of_access = chosen[market.access_lot[market.access_first[:-1]]]
    mine = of_access[market.demand.row_access]
    rows = np.flatnonzero(mine)
    accesses, row_access = present(market.demand.row_access[rows])
    journeys, row_journey = present(market.demand.row_journey[rows])
    lot_at, access_owner = runs(market.access_first, accesses)
    flat, journey_owner = runs(market.journey_first, journeys)
    departures, journey_departure = np.unique(market.journey_departure[flat], return_inverse=True)
    demand, orders = _demand(market.demand, mine, row_access, row_journey)
    supply, trips, limits = _supply(market.supply, chosen)
    part = Market(
        demand,
        supply,
        access_first=np.searchsorted(access_owner, np.arange(len(accesses) + 1)),
        access_lot=np.searchsorted(lots, market.access_lot[lot_at]),
        lot_pool=np.unique(market.lot_pool[lots], return_inverse=True)[1],
        lot_crop=np.unique(market.lot_crop[lots], return_inverse=True)[1],
        journey_first=np.searchsorted(journey_owner, np.arange(len(journeys) + 1)),
        journey_departure=journey_departure,
        departure_kg=market.departure_kg[departures],
    )
    return MarketPart(part, orders, rows, trips, departures, *limits)


def _demand(demand: Demand, mine: Bools, row_access: Ints, row_journey: Ints) -> tuple[Demand, Ints]:
    """The orders that have some of the rows, and where they stand in the whole."""
    counts = np.diff(np.concatenate([[0], np.cumsum(mine)])[demand.first])
    wishes = np.flatnonzero(counts > 0)
    wish_at = np.full(len(counts), -1, dtype=np.int64)
    wish_at[wishes] = np.arange(len(wishes))
    orders = np.flatnonzero(wish_at[demand.wish] >= 0)
    found = Demand(
        wish=wish_at[demand.wish[orders]],
        first=np.concatenate([[0], np.cumsum(counts[wishes])]),
        row_access=row_access,
        row_journey=row_journey,
        **{name: getattr(demand, name)[orders] for name in _OF_ORDERS},
        **{name: getattr(demand, name)[mine] for name in _OF_ROWS},
    )
    return found, orders


def _supply(supply: Supply, chosen: Bools) -> tuple[Supply, Ints, tuple[Ints, Ints, Ints]]:
    """The trips that bring the lots: which they are, and which packing, batches and hands limit them."""
    trips = np.flatnonzero(chosen[supply.trip_lot])
    batches, trip_batch = np.unique(supply.trip_batch[trips], return_inverse=True)
    hands, trip_hands = np.unique(supply.trip_hands[trips], return_inverse=True)
    packings, trip_packing = renumbered(supply.trip_packing[trips])
    fair, trip_fair = renumbered(supply.trip_fair[trips])
    days = {at: supply.batch_days[batch] for at, batch in enumerate(batches.tolist()) if batch in supply.batch_days}
    found = replace(
        supply,
        trip_batch=trip_batch,
        trip_lot=np.searchsorted(np.flatnonzero(chosen), supply.trip_lot[trips]),
        trip_home=np.unique(supply.trip_home[trips], return_inverse=True)[1],
        trip_hands=trip_hands,
        trip_packing=trip_packing,
        trip_fair=trip_fair,
        batch_days=days,
        hands_kg=supply.hands_kg[hands],
        packing_kg=supply.packing_kg[packings],
        fair_kg=supply.fair_kg[fair],
        fair_vnd=supply.fair_vnd[fair],
        **{name: getattr(supply, name)[trips] for name in _OF_TRIPS},
        **{name: getattr(supply, name)[batches] for name in _OF_BATCHES},
    )
    return found, trips, (packings, batches, hands)


def spread(count: int, places: Sequence[Ints], values: Sequence[Floats]) -> Floats:
    """One array from those of the parts, 0 where none has a place."""
    found = np.zeros(count)
    for at, each in zip(places, values, strict=True):
        found[at] = each
    return found

"""The market's plan: prices, a bound, trips where they bring most, orders on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harvest_planner.planning.allocation.model import Floats
from harvest_planner.planning.market.bound import bound_vnd
from harvest_planner.planning.market.clearing import clearing_prices, market_prices
from harvest_planner.planning.market.households import whole_trips
from harvest_planner.planning.market.loading import Loading
from harvest_planner.planning.market.loads import Loads
from harvest_planner.planning.market.market import KG_EPSILON, Market
from harvest_planner.planning.market.prices import Groups, Prices, worth
from harvest_planner.planning.market.serving import served
from harvest_planner.planning.market.trips import Field
from harvest_planner.planning.patience import FILLING_AT_MOST, Patience

SETTLE_ROUNDS, SETTLE_WIDTH, SETTLE_NEAR = 90, 0.01, 20.0
"""Rounds in which prices are cleared anew beside whole trips, τ at their beginning, τ within which rows count."""

PRICED, LOADED = 0.4, 0.85
"""Usual part of the work that is done once prices are known, and once orders are on trips."""


@dataclass(frozen=True)
class Decision:
    """What the market decided: loads, surplus per trip [kg], their worth and a bound [VND]."""

    loads: Loads
    surplus_kg: Floats
    value_vnd: float
    bound_vnd: float
    interrupted: bool
    hurried: bool
    """There was no time to fill in whatever still fits."""
    prices: Prices


Told = Callable[[float, float | None, float], None]
"""Called with the part that is done, the value so far (None: no plan yet) and the bound [VND]."""


def decide(market: Market, *, seed: int, told: Told, patience: Patience) -> Decision:
    """A whole plan near the market's prices, with a bound that holds for every plan."""
    groups = Groups(market)
    prices, width, answers = market_prices(market, groups, seed, patience)
    bound = bound_vnd(market, groups, prices)
    told(PRICED, None, bound)
    picked = whole_trips(answers, prices, answers.supplied(prices, width).picked, seed=seed)
    beside = answers.with_trips(picked)
    prices, width = clearing_prices(
        beside, prices, widest=SETTLE_WIDTH, rounds=SETTLE_ROUNDS, near=SETTLE_NEAR, patience=patience
    )
    lots_kg = np.bincount(market.supply.trip_lot, weights=picked, minlength=market.lots).astype(np.float64)
    loading = Loading(market, groups, Field(market.supply, picked))
    loading.load(served(market, groups, prices, lots_kg, width=width, seed=seed, patience=patience))
    loading.drop_idle()
    loading.release()
    told(LOADED, value_vnd(market, groups, loading.loads(), loading.surplus_kg()), bound)
    loading.fill(beside_surplus=False, patience=patience)
    loading.sell()
    loading.fill(beside_surplus=True, patience=patience)
    hurried = patience.over_after(FILLING_AT_MOST)
    surplus = loading.surplus_kg()
    loads = loading.loads()
    value = value_vnd(market, groups, loads, surplus)
    told(1.0, value, max(bound, value))
    return Decision(loads, surplus, value, max(bound, value), patience.interrupted, hurried, prices)


def value_vnd(market: Market, groups: Groups, loads: Loads, surplus_kg: Floats) -> float:
    """Worth of an allocation [VND]; fruit left on the tree, and fair parts of which nothing is shipped, as nothing."""
    supply, demand = market.supply, market.demand
    per_kg = worth(market, groups, loads.row, groups.of_order[loads.order]) + supply.trip_standing[loads.trip]
    # Each part is a parcel of its own, reviewed as one.
    reviews = demand.row_review[loads.row] * (1.0 - loads.kg / groups.each_kg[groups.of_order[loads.order]])
    shipped = np.bincount(loads.trip, weights=loads.kg, minlength=len(supply.trip_lot))
    picked, owned = shipped + surplus_kg, supply.trip_fair >= 0
    of_part = np.bincount(supply.trip_fair[owned], weights=shipped[owned], minlength=len(supply.fair_kg))
    made = (picked > KG_EPSILON) & ~supply.trip_made
    kept = supply.batch_kept[supply.trip_batch]
    return float(
        per_kg @ loads.kg
        - reviews.sum()
        + np.minimum(of_part, supply.fair_kg) @ supply.fair_vnd
        + surplus_kg @ supply.trip_surplus
        - kept @ picked
        - supply.trip_fee[made].sum()
    )

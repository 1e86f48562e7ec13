"""The market's plan: prices, a bound, trips where they bring most, orders on them; part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from harvest_planner.planning.allocation.model import Floats
from harvest_planner.planning.market.answers import Answers
from harvest_planner.planning.market.bound import bound_vnd
from harvest_planner.planning.market.clearing import clearing_prices, first_prices, market_prices
from harvest_planner.planning.market.households import whole_trips
from harvest_planner.planning.market.loading import Loading
from harvest_planner.planning.market.loads import Loads
from harvest_planner.planning.market.market import KG_EPSILON, Market
from harvest_planner.planning.market.merging import merge
from harvest_planner.planning.market.parts import MarketPart, parts_of, spread
from harvest_planner.planning.market.prices import Groups, Prices, worth
from harvest_planner.planning.market.scarce import Scarce, scarce_prices
from harvest_planner.planning.market.serving import served
from harvest_planner.planning.market.trips import Field
from harvest_planner.planning.patience import FILLING_AT_MOST, Patience

FEW_ORDERS, FEW_ROUNDS, NEAR_ENOUGH = 100, 60, 0.95
"""Orders to a crop up to which a plan that serves the best first is tried, as draws from the market's answer come near
it only where orders are many; rounds of prices for its bound; share of that from which on it is taken. Assumptions."""
SETTLE_ROUNDS, SETTLE_WIDTH, SETTLE_NEAR = 60, 0.01, 20.0
"""Rounds in which prices are cleared anew beside whole trips, τ at their beginning, τ within which rows count."""

MERGED_AT_MOST = 2
"""Times that trips are given up before what is left is sold; an assumption."""


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
    scarce: Scarce


Told = Callable[[float, float, float], None]
"""Called with the part that is done, the value so far and the bound [VND]."""


@dataclass(frozen=True)
class Task:
    """A part of a market to be decided, wherever it runs."""

    market: Market
    seed: int
    patience: Patience


def decide(market: Market, *, seed: int, told: Told, patience: Patience, executor: Executor | None = None) -> Decision:
    """A whole plan near the market's prices, with a bound that holds for every plan.

    Parameters
    ----------
    executor : decides the market's independent parts side by side; none: one after the other. The plan is the same.
    """
    parts = parts_of(market)
    found: Iterator[Decision]
    if executor is None:
        found = map(decided, _in_turn(parts, seed, patience))
    else:
        found = executor.map(decided, list(_at_once(parts, seed, patience)))  # Dask maps no iterators.
    return _joined(market, parts, list(_told(found, parts, told)), patience)


def _in_turn(parts: Sequence[MarketPart], seed: int, patience: Patience) -> Iterator[Task]:
    """Tasks made when they begin: what one leaves of its time the next ones have."""
    left = sum(part.size for part in parts)
    for part in parts:
        yield Task(part.market, seed, patience.part(part.size / left))
        left -= part.size


def _at_once(parts: Sequence[MarketPart], seed: int, patience: Patience) -> Iterator[Task]:
    """Tasks that keep the time given even where a single worker takes all of them."""
    whole = sum(part.size for part in parts)
    for part in parts:
        yield Task(part.market, seed, patience.part(part.size / whole))


def decided(task: Task) -> Decision:
    """The plan of one part."""
    with task.patience.heeding_interrupts():
        return _decided(task.market, seed=task.seed, patience=task.patience)


def _decided(market: Market, *, seed: int, patience: Patience) -> Decision:
    groups = Groups(market)
    best_first, bound = None, np.inf
    if len(market.demand.kg) <= FEW_ORDERS * len(np.unique(market.lot_crop)):
        best_first = Loading(market, groups, Field(market.supply, np.zeros(len(market.supply.trip_lot))))
        _fill(best_first, patience)
        answers = Answers(market, groups)
        prices, _ = clearing_prices(answers, first_prices(answers), rounds=FEW_ROUNDS, patience=patience)
        bound = bound_vnd(market, groups, prices)
        if _value_of(best_first) >= NEAR_ENOUGH * bound:
            return _decision(best_first, answers, prices, bound, patience)
    prices, width, answers = market_prices(market, groups, seed, patience)
    bound = min(bound, bound_vnd(market, groups, prices))
    prices, loading = _answered(answers, prices, width, seed=seed, patience=patience)
    if best_first is not None and _value_of(best_first) > _value_of(loading):
        loading = best_first
    return _decision(loading, answers, prices, bound, patience)


def _decision(loading: Loading, answers: Answers, prices: Prices, bound: float, patience: Patience) -> Decision:
    hurried = patience.over_after(FILLING_AT_MOST)
    loads, surplus, value = loading.loads(), loading.surplus_kg(), _value_of(loading)
    scarce = scarce_prices(answers, prices, np.array(loading.field.made, dtype=bool), patience)
    return Decision(loads, surplus, value, max(bound, value), patience.interrupted, hurried, scarce)


def _answered(
    answers: Answers, prices: Prices, width: float, *, seed: int, patience: Patience
) -> tuple[Prices, Loading]:
    """Whole trips and orders as the market answers, and the prices that clear beside these trips."""
    market, groups = answers.market, answers.groups
    picked = whole_trips(answers, prices, answers.picked(prices, width), seed=seed)
    beside = answers.with_trips(picked)
    prices, width = clearing_prices(
        beside, prices, widest=SETTLE_WIDTH, rounds=SETTLE_ROUNDS, near=SETTLE_NEAR, patience=patience
    )
    lots_kg = np.bincount(market.supply.trip_lot, weights=picked, minlength=market.lots).astype(np.float64)
    loading = Loading(market, groups, Field(market.supply, picked))
    loading.load(served(market, groups, prices, lots_kg, width=width, seed=seed, patience=patience))
    loading.drop_idle()
    loading.release()
    _fill(loading, patience)
    return prices, loading


def _fill(loading: Loading, patience: Patience) -> None:
    """Serve what still fits at a profit, first beyond what the local market pays; trips that others spare are none."""
    loading.fill(beside_surplus=False, patience=patience)
    for _ in range(MERGED_AT_MOST):
        if not merge(loading, patience):
            break
        loading.fill(beside_surplus=False, patience=patience)
    loading.sell()
    loading.fill(beside_surplus=True, patience=patience)


def _value_of(loading: Loading) -> float:
    return value_vnd(loading.market, loading.groups, loading.loads(), loading.surplus_kg())


def _told(found: Iterable[Decision], parts: Sequence[MarketPart], told: Told) -> Iterator[Decision]:
    """The parts' plans as they come, each told of: the value rises, the bound falls."""
    whole, done, value = sum(part.size for part in parts), 0, 0.0
    bound = sum(part.at_most_vnd for part in parts)
    for part, decision in zip(parts, found, strict=True):
        done, value = done + part.size, value + decision.value_vnd
        bound += decision.bound_vnd - part.at_most_vnd
        told(done / whole, value, bound)
        yield decision


def _joined(market: Market, parts: Sequence[MarketPart], found: Sequence[Decision], patience: Patience) -> Decision:
    """The whole market's plan from those of its parts."""
    numbered = [(part, decision.loads) for part, decision in zip(parts, found, strict=True)]
    loads = Loads(
        np.concatenate([part.orders[loads.order] for part, loads in numbered]),
        np.concatenate([part.rows[loads.row] for part, loads in numbered]),
        np.concatenate([part.trips[loads.trip] for part, loads in numbered]),
        np.concatenate([loads.kg for _, loads in numbered]),
    ).in_order()
    limits = (
        (len(market.departure_kg), [part.departures for part in parts]),
        (len(market.supply.packing_kg), [part.packings for part in parts]),
        (len(market.supply.batch_kg), [part.batches for part in parts]),
        (len(market.supply.hands_kg), [part.hands for part in parts]),
    )
    scarce = zip(*(decision.scarce for decision in found), strict=True)
    return Decision(
        loads,
        spread(len(market.supply.trip_lot), [part.trips for part in parts], [each.surplus_kg for each in found]),
        value_vnd=sum(decision.value_vnd for decision in found),
        bound_vnd=sum(decision.bound_vnd for decision in found),
        interrupted=patience.interrupted or any(decision.interrupted for decision in found),
        hurried=any(decision.hurried for decision in found),
        scarce=Scarce(*(spread(*limit, each) for limit, each in zip(limits, scarce, strict=True))),
    )


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

"""Trips are given up where their orders lose less on other trips than the fee, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harvest_planner.planning.market.deciding import value_vnd
from harvest_planner.planning.market.loading import Loading
from harvest_planner.planning.market.market import Market
from harvest_planner.planning.market.merging import merge
from harvest_planner.planning.market.prices import Groups
from harvest_planner.planning.market.trips import Field
from harvest_planner.planning.patience import Patience
from tests.planning.market.test_parts import market_of, three_crops


def _scattered(market: Market) -> Loading:
    """Every order on a trip of its own, as far as there are trips."""
    loading = Loading(market, Groups(market), Field(market.supply, np.zeros(len(market.supply.trip_lot))))
    demand, taken = market.demand, set[int]()
    for order, wish in enumerate(demand.wish.tolist()):
        for row in range(demand.first[wish], demand.first[wish + 1]):
            access = int(demand.row_access[row])
            lots = market.access_lot[market.access_first[access] : market.access_first[access + 1]].tolist()
            trips = [trip for lot in lots for trip in loading.trips_of[lot] if trip not in taken]
            if trips and loading.room(trips[0]) >= demand.kg[order]:
                loading.put(order, row, trips[0], float(demand.kg[order]), int(demand.row_journey[row]))
                taken.add(trips[0])
                break
    return loading


def _worth(loading: Loading) -> float:
    return value_vnd(loading.market, loading.groups, loading.loads(), loading.surplus_kg())


def _with_fees(fee_vnd: float) -> Market:
    market = market_of(three_crops(house_kg=100.0, truck_kg=200.0))
    fees = np.full(len(market.supply.trip_lot), fee_vnd)
    return replace(market, supply=replace(market.supply, trip_fee=fees))


def test_two_trips_become_one_where_the_fee_is_dear() -> None:
    loading = _scattered(_with_fees(50_000.0))
    before, made, parts = _worth(loading), sum(loading.field.made), len(loading.parts)
    assert made == parts > 3
    assert merge(loading, Patience())
    assert sum(loading.field.made) < made
    assert len(loading.parts) == parts
    assert _worth(loading) > before


@pytest.mark.parametrize("fee_vnd", [0.0, 1e-3])
def test_nothing_changes_where_trips_cost_nothing(fee_vnd: float) -> None:
    loading = _scattered(_with_fees(fee_vnd))
    loads = loading.loads()
    held = [loading.field.kg, loading.shipped_kg, loading.departure_kg, loading.packing_kg, loading.field.batch_kg]
    before = [list(each) for each in held]
    assert not merge(loading, Patience())
    for each, was in zip(held, before, strict=True):
        assert each == pytest.approx(was)
    for column, alike in zip(loading.loads(), loads, strict=True):
        assert column.tolist() == alike.tolist()

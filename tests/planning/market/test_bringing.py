"""What trips bring at some prices: the same, trip by trip, as the formula says; trips that bring nothing left out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from harvest_planner.planning.market.bringing import Bringing
from harvest_planner.planning.market.market import Market
from harvest_planner.planning.market.prices import Prices
from tests.planning.market.test_parts import market_of, three_crops

WIDTH = 700.0


def _market(hands_kg: float) -> Market:
    market = market_of(three_crops(house_kg=30.0))
    return replace(market, supply=replace(market.supply, hands_kg=np.full(len(market.supply.hands_kg), hands_kg)))


def _prices(market: Market) -> Prices:
    least, _ = Prices.limits(market)
    return Prices.of(market, np.random.default_rng(3).uniform(0.0, 9_000.0, len(least)))


@pytest.mark.parametrize("hands_kg", [9.0, math.inf])
def test_trips_bring_what_the_formula_says(hands_kg: float) -> None:
    market = _market(hands_kg)
    supply, prices = market.supply, _prices(market)
    kg = supply.trip_kg
    trips = Bringing(market, kg, supply.trip_due)
    found = trips.at(prices, WIDTH)
    net = (prices.margin(market) - supply.trip_due / kg) / WIDTH
    brought = prices.shipped(market)
    for at, trip in enumerate(trips.trip.tolist()):
        alike = np.flatnonzero(supply.trip_hands == supply.trip_hands[trip])
        if supply.hands_kg[supply.trip_hands[trip]] >= kg[alike].sum():
            picked = kg[trip] / (1.0 + math.exp(-net[trip]))
        else:
            weights = np.exp(net[alike]) * kg[alike]
            picked = hands_kg * math.exp(net[trip]) * kg[trip] / (weights.sum() + hands_kg)
        sent = 1.0 / (1.0 + math.exp((supply.trip_surplus[trip] - brought[trip]) / WIDTH))
        assert found.picked[at] == pytest.approx(min(picked, kg[trip]))
        assert found.shipped[at] == pytest.approx(found.picked[at] * sent)


def test_trips_that_cannot_be_made_change_nothing_for_the_others() -> None:
    market = _market(math.inf)
    supply, prices = market.supply, _prices(market)
    made = np.arange(len(supply.trip_lot)) % 2 == 0
    some = Bringing(market, np.where(made, supply.trip_kg, 0.0), supply.trip_due)
    assert some.trip.tolist() == np.flatnonzero(made).tolist()
    every = Bringing(market, supply.trip_kg, supply.trip_due).at(prices, WIDTH)
    np.testing.assert_allclose(some.whole(some.at(prices, WIDTH).picked), np.where(made, every.picked, 0.0))

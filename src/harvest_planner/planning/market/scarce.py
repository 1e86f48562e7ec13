"""What a kilogram more of each scarce thing brings at the margin, with the plan's trips fixed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Floats
from harvest_planner.planning.market.answers import Answers
from harvest_planner.planning.market.clearing import clearing_prices
from harvest_planner.planning.market.prices import Prices
from harvest_planner.planning.patience import Patience

ROUNDS, WIDTH, NEAR = 40, 0.01, 20.0
"""Rounds of clearing, τ at their beginning of the usual worth, τ within which rows count; each an assumption."""
LEAST_SHARP = 3.0
"""A price of so many τ or less is none: it cannot be told from zero; an assumption."""


class Scarce(NamedTuple):
    """Prices of what limits the plan; 0: there is enough [VND/kg]."""

    departure: Floats
    packing: Floats
    batch: Floats
    """Beyond what the fruit is worth on the tree."""
    hands: Floats


def scarce_prices(answers: Answers, start: Prices, made: Bools, patience: Patience) -> Scarce:
    """Prices at which demand meets what the trips that are made can bring, their fees paid.

    Parameters
    ----------
    start : prices near these.
    made : whether the plan makes each trip.
    """
    fixed = answers.of_trips(made)
    prices, width = clearing_prices(fixed, start, widest=WIDTH, rounds=ROUNDS, near=NEAR, patience=patience)
    hands, batches = fixed.rents(prices)
    found = Scarce(prices.departure, prices.packing, prices.batch + batches, hands)
    return Scarce(*(np.where(each > LEAST_SHARP * width, each, 0.0) for each in found))

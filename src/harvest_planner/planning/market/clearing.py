"""Prices that clear the market: of fruit by lot, of packing, of departures, of what hangs in each batch.

Demand and supply answer prices softly, as logits of width τ. What prices leave over is the slope of a convex function
of them, the smoothed Lagrangian dual; it is descended with Nesterov's momentum, each price scaled by the slope of its
own excess (the diagonal of the second derivative), restarting where momentum points uphill (B. O'Donoghue and
E. Candès, Found. Comput. Math. 15 (2015) 715–732, 10.1007/s10208-013-9150-3), while τ falls. Any prices give a valid
bound (`bound`); near clearing ones it is tight.
"""

from __future__ import annotations

import numpy as np

from harvest_planner.planning.market.answers import Answers
from harvest_planner.planning.market.market import Market
from harvest_planner.planning.market.prices import Groups, Prices
from harvest_planner.planning.patience import PRICING_AT_MOST, Patience

# How the search goes; each an assumption, tried out on made-up national days of 100,000 and 1,000,000 orders.
ROUNDS = 180
SAMPLE_ROWS = 300_000
"""Rows of groups that are looked at in early rounds at most; beyond, a part of the groups stands for all."""
SAMPLED_ROUNDS, SAMPLED_WIDTH = 70, 0.008
"""Rounds in which a part may stand for all, and τ when they end."""
FULL_ROUNDS = 80
NEAR_FULL = 0.3
"""Of the usual worth: rows that bring less than their group's best by more are left out once prices are known."""
WIDEST, NARROWEST = 0.03, 0.0015
"""τ at the beginning and at the end, of the usual worth of a kilogram."""
FIRST_PRICE = 0.2
"""Of a lot, of the usual worth of a kilogram."""
TOUCHED = 2.0
"""An answer moves with about so many prices at once; steps are so much shorter than for each alone."""
MOST_STEP = 2.0
"""A price moves by at most so many τ in a round."""
LEAST_SLOPE = 0.02
"""Kilograms that answer a price are at least this share of what there is, over τ."""
NARROWED_EVERY, NEAR = 20, 30.0
"""Now and then rows are left out that bring less than the best of their group by more than so many τ."""


def first_prices(answers: Answers) -> Prices:
    """Where the search begins when nothing is known."""
    values = np.zeros(len(answers.there))
    values[: answers.market.lots] = FIRST_PRICE * answers.usual_vnd_per_kg
    return Prices.of(answers.market, values)


def market_prices(
    market: Market, groups: Groups, seed: int, patience: Patience, *, rounds: int = ROUNDS
) -> tuple[Prices, float, Answers]:
    """Prices that clear the market, the width τ to which they are sharp [VND/kg], and the answers of all groups.

    Parameters
    ----------
    rounds : of the search, where all rows are looked at.
    """
    whole = Answers(market, groups)
    if whole.rows <= SAMPLE_ROWS:
        return *clearing_prices(whole, first_prices(whole), rounds=rounds, patience=patience), whole
    part = Answers(market, groups, most_rows=SAMPLE_ROWS, seed=seed)
    prices, _ = clearing_prices(
        part, first_prices(part), narrowest=SAMPLED_WIDTH, rounds=SAMPLED_ROUNDS, patience=patience
    )
    near = whole.near(prices, NEAR_FULL * whole.usual_vnd_per_kg)
    return *clearing_prices(near, prices, widest=SAMPLED_WIDTH, rounds=FULL_ROUNDS, patience=patience), near


def clearing_prices(
    answers: Answers,
    start: Prices,
    *,
    widest: float = WIDEST,
    narrowest: float = NARROWEST,
    rounds: int,
    patience: Patience,
    near: float = NEAR,
) -> tuple[Prices, float]:
    """Prices near those at which demand and supply meet, and the width τ to which they are sharp [VND/kg].

    Where patience ends first they are those of the last round.
    """
    market, there, usual = answers.market, answers.there, answers.usual_vnd_per_kg
    values = np.concatenate([start.lot, start.departure, start.packing, start.batch, start.fair])
    least, most = Prices.limits(market)
    before, pace, width = values.copy(), 1.0, widest * usual
    width = widest * usual
    for turn in range(rounds):
        if patience.over_after(PRICING_AT_MOST):
            break
        if turn % NARROWED_EVERY == 0:
            answers = answers.near(Prices.of(market, values), near * (width if turn else widest * usual))
        width = usual * widest * (narrowest / widest) ** (turn / max(1, rounds - 1))
        faster = (1.0 + np.sqrt(1.0 + 4.0 * pace * pace)) / 2.0
        ahead = np.clip(values + (pace - 1.0) / faster * (values - before), least, most)
        excess, slope = answers.at(Prices.of(market, ahead), width)
        slope = np.maximum(slope, LEAST_SLOPE * there / width + 1e-9)
        step = np.clip(excess / (TOUCHED * slope), -MOST_STEP * width, MOST_STEP * width)
        found = np.clip(ahead + step, least, most)
        pace = 1.0 if (excess * (found - values)).sum() < 0 else faster
        before, values = values, found
    return Prices.of(market, values), float(width)

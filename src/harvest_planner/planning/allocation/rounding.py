"""A whole plan straight from the relaxation: what it carries in whole stays, and parts too small grow or go."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harvest_planner.planning.allocation.greedy import follow
from harvest_planner.planning.allocation.master import Master
from harvest_planner.planning.allocation.model import Floats, Model
from harvest_planner.planning.allocation.variables import uncounted
from harvest_planner.planning.patience import Patience

MOST_ROUNDS = 8
MADE = 0.5
"""A trip made to this share is made, and a part that is this share of the least one grows to it."""
KG_EPSILON = 1e-6


def rounded(model: Model, master: Master, patience: Patience) -> Iterator[tuple[Floats, Floats]]:
    """Kilograms per column and surplus per trip, of one plan after another.

    After each plan the parts of orders that are too small to be shipped are made large enough or left, whichever is
    nearer, and the relaxation is solved anew. Changes the master, until its shares are released.
    """
    least_kg = np.where(model.order_splits, model.order_least_kg, model.order_kg)[model.column_order]
    for _ in range(MOST_ROUNDS):
        column_kg = master.column_share * model.column_kg
        yield follow(model, column_kg, (master.trips_made >= MADE) | uncounted(model) | model.trip_made)
        small = np.flatnonzero((column_kg > KG_EPSILON) & (column_kg < least_kg - KG_EPSILON))
        if not len(small) or master.undecided_trips.any():
            return
        grows = column_kg[small] >= MADE * least_kg[small]
        least = least_kg[small] / model.column_kg[small]
        if not master.limit_shares(small, np.where(grows, least, 0.0), np.where(grows, 1.0, 0.0), patience):
            return

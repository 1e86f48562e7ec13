"""Whole plans near the relaxation's optimum: trips are made whole one after another, then the orders on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from harvest_planner.planning.allocation.greedy import fill
from harvest_planner.planning.allocation.integer import IntegerProgramme
from harvest_planner.planning.allocation.master import WHOLE, Master, cheapest_per_order
from harvest_planner.planning.allocation.model import Floats, Ints, Model
from harvest_planner.planning.allocation.rounding import rounded
from harvest_planner.planning.patience import Patience

SURE = 0.9
"""A trip made to this share is made; one made to less than the rest is left."""
PART_PER_ROUND = 8
"""One in so many of the undecided trips is decided each round."""
COLUMNS_PER_ORDER = 3
MOST_NODES = 200


def dive(
    model: Model, master: Master, *, allowance_vnd: float, target_vnd: float, seed: int, patience: Patience
) -> Iterator[tuple[Floats, Floats]]:
    """Kilograms per column and surplus per trip of plans on the trips that the relaxation chose, one after another.

    First orders are made whole by rounding, then by an integer programme. Changes the master: afterwards its trips are
    fixed and some shares limited.
    """
    reduced = _decide_trips(model, master, patience)
    if reduced is None:
        return
    made = (master.trips_made > 0.5) | model.trip_made
    on_made = np.flatnonzero(made[model.column_trip])
    cheapest = cheapest_per_order(model.column_order, on_made, reduced[on_made], COLUMNS_PER_ORDER)
    columns = np.union1d(cheapest, master.columns_used)
    if not len(columns):
        return
    yield from rounded(model, master, patience)
    chosen = replace(model.only(columns), trip_blocked=model.trip_blocked | ~made)
    programme = IntegerProgramme(chosen, seed=seed)
    found = programme.solve(
        absolute_gap=allowance_vnd, start=None, target_vnd=target_vnd, patience=patience, most_nodes=MOST_NODES
    )
    if found is not None:
        column_kg = np.zeros(len(model.column_order))
        column_kg[columns] = found.column_kg
        yield fill(model, column_kg, found.surplus_kg)


def _decide_trips(model: Model, master: Master, patience: Patience) -> Floats | None:
    """Reduced costs once every trip is whole; None where that was found infeasible or time was over."""
    open_ = ~model.trip_made & ~model.trip_blocked
    while True:
        made = master.trips_made
        undecided = np.flatnonzero(open_ & (made > WHOLE) & (made < 1 - WHOLE))
        if not len(undecided):
            return master.reduced_costs_now(patience)
        for trips, taken in _decisions(undecided, made):
            master.fix_trips(trips, made=taken)
            open_[trips] = False
        if master.reduced_costs_now(patience) is None:
            return None


def _decisions(undecided: Ints, made: Floats) -> tuple[tuple[Ints, bool], tuple[Ints, bool]]:
    """Trips to make and trips to leave in this round: the surest of them, always at least one."""
    share = made[undecided]
    fullest = np.lexsort((undecided, -share))[: max(1, len(undecided) // PART_PER_ROUND)]
    taken = np.union1d(undecided[share >= SURE], undecided[fullest])
    left = np.setdiff1d(undecided[share <= 1 - SURE], taken)
    return (taken, True), (left, False)

"""The variables of a joint plan: the trips' own, and the order columns with the rows that they enter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.highs import Entries, Programme
from harvest_planner.planning.allocation.model import Bools, Floats, Ints, Model
from harvest_planner.planning.allocation.rows import Layout, departure_load, order_once, trip_balance


def uncounted(model: Model) -> Bools:
    """Trips that cost nothing and that no rule counts: whether they are made is of no matter."""
    trips = np.bincount(model.trip_batch, minlength=len(model.batch_kg))
    free = (model.batch_most_trips >= trips) & (model.batch_spacing_days <= 1)
    return np.asarray((model.trip_cost_vnd <= 0) & (model.trip_least_kg <= 0) & free[model.trip_batch])


def trip_columns(model: Model, at: Layout) -> tuple[Floats, Floats, Floats]:
    """Costs and bounds of the trips' own variables p, s and y, and of what counts towards fair parts."""
    most = model.trip_most_kg
    kept = model.batch_kept_vnd_per_kg[model.trip_batch]
    fees = np.where(model.trip_made, 0.0, model.trip_cost_vnd)
    costs = np.concatenate([kept, -model.trip_surplus_vnd_per_kg, fees, -model.fair_vnd_per_kg])
    lowers = np.concatenate([np.zeros(2 * at.trips), model.trip_made.astype(float), np.zeros(len(model.fair_kg))])
    uppers = np.concatenate([most, most, np.where(model.trip_blocked, 0.0, 1.0), model.fair_kg])
    return costs, lowers, np.maximum(uppers, lowers)


class Firsts(NamedTuple):
    """The first of the rows that order columns enter, of each kind."""

    order: int
    balance: int
    lane: int


def add_column_rows(programme: Programme, model: Model, at: Layout) -> Firsts:
    """The rows that order columns enter."""
    kinds = order_once(model), trip_balance(at), departure_load(model)
    return Firsts(*(programme.add_rows(rows).start for rows in kinds))


def column_entries(model: Model, columns: Ints, first: Firsts, *, cut_row: Ints | None = None) -> Entries:
    """What order columns enter: their order, their trip's balance, each departure they load and, if any, their cut."""
    count, way = len(columns), model.column_way[columns]
    lane, loading = model.loads_of(way)
    every = np.arange(count)
    cut = np.empty(0, dtype=np.int64) if cut_row is None else np.flatnonzero(cut_row >= 0)
    cut_rows = cut if cut_row is None else cut_row[cut]
    owner = np.concatenate([every, every, loading, cut])
    rows = np.concatenate(
        [
            first.order + model.column_order[columns],
            first.balance + model.column_trip[columns],
            first.lane + lane,
            cut_rows,
        ]
    )
    kg = model.column_kg[columns]
    values = np.concatenate([np.ones(count), kg, kg[loading], np.ones(len(cut))])
    by_column = np.argsort(owner, kind="stable")
    return Entries(np.bincount(owner, minlength=count), rows[by_column], values[by_column])

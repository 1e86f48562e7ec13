"""What a model can do without: departures that all who might load them cannot fill, and columns never needed."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Ints, Model
from harvest_planner.planning.index_arrays import distinct_pairs


class Pruned(NamedTuple):
    """A model of equal optimum, and where its columns and departures stand in the given one."""

    model: Model
    columns: Ints
    lanes: Ints


def pruned(model: Model) -> Pruned:
    """The model without what it does not need.

    Left out are columns that nothing can use even alone, which a relaxation would use in part; departures that take
    all orders that could load them; and, of an order's columns on one trip, those which load no fewer departures than
    a better one.
    """
    possible = np.flatnonzero(model.column_possible)
    model = model.only(possible)
    lanes = tight_departures(model)
    model = _with_departures(model, lanes)
    needed = np.flatnonzero(~dominated(model))
    return Pruned(model.only(needed), possible[needed], lanes)


def tight_departures(model: Model) -> Ints:
    """The departures that cannot take all orders which could load them."""
    order, way = distinct_pairs(model.column_order, model.column_way)
    lane, loading = model.loads_of(way)
    order, lane = distinct_pairs(order[loading], lane)
    most_kg = np.bincount(lane, weights=model.order_kg[order], minlength=len(model.lane_kg))
    return np.flatnonzero(most_kg > model.lane_kg)


def _with_departures(model: Model, lanes: Ints) -> Model:
    """The model with these limited departures alone, and ways that load the same as one."""
    number = {lane: index for index, lane in enumerate(lanes.tolist())}
    ways: dict[tuple[int, ...], int] = {}
    way_at = [
        ways.setdefault(tuple(number[lane] for lane in loads if lane in number), len(ways)) for loads in model.way_lanes
    ]
    way = np.array(way_at, dtype=np.int64)[model.column_way]
    return replace(model, lane_kg=model.lane_kg[lanes], column_way=way, way_lanes=tuple(ways))


def dominated(model: Model) -> Bools:
    """Columns that another of the same order and trip makes needless: worth no less, and loading nothing more."""
    trips, ways = len(model.trip_batch), len(model.way_lanes)
    pair = model.column_order * trips + model.column_trip
    loads_nothing = model.way_lengths[model.column_way] == 0
    found = _beaten(model, pair, by=loads_nothing)
    left = np.flatnonzero(~found & ~loads_nothing)
    found[left] = _beaten(model.only(left), pair[left] * ways + model.column_way[left], by=np.ones(len(left), bool))
    return found


def _beaten(model: Model, group: Ints, *, by: Bools) -> Bools:
    """Columns made needless by the best of those named in their group; of equal ones the first.

    Of an order that may be split a small part is worth less by a column whose review cost is higher.
    """
    sequence = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[sequence], prepend=-1))
    member = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(group)))
    value = np.where(by, model.column_value_vnd, -np.inf)[sequence]
    most = np.maximum.reduceat(value, starts) if len(starts) else value
    is_best = np.where(value == most[member], np.arange(len(group)), len(group))
    best = sequence[np.minimum.reduceat(is_best, starts)][member] if len(starts) else sequence
    as_good = most[member] >= model.column_value_vnd[sequence]
    cheap = model.column_review_vnd[best] <= model.column_review_vnd[sequence]
    found = np.zeros(len(group), dtype=bool)
    found[sequence] = as_good & (best != sequence) & (cheap | ~model.order_splits[model.column_order[sequence]])
    return found

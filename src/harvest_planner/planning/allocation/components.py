"""The parts of a model that share nothing, to be solved side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.model import Allocation, Ints, Model
from harvest_planner.planning.index_arrays import connected, distinct_pairs, split


class Component(NamedTuple):
    """A part of a model, with where its columns and trips stand in the whole."""

    model: Model
    columns: Ints
    trips: Ints


def components(model: Model) -> Iterator[Component]:
    """The connected parts of the graph of orders, batches and the capacities they share, in a fixed order.

    Trips of batches that no order can use form parts of their own.
    """
    batch_of = model.trip_batch[model.column_trip]
    shared = (
        (model.trip_picker, model.trip_batch),
        (model.trip_packing, model.trip_batch),
        (model.trip_fair, model.trip_batch),
        (model.column_order, batch_of),
        _lanes_and_batches(model, batch_of),
    )
    one, other = (np.concatenate(ends) for ends in zip(*(_sharing(*each) for each in shared), strict=True))
    firsts, trip_part = np.unique(connected(len(model.batch_kg), one, other)[model.trip_batch], return_inverse=True)
    columns = split(trip_part[model.column_trip], len(firsts))
    for part_columns, trips in zip(columns, split(trip_part, len(firsts)), strict=True):
        yield _part(model, part_columns, trips)


def _sharing(owner: Ints, batch: Ints) -> tuple[Ints, Ints]:
    """Pairs of batches that hang together by an owner: each with the next of the same; −1 is no owner."""
    owner, batch = distinct_pairs(owner, batch)
    same = (owner[1:] == owner[:-1]) & (owner[1:] >= 0)
    return distinct_pairs(batch[:-1][same], batch[1:][same])


def _lanes_and_batches(model: Model, batch_of: Ints) -> tuple[Ints, Ints]:
    """Each limited departure with each batch that loads it."""
    way, batch = distinct_pairs(model.column_way, batch_of)
    lane, loading = model.loads_of(way)
    return lane, batch[loading]


def _part(model: Model, columns: Ints, trips: Ints) -> Component:
    part = model.only(columns)
    orders, order_of = np.unique(part.column_order, return_inverse=True)
    batches, batch_of = np.unique(model.trip_batch[trips], return_inverse=True)
    pickers, picker_of = renumbered(model.trip_picker[trips])
    packings, packing_of = renumbered(model.trip_packing[trips])
    fairs, fair_of = renumbered(model.trip_fair[trips])
    ways, way_of = np.unique(part.column_way, return_inverse=True)
    lanes = sorted({lane for way in ways.tolist() for lane in model.way_lanes[way]})
    lane_at = {lane: position for position, lane in enumerate(lanes)}
    trip_at = np.full(len(model.trip_batch), -1, dtype=np.int64)
    trip_at[trips] = np.arange(len(trips))
    return Component(
        replace(
            part,
            order_kg=model.order_kg[orders],
            order_splits=model.order_splits[orders],
            order_least_kg=model.order_least_kg[orders],
            trip_batch=batch_of,
            trip_day=model.trip_day[trips],
            trip_picker=picker_of,
            trip_packing=packing_of,
            trip_fair=fair_of,
            trip_cost_vnd=model.trip_cost_vnd[trips],
            trip_least_kg=model.trip_least_kg[trips],
            trip_made=model.trip_made[trips],
            trip_blocked=model.trip_blocked[trips],
            trip_surplus_vnd_per_kg=model.trip_surplus_vnd_per_kg[trips],
            batch_kg=model.batch_kg[batches],
            batch_kept_vnd_per_kg=model.batch_kept_vnd_per_kg[batches],
            batch_most_trips=model.batch_most_trips[batches],
            batch_spacing_days=model.batch_spacing_days[batches],
            picker_kg=model.picker_kg[pickers],
            packing_kg=model.packing_kg[packings],
            fair_kg=model.fair_kg[fairs],
            fair_vnd_per_kg=model.fair_vnd_per_kg[fairs],
            lane_kg=model.lane_kg[np.array(lanes, dtype=np.int64)],
            column_order=order_of,
            column_trip=trip_at[part.column_trip],
            column_way=way_of,
            way_lanes=tuple(tuple(lane_at[lane] for lane in model.way_lanes[way]) for way in ways.tolist()),
        ),
        columns,
        trips,
    )


def renumbered(owner: Ints) -> tuple[Ints, Ints]:
    """The owners that occur, and each entry's position among them; −1 stays."""
    used = np.unique(owner[owner >= 0])
    return used, np.where(owner >= 0, np.searchsorted(used, owner), -1)


def joined(model: Model, parts: list[Component], found: list[Allocation]) -> Allocation:
    """The allocation of the whole from those of its parts."""
    column_kg = np.zeros(len(model.column_order))
    surplus_kg = np.zeros(len(model.trip_batch))
    for part, allocation in zip(parts, found, strict=True):
        column_kg[part.columns] = allocation.column_kg
        surplus_kg[part.trips] = allocation.surplus_kg
    return Allocation(
        column_kg,
        surplus_kg,
        value_vnd=sum(allocation.value_vnd for allocation in found),
        bound_vnd=sum(allocation.bound_vnd for allocation in found),
        timed_out=any(allocation.timed_out for allocation in found),
        interrupted=any(allocation.interrupted for allocation in found),
    )

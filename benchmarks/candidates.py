"""The planner's own candidates and limits as bare arrays, for the comparators of the national day.

The only place where benchmarks look into the planner: what they compare with starts from the same candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import harvest_planner as hp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Candidates:
    """One row each: the order served whole on a trip by a journey; −1 in an index: no such limit.

    The joint plan maximises Σ value·x + Σ surplus price·s − Σ kept·(kg·x + s) − Σ fee·y, and `constant_vnd`.
    """

    order: Ints
    trip: Ints
    value_vnd: Floats
    kg: Floats
    loads: tuple[tuple[int, ...], ...]
    """Limited departures each loads."""
    splits: NDArray[np.bool_]
    """Whether the order may be served in part."""
    orders: int
    deliver_until_h: Floats
    """By order [h since the epoch]."""
    destinations: tuple[str, ...]
    """By order."""
    trip_batch: Ints
    trip_day: Ints
    trip_picker: Ints
    trip_packing: Ints
    trip_fee_vnd: Floats
    trip_surplus_vnd_per_kg: Floats
    trip_kept_vnd_per_kg: Floats
    batch_kg: Floats
    picker_kg: Floats
    packing_kg: Floats
    departure_kg: Floats
    constant_vnd: float

    @property
    def trip_most_kg(self) -> Floats:
        """What a trip can pick at most [kg]."""
        hands = np.append(self.picker_kg, np.inf)[self.trip_picker]
        return np.asarray(np.minimum(self.batch_kg[self.trip_batch], hands))


def candidates_of(problem: hp.PlanningProblem) -> Candidates:
    """The candidates of a problem without commitments."""
    from harvest_planner.planning.harvest import prepare

    question: Any = prepare(problem).question
    model = question.model
    return Candidates(
        order=model.column_order,
        trip=model.column_trip,
        value_vnd=model.column_value_vnd,
        kg=model.order_kg[model.column_order],
        loads=tuple(model.way_lanes[way] for way in model.column_way.tolist()),
        splits=model.order_splits[model.column_order],
        orders=len(model.order_kg),
        deliver_until_h=np.array([buyer.order.deliver_until_at.timestamp() / 3600 for buyer in question.buyers]),
        destinations=tuple(buyer.order.destination_id for buyer in question.buyers),
        trip_batch=model.trip_batch,
        trip_day=model.trip_day,
        trip_picker=model.trip_picker,
        trip_packing=model.trip_packing,
        trip_fee_vnd=model.trip_cost_vnd,
        trip_surplus_vnd_per_kg=model.trip_surplus_vnd_per_kg,
        trip_kept_vnd_per_kg=model.batch_kept_vnd_per_kg[model.trip_batch],
        batch_kg=model.batch_kg,
        picker_kg=model.picker_kg,
        packing_kg=model.packing_kg,
        departure_kg=model.lane_kg,
        constant_vnd=question.kept_vnd,
    )

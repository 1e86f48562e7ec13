"""What a plan leaves on each trip, by arrays: `Leftover` for all trips of a meeting at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.leftover import Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class LeftArrays(NamedTuple):
    """What a plan leaves on each trip of the meeting."""

    batch_kg: Floats
    hands_kg: Floats
    packing_kg: Floats
    made: Bools
    open: Bools
    """Made, or allowed beside what else is picked of the batch."""
    kept: Floats
    """What a kilogram is worth on the tree [VND/kg]."""
    fee: Floats
    least_kg: Floats
    filler: Floats
    """What a kilogram that fills a trip up brings beyond that [VND/kg]."""
    standing: Floats
    fair_kg: Floats
    """What its grower lacks to his fair part [kg]."""
    fair: Floats
    """What each of these kilograms counts [VND/kg]."""

    @classmethod
    def of(cls, leftover: Leftover, meeting: Meeting) -> LeftArrays:
        """What is left of all trips of the meeting."""
        trips = meeting.trips
        share = meeting.problem.policy.terminal_share

        def column(of: Callable[[Trip], float]) -> Floats:
            return np.array([of(trip) for trip in trips], dtype=float)

        # What is the same on all days of a batch is asked of one.
        _, firsts, places = np.unique([id(trip.field) for trip in trips], return_index=True, return_inverse=True)

        def of_batch(of: Callable[[Trip], float]) -> Floats:
            return np.array([of(trips[at]) for at in firsts.tolist()], dtype=float)[places]

        kept = of_batch(lambda trip: trip.field.kept_vnd_per_kg(share))
        return cls(
            batch_kg=of_batch(lambda trip: leftover.batch_kg[trip.field.batch.id]),
            hands_kg=column(leftover.picker_kg),
            packing_kg=column(leftover.packing_kg),
            made=np.array([leftover.made(trip) for trip in trips], dtype=bool),
            open=np.array([leftover.may_open(trip) for trip in trips], dtype=bool),
            kept=kept,
            fee=of_batch(lambda trip: trip.field.batch.trip_cost_vnd),
            least_kg=of_batch(lambda trip: trip.field.batch.min_trip_kg),
            filler=of_batch(lambda trip: trip.field.batch.surplus_price_vnd_per_kg) - kept,
            standing=of_batch(lambda trip: trip.field.reputation_vnd_per_kg),
            fair_kg=of_batch(lambda trip: leftover.fair(trip).kg),
            fair=of_batch(lambda trip: leftover.fair(trip).vnd_per_kg),
        )

    def fair_vnd(self, trip: Ints, kg: float) -> Floats:
        """What so many kilograms of trips count towards their growers' fair parts [VND]."""
        return np.minimum(kg, self.fair_kg[trip]) * self.fair[trip]

"""What growers lack to their fair parts while orders are put on trips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from harvest_planner.planning.allocation.model import Floats
from harvest_planner.planning.market.market import Supply


class Lacking:
    """Fair parts less what is shipped; a trip that counts towards none lacks nothing."""

    def __init__(self, supply: Supply) -> None:
        self._part: list[int] = supply.trip_fair.tolist()
        self._kg: list[float] = [*supply.fair_kg.tolist(), 0.0]
        self._vnd: list[float] = [*supply.fair_vnd.tolist(), 0.0]
        self._supply = supply
        self.counts = len(supply.fair_kg) > 0
        """Whether there is any fair part."""

    def first(self, trips: Sequence[int], kg: float) -> Iterable[int]:
        """Places of trips as they are tried: those first whose growers lack most for so much."""
        if not self.counts:
            return range(len(trips))
        return sorted(range(len(trips)), key=lambda at: -self.gain(trips[at], kg))

    def ship(self, trip: int, kg: float) -> None:
        """Ship so much more of the trip, or less [kg]."""
        if self._part[trip] >= 0:
            self._kg[self._part[trip]] -= kg

    def takes(self, trip: int, kg: float) -> bool:
        """Whether all of so many kilograms more of the trip count, or nothing counts anywhere."""
        return not self.counts or self._kg[self._part[trip]] >= kg

    def gain(self, trip: int, kg: float) -> float:
        """What so many kilograms more of the trip count for its grower [VND]."""
        return min(kg, max(0.0, self._kg[self._part[trip]])) * self._vnd[self._part[trip]]

    def loss(self, trip: int, kg: float) -> float:
        """What so many kilograms less of the trip would [VND]."""
        beyond = max(0.0, -self._kg[self._part[trip]])
        return max(0.0, kg - beyond) * self._vnd[self._part[trip]]

    def per_kg(self) -> Floats:
        """What the next kilogram of each trip counts for its grower [VND/kg]."""
        part = self._supply.trip_fair
        return np.where(np.array(self._kg)[part] > 0.0, np.array(self._vnd)[part], 0.0)

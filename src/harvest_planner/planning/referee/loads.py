"""Kilograms on one trip or departure, row by row."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from harvest_planner.planning.referee.orchard import PickDay


@dataclass(eq=False, slots=True)
class Load:
    """Kilograms on one trip or departure, row by row: chosen by the plan, and settled by commitments."""

    chosen: array[float] = field(default_factory=lambda: array("d"))
    settled: array[float] = field(default_factory=lambda: array("d"))

    def add(self, kg: float, *, settled: bool) -> None:
        """Load one shipment."""
        (self.settled if settled else self.chosen).append(kg)


@dataclass(eq=False, slots=True)
class Picked(Load):
    """The load of one trip, and whose orders it serves."""

    day: PickDay = field(kw_only=True)
    order_ids: list[str] = field(default_factory=list)

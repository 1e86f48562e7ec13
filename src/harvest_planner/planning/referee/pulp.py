"""The pulp's temperature in its packaging by small steps, and what the clocks gain meanwhile."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from harvest_planner import catalogue

STEP_H = 0.05
Rates = Callable[[float], tuple[float, float, float]]
"""Temperature [°C] → rates of age, chilling and danger [1/d]."""


@dataclass(frozen=True)
class Box:
    """A packaging: how fast the pulp follows the air around it, and the ice that may keep that air cold."""

    cooling_per_h: float
    iced_degc: float | None
    iced_h: float

    @classmethod
    def of(cls, packaging: str | None) -> Box | None:
        """The catalogue's figures of a packaging; None for none."""
        if packaging is None:
            return None
        row = catalogue.packaging_row(packaging)
        return cls(row["cooling_per_h"], row["inside_degc"], row["holds_h"] or 0.0)

    def air(self, outside_degc: float, on_way_h: float) -> float:
        """The air around the goods so long after the first departure [°C]."""
        return self.iced_degc if self.iced_degc is not None and on_way_h < self.iced_h else outside_degc


class Warming:
    """Gains and pulp along a stay in outside air, tabled in small steps and read in between.

    Parameters
    ----------
    pulp_degc : temperature of the pulp at its start [°C].
    on_way_h : hours since the first departure at its start [h].
    """

    def __init__(self, box: Box, rates: Rates, *, pulp_degc: float, outside_degc: float, on_way_h: float) -> None:
        self._box, self._rates = box, rates
        self._outside, self._on_way = outside_degc, on_way_h
        self._hours = [0.0]
        self._rows = [(0.0, 0.0, 0.0, pulp_degc)]

    def at(self, hours: float) -> tuple[float, float, float, float]:
        """Age, chill and danger gained after so many hours, and the pulp [°C]."""
        while self._hours[-1] <= hours:
            self._step()
        right = min(bisect_right(self._hours, hours), len(self._hours) - 1)
        before, after = self._rows[right - 1], self._rows[right]
        share = (hours - self._hours[right - 1]) / (self._hours[right] - self._hours[right - 1])
        age, chill, danger, pulp = (low + share * (high - low) for low, high in zip(before, after, strict=True))
        return age, chill, danger, pulp

    def _step(self) -> None:
        start, (age, chill, danger, pulp) = self._hours[-1], self._rows[-1]
        now_h, ice_ends_h = self._on_way + start, self._box.iced_h
        step = ice_ends_h - now_h if now_h < ice_ends_h < now_h + STEP_H else STEP_H
        air = self._box.air(self._outside, now_h)
        follow = self._box.cooling_per_h
        middle = self._rates(air + (pulp - air) * math.exp(-follow * step / 2.0))
        days = step / 24.0
        self._hours.append(start + step)
        self._rows.append(
            (
                age + middle[0] * days,
                chill + middle[1] * days,
                danger + middle[2] * days,
                air + (pulp - air) * math.exp(-follow * step),
            )
        )

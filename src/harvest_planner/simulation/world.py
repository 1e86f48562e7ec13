"""Worlds that the planner was not told of: what is really the case where a plan is played forward."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient

MOST_WARMER_DEGC = 30.0
"""No week is farther from its climate than this [°C]; an assumption."""


@dataclass(frozen=True, slots=True)
class World:
    """How the world in which a plan is played differs from the problem it was made for; by default it does not.

    Attributes
    ----------
    batch_shift_d20 : every batch is so much older than its stage says [d20]; negative: younger.
    shared_delays : all parcels of a departure share one delay; else each parcel has its own.
    warmer_degc : all outdoor air is so much warmer [°C]: where goods wait, on board of lanes without a temperature of
        their own, and at buyers whose room is not told. Lanes with `temperature_degc` keep it.
    yield_factor : so much of each batch's `quantity_kg` hangs there.
    uncertain_yield : whether that quantity varies besides by the batch's `quantity_sd_kg`.

    Raises
    ------
    ValueError : a number that is not finite, over 30 °C of warming or cooling, or a negative yield factor.

    Examples
    --------
    >>> World(warmer_degc=3).told
    False
    """

    batch_shift_d20: float = 0.0
    shared_delays: bool = False
    warmer_degc: float = 0.0
    yield_factor: float = 1.0
    uncertain_yield: bool = False

    def __post_init__(self) -> None:
        for name in ("batch_shift_d20", "warmer_degc", "yield_factor"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"World.{name} = {getattr(self, name)!r}: give a finite number")
        if abs(self.warmer_degc) > MOST_WARMER_DEGC:
            raise ValueError(
                f"World.warmer_degc = {self.warmer_degc:g}: give at most {MOST_WARMER_DEGC:g} degrees, up or down"
            )
        if self.yield_factor < 0.0:
            raise ValueError(f"World.yield_factor = {self.yield_factor:g}: give a share of the quantity, 0 or more")

    @property
    def told(self) -> bool:
        """Whether it is the world of the problem itself."""
        return self == World()


class WorldAir(Ambient):
    """The air of a problem in a world: its own, or that much warmer everywhere."""

    def __init__(self, problem: PlanningProblem, warmer_degc: float) -> None:
        super().__init__(problem)
        self._warmer_degc = warmer_degc

    def degc(self, place_id: str, at_h: float) -> float:
        """As `Ambient.degc`, in this world [°C]."""
        return super().degc(place_id, at_h) + self._warmer_degc

"""Many fates of one parcel at once: what each clock gains, and how warm the pulp is, run by run."""

from __future__ import annotations

import numpy as np

from harvest_planner.ripening.curve import Clock, Curve
from harvest_planner.simulation.airs import Airs
from harvest_planner.simulation.lag import LagTables
from harvest_planner.simulation.luck import Bools, Floats
from harvest_planner.transit.pulp import Packaging


class Lot:
    """One parcel in every run: ages and doses gained since its first departure.

    Parameters
    ----------
    curve : its clocks; a dose without a limit is not followed.
    runs : how many fates.
    pulp_degc : of packed goods, the pulp at the first departure [°C]; None: goods as warm as the air.
    """

    def __init__(self, curve: Curve, runs: int, pulp_degc: float | None, tables: LagTables) -> None:
        self._clocks = followed(curve)
        self.gains = [np.zeros(runs) for _ in self._clocks]
        self._pulp = None if pulp_degc is None else np.full(runs, pulp_degc)
        self._tables = tables

    def spend(self, airs: Airs, hours: Floats, *, packaging: Packaging | None, from_h: Floats | float) -> None:
        """Age for some hours in outside air; `from_h` counts from the first departure [h]."""
        if self._pulp is not None and packaging is not None:
            self._lag(airs, hours, packaging, from_h)
            return
        for clock, gain in zip(self._clocks, self.gains, strict=True):
            rates = [clock(degc) / 24.0 for degc in airs.degc]
            np.add(gain, hours * (rates[0] if airs.among is None else np.array(rates)[airs.among]), out=gain)
        if self._pulp is not None:
            air = airs.degc[0] if airs.among is None else np.array(airs.degc)[airs.among]
            self._pulp = np.where(hours > 0.0, air, self._pulp)

    def _lag(self, airs: Airs, hours: Floats, packaging: Packaging, from_h: Floats | float) -> None:
        iced = np.zeros(len(hours))
        if packaging.inside_degc is not None:
            iced = np.minimum(hours, np.maximum(0.0, packaging.holds_h - np.asarray(from_h)))
            self._follow(packaging.inside_degc, iced, packaging.cooling_per_h, np.ones(len(hours), dtype=bool))
        for number, degc in enumerate(airs.degc):
            there = np.ones(len(hours), dtype=bool) if airs.among is None else airs.among == number
            if there.any():
                self._follow(degc, hours - iced, packaging.cooling_per_h, there)

    def _follow(self, air_degc: float, hours: Floats, cooling_per_h: float, there: Bools) -> None:
        """The pulp of some parcels follows the air for some hours."""
        assert self._pulp is not None
        before, spent = self._pulp[there], hours[there]
        after = air_degc + (before - air_degc) * np.exp(-cooling_per_h * spent)
        more = self._tables.gained(before, after, spent, air_degc=air_degc, cooling_per_h=cooling_per_h)
        for gain, each in zip(self.gains, more, strict=True):
            gain[there] += each
        self._pulp[there] = after


def followed(curve: Curve) -> tuple[Clock, ...]:
    """The clocks that matter: age, and each dose that has a limit."""
    limits = (True, curve.chilling is not None, curve.safety_limits is not None)
    return tuple(clock for clock, limit in zip(curve.clocks, limits, strict=True) if limit)

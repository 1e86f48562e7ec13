"""Pulp that lags the air, for many parcels at once: antiderivatives in tables, one for each clock and air.

With D the pulp's distance from the air, dD/dt = −kD, so that ∫ rate dt = rate(T)·h + (F(D₀) − F(D₁))/k with
F(D) = ∫₀^D (rate(T + x) − rate(T))/x dx. F is summed by Gauss-Legendre's rule between close nodes, the temperatures at
which a rate bends or jumps among them, and read off by linear interpolation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harvest_planner.ripening.curve import Clock
from harvest_planner.simulation.luck import Floats

STEP_DEGC = 0.05
"""Distance of the nodes: a rate's curvature of 0.01 per °C² is misread by 3e-6 of a day's gain [°C]."""
_SAME_DEGC = 1e-9
_GAUSS = np.polynomial.legendre.leggauss(4)


class LagTables:
    """The antiderivatives of some clocks, made when first asked for and widened when goods are farther from the air.

    Parameters
    ----------
    clocks : rates per day by temperature [°C].
    kinks_degc : temperatures at which a rate bends or jumps [°C].
    """

    def __init__(self, clocks: Sequence[Clock], kinks_degc: Sequence[float]) -> None:
        self._clocks, self._kinks_degc = tuple(clocks), tuple(kinks_degc)
        self._tables: dict[tuple[float, float], tuple[Floats, list[Floats], list[float]]] = {}

    def gained(
        self, before: Floats, after: Floats, hours: Floats, *, air_degc: float, cooling_per_h: float
    ) -> list[Floats]:
        """What each clock gains while the pulp goes from `before` to `after` [°C] in air of one temperature."""
        total = [np.zeros(len(before)) for _ in self._clocks]
        for sign in (-1.0, 1.0):
            side = (before - air_degc) * sign > 0.0 if sign > 0 else before <= air_degc
            if not side.any():
                continue
            start, end = np.abs(before[side] - air_degc), np.abs(after[side] - air_degc)
            distances, sums, rates = self._table(air_degc, sign, float(start.max()))
            for clock, (table, rate) in enumerate(zip(sums, rates, strict=True)):
                lagging = np.interp(start, distances, table) - np.interp(end, distances, table)
                total[clock][side] = (rate * hours[side] + lagging / cooling_per_h) / 24.0
        return total

    def _table(self, air_degc: float, sign: float, reach_degc: float) -> tuple[Floats, list[Floats], list[float]]:
        key = (air_degc, sign)
        found = self._tables.get(key)
        if found is None or found[0][-1] < reach_degc:
            found = self._tables[key] = self._made(air_degc, sign, 1.25 * reach_degc + 1.0)
        return found

    def _made(self, air_degc: float, sign: float, reach_degc: float) -> tuple[Floats, list[Floats], list[float]]:
        kinks = ((kink - air_degc) * sign for kink in self._kinks_degc)
        even = np.linspace(0.0, reach_degc, int(np.ceil(reach_degc / STEP_DEGC)) + 1)
        distances = np.unique(np.append(even, [kink for kink in kinks if 0.0 < kink < reach_degc]))
        points, weights = _GAUSS
        middle, half = (distances[1:] + distances[:-1]) / 2.0, np.diff(distances) / 2.0
        at = middle[:, None] + half[:, None] * points
        # Where a rate jumps at the air's own temperature, the pulp stays on the side it comes from.
        rates = [clock(air_degc + sign * _SAME_DEGC) for clock in self._clocks]
        sums = []
        for clock, rate in zip(self._clocks, rates, strict=True):
            excess = np.array([clock(air_degc + sign * x) - rate for x in at.ravel().tolist()]).reshape(at.shape)
            cells = (excess / at * weights).sum(axis=1) * half
            sums.append(np.concatenate([[0.0], np.cumsum(cells)]))
        return distances, sums, rates

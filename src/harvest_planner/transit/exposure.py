"""What goods gain on the way: clocks that run at the air's temperature, or at that of pulp in its packaging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from operator import add
from typing import NamedTuple, Protocol

from harvest_planner.transit.pulp import Packaging, gained_lagging, pulp_after

Exposures = tuple[float, ...]
"""What each clock has gained since the first departure; of packed goods, last, the temperature of the pulp [°C]."""


class Boarding(NamedTuple):
    """Parcels of one departure that have gained the same."""

    probability: float
    exposures: Exposures


class Rates:
    """The clocks' rates per hour by temperature, each temperature asked for once.

    Where goods travel packed, the last of their exposures is the temperature of their pulp [°C].

    Parameters
    ----------
    clocks : rates per day by temperature.
    kinks_degc : temperatures at which a rate bends or jumps [°C].
    """

    def __init__(self, clocks: Sequence[Callable[[float], float]], kinks_degc: Sequence[float] = ()) -> None:
        self._clocks = tuple(clocks)
        self._kinks_degc = tuple(kinks_degc)
        self._per_hour: dict[float, Exposures] = {}
        self._lagged: dict[tuple[float, float, float, float], Exposures] = {}

    @property
    def clocks(self) -> int:
        """How many there are."""
        return len(self._clocks)

    def per_hour(self, degc: float) -> Exposures:
        """What each clock gains in an hour at a temperature."""
        found = self._per_hour.get(degc)
        if found is None:
            found = self._per_hour[degc] = tuple(clock(degc) / 24.0 for clock in self._clocks)
        return found

    def packed(
        self, before: Exposures, *, air_degc: float, hours: float, packaging: Packaging | None, from_h: float
    ) -> Exposures:
        """Exposures of packed goods after some hours in outside air, the pulp following it.

        Without packaging the pulp takes the air's temperature at once; `from_h` counts from the first departure.
        """
        *gained, pulp = before
        if packaging is None:
            more = (rate * hours for rate in self.per_hour(air_degc))
            return (*map(add, gained, more), air_degc)
        cooling_per_h = packaging.cooling_per_h
        for spell_h, inside_degc in packaging.air(air_degc, from_h=from_h, hours=hours):
            gained = list(map(add, gained, self._lagging(pulp, inside_degc, cooling_per_h, spell_h)))
            pulp = pulp_after(pulp, inside_degc, cooling_per_h=cooling_per_h, hours=spell_h)
        return (*gained, pulp)

    def packed_per_hour(
        self, exposures: Exposures, *, air_degc: float, packaging: Packaging | None, from_h: float
    ) -> Exposures:
        """What packed goods gain in an hour as they are, and how fast their pulp warms [°C/h]."""
        if packaging is None:
            return (*self.per_hour(air_degc), 0.0)
        _, inside_degc = next(packaging.air(air_degc, from_h=from_h, hours=1.0))
        pulp = exposures[-1]
        rates = tuple(clock(pulp) / 24.0 for clock in self._clocks)
        return (*rates, packaging.cooling_per_h * (inside_degc - pulp))

    def _lagging(self, pulp: float, air: float, cooling_per_h: float, hours: float) -> Exposures:
        key = (pulp, air, cooling_per_h, hours)
        found = self._lagged.get(key)
        if found is None:
            found = self._lagged[key] = gained_lagging(
                self._clocks,
                self._kinks_degc,
                pulp_degc=pulp,
                air_degc=air,
                cooling_per_h=cooling_per_h,
                hours=hours,
            )
        return found


class OnBoard(Protocol):
    """Parcels of one departure while they ride."""

    def after(self, hours: float) -> list[Boarding]:
        """The parcels after so long on board: their exposures, and behind these what each gains per hour."""


class Steady:
    """Parcels whose pulp is as warm as the air on board."""

    def __init__(self, parts: Sequence[Boarding], pieces: Sequence[tuple[float, float]], rates: Rates) -> None:
        self._started = [
            (Boarding(part.probability * share, part.exposures), rates.per_hour(degc))
            for part in parts
            for share, degc in pieces
        ]

    def after(self, hours: float) -> list[Boarding]:
        """As `OnBoard.after`."""
        return [
            Boarding(probability, (*map(_gained, before, rate, repeat(hours)), *rate))
            for (probability, before), rate in self._started
        ]


class Packed:
    """Parcels whose pulp follows the air through their packaging."""

    def __init__(
        self,
        parts: Sequence[Boarding],
        pieces: Sequence[tuple[float, float]],
        rates: Rates,
        packaging: Packaging | None,
        from_h: float,
    ) -> None:
        self._started = [(part, share, degc) for part in parts for share, degc in pieces]
        self._rates, self._packaging, self._from_h = rates, packaging, from_h

    def after(self, hours: float) -> list[Boarding]:
        """As `OnBoard.after`."""
        ridden = []
        for part, share, degc in self._started:
            exposures = self._rates.packed(
                part.exposures, air_degc=degc, hours=hours, packaging=self._packaging, from_h=self._from_h
            )
            slope = self._rates.packed_per_hour(
                exposures, air_degc=degc, packaging=self._packaging, from_h=self._from_h + hours
            )
            ridden.append(Boarding(part.probability * share, (*exposures, *slope)))
        return ridden


def _gained(before: float, rate_per_h: float, hours: float) -> float:
    return before + rate_per_h * hours

"""The temperatures that goods go through, known hour by hour, and what a curve's clocks gain on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harvest_planner.planning.questions.given import degc_of, not_negative, packaging_named
from harvest_planner.ripening.clock import gained
from harvest_planner.ripening.curve import Curve
from harvest_planner.transit.exposure import Exposures, Rates
from harvest_planner.transit.pulp import packaging_of

GivenPiece = tuple[float, float] | tuple[float, float, str | None]
"""(hours [h], temperature of the air [°C]), and the packaging where there is one."""


class Piece(NamedTuple):
    """A time at one temperature of the air.

    Attributes
    ----------
    hours : how long [h].
    degc : temperature of the air [°C].
    packaging : a crate, carton, foam-box or foam-box-ice in which the pulp lags the air; None: it does not.
    """

    hours: float
    degc: float
    packaging: str | None = None


class Gained(NamedTuple):
    """What the three clocks have gained: age [d20], chilling and safety as shares of their limits."""

    age_d20: float
    chill_dose: float
    safety_dose: float


@dataclass(frozen=True, slots=True)
class Path:
    """Pieces one after another, from the start of the picked fruit's clock on."""

    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, pieces: Iterable[GivenPiece]) -> Path:
        """The pieces as given by a caller.

        Raises
        ------
        ValueError : a duration, temperature or packaging that cannot be meant.
        """
        return cls(tuple([_piece(piece, index) for index, piece in enumerate(pieces)]))

    @property
    def hours(self) -> float:
        """Its length [h]."""
        return math.fsum(piece.hours for piece in self.pieces)

    @property
    def temperatures_degc(self) -> tuple[float, ...]:
        """The air's temperature in each piece [°C]."""
        return tuple([piece.degc for piece in self.pieces])

    def until(self, hours: float) -> Path:
        """Its first hours; past its end the last piece goes on."""
        left, pieces = hours, list[Piece]()
        for piece in self.pieces[:-1]:
            if left <= piece.hours:
                break
            pieces.append(piece)
            left -= piece.hours
        if self.pieces:
            pieces.append(self.pieces[len(pieces)]._replace(hours=left))
        return Path(tuple(pieces))

    def gained(self, curve: Curve) -> Gained:
        """What the curve's clocks gain on it.

        Packed goods start as warm as the air of the first piece; ice lasts from the start.
        """
        steps = [(hours, degc) for hours, degc, packaging in self.pieces if packaging is None]
        if len(steps) == len(self.pieces):
            chill = 0.0 if curve.chilling is None else gained(curve.chilling, steps)
            safety = 0.0 if curve.safety_limits is None else gained(curve.safety_rate, steps)
            age = gained(curve.law if curve.stops_below_degc is None else curve.rate, steps)
            return Gained(age, chill, safety)
        return Gained(*_lagging(self.pieces, curve)[:3])

    def pulp_degc(self) -> float:
        """Temperature of the pulp at its end [°C].

        Raises
        ------
        ValueError : it has no piece.
        """
        if not self.pieces:
            raise ValueError("pieces = []: goods that went nowhere have no temperature; give one piece at least")
        return _carried(self.pieces, Rates(()))[-1]


def _lagging(pieces: Sequence[Piece], curve: Curve) -> Exposures:
    return _carried(pieces, Rates(curve.clocks, curve.kinks_degc), clocks=len(curve.clocks))


def _carried(pieces: Sequence[Piece], rates: Rates, clocks: int = 0) -> Exposures:
    exposures: Exposures = (*((0.0,) * clocks), pieces[0].degc)
    passed_h = 0.0
    for piece in pieces:
        box = None if piece.packaging is None else packaging_of(piece.packaging)
        exposures = rates.packed(exposures, air_degc=piece.degc, hours=piece.hours, packaging=box, from_h=passed_h)
        passed_h += piece.hours
    return exposures


def _piece(piece: GivenPiece, index: int) -> Piece:
    hours, degc, packaging = piece if len(piece) == 3 else (*piece, None)
    if packaging is not None:
        packaging_named(packaging, f"pieces[{index}] packaging")
    return Piece(
        not_negative(hours, "pieces[{}] hours", "hours", index),
        degc_of(degc, "pieces[{}] temperature", index),
        packaging,
    )

"""Pulp that lags the air: Newton's cooling in a packaging, and what clocks gain while it warms or cools.

dP/dt = k·(T − P), so P(t) = T + (P₀ − T)·e^(−kt) [°C], k by packaging [1/h]. What a clock gains is ∫ rate(P(t)) dt; in
u = e^(−kt) this is rate(T)·t + 1/k · ∫ (rate(T + (P₀ − T)·u) − rate(T))/u du, whose integrand is smooth between the
temperatures at which the rate bends or jumps. There Gauss-Legendre's rule is exact to rounding: up to the bend nearest
to the air in panels of some degrees, beyond it, where 1/u no longer cancels, in panels that grow with u.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from harvest_planner.catalogue import packaging_row

Clock = Callable[[float], float]
"""Temperature [°C] → what is gained per day."""

_SAME_DEGC = 1e-9
_WIDEST_DEGC = 12.0
"""Panels of the rule span no more than this [°C]."""
_GROWS = 3.0
"""Where 1/u stays in the integrand, a panel ends at no more than this times its lower end; the rule loses 4e-12."""
_NODES = (
    (0.1488743389816312, 0.2955242247147529),
    (0.4333953941292472, 0.2692667193099963),
    (0.6794095682990244, 0.2190863625159820),
    (0.8650633666889845, 0.1494513491505806),
    (0.9739065285171717, 0.0666713443086881),
)
"""Gauss-Legendre's ten points on [−1, 1], the positive half: (abscissa, weight); Abramowitz & Stegun 1964, 25.4.30."""


@dataclass(frozen=True, slots=True)
class Packaging:
    """How goods are packed, for their temperature.

    Attributes
    ----------
    cooling_per_h : Newton's coefficient of the pulp against the air [1/h].
    inside_degc, holds_h : with ice, the air inside the box [°C] and how long after the first departure it holds [h].
    """

    cooling_per_h: float
    inside_degc: float | None = None
    holds_h: float = 0.0

    def air(self, degc: float, *, from_h: float, hours: float) -> Iterator[tuple[float, float]]:
        """Spells of (hours, air around the goods [°C]) from `from_h` after the first departure on, in outside air."""
        iced_h = 0.0 if self.inside_degc is None else min(hours, max(0.0, self.holds_h - from_h))
        if self.inside_degc is not None and iced_h > 0.0:
            yield iced_h, self.inside_degc
        if hours > iced_h:
            yield hours - iced_h, degc


@lru_cache(maxsize=32)
def packaging_of(packaging_id: str) -> Packaging:
    """A kind of packaging of the catalogue.

    Raises
    ------
    KeyError : no such kind.
    """
    row = packaging_row(packaging_id)
    return Packaging(row["cooling_per_h"], row["inside_degc"], row["holds_h"] or 0.0)


def pulp_after(pulp_degc: float, air_degc: float, *, cooling_per_h: float, hours: float) -> float:
    """Temperature of the pulp after so many hours in that air [°C].

    Examples
    --------
    >>> round(pulp_after(30.0, 20.0, cooling_per_h=0.1, hours=10.0), 4)
    23.6788
    """
    return air_degc + (pulp_degc - air_degc) * math.exp(-cooling_per_h * hours)


def gained_lagging(
    clocks: Sequence[Clock],
    kinks_degc: Sequence[float],
    *,
    pulp_degc: float,
    air_degc: float,
    cooling_per_h: float,
    hours: float,
) -> tuple[float, ...]:
    """What each clock gains while the pulp follows the air.

    Parameters
    ----------
    clocks : rates per day by temperature [°C].
    kinks_degc : temperatures at which a rate bends or jumps [°C].
    pulp_degc, air_degc : the pulp at the start, and the air [°C].
    cooling_per_h : Newton's coefficient [1/h], above 0.
    hours : how long [h].

    Examples
    --------
    >>> gained_lagging([lambda degc: degc], (), pulp_degc=20.0, air_degc=20.0, cooling_per_h=0.1, hours=24.0)
    (20.0,)
    """
    off = pulp_degc - air_degc
    if abs(off) <= _SAME_DEGC or hours <= 0.0:
        return tuple(clock(air_degc) * hours / 24.0 for clock in clocks)
    # Where a rate jumps at the air's own temperature, the pulp stays on the side it comes from.
    near = [clock(air_degc + math.copysign(_SAME_DEGC, off)) for clock in clocks]
    sums = [0.0] * len(near)
    for low, high in _panels(off, air_degc, math.exp(-cooling_per_h * hours), kinks_degc):
        middle, half = (low + high) / 2.0, (high - low) / 2.0
        for abscissa, weight in _NODES:
            for u in (middle - half * abscissa, middle + half * abscissa):
                degc, share = air_degc + off * u, weight * half / u
                for index, clock in enumerate(clocks):
                    sums[index] += share * (clock(degc) - near[index])
    return tuple((rate * hours + total / cooling_per_h) / 24.0 for rate, total in zip(near, sums, strict=True))


def _panels(off: float, air_degc: float, last: float, kinks_degc: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Panels of u from `last` to 1, ended where the pulp passes a kink and none wider than the rule bears."""
    count = max(1, math.ceil(abs(off) * (1.0 - last) / _WIDEST_DEGC))
    ends = {last + (1.0 - last) * part / count for part in range(count + 1)}
    kinks = [u for u in ((kink - air_degc) / off for kink in kinks_degc) if 0.0 < u < 1.0]
    ends |= {u for u in kinks if u > last}
    if kinks:
        u = max(last, min(kinks))
        while u < 1.0:
            ends.add(u)
            u *= _GROWS
    yield from pairwise(sorted(ends))

"""What a fit may turn in a temperature law: each family's free numbers, where they may lie, and the law they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harvest_planner.errors import FitError
from harvest_planner.planning.curves import clock_of
from harvest_planner.ripening.laws import REFERENCE_DEGC
from harvest_planner.schema.crop import DEFAULT_LAW, Arrhenius, RateTable, SquareRoot, TemperatureLaw

_EA_UNIT_KJ_PER_MOL = 50.0
"""Activation energies of ripening are of this size; in this unit the optimiser sees a number near 1."""
_MOST_KNOTS = 6
_RATE_SPAN = 6.0
"""A rate of a table may lie this far from that at its neighbour near 20 °C, in logarithms."""


@dataclass(frozen=True, slots=True)
class Family:
    """A law with free numbers u.

    Attributes
    ----------
    names : of the numbers as they are reported.
    start, bounds : where u begins and between what it stays; every u within bounds makes a valid law.
    law : u → the law.
    reported : u → the numbers as they are reported, in the order of `names`.
    """

    names: tuple[str, ...]
    start: tuple[float, ...]
    bounds: tuple[tuple[float, float], ...]
    law: Callable[[Sequence[float]], TemperatureLaw]
    reported: Callable[[Sequence[float]], tuple[float, ...]]

    def rates(self, u: Sequence[float], degc: Sequence[float]) -> list[float]:
        """The law's rate at each temperature [d20 per day]."""
        clock = clock_of(self.law(u))
        return [clock(each) for each in degc]


def held(law: TemperatureLaw) -> Family:
    """A law of which nothing is free."""
    return Family((), (), (), lambda _: law, lambda _: ())


def family_of(law: TemperatureLaw, degc: Sequence[float]) -> Family:
    """The family of a law, beginning at its numbers, for fruit kept at these temperatures."""
    if isinstance(law, Arrhenius):
        return _arrhenius(law)
    if isinstance(law, SquareRoot):
        return _square_root(law, min(degc))
    return _rate_table(law, degc)


def law_named(name: str, like: TemperatureLaw | None) -> TemperatureLaw:
    """A law of that family to begin at: `like` where it is of the family.

    Raises
    ------
    ValueError : no family of that name.
    """
    starts: dict[str, TemperatureLaw] = {
        "arrhenius": Arrhenius(ea_kj_per_mol=60.0),
        "square_root": DEFAULT_LAW,
        "rate_table": RateTable(points=((10.0, 0.5), (20.0, 1.0), (30.0, 2.0))),
    }
    if name not in starts:
        raise ValueError(f"temperature_law = {name!r}: one of {', '.join(starts)}, a law to be held, or None")
    return like if like is not None and like.law == name else starts[name]


def _arrhenius(law: Arrhenius) -> Family:
    def energy(u: Sequence[float]) -> float:
        return float(u[0]) * _EA_UNIT_KJ_PER_MOL

    return Family(
        names=("ea_kj_per_mol",),
        start=(law.ea_kj_per_mol / _EA_UNIT_KJ_PER_MOL,),
        bounds=((0.02, 6.0),),
        law=lambda u: Arrhenius(ea_kj_per_mol=energy(u)),
        reported=lambda u: (energy(u),),
    )


def _square_root(law: SquareRoot, coldest_degc: float) -> Family:
    """By the slope u = 10/(20 − Tmin), in which √f is straight; Tmin stays half a degree below what was measured."""

    def tmin(u: Sequence[float]) -> float:
        return REFERENCE_DEGC - 10.0 / float(u[0])

    steepest = 10.0 / (REFERENCE_DEGC - min(coldest_degc, REFERENCE_DEGC) + 0.5)
    start = 10.0 / (REFERENCE_DEGC - law.tmin_degc)
    flattest = 10.0 / 119.0
    return Family(
        names=("tmin_degc",),
        start=(min(max(start, flattest), steepest),),
        bounds=((flattest, steepest),),
        law=lambda u: SquareRoot(tmin_degc=tmin(u)),
        reported=lambda u: (tmin(u),),
    )


def _rate_table(law: RateTable, degc: Sequence[float]) -> Family:
    """By ln rate at each knot against the knot nearest to 20 °C; beyond the knots the old table goes on, joined."""
    knots = _knots(degc)
    anchor = min(range(len(knots)), key=lambda i: abs(knots[i] - REFERENCE_DEGC))
    clock = clock_of(law)

    def table(u: Sequence[float]) -> tuple[tuple[float, float], ...]:
        logs = [*map(float, u[:anchor]), 0.0, *map(float, u[anchor:])]
        bare = RateTable(points=tuple((knot, math.exp(log)) for knot, log in zip(knots, logs, strict=True)))
        at20 = clock_of(bare)(REFERENCE_DEGC)
        fitted = tuple((knot, rate / at20) for knot, rate in bare.points)
        cold = fitted[0][1] / clock(knots[0])
        warm = fitted[-1][1] / clock(knots[-1])
        colder = tuple((at, rate * cold) for at, rate in law.points if at < knots[0])
        warmer = tuple((at, rate * warm) for at, rate in law.points if at > knots[-1])
        return colder + fitted + warmer

    free = [i for i in range(len(knots)) if i != anchor]
    return Family(
        names=tuple(f"rate_at_{knots[i]:g}_degc" for i in free),
        start=tuple(math.log(clock(knots[i]) / clock(knots[anchor])) for i in free),
        bounds=((-_RATE_SPAN, _RATE_SPAN),) * len(free),
        law=lambda u: RateTable(points=table(u)),
        reported=lambda u: tuple(clock_of(RateTable(points=table(u)))(knots[i]) for i in free),
    )


def _knots(degc: Sequence[float]) -> list[float]:
    """The temperatures at which the rate is free: those of the fruit, or a few evenly between them."""
    distinct = sorted(set(degc))
    coldest, warmest = distinct[0], distinct[-1]
    if not coldest <= REFERENCE_DEGC <= warmest:
        raise FitError(
            f"a table of rates relative to 20 °C cannot be fitted to fruit kept at {coldest:g} to {warmest:g} °C, "
            "which leaves 20 °C out; fit temperature_law='square_root' or 'arrhenius'"
        )
    if len(distinct) <= _MOST_KNOTS:
        return distinct
    return [coldest + (warmest - coldest) * i / (_MOST_KNOTS - 1) for i in range(_MOST_KNOTS)]

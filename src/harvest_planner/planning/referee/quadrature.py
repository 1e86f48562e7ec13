"""Integrals over chance: Gauss–Legendre panels and the normal law, by the standard library alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist

NORMAL = NormalDist()
NODES = 6
ROOT_2 = math.sqrt(2.0)
ROOT_2PI = math.sqrt(2.0 * math.pi)


def below(z: float) -> float:
    """P(Z ≤ z) of a standard normal."""
    return 0.5 * math.erfc(-z / ROOT_2)


def between(low: float, high: float, *, mean: float, sd: float) -> float:
    """P(low ≤ A ≤ high) of a normal A; with sd 0, whether its mean lies there."""
    if high < low:
        return 0.0
    if sd <= 0.0:
        return 1.0 if low - 1e-9 <= mean <= high + 1e-9 else 0.0
    scale = sd * ROOT_2
    return 0.5 * (math.erfc((mean - high) / scale) - math.erfc((mean - low) / scale))


@lru_cache(maxsize=8)
def legendre(count: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights of Gauss–Legendre on [−1, 1], by Newton's method on the recurrence."""
    found = []
    for index in range(count):
        x = math.cos(math.pi * (index + 0.75) / (count + 0.5))
        slope = 1.0
        for _ in range(50):
            older, value = 1.0, x
            for degree in range(2, count + 1):
                older, value = value, ((2 * degree - 1) * x * value - (degree - 1) * older) / degree
            slope = count * (x * value - older) / (x * x - 1.0)
            step = value / slope
            x -= step
            if abs(step) < 1e-15:
                break
        found.append((x, 2.0 / ((1.0 - x * x) * slope * slope)))
    return tuple(found)


def panel(low: float, high: float, count: int = NODES) -> Iterator[tuple[float, float]]:
    """(x, weight) of one Gauss–Legendre panel."""
    half, middle = 0.5 * (high - low), 0.5 * (high + low)
    for x, weight in legendre(count):
        yield middle + half * x, half * weight


def panels(ends: Iterable[float], widest: float, count: int = NODES) -> Iterator[tuple[float, float]]:
    """(x, weight) over consecutive `ends` in rising order, no panel wider than `widest`."""
    rising = list(ends)
    for low, high in pairwise(rising):
        if high <= low:
            continue
        pieces = math.ceil((high - low) / widest)
        width = (high - low) / pieces
        for piece in range(pieces):
            yield from panel(low + piece * width, low + (piece + 1) * width, count)

"""The chance that enough fruit of a parcel is good: the upper tail of the binomial distribution."""

from __future__ import annotations

import math
from collections.abc import Callable

_TINY = 1e-300
_CLOSE = 1e-15


def binomial_tail(fruit: int, needed: int) -> Callable[[float], tuple[float, float]]:
    """The function p → P(Binomial(n, p) ≥ k) and its slope in p, for n = `fruit`, k = `needed`, 1 ≤ k ≤ n.

    By the incomplete beta function, P = I_p(k, n − k + 1) (Abramowitz & Stegun 1964, Handbook of Mathematical
    Functions, 26.5.24), from its continued fraction (26.5.8), which converges in about √n steps.

    Examples
    --------
    >>> chance, slope = binomial_tail(20, 16)(0.9)
    >>> round(chance, 6), round(slope, 6)
    (0.956826, 1.596068)
    """
    a, b = float(needed), float(fruit - needed + 1)
    log_scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    turn = (a + 1.0) / (a + b + 2.0)

    def tail(p: float) -> tuple[float, float]:
        if p <= 0.0:
            return 0.0, b if needed == 1 else 0.0
        if p >= 1.0:
            return 1.0, a if needed == fruit else 0.0
        scale = math.exp(log_scale + a * math.log(p) + b * math.log1p(-p))
        slope = scale / (p * (1.0 - p))
        if p < turn:
            return min(1.0, scale * _continued_fraction(p, a=a, b=b) / a), slope
        return max(0.0, 1.0 - scale * _continued_fraction(1.0 - p, a=b, b=a) / b), slope

    return tail


def _continued_fraction(x: float, *, a: float, b: float) -> float:
    """A&S 26.5.8 by the method of Lentz as modified by Thompson & Barnett 1986, 10.1016/0021-9991(86)90046-X."""
    c = 1.0
    d = 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    steps = 100 + 10 * math.isqrt(int(a + b))
    for m in range(1, steps):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 / _away_from_zero(1.0 + even * d)
        c = _away_from_zero(1.0 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 / _away_from_zero(1.0 + odd * d)
        c = _away_from_zero(1.0 + odd / c)
        value *= d * c
        if abs(d * c - 1.0) < _CLOSE:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY

"""The normal distribution for plain numbers; its array form stands in `ripening.arrays`."""

from __future__ import annotations

import math
from statistics import NormalDist

_STANDARD = NormalDist()
ROOT_HALF = math.sqrt(0.5)
_DENSITY_AT_0 = 1.0 / math.sqrt(2.0 * math.pi)


def normal_cdf(z: float) -> float:
    """P(Z ≤ z) of a standard normal, by the complementary error function (accurate in both tails).

    Examples
    --------
    >>> round(normal_cdf(1.959963984540054), 6)
    0.975
    """
    return 0.5 * math.erfc(-z * ROOT_HALF)


def normal_density(z: float) -> float:
    """Density of a standard normal at z.

    Examples
    --------
    >>> round(normal_density(0.0), 6)
    0.398942
    """
    return _DENSITY_AT_0 * math.exp(-0.5 * z * z)


def normal_quantile(p: float) -> float:
    """The z with P(Z ≤ z) = p, for 0 < p < 1 (Wichura 1988, algorithm AS 241, 10.2307/2347330).

    Raises
    ------
    ValueError : p is not between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.644854
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"normal_quantile: p = {p!r} must lie between 0 and 1, both excluded")
    return _STANDARD.inv_cdf(p)

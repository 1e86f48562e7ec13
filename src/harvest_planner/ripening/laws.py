"""How fast the clock runs at a temperature: one pure function per published law, relative to 20 °C."""

from __future__ import annotations

import math
from bisect import bisect_right

GAS_CONSTANT_KJ_PER_MOL_K = 8.314462618e-3
"""Molar gas constant R [kJ/(mol·K)], CODATA 2018."""
ZERO_CELSIUS_K = 273.15
REFERENCE_DEGC = 20.0
"""The temperature at which every law gives 1 d20 per day [°C]."""


def arrhenius_rate(temperature_degc: float, *, ea_kj_per_mol: float) -> float:
    """Rate by Arrhenius [d20 per day]: f(T) = exp(Ea/R · (1/293.15 K − 1/(T + 273.15 K))).

    Parameters
    ----------
    temperature_degc : temperature T [°C].
    ea_kj_per_mol : activation energy Ea [kJ/mol].

    Notes
    -----
    The reference form of quality models (Tijskens & Polderdijk 1996, Agricultural Systems 51:431-452). A constant
    Ea overstates the rate above 30 °C.

    Examples
    --------
    >>> round(arrhenius_rate(30.0, ea_kj_per_mol=56.0), 3)
    2.134
    """
    reference_k = REFERENCE_DEGC + ZERO_CELSIUS_K
    kelvin = temperature_degc + ZERO_CELSIUS_K
    return math.exp(ea_kj_per_mol / GAS_CONSTANT_KJ_PER_MOL_K * (1.0 / reference_k - 1.0 / kelvin))


def square_root_rate(temperature_degc: float, *, tmin_degc: float) -> float:
    """Rate by the square-root law [d20 per day]: f(T) = ((T − Tmin)/(20 − Tmin))², 0 at or below Tmin.

    Parameters
    ----------
    temperature_degc : temperature T [°C].
    tmin_degc : notional temperature at which the rate reaches zero, below 20 [°C].

    Notes
    -----
    Ratkowsky, Olley, McMeekin & Ball 1982, J. Bacteriol. 149:1-5, equation 1, 10.1128/jb.149.1.1-5.1982, there for
    bacteria; here relative to 20 °C.

    Examples
    --------
    >>> round(square_root_rate(10.0, tmin_degc=-10.6), 3)
    0.453
    """
    if temperature_degc <= tmin_degc:
        return 0.0
    return ((temperature_degc - tmin_degc) / (REFERENCE_DEGC - tmin_degc)) ** 2


def rate_table_rate(temperature_degc: float, *, points: tuple[tuple[float, float], ...]) -> float:
    """Rate between measured points [d20 per day]: ln f linear in T between neighbours, flat beyond the ends.

    Between two points this is the Q10 rule with the Q10 of that pair.

    Parameters
    ----------
    temperature_degc : temperature T [°C].
    points : (temperature [°C], rate [d20 per day]) in rising temperature; rates above 0.

    Notes
    -----
    The Q10 that changes with the range of temperature: Saltveit, in USDA Agriculture Handbook 66 (draft of 2002).
    The example is sugar apple, ripe in 9, 6 and 4 days at 15, 20 and 25 °C (Prasanna, Rao & Krishnamurthy 2000,
    J. Hort. Sci. Biotech. 75(5):546-550).

    Examples
    --------
    >>> round(rate_table_rate(17.5, points=((15.0, 6 / 9), (20.0, 6 / 6), (25.0, 6 / 4))), 4)
    0.8165
    """
    return log_linear(temperature_degc, points)


def log_linear(at: float, points: tuple[tuple[float, float], ...]) -> float:
    """Log-linear interpolation between (x, y) points in rising x, flat beyond the ends."""
    right = bisect_right(points, (at, math.inf))
    if right == 0:
        return points[0][1]
    if right == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[right - 1], points[right]
    return y0 * math.exp((at - x0) / (x1 - x0) * math.log(y1 / y0))

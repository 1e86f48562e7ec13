"""How fast a limit is used up at a temperature: chilling injury and the food-safety cap, as shares per day."""

from __future__ import annotations

from harvest_planner.ripening.laws import log_linear


def chilling_dose_rate(temperature_degc: float, *, below_degc: float, limit_degc_days: float) -> float:
    """Share of the chilling limit used per day by an additive dose: max(0, Tc − T)/limit [1/d].

    Parameters
    ----------
    temperature_degc : temperature T [°C].
    below_degc : temperature Tc under which fruit takes harm [°C].
    limit_degc_days : dose that injures [°C·d].

    Examples
    --------
    >>> chilling_dose_rate(2.0, below_degc=6.0, limit_degc_days=56.0) * 14
    1.0
    """
    return max(0.0, below_degc - temperature_degc) / limit_degc_days


def chilling_time_rate(temperature_degc: float, *, points: tuple[tuple[float, float], ...]) -> float:
    """Share of the chilling limit used per day where days without injury were measured: 1/limit(T) [1/d].

    The days are log-linear between the points; colder than the first as at the first, because nothing colder was
    measured; warmer than the last there is no harm.

    Parameters
    ----------
    temperature_degc : temperature T [°C].
    points : (temperature [°C], days without injury [d]) in rising temperature.

    Examples
    --------
    >>> round(1 / chilling_time_rate(9.0, points=((5.0, 5.0), (13.0, 20.0))), 6)
    10.0
    """
    if temperature_degc > points[-1][0]:
        return 0.0
    return 1.0 / log_linear(temperature_degc, points)


def safety_cap_rate(temperature_degc: float, *, limits: tuple[tuple[float | None, float], ...]) -> float:
    """Share of the food-safety cap used per day: 24 h / hours allowed at that temperature [1/d].

    Parameters
    ----------
    temperature_degc : temperature [°C].
    limits : (up to this temperature [°C], hours allowed [h]) in rising temperature; None, or else the last row,
        holds for everything warmer.

    Examples
    --------
    >>> safety_cap_rate(28.0, limits=((4.0, 96.0), (32.0, 2.0), (None, 1.0)))
    12.0
    """
    for up_to_degc, hours in limits:
        if up_to_degc is None or temperature_degc <= up_to_degc:
            return 24.0 / hours
    return 24.0 / limits[-1][1]

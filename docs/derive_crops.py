"""Recomputes what the catalogue derives from published numbers: `python docs/derive_crops.py`.

Each function holds the published numbers of one crop, in days and °C as printed, and gives the parameters that the
crop's file carries. Ranges enter as their middle. The addresses of the sources stand in the crop's file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, geometric_mean

from harvest_planner.catalogue import crop_row
from harvest_planner.ripening.laws import arrhenius_rate, square_root_rate

Series = Sequence[tuple[float, float]]
Derived = dict[str, float]
RELATIVE_SPREAD = 0.15
"""The spread assumed where none was measured, of the time to ripe or, for produce good when picked, of its life:
between the 13 % of the avocado (0.81 of 6.47 d) and the 17 % of the papaya (1.85 of 10.9 d) that were measured."""


def tmin_of(*series: Series) -> float:
    """Tmin of the square-root law that fits series of (temperature [°C], rate) best [°C].

    Least squares in ln(rate); each series has a scale of its own, so that only the ratios inside it count.
    """
    high = min(degc for points in series for degc, _ in points) - 0.01
    low = -80.0
    shrink = (math.sqrt(5.0) - 1.0) / 2.0
    while high - low > 1e-9:
        left, right = high - shrink * (high - low), low + shrink * (high - low)
        if misfit(left, *series) < misfit(right, *series):
            high = right
        else:
            low = left
    return (low + high) / 2.0


def misfit(tmin_degc: float, *series: Series) -> float:
    """Root mean square of ln(measured/law) over all points, each series at its best scale."""
    squares: list[float] = []
    for points in series:
        logs = [math.log(rate / square_root_rate(degc, tmin_degc=tmin_degc)) for degc, rate in points]
        squares += [(log - fmean(logs)) ** 2 for log in logs]
    return math.sqrt(fmean(squares))


def per_day(*days: tuple[float, float]) -> Series:
    """Rates of (temperature [°C], days)."""
    return [(degc, 1.0 / taken) for degc, taken in days]


def avocado_hass() -> Derived:
    """Xavier et al. 2024 at 20 °C, days from the first day of the experiment, three days after harvest."""
    breaking, ripe, end, overripe, harvest = 1.37, 3.47, 5.30, 8.33, 3.0
    respiration = [(5.0, 17.5), (10.0, 52.5), (20.0, 95.0)]
    november, february = fmean([8, 11]), fmean([5, 7])
    return {
        "temperature_law.tmin_degc": tmin_of(respiration),
        "ready_at_d20": harvest + ripe,
        "window_d20": end - ripe,
        "stages.H3.age_d20": harvest,
        "stages.RI2.age_d20": harvest + breaking,
        "stages.RI3.age_d20": harvest + ripe,
        "stages.RI4.age_d20": harvest + end,
        "stages.RI5.age_d20": harvest + overripe,
        "on_tree_d20_per_day": (november - february) / 92,
    }


def papaya() -> Derived:
    """Sinta: full yellow after 11, 10, 8 d at 20, 25, 28 to 30 °C; climacteric peak after 8 d at 20, 19.5 at 12 to 15.

    Stages by share of yellow, on a logistic course of colour from 5 % to 95 %.
    """
    full = 11.0
    span = 2.0 * logit(0.95)
    return {
        "ready_at_d20": full,
        "temperature_law.points.13.5": 8.0 / 19.5,
        "temperature_law.points.25": full / 10.0,
        "temperature_law.points.29": full / 8.0,
        "stages.P2.age_d20": full * (logit(0.25) - logit(0.05)) / span,
        "stages.P3.age_d20": full * (logit(0.50) - logit(0.05)) / span,
        "stages.sd_d20": 1.85,
    }


def logit(share: float) -> float:
    """Log odds of a share."""
    return math.log(share / (1.0 - share))


def guava() -> Derived:
    """Life 15 and 14 to 21 d at 8 to 10 °C, 1.3 weeks at 15, 7 d in a room (read as 25 °C); injury in 1.6 weeks at 5"""
    lives = [(9.0, fmean([15.0, 17.5])), (15.0, 1.3 * 7), (25.0, 7.0)]
    return good_when_picked(tmin_of(per_day(*lives)), lives) | {"chilling.limit_degc_days": (8.0 - 5.0) * 1.6 * 7}


def life_at_20(tmin_degc: float, lives: Series) -> float:
    """Life at 20 °C [d]: geometric mean of what each (temperature [°C], days) gives by the law."""
    return geometric_mean([days * square_root_rate(degc, tmin_degc=tmin_degc) for degc, days in lives])


def good_when_picked(tmin_degc: float, lives: Series) -> Derived:
    """Law, window and spread of produce that is good when picked, from its lives (temperature [°C], days)."""
    window = life_at_20(tmin_degc, lives)
    return {
        "temperature_law.tmin_degc": tmin_degc,
        "window_d20": window,
        "stages.sd_d20": RELATIVE_SPREAD * window,
    }


def two_lives(*lives: tuple[float, float]) -> Derived:
    """Law, window and spread of produce that is good when picked, from its life at two temperatures."""
    return good_when_picked(tmin_of(per_day(*lives)), lives)


def litchi() -> Derived:
    """Life 3 to 5 weeks at 2 to 5 °C, 3 to 5 d at 20 °C."""
    return two_lives((3.5, 28.0), (20.0, 4.0))


def longan() -> Derived:
    """Life about 30 d at 1 to 5 °C; brown rind after 3 to 4 d at 25 to 31 °C."""
    return two_lives((3.0, 30.0), (28.0, 3.5))


def leafy_greens() -> Derived:
    """Yellow after 12 to 20 d at 1 °C and 3 to 4 d at 25 °C."""
    return two_lives((1.0, 16.0), (25.0, 3.5))


def durian_monthong() -> Derived:
    """End after 7 to 8 d at ambient (read as 28 to 31 °C), 15 and 10 at 16.5, at most 14 at 15, 21 to 35 at 13 to 15"""
    ambient = 29.5
    tmin = tmin_of(per_day((ambient, 7.5), (16.5, fmean([15.0, 10.0])), (15.0, 14.0), (14.0, 28.0)))
    ready = 5.0 * square_root_rate(ambient, tmin_degc=tmin)
    older = (15.0 - 10.0) * square_root_rate(16.5, tmin_degc=tmin)
    return {
        "temperature_law.tmin_degc": tmin,
        "ready_at_d20": ready,
        "window_d20": (7.5 - 5.0) * square_root_rate(ambient, tmin_degc=tmin),
        "stages.D2.age_d20": older,
        "on_tree_d20_per_day": older / (125 - 118),
        "stages.sd_d20": RELATIVE_SPREAD * ready,
    }


def tomato() -> Derived:
    """Green to red: 21, 14, 10 d at 15, 20, 25 °C; 38, 30, 24 at 12, 15, 20; 18, breaker 16, light pink 10 at 12.8."""
    tmin = tmin_of(per_day((15.0, 21.0), (20.0, 14.0), (25.0, 10.0)), per_day((12.0, 38.0), (15.0, 30.0), (20.0, 24.0)))
    ready = geometric_mean([14.0, 24.0, 18.0 * square_root_rate(12.8, tmin_degc=tmin)])
    return {
        "temperature_law.tmin_degc": tmin,
        "ready_at_d20": ready,
        "window_d20": fmean([8.0, 11.0]),
        "stages.T2.age_d20": ready * (18 - 16) / 18,
        "stages.T3.age_d20": ready * (18 - 10) / 18,
        "chilling.limit_degc_days": (12.5 - 7.0) * 21,
        "stages.sd_d20": RELATIVE_SPREAD * ready,
    }


def kiwifruit() -> Derived:
    """Respiration 1.75 … 17.5 mL/(kg·h) at 0 … 20 °C; ripe 2 to 3 d after cold storage at 20 °C."""
    respiration = [(0.0, 1.75), (5.0, 3.5), (10.0, 6.0), (15.0, 10.5), (20.0, 17.5)]
    return {
        "temperature_law.tmin_degc": tmin_of(respiration),
        "ready_at_d20": 2.5,
        "stages.sd_d20": RELATIVE_SPREAD * 2.5,
    }


def strawberry() -> Derived:
    """Respiration 8, 27.5, 75 mL/(kg·h) at 0, 10, 20 °C; three days at 10 cost 46 % of 14 d; life 7 and 14 d at 0."""
    lost = 0.46
    tmin = tmin_of([(0.0, 8.0), (10.0, 27.5), (20.0, 75.0)], [(0.0, 1.0 / 14.0), (10.0, lost / 3.0)])
    return good_when_picked(tmin, [(0.0, 7.0), (0.0, 14.0), (10.0, 3.0 / lost)])


def asparagus() -> Derived:
    """Respiration 27 … 275 mL/(kg·h) at 0 … 25 °C; life 14 to 21 d at 2 °C; injury after 10 to 12 d at 0 °C."""
    respiration = [(0.0, 27.0), (5.0, 48.0), (10.0, 98.5), (15.0, 124.0), (20.0, 194.0), (25.0, 275.0)]
    return good_when_picked(tmin_of(respiration), [(2.0, 17.5)]) | {"chilling.limit_degc_days": (2.0 - 0.0) * 11}


def sweet_corn() -> Derived:
    """Respiration eight times as fast at 21 °C as at 0 °C; supersweet ears keep 8 to 12 d at 0 °C."""
    return good_when_picked(tmin_of([(0.0, 1.0), (21.0, 8.0)]), [(0.0, 10.0)])


def persimmon_tmin() -> float:
    """Softening in 1 and 10 ppm ethylene at 20 and 5 °C, loss of astringency after CO2 at 20 and 0 °C."""
    return tmin_of(
        per_day((20.0, 6.0), (5.0, 15.0)), per_day((20.0, 2.0), (5.0, 8.0)), per_day((20.0, 4.5), (0.0, 21.0))
    )


def hong_bao_lam() -> Derived:
    """Soft after 6 d at 20 °C in 1 ppm ethylene."""
    return {
        "temperature_law.tmin_degc": persimmon_tmin(),
        "ready_at_d20": 6.0,
        "stages.sd_d20": RELATIVE_SPREAD * 6.0,
    }


def hong_ngam() -> Derived:
    """Soaked for 4 days; good for 5 d at 20 °C."""
    return {
        "temperature_law.tmin_degc": persimmon_tmin(),
        "treatment.duration_h": 4 * 24.0,
        "window_d20": 5.0,
        "stages.sd_d20": RELATIVE_SPREAD * 5.0,
    }


def roast() -> Derived:
    """Three to four days at 4 °C; activation energy 26.33 kJ/mol."""
    ea = 26.33
    window = 3.5 * arrhenius_rate(4.0, ea_kj_per_mol=ea)
    return {
        "temperature_law.ea_kj_per_mol": ea,
        "window_d20": window,
        "stages.sd_d20": RELATIVE_SPREAD * window,
    }


DERIVED: dict[str, Callable[[], Derived]] = {
    "asparagus": asparagus,
    "avocado-hass": avocado_hass,
    "durian-monthong": durian_monthong,
    "guava": guava,
    "hong-bao-lam": hong_bao_lam,
    "hong-ngam": hong_ngam,
    "kiwifruit": kiwifruit,
    "leafy-greens": leafy_greens,
    "litchi": litchi,
    "lon-quay": roast,
    "longan": longan,
    "papaya": papaya,
    "strawberry": strawberry,
    "sweet-corn": sweet_corn,
    "tomato": tomato,
    "vit-quay": roast,
}


def in_catalogue(crop_id: str, path: str) -> Iterator[float]:
    """The numbers in the crop's file at a path such as `window_d20`, `stages.sd_d20`, `temperature_law.points.25`."""
    row = crop_row(crop_id)
    first, *rest = path.split(".", 1)
    if not rest:
        yield row[first]
    elif first == "stages":
        stage_id, _, field = rest[0].rpartition(".")
        yield from (stage[field] for stage in row["stages"] if stage_id in ("", stage["id"]))
    elif rest[0].startswith("points."):
        yield dict(row[first]["points"])[float(rest[0].removeprefix("points."))]
    else:
        yield row[first][rest[0]]


def lines() -> Iterator[str]:
    """One line a parameter: derived, and as the file holds it."""
    yield f"{'crop':<17}{'parameter':<32}{'derived':>10}{'in file':>10}"
    for crop_id, derive in DERIVED.items():
        for path, value in derive().items():
            held = next(in_catalogue(crop_id, path))
            yield f"{crop_id:<17}{path:<32}{value:>10.4f}{held:>10.4f}"


if __name__ == "__main__":
    print("\n".join(lines()))

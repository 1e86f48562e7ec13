"""Fruit and parcels of known truth, drawn by formulas of their own and not by the library's."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

Rate = Callable[[float], float]
VIETNAM = dt.timezone(dt.timedelta(hours=7))


def square_root(tmin_degc: float) -> Rate:
    return lambda degc: (max(0.0, degc - tmin_degc) / (20.0 - tmin_degc)) ** 2


def arrhenius(ea_kj_per_mol: float) -> Rate:
    return lambda degc: math.exp(ea_kj_per_mol / 8.314462618e-3 * (1 / 293.15 - 1 / (degc + 273.15)))


def looks(
    seed: int,
    *,
    rate: Rate,
    fruit: int = 60,
    temperatures: Sequence[float] = (15.0, 20.0, 25.0),
    mean: float = 5.0,
    sd: float = 1.1,
    window: float = 2.0,
    days: Iterable[float] = range(25),
    stages: dict[str, float] | None = None,
) -> list[dict[str, Any]]:
    """Looks at fruit that is ready `mean` days at 20 °C after its start; score 1 unripe, 2 ripe, 3 past its best.

    `stages` gives fruit in turn a stage and the days at 20 °C that it is ahead of the first.
    """
    rng = np.random.default_rng(seed)
    ahead = list((stages or {"": 0.0}).items())
    rows: list[dict[str, Any]] = []
    for i in range(fruit):
        degc = temperatures[i % len(temperatures)]
        stage, head_start = ahead[(i // len(temperatures)) % len(ahead)]
        needs = rng.normal(mean - head_start, sd)
        for day in days:
            gained = day * rate(degc)
            score = 1 + int(gained >= needs) + int(gained >= needs + window)
            rows.append({"fruit": f"f{i:03}", "day": day, "temperature": degc, "score": score, "stage": stage})
    return rows


def as_ripe(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same looks with a yes or no for the score."""
    kept = ("fruit", "day", "temperature", "stage")
    return [{**{key: row[key] for key in kept}, "ripe": "yes" if row["score"] >= 2 else "no"} for row in rows]


def ripening_on(days: Sequence[float], *, degc: float = 20.0, until: int = 12) -> list[dict[str, Any]]:
    """Fruit looked at daily, each seen ripe from its day on."""
    return [
        {"fruit": f"f{i}", "day": day, "temperature": degc, "ripe": day >= ripe}
        for i, ripe in enumerate(days)
        for day in range(until)
    ]


def parcels(
    seed: int, lanes: dict[str, tuple[int, float, float]], *, minimum: float = 0.0, start: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """Parcels of each lane (count, median hours, log-sd above the minimum share of the median)."""
    rng = np.random.default_rng(seed)
    first = start or dt.datetime(2026, 3, 1, 18, tzinfo=VIETNAM)
    rows: list[dict[str, Any]] = []
    for lane, (count, median_h, log_sd) in lanes.items():
        for i in range(count):
            hours = median_h * (minimum + (1 - minimum) * math.exp(log_sd * rng.standard_normal()))
            shipped = first + dt.timedelta(hours=12 * i)
            arrived = shipped + dt.timedelta(hours=hours)
            rows.append({"lane": lane, "shipped_at": shipped.isoformat(), "arrived_at": arrived.isoformat()})
    return rows

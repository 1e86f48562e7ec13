"""Estimates avocado and papaya from measured fruit: `python docs/estimate_from_shared.py [FOLDER]`.

The folder holds `avocado_hass_20c_and_ambient.csv` and `papaya_hue.csv`; none given: `shared/facts` beside the
repository. Maximum likelihood and least squares in the standard library, so that what the catalogue says can be
recomputed anywhere.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist, fmean, stdev

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
Interval = tuple[float, float]


@dataclass(frozen=True)
class Passing:
    """When a population reaches an index: mean and sd [d] of a normal fitted to interval-censored days."""

    index: int
    mean_days: float
    sd_days: float
    fruit: int


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file.

    Raises
    ------
    FileNotFoundError : it is not there; the message says where it was looked for.
    """
    if not path.is_file():
        raise FileNotFoundError(f"measured data not found: {path}; give the folder that holds it")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def intervals(rows: Iterable[dict[str, str]], *, group: str, index: int) -> list[Interval]:
    """For each fruit of a group the days between which it reached the index, from the first day of the experiment."""
    fruit: dict[str, dict[int, int]] = {}
    for row in rows:
        if row["storage_group"] == group:
            fruit.setdefault(row["sample"], {})[int(row["day"]) - 1] = int(row["ripening_index"])
    return [_between(seen, index) for seen in fruit.values()]


def _between(seen: dict[int, int], index: int) -> Interval:
    before = -math.inf
    for day in sorted(seen):
        if seen[day] >= index:
            return before, float(day)
        before = float(day)
    return before, math.inf


def normal_of(found: list[Interval]) -> tuple[float, float]:
    """Mean and sd of the normal under which intervals are most likely."""
    counted = {interval: found.count(interval) for interval in set(found)}

    def cost(mean: float, sd: float) -> float:
        law = NormalDist(mean, sd)
        return -sum(n * math.log(max(_mass(law, a, b), 1e-300)) for (a, b), n in counted.items())

    middles = [0.5 * (a + b) for a, b in found if math.isfinite(a) and math.isfinite(b)]
    return minimised(cost, fmean(middles), 1.0)


def _mass(law: NormalDist, low: float, high: float) -> float:
    above = 0.0 if math.isinf(low) else law.cdf(low)
    return (1.0 if math.isinf(high) else law.cdf(high)) - above


def minimised(cost: Callable[[float, float], float], first: float, second: float) -> tuple[float, float]:
    """The two numbers, the second above 0, at which the cost is least: a search along both axes in halving steps."""
    step = 1.0
    best = cost(first, second)
    while step > 1e-7:
        tries = [(first + step, second), (first - step, second), (first, second + step), (first, second - step)]
        costs = [(cost(a, b), a, b) for a, b in tries if b > 0.0]
        lowest, a, b = min(costs)
        if lowest < best:
            best, first, second = lowest, a, b
        else:
            step /= 2.0
    return first, second


def avocado(folder: Path = FACTS, group: str = "T20") -> list[Passing]:
    """The day of each ripening index of the Hass avocados of a group."""
    rows = table(folder / "avocado_hass_20c_and_ambient.csv")
    passings = []
    for index in (2, 3, 4, 5):
        found = intervals(rows, group=group, index=index)
        passings.append(Passing(index, *normal_of(found), len(found)))
    return passings


@dataclass(frozen=True)
class Hue:
    """A logistic course of hue, common to all fruit but for the day of its middle."""

    highest_deg: float
    lowest_deg: float
    rate_per_day: float
    middle_mean_days: float
    middle_sd_days: float
    rmse_deg: float
    fruit: int


def papaya(folder: Path = FACTS) -> Hue:
    """The hue of Sunrise Solo papayas by day: four numbers for all fruit, one shift for each, by least squares."""
    fruit: dict[str, list[tuple[float, float]]] = {}
    for row in table(folder / "papaya_hue.csv"):
        if row["Method"] == "Colorimeter":
            fruit.setdefault(row["Fruit"], []).append((float(row["Time"]), float(row["H_mean"])))
    courses = list(fruit.values())
    coarse = min((_hue(courses, hundredth / 100.0) for hundredth in range(16, 33, 2)), key=_rmse)
    return min((_hue(courses, coarse.rate_per_day + step / 200.0) for step in range(-3, 4)), key=_rmse)


def _rmse(hue: Hue) -> float:
    return hue.rmse_deg


def _hue(fruit: list[list[tuple[float, float]]], rate: float) -> Hue:
    high, low = 118.0, 70.0
    middles = [10.0] * len(fruit)
    for _ in range(12):
        middles = [_middle(points, rate, high, low) for points in fruit]
        high, low = _ends(fruit, middles, rate)
    left = [
        hue - _logistic(day, middle, rate, high, low)
        for points, middle in zip(fruit, middles, strict=True)
        for day, hue in points
    ]
    rmse = math.sqrt(fmean(x * x for x in left))
    return Hue(high, low, rate, fmean(middles), stdev(middles), rmse, len(fruit))


def _logistic(day: float, middle: float, rate: float, high: float, low: float) -> float:
    return low + (high - low) / (1.0 + math.exp(rate * (day - middle)))


def _middle(points: list[tuple[float, float]], rate: float, high: float, low: float) -> float:
    def cost(middle: float) -> float:
        return sum((hue - _logistic(day, middle, rate, high, low)) ** 2 for day, hue in points)

    coarse = min((half / 2.0 for half in range(-10, 81)), key=cost)
    return min((coarse + hundredth / 100.0 for hundredth in range(-50, 51)), key=cost)


def _ends(fruit: list[list[tuple[float, float]]], middles: list[float], rate: float) -> tuple[float, float]:
    """Highest and lowest hue by linear least squares: hue = low + (high − low)·s."""
    pairs = [
        (_logistic(day, middle, rate, 1.0, 0.0), hue)
        for points, middle in zip(fruit, middles, strict=True)
        for day, hue in points
    ]
    share_mean, hue_mean = fmean(s for s, _ in pairs), fmean(h for _, h in pairs)
    slope = sum((s - share_mean) * (h - hue_mean) for s, h in pairs) / sum((s - share_mean) ** 2 for s, _ in pairs)
    low = hue_mean - slope * share_mean
    return low + slope, low


def main(folder: Path) -> None:
    """Print both estimates."""
    for group in ("T20", "Tam"):
        for passing in avocado(folder, group):
            days = f"{passing.mean_days:.2f} d, sd {passing.sd_days:.2f} d"
            print(f"avocado {group} index {passing.index}: {days}, n = {passing.fruit}")
    hue = papaya(folder)
    print(
        f"papaya hue {hue.highest_deg:.1f} to {hue.lowest_deg:.1f} deg, {hue.rate_per_day:.3f} per day, n = {hue.fruit}"
    )
    print(f"papaya middle {hue.middle_mean_days:.2f} d, sd {hue.middle_sd_days:.2f} d, rmse {hue.rmse_deg:.2f} deg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FACTS)

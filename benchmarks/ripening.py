"""What a share of fruit costs: `python -m benchmarks.ripening [--rounds N]`, from the repository's root.

The same share after a way of five pieces, three ways: (a) by `scipy.integrate.solve_ivp` on the crop's curve, one solve
per piece, for the clocks that the crop has (age, and the dose of chilling or safety where it has a limit); (b)
`hp.good_share`, with a crop and with its id; (c) `hp.good_shares` for 100,000 journeys. (b) and (c) also check what
they are given and look whether they must warn. The three take turns, round by round, so that what slows the machine
slows all of them; a figure is the median of its rounds, a ratio the median of the ratios within a round. A table and
one JSON object are printed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

import harvest_planner as hp
from harvest_planner.planning.curves import curve_of
from harvest_planner.ripening.curve import Clock
from harvest_planner.ripening.window import share_between, window_bounds

JOURNEYS = 100_000
RTOL = 1e-6
WISH = (0.0, 2.0)
KEEPS_DAYS = 1.0
CALLS = {"solve_ivp": 10, "good_share": 400, "good_share_by_id": 400, "good_shares": 1}
"""Calls in a round: about as long for each."""
NEEDED = {"solve_ivp / good_share": 50.0, "solve_ivp / good_share_by_id": 50.0, "solve_ivp / good_shares": 1000.0}
HOURS = (3.0, 10.0, 12.0, 6.0, 2.0)
WITHIN_THE_CAP = (0.1, 0.4, 0.3, 0.2, 0.1)
"""Cooked food may not travel for long."""


class Case(NamedTuple):
    """A crop on a way of five pieces."""

    crop: hp.Crop
    law: str
    temperatures_degc: tuple[float, ...]
    room_degc: float
    hours: tuple[float, ...] = HOURS


def cases() -> list[Case]:
    """A rate table, a square root and Arrhenius of the catalogue, each within what it was measured in."""
    return [
        Case(hp.crop("na-chi-lang"), "rate table", (28.0, 26.5, 24.0, 27.5, 29.0), 25.0),
        Case(hp.crop("lettuce-butter"), "square root", (9.0, 2.5, 4.0, 3.5, 8.0), 6.0),
        Case(hp.crop("vit-quay"), "Arrhenius", (24.0, 28.5, 26.0, 20.5, 8.0), 5.0, WITHIN_THE_CAP),
        Case(hp.crop("mango-cat"), "rate table, chilling by time", (28.0, 22.5, 24.0, 18.5, 29.0), 25.0),
        Case(hp.crop("tomato"), "square root, chilling by dose", (23.0, 14.5, 16.0, 15.5, 24.0), 20.0),
    ]


def by_solver(case: Case) -> float:
    """The share by integrating the crop's clocks numerically, piece by piece."""
    curve = curve_of(case.crop)
    stage = case.crop.stage()
    limits = [(curve.chill_rate, curve.chilling), (curve.safety_rate, curve.safety_limits)]
    clocks = [curve.rate, *(clock for clock, limit in limits if limit is not None)]
    state = [stage.age_d20, *(0.0 for _ in clocks[1:])]
    for hours, degc in zip(case.hours, case.temperatures_degc, strict=True):
        solved = solve_ivp(partial(_rates, clocks, degc), (0.0, hours), state, rtol=RTOL)
        state = solved.y[:, -1]
    age, *doses = (float(each) for each in state)
    if max(doses, default=0.0) > 1.0:
        return 0.0
    lower, upper = window_bounds(curve, ripe_within_days=WISH, keeps_days=KEEPS_DAYS, room_degc=case.room_degc)
    return share_between(age, stage.sd_d20, lower, upper)


def _rates(clocks: list[Clock], degc: float, *_: Any) -> list[float]:
    """What the clocks gain in an hour."""
    return [clock(degc) / 24.0 for clock in clocks]


def ways(case: Case, seed: int = 0) -> dict[str, Callable[[], Any]]:
    """What is timed, by name."""
    asked = {"ripe_within_days": WISH, "keeps_days": KEEPS_DAYS, "room_degc": case.room_degc}
    pieces = list(zip(case.hours, case.temperatures_degc, strict=True))
    rng = np.random.default_rng(seed)
    hours = np.asarray(case.hours) * rng.uniform(0.5, 1.5, (JOURNEYS, len(case.hours)))
    coldest, hottest = min(case.temperatures_degc), max(case.temperatures_degc)
    degc = rng.uniform(coldest, hottest, hours.shape)
    return {
        "solve_ivp": lambda: by_solver(case),
        "good_share": lambda: hp.good_share(case.crop, pieces=pieces, **asked),
        "good_share_by_id": lambda: hp.good_share(case.crop.id, pieces=pieces, **asked),
        "good_shares": lambda: hp.good_shares(case.crop, hours=hours, temperatures_degc=degc, **asked),
    }


def microseconds(call: Callable[[], Any], calls: int, shares: int) -> float:
    """What one share takes, over so many calls [µs]."""
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / (calls * shares) * 1e6


def timed(case: Case, rounds: int) -> dict[str, Any]:
    """Medians of the rounds [µs per share], and of the ratios within a round."""
    calls = ways(case)
    for call in calls.values():
        call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            shares = JOURNEYS if name == "good_shares" else 1
            taken[name].append(microseconds(call, CALLS[name], shares))
    ratios = {}
    for pair in NEEDED:
        slow, fast = pair.split(" / ")
        ratios[pair] = statistics.median(a / b for a, b in zip(taken[slow], taken[fast], strict=True))
    return {
        "crop": case.crop.id,
        "law": case.law,
        "us_per_share": {name: round(statistics.median(each), 3) for name, each in taken.items()},
        "ratios": {pair: round(ratio, 1) for pair, ratio in ratios.items()},
        "difference_of_shares": abs(calls["solve_ivp"]() - calls["good_share"]()),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The figures as text."""
    heads = ["crop", "law", *(f"{name} [µs]" for name in CALLS), *NEEDED]
    lines = [
        [row["crop"], row["law"], *(f"{row['us_per_share'][name]:.2f}" for name in CALLS)]
        + [f"{row['ratios'][pair]:.0f}" for pair in NEEDED]
        for row in rows
    ]
    lines.append(["needed", "", *("" for _ in CALLS), *(f"≥ {least:.0f}" for least in NEEDED.values())])
    widths = [max(len(line[column]) for line in (heads, *lines)) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) if column < 2 else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for cells in (list(zip(line, widths, strict=True)) for line in (heads, *lines))
    )


def main() -> None:
    """Time every case, print the table and the JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=41, help="how often each takes its turn (default: 41)")
    rows = [timed(case, parser.parse_args().rounds) for case in cases()]
    met = all(row["ratios"][pair] >= least for row in rows for pair, least in NEEDED.items())
    print(table(rows))
    print()
    print(json.dumps({"journeys": JOURNEYS, "pieces": len(HOURS), "rtol": RTOL, "met": met, "cases": rows}))


if __name__ == "__main__":
    main()

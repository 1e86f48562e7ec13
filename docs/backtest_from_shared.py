"""Backtests real deliveries that drift: `python docs/backtest_from_shared.py [FOLDER]`.

The folder holds `olist_orders_2017.csv` and `scheduled_deliveries.csv`; none given: `shared/facts` beside this folder.
Prints the tables that docs/explanation/backtest.md states. Needs `harvest-planner[fit]`.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import harvest_planner as hp
from harvest_planner.learning.cases import cases_of
from harvest_planner.learning.deliveries import Delivery, Route
from harvest_planner.learning.drift import LEVELS, DriftTracker, Tracked, tracked

Floats = npt.NDArray[np.float64]
FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
ZONE = "America/Sao_Paulo"
WARM_UPS = (0.2, 0.3, 0.4, 0.5)
LEAD = dt.timedelta(days=400)
"""Before the scheduled day: the list has no day of shipping, and goods came up to 372 days early."""
WINDOWS_DAYS = (21, 30, 60, 90)
_OWN = 30
"""Deliveries from which on a mode's limits are quantiles of its own past, else of all (assumption)."""


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a file of facts."""
    if not path.is_file():
        raise FileNotFoundError(f"measured data not found: {path}; give the folder that holds it")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def orders(folder: Path, lane: str = "customer_state") -> list[dict[str, Any]]:
    """The orders of 2017 as a history, by a column of theirs: by state, as they tell no origin."""
    return [
        {
            "id": row["id"],
            "lane": row[lane],
            "shipped_at": row["order_purchase_timestamp"],
            "delivered_at": row["order_delivered_customer_date"],
        }
        for row in table(folder / "olist_orders_2017.csv")
    ]


def order_lines(folder: Path) -> Iterator[str]:
    """Static and adaptive forecasts of the orders of 2017, by how much of them the first fit is made of."""
    yield "| warm-up | deliveries | forecast | CRPS [h] | by p10 | by p50 | by p90 |"
    yield "|---:|---:|---|---:|---:|---:|---:|"
    rows = orders(folder)
    for share in WARM_UPS:
        report = hp.backtest(rows, warm_up_share=share, timezone=ZONE)
        for one in report.methods:
            time = one.time
            covers = " | ".join(f"{cover:.3f}" for cover in (time.cover_p10, time.cover_p50, time.cover_p90))
            yield f"| {share:g} | {time.count} | `{one.name}` | {time.crps:.1f} | {covers} |"


def window_lines(folder: Path) -> Iterator[str]:
    """p90 of the orders of 2017 as plain windows of the last days tell it, of all and of those sent in November."""
    yield "| warm-up | " + " | ".join(f"last {days} days" for days in WINDOWS_DAYS) + " |"
    yield "|---:|" + "---:|" * len(WINDOWS_DAYS)
    timed = [case.delivery for case in cases_of(orders(folder), timezone=ZONE).cases if case.delivery is not None]
    november = np.array([one.shipped_at.month == 11 for one in timed])
    for share in WARM_UPS:
        start = round(share * len(timed))
        prior = past_of(timed[:start])
        # Hours are told in medians of the lane's past, so that all lanes speak for each.
        medians_h = np.array([prior(one)[LEVELS.index(0.5)] for one in timed])
        cells = []
        for days in WINDOWS_DAYS:
            kept = kept_by_window(timed, medians_h, days)
            cells.append(f"{kept[start:].mean():.3f} ({kept[november].mean():.3f})")
        yield f"| {share:g} | " + " | ".join(cells) + " |"


def kept_by_window(deliveries: Sequence[Delivery], medians_h: Floats, days: int) -> npt.NDArray[np.bool_]:
    """Whether each kept the p90 of those sent in the days before it, as far as they had come by then.

    What is under way counts as in Kaplan & Meier 1958, 10.1080/01621459.1958.10501452; hours are told in `medians_h`.
    Where not nine of ten had come, the longest so far is the limit.
    """
    shipped_h = np.array([one.shipped_at.timestamp() / 3600 for one in deliveries])
    hours = np.array([one.hours for one in deliveries])
    kept = np.zeros(len(deliveries), dtype=np.bool_)
    for i, now_h in enumerate(shipped_h.tolist()):
        sent = slice(int(np.searchsorted(shipped_h, now_h - 24 * days)), i)
        age_h = now_h - shipped_h[sent]
        known = np.minimum(hours[sent], age_h) / medians_h[sent]
        order = np.argsort(known)
        still_out = np.cumprod(1 - (hours[sent] <= age_h)[order] / np.arange(len(order), 0, -1))
        limit = known[order][min(int((still_out > 0.1).sum()), len(order) - 1)] if len(order) else 0.0
        kept[i] = hours[i] <= limit * medians_h[i]
    return kept


def scheduled(folder: Path) -> list[Delivery]:
    """Deliveries of ten years by mode, counted from `LEAD` before their scheduled day."""
    found = []
    for row in table(folder / "scheduled_deliveries.csv"):
        days = (dt.datetime.fromisoformat(row[name]) for name in ("scheduled_on", "delivered_on"))
        due, came = (day.replace(tzinfo=dt.UTC) for day in days)
        began = due - LEAD
        found.append(Delivery(Route(row["mode"] or "not told"), began, came, (came - began).total_seconds() / 3600))
    return sorted(found, key=lambda one: (one.shipped_at, one.route, one.hours))


def past_of(deliveries: Sequence[Delivery]) -> Callable[[Delivery], Sequence[float]]:
    """Limits that are the quantiles of each mode's own past."""
    past: defaultdict[Route, list[float]] = defaultdict(list)
    for one in deliveries:
        past[one.route].append(one.hours)
    everything = [one.hours for one in deliveries]

    def prior(one: Delivery) -> Sequence[float]:
        own = past.get(one.route, [])
        return [float(hours) for hours in np.quantile(own if len(own) >= _OWN else everything, LEVELS)]

    return prior


def cover_p90(found: Sequence[Tracked]) -> float:
    """Share that came by p90, to the second."""
    return float(np.mean([one.delivery.hours <= one.limits.hours[3] + 1 / 3600 for one in found]))


def scheduled_lines(folder: Path) -> Iterator[str]:
    """Static and adaptive p90 of the deliveries of ten years."""
    yield "| warm-up | deliveries | by p90, static | by p90, adaptive |"
    yield "|---:|---:|---:|---:|"
    deliveries = scheduled(folder)
    for share in WARM_UPS:
        start = round(share * len(deliveries))
        prior = past_of(deliveries[:start])
        static = tracked(deliveries[start:], prior, tracker=DriftTracker(rate=0.0, own_rate=0.0))
        adaptive = tracked(deliveries[start:], prior)
        yield f"| {share:g} | {len(static)} | {cover_p90(static):.3f} | {cover_p90(adaptive):.3f} |"


def main(folder: Path) -> None:
    """Print all tables."""
    print(*order_lines(folder), "", *window_lines(folder), "", *scheduled_lines(folder), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FACTS)

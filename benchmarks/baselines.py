"""What a user would do instead, beside the plan: `python -m benchmarks.baselines --orders 2000 [--table]`.

Both rules of thumb choose among the planner's own candidates, keep every limit (fruit, hands, packing, departures) and
are worth what the same objective says. *Greedy by deadline*: the most urgent order first, each by the candidate worth
most that still fits. *Fixed lead time*: whatever goes north is picked so many days before its deadline, and likewise
centre and south; of 1 to 7 days each region gets the number that turns out best, which is more than a user could know.
Trips are paid where they are made. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

import harvest_planner as hp
from benchmarks.candidates import Candidates, Floats, Ints, candidates_of
from benchmarks.national_day import FEES, national_day
from benchmarks.national_day_lanes import HUBS, nearest_hub

LEAD_DAYS = range(1, 8)


class Ledger:
    """What is left of every limit."""

    def __init__(self, given: Candidates) -> None:
        self.given = given
        self.left: list[Floats] = [
            given.batch_kg.copy(),
            np.append(given.picker_kg, np.inf),
            np.append(given.packing_kg, np.inf),
            given.departure_kg.copy(),
        ]

    def take(self, row: int) -> bool:
        """Serve the order whole by this candidate, where it fits."""
        given, trip, kg = self.given, self.given.trip[row], self.given.kg[row] - 1e-9
        owners = (given.trip_batch[trip], given.trip_picker[trip], given.trip_packing[trip])
        batch, picker, packing, departures = self.left
        loads = list(given.loads[row])
        limits = (batch[owners[0]], picker[owners[1]], packing[owners[2]], *departures[loads])
        if min(limits) < kg:
            return False
        for left, owner in zip((batch, picker, packing), owners, strict=True):
            left[owner] -= kg
        departures[loads] -= kg
        return True


def served(given: Candidates, rows: Iterable[int]) -> list[int]:
    """The candidates taken, in that order, each order once."""
    ledger, done, taken = Ledger(given), set[int](), list[int]()
    for row in rows:
        order = int(given.order[row])
        if order not in done and ledger.take(row):
            done.add(order)
            taken.append(row)
    return taken


def worth(given: Candidates, taken: list[int]) -> float:
    """The objective's value of those candidates [VND]; what is not picked keeps its worth on the tree."""
    rows = np.array(taken, dtype=np.int64)
    trips = given.trip[rows]
    gain = given.value_vnd[rows] - given.trip_kept_vnd_per_kg[trips] * given.kg[rows]
    return float(given.constant_vnd + gain.sum() - given.trip_fee_vnd[np.unique(trips)].sum())


def by_deadline(given: Candidates, among: Ints) -> list[int]:
    """Of those rows, the most urgent order's first, the best of each first."""
    urgency = given.deliver_until_h[given.order[among]]
    rank = np.lexsort((-given.value_vnd[among], given.order[among], urgency))
    return served(given, among[rank].tolist())


def fixed_lead_times(given: Candidates, first_day: int) -> tuple[list[int], dict[str, int]]:
    """The best of all fixed lead times, region by region."""
    hubs = {place: nearest_hub(place) for place in set(given.destinations)}
    region = np.array([HUBS.index(hubs[place]) for place in given.destinations], dtype=np.int64)[given.order]
    # The deadline's date in Viet Nam, as the ordinals of the trips' days.
    until = np.floor((given.deliver_until_h[given.order] + 7) / 24).astype(np.int64) + first_day
    lead = until - given.trip_day[given.trip]
    chosen = [3] * len(HUBS)
    best: list[int] = []
    for number in range(len(HUBS)):
        tried = []
        for days in LEAD_DAYS:
            wanted = np.array([*chosen[:number], days, *chosen[number + 1 :]])
            taken = by_deadline(given, np.flatnonzero(lead == wanted[region]))
            tried.append((worth(given, taken), days, taken))
        _, chosen[number], best = max(tried, key=lambda each: each[0])
    return best, dict(zip(HUBS, chosen, strict=True))


def compared(orders: int, seed: int, fees: float) -> dict[str, Any]:
    """The figures of one run."""
    import datetime as dt

    problem = national_day(orders, seed=seed, fees=fees).problem()
    started = time.perf_counter()
    plan = hp.plan_harvest(problem)
    plan_s = time.perf_counter() - started
    given = candidates_of(problem)
    greedy = by_deadline(given, np.arange(len(given.order)))
    fixed, lead_days = fixed_lead_times(given, dt.date(1970, 1, 1).toordinal())
    asked = sum(order.quantity_kg for order in problem.orders)
    rows = {
        "plan": (plan.value_vnd, sum(shipment.kg for shipment in plan.shipments)),
        "greedy_by_deadline": (worth(given, greedy), float(given.kg[greedy].sum())),
        "fixed_lead_time": (worth(given, fixed), float(given.kg[fixed].sum())),
    }
    return {
        "orders": orders,
        "candidates": len(given.order),
        "plan_s": round(plan_s, 2),
        "gap": plan.gap,
        "faults": len(hp.check_plan(plan, problem)),
        "lead_days": lead_days,
        **{
            name: {
                "value_vnd": value,
                "of_plan": round(value / plan.value_vnd, 4),
                "served_share": round(kg / asked, 4),
            }
            for name, (value, kg) in rows.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fees", default="low", choices=tuple(FEES))
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        found = compared(given.orders, given.seed, FEES[given.fees])
    if given.table:
        for name in ("plan", "greedy_by_deadline", "fixed_lead_time"):
            row = found[name]
            print(f"{name:20}{row['value_vnd']:18,.0f}{row['of_plan']:9.1%}{row['served_share']:9.1%}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

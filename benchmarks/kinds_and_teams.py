"""20,000 kinds of goods and 60,000 teams in one problem: `python -m benchmarks.kinds_and_teams [--kinds N]`.

Everything is made up but the provinces and the catalogue's clocks, from which every kind takes its own: the kinds of a
market ripen like a few. Each kind grows with three teams (a household with one batch each, all at one of twelve packing
houses) and is ordered as often as `--orders-per-kind` says, 1 to 5 kg at a time, to provinces by population. Prints one
JSON object; `processor_s` is what the plan took of the processor, `per_order_ms` that for each order, to be held
against `processor_s` of `benchmarks.national --workers 1` at as many orders.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
import warnings
from typing import Any

import numpy as np

import harvest_planner as hp
from benchmarks.national_day import AS_OF, DAYS, POPULATION_THOUSANDS
from benchmarks.national_day_lanes import lanes_of
from harvest_planner import catalogue

MODELS = (("na-chi-lang", "S2"), ("litchi", "V1"), ("mango-cat", "M2"), ("tomato", "T2"), ("guava", "G1"))
HOUSES = (
    *("lang-son", "bac-giang", "hai-duong", "son-la", "nghe-an", "thua-thien-hue"),
    *("binh-dinh", "dak-lak", "lam-dong", "binh-thuan", "tien-giang", "dong-thap"),
)


def problem_of(kinds: int, teams: int, orders_per_kind: int, *, seed: int = 1) -> hp.PlanningProblem:
    """The problem; every kind is grown by `teams / kinds` teams."""
    rng = np.random.default_rng(seed)
    count = kinds * orders_per_kind
    people = np.array(list(POPULATION_THOUSANDS.values()))
    kg = rng.integers(1, 6, count)
    to = np.array(list(POPULATION_THOUSANDS), dtype=object)[rng.choice(len(people), count, p=people / people.sum())]
    kind = np.repeat(np.arange(kinds), orders_per_kind)
    grown = np.arange(teams) % kinds
    share_kg = 1.1 * np.bincount(kind, weights=kg, minlength=kinds) / np.bincount(grown, minlength=kinds)
    batch_kg = np.maximum(8.0, np.round(share_kg[grown] * rng.uniform(0.7, 1.3, teams)))
    orders = {
        "id": [f"o{number}" for number in range(count)],
        "crop_id": [f"kind-{number}" for number in kind.tolist()],
        "quantity_kg": kg,
        "destination_id": to.tolist(),
        "deliver_until_at": [_deadline(int(day)) for day in rng.integers(3, DAYS, count)],
        "price_vnd_per_kg": 30_000 + 1_000 * rng.integers(0, 40, count),
    }
    batches = {
        "id": [f"b{number}" for number in range(teams)],
        "grower_id": [f"g{number}" for number in range(teams)],
        "crop_id": [f"kind-{number}" for number in grown.tolist()],
        "place_id": [f"house-{HOUSES[number % len(HOUSES)]}" for number in grown.tolist()],
        "quantity_kg": batch_kg,
        "stage_id": [MODELS[number % len(MODELS)][1] for number in grown.tolist()],
        "observed_on": [str(AS_OF.date())] * teams,
        "trip_cost_vnd": np.round(0.02 * 30_000 * batch_kg, -2),
        "surplus_price_vnd_per_kg": [8_000.0] * teams,
    }
    growers = {
        "id": [f"g{number}" for number in range(teams)],
        "team_id": [f"team-{number}" for number in range(teams)],
        "pick_capacity_kg_per_day": batch_kg,
    }
    import polars

    houses = [(f"house-{place}", place, float(kg.sum()) / len(HOUSES)) for place in HOUSES]
    return hp.PlanningProblem.from_frames(
        as_of=AS_OF,
        policy={"gap": 0.01, "horizon_days": DAYS, "review_cost_vnd": 15_000},
        crops=[{"id": f"kind-{n}", "like": MODELS[n % len(MODELS)][0], "name": f"Kind {n}"} for n in range(kinds)],
        places=_houses(),
        growers=polars.DataFrame(growers),
        batches=polars.DataFrame(batches),
        orders=polars.DataFrame(orders),
        lanes=list(lanes_of(houses, POPULATION_THOUSANDS, days=DAYS)),
    )


def _deadline(day: int) -> str:
    import datetime as dt

    return (AS_OF + dt.timedelta(days=day)).replace(hour=20).isoformat()


def _houses() -> list[dict[str, Any]]:
    return [_at(f"house-{province}", province) for province in HOUSES]


def _at(place: str, province: str) -> dict[str, Any]:
    point = catalogue.place_row(province)
    return {
        "id": place,
        "latitude_deg": point["latitude_deg"],
        "longitude_deg": point["longitude_deg"],
        "province": province,
        "ambient_degc": 26.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", type=int, default=20_000)
    parser.add_argument("--teams", type=int, default=60_000)
    parser.add_argument("--orders-per-kind", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--check", choices=("full", "none"), default="full")
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        started = time.perf_counter()
        problem = problem_of(given.kinds, given.teams, given.orders_per_kind, seed=given.seed)
        loaded, loaded_s = time.perf_counter(), time.process_time()
        plan = hp.plan_harvest(problem, time_limit_s=given.time_limit)
        planned, processor_s = time.perf_counter(), time.process_time() - loaded_s
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        faults = len(hp.check_plan(plan, problem)) if given.check == "full" else None
    asked = sum(order.quantity_kg for order in problem.orders)
    found = {
        "kinds": given.kinds,
        "teams": given.teams,
        "orders": len(problem.orders),
        "load_s": round(loaded - started, 2),
        "plan_s": round(planned - loaded, 2),
        "processor_s": round(processor_s, 2),
        "per_order_ms": round(1000 * processor_s / len(problem.orders), 3),
        "peak_mib": round(peak_mib),
        "gap": plan.gap,
        "status": plan.status,
        "value_vnd": plan.value_vnd,
        "served_share": round(sum(shipment.kg for shipment in plan.shipments) / asked, 4),
        "faults": faults,
    }
    if given.table:
        for name, value in found.items():
            print(f"{name:16}{value}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

"""A day of several regions, planned on a Dask cluster: `python examples/on_a_cluster.py [--workers 2] [--regions 4]`.

The planner cuts a problem into parts that share nothing: other crops, other growers, other trucks. `executor=` takes
any `concurrent.futures.Executor`; a Dask client's `get_executor()` is one. Here the cluster is local; on a real one
only the line that makes it changes. Needs the extra `cluster`. Everything in the problem is made up.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import time
from typing import Any

import harvest_planner as hp

HANOI = dt.timezone(dt.timedelta(hours=7))
AS_OF = dt.datetime(2026, 8, 10, 4, tzinfo=HANOI)
REGIONS = {
    "chi-lang": "na-chi-lang",
    "tien-giang": "mango-cat",
    "binh-thuan": "dragon-fruit-ld1",
    "bac-giang": "litchi",
    "dak-lak": "avocado-hass",
    "lam-dong": "strawberry",
}
"""Where what grows."""
MARKETS = ("ha-noi", "ho-chi-minh", "da-nang", "hai-phong", "can-tho")


def national_day(regions: int, *, orders: int = 60, seed: int = 1) -> hp.PlanningProblem:
    """Some regions with their own crop, growers and trucks, and buyers in five cities."""
    rng = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {"growers": [], "batches": [], "orders": [], "lanes": []}
    for place_id, crop_id in list(REGIONS.items())[:regions]:
        _add_region(rows, place_id, crop_id, orders, rng)
    policy = {"horizon_days": 6, "gap": 0.001, "min_good_share": 0.3}
    return hp.PlanningProblem.model_validate({"as_of": AS_OF, "policy": policy, **rows})


def _add_region(
    rows: dict[str, list[dict[str, Any]]], place_id: str, crop_id: str, orders: int, rng: random.Random
) -> None:
    for number in range(4):
        grower_id = f"{place_id}-g{number}"
        rows["growers"].append({"id": grower_id, "pick_capacity_kg_per_day": 60})
        rows["batches"].append(
            {
                "id": f"{place_id}-b{number}",
                "grower_id": grower_id,
                "crop_id": crop_id,
                "place_id": place_id,
                "quantity_kg": 120,
                "stage_id": rng.choice(hp.crop(crop_id).stages).id,
                "observed_on": "2026-08-10",
                "trip_cost_vnd": 60_000,
            }
        )
    for market in MARKETS:
        road_h = hp.road_km(place_id, market) / 45
        rows["lanes"].append(
            {
                "id": f"{place_id}-{market}",
                "origin_id": place_id,
                "destination_id": market,
                "departures": "FREQ=DAILY;BYHOUR=17;BYMINUTE=0;BYSECOND=0",
                "transit_p50_h": round(road_h + 3, 1),
                "transit_p95_h": round(1.5 * road_h + 8, 1),
                "transit_min_h": round(road_h, 1),
                "temperature_degc": 20,
                "cost_vnd_per_kg": round(2000 + 4 * 45 * road_h),
                "source": "estimate: road kilometres at 45 km/h",
            }
        )
    for number in range(orders):
        rows["orders"].append(
            {
                "id": f"{place_id}-o{number}",
                "crop_id": crop_id,
                "quantity_kg": rng.choice((2, 3, 5, 8)),
                "destination_id": rng.choice(MARKETS),
                "deliver_until_at": AS_OF + dt.timedelta(days=rng.randint(2, 6), hours=14),
                "price_vnd_per_kg": rng.randrange(40_000, 90_000, 1000),
                "keeps_days": 1,
            }
        )


def main() -> None:
    """Plan with and without the cluster; the plans are the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--regions", type=int, default=4, choices=range(1, len(REGIONS) + 1))
    asked = parser.parse_args()
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise SystemExit('a cluster needs dask: pip install "harvest-planner[cluster]"') from None
    problem = national_day(asked.regions)
    start = time.perf_counter()
    alone = hp.plan_harvest(problem)
    print(f"alone: {time.perf_counter() - start:.1f} s, {alone.value_vnd:,.0f} VND, gap {alone.gap:.2%}")
    with (
        LocalCluster(
            n_workers=asked.workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        start = time.perf_counter()
        shared = hp.plan_harvest(problem, executor=client.get_executor())
        seconds = time.perf_counter() - start
    print(f"{asked.workers} workers: {seconds:.1f} s, {shared.value_vnd:,.0f} VND, gap {shared.gap:.2%}")
    print("the same plan" if shared == alone else "the plans differ")


if __name__ == "__main__":
    main()

"""A made-up problem of any size: the provinces and the crop are real, every order, grower and plot is made up.

Orders go to all 63 provinces, weighted by a rough size of their markets; growers sit around Chi Lăng. Capacities are
tight on purpose: about a tenth more fruit than is ordered, and each household picks at most a third of its own a day.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import harvest_planner as hp
from harvest_planner import catalogue

AS_OF = dt.datetime(2026, 8, 10, 4, tzinfo=dt.timezone(dt.timedelta(hours=7)))
HAMLETS = 10
BIG = {"ho-chi-minh": 30, "ha-noi": 28, "hai-phong": 9, "da-nang": 7, "dong-nai": 6, "binh-duong": 6, "can-tho": 6}
"""Weight of a market beside 2 for every other province: an assumption."""


def problem_of(orders: int, *, seed: int = 1, gap: float = 0.01) -> hp.PlanningProblem:
    """A problem with that many orders of 2 to 12 kg, and a batch for every 40 of them, at most a hundred."""
    rng = random.Random(seed)
    batches = min(100, max(10, orders // 40))
    kg = 7 * orders / batches
    growers = max(5, batches * 2 // 3)
    return hp.PlanningProblem.model_validate(
        {
            "as_of": AS_OF,
            "policy": {"gap": gap, "horizon_days": 8, "review_cost_vnd": 15_000},
            "places": [_hamlet(number, rng) for number in range(HAMLETS)],
            "growers": [_grower(number, kg, rng) for number in range(growers)],
            "batches": [_batch(number, growers, kg, rng) for number in range(batches)],
            "orders": list(_orders(orders, rng)),
            "lanes": list(_lanes()),
        }
    )


def _hamlet(number: int, rng: random.Random) -> dict[str, Any]:
    return {
        "id": f"h{number}",
        "latitude_deg": 21.5 + rng.random() / 5,
        "longitude_deg": 106.5 + rng.random() / 5,
        "ambient_degc": 27.0,
    }


def _grower(number: int, kg: float, rng: random.Random) -> dict[str, Any]:
    return {
        "id": f"g{number}",
        "place_id": f"h{number % HAMLETS}",
        "pick_capacity_kg_per_day": round(kg * rng.choice((0.45, 0.55, 0.65))),
    }


def _batch(number: int, growers: int, kg: float, rng: random.Random) -> dict[str, Any]:
    return {
        "id": f"b{number}",
        "grower_id": f"g{number % growers}",
        "crop_id": "na-chi-lang",
        "place_id": f"h{number % growers % HAMLETS}",
        "quantity_kg": round(kg * rng.uniform(0.9, 1.3)),
        "stage_id": rng.choice(("S1", "S2", "S2")),
        "observed_on": AS_OF.date(),
        "trip_cost_vnd": rng.randrange(40_000, 120_001, 10_000),
        "surplus_price_vnd_per_kg": 15_000,
    }


def _orders(count: int, rng: random.Random) -> Any:
    places = [place for place in catalogue.place_ids() if place not in ("chi-lang", "dong-mo")]
    weights = [BIG.get(place, 2) for place in places]
    for number, place in enumerate(rng.choices(places, weights, k=count)):
        yield {
            "id": f"o{number}",
            "crop_id": "na-chi-lang",
            "quantity_kg": rng.randrange(2, 13),
            "destination_id": place,
            "deliver_until_at": (AS_OF + dt.timedelta(days=rng.randrange(4, 8))).replace(hour=20),
            "price_vnd_per_kg": rng.randrange(40_000, 90_001, 1_000),
            "ripe_within_days": rng.choice(((0, 2), (0, 3))),
        }


def _lanes() -> Any:
    for number in range(HAMLETS):
        yield _lane(f"truck-{number}", f"h{number}", "chi-lang", hour=11, hours=(0.8, 0.8), cost=300)
    for place in catalogue.place_ids():
        if place not in ("chi-lang", "dong-mo"):
            km = hp.road_km("lang-son", place)
            median = round(18.2 + 0.01162 * km, 1)
            cost = 3_000 + round(2 * km)
            yield _lane(f"road-{place}", "chi-lang", place, hour=13, hours=(median, round(1.8 * median, 1)), cost=cost)


def _lane(
    lane_id: str, origin: str, destination: str, *, hour: int, hours: tuple[float, float], cost: int
) -> dict[str, Any]:
    return {
        "id": lane_id,
        "origin_id": origin,
        "destination_id": destination,
        "departures": f"FREQ=DAILY;BYHOUR={hour};BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": hours[0],
        "transit_p95_h": hours[1],
        "cutoff_h": 0.5,
        "cost_vnd_per_kg": cost,
    }

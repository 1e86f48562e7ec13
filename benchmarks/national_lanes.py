"""A made-up national network: the 63 provinces and their points are real, every lane, hour and price is made up.

Each province runs to its region's hub and back with two carriers; the hubs are joined by trucks, a train and flights;
what lies near has direct trucks. Departures in a fortnight: about 5,000.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import harvest_planner as hp
from harvest_planner import catalogue

AS_OF = dt.datetime(2026, 8, 10, 4, tzinfo=dt.timezone(dt.timedelta(hours=7)))
HUBS = ("ha-noi", "da-nang", "ho-chi-minh")
ROAD_KM_PER_H = 45.0


def network(*, seed: int = 1, horizon_days: int = 14) -> hp.PlanningProblem:
    """The problem that holds the lanes, and nothing to plan."""
    rng = random.Random(seed)
    provinces = [place for place in catalogue.place_ids() if catalogue.province_id(place) == place]
    rows = [*_spokes(provinces, rng), *_trunks(rng), *_neighbours(provinces, rng)]
    return hp.PlanningProblem.model_validate({"as_of": AS_OF, "policy": {"horizon_days": horizon_days}, "lanes": rows})


def departures(problem: hp.PlanningProblem) -> int:
    """Departures of all lanes within the horizon."""
    from harvest_planner.schema.clock import occurrences

    until = problem.as_of + dt.timedelta(days=problem.policy.horizon_days)
    return sum(
        len(
            list(
                occurrences(
                    lane.departures,
                    timezone="Asia/Ho_Chi_Minh",
                    default_start=problem.as_of,
                    from_at=problem.as_of,
                    until_at=until,
                )
            )
        )
        for lane in problem.lanes
    )


def _spokes(provinces: list[str], rng: random.Random) -> list[dict[str, Any]]:
    found = []
    for place in provinces:
        if place in HUBS:
            continue
        hub = min(HUBS, key=lambda one: hp.road_km(place, one))
        road_h = hp.road_km(place, hub) / ROAD_KM_PER_H
        for carrier, slower in (("Swift", 1.0), ("Steady", 1.25)):
            cost = round((2500 if carrier == "Swift" else 1800) + 15 * road_h * 45 / 10)
            for way in ((place, hub), (hub, place)):
                hour = rng.randint(15, 21) if way[0] == place else rng.randint(0, 6)
                found.append(_lane(way, carrier, "road", f"FREQ=DAILY;BYHOUR={hour}", road_h * slower + 1.5, cost, rng))
    return found


def _trunks(rng: random.Random) -> list[dict[str, Any]]:
    found = []
    for origin in HUBS:
        for destination in HUBS:
            if origin == destination:
                continue
            way, road_h = (origin, destination), hp.road_km(origin, destination) / ROAD_KM_PER_H
            found.append(_lane(way, "Swift", "road", "FREQ=DAILY;BYHOUR=8,20", road_h + 2, 4000 + round(60 * road_h), rng))
            found.append(_lane(way, "Steady", "road", "FREQ=DAILY;BYHOUR=22", road_h * 1.2 + 2, 3000 + round(50 * road_h), rng))
            train = _lane(way, "Rail", "rail", "FREQ=WEEKLY;BYDAY=TU,WE,TH,FR,SA;BYHOUR=7", road_h * 1.1, 2500 + round(30 * road_h), rng)
            found.append({**train, "on_schedule_share": 0.7, "transit_p95_h": round(train["transit_p50_h"] + 12, 1)})
            found.append(_lane(way, "Air", "air", "FREQ=DAILY;BYHOUR=6,13,21", 6.0, 25_000, rng))
    return found


def _neighbours(provinces: list[str], rng: random.Random) -> list[dict[str, Any]]:
    found = []
    for place in provinces:
        near = sorted((one for one in provinces if one != place), key=lambda one: hp.road_km(place, one))[:2]
        for other in near:
            road_h = hp.road_km(place, other) / ROAD_KM_PER_H
            hour = rng.randint(4, 22)
            found.append(_lane((place, other), "Local", "road", f"FREQ=WEEKLY;BYDAY=MO,WE,FR;BYHOUR={hour}", road_h + 1, 1500, rng))
    return found


def _lane(
    way: tuple[str, str], carrier: str, mode: str, rule: str, hours: float, cost: float, rng: random.Random
) -> dict[str, Any]:
    return {
        "id": f"{carrier.lower()}-{mode}-{way[0]}-{way[1]}",
        "origin_id": way[0],
        "destination_id": way[1],
        "departures": f"{rule};BYMINUTE={rng.choice((0, 15, 30))};BYSECOND=0",
        "transit_min_h": round(0.8 * hours, 1),
        "transit_p50_h": round(hours, 1),
        "transit_p95_h": round(hours * rng.uniform(1.4, 1.9) + 1, 1),
        "carrier": carrier,
        "mode": mode,
        "cutoff_h": 1.0,
        "temperature_degc": 20.0 if mode == "air" else None,
        "cost_vnd_per_kg": cost,
    }

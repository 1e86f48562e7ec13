"""A made-up national network: the 63 provinces and their points are real, every lane, hour and price is made up.

Each province runs to its region's hub and back with two carriers; the hubs are joined by trucks, a train and flights;
what lies near has direct trucks. Departures in a fortnight: about 5,000.
"""

from __future__ import annotations

import datetime as dt
import random
from itertools import permutations
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
                found.append(
                    _lane(way, (carrier, "road"), f"FREQ=DAILY;BYHOUR={hour}", road_h * slower + 1.5, cost, rng=rng)
                )
    return found


def _trunks(rng: random.Random) -> list[dict[str, Any]]:
    found = []
    for way in permutations(HUBS, 2):
        hours = hp.road_km(*way) / ROAD_KM_PER_H
        swift, steady, rail = (round(vnd) for vnd in (4000 + 60 * hours, 3000 + 50 * hours, 2500 + 30 * hours))
        weekdays = "FREQ=WEEKLY;BYDAY=TU,WE,TH,FR,SA;BYHOUR=7"
        found.append(_lane(way, ("Swift", "road"), "FREQ=DAILY;BYHOUR=8,20", hours + 2, swift, rng=rng))
        found.append(_lane(way, ("Steady", "road"), "FREQ=DAILY;BYHOUR=22", 1.2 * hours + 2, steady, rng=rng))
        train = _lane(way, ("Rail", "rail"), weekdays, 1.1 * hours, rail, rng=rng)
        found.append({**train, "on_schedule_share": 0.7, "transit_p95_h": round(train["transit_p50_h"] + 12, 1)})
        found.append(_lane(way, ("Air", "air"), "FREQ=DAILY;BYHOUR=6,13,21", 6.0, 25_000, rng=rng))
    return found


def _neighbours(provinces: list[str], rng: random.Random) -> list[dict[str, Any]]:
    found = []
    for place in provinces:
        near = sorted((one for one in provinces if one != place), key=lambda one: hp.road_km(place, one))[:2]
        for other in near:
            road_h = hp.road_km(place, other) / ROAD_KM_PER_H
            hour = rng.randint(4, 22)
            rule = f"FREQ=WEEKLY;BYDAY=MO,WE,FR;BYHOUR={hour}"
            found.append(_lane((place, other), ("Local", "road"), rule, road_h + 1, 1500, rng=rng))
    return found


def _lane(
    way: tuple[str, str], by: tuple[str, str], rule: str, hours: float, cost: float, *, rng: random.Random
) -> dict[str, Any]:
    carrier, mode = by
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

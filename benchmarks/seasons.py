"""Four made-up seasons beside the week of Chi Lăng: litchi, mango, persimmon, roast duck.

Real are the crops' clocks (the catalogue's, with its sources and its assumptions), the provinces with their
coordinates, the kilometres of the road, the climate of Hà Nội, Khánh Hòa and Hồ Chí Minh City where goods come there,
the holidays. Every grower, plot, order, price, lane, departure, duration, packaging and the air at the growers' and in
all other provinces is made up, to be of a plausible size; nobody measured any of it. Each season is there for what it
has that Chi Lăng has not:

- litchi: ripe when picked, so that time only costs; boxes with ice that melts; hot afternoons where goods wait.
- mango: a week of ripening after picking and a wide spread; two holidays on which no lorry leaves.
- persimmon: slow, cool, soft after a week; delivery over a hub whose durations are those of real trips.
- duck: cooked to order; what binds is not the curve but how long it may stay warm, and in the cold. A batch is what a
  kitchen can roast in the week; what it does not roast keeps six tenths of its local price.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import harvest_planner as hp

HANOI = dt.timezone(dt.timedelta(hours=7))
BIG = {"ho-chi-minh": 6, "ha-noi": 6, "hai-phong": 2, "da-nang": 2, "can-tho": 2}
"""Weight of a market beside 1 for every other: an assumption."""
TRIPS_H = (0.78, 0.86, 0.9, 0.95, 1.0, 1.0, 1.0, 1.04, 1.1, 1.25, 1.6, 2.3)
"""Made-up trips of a lane, as multiples of their median."""
Rows = dict[str, Any]


@dataclass(frozen=True)
class Season:
    """What a season is made of; all numbers are assumptions unless the module says otherwise.

    Attributes
    ----------
    monday : the first day.
    origin : the catalogue's place where the goods of all hamlets come together.
    hub : the catalogue's place over which half of the markets are reached.
    markets : the catalogue's places to which orders go.
    ambient_degc, swing_degc : air at the hamlets and the origin, mean of the day and half the range of its hours.
    stages : as seen on the first day, each as often as it stands here.
    deadlines : first and last day of delivery, counted from the first day.
    prices, surplus : lowest and highest price of an order and on the local market [VND/kg].
    leaves : hour at which lorries leave the origin.
    cold_degc : temperature on board of all lanes from the origin on; None: that of the air.
    packaging : of these lanes.
    """

    name: str
    crop_id: str
    monday: dt.date
    origin: str
    hub: str
    markets: tuple[str, ...]
    ambient_degc: float
    swing_degc: float
    stages: tuple[str, ...]
    deadlines: tuple[int, int]
    prices: tuple[int, int]
    surplus: tuple[int, int]
    kg: tuple[int, int] = (2, 10)
    ripe_within_days: tuple[tuple[float, float], ...] = ((0, 2), (0, 3))
    leaves: int = 13
    cold_degc: float | None = None
    packaging: str | None = None
    rests_on: tuple[str, ...] = ()
    picks: tuple[str, str] = ("05:00", "09:00")
    policy: Mapping[str, Any] = field(default_factory=dict)
    wish: Mapping[str, Any] = field(default_factory=dict)


NORTH = ("ha-noi", "hai-phong", "quang-ninh", "thai-nguyen", "nam-dinh", "lao-cai")
MIDDLE = ("thanh-hoa", "nghe-an", "thua-thien-hue", "da-nang", "khanh-hoa")
SOUTH = ("ho-chi-minh", "can-tho", "dong-nai", "ba-ria-vung-tau", "ca-mau")
EVERYWHERE = (*NORTH, *MIDDLE, *SOUTH)
SEASONS = {
    season.name: season
    for season in (
        Season("litchi", "litchi", dt.date(2026, 6, 8), "bac-giang", "ha-noi", EVERYWHERE, 30.0, 4.0,
               ("V1", "V1", "V2"), (2, 7), (45_000, 90_000), (12_000, 18_000), packaging="foam-box-ice",
               wish={"keeps_days": 0.5, "room_degc": 25}),
        Season("mango", "mango-cat", dt.date(2026, 4, 27), "tien-giang", "ho-chi-minh", EVERYWHERE, 29.5, 4.0,
               ("M1", "M2", "M2", "M3"), (3, 9), (50_000, 100_000), (18_000, 28_000), rests_on=("labour-day",),
               ripe_within_days=((0, 3), (0, 4), (1, 4)), policy={"min_good_share": 0.5}),
        Season("persimmon", "hong-bao-lam", dt.date(2026, 10, 5), "lang-son", "ha-noi", EVERYWHERE, 23.0, 4.0,
               ("H1", "H2", "H2", "H3"), (4, 10), (35_000, 70_000), (10_000, 16_000),
               ripe_within_days=((0, 2), (0, 3), (1, 4))),
        Season("duck", "vit-quay", dt.date(2026, 9, 7), "lang-son", "ha-noi", (*NORTH, "thanh-hoa", "nghe-an"), 27.0,
               3.0, ("Q1",), (1, 5), (220_000, 320_000), (140_000, 170_000), leaves=11, cold_degc=3.0,
               ripe_within_days=((0, 2),), picks=("06:00", "06:15"), policy={"handling_h": 0.5, "terminal_share": 0.6},
               wish={"keeps_days": 0.5, "room_degc": 4}),
    )
}  # fmt: skip


def season_of(
    name: str, *, orders: int = 80, batches: int = 12, seed: int = 1, gap: float = 0.01
) -> hp.PlanningProblem:
    """A season as a problem.

    Parameters
    ----------
    name : one of `SEASONS`.
    orders, batches : how many of each; there is a fifth more fruit than is ordered.
    seed : the same seed gives the same problem.
    gap : of the policy.
    """
    season, rng = SEASONS[name], random.Random(f"{name} {seed}")
    growers = max(2, batches * 2 // 3)
    asked = list(_orders(season, orders, rng))
    kg = 1.2 * math.fsum(row["quantity_kg"] for row in asked) / batches
    return hp.PlanningProblem.model_validate(
        {
            "as_of": dt.datetime.combine(season.monday, dt.time(4), tzinfo=HANOI),
            "policy": {"gap": gap, "horizon_days": season.deadlines[1], "review_cost_vnd": 15_000, **season.policy},
            "places": list(_places(season)),
            "growers": [_grower(season, number, kg, rng) for number in range(growers)],
            "batches": [_batch(season, number, growers, kg, rng) for number in range(batches)],
            "orders": asked,
            "lanes": list(_lanes(season)),
        }
    )


def _places(season: Season) -> Iterator[Rows]:
    """Three hamlets around the origin; their points are made up."""
    centre = hp.PlanningProblem(as_of=dt.datetime(2026, 1, 1, tzinfo=HANOI)).place(season.origin)
    swing = [round(season.swing_degc * math.sin((hour - 8) * math.pi / 12), 2) for hour in range(24)]
    air = {"ambient_degc": season.ambient_degc, "hour_offsets_degc": swing}
    yield {**centre.model_dump(), **air}
    for number, (north, east) in enumerate(((0.08, 0.0), (-0.05, 0.09), (0.0, -0.1))):
        at = {"latitude_deg": centre.latitude_deg + north, "longitude_deg": centre.longitude_deg + east}
        yield {"id": f"hamlet-{number}", "province": season.origin, **at, **air}


def _grower(season: Season, number: int, kg: float, rng: random.Random) -> Rows:
    """Picks about a third to a half of what hangs at the household's plots in a morning."""
    return {
        "id": f"g{number}",
        "pick_capacity_kg_per_day": round(kg * rng.choice((0.45, 0.6, 0.75))),
        "picks_from": season.picks[0],
        "picks_until": season.picks[1],
        "rest_days": rng.choice(((), (), (), ("SU",))),
    }


def _batch(season: Season, number: int, growers: int, kg: float, rng: random.Random) -> Rows:
    quantity = round(kg * rng.uniform(0.7, 1.3), 1)
    return {
        "id": f"b{number}",
        "grower_id": f"g{number % growers}",
        "crop_id": season.crop_id,
        "place_id": f"hamlet-{number % growers % 3}",
        "quantity_kg": quantity,
        "quantity_sd_kg": round(0.1 * quantity, 1),
        "stage_id": rng.choice(season.stages),
        "observed_on": season.monday - dt.timedelta(days=rng.randrange(2)),
        "trip_cost_vnd": rng.randrange(20_000, 60_001, 5_000),
        "surplus_price_vnd_per_kg": rng.randrange(*season.surplus, 1_000),
    }


def _orders(season: Season, count: int, rng: random.Random) -> Iterator[Rows]:
    weights = [BIG.get(place, 1) for place in season.markets]
    for number, place in enumerate(rng.choices(season.markets, weights, k=count)):
        last = season.monday + dt.timedelta(days=rng.randint(*season.deadlines))
        yield {
            "id": f"o{number:03d}",
            "crop_id": season.crop_id,
            "quantity_kg": rng.randint(*season.kg),
            "destination_id": place,
            "deliver_until_at": dt.datetime.combine(last, dt.time(20), tzinfo=HANOI),
            "price_vnd_per_kg": rng.randrange(*season.prices, 1_000),
            "ripe_within_days": rng.choice(season.ripe_within_days),
            **season.wish,
        }


def _lanes(season: Season) -> Iterator[Rows]:
    """Lorries of the hamlets, a lorry to the hub, roads from origin and hub, flights from the hub to what is far."""
    common = {"packaging": season.packaging, "temperature_degc": season.cold_degc, "rests_on": season.rests_on}
    if season.cold_degc is not None:
        common["temperature_sd_degc"] = 0.5
    for number in range(3):
        yield _lane(f"truck-{number}", f"hamlet-{number}", season.origin, season.leaves - 1, (0.7, 0.7)) | {
            "cost_vnd_per_kg": 300, "temperature_degc": season.cold_degc,
        }  # fmt: skip
    km = hp.road_km(season.origin, season.hub)
    to_hub = _lane("to-hub", season.origin, season.hub, season.leaves, (0.0, 0.0)) | common
    del to_hub["transit_p50_h"], to_hub["transit_p95_h"]
    yield to_hub | {
        "transit_samples_h": [round((2.0 + km / 40.0) * each, 2) for each in TRIPS_H],
        "cost_vnd_per_kg": 1_000 + round(3 * km),
    }
    for place in season.markets:
        if place == season.hub:
            continue
        far_km = hp.road_km(season.origin, place)
        median = round(18.2 + 0.01162 * far_km, 1)
        yield _lane(f"road-{place}", season.origin, place, season.leaves, (median, round(1.8 * median, 1))) | common | {
            "cost_vnd_per_kg": 3_000 + round(2 * far_km),
        }  # fmt: skip
        onward_km = hp.road_km(season.hub, place)
        if onward_km > 600:
            yield _lane(f"air-{place}", season.hub, place, 23, (9.0, 20.0)) | common | {
                "on_schedule_share": 0.7, "cost_vnd_per_kg": 26_000, "capacity_kg": 40, "cutoff_h": 3.0,
            }  # fmt: skip
        else:
            hours = round(4.0 + onward_km / 45.0, 1)
            yield _lane(f"night-{place}", season.hub, place, 21, (hours, round(1.7 * hours, 1))) | common | {
                "transit_min_h": round(onward_km / 70.0, 1), "cost_vnd_per_kg": 4_000 + round(4 * onward_km),
            }  # fmt: skip


def _lane(lane_id: str, origin: str, destination: str, hour: int, hours: tuple[float, float]) -> Rows:
    return {
        "id": lane_id,
        "origin_id": origin,
        "destination_id": destination,
        "departures": f"FREQ=DAILY;BYHOUR={hour};BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": hours[0],
        "transit_p95_h": hours[1],
        "cutoff_h": 0.25,
    }

"""Makes the example `examples/chi_lang`: an August week of a cooperative, the same every time.

Run `python examples/make_chi_lang.py` to write the folder again. What is real and what is made up stands in its README.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import harvest_planner as hp
from harvest_planner import catalogue

SEED = 20260810
MONDAY = dt.date(2026, 8, 10)
FOLDER = Path(__file__).parent / "chi_lang"
CROP = "na-chi-lang"
SHIFTS = {"S1": 0.6, "S2": None, "S3": 0.6}
"""Field checks [d20]: the green plots a little ahead of their looks."""
HAMLETS = (
    # id, name, latitude, longitude, ambient °C, packing kg a day
    ("ai-chi-lang", "Ải Chi Lăng", 21.585, 106.525, 27.0, ""),
    ("quan-thanh", "Quan Thanh", 21.560, 106.490, 27.5, 420),
    ("dong-banh", "Đồng Bành", 21.545, 106.520, 28.0, ""),
    ("mai-sao", "Mai Sao", 21.640, 106.560, 27.0, 300),
    ("thuong-cuong", "Thượng Cường", 21.620, 106.600, 27.0, ""),
)
FAMILIES = ("Hoàng", "Lương", "Nông", "Vi", "Lý", "Triệu", "Đàm", "Bế", "Hứa", "Chu")
GIVEN = ("Thị Hoa", "Văn Sơn", "Thị Lan", "Văn Hùng", "Thị Mai", "Văn Thắng", "Thị Nga", "Văn Bình")
BIG_CITIES = {"ho-chi-minh": 60, "ha-noi": 55, "hai-phong": 18, "da-nang": 14, "dong-nai": 12, "can-tho": 12}
BIG_CITIES |= {"binh-duong": 12, "thanh-hoa": 8, "nghe-an": 8, "quang-ninh": 8, "bac-ninh": 8, "ca-mau": 8}
WRITTEN = {"ca-mau": "Cà Mau", "ho-chi-minh": "TP Hồ Chí Minh", "ha-noi": "Hà Nội", "da-nang": "Đà Nẵng"}
AIR_TO = ("ho-chi-minh", "can-tho", "ca-mau", "dong-nai", "binh-duong", "an-giang", "kien-giang", "vinh-long")
NO_LANE_TO = ("lai-chau",)
ONLY_JT_TO = ("cao-bang",)
FAR_KM = 260


def day(offset: int) -> dt.date:
    """A date of the week, 0 being its Monday."""
    return MONDAY + dt.timedelta(days=offset)


def stamp(offset: int, hour: int) -> str:
    """An instant of the week in Viet Nam's time."""
    return f"{day(offset).isoformat()}T{hour:02d}:00:00+07:00"


def places() -> Iterable[dict[str, Any]]:
    """Five hamlets; their coordinates are made up around Chi Lăng."""
    for place_id, name, latitude, longitude, ambient, packing in HAMLETS:
        yield {
            "id": place_id,
            "latitude_deg": latitude,
            "longitude_deg": longitude,
            "name": name,
            "province": "Lạng Sơn",
            "ambient_degc": ambient,
            "packing_kg_per_day": packing,
        }


def growers(rng: random.Random) -> Iterable[dict[str, Any]]:
    """Forty households in five teams; one picker fills about 45 kg in two morning hours."""
    for number in range(40):
        early = number % 2 == 0
        yield {
            "id": f"g{number + 1:02d}",
            "name": f"{rng.choice(FAMILIES)} {rng.choice(GIVEN)}",
            "place_id": HAMLETS[number % 5][0],
            "team_id": f"team-{number % 5 + 1}",
            "pick_capacity_kg_per_day": rng.choice((45, 45, 60, 90)),
            "picks_from": "04:30" if early else "05:00",
            "picks_until": "08:30" if early else "09:00",
            "rest_days": rng.choice(("", "", "", "", "SU", "WE", "2026-08-15")),
        }


def batches(rng: random.Random) -> Iterable[dict[str, Any]]:
    """Sixty batches; greener ones later in the list, so that the week has fruit on every day."""
    for number in range(60):
        stage = ("S2", "S1", "S2", "S1", "S2", "S1", "S3", "S1", "S2", "S1")[number % 10]
        sprayed_days_ago, interval = rng.choice(((20, 7), (25, 7), (30, 14), (18, 7)))
        spray: tuple[Any, Any] = (day(-sprayed_days_ago).isoformat(), interval)
        if number == 7:
            spray = (day(-4).isoformat(), 7)
        elif number == 22:
            spray = (day(-2).isoformat(), 21)
        elif number == 35:
            spray = ("unknown", "")
        elif number in (11, 48):
            spray = ("", "")
        certified = number % 3 != 2
        yield {
            "id": f"b{number + 1:02d}",
            "grower_id": f"g{number % 40 + 1:02d}",
            "crop_id": CROP,
            "place_id": HAMLETS[number % 5][0],
            "quantity_kg": rng.randrange(30, 91, 5),
            "stage_id": stage,
            "observed_on": day(-rng.randrange(0, 2)).isoformat(),
            "age_shift_d20": SHIFTS[stage] or rng.choice(("", "", -0.3, 0.2)),
            "plot": f"P{number + 1:02d}",
            "variety": "na dai",
            "grade": rng.choice(("A", "A", "B", "B", "C")),
            "certifications": "VietGAP" if certified else "",
            "certified_until": (day(3) if number == 3 else dt.date(2027, 3, 31)).isoformat() if certified else "",
            "last_spray_on": spray[0],
            "pre_harvest_interval_days": spray[1],
            "trip_cost_vnd": rng.randrange(10_000, 40_001, 5_000),
            "min_trip_kg": 5 if number % 7 == 0 else "",
            "surplus_price_vnd_per_kg": rng.randrange(12_000, 20_001, 1_000),
        }


def destinations(rng: random.Random) -> list[str]:
    """All provinces that a lane reaches once, then cities by the size of their markets."""
    everywhere = [place for place in catalogue.place_ids() if place not in ("chi-lang", "dong-mo", *NO_LANE_TO)]
    weights = [BIG_CITIES.get(place, 2) for place in everywhere]
    once = rng.sample(everywhere, 55)
    return once + rng.choices(everywhere, weights, k=247)


def orders(rng: random.Random) -> Iterable[dict[str, Any]]:
    """About 320 orders: most can be served, some cannot, each for a reason of its own."""
    for number, place in enumerate(destinations(rng)):
        split = number % 40 == 17
        grade = rng.choice(("", "", "", "", "B", "A"))
        far = hp.road_km("lang-son", place) > 900
        low, high = rng.choice(((0, 2), (0, 2), (0, 3), (0, 3), (0, 1) if not far else (0, 2)))
        last = rng.randrange(5, 9) if far else rng.randrange(3, 9)
        yield {
            "id": f"o{number + 1:03d}",
            "crop_id": CROP,
            "quantity_kg": rng.choice((20, 30, 40)) if split else rng.choice((3, 3, 4, 5, 5, 6, 8, 10, 12)),
            "destination_id": WRITTEN.get(place, place) if number % 9 == 0 else place,
            "deliver_from_at": stamp(last - 2, 7) if rng.random() < 0.3 else "",
            "deliver_until_at": stamp(last, 20),
            "price_vnd_per_kg": rng.randrange(45_000, 90_001, 5_000)
            if grade == "A"
            else rng.randrange(38_000, 70_001, 2_000),
            "placed_at": stamp(-1, rng.randrange(7, 22)),
            "confirm_by_at": stamp(0, rng.randrange(7, 22)),
            "ripe_within_days": f"{low}|{high}",
            "keeps_days": rng.choice((0.5, 1, 1)),
            "accepts_share": rng.choice((0.7, 0.8, 0.8)),
            "grade": grade,
            "certifications": "VietGAP" if rng.random() < 0.2 else "",
            "may_split": "true" if split else "",
            "basket_id": f"basket-{number // 60}" if number % 60 < 2 else "",
        }
    yield from hard_orders()


def hard_orders() -> Iterable[dict[str, Any]]:
    """Orders that cannot be served as they stand."""
    common = {"crop_id": CROP, "quantity_kg": 5, "price_vnd_per_kg": 60_000, "deliver_until_at": stamp(5, 20)}
    changes: tuple[dict[str, Any], ...] = (
        {"destination_id": "ca-mau", "deliver_until_at": stamp(1, 12)},
        {"destination_id": "kien-giang", "deliver_until_at": stamp(1, 20)},
        {"destination_id": "ho-chi-minh", "deliver_until_at": stamp(0, 20)},
        {"destination_id": "ha-noi", "certifications": "GlobalG.A.P."},
        {"destination_id": "lai-chau"},
        {"destination_id": "ha-noi", "confirm_by_at": stamp(-1, 12), "placed_at": stamp(-2, 12)},
        {"destination_id": "ho-chi-minh", "price_vnd_per_kg": 12_000},
        {"destination_id": "ca-mau", "price_vnd_per_kg": 15_000},
        {"destination_id": "ha-noi", "quantity_kg": 95, "price_vnd_per_kg": 80_000},
        {"destination_id": "hai-phong", "quantity_kg": 100, "price_vnd_per_kg": 80_000},
        {"destination_id": "cao-bang", "deliver_until_at": stamp(2, 20)},
        {"destination_id": "tuyen-quang", "quantity_kg": 60, "price_vnd_per_kg": 75_000, "grade": "A"},
    )
    for number, change in enumerate(changes):
        yield {"id": f"x{number + 1:02d}", **common, **change}


def lanes() -> Iterable[dict[str, Any]]:
    """Hamlet trucks to Chi Lăng, parcel carriers from there to the provinces, air to the South, a cold truck."""
    for place_id, *_ in HAMLETS:
        truck = {"cutoff_h": 0.5, "cost_vnd_per_kg": 300, "mode": "truck"}
        yield lane(f"truck-{place_id}", (place_id, "chi-lang"), daily(11, 30), (0.8, 0.8)) | truck
    for place in catalogue.place_ids():
        if place not in ("chi-lang", "dong-mo", *NO_LANE_TO):
            yield from parcel_lanes(place)
    for place in AIR_TO:
        yield lane(f"air-{place}", ("chi-lang", place), daily(17, 0), (30, 48)) | {
            "carrier": "Viettel Post",
            "cutoff_h": 0.5,
            "cost_vnd_per_kg": 25_000,
            "mode": "air",
            "capacity_kg": 40,
        }
    cold = {
        "carrier": "Hợp tác xã",
        "cutoff_h": 1,
        "cost_vnd_per_kg": 6_000,
        "mode": "cold truck",
        "temperature_degc": 18,
    }
    some_days = "FREQ=WEEKLY;BYDAY=TU,TH,SA;BYHOUR=16;BYMINUTE=0;BYSECOND=0"
    once = "DTSTART:20260812T160000 RRULE:FREQ=DAILY;COUNT=1"
    ends = ("chi-lang", "hai-phong")
    yield lane("cold-hai-phong", ends, some_days, (8, 11)) | cold | {"temperature_sd_degc": 1, "capacity_kg": 120}
    yield lane("cold-hai-phong-sold-out", ends, once, (8, 11)) | cold | {"capacity_kg": 0}


def parcel_lanes(place: str) -> Iterable[dict[str, Any]]:
    """One or two carriers by road; the farther, the longer and the wider their hours."""
    km = hp.road_km("lang-son", place)
    median = round(18.2 + 0.01162 * km, 1)
    common = {"cutoff_h": 0.5, "mode": "road"}
    if place not in ONLY_JT_TO:
        hours = (median, round(median * 1.8, 1))
        carried = {"carrier": "Viettel Post", "cost_vnd_per_kg": 3_000 + round(2 * km)}
        yield lane(f"vtp-{place}", ("chi-lang", place), daily(13, 0), hours) | common | carried
    if km > FAR_KM or place in ONLY_JT_TO:
        hours = (median, round(median * 2.2, 1))
        carried = {"carrier": "J&T Express", "cost_vnd_per_kg": 2_500 + round(2 * km)}
        yield lane(f"jt-{place}", ("chi-lang", place), daily(18, 0), hours) | common | carried


def daily(hour: int, minute: int) -> str:
    """A departure every day at that local time."""
    return f"FREQ=DAILY;BYHOUR={hour};BYMINUTE={minute};BYSECOND=0"


def lane(lane_id: str, ends: tuple[str, str], departures: str, hours: tuple[float, float]) -> dict[str, Any]:
    """A lane with what every lane has."""
    return {
        "id": lane_id,
        "origin_id": ends[0],
        "destination_id": ends[1],
        "departures": departures,
        "transit_p50_h": hours[0],
        "transit_p95_h": hours[1],
    }


TOML = f"""# A made-up cooperative week in Chi Lăng; see README.md for what is real.
as_of = {stamp(0, 4)}

[policy]
min_good_share = 0.6
review_cost_vnd = 15000
horizon_days = 10
gap = 0.005
"""
EMBARGOES = ({"carrier": "J&T Express", "goods": "fresh-fruit", "from_on": "2026-08-10", "until_on": "2026-08-12"},)


def main(folder: Path = FOLDER) -> None:
    """Write the folder."""
    rng = random.Random(SEED)
    tables = {
        "places": list(places()),
        "growers": list(growers(rng)),
        "batches": list(batches(rng)),
        "orders": list(orders(rng)),
        "lanes": list(lanes()),
        "embargoes": list(EMBARGOES),
    }
    soon = (row for row in tables["orders"] if row["destination_id"] == "ha-noi" and not row["deliver_from_at"])
    first = [next(soon), next(soon)]
    tables["commitments"] = [
        {
            "order_id": row["id"],
            "batch_id": batch_id,
            "pick_on": day(0).isoformat(),
            "kg": row["quantity_kg"],
            "state": "frozen",
        }
        for row, batch_id in zip(first, ("b01", "b04"), strict=True)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "problem.toml").write_text(TOML, encoding="utf-8")
    for name, rows in tables.items():
        write(folder / f"{name}.csv", rows)


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """One table as CSV."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()

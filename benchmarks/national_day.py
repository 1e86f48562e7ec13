"""A made-up national day: `python -m benchmarks.national_day FOLDER --orders 100000 [--fees low] [--distinct-prices]`.

Real are the 63 provinces, their points and populations (General Statistics Office of Viet Nam, census of 1 April 2019,
total population by province, in thousands), and the clocks of ten crops as the catalogue holds them. Everything else is
made up: that all ten ripen in the same fortnight, who grows and who orders what, every quantity, price, deadline, wish,
capacity, fee, carrier, lane, hour and freight. Nobody measured any of it. Destinations are drawn by population;
capacities are tight on purpose: a tenth more fruit than is ordered, a household picks a seventh of its own a day, a
packing house takes a ninth of its fruit a day, vans and cold trucks take a part of what would travel best with them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import harvest_planner as hp
from benchmarks.national_day_lanes import LARGEST_KG, lanes_of
from harvest_planner import catalogue

HANOI = dt.timezone(dt.timedelta(hours=7))
AS_OF = dt.datetime(2026, 8, 10, 4, tzinfo=HANOI)
DAYS = 14
POPULATION_THOUSANDS = dict(
    zip(
        (
            *("ha-noi", "ha-giang", "cao-bang", "bac-kan", "tuyen-quang", "lao-cai", "dien-bien", "lai-chau"),
            *("son-la", "yen-bai", "hoa-binh", "thai-nguyen", "lang-son", "quang-ninh", "bac-giang", "phu-tho"),
            *("vinh-phuc", "bac-ninh", "hai-duong", "hai-phong", "hung-yen", "thai-binh", "ha-nam", "nam-dinh"),
            *("ninh-binh", "thanh-hoa", "nghe-an", "ha-tinh", "quang-binh", "quang-tri", "thua-thien-hue", "da-nang"),
            *("quang-nam", "quang-ngai", "binh-dinh", "phu-yen", "khanh-hoa", "ninh-thuan", "binh-thuan", "kon-tum"),
            *("gia-lai", "dak-lak", "dak-nong", "lam-dong", "binh-phuoc", "tay-ninh", "binh-duong", "dong-nai"),
            *("ba-ria-vung-tau", "ho-chi-minh", "long-an", "tien-giang", "ben-tre", "tra-vinh", "vinh-long"),
            *("dong-thap", "an-giang", "kien-giang", "can-tho", "hau-giang", "soc-trang", "bac-lieu", "ca-mau"),
        ),
        (
            *(8053.7, 854.7, 530.3, 313.9, 784.8, 730.4, 598.9, 460.2, 1248.4, 821.0, 854.1, 1286.8, 781.7, 1320.3),
            *(1804.0, 1463.7, 1154.2, 1368.8, 1892.3, 2028.5, 1252.7, 1860.4, 852.8, 1780.4, 982.5, 3640.1, 3327.8),
            *(1288.9, 895.4, 632.4, 1128.6, 1134.3, 1495.8, 1231.7, 1486.9, 873.0, 1231.1, 590.5, 1230.8, 540.4),
            *(1513.8, 1869.3, 622.2, 1296.9, 994.7, 1169.2, 2426.6, 3097.1, 1148.3, 8993.1, 1688.5, 1764.2, 1288.5),
            *(1009.2, 1022.8, 1599.5, 1908.4, 1723.1, 1235.2, 733.0, 1199.7, 907.2, 1194.5),
        ),
        strict=True,
    )
)
"""Census of 1 April 2019, rounded to hundreds; together 96.21 million, as published."""
FEES = {"low": 0.015, "high": 0.09, "none": 0.0}
"""Trip fees as a share of the plan's value that are aimed at; the benchmark states what came out."""
VALUE_VND_PER_KG = 30_000.0
TRIPS_PER_BATCH = 3.0
"""For the fee of a trip alone: rough outcomes of earlier runs."""
SUPPLY = 1.1
ORDERS_PER_BATCH = 50
PACKS_KG = np.arange(1, 21)
PACKS_WEIGHT = np.array([3, 10, 14, 3, 28, 1, 1, 2, 0.5, 22, 0.5, 1, 0.5, 0.5, 4, 0.5, 0.5, 0.5, 0.5, 7], dtype=float)
"""How often parcels of 1 to 20 kg are asked for: two, three, five, ten and twenty are what boxes hold."""
PRICE_STEPS = np.array([1, 2, 1], dtype=float)
"""How often each step of two thousand from the crop's lowest price on."""


@dataclass(frozen=True)
class Grown:
    """A crop, where it grows, its share of all orders, lowest price [VND/kg] and the stages seen on the first day."""

    crop_id: str
    provinces: tuple[str, ...]
    share: float
    price_vnd: int
    stages: tuple[str, ...]


GROWN = (
    Grown("na-chi-lang", ("lang-son",), 0.12, 45_000, ("S1", "S2", "S2")),
    Grown("litchi", ("bac-giang", "hai-duong"), 0.12, 35_000, ("V1", "V1", "V2")),
    Grown("longan", ("hung-yen", "son-la"), 0.10, 38_000, ("N1", "N2")),
    Grown("mango-cat", ("tien-giang", "khanh-hoa"), 0.14, 48_000, ("M1", "M2", "M2")),
    Grown("dragon-fruit-ld1", ("binh-thuan", "long-an"), 0.12, 32_000, ("R1", "R2")),
    Grown("guava", ("dong-nai",), 0.08, 30_000, ("G1", "G2")),
    Grown("durian-monthong", ("dak-lak",), 0.08, 90_000, ("D1", "D2")),
    Grown("avocado-hass", ("dak-nong",), 0.08, 55_000, ("H0", "H3")),
    Grown("tomato", ("lam-dong",), 0.10, 30_000, ("T1", "T2", "T3")),
    Grown("papaya", ("thua-thien-hue",), 0.06, 30_000, ("P0", "P1")),
)
COOL_DEGC = {"lam-dong": 21.0, "dak-nong": 23.0, "dak-lak": 24.0, "son-la": 25.0}
"""Air in the highlands; 27 °C elsewhere."""
Columns = dict[str, Any]


@dataclass(frozen=True)
class NationalDay:
    """The tables of a national day by columns, and what was aimed at."""

    tables: dict[str, Columns]
    head: dict[str, Any]
    classes: int
    """Distinct orders, all fields but the id."""

    def frame(self, table: str) -> Any:
        """The table as a polars data frame."""
        import polars

        return polars.DataFrame(_plain(self.tables[table]))

    def write(self, folder: Path) -> None:
        """A problem folder."""
        folder.mkdir(parents=True, exist_ok=True)
        policy = "".join(f"{name} = {value}\n" for name, value in self.head["policy"].items())
        as_of = self.head["as_of"].isoformat()
        (folder / "problem.toml").write_text(f"as_of = {as_of}\n\n[policy]\n{policy}", encoding="utf-8")
        for name in self.tables:
            self.frame(name).write_csv(folder / f"{name}.csv")

    def problem(self) -> hp.PlanningProblem:
        """The problem, its tables handed over as data frames."""
        return hp.PlanningProblem.from_frames(**self.head, **{name: self.frame(name) for name in self.tables})


def national_day(
    orders: int, *, seed: int = 1, fees: float = FEES["low"], gap: float = 0.01, distinct_prices: bool = False
) -> NationalDay:
    """A national day of that many orders.

    Parameters
    ----------
    orders : how many; a batch for every 50 of them, a grower for every three batches.
    seed : the same seed gives the same day.
    fees : share of the value that trip fees should come to, roughly.
    gap : of the policy.
    distinct_prices : every order has a price of its own, so that no two orders are alike.
    """
    rng = np.random.default_rng(seed)
    asked = _orders(orders, rng, distinct_prices=distinct_prices)
    batches, growers = _field(asked, max(len(_origins()), orders // ORDERS_PER_BATCH), fees, rng)
    tables = {
        "places": _places(batches),
        "growers": growers,
        "batches": batches,
        "orders": asked,
        "lanes": _lanes(float(np.sum(asked["quantity_kg"]))),
    }
    policy = {"gap": gap, "horizon_days": DAYS}
    return NationalDay(tables, {"as_of": AS_OF, "policy": policy}, _classes(asked))


def _origins() -> list[tuple[Grown, str, str]]:
    """Each crop and province with the id of its packing house."""
    return [(grown, province, f"{grown.crop_id}-{province}") for grown in GROWN for province in grown.provinces]


def _orders(count: int, rng: np.random.Generator, *, distinct_prices: bool) -> Columns:
    provinces = np.array(list(POPULATION_THOUSANDS), dtype=object)
    people = np.array(list(POPULATION_THOUSANDS.values()))
    crop = rng.choice(len(GROWN), count, p=[grown.share for grown in GROWN])
    lowest = np.array([grown.price_vnd for grown in GROWN])[crop]
    if distinct_prices:
        # A spread that no thousand is a part of: prices of two crops do not meet either.
        price = np.round(lowest + 2000.0 * np.pi * (rng.permutation(count) + 0.5) / count, 5)
    else:
        price = lowest + 2000 * rng.choice(len(PRICE_STEPS), count, p=PRICE_STEPS / PRICE_STEPS.sum())
    day = rng.integers(3, DAYS, count)
    from_day = np.where(rng.random(count) < 0.02, day - 2, -1)
    kg = rng.choice(PACKS_KG, count, p=PACKS_WEIGHT / PACKS_WEIGHT.sum())
    until = [_moment(each, 20) for each in range(DAYS)]
    since = [_moment(each, 8) for each in range(DAYS)] + [None]
    return {
        "id": [f"o{number:07d}" for number in range(count)],
        "crop_id": np.array([grown.crop_id for grown in GROWN], dtype=object)[crop],
        "quantity_kg": kg,
        "destination_id": provinces[rng.choice(len(provinces), count, p=people / people.sum())],
        "deliver_until_at": np.array(until, dtype=object)[day],
        "price_vnd_per_kg": price,
        "deliver_from_at": np.array(since, dtype=object)[from_day],
        "ripe_within_days": _rarely(rng, count, {"0|3": 0.04, "1|4": 0.01}),
        "grade": _rarely(rng, count, {"A": 0.005}),
        "certifications": _rarely(rng, count, {"VietGAP": 0.005}),
        "may_split": np.array([None, "true"], dtype=object)[((kg >= 10) & (rng.random(count) < 0.03)).astype(int)],
        "state": _rarely(rng, count, {"reserved": 0.005}),
    }


def _moment(day: int, hour: int) -> str:
    return (AS_OF + dt.timedelta(days=day)).replace(hour=hour).isoformat()


def _rarely(rng: np.random.Generator, count: int, shares: dict[str, float]) -> Any:
    """A column that mostly gives nothing."""
    values = np.array([None, *shares], dtype=object)
    return values[rng.choice(len(values), count, p=[1.0 - sum(shares.values()), *shares.values()])]


def _field(asked: Columns, batches: int, fees: float, rng: np.random.Generator) -> tuple[Columns, Columns]:
    """Batches by origin in the share of what is ordered, and three to a household."""
    ordered = float(np.sum(asked["quantity_kg"]))
    mean_kg = SUPPLY * ordered / batches
    weights = np.array([grown.share / len(grown.provinces) for grown, _, _ in _origins()])
    origin = np.sort(
        np.concatenate([np.arange(len(weights)), rng.choice(len(weights), batches - len(weights), p=weights)])
    )
    kg = np.maximum(10, np.round(mean_kg * rng.uniform(0.6, 1.4, batches), -1))
    # Households of three batches within an origin: numbered anew where the origin changes.
    first = np.searchsorted(origin, np.arange(len(weights)))
    grower = origin * batches + (np.arange(batches) - first[origin]) // 3
    grower_ids, grower_of = np.unique(grower, return_inverse=True)
    own_kg = np.bincount(grower_of, weights=kg)
    stages = [_origins()[index][0].stages for index in origin]
    pick = rng.integers(0, 6, batches)
    trip_vnd = fees * VALUE_VND_PER_KG * mean_kg / TRIPS_PER_BATCH
    seen = [AS_OF.date() - dt.timedelta(days=int(days)) for days in rng.integers(0, 3, batches)]
    names = np.array([f"g{number:06d}" for number in range(len(grower_ids))], dtype=object)
    table = {
        "id": [f"b{number:06d}" for number in range(batches)],
        "grower_id": names[grower_of],
        "crop_id": [_origins()[index][0].crop_id for index in origin],
        "place_id": [_origins()[index][2] for index in origin],
        "quantity_kg": kg,
        "stage_id": [of[number % len(of)] for of, number in zip(stages, pick.tolist(), strict=True)],
        "observed_on": [str(day) for day in seen],
        "grade": _rarely(rng, batches, {"A": 0.15, "B": 0.1}),
        "certifications": _rarely(rng, batches, {"VietGAP": 0.15}),
        "trip_cost_vnd": np.round(trip_vnd * rng.choice([0.8, 1.0, 1.2], batches), -2),
        "surplus_price_vnd_per_kg": np.array([grown.price_vnd // 4 for grown, _, _ in _origins()])[origin],
    }
    return table, {"id": names, "pick_capacity_kg_per_day": np.maximum(LARGEST_KG, np.round(own_kg / 7, -1))}


def _places(batches: Columns) -> Columns:
    """The packing houses, each at the point of its province; the air there is made up."""
    kg: dict[str, float] = {}
    for place, quantity in zip(batches["place_id"], batches["quantity_kg"].tolist(), strict=True):
        kg[place] = kg.get(place, 0.0) + quantity
    stand = [(place, province) for _, province, place in _origins()]
    points = [catalogue.place_row(province) for _, province in stand]
    return {
        "id": [place for place, _ in stand],
        "latitude_deg": [float(point["latitude_deg"]) for point in points],
        "longitude_deg": [float(point["longitude_deg"]) for point in points],
        "province": [province for _, province in stand],
        "ambient_degc": [COOL_DEGC.get(province, 27.0) for _, province in stand],
        "packing_kg_per_day": [max(LARGEST_KG, round(kg[place] / 9, -1)) for place, _ in stand],
    }


def _lanes(ordered_kg: float) -> Columns:
    share = {place: grown.share / len(grown.provinces) for grown, _, place in _origins()}
    origins = [(place, province, share[place] * ordered_kg) for _, province, place in _origins()]
    rows = list(lanes_of(origins, POPULATION_THOUSANDS, days=DAYS))
    return {name: [row[name] for row in rows] for name in rows[0]}


def _classes(asked: Columns) -> int:
    import polars

    return polars.DataFrame(_plain({name: values for name, values in asked.items() if name != "id"})).unique().height


def _plain(table: Columns) -> Columns:
    """Texts as lists: an array of objects would stay one in a data frame."""
    return {
        name: list(values) if getattr(values, "dtype", None) == np.object_ else values for name, values in table.items()
    }


def main() -> None:
    """Write the folder, and print one JSON object of what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    add_options(parser)
    given = parser.parse_args()
    day = day_of(given)
    day.write(given.folder)
    print("made up: every order, grower, batch, price, lane and capacity; see the module", file=sys.stderr)
    print(
        json.dumps(
            {name: len(next(iter(table.values()))) for name, table in day.tables.items()} | {"classes": day.classes}
        )
    )


def add_options(parser: argparse.ArgumentParser) -> None:
    """What a national day can be asked for."""
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fees", default="low", help="low (1 to 2 %% of value), high (8 to 10 %%), none, or a share")
    parser.add_argument("--gap", type=float, default=0.01, help="of the policy")
    parser.add_argument("--distinct-prices", action="store_true", help="no two orders alike")


def day_of(given: argparse.Namespace) -> NationalDay:
    """The day that the options ask for."""
    fees = FEES[given.fees] if given.fees in FEES else float(given.fees)
    return national_day(given.orders, seed=given.seed, fees=fees, gap=given.gap, distinct_prices=given.distinct_prices)


if __name__ == "__main__":
    main()

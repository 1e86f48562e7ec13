"""Three made-up carriers of the national day: the post by road, a swift carrier by road and air, cold trucks.

Only the provinces and their kilometres by road are real. Each carrier sells every packing house a service to the door
of every province, as carriers do: how it is routed inside is the carrier's, and is in its hours. The swift and the cold
one have little room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import harvest_planner as hp

SWIFT_SHARE, COLD_SHARE = 0.25, 0.25
"""Share of what an origin grows that the vans and cold trucks from there carry at most in their days."""
HUBS = ("ha-noi", "da-nang", "ho-chi-minh")
"""Of the regions that a fixed lead time is set for."""
LARGEST_KG = 20.0
"""The largest parcel: however small the day, whoever picks and packs can take one."""
Row = dict[str, Any]


def lanes_of(origins: Sequence[tuple[str, str, float]], provinces: Mapping[str, float], *, days: int) -> Iterator[Row]:
    """Rows of lanes.

    Parameters
    ----------
    origins : packing house, its province, and what is ordered from there [kg].
    provinces : the destinations.
    days : in which it is to travel.
    """
    people = sum(provinces.values())
    for place, province, kg in origins:
        for destination, thousands in provinces.items():
            km = _km(province, destination)
            median = round(18.2 + 0.01162 * km, 1)
            yield _lane("post", (place, destination), 15, (median, round(1.8 * median, 1)), 3_000 + round(2 * km))
            daily_kg = kg * thousands / people / days
            swift = _hours(5.0 + min(km / 50.0, 13.0 + km / 400.0), 1.5)
            yield _lane(
                "swift",
                (place, destination),
                12,
                swift,
                6_000 + round(6 * km),
                capacity_kg=_room(SWIFT_SHARE * daily_kg),
            )
            yield _lane(
                "cold",
                (place, destination),
                13,
                _hours(6.0 + km / 40.0, 1.5),
                4_000 + round(3 * km),
                capacity_kg=_room(COLD_SHARE * daily_kg),
            )


def _room(kg: float) -> float:
    """A departure's room: whole tens of kilograms; no vehicle takes less than a hundred [kg]."""
    return max(100.0, round(kg, -1))


def _hours(median: float, spread: float) -> tuple[float, float]:
    """Median and 95 % of a way [h]."""
    return round(median, 1), round(spread * median + 1.0, 1)


def nearest_hub(province: str) -> str:
    """The hub that is nearest by road."""
    return province if province in HUBS else min(HUBS, key=lambda hub: hp.road_km(province, hub))


def _km(one: str, other: str) -> float:
    return 15.0 if one == other else hp.road_km(one, other)


def _lane(
    carrier: str,
    way: tuple[str, str],
    hour: int,
    hours: tuple[float, float],
    cost: float,
    *,
    capacity_kg: float | None = None,
) -> Row:
    return {
        "id": f"{carrier}-{way[0]}-{way[1]}",
        "origin_id": way[0],
        "destination_id": way[1],
        "departures": f"FREQ=DAILY;BYHOUR={hour};BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": hours[0],
        "transit_p95_h": hours[1],
        "carrier": carrier,
        "mode": "air" if carrier == "swift" else "road",
        "cutoff_h": 0.5,
        "temperature_degc": {"cold": 14.0, "swift": 24.0}.get(carrier),
        "cost_vnd_per_kg": float(cost),
        "capacity_kg": capacity_kg,
    }

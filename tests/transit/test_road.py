"""Road distances: the corridor's kilometre posts, and joins to it."""

from __future__ import annotations

import pytest
from geopy.distance import geodesic

from harvest_planner.catalogue import corridor_rows, place_ids, place_row
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError
from harvest_planner.schema.people import Place
from harvest_planner.transit.road import road_km


def air_km(one: str, other: str) -> float:
    ends = (place_row(one), place_row(other))
    return float(geodesic(*((end["latitude_deg"], end["longitude_deg"]) for end in ends)).km)


# Kilometre posts of national road 1A (see the corridor's data file).
@pytest.mark.parametrize(
    ("origin", "destination", "km"),
    [
        ("lang-son", "ca-mau", 2220),
        ("lang-son", "ha-noi", 154),
        ("ca-mau", "lang-son", 2220),
        ("ho-chi-minh", "can-tho", 169),
        ("thua-thien-hue", "da-nang", 105),
        ("Hà Nội", "TP.HCM", 1719),
        ("da-nang", "da-nang", 0),
    ],
)
def test_along_the_corridor(origin: str, destination: str, km: float) -> None:
    assert road_km(origin, destination) == pytest.approx(km)


def test_the_founding_order_is_no_flat_detour() -> None:
    assert air_km("lang-son", "ca-mau") == pytest.approx(1413, abs=1)
    assert 2100 < road_km("chi-lang", "ca-mau") < 2220


def test_near_places_off_the_corridor_go_direct() -> None:
    assert road_km("dien-bien", "lai-chau") == pytest.approx(1.3 * air_km("dien-bien", "lai-chau"))
    assert road_km("ha-noi", "hai-phong") == pytest.approx(1.3 * air_km("ha-noi", "hai-phong"))


def test_a_place_off_the_corridor_joins_where_the_whole_way_is_shortest() -> None:
    posts = {row["place_id"]: row["km_post"] for row in corridor_rows()}
    near = [node for node in posts if air_km("lam-dong", node) < 300]
    ways = [1.3 * air_km("lam-dong", node) + abs(posts[node] - posts["lang-son"]) for node in near]
    assert road_km("lam-dong", "lang-son") == pytest.approx(min(ways))


def test_two_places_off_the_corridor_join_it_once_each() -> None:
    posts = {row["place_id"]: row["km_post"] for row in corridor_rows()}
    ways = [
        1.3 * air_km("dien-bien", entry) + abs(posts[entry] - posts[exit_]) + 1.3 * air_km(exit_, "kien-giang")
        for entry in posts
        for exit_ in posts
        if air_km("dien-bien", entry) < 300 and air_km("kien-giang", exit_) < 300
    ]
    assert road_km("dien-bien", "kien-giang") == pytest.approx(min(ways))


@pytest.mark.parametrize("origin", ["lang-son", "chi-lang", "dien-bien"])
def test_there_and_back_is_the_same_and_never_shorter_than_by_air(origin: str) -> None:
    for destination in place_ids():
        there = road_km(origin, destination)
        assert there == road_km(destination, origin)
        # Kilometre posts are good to about 5 %.
        assert there >= 0.95 * air_km(origin, destination)


def test_a_place_record_is_taken_by_its_point() -> None:
    row = place_row("ca-mau")
    depot = Place(id="depot", latitude_deg=row["latitude_deg"] + 0.001, longitude_deg=row["longitude_deg"])
    assert road_km("lang-son", depot) == pytest.approx(2220)
    island = Place(id="island", latitude_deg=8.69, longitude_deg=106.6)
    assert road_km("lang-son", island) > 2000


def test_unknown_and_ambiguous_places() -> None:
    with pytest.raises(UnknownIdError, match="unknown place 'Atlantis'"):
        road_km("lang-son", "Atlantis")
    with pytest.raises(AmbiguousPlaceError):
        road_km("lang-son", "Lâm Đồng")

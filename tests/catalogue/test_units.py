"""The districts and communes of the gazetteer: complete, within their provinces, and small enough to ship."""

from __future__ import annotations

import math
from collections import Counter
from importlib import resources

import pytest

from harvest_planner.catalogue import district_ids, place_ids, place_row, province_id
from harvest_planner.catalogue.tables import table

PROVINCES = {row["id"]: row for row in table("places") if row["kind"] == "province"}
DISTRICTS = table("districts")
BY_CODE = {row["gso_code_2024"]: row for row in DISTRICTS if row["gso_code_2024"]}
ISLANDS = {"Hoàng Sa", "Trường Sa", "Côn Đảo", "Bạch Long Vĩ"}


def test_the_units_of_january_2025_are_all_there() -> None:
    assert len(BY_CODE) == 696
    kinds = Counter(row["kind"] for row in BY_CODE.values())
    assert kinds == {"Huyện": 509, "Thành phố": 86, "Thị xã": 52, "Quận": 49}
    assert {row["province_id"] for row in BY_CODE.values()} == set(PROVINCES)
    assert len(table("communes_2024")) == 10_051


def test_the_communes_of_july_2025_are_all_there() -> None:
    rows = table("communes_2025")
    assert Counter(row["kind"] for row in rows) == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}
    assert len({row["gso_code_2025"] for row in rows}) == 3321
    homes = {PROVINCES[BY_CODE[row["district_gso_code_2024"]]["province_id"]]["gso_code_2025"] for row in rows}
    assert len(homes) == 34


@pytest.mark.parametrize(
    ("commune", "kind", "district"),
    [
        # As the resolutions of June 2025 say, from districts of provinces that were merged away.
        ("Kon Tum", "Phường", "Kon Tum"),
        ("Vũng Tàu", "Phường", "Vũng Tàu"),
        ("Thủ Dầu Một", "Phường", "Thủ Dầu Một"),
        ("Na Sầm", "Xã", "Văn Lãng"),
        ("Ia Mơ", "Xã", "Chư Prông"),
        ("Côn Đảo", "Đặc khu", "Côn Đảo"),
    ],
)
def test_a_commune_belongs_to_the_district_it_was_made_from(commune: str, kind: str, district: str) -> None:
    (row,) = [row for row in table("communes_2025") if (row["name_vi"], row["kind"]) == (commune, kind)]
    assert BY_CODE[row["district_gso_code_2024"]]["name_vi"] == district


def test_every_district_leads_to_a_place_of_its_province() -> None:
    for row in DISTRICTS:
        assert row["place_id"] in district_ids() | set(place_ids())
        assert province_id(row["place_id"]) == row["province_id"]
        has_point = bool(row["latitude_deg"])
        assert has_point == bool(row["longitude_deg"]) == bool(row["geonameid"]) == bool(row["point"])
        assert not has_point or "GeoNames (CC BY 4.0)" in row["source"]


def test_three_districts_in_four_have_a_point_and_no_two_places_share_one() -> None:
    assert sum(bool(row["latitude_deg"]) for row in BY_CODE.values()) == 532
    points = Counter((row["latitude_deg"], row["longitude_deg"]) for row in map(place_row, district_ids()))
    assert len(district_ids()) == 522
    assert set(points.values()) == {1}


def test_points_lie_near_their_provinces() -> None:
    """No farther from the seat than Kỳ Sơn from Vinh (181 km), the islands apart."""
    for row in DISTRICTS:
        if row["latitude_deg"] and row["name_vi"] not in ISLANDS:
            seat = PROVINCES[row["province_id"]]
            latitude = float(row["latitude_deg"])
            north_km = 111.2 * (latitude - float(seat["latitude_deg"]))
            east_km = 111.2 * (float(row["longitude_deg"]) - float(seat["longitude_deg"]))
            assert math.hypot(north_km, east_km * math.cos(math.radians(latitude))) < 185, row["name_vi"]


def test_ids_are_slugs() -> None:
    for place_id in district_ids():
        assert place_id.isascii()
        assert place_id == place_id.lower().replace(" ", "-")


def test_the_gazetteer_is_under_a_megabyte() -> None:
    data = resources.files("harvest_planner.catalogue") / "data"
    names = ("places", "place_aliases", "districts", "communes_2024", "communes_2025")
    assert sum(len((data / f"{name}.csv").read_bytes()) for name in names) < 1_000_000

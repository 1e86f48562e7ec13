"""Places of a problem: names at the grain of its lanes, and coordinates the wrong way round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

import harvest_planner as hp
from harvest_planner.catalogue import place_ids, place_row
from harvest_planner.schema.people import near_viet_nam
from tests.formats.files import edited, faults_of, folder

DOOR = "xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi"
DAILY = "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0"


def problem(*lanes: tuple[str, str], **tables: Any) -> hp.PlanningProblem:
    """A problem with lanes between these places."""
    rows = [
        {
            "id": f"lane-{number}",
            "origin_id": origin,
            "destination_id": destination,
            "departures": DAILY,
            "transit_p50_h": 20,
            "transit_p95_h": 36,
        }
        for number, (origin, destination) in enumerate(lanes)
    ]
    return hp.PlanningProblem.model_validate({"as_of": "2026-08-10T18:00+07:00", "lanes": rows, **tables})


def test_without_lanes_a_name_is_as_fine_as_the_gazetteer() -> None:
    assert problem().place(DOOR).id == "mo-duc"
    assert problem().place("TP.HCM").id == "ho-chi-minh"


def test_a_name_is_read_at_the_grain_of_the_lanes() -> None:
    assert problem(("chi-lang", "quang-ngai")).place(DOOR).id == "quang-ngai"
    assert problem(("chi-lang", "mo-duc")).place(DOOR).id == "mo-duc"
    assert problem(("chi-lang", "huyện Mộ Đức, Quảng Ngãi")).place(DOOR).id == "mo-duc"
    assert problem(("Chi Lăng", "quang-ngai")).place("Chi Lăng, Lạng Sơn").id == "chi-lang"


def test_an_id_is_exact_whatever_the_lanes() -> None:
    assert problem(("chi-lang", "quang-ngai")).place("mo-duc").id == "mo-duc"
    assert problem(("lang-son", "quang-ngai")).place("chi-lang").id == "chi-lang"


def test_own_records_stand_for_the_names_of_their_ids() -> None:
    own = {"id": "quang-ngai", "latitude_deg": 15.1, "longitude_deg": 108.8, "ambient_degc": 31}
    found = problem(("chi-lang", "quang-ngai"), places=[own]).place(DOOR)
    assert (found.id, found.ambient_degc) == ("quang-ngai", 31)


def test_an_order_to_an_address_is_planned_over_the_lanes_of_its_province() -> None:
    tables = {
        "growers": [{"id": "g"}],
        "batches": [
            {
                "id": "b",
                "grower_id": "g",
                "crop_id": "na-chi-lang",
                "place_id": "chi-lang",
                "quantity_kg": 40,
                "stage_id": "S2",
                "observed_on": "2026-08-10",
            }
        ],
        "orders": [
            {
                "id": "o",
                "crop_id": "na-chi-lang",
                "quantity_kg": 5,
                "destination_id": DOOR,
                "deliver_until_at": "2026-08-15T20:00+07:00",
                "price_vnd_per_kg": 60_000,
            }
        ],
    }
    given = problem(("chi-lang", "quang-ngai"), **tables)
    advice = hp.when_to_pick(given.order("o"), given.batch("b"), given)
    assert isinstance(advice, hp.PickAdvice)
    assert [leg.lane_id for leg in advice.legs] == ["lane-0"]


@pytest.mark.parametrize(("field", "value"), [("origin_id", "Lâm Đồng"), ("destination_id", "Atlantis")])
def test_a_lane_to_nowhere_is_reported_beside_orders_to_addresses(field: str, value: str) -> None:
    ends = {"origin_id": "chi-lang", "destination_id": "ha-noi", field: value}
    with pytest.raises(ValidationError, match=rf"lanes\[0\]\.{field} = '{value}'"):
        problem((ends["origin_id"], ends["destination_id"]), growers=[{"id": "g", "place_id": DOOR}])


@given(st.sampled_from(place_ids()))
def test_swapped_coordinates_of_any_province_are_said(place_id: str) -> None:
    row = place_row(place_id)
    latitude, longitude = row["latitude_deg"], row["longitude_deg"]
    assert near_viet_nam(latitude_deg=latitude, longitude_deg=longitude)
    with pytest.raises(ValidationError, match="are swapped") as caught:
        hp.Place(id="p", latitude_deg=longitude, longitude_deg=latitude)
    assert f"write latitude_deg = {latitude:g} and longitude_deg = {longitude:g}" in str(caught.value)


def test_swapped_coordinates_written_as_text() -> None:
    with pytest.raises(ValidationError, match=r"latitude_deg = 105\.85 and longitude_deg = 21\.03 are swapped"):
        hp.Place.model_validate({"id": "p", "latitude_deg": "105.85", "longitude_deg": "21.03"})


@pytest.mark.parametrize(("latitude", "longitude"), [(105.85, 121.03), (105.85, -21.03), (91, 0), (120, 60)])
def test_what_is_wrong_otherwise_is_not_called_swapped(latitude: float, longitude: float) -> None:
    with pytest.raises(ValidationError, match="latitude_deg") as caught:
        hp.Place(id="p", latitude_deg=latitude, longitude_deg=longitude)
    assert "swapped" not in str(caught.value)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_no_point_on_earth_is_called_swapped(latitude: float, longitude: float) -> None:
    assert hp.Place(id="p", latitude_deg=latitude, longitude_deg=longitude).latitude_deg == latitude


@pytest.mark.parametrize("given", [{"id": "p"}, {"id": "p", "latitude_deg": "x", "longitude_deg": None}, "Hà Nội"])
def test_a_place_without_coordinates_is_not_called_swapped(given: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        hp.Place.model_validate(given)
    assert "swapped" not in str(caught.value)


def test_a_folder_says_on_which_line_coordinates_are_swapped(tmp_path: Path) -> None:
    swapped = edited("places.csv", "town,21.661,106.55", "town,106.55,21.661")
    (fault,) = faults_of(folder(tmp_path, places_csv=swapped))
    assert (fault.file, fault.line, fault.field, fault.value) == ("places.csv", 2, "latitude_deg", "106.55")
    assert "write latitude_deg = 21.661 and longitude_deg = 106.55" in fault.expected

"""The catalogue's places behind geopy's interface, and any other geocoder of geopy in their stead."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
from geopy.distance import geodesic
from geopy.exc import GeocoderTimedOut
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

import harvest_planner as hp
from harvest_planner.catalogue import district_ids, place_ids
from harvest_planner.errors import AmbiguousPlaceError
from harvest_planner.transit.gazetteer import REACH_KM

gazetteer = hp.VietnamGazetteer()


class Atlas:
    """A geocoder that knows what the gazetteer does not."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def geocode(self, query: str) -> Location | None:
        self.asked.append(query)
        known = {"Tokyo": Location("Tokyo, Japan", (35.68, 139.69, 0.0), {"id": 7, "province": "Kanto"})}
        return known.get(query)


def test_a_name_is_a_point() -> None:
    found = gazetteer.geocode("Ðà Lạt")
    assert (found.latitude, found.longitude) == (11.94646, 108.44193)
    assert found.raw["id"] == "lam-dong"
    assert gazetteer.geocode("Chi Lăng").address == "Chi Lăng, Lạng Sơn, Việt Nam"


def test_an_address_is_the_town_of_its_district() -> None:
    found = gazetteer.geocode("xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi")
    assert found.address == "Mộ Đức, Quảng Ngãi, Việt Nam"
    assert (found.raw["id"], found.raw["province"]) == ("mo-duc", "Quảng Ngãi")
    # National road 1 passes Mộ Đức some 25 km south of the provincial seat.
    assert 15 < geodesic(found.point, gazetteer.geocode("TP Quảng Ngãi").point).km < 30


def test_a_list_where_several_may_come() -> None:
    (found,) = gazetteer.geocode("cà mau", exactly_one=False, timeout=5)
    assert found.raw["id"] == "ca-mau"
    both = gazetteer.geocode("Gia Lai", exactly_one=False)
    assert [each.raw["id"] for each in both] == ["binh-dinh", "gia-lai"]
    assert gazetteer.geocode("Atlantis", exactly_one=False) is None


def test_the_unknown_is_none_and_the_ambiguous_an_error() -> None:
    assert gazetteer.geocode("Atlantis") is None
    assert len(gazetteer.suggest("Lạng Sơnn")) == 3
    assert gazetteer.suggest("Lạng Sơnn")[0] == "lang-son"
    with pytest.raises(AmbiguousPlaceError) as caught:
        gazetteer.geocode("Gia Lai")
    assert caught.value.candidates == ("binh-dinh", "gia-lai")


def test_it_is_a_geocoder_of_geopy() -> None:
    assert isinstance(gazetteer, Geocoder)
    for verb in ("geocode", "reverse"):
        theirs = importlib.import_module("geopy.geocoders").Nominatim
        given = inspect.signature(getattr(theirs, verb)).parameters
        assert next(iter(inspect.signature(getattr(gazetteer, verb)).parameters)) == "query"
        assert "exactly_one" in given


def test_geopys_rate_limiter_takes_it() -> None:
    slowly = RateLimiter(gazetteer.geocode, min_delay_seconds=0, swallow_exceptions=False)
    assert slowly("TP.HCM", timeout=3).raw["id"] == "ho-chi-minh"
    assert slowly("Atlantis") is None
    with pytest.raises(AmbiguousPlaceError):
        slowly("Lâm Đồng")


@pytest.mark.parametrize("query", [(14.96, 108.89), "14.96, 108.89", Point(14.96, 108.89)])
def test_reverse_is_the_nearest_place(query: Any) -> None:
    assert gazetteer.reverse(query).raw["id"] == "mo-duc"
    (found,) = gazetteer.reverse(query, exactly_one=False, timeout=1)
    assert found.raw["id"] == "mo-duc"


def test_reverse_undoes_geocode() -> None:
    for place_id in (*place_ids(), *sorted(district_ids())):
        point = gazetteer.geocode(place_id).point
        assert geodesic(gazetteer.reverse(point).point, point).km < 1e-9


@pytest.mark.parametrize("query", [(35.68, 139.69), (18.0, 110.5), (-21.0, -105.8)])
def test_reverse_far_from_any_place_is_none(query: tuple[float, float]) -> None:
    assert REACH_KM == 50
    assert gazetteer.reverse(query) is None


def test_addresses_become_places_of_a_problem() -> None:
    places = hp.geocode_places({"door-1": "Q1, HCM", "door-2": "Sa Pa, Lào Cai"})
    assert [(place.id, place.name, place.province) for place in places] == [
        ("door-1", "Q1, HCM", "Hồ Chí Minh"),
        ("door-2", "Sa Pa, Lào Cai", "Lào Cai"),
    ]
    problem = hp.PlanningProblem(as_of="2026-08-10T18:00+07:00", places=places)
    assert problem.place("door-2").latitude_deg == pytest.approx(22.34, abs=0.01)


def test_another_geocoder_takes_its_place() -> None:
    atlas = Atlas()
    (place,) = hp.geocode_places({"shop": "Tokyo"}, geocoder=atlas)
    assert (place.latitude_deg, place.longitude_deg, place.province) == (35.68, 139.69, None)
    assert atlas.asked == ["Tokyo"]
    (again,) = hp.geocode_places({"shop": "Tokyo"}, geocoder=RateLimiter(atlas.geocode, min_delay_seconds=0))
    assert again == place


def test_addresses_that_are_unknown_or_ambiguous() -> None:
    with pytest.raises(hp.UnknownIdError, match="unknown place 'Lạng Sơnn'; did you mean 'lang-son'"):
        hp.geocode_places({"door": "Lạng Sơnn"})
    with pytest.raises(hp.UnknownIdError, match="unknown place 'Hà Nội'"):
        hp.geocode_places({"door": "Hà Nội"}, geocoder=Atlas())
    with pytest.raises(AmbiguousPlaceError):
        hp.geocode_places({"door": "Đắk Lắk"})


def test_what_a_geocoder_raises_is_its_own() -> None:
    class Slow:
        def geocode(self, query: str) -> None:
            raise GeocoderTimedOut(query)

    with pytest.raises(GeocoderTimedOut):
        hp.geocode_places({"door": "Hà Nội"}, geocoder=Slow())

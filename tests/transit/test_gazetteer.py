"""The catalogue's places behind geopy's interface."""

from __future__ import annotations

import pytest

from harvest_planner.errors import AmbiguousPlaceError
from harvest_planner.transit.gazetteer import VietnamGazetteer


def test_a_name_is_a_point() -> None:
    found = VietnamGazetteer().geocode("Ðà Lạt")
    assert (found.latitude, found.longitude) == (11.94646, 108.44193)
    assert found.raw["id"] == "lam-dong"
    assert VietnamGazetteer().geocode("Chi Lăng").address == "Chi Lăng, Lạng Sơn, Việt Nam"


def test_a_list_where_one_is_asked() -> None:
    (found,) = VietnamGazetteer().geocode("cà mau", exactly_one=False, timeout=5)
    assert found.raw["id"] == "ca-mau"


def test_the_unknown_is_none_and_the_ambiguous_an_error() -> None:
    assert VietnamGazetteer().geocode("Atlantis") is None
    with pytest.raises(AmbiguousPlaceError) as caught:
        VietnamGazetteer().geocode("Gia Lai")
    assert caught.value.candidates == ("binh-dinh", "gia-lai")

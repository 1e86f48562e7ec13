"""The air at a place: its own, else its climate by local month, else the policy's default."""

from __future__ import annotations

import pytest

from harvest_planner.errors import UnknownIdError
from harvest_planner.schema.people import Place
from harvest_planner.schema.policy import Policy
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from tests.transit.helpers import AS_OF, h

OWN = Place(id="cellar", latitude_deg=20, longitude_deg=106, ambient_degc=14)
WEST = Place(id="ho-chi-minh", latitude_deg=10.8, longitude_deg=106.6, timezone="America/New_York")


@pytest.fixture
def ambient() -> Ambient:
    return Ambient(PlanningProblem(as_of=AS_OF, places=(OWN,), policy=Policy(default_ambient_degc=26)))


def test_a_place_s_own_air_comes_first(ambient: Ambient) -> None:
    assert ambient.degc("cellar", h("10 12:00")) == 14


def test_then_its_climate_then_the_default(ambient: Ambient) -> None:
    assert ambient.degc("ho-chi-minh", h("10 12:00")) == 28.1
    assert ambient.degc("TP.HCM", h("10 12:00")) == 28.1
    assert ambient.degc("ca-mau", h("10 12:00")) == 26


def test_the_month_is_the_local_one(ambient: Ambient) -> None:
    last, first = h("2026-08-31T23:59:59.9+07:00"), h("2026-09-01T00:00+07:00")
    assert [ambient.degc("ho-chi-minh", at_h) for at_h in (last, first, last)] == [28.1, 27.9, 28.1]
    abroad = Ambient(PlanningProblem(as_of=AS_OF, places=(WEST,)))
    assert abroad.degc("ho-chi-minh", first) == 28.1


def test_an_unknown_place_is_named(ambient: Ambient) -> None:
    with pytest.raises(UnknownIdError, match="'Atlantis'"):
        ambient.degc("Atlantis", 0)

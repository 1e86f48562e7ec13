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


SWING = tuple(float(hour - 11) - 0.5 for hour in range(24))
HILL = Place(id="hill", latitude_deg=21.6, longitude_deg=106.5, ambient_degc=25, hour_offsets_degc=SWING)
KATHMANDU = HILL.model_copy(update={"id": "kathmandu", "timezone": "Asia/Kathmandu"})


def test_goods_that_wait_feel_every_local_hour() -> None:
    ambient = Ambient(PlanningProblem(as_of=AS_OF, places=(HILL,)))
    found = list(ambient.spells("hill", from_h=h("10 22:30"), hours=3.0))
    assert [hours for hours, _ in found] == pytest.approx([0.5, 1.0, 1.0, 0.5])
    assert [degc for _, degc in found] == pytest.approx([25 + 10.5, 25 + 11.5, 25 - 11.5, 25 - 10.5])
    assert ambient.outdoor_degc("hill", h("10 12:00")) == pytest.approx(25.5)
    assert ambient.degc("hill", h("10 12:00")) == 25


def test_the_hours_are_those_of_the_clock_on_the_wall() -> None:
    ambient = Ambient(PlanningProblem(as_of=AS_OF, places=(KATHMANDU,)))
    found = list(ambient.spells("kathmandu", from_h=h("2026-08-10T00:00+05:45"), hours=24.0))
    assert [degc for _, degc in found] == pytest.approx([25 + each for each in SWING])


def test_steady_air_is_one_spell(ambient: Ambient) -> None:
    assert list(ambient.spells("cellar", from_h=h("10 22:30"), hours=30.0)) == [(30.0, 14)]


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ((1.0, -1.0), "needs 24 numbers"),
        ((1.0,) * 24, r"are on average \+1.00"),
        ((40.0, *(-1.0,) * 23), "less than or equal"),
    ],
)
def test_offsets_that_cannot_be_meant(offsets: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Place(id="hill", latitude_deg=21.6, longitude_deg=106.5, hour_offsets_degc=offsets)

"""`journeys`: worked figures, local times over midnights and borders, and an independent account of the chances."""

from __future__ import annotations

import datetime as dt
import doctest
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.planning import itineraries, itinerary
from harvest_planner.transit.instants import hours_of
from tests.planning.small import DURABLE, lane, order, problem
from tests.transit.simulation import simulate

HALF_A_POINT = 0.005
SECOND = dt.timedelta(seconds=1)
HANOI = dt.timezone(dt.timedelta(hours=7))
FARM = {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20}
TOWN = {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20}
PORT = {"id": "port", "latitude_deg": 20.8, "longitude_deg": 106.7, "ambient_degc": 30}
TOKYO = {
    "id": "tokyo", "latitude_deg": 35.7, "longitude_deg": 139.7, "timezone": "Asia/Tokyo", "ambient_degc": 20,
}  # fmt: skip
QUANTILES = ("arrive_p05_at", "arrive_p50_at", "arrive_p95_at")


def at(text: str) -> dt.datetime:
    """A local instant of Viet Nam, or one with its own offset."""
    found = dt.datetime.fromisoformat(text)
    return found.replace(tzinfo=HANOI) if found.tzinfo is None else found


def daily(hour: int, minute: int = 0) -> str:
    return f"FREQ=DAILY;BYHOUR={hour};BYMINUTE={minute};BYSECOND=0"


def network(*lanes: dict[str, Any], **changes: Any) -> hp.PlanningProblem:
    """The smallest problem with a third and a fourth place and these lanes; no batch, no order."""
    places = [FARM, TOWN, PORT, TOKYO]
    return problem(lanes=list(lanes), **{"places": places, "batches": [], "orders": [], **changes})


def asked(
    question: hp.PlanningProblem, ready: str, *, ends: tuple[str, str] = ("farm", "town"), **given_: Any
) -> tuple[hp.Itinerary, ...]:
    return hp.journeys(question, *ends, ready_at=at(ready), **given_)


def only(question: hp.PlanningProblem, ready: str, **given_: Any) -> hp.Itinerary:
    (found,) = asked(question, ready, **given_)
    return found


def test_goods_that_wait_for_the_first_departure_feel_each_hour() -> None:
    swing = tuple(round(hour - 11.5, 1) for hour in range(24))
    farm = {**FARM, "hour_offsets_degc": swing}
    crop = hp.Crop.model_validate(DURABLE)
    (way,) = asked(network(lane(), places=[farm, TOWN]), "2026-08-10T09:00", goods=crop)
    waited = sum(((30 + swing[hour]) / 30) ** 2 for hour in (9, 10, 11)) / 24
    assert way.age_gained_mean_d20 == pytest.approx(waited + 10 / 24)


# Worked by hand.


def test_one_leg_departs_at_noon_and_arrives_ten_hours_later() -> None:
    found = only(network(lane(cost_vnd_per_kg=3000)), "2026-08-10T11:00")
    (leg,) = found.legs
    assert (leg.lane_id, leg.departs_at) == ("l1", at("2026-08-10T12:00"))
    arrives = at("2026-08-10T22:00")
    assert [getattr(found, name) for name in QUANTILES] == [arrives] * 3
    assert (leg.arrive_p50_at, leg.arrive_p95_at) == (arrives, arrives)
    assert (found.cost_vnd_per_kg, found.lane_ids) == (3000, ("l1",))
    (outcome,) = found.outcomes
    assert outcome == hp.TravelOutcome(1.0, arrives, arrives, arrives, None, None, None)
    assert found.age_gained_mean_d20 is None


def test_the_quantiles_of_a_lognormal_leg() -> None:
    """Median 10 h, 95 % within 20 h: 5 % within 10·10/20 = 5 h."""
    found = only(network(lane(transit_p95_h=20)), "2026-08-10T12:00")
    assert found.arrive_p05_at == at("2026-08-10T17:00")
    assert found.arrive_p50_at == at("2026-08-10T22:00")
    assert found.arrive_p95_at == at("2026-08-11T08:00")
    for p, name in ((0.05, QUANTILES[0]), (0.5, QUANTILES[1]), (0.95, QUANTILES[2])):
        assert found.probability_by(getattr(found, name)) == pytest.approx(p, abs=1e-4)
    assert sum(each.probability for each in found.outcomes) == pytest.approx(1, abs=1e-9)


def test_a_missed_connection_waits_for_the_next_day() -> None:
    """In the town by 22:00 + 2 h with 95 %: 95 in 100 make midnight, the others leave a day later."""
    question = network(
        lane(transit_p95_h=12, cost_vnd_per_kg=1000),
        lane(id="l2", origin_id="town", destination_id="port", departures=daily(0), transit_p50_h=5, transit_p95_h=5,
             cost_vnd_per_kg=500),
    )  # fmt: skip
    found = only(question, "2026-08-10T11:00", ends=("farm", "port"))
    assert [leg.departs_at for leg in found.legs] == [at("2026-08-10T12:00"), at("2026-08-11T00:00")]
    assert found.cost_vnd_per_kg == 1500
    assert found.probability_by(at("2026-08-11T05:00")) == pytest.approx(0.95, abs=1e-9)
    assert found.probability_by(at("2026-08-11T05:00") - SECOND) == 0
    assert found.probability_by(at("2026-08-12T05:00") - SECOND) == pytest.approx(0.95, abs=1e-9)
    # The rest arrive a day later, but for 1 in 10^40 that are still not in the town then.
    assert found.probability_by(at("2026-08-12T05:00")) == pytest.approx(1, abs=1e-9)
    by_day = {each.arrive_at: 0.0 for each in found.outcomes}
    for each in found.outcomes:
        by_day[each.arrive_at] += each.probability
    assert by_day[at("2026-08-11T05:00")] == pytest.approx(0.95, abs=1e-9)


def test_a_crop_ages_from_readiness_to_arrival() -> None:
    """DURABLE ages ((T + 10)/30)² a day: an hour of waiting at 20 °C, ten hours at 35 °C on board."""
    question = network(lane(temperature_degc=35))
    found = only(question, "2026-08-10T11:00", goods="durable")
    (outcome,) = found.outcomes
    assert outcome.age_gained_d20 == pytest.approx(1 / 24 + 10 / 24 * (45 / 30) ** 2)
    assert (outcome.chill_dose, outcome.safety_dose) == (0.0, 0.0)
    assert found.age_gained_mean_d20 == outcome.age_gained_d20
    record = question.crop("durable")
    assert asked(question, "2026-08-10T11:00", goods=record) == (found,)


def test_doses_of_cold_and_of_warmth_run_on_the_way() -> None:
    """8 °C·d below 12 °C are the limit: a day at 6 °C is 6/8 of it. Above 20 °C 60 h are the cap."""
    crop = {
        **DURABLE,
        "chilling": {"kind": "dose", "below_degc": 12.0, "limit_degc_days": 8.0},
        "safety_cap": {"limits": ((20.0, 200.0), (None, 60.0))},
    }
    cold = network(lane(transit_p50_h=24, transit_p95_h=24, temperature_degc=6), crops=[crop])
    (outcome,) = only(cold, "2026-08-10T12:00", goods="durable").outcomes
    assert outcome.chill_dose == pytest.approx(6 / 8)
    assert outcome.safety_dose == pytest.approx(24 / 200)
    warm = network(lane(transit_p50_h=24, transit_p95_h=24, temperature_degc=25), crops=[crop])
    (outcome,) = only(warm, "2026-08-10T12:00", goods="durable").outcomes
    assert outcome.chill_dose == 0.0
    assert outcome.safety_dose == pytest.approx(24 / 60)


def test_packed_goods_age_by_their_pulp() -> None:
    """In the box the pulp starts at the farm's 20 °C, at which a day is a day of age, and warms towards 40 °C."""
    boxed = lane(temperature_degc=40, packaging="foam-box", cost_vnd_per_kg=1)
    question = network(boxed, lane(id="l2", temperature_degc=40))
    found = {each.lane_ids: each.age_gained_mean_d20 for each in asked(question, "2026-08-10T12:00", goods="durable")}
    warm = 10 / 24 * (50 / 30) ** 2
    assert found["l2",] == pytest.approx(warm)
    assert 10 / 24 < (found["l1",] or 0.0) < warm
    # Where no crop is given nothing ages, in a box or out of it.
    assert only(question, "2026-08-10T12:00").lane_ids == ("l2",)
    equal = network({**boxed, "cost_vnd_per_kg": 0}, lane(id="l2", temperature_degc=40))
    assert only(equal, "2026-08-10T12:00").lane_ids == ("l1",)


# Which journeys are on offer.


def test_what_is_outdone_is_not_offered_and_the_limit_keeps_the_earliest() -> None:
    lanes = [
        lane(id=f"l{n}", transit_p50_h=10 + n, transit_p95_h=10 + n, cost_vnd_per_kg=9000 - 1000 * n) for n in range(7)
    ]
    question = network(*lanes, lane(id="worse", transit_p50_h=20, transit_p95_h=20, cost_vnd_per_kg=9000))
    found = asked(question, "2026-08-10T11:00", limit=None)
    assert [each.lane_ids[0] for each in found] == [f"l{n}" for n in range(7)]
    assert asked(question, "2026-08-10T11:00") == found[:5]
    assert asked(question, "2026-08-10T11:00", limit=2) == found[:2]
    with pytest.raises(ValueError, match="limit = 0: ask for at least 1"):
        asked(question, "2026-08-10T11:00", limit=0)


def test_of_two_lanes_the_cooler_one_is_offered_only_for_a_crop_that_ages() -> None:
    question = network(lane(temperature_degc=30), lane(id="l2", temperature_degc=10, cost_vnd_per_kg=1))
    assert {each.lane_ids for each in asked(question, "2026-08-10T11:00", goods="durable")} == {("l1",), ("l2",)}
    assert [each.lane_ids for each in asked(question, "2026-08-10T11:00")] == [("l1",)]


def test_kinds_of_goods_decide_which_lanes_take_them() -> None:
    question = network(lane(goods="fresh-fruit"), lane(id="l2", goods="flowers", transit_p50_h=9, transit_p95_h=9))
    assert only(question, "2026-08-10T11:00", goods="Fresh Fruit").lane_ids == ("l1",)
    assert only(question, "2026-08-10T11:00", goods="durable").lane_ids == ("l1",)
    assert only(question, "2026-08-10T11:00", goods="flowers").lane_ids == ("l2",)
    assert asked(question, "2026-08-10T11:00") == ()
    with pytest.raises(hp.UnknownIdError, match="unknown goods 'durabel'; did you mean 'durable'"):
        asked(question, "2026-08-10T11:00", goods="durabel")


def test_no_way_is_an_empty_answer() -> None:
    question = network(lane())
    assert asked(question, "2026-08-10T11:00", ends=("town", "farm")) == ()
    assert asked(question, "2026-08-10T11:00", ends=("farm", "ca-mau")) == ()
    assert asked(question, "2026-08-10T11:00", ends=("farm", "farm")) == ()


def test_without_lanes_the_catalogue_estimates_between_any_two_places() -> None:
    bare = hp.PlanningProblem.model_validate({"as_of": "2026-08-10T00:00:00+07:00"})
    found = asked(bare, "2026-08-10T15:00", ends=("chi-lang", "TP.HCM"), goods="na-chi-lang")
    assert found
    assert all(each.lane_ids[0].startswith("estimate:") for each in found)
    assert all(each.legs[0].departs_at == at("2026-08-10T17:00") for each in found)
    (local,) = asked(bare, "2026-08-10T15:00", ends=("ha-noi", "Hà Nội"))
    assert local.arrive_p50_at == at("2026-08-10T20:00")


def test_places_are_records_ids_or_names() -> None:
    question = network(lane(destination_id="ha-noi"))
    by_id = asked(question, "2026-08-10T11:00", ends=("farm", "ha-noi"))
    assert by_id
    assert asked(question, "2026-08-10T11:00", ends=("farm", "Hà Nội")) == by_id
    farm = hp.Place.model_validate(FARM)
    assert hp.journeys(question, farm, "ha-noi", ready_at=at("2026-08-10T11:00")) == by_id
    # A record stands for the problem's place of that id, its time zone included.
    moved = farm.model_copy(update={"timezone": "Asia/Tokyo"})
    (found,) = hp.journeys(question, moved, "ha-noi", ready_at=at("2026-08-10T08:00"))
    assert found.legs[0].departs_at == at("2026-08-10T12:00+09:00")


def test_a_place_that_nobody_knows_or_that_may_be_two() -> None:
    question = network(lane())
    with pytest.raises(hp.UnknownIdError, match="unknown place 'famr'; did you mean 'farm'"):
        asked(question, "2026-08-10T11:00", ends=("famr", "town"))
    with pytest.raises(hp.UnknownIdError, match="'ca-mau'"):
        asked(question, "2026-08-10T11:00", ends=("farm", "Ca Mao"))
    with pytest.raises(hp.AmbiguousPlaceError, match="'Lâm Đồng' is ambiguous"):
        asked(question, "2026-08-10T11:00", ends=("farm", "Lâm Đồng"))


# Moments.


def test_naive_moments_are_refused() -> None:
    question = network(lane())
    with pytest.raises(ValueError, match="ready_at = 2026-08-10T11:00:00 is naive"):
        hp.journeys(question, "farm", "town", ready_at=dt.datetime(2026, 8, 10, 11))
    with pytest.raises(ValueError, match="at = 2026-08-10T11:00:00 is naive"):
        only(question, "2026-08-10T11:00").probability_by(dt.datetime(2026, 8, 10, 11))


@pytest.mark.parametrize("ready", ["2026-07-10T23:59", "2026-09-13T00:01", "1500-01-01T00:00", "9999-01-01T00:00"])
def test_outside_the_dated_departures_is_an_error_that_names_them(ready: str) -> None:
    """As of 10 August, a horizon of 4 days: 30 days before the one to 30 days after the other."""
    question = network(lane())
    span = "2026-07-11T00:00:00.07:00 to 2026-09-13T00:00:00.07:00"
    with pytest.raises(ValueError, match=f"lies outside the dated departures, {span}"):
        asked(question, ready)


def test_at_the_edges_of_the_span() -> None:
    question = network(lane(departures="DTSTART:20260101T120000 RRULE:FREQ=DAILY"))
    assert only(question, "2026-07-11T00:00").legs[0].departs_at == at("2026-07-11T12:00")
    assert asked(question, "2026-09-13T00:00") == (), "no departure is dated after it"
    assert only(question, "2026-09-12T12:00").legs[0].departs_at == at("2026-09-12T12:00")
    # A rule without DTSTART has always gone on where it repeats alike, and else starts with as_of's date.
    assert only(network(lane()), "2026-07-12T00:00").legs[0].departs_at == at("2026-07-12T12:00")
    seldom = lane(departures=f"{daily(12)};INTERVAL=2")
    assert only(network(seldom), "2026-07-12T00:00").legs[0].departs_at == at("2026-08-10T12:00")


def test_a_cut_off_at_eighteen_means_eighteen_there() -> None:
    question = network(
        lane(departures=daily(19), cutoff_h=1),
        lane(id="l2", origin_id="tokyo", departures=daily(19), cutoff_h=1),
    )
    for ready, departs in (
        ("2026-08-10T18:00", "2026-08-10T19:00"),
        ("2026-08-10T18:00:01", "2026-08-11T19:00"),
        ("2026-08-10T11:00:00+00:00", "2026-08-10T19:00"),
        ("2026-08-10T11:00:01+00:00", "2026-08-11T19:00"),
    ):
        assert only(question, ready).legs[0].departs_at == at(departs)
    there = {"ends": ("tokyo", "town")}
    assert only(question, "2026-08-10T18:00+09:00", **there).legs[0].departs_at == at("2026-08-10T19:00+09:00")
    assert only(question, "2026-08-10T16:00:01", **there).legs[0].departs_at == at("2026-08-11T19:00+09:00")


@pytest.mark.parametrize(
    ("ready", "departs", "arrives"),
    [
        ("2026-08-10T23:59:59", "2026-08-11T00:00", "2026-08-11T10:00"),
        ("2026-08-11T00:00", "2026-08-11T00:00", "2026-08-11T10:00"),
        ("2026-08-11T00:00:01", "2026-08-12T00:00", "2026-08-12T10:00"),
        ("2026-08-31T20:00", "2026-09-01T00:00", "2026-09-01T10:00"),
    ],
)
def test_around_midnight_and_the_end_of_a_month(ready: str, departs: str, arrives: str) -> None:
    found = only(network(lane(departures=daily(0)), policy={"horizon_days": 14}), ready)
    assert (found.legs[0].departs_at, found.arrive_p50_at) == (at(departs), at(arrives))
    assert found.legs[0].departs_at.date() == at(departs).date()


def test_over_the_end_of_the_year() -> None:
    question = network(lane(departures=daily(18)), as_of="2026-12-28T00:00:00+07:00")
    found = only(question, "2026-12-31T17:00")
    assert found.arrive_p50_at.isoformat() == "2027-01-01T04:00:00+07:00"


def test_the_last_of_the_month_is_the_leap_day() -> None:
    question = network(
        lane(departures="FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=18;BYMINUTE=0;BYSECOND=0"),
        as_of="2028-02-26T00:00:00+07:00",
    )
    found = only(question, "2028-02-28T19:00")
    assert found.legs[0].departs_at == at("2028-02-29T18:00")
    assert found.arrive_p50_at == at("2028-03-01T04:00")
    daily_ = only(network(lane(departures=daily(18)), as_of="2028-02-20T00:00:00+07:00"), "2028-02-28T19:00")
    assert daily_.legs[0].departs_at == at("2028-02-29T18:00")


def test_over_tet_a_carrier_that_refuses_fruit_leaves_it_until_after() -> None:
    """Tết is 17 February 2026; the carrier refuses fresh fruit from the 14th to the 22nd, both included."""
    question = network(
        lane(departures=daily(0), carrier="Post", cost_vnd_per_kg=100),
        lane(id="l2", departures=daily(18), transit_p50_h=30, transit_p95_h=30, cost_vnd_per_kg=100),
        as_of="2026-02-12T00:00:00+07:00",
        embargoes=[{"carrier": "Post", "goods": "fresh-fruit", "from_on": "2026-02-14", "until_on": "2026-02-22"}],
    )
    # 00:00 of the 13th is before it and 00:00 of the 14th is not, though in UTC that is the 13th.
    assert only(question, "2026-02-12T20:00", goods="fresh-fruit").legs[0].departs_at == at("2026-02-13T00:00")
    assert only(question, "2026-02-13T20:00", goods="fresh-fruit").lane_ids == ("l2",)
    assert only(question, "2026-02-13T20:00", goods="cooked-food").legs[0].departs_at == at("2026-02-14T00:00")
    assert only(question, "2026-02-13T20:00").lane_ids == ("l1",)
    after = asked(question, "2026-02-22T19:00", goods="durable")
    assert after[0].legs[0].departs_at == at("2026-02-23T00:00")
    alone = question.model_copy(update={"lanes": question.lanes[:1]})
    assert only(alone, "2026-02-13T20:00", goods="fresh-fruit").legs[0].departs_at == at("2026-02-23T00:00")


def test_each_instant_is_local_to_its_place() -> None:
    """18:00 in Viet Nam and ten hours are 04:00 there and 06:00 in Tokyo."""
    question = network(lane(destination_id="tokyo", departures=daily(18)))
    found = only(question, "2026-08-10T11:00", ends=("farm", "tokyo"), goods="durable")
    assert found.legs[0].departs_at.isoformat() == "2026-08-10T18:00:00+07:00"
    assert found.legs[0].arrive_p50_at.isoformat() == "2026-08-11T06:00:00+09:00"
    assert [getattr(found, name).isoformat() for name in QUANTILES] == ["2026-08-11T06:00:00+09:00"] * 3
    (outcome,) = found.outcomes
    for moment in (outcome.arrive_at, outcome.earliest_at, outcome.latest_at):
        assert moment is not None
        assert moment.isoformat() == "2026-08-11T06:00:00+09:00"


def test_a_connection_abroad_leaves_by_its_own_clock() -> None:
    """At the port by 23:00, at 01:00 Tokyo time: the lane of 01:00 there is made with nothing to spare."""
    back = lane(
        id="l2", origin_id="tokyo", destination_id="port", departures=daily(8), transit_p50_h=4, transit_p95_h=4
    )
    question = network(lane(destination_id="tokyo", departures=daily(18), transit_p50_h=12, transit_p95_h=12), back)
    found = only(question, "2026-08-10T11:00", ends=("farm", "port"))
    assert [leg.departs_at.isoformat() for leg in found.legs] == [
        "2026-08-10T18:00:00+07:00",
        "2026-08-11T08:00:00+09:00",
    ]
    assert found.arrive_p50_at.isoformat() == "2026-08-11T10:00:00+07:00"


# Outcomes at their limits.


def test_who_finds_no_connection_any_more_has_no_arrival() -> None:
    last = "DTSTART:20260811T060000 RRULE:FREQ=DAILY;COUNT=1"
    question = network(
        lane(departures=daily(18), transit_p50_h=8, transit_p95_h=11),
        lane(id="l2", origin_id="town", destination_id="port", departures=last, transit_p50_h=5, transit_p95_h=5),
    )
    found = only(question, "2026-08-10T11:00", ends=("farm", "port"))
    never = [each for each in found.outcomes if each.arrive_at is None]
    share = sum(each.probability for each in never)
    assert 0 < share < 0.05
    assert all(each.earliest_at is None and each.latest_at is None for each in never)
    assert found.probability_by(at("2026-09-11T11:00")) == pytest.approx(1 - share, abs=1e-9)


def test_a_tail_without_measure_ends_with_the_calendar() -> None:
    found = only(network(lane(transit_p95_h=100_000)), "2026-08-10T11:00")
    latest = max(each.latest_at for each in found.outcomes if each.latest_at is not None)
    assert latest.year == 9999


def test_an_itinerary_can_be_kept_and_compared() -> None:
    found = asked(network(lane(transit_p95_h=20)), "2026-08-10T11:00", goods="durable")
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(found[0]) == hash(pickle.loads(pickle.dumps(found[0])))
    with pytest.raises(AttributeError):
        found[0].cost_vnd_per_kg = 1.0  # type: ignore[misc]


def test_it_is_the_journey_that_a_plan_ships_on() -> None:
    question = problem(lanes=[lane(transit_p95_h=20)], orders=[order()])
    (shipment,) = hp.plan_harvest(question).shipments
    ready_at = dt.datetime.combine(shipment.pick_on, dt.time(11), tzinfo=HANOI)
    found = hp.journeys(question, "farm", "town", ready_at=ready_at, goods="durable")
    assert [each.legs for each in found] == [shipment.legs]
    assert [getattr(found[0], name) for name in QUANTILES] == [getattr(shipment, name) for name in QUANTILES]
    assert found[0].probability_by(question.order("o1").deliver_until_at) == pytest.approx(shipment.on_time_share)


# Properties.

TWO_LEGS = (
    lane(transit_p50_h=8, transit_p95_h=20, cutoff_h=1, cost_vnd_per_kg=5),
    lane(id="l2", origin_id="town", destination_id="port", departures=daily(6), transit_p50_h=30, transit_p95_h=60),
    lane(id="l3", departures=daily(20), transit_p50_h=6, transit_p95_h=30, cost_vnd_per_kg=1),
    lane(id="l4", destination_id="port", departures=daily(2), transit_p50_h=40, transit_p95_h=70, cost_vnd_per_kg=9),
)


def best(question: hp.PlanningProblem, ready_at: dt.datetime, ends: tuple[str, str]) -> list[float]:
    """For each quantile the earliest instant that a journey on offer reaches [h since the epoch]."""
    found = hp.journeys(question, *ends, ready_at=ready_at, limit=None)
    return [min(hours_of(getattr(each, name)) for each in found) for name in QUANTILES]


@settings(max_examples=100)
@given(st.integers(0, 6000), st.integers(0, 3000))
def test_what_is_ready_later_never_arrives_earlier(ready_min: int, later_min: int) -> None:
    question = network(*TWO_LEGS)
    ready_at = at("2026-08-10T05:00") + dt.timedelta(minutes=ready_min)
    first = best(question, ready_at, ("farm", "port"))
    second = best(question, ready_at + dt.timedelta(minutes=later_min), ("farm", "port"))
    assert all(after >= before for before, after in zip(first, second, strict=True))


@settings(max_examples=100)
@given(st.sampled_from(range(4)), st.floats(1.0, 3.0), st.integers(0, 2880))
def test_a_lane_slower_in_every_quantile_never_helps(which: int, factor: float, ready_min: int) -> None:
    ready_at = at("2026-08-10T05:00") + dt.timedelta(minutes=ready_min)
    slow = [dict(each) for each in TWO_LEGS]
    for name in ("transit_p50_h", "transit_p95_h"):
        slow[which][name] *= factor
    before, after = (best(network(*lanes), ready_at, ("farm", "port")) for lanes in (TWO_LEGS, slow))
    # The second is the grain of instants.
    assert all(late >= soon - 1 / 3600 for soon, late in zip(before, after, strict=True))


@settings(max_examples=100)
@given(st.floats(1, 60), st.floats(1.01, 3), st.floats(0, 40), st.floats(0, 40))
def test_a_leg_with_both_quantiles_later_has_both_later(p50: float, ratio: float, more: float, spread: float) -> None:
    p95 = p50 * ratio
    swift, slow = (
        only(network(lane(transit_p50_h=a, transit_p95_h=b)), "2026-08-10T11:00")
        for a, b in ((p50, p95), (p50 + more, p95 + more + spread))
    )
    assert slow.arrive_p50_at >= swift.arrive_p50_at
    assert slow.arrive_p95_at >= swift.arrive_p95_at


def test_a_wider_lane_may_be_later_in_two_quantiles_and_earlier_in_the_third() -> None:
    """5 % of a lognormal: 10²/12 = 8.33 h of the narrow one, 10.5²/30 = 3.675 h of the wide one."""
    narrow, wide = (
        only(network(lane(transit_p50_h=a, transit_p95_h=b)), "2026-08-10T12:00") for a, b in ((10, 12), (10.5, 30))
    )
    assert narrow.arrive_p05_at == at("2026-08-10T20:20")
    assert wide.arrive_p05_at == at("2026-08-10T15:40:30")


# An independent account.

CHAIN = (
    lane(departures=daily(18), transit_p50_h=12, transit_p95_h=30, cutoff_h=1, temperature_degc=35),
    lane(id="l2", origin_id="town", destination_id="port", departures=daily(6), transit_p50_h=10, transit_p95_h=15,
         cutoff_h=2, temperature_degc=5, temperature_sd_degc=2),
    lane(id="l3", origin_id="port", destination_id="tokyo", departures=daily(14), transit_p50_h=20, transit_p95_h=36,
         on_schedule_share=0.6),
)  # fmt: skip
STARTS_H = (18.0, 6.0, 14.0)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_two_hundred_thousand_parcels_arrive_as_it_says(count: int) -> None:
    """Of a hundred parcels 63 miss the first connection in the town; to half a percentage point at every hundredth."""
    question = network(*CHAIN[:count], places=[{**each, "ambient_degc": 28} for each in (FARM, TOWN, PORT, TOKYO)])
    end = CHAIN[count - 1]["destination_id"]
    found = only(question, "2026-08-10T11:00", ends=("farm", end))
    midnight_h = hours_of(at("2026-08-10T00:00"))
    lanes = [question.lanes[leg] for leg in range(count)]
    arrivals, _ = simulate(
        lanes, [midnight_h + hour for hour in STARTS_H[:count]], departs_h=midnight_h + STARTS_H[0], parcels=200_000
    )
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    for hours in np.quantile(arrivals, np.linspace(0.01, 0.99, 99)):
        moment = epoch + dt.timedelta(hours=float(hours))
        drawn = float((arrivals <= hours + itinerary.HALF_A_SECOND_H).mean())
        assert found.probability_by(moment) == pytest.approx(drawn, abs=HALF_A_POINT)
    for p, name in ((0.05, QUANTILES[0]), (0.5, QUANTILES[1]), (0.95, QUANTILES[2])):
        hours = hours_of(getattr(found, name))
        below = float((arrivals < hours - itinerary.HALF_A_SECOND_H * 1.01).mean())
        upto = float((arrivals <= hours + itinerary.HALF_A_SECOND_H * 1.01).mean())
        assert below - HALF_A_POINT <= p <= upto + HALF_A_POINT


def test_its_examples_run() -> None:
    tried = doctest.testmod(itineraries)
    assert tried.attempted >= 5
    assert tried.failed == 0

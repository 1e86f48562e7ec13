"""Journeys on offer: cut-offs, missed connections, embargoes, goods, limited room, and what outdoes what."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given, strategies as st

from harvest_planner.errors import UnknownIdError
from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.schema.people import Place
from harvest_planner.transit.instants import hours_of, instant_of
from harvest_planner.transit.network import Network
from harvest_planner.transit.timetable import Service, Timetable
from tests.transit.helpers import DAYS, h, journeys, lane, network, only


def test_instants_keep_the_second_and_the_zone() -> None:
    zone = dt.timezone(dt.timedelta(hours=7))
    moment = dt.datetime(2026, 8, 10, 17, 59, 59, tzinfo=zone)
    assert instant_of(hours_of(moment), zone) == moment
    assert instant_of(hours_of(moment), zone).utcoffset() == dt.timedelta(hours=7)
    assert hours_of(dt.datetime(1970, 1, 2, 7, tzinfo=zone)) == 24


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="carries no offset"):
        hours_of(dt.datetime(2026, 8, 10))


def test_the_plan_of_one_leg_is_its_departure_and_its_quantiles() -> None:
    journey = only(network(lane("A>B", p50=44, p95=80)))
    (leg,) = journey.legs
    assert (leg.lane_id, leg.departs_h) == ("A>B", h("10 18:00"))
    assert leg.arrive_p50_h == pytest.approx(h("10 18:00") + 44, abs=1e-9)
    assert leg.arrive_p95_h == pytest.approx(h("10 18:00") + 80, abs=1e-9)
    assert (journey.arrive_p50_h, journey.arrive_p95_h) == (leg.arrive_p50_h, leg.arrive_p95_h)
    assert journey.arrive_p05_h == pytest.approx(h("10 18:00") + 44 * 44 / 80, abs=1e-6)
    assert journey.first_departure_h == leg.departs_h
    assert not journey.limited


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_quantiles_of_a_chain_are_those_of_its_arrivals(share: float) -> None:
    """Also where one departure is caught for certain, whose own quantiles stand for them."""
    lanes = lane("A>B", p50=10), lane("B>C", p50=30, p95=60, at="6", on_schedule_share=share)
    for journey in (only(network(*lanes), ends="A>C"), only(network(lane("A>C", p50=30, p95=60)), ends="A>C")):
        found = journey.arrive_p05_h, journey.arrive_p50_h, journey.arrive_p95_h
        assert found == pytest.approx([journey.arrivals.quantile(q) for q in (0.05, 0.5, 0.95)], abs=1e-9)


@pytest.mark.parametrize(
    ("ready", "departs"),
    [
        ("10 16:59", "10 18:00"),
        ("10 17:00", "10 18:00"),
        ("2026-08-10T17:00:01+07:00", "11 18:00"),
        ("10 18:00", "11 18:00"),
        ("11 17:30", "12 18:00"),
    ],
)
def test_goods_make_a_departure_up_to_its_cut_off(ready: str, departs: str) -> None:
    net = network(lane("A>B", cutoff_h=1))
    assert only(net, ready=ready).first_departure_h == h(departs)


def test_departures_run_in_the_origin_s_local_time() -> None:
    there = Place(id="A", latitude_deg=35.7, longitude_deg=139.7, timezone="Asia/Tokyo")
    assert only(network(lane("A>B"), known=(there,))).first_departure_h == h("10 16:00")


def test_what_left_before_the_planning_moment_is_dated_too() -> None:
    rule = "DTSTART:20260701T180000 RRULE:FREQ=DAILY"
    assert only(network(lane("A>B", departures=rule)), ready="05 11:00").first_departure_h == h("05 18:00")


def test_no_departure_any_more_is_no_journey() -> None:
    assert journeys(network(lane("A>B", departures="FREQ=DAILY;COUNT=2;BYHOUR=18")), ready="20 11:00") == ()


def test_the_planned_connection_is_the_one_that_the_median_makes() -> None:
    net = network(lane("A>B", p50=8, p95=20), lane("B>C", p50=30, p95=60, at="6", cutoff_h=2))
    first, second = only(net, ends="A>C").legs
    assert first.arrive_p50_h == pytest.approx(h("11 02:00"))
    assert second.departs_h == h("11 06:00")
    late = network(lane("A>B", p50=10.1, p95=20), lane("B>C", p50=30, p95=60, at="6", cutoff_h=2))
    assert only(late, ends="A>C").legs[1].departs_h == h("12 06:00")


def test_a_fixed_feeder_on_the_very_cut_off_is_in_time() -> None:
    net = network(lane("A>B", p50=10), lane("B>C", p50=5, at="6", cutoff_h=2))
    assert only(net, ends="A>C").arrive_p50_h == h("11 11:00")
    missed = network(lane("A>B", p50=10.001), lane("B>C", p50=5, at="6", cutoff_h=2))
    assert only(missed, ends="A>C").arrive_p50_h == h("12 11:00")


def test_a_missed_connection_has_the_probability_of_coming_late() -> None:
    net = network(lane("A>B", p50=8, p95=12), lane("B>C", p50=5, at="6"))
    journey = only(net, ends="A>C")
    # In time for 06:00: at most 12 hours, the 95 % quantile.
    assert journey.probability_by(h("11 11:00") + 1e-6) == pytest.approx(0.95, abs=1e-9)
    assert journey.probability_by(h("12 11:00") - 1e-3) == pytest.approx(0.95, abs=1e-9)
    in_time = sum(each.probability for each in journey.outcomes if each.arrive_h < h("11 12:00"))
    assert in_time == pytest.approx(0.95, abs=1e-9)


def test_who_finds_no_connection_any_more_never_arrives() -> None:
    last = "DTSTART:20260811T060000 RRULE:FREQ=DAILY;COUNT=1"
    net = network(lane("A>B", p50=8, p95=11), lane("B>C", p50=5, departures=last))
    journey = only(net, ends="A>C")
    stranded = [each for each in journey.outcomes if each.arrive_h == math.inf]
    assert 0 < sum(each.probability for each in stranded) < 0.05
    assert sum(each.probability for each in journey.outcomes) == pytest.approx(1)
    assert all(math.isfinite(gained) for each in stranded for gained in each.exposures)


def test_a_connection_that_more_than_one_in_twenty_lose_for_good_is_none() -> None:
    last = "DTSTART:20260811T060000 RRULE:FREQ=DAILY;COUNT=1"
    assert journeys(network(lane("A>B", p50=8, p95=16), lane("B>C", departures=last)), ends="A>C") == ()


def test_chains_have_at_most_four_lanes_and_pass_no_place_twice() -> None:
    ring = [lane(f"{a}>{b}", p50=1) for a, b in ("AB", "BC", "CD", "DE", "EF", "BA", "CB")]
    net = network(*ring)
    assert only(net, ends="A>E").lane_ids == ("A>B", "B>C", "C>D", "D>E")
    assert journeys(net, ends="A>F") == ()


def test_local_delivery_stands_alone() -> None:
    net = network(lane("A>A", p50=3, p95=6), lane("A>B"), lane("B>A"))
    assert only(net, ends="A>A").lane_ids == ("A>A",)
    assert only(net, ends="A>B").lane_ids == ("A>B",)
    assert journeys(network(lane("A>B"), lane("B>A")), ends="A>A") == ()


def test_parallel_lanes_are_different_chains() -> None:
    net = network(lane("A>B/slow", p50=9, cost_vnd_per_kg=1), lane("A>B/fast", p50=5, cost_vnd_per_kg=9), lane("B>C"))
    assert [journey.lane_ids[0] for journey in journeys(net, ends="A>B")] == ["A>B/fast", "A>B/slow"]
    # Both feeders make the same connection: only the cheaper one is worth offering.
    assert [journey.lane_ids for journey in journeys(net, ends="A>C")] == [("A>B/slow", "B>C")]


def test_a_lane_takes_only_its_goods() -> None:
    net = network(lane("A>B", goods=("Fresh Fruit", "flowers")))
    assert len(journeys(net, goods="fresh-fruit")) == 1
    assert journeys(net, goods="cooked-food") == ()
    assert journeys(net, goods=None) == ()


def embargo(carrier: str = "Viettel Post", goods: str = "fresh-fruit", days: str = "10 11") -> Embargo:
    first, last = days.split()
    return Embargo.model_validate(
        {"carrier": carrier, "goods": goods, "from_on": f"2026-08-{first}", "until_on": f"2026-08-{last}"}
    )


def test_departures_under_an_embargo_do_not_exist_for_those_goods() -> None:
    net = network(lane("A>B", carrier="Viettel Post"), embargoes=[embargo("VIETTEL POST", "Fresh fruit")])
    assert only(net, goods="fresh-fruit").first_departure_h == h("12 18:00")
    assert only(net, goods="cooked-food").first_departure_h == h("10 18:00")
    assert only(net, goods=None).first_departure_h == h("10 18:00")


def test_an_embargo_binds_its_carrier_alone() -> None:
    for carrier in ("EMS", None):
        net = network(lane("A>B", carrier=carrier), embargoes=[embargo()])
        assert only(net, goods="fresh-fruit").first_departure_h == h("10 18:00")


def test_an_embargo_goes_by_the_local_date_of_departure() -> None:
    net = network(lane("A>B", carrier="Viettel Post", at="1"), embargoes=[embargo(days="11 11")])
    # 01:00 on the 11th is still the 10th in UTC.
    assert only(net, goods="fresh-fruit").first_departure_h == h("12 01:00")


def test_an_embargo_on_a_later_lane_delays_the_connection() -> None:
    net = network(
        lane("A>B", p50=8), lane("B>C", p50=5, at="6", carrier="Viettel Post"), embargoes=[embargo(days="11 12")]
    )
    assert only(net, ends="A>C", goods="fresh-fruit").arrive_p50_h == h("13 11:00")


def test_an_embargo_over_all_departures_leaves_no_journey() -> None:
    whole = Embargo(carrier="EMS", goods="fresh-fruit", from_on=dt.date(2026, 1, 1), until_on=dt.date(2027, 1, 1))
    net = network(lane("A>B", carrier="EMS"), embargoes=[whole])
    assert journeys(net, goods="fresh-fruit") == ()


def test_where_room_is_limited_later_departures_within_a_day_are_offered() -> None:
    net = network(lane("A>B", at="6,12,18", capacity_kg=100))
    found = journeys(net, ready="10 11:00")
    assert [each.first_departure_h for each in found] == [h("10 12:00"), h("10 18:00"), h("11 06:00"), h("11 12:00")]
    assert all(each.limited for each in found)
    unlimited = journeys(network(lane("A>B", at="6,12,18")), ready="10 11:00")
    assert [each.first_departure_h for each in unlimited] == [h("10 12:00")]


def test_a_limited_later_lane_makes_the_chain_limited() -> None:
    net = network(lane("A>B", at="6,18", p50=3), lane("B>C", at="12", capacity_kg=10))
    found = journeys(net, ready="10 17:00", ends="A>C")
    assert [each.first_departure_h for each in found] == [h("10 18:00"), h("11 06:00"), h("11 18:00")]
    assert [each.legs[1].departs_h for each in found] == [h("11 12:00"), h("11 12:00"), h("12 12:00")]


def test_what_is_no_better_in_anything_is_not_offered() -> None:
    net = network(lane("A>B/good", p50=10, p95=15), lane("A>B/worse", p50=11, p95=16, cost_vnd_per_kg=5))
    assert [each.lane_ids for each in journeys(net)] == [("A>B/good",)]


@pytest.mark.parametrize(
    "fields",
    [
        {"p50": 9, "p95": 20},
        {"p50": 11, "p95": 15},
        {"p50": 10, "p95": 17, "cost_vnd_per_kg": 10},
        {"p50": 10, "p95": 16, "temperature_degc": 5},
    ],
    ids=["earlier median", "shorter tail", "cheaper", "cooler"],
)
def test_what_is_better_in_one_thing_is_offered(fields: dict[str, float]) -> None:
    usual = lane("A>B/usual", p50=10, p95=16, cost_vnd_per_kg=20)
    net = network(usual, lane("A>B/other", **{"cost_vnd_per_kg": 30, **fields}))  # type: ignore[arg-type]
    assert len(journeys(net, clocks=(lambda degc: degc,), clocks_key="heat")) == 2


def test_a_limited_journey_outdoes_none() -> None:
    net = network(lane("A>B/tight", p50=5, capacity_kg=10), lane("A>B/wide", p50=10))
    assert {each.lane_ids[0] for each in journeys(net)} == {"A>B/tight", "A>B/wide"}
    # The other way round, the wide one saves the tight one.
    net = network(lane("A>B/tight", p50=10, capacity_kg=10), lane("A>B/wide", p50=5))
    assert [each.lane_ids[0] for each in journeys(net)] == ["A>B/wide"]


def test_of_two_equal_ones_the_first_by_lanes_stays() -> None:
    net = network(lane("A>B/2"), lane("A>B/1"), lane("A>B/3"))
    assert [each.lane_ids for each in journeys(net)] == [("A>B/1",)]


def test_the_wait_for_a_later_departure_counts_as_age() -> None:
    """A cooler ride that leaves a day later is not younger on arrival; one that leaves at once is."""
    warm = lane("A>B/warm", p50=10, temperature_degc=28)
    later = lane("A>B/later", p50=10, temperature_degc=20, departures="FREQ=DAILY;BYHOUR=6")
    found = journeys(network(warm, later), clocks=(lambda degc: degc,), clocks_key="heat")
    assert [each.lane_ids[0] for each in found] == ["A>B/warm"]


def test_journeys_come_by_arrival_and_are_made_once() -> None:
    net = network(lane("A>B/x", p50=10, cost_vnd_per_kg=1), lane("A>B/y", p50=5, cost_vnd_per_kg=2))
    early, late = journeys(net, ready="10 10:00"), journeys(net, ready="10 12:00")
    assert [each.lane_ids[0] for each in early] == ["A>B/y", "A>B/x"]
    assert all(one is other for one, other in zip(early, late, strict=True))
    assert journeys(net, limit=1) == early[:1]


def test_the_order_of_lanes_does_not_matter() -> None:
    lanes = [lane("A>B/1", p50=9, p95=11), lane("A>B/2", p50=8, p95=20), lane("B>C/1", p50=5, p95=9), lane("B>C/2")]
    there = [(each.lane_ids, each.outcomes) for each in journeys(network(*lanes), ends="A>C")]
    back = [(each.lane_ids, each.outcomes) for each in journeys(network(*reversed(lanes)), ends="A>C")]
    assert there == back


def heat_of(net: Network, **asked: object) -> float:
    return only(net, **asked).mean_exposures[1]


def test_exposures_run_from_departure_to_arrival() -> None:
    net = network(lane("A>B", p50=6, temperature_degc=10), lane("B>C", p50=12, temperature_degc=20, at="6"), B=30)
    (outcome,) = only(net, ends="A>C").outcomes
    assert outcome.exposures == pytest.approx(((6 + 6 + 12) / 24, (6 * 10 + 6 * 30 + 12 * 20) / 24))


def test_a_lane_without_temperature_has_the_mean_of_its_places() -> None:
    assert heat_of(network(lane("A>B", p50=24), A=20, B=31)) == pytest.approx(25.5)
    assert heat_of(network(lane("A>B", p50=24))) == pytest.approx(28)


def test_an_uncertain_temperature_is_three_valued() -> None:
    net = network(lane("A>B", p50=24, temperature_degc=12, temperature_sd_degc=2))
    off = 2 * math.sqrt(3)
    found = sorted((each.exposures[1], each.probability) for each in only(net).outcomes)
    assert [value for pair in found for value in pair] == pytest.approx([12 - off, 1 / 6, 12, 2 / 3, 12 + off, 1 / 6])


def test_one_month_holds_for_one_piece_of_riding_or_waiting() -> None:
    """Hà Nội has 29.7 °C in August and 28.6 °C in September; the piece's start decides."""
    as_of = dt.datetime.fromisoformat("2026-08-30T04:00+07:00")
    feeder = lane("A>ha-noi", p50=2, temperature_degc=0, at="21")
    net = network(feeder, lane("ha-noi>C", p50=24, at="6"), as_of=as_of, C=20)
    (outcome,) = only(net, ready="2026-08-31T20:00+07:00", ends="A>C").outcomes
    # 23:00 to 06:00 at August's air, then a day of September's.
    assert outcome.exposures[1] == pytest.approx(7 / 24 * 29.7 + (28.6 + 20) / 2)


@given(st.floats(0, 100), st.floats(0, 40))
def test_what_is_ready_later_never_arrives_earlier(ready: float, later: float) -> None:
    net = network(lane("A>B", p50=8, p95=20, cutoff_h=1), lane("B>C", p50=30, p95=60, at="6,15", cutoff_h=2))
    start = h("10 05:00")
    asked = {"goods": None, "clocks": (DAYS,), "clocks_key": "days"}
    (first,) = net.journeys("A", "C", ready_h=start + ready, **asked)  # type: ignore[arg-type]
    (second,) = net.journeys("A", "C", ready_h=start + ready + later, **asked)  # type: ignore[arg-type]
    assert first.first_departure_h >= start + ready + 1 - 1e-6
    for p in ("arrive_p05_h", "arrive_p50_h", "arrive_p95_h"):
        assert getattr(second, p) >= getattr(first, p) - 1e-6


def test_an_unknown_place_is_named() -> None:
    with pytest.raises(UnknownIdError, match="unknown place 'Nowhere'"):
        journeys(network(lane("A>B")), ends="A>Nowhere")


def test_a_question_dates_only_the_lanes_that_lead_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """6,000 lanes as a star: each question looks at the lanes from its origin and to its destination."""
    lanes = [lane(f"o{i}>d{j}") for i in range(30) for j in range(200)]
    dated: list[str] = []
    service = Timetable.service

    def noted(self: Timetable, lane: Lane, **given: Any) -> Service:
        dated.append(lane.id)
        return service(self, lane, **given)

    monkeypatch.setattr(Timetable, "service", noted)
    net = network(*lanes)
    assert only(net, ends="o3>d7").lane_ids == ("o3>d7",)
    assert len(dated) == len(set(dated)) == 30 + 200 - 1
    assert all(each.startswith("o3>") or each.endswith(">d7") for each in dated)

"""Days of rest: dates and holidays on which a lane does not depart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

import harvest_planner as hp
from harvest_planner import catalogue
from harvest_planner.planning.referee.timetable import Timetable as RefereeTimetable, moment
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.people import Place
from harvest_planner.transit.instants import instant_of
from harvest_planner.transit.timetable import Timetable
from tests.planning import small
from tests.transit.helpers import h, journeys, lane, network, only

HANOI = dt.timezone(dt.timedelta(hours=7))


def test_a_lane_does_not_depart_on_its_rest_days() -> None:
    resting = network(lane("A>B", rests_on=["2026-08-10", "2026-08-11"]))
    assert only(resting, ready="10 11:00").first_departure_h == h("12 18:00")


def test_the_date_is_that_at_the_origin() -> None:
    """08:00 on the 11th in Tokyo is 23:00 UTC on the 10th, 06:00 on the 11th in Viet Nam."""
    tokyo = Place(id="A", latitude_deg=35.7, longitude_deg=139.7, timezone="Asia/Tokyo")
    found = only(network(lane("A>B", at="8", rests_on="2026-08-11"), known=(tokyo,)), ready="10 20:00")
    assert found.first_departure_h == h("12 06:00")


def test_a_connection_waits_for_the_rest_day_to_pass() -> None:
    net = network(lane("A>B"), lane("B>C", p50=5, at="6", rests_on="2026-08-11"))
    assert only(net, ends="A>C").legs[1].departs_h == h("12 06:00")


@pytest.mark.parametrize(
    ("holiday", "first", "last"),
    [
        ("tet", "2026-02-14", "2026-02-22"),
        ("tet", "2025-01-25", "2025-02-02"),
        ("labour-day", "2026-04-30", "2026-05-01"),
        ("national-day", "2026-09-02", "2026-09-02"),
        ("new-year", "2026-01-01", "2026-01-01"),
        ("hung-kings", "2026-04-26", "2026-04-26"),
    ],
)
def test_planner_and_referee_know_the_days_of_a_holiday(holiday: str, first: str, last: str) -> None:
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    as_of = dt.datetime.combine(start - dt.timedelta(days=5), dt.time(), tzinfo=HANOI)
    question = small.problem(
        as_of=as_of.isoformat(),
        policy={"horizon_days": 20},
        lanes=[small.lane(rests_on=holiday)],
        batches=[],
        orders=[],
    )
    (resting,) = question.lanes
    whole = [start + dt.timedelta(days=day) for day in range(-3, (end - start).days + 4)]
    wanted = [day for day in whole if not start <= day <= end]

    planned = Timetable(as_of=as_of, horizon_days=20, embargoes=()).service(
        resting, origin_id="farm", destination_id="town", timezone="Asia/Ho_Chi_Minh", goods=None
    )
    dates = [instant_of(at_h, HANOI).date() for at_h in planned.departures_h]
    assert [day for day in dates if whole[0] <= day <= whole[-1]] == wanted

    at_h = as_of.timestamp() / 3600
    checked = RefereeTimetable(question).departures(resting, None, at_h, 20)
    dates = [moment(each, "Asia/Ho_Chi_Minh").date() for each in checked]
    assert [day for day in dates if whole[0] <= day <= whole[-1]] == wanted


def test_the_referee_finds_a_departure_on_a_rest_day() -> None:
    question = small.problem()
    plan = hp.plan_harvest(question)
    assert hp.check_plan(plan, question) == ()
    day = plan.shipments[0].legs[0].departs_at.date().isoformat()
    resting = small.problem(lanes=[small.lane(rests_on=day)])
    assert "no_departure" in {violation.code for violation in hp.check_plan(plan, resting)}
    again = hp.plan_harvest(resting)
    assert again.shipments[0].legs[0].departs_at.date().isoformat() != day
    assert hp.check_plan(again, resting) == ()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("tet", ("tet",)),
        (dt.date(2026, 8, 19), ("2026-08-19",)),
        (["tet", dt.date(2026, 8, 19)], ("tet", "2026-08-19")),
        (None, ()),
        ("", ()),
    ],
)
def test_rest_days_may_be_one_or_several_dates_or_names(given: Any, kept: tuple[str, ...]) -> None:
    assert lane("A>B", rests_on=given).rests_on == kept


@pytest.mark.parametrize("wrong", ["tett", "2026-13-01", "20260819", "2026-08-19T00:00", "MO"])
def test_what_is_neither_a_date_nor_a_holiday_is_one_error_with_the_known_names(wrong: str) -> None:
    with pytest.raises(ValidationError) as caught:
        lane("A>B", rests_on=["2026-08-19", wrong])
    (error,) = caught.value.errors()
    assert error["loc"] == ("rests_on",)
    assert f"{wrong!r} is neither a date (YYYY-MM-DD) nor a known holiday (hung-kings, labour-day, " in error["msg"]
    assert all(name in error["msg"] for name in catalogue.holidays())


def faults(**changes: Any) -> list[str]:
    """What the check of the problem says of its lane."""
    with pytest.raises(ValidationError) as caught:
        small.problem(**changes)
    (error,) = caught.value.errors()
    return str(error["ctx"]["error"]).splitlines()


def test_a_lane_that_always_rests_is_one_error() -> None:
    days = [f"2026-08-{day}" for day in range(10, 16)]
    (line,) = faults(lanes=[small.lane(rests_on=days)])
    assert line.startswith("lanes[0].departures = 'FREQ=DAILY;")
    assert "a departure between as_of and the horizon (2026-08-15); it has none on a day that is not in" in line
    assert line.endswith(f"rests_on ({', '.join(days)})")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;UNTIL=20260801T000000;BYHOUR=12",
        "DTSTART:20260701T120000 RRULE:FREQ=DAILY;COUNT=3",
        "DTSTART:20270101T120000 RRULE:FREQ=DAILY",
    ],
)
def test_a_rule_that_has_ended_or_not_begun_is_one_error(rule: str) -> None:
    (line,) = faults(lanes=[small.lane(departures=rule)])
    assert line.startswith(f"lanes[0].departures = {rule!r}: a departure between as_of and the horizon (2026-08-15)")


def test_a_holiday_whose_dates_are_not_known_is_one_error() -> None:
    as_of = "2029-02-01T00:00:00+07:00"
    (line,) = faults(as_of=as_of, lanes=[small.lane(rests_on="tet")], batches=[], orders=[])
    assert line == (
        "lanes[0].rests_on = 'tet': holidays whose dates are known; those of tet in 2029 are not: write them as days"
    )
    assert small.problem(as_of=as_of, lanes=[small.lane(rests_on="2029-02-13")], batches=[], orders=[]).lanes


def test_the_goods_do_not_matter() -> None:
    net = network(lane("A>B", rests_on="2026-08-10"))
    assert journeys(net, goods="fresh-fruit")[0].first_departure_h == h("11 18:00")


def test_holidays_of_the_catalogue() -> None:
    known = catalogue.holidays()
    assert set(known) == {"hung-kings", "labour-day", "national-day", "new-year", "tet"}
    for year, first in {2024: "02-10", 2025: "01-29", 2026: "02-17", 2027: "02-06", 2028: "01-26"}.items():
        day = dt.date.fromisoformat(f"{year}-{first}")
        (span,) = [span for span in known["tet"] if span[0].year == year]
        assert span[0] < day < span[1], "the first day of the lunar year is never the first day off"
        assert day - dt.timedelta(days=1) >= span[0]
        assert 6 <= (span[1] - span[0]).days + 1 <= 9
    assert all(first <= last for spans in known.values() for first, last in spans)


def test_lanes_that_rest_are_saved_as_they_are(tmp_path: Any) -> None:
    question = small.problem(lanes=[small.lane(rests_on=["tet", "2026-08-12"])])
    hp.save_problem(question, tmp_path / "folder")
    assert "tet|2026-08-12" in (tmp_path / "folder" / "lanes.csv").read_text(encoding="utf-8")
    assert hp.load_problem(tmp_path / "folder").lanes == question.lanes
    hp.save_problem(question, tmp_path / "problem.json")
    assert hp.load_problem(tmp_path / "problem.json").lanes == question.lanes
    assert isinstance(question.lanes[0], Lane)

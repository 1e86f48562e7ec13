"""The page of lanes: three ways to state a duration in one lanes.csv, and its container train."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import harvest_planner as hp
from harvest_planner.formats.documents import save_problem
from harvest_planner.formats.problems import load_problem
from harvest_planner.schema.clock import zone
from harvest_planner.schema.lane import Lane
from harvest_planner.transit.duration import Lognormal, duration_of, quantile
from harvest_planner.transit.instants import instant_of
from harvest_planner.transit.sampled import Sampled
from harvest_planner.transit.timetable import Timetable
from tests.formats.files import edited, faults_of, folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "lanes_by_example.md"
(TABLE,) = re.findall(r"```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
HEADER = "id,origin_id,destination_id,departures,transit_p50_h,transit_p95_h,transit_samples_h\n"


@pytest.fixture
def problem(tmp_path: Path) -> hp.PlanningProblem:
    return load_problem(folder(tmp_path / "given", lanes_csv=TABLE))


def by_id(problem: hp.PlanningProblem) -> dict[str, Lane]:
    return {lane.id: lane for lane in problem.lanes}


def test_three_ways_to_state_a_duration_in_one_table(problem: hp.PlanningProblem) -> None:
    lanes = by_id(problem)
    assert set(lanes) == {"parcel", "container-train", "night-bus"}
    parcel, train, bus = (duration_of(lanes[name]) for name in ("parcel", "container-train", "night-bus"))
    assert isinstance(parcel, Lognormal)
    assert parcel.exact_share == 0
    assert quantile(lanes["parcel"], 0.5) == pytest.approx(20)
    assert isinstance(train, Lognormal)
    assert (train.exact_share, train.base_h) == (0.7, 40)
    assert isinstance(bus, Sampled)
    stated = [lanes["night-bus"].transit_p50_h, lanes["night-bus"].transit_p95_h]
    assert stated == [quantile(lanes["night-bus"], p) for p in (0.5, 0.95)] == pytest.approx([3.9, 6.2])
    assert lanes["night-bus"].rests_on == ("tet", "2026-08-19")


def test_they_are_saved_as_they_are(problem: hp.PlanningProblem, tmp_path: Path) -> None:
    for name in ("saved", "saved.json"):
        save_problem(problem, tmp_path / name)
        assert load_problem(tmp_path / name) == problem
    written = (tmp_path / "saved" / "lanes.csv").read_text(encoding="utf-8")
    assert "3.5|3.6|3.6|3.8|4|4.1|4.5|6.2" in written


def test_the_container_train_leaves_from_tuesday_to_saturday_at_07_35(problem: hp.PlanningProblem) -> None:
    train, local = by_id(problem)["container-train"], zone("Asia/Ho_Chi_Minh")
    timetable = Timetable(as_of=problem.as_of, horizon_days=14, embargoes=())
    service = timetable.service(
        train, origin_id="gia-lam", destination_id="di-an", timezone="Asia/Ho_Chi_Minh", goods=None
    )
    found = [instant_of(at_h, local) for at_h in service.departures_h]
    first, month = dt.date(2026, 8, 11), [dt.date(2026, 8, 11) + dt.timedelta(days=day) for day in range(31)]
    listed = [moment for moment in found if first <= moment.date() <= month[-1]]
    assert [moment.date() for moment in listed] == [day for day in month if day.strftime("%a") not in ("Sun", "Mon")]
    assert len(listed) == 23
    assert {(moment.hour, moment.minute, moment.second) for moment in listed} == {(7, 35, 0)}
    assert {moment.utcoffset() for moment in listed} == {dt.timedelta(hours=7)}


def test_the_container_train_says_what_is_published_and_what_is_assumed(problem: hp.PlanningProblem) -> None:
    train = by_id(problem)["container-train"]
    published, _, assumed = (train.source or "").partition("assumption:")
    assert "40 h, Tuesday to Saturday, 07:35" in published
    assert "https://container-news.com/" in published
    assert "share on schedule and 95 % quantile" in assumed
    assert (train.transit_p50_h, train.capacity_kg) == (40, 20 * 17_000)
    assert [place.id for place in map(problem.place, (train.origin_id, train.destination_id))] == ["gia-lam", "di-an"]


def rows(*lanes: str) -> str:
    return HEADER + "".join(f"l{n},town,ca-mau,FREQ=DAILY;BYHOUR=7,{cells}\n" for n, cells in enumerate(lanes))


@pytest.mark.parametrize(
    ("cells", "field", "value", "expected"),
    [
        (",,40|41|42|43", "transit_samples_h", "40|41|42|43", "at least 5 trips, not 4"),
        (",,40|41|42|43|", "transit_samples_h", "40|41|42|43|", "here one of them is empty"),
        (",,40|41|42|43|soon", "transit_samples_h", "40|41|42|43|soon", "each a number > 0"),
        (",,40|41|42|43|-1", "transit_samples_h", "40|41|42|43|-1", "each a number > 0"),
        (",,", "transit_p50_h", "", "transit_p50_h and transit_p95_h must be given, or transit_samples_h"),
        ("40,,", "transit_p95_h", "", "transit_p95_h must be given, or transit_samples_h"),
        ("30,,40|41|42|43|44", "transit_p50_h", "30", "disagrees with transit_samples_h, whose 50% quantile is 42"),
    ],
)
def test_faults_of_trips_in_a_table(tmp_path: Path, cells: str, field: str, value: str, expected: str) -> None:
    (fault,) = faults_of(folder(tmp_path, lanes_csv=rows("20,36,", cells)))
    assert (fault.file, fault.line, fault.field, fault.value) == ("lanes.csv", 3, field, value)
    assert expected in fault.expected


def test_a_table_may_hold_trips_alone(tmp_path: Path) -> None:
    text = "id,origin_id,destination_id,departures,transit_samples_h\nl1,town,ca-mau,FREQ=DAILY;BYHOUR=7,9|9|9|9.5|12\n"
    (lane,) = load_problem(folder(tmp_path, lanes_csv=text)).lanes
    assert (lane.transit_p50_h, lane.transit_p95_h) == (9, 12)


def test_all_faults_of_a_row_without_a_duration_are_told(tmp_path: Path) -> None:
    text = rows(",,").replace("l0,town", "l0,vale")
    told = faults_of(folder(tmp_path, lanes_csv=text))
    assert [(fault.line, fault.field) for fault in told] == [(2, "transit_p50_h"), (2, "origin_id")]


def test_an_unknown_holiday_is_told_with_the_known_ones(tmp_path: Path) -> None:
    text = edited("lanes.csv", "transit_p95_h\n", "transit_p95_h,rests_on\n").replace("20,36\n", "20,36,tett\n")
    (fault,) = faults_of(folder(tmp_path, lanes_csv=text.replace("44,80\n", "44,80,\n")))
    assert (fault.line, fault.field, fault.value) == (2, "rests_on", "tett")
    assert "known holiday (hung-kings, labour-day, national-day, new-year, tet)" in fault.expected


def test_two_lanes_of_one_id_in_a_table(tmp_path: Path) -> None:
    (fault,) = faults_of(folder(tmp_path, lanes_csv=edited("lanes.csv", "l2,town", "l1,town")))
    assert (fault.file, fault.line, fault.field, fault.value) == ("lanes.csv", 3, "id", "l1")
    assert "used twice" in fault.expected

"""Calendars: time zones, the same events after a re-plan, and cancellations."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

import harvest_planner as hp
from tests.formats.orchard import orchard, pick, plan, row

PROBLEM = orchard()
FIRST = plan(
    picks=[pick("b17", 11, 45), pick("b18", 11, 20), pick("b20", 12, 30, grower_id="g2")],
    batches=[row("b17", left_kg=10, lost_on="2026-08-16")],
)


def events(path: Path) -> dict[str, Any]:
    calendar = Calendar.from_ical(path.read_bytes())
    found = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(found) == len(list(calendar.walk("VEVENT"))), "no event stands twice"
    return found


def by_summary(path: Path) -> dict[str, Any]:
    return {str(event["SUMMARY"]): event for event in events(path).values()}


def later(problem: hp.PlanningProblem, **by: float) -> hp.PlanningProblem:
    return problem.model_copy(update={"as_of": problem.as_of + dt.timedelta(**by)})


def test_picks_are_at_the_hours_of_the_place_and_reminders_take_the_day(tmp_path: Path) -> None:
    found = by_summary(hp.write_calendar(FIRST, PROBLEM, tmp_path / "a.ics"))
    assert len(found) == 4
    first = found["Hộ bà Vi Thị Đào: hái 45 kg, Lũng Na, khu trên"]
    assert first.decoded("DTSTART").isoformat() == "2026-08-11T05:00:00+07:00"
    assert first["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert first.decoded("DTEND").isoformat() == "2026-08-11T09:00:00+07:00"
    reminder = found["Hộ bà Vi Thị Đào: Lũng Na, khu trên, 10 kg ngày mai là hỏng"]
    assert (reminder.decoded("DTSTART"), reminder.decoded("DTEND")) == (dt.date(2026, 8, 15), dt.date(2026, 8, 16))
    assert "BEGIN:VTIMEZONE" in (tmp_path / "a.ics").read_text(encoding="utf-8")


def test_of_one_grower_or_team(tmp_path: Path) -> None:
    own = by_summary(hp.write_calendar(FIRST, PROBLEM, tmp_path / "g2.ics", grower_id="g2", language="en"))
    assert list(own) == ["Pick 30 kg: b20"]
    teams = tuple(grower.model_copy(update={"team_id": f"t-{grower.id}"}) for grower in PROBLEM.growers)
    problem = PROBLEM.model_copy(update={"growers": teams})
    assert len(events(hp.write_calendar(FIRST, problem, tmp_path / "t.ics", team_id="t-g1"))) == 3
    with pytest.raises(hp.UnknownIdError, match="unknown team 't-9'; known: t-g1, t-g2"):
        hp.write_calendar(FIRST, problem, tmp_path / "t.ics", team_id="t-9")
    with pytest.raises(hp.UnknownIdError, match="unknown grower"):
        hp.write_calendar(FIRST, problem, tmp_path / "t.ics", grower_id="g9")


def test_a_replan_updates_and_cancels(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    before = events(hp.write_calendar(FIRST, PROBLEM, path))
    again = plan(picks=[pick("b17", 11, 50), pick("b20", 13, 30, grower_id="g2")], batches=[])
    after = events(hp.write_calendar(again, later(PROBLEM, hours=2), path))
    assert set(before) < set(after)
    assert sorted((str(one["SUMMARY"]), one.decoded("DTSTART").day, str(one["STATUS"])) for one in after.values()) == [
        ("Hộ bà Vi Thị Đào: Lũng Na, khu trên, 10 kg ngày mai là hỏng", 15, "CANCELLED"),
        ("Hộ bà Vi Thị Đào: hái 20 kg, bờ suối", 11, "CANCELLED"),
        ("Hộ bà Vi Thị Đào: hái 50 kg, Lũng Na, khu trên", 11, "CONFIRMED"),
        ("g2: hái 30 kg, b20", 12, "CANCELLED"),
        ("g2: hái 30 kg, b20", 13, "CONFIRMED"),
    ]
    assert all(after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"] for uid in before)


def test_what_is_over_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    before = events(hp.write_calendar(FIRST, PROBLEM, path))
    after = events(hp.write_calendar(plan(picks=[], batches=[]), later(PROBLEM, days=1, hours=20), path))
    kept = {uid for uid, event in after.items() if event == before[uid]}
    assert {str(after[uid]["SUMMARY"]) for uid in kept} == {
        "Hộ bà Vi Thị Đào: hái 45 kg, Lũng Na, khu trên",
        "Hộ bà Vi Thị Đào: hái 20 kg, bờ suối",
        "g2: hái 30 kg, b20",
    }


def test_a_change_within_the_minute_counts_on_and_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    first = hp.write_calendar(FIRST, PROBLEM, path).read_bytes()
    assert hp.write_calendar(FIRST, PROBLEM, path).read_bytes() == first
    before = events(path)
    changed = FIRST.model_copy(update={"picks": (FIRST.picks[0].model_copy(update={"kg": 46.0}), *FIRST.picks[1:])})
    after = events(hp.write_calendar(changed, PROBLEM, path))
    assert sorted(after[uid]["SEQUENCE"] - before[uid]["SEQUENCE"] for uid in before) == [0, 0, 0, 1]


def test_texts_cannot_break_out_of_their_field(tmp_path: Path) -> None:
    evil = "P1\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x;,\\n"
    batches = tuple(batch.model_copy(update={"plot": evil}) for batch in PROBLEM.batches)
    found = events(hp.write_calendar(FIRST, PROBLEM.model_copy(update={"batches": batches}), tmp_path / "a.ics"))
    assert len(found) == 4
    assert "x" not in found


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text("my notes", encoding="utf-8")
    with pytest.raises(hp.ProblemFileError, match=r"a\.ics"):
        hp.write_calendar(FIRST, PROBLEM, tmp_path / "a.ics")
    assert (tmp_path / "a.ics").read_text(encoding="utf-8") == "my notes"


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(hp.MissingExtraError, match=r"harvest-planner\[calendar\]"):
        hp.write_calendar(FIRST, PROBLEM, tmp_path / "a.ics")

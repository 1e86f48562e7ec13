"""What was done is entered once, for the right parcel; an auditor's questions are answered from it."""

from __future__ import annotations

from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.formats.records.moments import moment_of
from tests.formats.records.done import LOT, OTHER, PICKED, done, fresh, row_of


def test_hours_are_the_lots_and_kilograms_the_parcels() -> None:
    log = hp.enter_actuals(fresh(), OTHER, order_id="o4", picked_from_at="2026-08-14T05:00+07:00", actual_kg=7.5)
    sent, sold = row_of(log, OTHER, "o4"), row_of(log, OTHER, None)
    assert (sent.actual_kg, sold.actual_kg) == (7.5, None)
    assert sent.picked_from_at == sold.picked_from_at == row_of(log, OTHER, "o4").plan_from_at
    log = hp.enter_actuals(log, OTHER, order_id="", actual_kg=21)
    assert row_of(log, OTHER, None).actual_kg == 21


def test_as_planned_fills_in_what_is_empty_and_nothing_else() -> None:
    log = hp.enter_actuals(fresh(), OTHER, order_id="o4", actual_kg=7.5)
    log = hp.enter_actuals(log, OTHER, as_planned=True)
    sent, sold = row_of(log, OTHER, "o4"), row_of(log, OTHER, None)
    assert (sent.actual_kg, sold.actual_kg) == (7.5, 20)
    assert (sent.picked_from_at, sold.picked_until_at) == (sent.plan_from_at, sent.plan_until_at)
    assert (sent.packed_at, sent.handed_over_at, sent.received_at) == (None, None, None)


def test_other_lots_stay_as_they_are() -> None:
    before = {row for row in fresh().rows if row.lot_code != LOT}
    assert {row for row in done().rows if row.lot_code != LOT} == before


@pytest.mark.parametrize(
    ("lot", "entry", "message"),
    [
        ("260811-b71", {"actual_kg": 1}, "unknown lot '260811-b71'; did you mean .*'260811-b17'"),
        (OTHER, {"order_id": "o9", "actual_kg": 1}, "unknown parcel of lot 260814-b18 'o9, part 1'.*o4, local market"),
        (OTHER, {"order_id": "o4", "part": 2}, "'o4, part 2'"),
        (OTHER, {"actual_kg": 28}, r"has several parcels \(o4, local market\): say for which order actual_kg is meant"),
        (LOT, {"colour": "green"}, "'colour' cannot be entered; one of picker, "),
        (LOT, {"planned_kg": 3}, "'planned_kg' cannot be entered"),
        (LOT, {"actual_kg": -1}, "lot 260811-b17: actual_kg: "),
        (LOT, {"picked_from_at": "2026-08-11T05:00"}, "lot 260811-b17: picked_from_at: .*timezone"),
    ],
)
def test_what_cannot_be_entered_is_told(lot: str, entry: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, hp.UnknownIdError), match=message):
        hp.enter_actuals(fresh(), lot, **entry)


def test_what_was_entered_is_not_overwritten_unasked() -> None:
    with pytest.raises(ValueError, match=r"o1: actual_kg was entered already \(44.5\); to correct it"):
        hp.enter_actuals(done(), LOT, actual_kg=45)
    assert hp.enter_actuals(done(), LOT, **PICKED) == done(), "the same again is no correction"
    assert row_of(hp.enter_actuals(done(), LOT, actual_kg=45, overwrite=True), LOT, "o1").actual_kg == 45
    with pytest.raises(ValueError, match="parcel_no was entered already; to correct it"):
        hp.enter_actuals(done(), LOT, parcel_no="VOSO78")


def test_a_treatment_between_plan_and_pick_can_be_told() -> None:
    log = done(last_spray_on="2026-08-09", last_spray_product="Abamectin", pre_harvest_interval_days=7)
    assert hp.check_log(log) == (hp.LogFinding(LOT, None, "interval_broken"),)
    assert hp.check_log(log)[0].severity == "broken"


@pytest.mark.parametrize(
    ("actuals", "codes"),
    [
        ({}, []),
        ({"actual_kg": 40.6}, []),
        ({"actual_kg": 40.4}, ["reason_missing"]),
        ({"actual_kg": 50}, ["reason_missing"]),
        ({"actual_kg": 30, "deviation_reason": "mưa"}, []),
        ({"actual_kg": None}, ["kg_missing"]),
        ({"picked_until_at": None}, ["hours_missing"]),
        ({"last_spray_on": "unknown", "last_spray_product": "x"}, ["interval_unknown"]),
        ({"last_spray_on": "2026-07-01", "pre_harvest_interval_days": 7}, ["product_missing"]),
        ({"picked_from_at": "2026-08-10T05:00+07:00"}, ["other_day_without_reason"]),
    ],
)
def test_what_an_auditor_would_ask(actuals: dict[str, Any], codes: list[str]) -> None:
    assert [finding.code for finding in hp.check_log(done(**actuals))] == codes


def test_a_code_of_the_planting_area_that_ran_out() -> None:
    def until(day: str) -> list[str]:
        area = {"planting_area_code": "VN-LSOR-0037", "planting_area_valid_until": day}
        rows = [row.model_dump() | area for row in fresh().rows if row.lot_code == LOT]
        return [finding.code for finding in hp.check_log(hp.HarvestLog.model_validate({"rows": rows}))]

    assert until("2026-08-11") == []
    assert until("2026-08-10") == ["area_code_expired"]


def test_of_lots_still_to_come_nothing_is_missing() -> None:
    assert hp.check_log(fresh()) == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("05:10", "2026-08-11T05:10:00+07:00"),
        ("2026-08-12T05:10+07:00", "2026-08-12T05:10:00+07:00"),
        ("2026-08-11T22:10Z", "2026-08-11T22:10:00+00:00"),
    ],
)
def test_a_clock_time_is_one_of_the_planned_day(text: str, moment: str) -> None:
    assert moment_of(text, fresh(), LOT).isoformat() == moment


@pytest.mark.parametrize("text", ["5 Uhr", "", "0510", "2026-08-11", "2026-08-11T05:10", "05:10+07:00", "25:00"])
def test_other_texts_are_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="is neither a clock time of 2026-08-11 such as 05:10 nor an instant"):
        moment_of(text, fresh(), LOT)

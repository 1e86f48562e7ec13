"""What a record refuses: unknown fields, NaN, naive instants, windows that end before they start."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from pydantic import ValidationError

import harvest_planner as hp

UNTIL = dt.datetime(2026, 8, 14, 18, tzinfo=dt.timezone(dt.timedelta(hours=7)))
GIVEN: dict[str, dict[str, Any]] = {
    "Place": {"id": "chi-lang", "latitude_deg": 21.65701, "longitude_deg": 106.57832},
    "Grower": {"id": "g1"},
    "Batch": {
        "id": "b1",
        "grower_id": "g1",
        "crop_id": "na-chi-lang",
        "place_id": "chi-lang",
        "quantity_kg": 120,
        "stage_id": "S2",
        "observed_on": "2026-08-10",
    },
    "Order": {
        "id": "o1",
        "crop_id": "na-chi-lang",
        "quantity_kg": 5,
        "destination_id": "ha-noi",
        "deliver_until_at": UNTIL,
        "price_vnd_per_kg": 65000,
    },
    "Lane": {
        "id": "l1",
        "origin_id": "chi-lang",
        "destination_id": "ha-noi",
        "departures": "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": 20,
        "transit_p95_h": 36,
    },
    "Embargo": {
        "carrier": "Viettel Post",
        "goods": "fresh-fruit",
        "from_on": "2025-01-20",
        "until_on": "2025-02-02",
    },
    "Commitment": {"order_id": "o1", "batch_id": "b1", "pick_on": "2026-08-11", "kg": 5},
    "Stage": {"id": "S2", "age_d20": 0, "sd_d20": 1.2},
    "Crop": {
        "id": "plum",
        "ready_at_d20": 3,
        "window_d20": 2,
        "stages": [{"id": "green", "age_d20": 0, "sd_d20": 1}],
        "reference_stage_id": "green",
    },
    "Policy": {},
}


def made(name: str, **changes: Any) -> Any:
    return getattr(hp, name).model_validate({**GIVEN[name], **changes})


def refusal(name: str, **changes: Any) -> str:
    """What pydantic says of the record with these changes."""
    with pytest.raises(ValidationError) as caught:
        made(name, **changes)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_the_required_fields_are_enough(name: str) -> None:
    record = made(name)
    assert record == getattr(hp, name).model_validate_json(record.model_dump_json())


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_a_record_is_frozen(name: str) -> None:
    record = made(name)
    field = next(iter(type(record).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(record, field, getattr(record, field))


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_an_unknown_field_is_refused(name: str) -> None:
    assert "Extra inputs are not permitted" in refusal(name, colour="green")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Place", "latitude_deg"),
        ("Place", "ambient_degc"),
        ("Grower", "pick_capacity_kg_per_day"),
        ("Batch", "quantity_kg"),
        ("Batch", "age_shift_d20"),
        ("Order", "quantity_kg"),
        ("Order", "price_vnd_per_kg"),
        ("Lane", "transit_p50_h"),
        ("Lane", "capacity_kg"),
        ("Commitment", "kg"),
        ("Stage", "age_d20"),
        ("Crop", "window_d20"),
        ("Policy", "gap"),
    ],
)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite(name: str, field: str, value: float) -> None:
    assert field in refusal(name, **{field: value})


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("Batch", "quantity_kg", -1),
        ("Batch", "quantity_sd_kg", -1),
        ("Batch", "trip_cost_vnd", -1),
        ("Batch", "min_trip_kg", -1),
        ("Batch", "days_between_picks", 0),
        ("Batch", "pre_harvest_interval_days", -1),
        ("Order", "quantity_kg", 0),
        ("Order", "quantity_kg", -5),
        ("Order", "price_vnd_per_kg", -1),
        ("Order", "accepts_share", 1.01),
        ("Order", "keeps_days", -1),
        ("Order", "room_degc", 200),
        ("Order", "state", "lost"),
        ("Lane", "transit_p50_h", 0),
        ("Lane", "cutoff_h", -1),
        ("Lane", "capacity_kg", -1),
        ("Lane", "on_schedule_share", 0.95),
        ("Place", "latitude_deg", 91),
        ("Place", "longitude_deg", -181),
        ("Grower", "reputation", 1.5),
        ("Commitment", "kg", 0),
        ("Stage", "sd_d20", -1),
        ("Crop", "window_d20", 0),
        ("Crop", "ready_at_d20", -1),
        ("Crop", "stages", []),
        ("Crop", "fruit_per_kg", 0),
        ("Policy", "min_good_share", -0.1),
        ("Policy", "horizon_days", 0),
        ("Policy", "max_picks_per_batch", 0),
        ("Policy", "gap", 1),
    ],
)
def test_a_value_out_of_range_is_refused_by_field(name: str, field: str, value: Any) -> None:
    assert field in refusal(name, **{field: value})


@pytest.mark.parametrize("field", ["deliver_until_at", "deliver_from_at", "placed_at", "confirm_by_at"])
def test_a_naive_instant_is_refused(field: str) -> None:
    assert "timezone" in refusal("Order", **{field: dt.datetime(2026, 8, 12, 8)})
    assert "timezone" in refusal("Order", **{field: "2026-08-12T08:00"})


def test_the_moment_of_planning_carries_its_offset() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        hp.PlanningProblem.model_validate({"as_of": "2026-08-10T18:00"})


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("Order", {"deliver_from_at": UNTIL + dt.timedelta(minutes=1)}, "lies after deliver_until_at"),
        ("Order", {"ripe_within_days": (3, 1)}, r"ends \(1.0\) before it starts \(3.0\)"),
        ("Embargo", {"until_on": "2025-01-19"}, "lies before from_on"),
        ("Grower", {"picks_from": "09:00", "picks_until": "05:00"}, "must be after picks_from"),
        ("Grower", {"picks_from": "05:00+07:00"}, "without an offset"),
        ("Lane", {"transit_p95_h": 19}, r"transit_p95_h \(19.0\) is below transit_p50_h \(20.0\)"),
        ("Lane", {"transit_min_h": 21}, "is above transit_p50_h"),
        ("Lane", {"transit_min_h": 20}, "lower the minimum"),
        ("Lane", {"on_schedule_share": 0.3}, "needs transit_min_h"),
        ("Lane", {"departures": "every morning"}, "is not an RFC 5545 recurrence"),
        ("Place", {"timezone": "Asia/Chi_Lang"}, "unknown time zone 'Asia/Chi_Lang'"),
        ("Stage", {"batch_sd_d20": 1.3}, "cannot exceed it"),
        ("Crop", {"reference_stage_id": "ripe"}, "'ripe' is not a stage of crop 'plum': green"),
        ("Crop", {"stages": [GIVEN["Crop"]["stages"][0]] * 2}, "repeat an id: green, green"),
        ("Crop", {"calibrated_degc": (25, 15)}, "runs backwards"),
        (
            "Crop",
            {"temperature_law": {"law": "rate_table", "points": [(25, 1.5), (20, 1)]}},
            "points must rise in temperature",
        ),
        ("Crop", {"temperature_law": {"law": "linear", "slope": 2}}, "square_root"),
    ],
)
def test_values_that_contradict_each_other(name: str, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        made(name, **changes)


def test_a_window_of_one_instant_is_lawful() -> None:
    assert made("Order", deliver_from_at=UNTIL, ripe_within_days=(1, 1)).deliver_from_at == UNTIL
    assert made("Embargo", until_on="2025-01-20").until_on == dt.date(2025, 1, 20)


def test_a_fixed_duration_and_a_schedule_are_lawful() -> None:
    assert made("Lane", transit_p95_h=20, transit_min_h=20).transit_min_h == 20
    assert made("Lane", on_schedule_share=0.6, transit_min_h=20).on_schedule_share == 0.6
    assert made("Lane", on_schedule_share=0.3, transit_min_h=18).on_schedule_share == 0.3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("SU", ("SU",)),
        ("sunday", ("SU",)),
        (["Sun", "2026-08-27"], ("SU", dt.date(2026, 8, 27))),
        (dt.date(2026, 8, 27), (dt.date(2026, 8, 27),)),
        (None, ()),
        ("", ()),
    ],
)
def test_rest_days_are_weekdays_or_dates(given: Any, expected: tuple[Any, ...]) -> None:
    assert made("Grower", rest_days=given).rest_days == expected


@pytest.mark.parametrize("given", ["T", "S", "Thứ", "moon", "27/08/2026", "2026-13-01", "Chủ nhật", ["SU", "8"]])
def test_a_rest_day_that_could_mean_several_is_refused(given: Any) -> None:
    assert "neither a weekday (MO, TU, WE, TH, FR, SA, SU) nor a date (YYYY-MM-DD)" in refusal(
        "Grower", rest_days=given
    )


def test_a_grower_rests_on_its_days() -> None:
    grower = made("Grower", rest_days=["SU", "2026-08-27"])
    august = [dt.date(2026, 8, day) for day in range(16, 31)]
    assert [day.day for day in august if grower.rests_on(day)] == [16, 23, 27, 30]


def test_a_phone_number_stays_out_of_logs() -> None:
    assert "0912" not in repr(made("Grower", phone="0912 345 678"))


def test_a_lone_certification_is_a_tuple_of_one() -> None:
    assert made("Batch", certifications="VietGAP").certifications == ("VietGAP",)
    assert made("Batch", certifications=["VietGAP", "GlobalG.A.P."]).certifications == ("VietGAP", "GlobalG.A.P.")
    assert made("Batch", certifications=None).certifications == ()


@pytest.mark.parametrize("field", ["last_spray_on", "pre_harvest_interval_days"])
def test_unknown_is_its_own_state(field: str) -> None:
    assert getattr(made("Batch", **{field: "unknown"}), field) == "unknown"
    assert getattr(made("Batch"), field) is None
    assert field in refusal("Batch", **{field: "perhaps"})


def test_texts_are_stripped_and_an_id_is_not_empty() -> None:
    assert made("Place", id=" chi-lang ").id == "chi-lang"
    assert "id" in refusal("Place", id="  ")


def test_a_stage_is_found_by_id_and_a_wrong_one_lists_those_there_are() -> None:
    crop = made("Crop")
    assert crop.stage() is crop.stage("green") is crop.stages[0]
    with pytest.raises(hp.UnknownIdError, match="unknown stage of crop 'plum' 'red'; known: green") as caught:
        crop.stage("red")
    assert (caught.value.value, caught.value.known) == ("red", ("green",))

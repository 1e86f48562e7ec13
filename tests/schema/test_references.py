"""The one cross-reference check: each kind of fault is named with table, row, field, value and what was expected."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

import harvest_planner as hp
from harvest_planner.schema.references import CrossFault

AS_OF = "2026-08-10T18:00+07:00"
SOUND: dict[str, Any] = {
    "as_of": AS_OF,
    "crops": [
        {
            "id": "plum",
            "ready_at_d20": 3,
            "window_d20": 2,
            "stages": [{"id": "green", "age_d20": 0, "sd_d20": 1}],
            "reference_stage_id": "green",
        }
    ],
    "places": [
        {"id": "hill", "latitude_deg": 21.6, "longitude_deg": 106.5},
        {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8},
    ],
    "growers": [{"id": "grower-1", "place_id": "hill"}],
    "batches": [
        {
            "id": "batch-1",
            "grower_id": "grower-1",
            "crop_id": "plum",
            "place_id": "hill",
            "quantity_kg": 120,
            "stage_id": "green",
            "observed_on": "2026-08-10",
            "grade": "A",
        }
    ],
    "orders": [
        {
            "id": "order-1",
            "crop_id": "plum",
            "quantity_kg": 5,
            "destination_id": "town",
            "deliver_until_at": "2026-08-14T18:00+07:00",
            "price_vnd_per_kg": 65000,
            "placed_at": "2026-08-10T17:59+07:00",
            "grade": "B",
        }
    ],
    "lanes": [
        {
            "id": "lane-1",
            "origin_id": "hill",
            "destination_id": "town",
            "departures": "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0",
            "transit_p50_h": 6,
            "transit_p95_h": 9,
        }
    ],
    "commitments": [{"order_id": "order-1", "batch_id": "batch-1", "pick_on": "2026-08-11", "kg": 5}],
}


def changed(table: str, **changes: Any) -> dict[str, Any]:
    """The sound problem with these fields of the table's one row (of places: the first) changed."""
    first, *rest = SOUND[table]
    return {**SOUND, table: [{**first, **changes}, *rest]}


def faults(given: dict[str, Any]) -> list[str]:
    """What the check says, line by line."""
    with pytest.raises(ValidationError) as caught:
        hp.PlanningProblem.model_validate(given)
    (error,) = caught.value.errors()
    return str(error["ctx"]["error"]).splitlines()


def test_the_sound_problem_is_accepted() -> None:
    problem = hp.PlanningProblem.model_validate(SOUND)
    assert problem == hp.PlanningProblem.model_validate_json(problem.model_dump_json())


@pytest.mark.parametrize(
    ("table", "changes", "start"),
    [
        ("growers", {"place_id": "vale"}, "growers[0].place_id = 'vale': unknown place 'vale'"),
        (
            "batches",
            {"grower_id": "grower-2"},
            "batches[0].grower_id = 'grower-2': unknown grower 'grower-2'; did you mean 'grower-1'?",
        ),
        ("batches", {"place_id": "vale"}, "batches[0].place_id = 'vale': unknown place 'vale'"),
        (
            "batches",
            {"stage_id": "red"},
            "batches[0].stage_id = 'red': unknown stage of crop 'plum' 'red'; known: green",
        ),
        ("batches", {"grade": "AA"}, "batches[0].grade = 'AA': one of the crop's grades: A, B, C"),
        (
            "batches",
            {"observed_on": "2026-08-11"},
            "batches[0].observed_on = '2026-08-11': a date up to as_of (2026-08-10)",
        ),
        ("orders", {"destination_id": "vale"}, "orders[0].destination_id = 'vale': unknown place 'vale'"),
        ("orders", {"grade": "D"}, "orders[0].grade = 'D': one of the crop's grades: A, B, C"),
        (
            "orders",
            {"placed_at": "2026-08-10T11:01Z"},
            "orders[0].placed_at = '2026-08-10T11:01:00+00:00': an instant up to as_of (2026-08-10T18:00:00+07:00)",
        ),
        ("lanes", {"origin_id": "vale"}, "lanes[0].origin_id = 'vale': unknown place 'vale'"),
        ("lanes", {"destination_id": "vale"}, "lanes[0].destination_id = 'vale': unknown place 'vale'"),
        (
            "lanes",
            {"departures": "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"},
            "lanes[0].departures = 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1': "
            "a departure between as_of and the horizon (2026-08-25); it has none",
        ),
        (
            "commitments",
            {"order_id": "order-2"},
            "commitments[0].order_id = 'order-2': unknown order 'order-2'; did you mean 'order-1'?",
        ),
        (
            "commitments",
            {"batch_id": "batch-2"},
            "commitments[0].batch_id = 'batch-2': unknown batch 'batch-2'; did you mean 'batch-1'?",
        ),
        ("commitments", {"kg": 5.1}, "commitments[0].kg = '5.1': at most the order's 5.0 kg over all its commitments"),
    ],
)
def test_a_reference_that_does_not_hold(table: str, changes: dict[str, Any], start: str) -> None:
    (line,) = faults(changed(table, **changes))
    assert line.startswith(start)


@pytest.mark.parametrize("table", ["crops", "places", "growers", "batches", "orders", "lanes"])
def test_an_id_used_twice(table: str) -> None:
    first, *rest = SOUND[table]
    lines = faults({**SOUND, table: [first, *rest, first]})
    row = len(SOUND[table])
    assert lines == [f"{table}[{row}].id = {first['id']!r}: this id is used twice; ids are unique"]


@pytest.mark.parametrize("table", ["batches", "orders"])
def test_an_unknown_crop(table: str) -> None:
    (line,) = faults({**changed(table, crop_id="plumm"), "commitments": []})
    assert line.startswith(f"{table}[0].crop_id = 'plumm': unknown crop 'plumm'")


def test_a_name_that_means_several_places_is_reported_not_guessed() -> None:
    (line,) = faults(changed("orders", destination_id="Gia Lai"))
    assert line.startswith("orders[0].destination_id = 'Gia Lai': place 'Gia Lai' is ambiguous")
    assert "gia-lai" in line
    assert "binh-dinh" in line


def test_a_destination_may_be_a_name() -> None:
    problem = hp.PlanningProblem.model_validate(changed("orders", destination_id="Cà Mau"))
    assert problem.place("Cà Mau").id == "ca-mau"


def test_commitments_of_one_order_add_up() -> None:
    half = {**SOUND["commitments"][0], "kg": 2.5}
    assert len(hp.PlanningProblem.model_validate({**SOUND, "commitments": [half, half]}).commitments) == 2
    (line,) = faults({**SOUND, "commitments": [half, half, half]})
    assert line.startswith("commitments[2].kg = '2.5'")


def test_a_commitment_of_another_crop() -> None:
    pear = {**SOUND["crops"][0], "id": "pear"}
    (line,) = faults({**changed("batches", crop_id="pear"), "crops": [*SOUND["crops"], pear]})
    assert line == "commitments[0].batch_id = 'batch-1': a batch of plum, which the order asks for; it is pear"


def test_every_fault_is_told_at_once_in_table_order() -> None:
    given = {**changed("batches", grower_id="grower-2", place_id="vale"), "orders": [], "commitments": []}
    given["lanes"] = [{**SOUND["lanes"][0], "origin_id": "vale"}]
    assert [line.partition(" =")[0] for line in faults(given)] == [
        "batches[0].grower_id",
        "batches[0].place_id",
        "lanes[0].origin_id",
    ]


def test_today_is_the_date_at_the_batch() -> None:
    """At 18:00 UTC on the 10th it is the 11th in Viet Nam."""
    given = {**changed("batches", observed_on="2026-08-11"), "as_of": "2026-08-10T18:00Z"}
    assert hp.PlanningProblem.model_validate(given).batches[0].observed_on == dt.date(2026, 8, 11)


def test_a_fault_says_table_row_field_value_and_expectation() -> None:
    fault = CrossFault("orders", 3, "crop_id", "plumm", "a crop")
    assert str(fault) == "orders[3].crop_id = 'plumm': a crop"

"""The problem looks in its own tables first, then in the catalogue; crops may be `like` each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

import harvest_planner as hp

AS_OF = "2026-08-10T18:00+07:00"
PLUM: dict[str, Any] = {
    "id": "plum",
    "name": "Plum",
    "ready_at_d20": 3,
    "window_d20": 2,
    "stages": [{"id": "green", "age_d20": 0, "sd_d20": 1}],
    "reference_stage_id": "green",
    "fruit_per_kg": 12,
}


def problem(**tables: Any) -> hp.PlanningProblem:
    return hp.PlanningProblem.model_validate({"as_of": AS_OF, **tables})


def test_an_empty_problem_is_a_problem() -> None:
    empty = problem()
    assert empty.policy == hp.Policy()
    assert (empty.crops, empty.places, empty.lanes, empty.orders) == ((), (), (), ())


def test_own_records_hide_the_catalogues() -> None:
    mine = {"id": "chi-lang", "latitude_deg": 21.7, "longitude_deg": 106.6}
    assert problem(places=[mine]).place("chi-lang").latitude_deg == 21.7
    assert problem().place("chi-lang").latitude_deg != 21.7
    harder = {**PLUM, "id": "na-chi-lang"}
    assert problem(crops=[harder]).crop("na-chi-lang").ready_at_d20 == 3
    assert problem().crop("na-chi-lang") == hp.crop("na-chi-lang")


@pytest.mark.parametrize("kind", ["crop", "place", "grower", "batch", "order"])
def test_an_unknown_id_says_what_was_looked_for(kind: str) -> None:
    look: Callable[[str], object] = getattr(problem(), kind)
    with pytest.raises(hp.UnknownIdError, match=f"unknown {kind} 'xyzzy-0'") as caught:
        look("xyzzy-0")
    assert (caught.value.kind, caught.value.value) == (kind, "xyzzy-0")


def test_a_crop_like_one_of_the_catalogue_shares_its_numbers() -> None:
    na = hp.crop("na-chi-lang")
    bo = hp.Crop.model_validate({"id": "na-bo", "like": "na-chi-lang", "fruit_per_kg": 3})
    assert (bo.id, bo.name, bo.fruit_per_kg) == ("na-bo", None, 3)
    assert (bo.ready_at_d20, bo.stages, bo.temperature_law) == (na.ready_at_d20, na.stages, na.temperature_law)


def test_a_crop_like_another_of_the_same_problem() -> None:
    red, ruby = {"id": "red", "like": "plum", "window_d20": 5}, {"id": "ruby", "like": "red", "name": "Ruby"}
    crop = problem(crops=[ruby, red, PLUM]).crop("ruby")
    assert (crop.name, crop.window_d20, crop.ready_at_d20, crop.fruit_per_kg) == ("Ruby", 5, 3, 12)


def test_crops_like_each_other_in_a_circle() -> None:
    pair = [{"id": "egg", "like": "hen"}, {"id": "hen", "like": "egg"}]
    with pytest.raises(ValidationError, match="in a circle: egg -> hen -> egg"):
        problem(crops=pair)


def test_a_crop_like_none_there_is() -> None:
    with pytest.raises(ValidationError, match="unknown crop 'xyzzy-0'"):
        hp.Crop.model_validate({"id": "odd", "like": "xyzzy-0"})


def test_a_whole_crop_survives_the_round_trip() -> None:
    given = problem(crops=[PLUM, {"id": "red", "like": "plum"}])
    assert hp.PlanningProblem.model_validate_json(given.model_dump_json()) == given


def test_an_older_or_newer_format_is_not_taken_for_this_one() -> None:
    with pytest.raises(ValidationError, match="harvest-planner/problem/1"):
        problem(format="harvest-planner/problem/99")


def test_a_copy_looks_in_its_own_tables() -> None:
    before = problem(growers=[{"id": "g1", "name": "Đào"}])
    assert before.grower("g1").name == "Đào"
    after = before.model_copy(update={"growers": (hp.Grower(id="g1", name="Mơ"), hp.Grower(id="g2"))})
    assert (after.grower("g1").name, after.grower("g2").id, before.grower("g1").name) == ("Mơ", "g2", "Đào")

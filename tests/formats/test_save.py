"""What is saved is what is loaded, in both forms, and it is what was given."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.formats.toml_text import toml_lines
from tests.formats.files import folder
from tests.strategies import planning_problems

AS_OF = "2026-08-10T18:00+07:00"
STAGE = {
    "id": "one",
    "age_d20": 0,
    "sd_d20": 1,
    "batch_sd_d20": 0.5,
    "name_vi": "chín",
    "looks": 'a "quoted"\nlook\x7f',
}
PLUM: dict[str, Any] = {
    "id": "plum",
    "ready_at_d20": 3,
    "window_d20": 2,
    "stages": [STAGE, {"id": "two", "age_d20": 1, "sd_d20": 1}],
    "reference_stage_id": "two",
    "grades": ["I", "II"],
    "sources": {"ready_at_d20": "assumption", "odd key, ướt": "Nguyễn 2020 \\ 1"},
}
CROPS: list[dict[str, Any]] = [
    PLUM,
    {**PLUM, "id": "arrhenius", "temperature_law": hp.Arrhenius(ea_kj_per_mol=60)},
    {**PLUM, "id": "root", "temperature_law": hp.SquareRoot(tmin_degc=-3.5), "chilling": None},
    {**PLUM, "id": "rates", "temperature_law": hp.RateTable(points=((10, 0.5), (20, 1), (30, 1.7)))},
    {**PLUM, "id": "dose", "chilling": hp.ChillingDose(below_degc=13, limit_degc_days=40)},
    {**PLUM, "id": "time", "chilling": hp.ChillingTime(points=((5, 2), (10, 8))), "calibrated_degc": (15, 30)},
    {**PLUM, "id": "duck", "safety_cap": hp.SafetyCap(), "treatment": hp.Treatment(name="roast", duration_h=2)},
    {**PLUM, "id": "goose", "safety_cap": {"limits": [[4, 90], [None, 1.5]]}, "grades": []},
    {"id": "na-bo", "like": "na-chi-lang", "name": "Na bở", "window_d20": 3},
    {"id": "na-hardy", "like": "na-chi-lang", "drops_at_d20": None, "stops_below_degc": None},
    {"id": "mango-cat", "like": "mango-cat", "fruit_per_kg": 2.5},
    {"id": "dose-2", "like": "dose", "goods": "fresh-fruit"},
]


def saved_and_loaded(problem: hp.PlanningProblem) -> tuple[hp.PlanningProblem, hp.PlanningProblem]:
    with TemporaryDirectory() as home:
        for name in ("folder", "problem.json"):
            hp.save_problem(problem, Path(home) / name)
        return hp.load_problem(Path(home) / "folder"), hp.load_problem(Path(home) / "problem.json")


def test_a_rich_problem_survives(tmp_path: Path) -> None:
    problem = hp.load_problem(folder(tmp_path))
    assert saved_and_loaded(problem) == (problem, problem)


def test_every_kind_of_crop_survives() -> None:
    problem = hp.PlanningProblem.model_validate({"as_of": AS_OF, "crops": CROPS, "policy": {"max_picks_per_batch": 2}})
    assert saved_and_loaded(problem) == (problem, problem)


def test_an_empty_problem_survives() -> None:
    problem = hp.PlanningProblem.model_validate({"as_of": AS_OF})
    assert saved_and_loaded(problem) == (problem, problem)


@settings(max_examples=25)
@given(planning_problems())
def test_any_problem_survives(problem: hp.PlanningProblem) -> None:
    assert saved_and_loaded(problem) == (problem, problem)


WRITTEN = st.text(st.characters(codec="utf-8", exclude_characters="|\0"), min_size=1).filter(lambda text: text.strip())


@settings(max_examples=100)
@given(WRITTEN, WRITTEN, st.floats(0, allow_infinity=False), st.times(), st.dates())
def test_any_text_number_and_date_survives(one: str, two: str, number: float, until: Any, day: Any) -> None:
    grower = {"id": "g", "name": one, "pick_capacity_kg_per_day": number, "rest_days": [day, "SA"]}
    problem = hp.PlanningProblem.model_validate({
        "as_of": AS_OF,
        "growers": [{**grower, "picks_from": "00:00", "picks_until": max(until, until.replace(second=1))}],
        "embargoes": [{"carrier": two, "goods": one, "from_on": day, "until_on": day}],
        "crops": [{**PLUM, "name": one, "sources": {two: one, one: two}}],
    })  # fmt: skip
    assert saved_and_loaded(problem) == (problem, problem)


def test_only_what_was_given_is_written(tmp_path: Path) -> None:
    crops = [CROPS[8]]
    growers = [{"id": "g1", "rest_days": ["sunday"]}, {"id": "g2"}]
    problem = hp.PlanningProblem.model_validate({"as_of": AS_OF, "crops": crops, "growers": growers})
    hp.save_problem(problem, tmp_path / "folder")
    assert {path.name for path in (tmp_path / "folder").iterdir()} == {
        "problem.toml",
        "orders.csv",
        "batches.csv",
        "growers.csv",
        "crops.toml",
    }
    assert (tmp_path / "folder" / "problem.toml").read_text() == "as_of = 2026-08-10T18:00:00+07:00\n"
    assert (tmp_path / "folder" / "growers.csv").read_text() == "id,rest_days\ng1,SU\ng2,\n"
    assert tomllib.loads((tmp_path / "folder" / "crops.toml").read_text(encoding="utf-8")) == {"crops": crops}
    hp.save_problem(problem, tmp_path / "problem.json")
    text = (tmp_path / "problem.json").read_text(encoding="utf-8")
    assert json.loads(text) == {
        "format": "harvest-planner/problem/1",
        "as_of": "2026-08-10T18:00:00+07:00",
        "crops": crops,
        "growers": [{"id": "g1", "rest_days": ["SU"]}, {"id": "g2"}],
    }
    assert "Na bở" in text
    assert text.endswith("\n")


def test_a_crop_like_one_that_the_problem_replaces_keeps_its_numbers() -> None:
    na_bo = hp.Crop.model_validate({"id": "na-bo", "like": "na-chi-lang"})
    own = hp.Crop.model_validate({**PLUM, "id": "na-chi-lang"})
    problem = hp.PlanningProblem(as_of=hp.PlanningProblem.model_validate({"as_of": AS_OF}).as_of, crops=(na_bo, own))
    for loaded in saved_and_loaded(problem):
        assert loaded.crop("na-bo") == na_bo.model_copy(update={"like": None})


def test_saving_into_a_folder_again_leaves_nothing_old_and_nothing_of_others(tmp_path: Path) -> None:
    home = folder(tmp_path)
    (home / "README.md").write_text("mine")
    problem = hp.PlanningProblem.model_validate({"as_of": AS_OF})
    hp.save_problem(problem, home)
    assert hp.load_problem(home) == problem
    assert sorted(path.name for path in home.iterdir()) == [
        "README.md",
        "batches.csv",
        "growers.csv",
        "orders.csv",
        "problem.toml",
    ]


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("growers", {"id": "g1", "name": ""}, "Grower 'g1': name = ''"),
        ("places", {"id": "p", "latitude_deg": 1, "longitude_deg": 1, "province": ""}, "Place 'p': province = ''"),
        ("crops", {**PLUM, "name": ""}, "empty text"),
    ],
)
def test_what_a_folder_cannot_hold_is_refused_before_anything_is_written(
    tmp_path: Path, table: str, row: dict[str, Any], words: str
) -> None:
    problem = hp.PlanningProblem.model_validate({"as_of": AS_OF, table: [row]})
    with pytest.raises(ValueError, match=words):
        hp.save_problem(problem, tmp_path / "folder")
    assert [*tmp_path.iterdir()] == []
    hp.save_problem(problem, tmp_path / "problem.json")
    assert hp.load_problem(tmp_path / "problem.json") == problem


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1),
        st.recursive(
            st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False) | WRITTEN,
            lambda part: st.lists(part, max_size=3) | st.dictionaries(WRITTEN, part, max_size=3),
            max_leaves=8,
        ),
        max_size=4,
    )
)
def test_toml_says_what_it_was_told(table: dict[str, Any]) -> None:
    assert tomllib.loads("\n".join(toml_lines(table))) == table

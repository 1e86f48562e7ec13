"""A market's crops.toml with thousands of kinds: read, written and read again."""

from __future__ import annotations

from pathlib import Path

import pytest

import harvest_planner as hp
from benchmarks.kinds import MODELS, kinds, write_folder
from harvest_planner.formats.folders import crop_rows

NUMBER = 2000


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> hp.PlanningProblem:
    folder = tmp_path_factory.mktemp("kinds")
    write_folder(folder, NUMBER)
    return hp.load_problem(folder)


def test_every_kind_is_there_with_the_numbers_of_its_model(problem: hp.PlanningProblem) -> None:
    assert [crop.id for crop in problem.crops] == [row["id"] for row in kinds(NUMBER)]
    for i, crop in enumerate(problem.crops):
        first = i if i % 2 == 0 else i - i % 20 + 1
        model = hp.crop(MODELS[first // 2 % len(MODELS)])
        assert crop.temperature_law == model.temperature_law
        assert crop.stages == model.stages
        assert crop.fruit_per_kg == 1 + first % 30
        assert crop.sources == model.sources


@pytest.mark.parametrize("name", ["folder", "problem.json"])
def test_what_is_saved_loads_as_the_same_kinds(problem: hp.PlanningProblem, tmp_path: Path, name: str) -> None:
    hp.save_problem(problem, tmp_path / name)
    assert hp.load_problem(tmp_path / name) == problem


def test_a_kind_like_the_catalogues_is_written_by_reference(problem: hp.PlanningProblem) -> None:
    rows = crop_rows(problem)
    assert rows[0] == {"id": "kind-0", "like": MODELS[0], "name": "Kind 0", "name_vi": "Loại 0", "fruit_per_kg": 1.0}


def test_a_kind_like_nothing_known_is_a_fault_with_its_line(tmp_path: Path) -> None:
    write_folder(tmp_path, 40)
    file = tmp_path / "crops.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('like = "kind-1"', 'like = "kind-99"'), encoding="utf-8")
    with pytest.raises(hp.HarvestPlannerError, match=r"unknown crop 'kind-99'"):
        hp.load_problem(tmp_path)

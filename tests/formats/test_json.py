"""JSON documents: every fault named by its path, plans that survive, formats older and newer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.formats import versions
from harvest_planner.formats.versions import upgraded
from tests.formats.files import folder
from tests.formats.plans import PLAN


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    """The sound problem as a document."""
    hp.save_problem(hp.load_problem(folder(tmp_path / "folder")), tmp_path / "sound.json")
    content: dict[str, Any] = json.loads((tmp_path / "sound.json").read_text(encoding="utf-8"))
    return content


def faults_of(path: Path, content: Any) -> list[hp.Fault]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(hp.ProblemFileError) as caught:
        hp.load_problem(path)
    return list(caught.value.faults)


def test_every_fault_of_a_document_is_told_at_once(tmp_path: Path, document: dict[str, Any]) -> None:
    document["orders"][0] |= {"quantity_kg": -1, "colour": "red"}
    document["orders"][1] |= {"crop_id": "plumm", "deliver_until_at": "2026-08-15T18:00:00"}
    document["batches"][1] |= {"stage_id": "blue"}
    document["growers"].append(7)
    document["policy"]["gap"] = "tiny"
    document["crops"][0]["stages"][0]["sd_d20"] = None
    document["embargoes"] = {"carrier": "x"}
    document["bathces"] = []
    found = {fault.field: fault for fault in faults_of(tmp_path / "p.json", document)}
    assert {fault.file for fault in found.values()} == {"p.json"}
    assert found.keys() == {
        "orders[0].quantity_kg",
        "orders[0].colour",
        "orders[1].crop_id",
        "orders[1].deliver_until_at",
        "growers[2]",
        "policy.gap",
        "crops[0].stages[0].sd_d20",
        "embargoes",
        "bathces",
    }
    assert found["orders[0].quantity_kg"][3:] == ("-1", "a number > 0")
    assert "did you mean 'batches'?" in found["bathces"].expected
    del document["bathces"], document["embargoes"], document["growers"][2]
    document["crops"][0]["stages"][0]["sd_d20"] = 1
    assert "batches[1].stage_id" in {fault.field for fault in faults_of(tmp_path / "p.json", document)}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "JSON (Expecting value"),
        ('{\n "as_of": }', 2, "JSON (Expecting value"),
        ("[]", 0, "a JSON object"),
        ('{"as_of": 1, "as_of": 2}', 0, "the field 'as_of' stands twice"),
        ("[" * 100_000, 0, "JSON that can be read"),
        ('{"orders": ' + "1" * 5000 + "}", 0, "JSON that can be read"),
        ("{}", 0, "it must be given"),
    ],
)
def test_what_is_no_document(tmp_path: Path, text: str, line: int, words: str) -> None:
    (fault,) = faults_of(tmp_path / "p.json", text)
    assert (fault.file, fault.line) == ("p.json", line)
    assert words in fault.expected


def test_a_document_without_a_format_is_taken_for_the_current_one(tmp_path: Path, document: dict[str, Any]) -> None:
    del document["format"]
    (tmp_path / "p.json").write_text(json.dumps(document), encoding="utf-8")
    assert hp.load_problem(tmp_path / "p.json") == hp.load_problem(tmp_path / "sound.json")


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("harvest-planner/problem/2", "this is newer: upgrade harvest-planner"),
        ("harvest-planner/plan/1", "the format 'harvest-planner/problem/1'"),
        ("harvest-planner/problem/0", "the format 'harvest-planner/problem/1'"),
        (1, "the format 'harvest-planner/problem/1'"),
    ],
)
def test_a_newer_or_foreign_format_is_refused(
    tmp_path: Path, document: dict[str, Any], stated: Any, words: str
) -> None:
    (fault,) = faults_of(tmp_path / "p.json", {**document, "format": stated})
    assert (fault.field, fault.value) == ("format", str(stated))
    assert words in fault.expected


def test_a_folder_may_state_its_format(tmp_path: Path) -> None:
    home = folder(tmp_path)
    text = (home / "problem.toml").read_text(encoding="utf-8")
    (home / "problem.toml").write_text('format = "harvest-planner/problem/1"\n' + text, encoding="utf-8")
    assert len(hp.load_problem(home).orders) == 3
    (home / "problem.toml").write_text('format = "harvest-planner/problem/2"\n' + text, encoding="utf-8")
    with pytest.raises(hp.ProblemFileError, match="this is newer"):
        hp.load_problem(home)


def test_an_older_format_takes_one_step_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {1: lambda old: {**old, "b": old["a"] + 1}, 2: lambda old: {**old, "c": old["b"] + 1}}
    monkeypatch.setitem(versions.MIGRATIONS, "plan", steps)
    old = {"format": "harvest-planner/plan/1", "a": 1}
    new = upgraded(old, current="harvest-planner/plan/3", name="p.json")
    assert new == {"format": "harvest-planner/plan/3", "a": 1, "b": 2, "c": 3}
    assert old == {"format": "harvest-planner/plan/1", "a": 1}


def test_a_plan_survives_and_gives_the_same_bytes(tmp_path: Path) -> None:
    hp.save_plan(PLAN, tmp_path / "one.json")
    loaded = hp.load_plan(tmp_path / "one.json")
    assert loaded == PLAN
    hp.save_plan(loaded, tmp_path / "two.json")
    text = (tmp_path / "one.json").read_bytes()
    assert text == (tmp_path / "two.json").read_bytes()
    assert "Cà Mau" in text.decode()
    assert text.endswith(b"}\n")


@pytest.mark.parametrize(
    ("changes", "field", "value", "words"),
    [
        ({"format": "harvest-planner/plan/2"}, "format", "harvest-planner/plan/2", "this is newer"),
        ({"value_vnd": None}, "value_vnd", "", "a valid number"),
        ({"picks": [{"batch_id": "b1"}]}, "picks[0].grower_id", "", "Field required"),
        ({"status": "good"}, "status", "good", "'optimal', 'within_gap'"),
    ],
)
def test_what_is_no_plan(tmp_path: Path, changes: dict[str, Any], field: str, value: str, words: str) -> None:
    content = json.loads(PLAN.model_dump_json()) | changes
    (tmp_path / "p.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(hp.ProblemFileError) as caught:
        hp.load_plan(tmp_path / "p.json")
    fault = caught.value.faults[0]
    assert fault[:4] == ("p.json", 0, field, value)
    assert words in fault.expected


def test_an_older_plan_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvest_planner.formats.documents.PLAN_FORMAT", "harvest-planner/plan/1")
    content = json.loads(PLAN.model_dump_json())
    del content["format"]
    (tmp_path / "p.json").write_text("\ufeff" + json.dumps(content), encoding="utf-8")
    assert hp.load_plan(tmp_path / "p.json") == PLAN


def test_no_plan_at_all(tmp_path: Path) -> None:
    with pytest.raises(hp.ProblemFileError, match=r"nowhere\.json: a file of this name; there is none"):
        hp.load_plan(tmp_path / "nowhere.json")

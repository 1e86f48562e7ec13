"""`harvest-planner learn` writes the problem as learned with its evidence, and `unlearn` takes it back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.cli.test_commands import Command
from tests.learning.test_learn_cases import CSV, believed


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(capsys, monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    hp.save_problem(believed(), tmp_path / "week")
    (tmp_path / "outcomes.csv").write_text(CSV, encoding="utf-8")
    return tmp_path


def test_the_problem_as_learned_is_written_with_its_evidence(command: Command, home: Path) -> None:
    done = command("learn", home / "week", home / "outcomes.csv", "--out", home / "next", "--language", "vi")
    assert (done.code, done.err) == (0, "")
    assert "Số kết quả giao hàng đã dùng để học: 3" in done.out
    assert "Uy tín của nhà vườn" in done.out
    assert "1 × bài toán không có đơn hàng này" in done.out
    expected, evidence = hp.learn(home / "outcomes.csv", believed())
    assert hp.load_problem(home / "next") == expected
    assert hp.Evidence.model_validate_json((home / "next" / "evidence.json").read_text("utf-8")) == evidence


def test_the_evidence_can_be_had_as_json_alone(command: Command, home: Path) -> None:
    done = command("learn", home / "week", home / "outcomes.csv", "--out", home / "next", "--json")
    assert done.code == 0
    assert json.loads(done.out)["used"] == {"lanes": 2, "ripening": 2, "reputation": 2}


def test_what_was_learned_is_taken_back(command: Command, home: Path) -> None:
    command("learn", home / "week", home / "outcomes.csv", "--out", home / "next")
    done = command("unlearn", home / "next", home / "next" / "evidence.json", "--out", home / "back")
    assert (done.code, done.err) == (0, "")
    assert hp.load_problem(home / "back") == hp.load_problem(home / "week")


def test_what_was_changed_since_is_named_and_nothing_is_written(command: Command, home: Path) -> None:
    command("learn", home / "week", home / "outcomes.csv", "--out", home / "next")
    done = command("unlearn", home / "week", home / "next" / "evidence.json", "--out", home / "back")
    assert done.code == 1
    assert "was changed since it was learned" in done.err
    assert not (home / "back").exists()


def test_outcomes_that_are_not_there_are_one_sentence(command: Command, home: Path) -> None:
    done = command("learn", home / "week", home / "none.csv", "--out", home / "next")
    assert done.code == 1
    assert "none.csv" in done.err
    assert not (home / "next").exists()

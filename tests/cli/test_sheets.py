"""`harvest-planner sheets`: a folder of pick sheets from a plan and its problem."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.cli.test_commands import Command
from tests.formats.orchard import orchard, pick, plan


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(capsys, monkeypatch)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A plan's folder and the folder of its problem: two teams pick."""
    growers = [{"id": "g1", "team_id": "north"}, {"id": "g2", "team_id": "south"}]
    hp.save_problem(orchard(growers=growers), tmp_path / "problem")
    (tmp_path / "plan").mkdir()
    hp.save_plan(plan(picks=[*plan().picks, pick("b20", 11, 10, grower_id="g2")]), tmp_path / "plan" / "plan.json")
    return tmp_path / "plan", tmp_path / "problem"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_for_each_team(command: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    done = command("sheets", *files, "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    assert "(số tệp: 2)" in " ".join(done.out.split())
    assert names(tmp_path / "out") == ["north.html", "south.html"]
    assert "Hái 45 kg" in (tmp_path / "out" / "north.html").read_text(encoding="utf-8")


def test_one_team_in_english(command: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    done = command("sheets", files[0] / "plan.json", files[1], "--out", tmp_path, "--team", "south", "--language", "en")
    assert "(files: 1)" in " ".join(done.out.split())
    text = (tmp_path / "south.html").read_text(encoding="utf-8")
    assert "Pick 10 kg" in text
    assert 'lang="vi"' not in text


def test_nobody_picks(command: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    hp.save_plan(plan(picks=[]), files[0] / "plan.json")
    done = command("sheets", *files, "--out", tmp_path / "out")
    assert (done.code, done.out) == (0, "Không nhà vườn nào hái nên không có phiếu hái.\n")


def test_what_cannot_be_used(command: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = command("sheets", *files, "--out", out, "--team", "west")
    assert (done.code, done.out) == (1, "")
    assert "unknown team 'west'; known: north, south" in done.err
    done = command("sheets", files[1], files[1], "--out", out)
    assert done.code == 1
    assert "plan.json" in done.err
    assert not out.exists()


def test_wrong_usage(
    command: Command, files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    assert command("sheets", *files).code == 2
    assert command("sheets", *files, "--out", tmp_path / "file").code == 2
    assert command("sheets", *files, "--out", tmp_path / "out", "--language", "fr").code == 2
    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = command("sheets", *files, "--out", tmp_path / "out")
    assert (done.code, "harvest-planner[cli]" in done.err) == (2, True)

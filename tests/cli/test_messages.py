"""`harvest-planner messages` and `calendar`: what growers get of a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

import harvest_planner as hp
from tests.cli.test_commands import Command
from tests.formats.files import folder
from tests.formats.plans import PLAN


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(capsys, monkeypatch)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    hp.save_plan(PLAN, tmp_path / "plan.json")
    return tmp_path / "plan.json", folder(tmp_path / "problem")


def test_a_message_a_line_and_nothing_else(command: Command, files: tuple[Path, Path]) -> None:
    done = command("messages", *files, "--kind", "sms")
    # The loss of b1 is not told: its spray is unknown, so nobody may be sent to pick it.
    assert (done.code, done.err) == (0, "")
    assert done.out == "g1 11/8 05:00-09:00 CAT b1 S1 45kg\n"


def test_zalo(command: Command, files: tuple[Path, Path]) -> None:
    done = command("messages", *files, "--kind", "zalo")
    assert done.out.startswith("Nông Văn Thành: Thứ ba 11/8, từ 05:00 đến 09:00, hái ")
    assert len(done.out.splitlines()) == len(list(hp.messages(PLAN, hp.load_problem(files[1]), kind="zalo")))


def test_the_kind_must_be_given(command: Command, files: tuple[Path, Path]) -> None:
    assert command("messages", *files).code == 2
    assert command("messages", *files, "--kind", "fax").code == 2


def test_a_calendar(command: Command, files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "all.ics"
    assert command("calendar", *files, "--out", out).code == 0
    assert out.read_text(encoding="utf-8").count("BEGIN:VEVENT") == 1
    done = command("calendar", *files, "--out", tmp_path / "none.ics", "--team", "t9")
    assert (done.code, "unknown team" in done.err, (tmp_path / "none.ics").exists()) == (1, True, False)
    assert command("calendar", *files, "--out", out, "--team", "t", "--grower", "g1").code == 2

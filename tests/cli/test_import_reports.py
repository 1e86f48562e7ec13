"""`harvest-planner import-reports`: messages from growers in, batches.csv and a queue for a person out."""

from __future__ import annotations

from pathlib import Path

import pytest

import harvest_planner as hp
from tests.cli.test_commands import Command
from tests.formats.files import folder


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(capsys, monkeypatch)


def test_batches_are_brought_up_to_date_and_the_rest_waits(command: Command, tmp_path: Path) -> None:
    home = folder(tmp_path / "problem")
    (tmp_path / "sms.txt").write_text("b1 S3 55\nb1 S3 5000\n", encoding="utf-8")
    out = tmp_path / "out" / "batches.csv"
    done = command("import-reports", tmp_path / "sms.txt", home, "--out", out, "--language", "vi")
    assert (done.code, done.err) == (0, "")
    assert "Số lô đã cập nhật: 1" in done.out
    assert "2: b1 S3 5000: số kg gấp mười lần" in done.out
    assert sorted(path.name for path in out.parent.iterdir()) == ["batches.csv", "review.csv"]
    (home / "batches.csv").write_bytes(out.read_bytes())
    batch = hp.load_problem(home).batch("b1")
    assert (batch.stage_id, batch.quantity_kg) == ("S3", 55)


def test_a_problem_that_cannot_be_used(command: Command, tmp_path: Path) -> None:
    done = command("import-reports", tmp_path / "sms.txt", tmp_path / "none", "--out", tmp_path / "batches.csv")
    assert (done.code, done.out) == (1, "")


def test_the_batches_may_not_take_the_place_of_the_review(command: Command, tmp_path: Path) -> None:
    home = folder(tmp_path / "problem")
    (tmp_path / "sms.txt").write_text("b1 S3 55", encoding="utf-8")
    done = command("import-reports", tmp_path / "sms.txt", home, "--out", tmp_path / "review.csv")
    assert (done.code, (tmp_path / "review.csv").exists()) == (2, False)

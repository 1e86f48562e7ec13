"""`harvest-planner backtest`: a history in, a report on the screen, as JSON or in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import harvest_planner as hp
from tests.cli.test_commands import Command
from tests.learning.test_backtest import promises


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(capsys, monkeypatch)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    rows = promises(31, 60)
    rows[5]["arrived_at"] = rows[5]["shipped_at"]
    path = tmp_path / "history.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_the_screen_shows_covers_and_what_was_not_judged(command: Command, history: Path) -> None:
    done = command("backtest", history)
    text = " ".join(done.out.split())
    assert (done.code, done.err) == (0, "")
    assert "Arrivals judged: 59, of 60 rows." in text
    assert "Rows not judged, it arrives before it is shipped: 1" in text
    assert "đến nơi trước khi gửi: 1" in " ".join(command("backtest", history, "--language", "vi").out.split())


def test_json_is_the_report_and_nothing_else(command: Command, history: Path, tmp_path: Path) -> None:
    done = command("backtest", history, "--json", "--out", tmp_path / "out")
    assert json.loads(done.out) == hp.backtest(history).to_dict()
    assert "report.html" in done.err
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == json.loads(done.out)
    assert (
        (tmp_path / "out" / "left_out.csv")
        .read_text(encoding="utf-8")
        .splitlines()[1]
        .startswith("arrival_before_shipping,history.csv,7,arrived_at,")
    )


def test_input_of_which_nothing_can_be_judged_ends_with_1_and_writes_nothing(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("lane,shipped_at,arrived_at\nroad,2026-08-01T18:00+07:00,\n", encoding="utf-8")
    done = command("backtest", path, "--out", tmp_path / "out")
    assert (done.code, done.out) == (1, "")
    assert "none of its 1 rows can be judged" in done.err
    assert "history.csv:2: arrived_at" in done.err
    assert not (tmp_path / "out").exists()
    assert command("backtest", tmp_path / "absent.csv").code == 1


def test_a_time_zone_that_does_not_exist_is_usage(command: Command, history: Path) -> None:
    assert command("backtest", history, "--timezone", "Asia/Chi_Lang").code == 2
    assert command("backtest", history, "--timezone", "Asia/Ho_Chi_Minh").code == 0

"""Writing that is interrupted leaves what was there, and no litter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harvest_planner.formats.atomic import write_folder, write_text


def content(home: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in home.iterdir()}


def test_a_text_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    assert write_text(path, "cũ\r\n") == path
    assert write_text(str(path), "mới\n") == path
    assert path.read_bytes() == "mới\n".encode()
    assert content(tmp_path) == {"plan.json": "mới\n"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_text(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_interrupted_text_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    write_text(tmp_path / "plan.json", "old")

    def fail(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        write_text(tmp_path / "plan.json", "new")
    assert content(tmp_path) == {"plan.json": "old"}


def test_a_folder_is_made_and_filled(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    assert write_folder(home, {"x": "1", "y": "2"}) == [home / "x", home / "y"]
    (home / "z").write_text("mine")
    write_folder(home, {"x": "3"}, stale=["y", "absent"])
    assert content(home) == {"x": "3", "z": "mine"}


@pytest.mark.parametrize("failing", range(4))
def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """Whichever step fails: x and y are replaced, new is made, stale is removed."""
    home = tmp_path / "home"
    before = {"x": "old x", "y": "old y", "stale": "old"}
    write_folder(home, before)
    real_replace, real_unlink, steps = Path.replace, Path.unlink, []

    def step(name: str) -> None:
        steps.append(name)
        if len(steps) == failing + 1:
            raise OSError("no more")

    def replace(self: Path, target: Any) -> Path:
        if self.parent.name == "new":
            step("replace")
        return real_replace(self, target)

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self.name == "stale":
            step("unlink")
        real_unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(OSError, match="no more"):
        write_folder(home, {"x": "1", "new": "2", "y": "3"}, stale=["stale"])
    assert content(home) == before


def test_a_folder_that_was_not_there_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_folder(tmp_path / "a" / "b", {"x": "1"})
    assert [*tmp_path.iterdir()] == []


def test_a_folder_in_the_way_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "y").mkdir()
    (tmp_path / "x").write_text("old")
    with pytest.raises(OSError, match="y"):
        write_folder(tmp_path, {"x": "1", "y": "2"})
    assert (tmp_path / "x").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]

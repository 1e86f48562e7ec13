"""What the import contracts cannot say of themselves."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "harvest_planner"
MODULES = sorted(PACKAGE.rglob("*.py"))


def test_every_other_module_of_planning_is_closed_to_the_referee() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (closed,) = [row["forbidden_modules"] for row in contracts if "referee" in row["name"]]
    others = {path.stem for path in (PACKAGE / "planning").iterdir() if not path.name.startswith("__")} - {"referee"}
    assert others <= {name.rpartition(".")[2] for name in closed}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert len(text.splitlines()) <= 300


def test_there_is_no_room_for_odds_and_ends() -> None:
    rooms = {"utils", "helpers", "common", "base", "core", "manager", "misc"}
    assert {path.stem for path in PACKAGE.rglob("*")} & rooms == set()

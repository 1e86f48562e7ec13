"""The README's two commands stand as they must, and its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import harvest_planner as hp

ROOT = Path(__file__).resolve().parents[1]
FRESH = "python3 -m venv .venv && .venv/bin/pip install"
COMMANDS = [
    f'{FRESH} ".[cli]" && .venv/bin/harvest-planner plan examples/chi_lang --out plan',
    f'{FRESH} ".[test]" && .venv/bin/pytest',
]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [block.strip() for block in re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]


def test_the_two_commands_stand_in_the_readme_and_no_other() -> None:
    assert blocks("README.md", "sh") == COMMANDS


def test_the_vietnamese_page_starts_with_the_same_commands() -> None:
    assert blocks("README.vi.md", "sh")[:2] == COMMANDS


def test_what_it_is_for_takes_five_lines() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    purpose = text.split("\n\n")[1]
    assert len(purpose.splitlines()) == 5


def test_the_excerpt_is_filled() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    excerpt = text.split("<!-- excerpt -->")[1].split("<!-- /excerpt -->")[0]
    assert "```" in excerpt


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    call, backend = blocks("README.md", "python")
    assert len([line for line in call.splitlines() if line]) <= 10
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(compile(call, "README.md", "exec"), names)  # the page is the program under test
    printed = capsys.readouterr().out
    assert "good on arrival" in printed
    assert printed.rstrip().endswith("()")

    exec(compile(backend, "README.md", "exec"), names)
    post_plan = names["post_plan"]
    assert callable(post_plan)
    empty = hp.PlanningProblem.model_validate({"as_of": "2026-08-10T18:00+07:00"})
    answer = hp.HarvestPlan.model_validate_json(post_plan(empty.model_dump_json().encode()))
    assert (answer.shipments, answer.refusals) == ((), ())

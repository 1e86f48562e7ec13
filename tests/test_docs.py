"""The pages agree with the code and with each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.make_reference import FILES, PAGE, default, kind, render, unit

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


def test_the_reference_of_the_problem_folder_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python docs/make_reference.py"


@pytest.mark.parametrize("file", ["problem.toml", "crops.toml", *FILES])
def test_the_reference_has_a_section_for_each_file(file: str) -> None:
    assert f"\n## {file}\n" in render()


def test_cells_in_words() -> None:
    assert kind({"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]}) == "number ≥ 0"
    assert kind({"type": "array", "items": {"type": "string"}}) == "several: text"
    assert default({"default": [0.0, 2.0]}) == r"`0\|2`"
    assert default({"default": "05:00:00"}) == "`05:00`"
    assert default({"default": None}) == "–"
    assert (unit("price_vnd_per_kg"), unit("trip_cost_vnd"), unit("keeps_days"), unit("name")) == (
        "VND/kg",
        "VND",
        "d",
        "",
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []

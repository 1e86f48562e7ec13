"""The guide for teams says what the sheets say: the same terms, stages, codes and commands."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from pathlib import Path

import pytest

import harvest_planner as hp
from harvest_planner.formats.sheets.rendering import pick_sheets
from harvest_planner.formats.words import words
from tests.formats.orchard import orchard, plan
from tests.formats.test_terms import STRANGE

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "vi"
GUIDE = (FOLDER / "huong_dan_to.md").read_text(encoding="utf-8")
VISIT = (FOLDER / "tham_ho.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
A4_WORDS = 750
"""Most words of Vietnamese, short as they are, on a page of A4 in eleven points: an assumption."""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_uses_the_words_of_the_sheets(page: str) -> None:
    text = " ".join(PAGES[page].casefold().split())
    assert text == unicodedata.normalize("NFC", text)
    assert [strange for strange in STRANGE if re.search(rf"\b{strange}\b", text)] == []
    for term in ("hái", "độ chín", "vườn", "kẽ gai", "thùng", "phun thuốc"):
        assert term in text


def test_the_script_for_a_visit_is_one_page() -> None:
    assert len(VISIT.split()) <= A4_WORDS


def test_the_stages_are_told_as_on_the_sheets() -> None:
    rows = re.findall(r"^\| (S\d) \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
    stages = hp.crop("na-chi-lang").stages
    told = [
        (stage.id, stage.name_vi, (stage.looks_vi or "").removeprefix("Gần chín: ").capitalize()) for stage in stages
    ]
    assert rows == told


def test_what_the_guide_reads_on_a_sheet_stands_on_one() -> None:
    ((_, pieces),) = pick_sheets(plan(), orchard())
    sheet = "".join(pieces)
    for told in re.findall(r"^\| \*\*(.+?)\*\*", GUIDE, re.MULTILINE):
        for part in told.split(" · "):
            assert part in sheet or part in ("Hình quả", "Khung có vạch đen bên trái"), part
    assert words("vi").say("sheet.scale").startswith("Mũi tên chỉ độ chín lúc hái")
    assert "mũi tên chỉ độ chín lúc hái, vạch đậm là lúc ăn ngon" in GUIDE


def test_the_code_of_the_guide_is_that_of_the_library() -> None:
    lot = hp.lot_code("b17", dt.date(2026, 8, 11))
    assert f"**Mã lô {lot}**" in GUIDE
    assert f"`{words('vi').say('sheet.box_text', lot=lot, order='o1')}`" in GUIDE


@pytest.mark.parametrize("text", sorted(set(re.findall(r"`(P\d\d [^`]+)`", GUIDE + VISIT))))
def test_the_messages_of_the_guide_are_understood(text: str, tmp_path: Path) -> None:
    path = tmp_path / "sms.txt"
    path.write_text(text + "\n", encoding="utf-8")
    plots = [
        {**batch.model_dump(), "plot": f"P{number:02d}"} for number, batch in enumerate(orchard().batches, start=6)
    ]
    found = hp.read_reports(path, orchard(batches=plots))
    assert found.queue == ()
    assert found.updated


def test_the_commands_of_the_guide_exist() -> None:
    pytest.importorskip("typer")
    from harvest_planner.cli.commands import app

    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    named = set(re.findall(r"harvest-planner (\w+)", GUIDE + VISIT))
    assert named == {"sheets", "plan"}
    assert named <= known

"""Real sheets in a real browser: pages break between sheets on A5, no text is cut or covered, there or on a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.formats.sheets.rendering import pick_sheets
from tests.formats.orchard import orchard, pick, plan, shipment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PDFINFO, PDFTOTEXT = shutil.which("pdfinfo"), shutil.which("pdftotext")
PHONE_PX = 360
A5_PX = (559, 794)
A5_PT = (148 / 25.4 * 72, 210 / 25.4 * 72)
LANGUAGES = ["vi", "en"]
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and PDFINFO and PDFTOTEXT),
    reason="needs a browser and poppler: apt-get install chromium poppler-utils",
)


def browse(tmp_path: Path, *arguments: str) -> str:
    """The browser's answer, without a window, a network or a profile of its own."""
    assert CHROMIUM is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    options += ["--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run([CHROMIUM, *options, *arguments], capture_output=True, text=True, check=True, timeout=300)
    return done.stdout


def usual() -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """One household, three days."""
    return plan(), orchard()


def worst() -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """A team with long names without a blank, two households, and a batch of 40 boxes for three places."""
    growers = [
        {"id": "g1", "name": "Hộ bà Nguyễn Phước Bảo Quỳnh Anh Thị Đoan Trang", "team_id": "tổ-sản-xuất-số-mười-lăm"},
        {"id": "g2", "name": "W" * 60, "team_id": "tổ-sản-xuất-số-mười-lăm"},
    ]
    ids = [f"2608PMSHP{'X' * 20}{number:03d}" for number in range(40)]
    places = ("Bà Rịa - Vũng Tàu", "ca-mau", "ho-chi-minh")
    orders = [
        {**orchard().orders[0].model_dump(), "id": one, "quantity_kg": 2, "destination_id": places[number % 3]}
        for number, one in enumerate(ids)
    ]
    batches = [{**one.model_dump(), "plot": "ThửaRuộngTrênĐồi" * 4} for one in orchard().batches]
    picks = [
        pick("b20", 11, 80, grower_id="g2"),
        pick("b17", 11, 7.25, surplus_kg=7.25),
        pick("b18", 12, 1, stage_id="S4"),
    ]
    shipments = [shipment(one, "b20", 11, 2) for one in ids]
    return plan(picks=picks, shipments=shipments), orchard(growers=growers, batches=batches, orders=orders)


def mango() -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """Fruit that is drawn on a scale."""
    batches = [{**one.model_dump(), "crop_id": "mango-cat", "stage_id": "M2"} for one in orchard().batches]
    orders = [{**one.model_dump(), "crop_id": "mango-cat"} for one in orchard().orders]
    return plan(picks=[pick("b17", 11, 45, stage_id="M2")]), orchard(batches=batches, orders=orders)


CASES = {"usual": usual, "worst": worst, "mango": mango}


def document(tmp_path: Path, case: str, language: str) -> Path:
    answer, question = CASES[case]()
    ((name, pieces),) = pick_sheets(answer, question, language=language)
    path = tmp_path / name
    path.write_text("".join(pieces), encoding="utf-8")
    return path


def printed(tmp_path: Path, source: Path) -> list[str]:
    """The text of each page of the document, printed to PDF on A5."""
    pdf = tmp_path / "sheet.pdf"
    browse(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", source.as_uri())
    assert PDFINFO is not None
    assert PDFTOTEXT is not None
    told = subprocess.run([PDFINFO, str(pdf)], capture_output=True, text=True, check=True).stdout
    size = re.search(r"^Page size: +([\d.]+) x ([\d.]+) pts", told, re.MULTILINE)
    assert size is not None
    assert (float(size[1]), float(size[2])) == pytest.approx(A5_PT, abs=1)
    text = subprocess.run([PDFTOTEXT, "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return [unicodedata.normalize("NFC", page) for page in text.removesuffix("\f").split("\f")]


def measured(tmp_path: Path, page: Path, width: int) -> dict[str, Any]:
    """What the page looks like that wide: its widths, texts that are cut, texts that meet."""
    frame = tmp_path / "frame.html"
    # A frame, because a browser without a window takes no width below 500; the sheet itself runs no script.
    frame.write_text(
        f'<iframe id="page" width="{width}" height="{A5_PX[1]}" style="border:0" src="{page.name}"></iframe>'
        f"<pre id='told'></pre><script>{MEASURE}</script>",
        encoding="utf-8",
    )
    seen = browse(tmp_path, "--allow-file-access-from-files", "--dump-dom", frame.as_uri())
    told = re.search(r"<pre id=\"told\">(.*?)</pre>", seen, re.DOTALL)
    assert told is not None
    found: dict[str, Any] = json.loads(unescape(told[1]))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [PHONE_PX, A5_PX[0]], ids=["phone", "A5"])
def test_no_text_is_cut_or_covered(tmp_path: Path, case: str, language: str, width: int) -> None:
    found = measured(tmp_path, document(tmp_path, case, language), width)
    assert found["texts"] > 40
    assert 0 < found["scrollWidth"] <= found["clientWidth"] <= width
    assert found["cut"] == []
    assert found["covered"] == []


def test_the_measure_sees_what_is_cut_and_covered(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<meta charset=utf-8><body style='margin:0'>"
        "<p style='width:40px;overflow:hidden;white-space:nowrap'>a long text cut</p>"
        "<p style='position:absolute;left:5px;top:80px;margin:0'>below</p>"
        "<p style='position:absolute;left:8px;top:84px;margin:0'>above</p>"
        "<p style='white-space:nowrap;margin-left:300px'>runs over the edge of the screen</p>",
        encoding="utf-8",
    )
    found = measured(tmp_path, page, PHONE_PX)
    assert found["scrollWidth"] > found["clientWidth"]
    assert [text for text in found["cut"] if text.startswith("a long")] == ["a long text cut"]
    assert found["covered"] == [["below", "above"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sheet_begins_a_page(tmp_path: Path, language: str) -> None:
    pages = printed(tmp_path, document(tmp_path, "usual", language))
    days = ["Thứ ba 11/8", "Thứ năm 13/8", "Thứ sáu 14/8"] if language == "vi" else ["Tue 11", "Thu 13", "Fri 14"]
    heads = [next(line for line in page.splitlines() if line.strip()).strip() for page in pages]
    assert "Hộ bà Vi Thị Đào" in heads[0]
    sheets = [head for head in heads[1:] if "05:00–09:00" in head]
    assert [head.startswith(day) for head, day in zip(sheets, days, strict=True)] == [True] * 3
    lots = [re.findall(r"26081\d-b1\d · o\d", page) for page in pages]
    assert lots[0] == []
    assert [lot for page in lots for lot in page] == [
        *("260811-b17 · o1", "260811-b18 · o3", "260813-b17 · o2", "260814-b18 · o4")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_that_fits_a_page_is_not_torn(tmp_path: Path, language: str) -> None:
    """What begins with the batch's weight ends with its spray on the same page."""
    picked, sprayed = (r"Hái 20,5 kg", r"cách ly 7 ngày") if language == "vi" else (r"Pick 20.5 kg", r"interval 7 days")
    pages = printed(tmp_path, document(tmp_path, "usual", language))
    (whole,) = [page for page in pages if re.search(picked, page)]
    assert re.search(sprayed, whole)
    assert "260811-b18 · o3" in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_of_many_boxes_goes_on_under_its_own_heading(tmp_path: Path, language: str) -> None:
    pages = printed(tmp_path, document(tmp_path, "worst", language))
    boxed = [page for page in pages if "2608PMSHPX" in page]
    assert len(boxed) >= 3
    heading = "Gửi đi đâu" if language == "vi" else "Where it goes"
    assert all(heading in page for page in boxed)
    assert sum(page.count("2608PMSHPX") for page in boxed) == 40
    # The first of them is filled: the heading of the batch does not stand alone.
    assert boxed[0].count("2608PMSHPX") >= 3


def test_accents_are_printed(tmp_path: Path) -> None:
    text = " ".join(" ".join(printed(tmp_path, document(tmp_path, "usual", "vi"))).split())
    for words in (
        "Phiếu hái của Hộ bà Vi Thị Đào",
        "Vườn: Lũng Na, khu trên",
        "Mã lô 260811-b17",
        "kẽ gai bắt đầu giãn",
    ):
        assert words in text

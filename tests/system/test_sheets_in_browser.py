"""A real sheet in a real browser: a page of days and a page a day on A5, and nothing beyond the edge of a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harvest_planner.formats.sheets import pick_sheets
from tests.formats.orchard import orchard, plan

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PDFINFO = shutil.which("pdfinfo")
PHONE_PX = 360
A5_PT = (148 / 25.4 * 72, 210 / 25.4 * 72)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and PDFINFO), reason="needs a browser and poppler: apt-get install chromium poppler-utils"
)


def browse(tmp_path: Path, *arguments: str) -> str:
    """The browser's answer, without a window, a network or a profile of its own."""
    assert CHROMIUM is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    options += ["--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run([CHROMIUM, *options, *arguments], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def sheet(tmp_path: Path, language: str) -> Path:
    ((name, html),) = pick_sheets(plan(), orchard(), language=language)
    path = tmp_path / name
    path.write_text(html, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_of_days_and_a_page_for_each_day(tmp_path: Path, language: str) -> None:
    pdf = tmp_path / "sheet.pdf"
    source = sheet(tmp_path, language).as_uri()
    browse(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", source)
    assert PDFINFO is not None
    told = subprocess.run([PDFINFO, str(pdf)], capture_output=True, text=True, check=True).stdout
    pages = re.search(r"^Pages: +(\d+)$", told, re.MULTILINE)
    size = re.search(r"^Page size: +([\d.]+) x ([\d.]+) pts", told, re.MULTILINE)
    assert pages is not None
    assert size is not None
    days = {pick.pick_on for pick in plan().picks}
    assert int(pages[1]) == len(days) + 1
    assert (float(size[1]), float(size[2])) == pytest.approx(A5_PT, abs=1)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_runs_over_the_edge_of_a_phone(tmp_path: Path, language: str) -> None:
    page = sheet(tmp_path, language)
    frame = tmp_path / "phone.html"
    # A frame, because a browser without a window takes no width below 500; the sheet itself runs no script.
    frame.write_text(
        f'<iframe id="phone" width="{PHONE_PX}" height="800" style="border:0" src="{page.name}"></iframe>'
        "<script>onload = () => { const root = document.getElementById('phone').contentDocument.documentElement;"
        "document.title = 'wide ' + root.scrollWidth + ' of ' + root.clientWidth; }</script>",
        encoding="utf-8",
    )
    seen = browse(tmp_path, "--allow-file-access-from-files", "--dump-dom", frame.as_uri())
    widths = re.search(r"wide (\d+) of (\d+)", seen)
    assert widths is not None
    assert 0 < int(widths[1]) <= int(widths[2]) <= PHONE_PX

"""Real sheets of labels in a real browser: eight to a page of A4, nothing cut however long the names."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.formats.orchard import orchard, plan, shipment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PDFINFO, PDFTOTEXT = shutil.which("pdfinfo"), shutil.which("pdftotext")
PHONE_PX = 360
LONG_ID = "đơn" + "x" * 150

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


def sheet(tmp_path: Path, language: str, *, parcels: int, order_id: str = "o1") -> Path:
    orders = [order.model_copy(update={"id": order_id}) for order in orchard().orders if order.id == "o1"]
    sent = [shipment(order_id, "b17", 11, 1.5 + part) for part in range(parcels)]
    question = orchard().model_copy(update={"orders": tuple(orders)})
    ((name, html),) = hp.box_labels(plan(shipments=sent), question, language=language)
    path = tmp_path / name
    path.write_text(html, encoding="utf-8")
    return path


def pdf_of(tmp_path: Path, page: Path) -> Path:
    pdf = tmp_path / "labels.pdf"
    browse(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
    return pdf


def told(program: str | None, *arguments: str | Path) -> str:
    assert program is not None
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("parcels", "pages"), [(1, 1), (8, 1), (9, 2), (17, 3)])
def test_eight_labels_to_a_page_of_a4(tmp_path: Path, language: str, parcels: int, pages: int) -> None:
    about = told(PDFINFO, pdf_of(tmp_path, sheet(tmp_path, language, parcels=parcels)))
    assert re.search(rf"^Pages: +{pages}$", about, re.MULTILINE)
    size = re.search(r"^Page size: +([\d.]+) x ([\d.]+) pts", about, re.MULTILINE)
    assert size is not None
    assert (float(size[1]), float(size[2])) == pytest.approx((210 / 25.4 * 72, 297 / 25.4 * 72), abs=1)


def test_long_names_are_broken_not_cut(tmp_path: Path) -> None:
    pdf = pdf_of(tmp_path, sheet(tmp_path, "vi", parcels=9, order_id=LONG_ID))
    text = "".join(told(PDFTOTEXT, "-raw", pdf, "-").split())
    assert text.count(LONG_ID) == 9
    assert text.count("260811-b17") == 9


@pytest.mark.parametrize("order_id", ["o1", LONG_ID])
def test_nothing_runs_over_the_edge_of_a_phone_or_of_a_label(tmp_path: Path, order_id: str) -> None:
    page = sheet(tmp_path, "vi", parcels=3, order_id=order_id)
    frame = tmp_path / "phone.html"
    # A frame, because a browser without a window takes no width below 500; the sheet itself runs no script.
    frame.write_text(
        f'<iframe id="phone" width="{PHONE_PX}" height="800" style="border:0" src="{page.name}"></iframe>'
        "<script>onload = () => { const held = document.getElementById('phone').contentDocument;"
        "const root = held.documentElement;"
        "const cut = [...held.querySelectorAll('.label, .label *')].filter(one => one.scrollWidth > one.clientWidth + 1"
        " && one.clientWidth).length;"
        "document.title = 'wide ' + root.scrollWidth + ' of ' + root.clientWidth + ', cut ' + cut; }</script>",
        encoding="utf-8",
    )
    seen = browse(tmp_path, "--allow-file-access-from-files", "--dump-dom", frame.as_uri())
    widths = re.search(r"wide (\d+) of (\d+), cut (\d+)", seen)
    assert widths is not None
    assert 0 < int(widths[1]) <= int(widths[2]) <= PHONE_PX
    assert int(widths[3]) == 0

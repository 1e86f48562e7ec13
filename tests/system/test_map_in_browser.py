"""The map of journeys in a real browser: no text cut or covered on A5 and on a phone, accents printed."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.system.test_sheets_in_browser import A5_PX, CHROMIUM, PDFINFO, PDFTOTEXT, PHONE_PX, measured, printed

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and PDFINFO and PDFTOTEXT),
    reason="needs a browser and poppler: apt-get install chromium poppler-utils",
)
PLACES = ("ha-noi", "nghe-an", "thua-thien-hue", "da-nang", "khanh-hoa", "ho-chi-minh", "can-tho", "ca-mau")


@pytest.fixture(scope="module", params=["vi", "en"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map as a page: a drawing whose texts stay texts, as wide as what shows it."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    problem = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00")
    ready_at = dt.datetime.fromisoformat("2026-08-10T11:00:00+07:00")
    with mpl.rc_context({"svg.fonttype": "none"}):
        ax = hp.plot.journey_map(problem, "chi-lang", ready_at=ready_at, destinations=PLACES, language=request.param)
        folder, figure = tmp_path_factory.mktemp("map"), ax.get_figure(root=True)
        assert figure is not None
        figure.savefig(folder / "map.svg", bbox_inches="tight")
        plt.close(figure)
    drawing = (folder / "map.svg").read_text(encoding="utf-8")
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing[drawing.index("<svg") :], flags=re.DOTALL)
    found = folder / f"{request.param}.html"
    found.write_text(
        "<!doctype html><meta charset=utf-8><style>@page {size: A5; margin: 8mm} body {margin: 0}"
        f"svg {{display: block; width: 100%; height: auto; max-height: 190mm}}</style>{drawing}",
        encoding="utf-8",
    )
    return found


@pytest.mark.parametrize("width", [PHONE_PX, A5_PX[0]], ids=["phone", "A5"])
def test_no_text_is_cut_or_covered(page: Path, width: int) -> None:
    seen = measured(page.parent, page, width)
    assert seen["texts"] >= 5
    assert seen["scrollWidth"] <= seen["clientWidth"]
    assert (seen["cut"], seen["covered"]) == ([], [])


def test_it_prints_on_one_page_with_its_accents(page: Path) -> None:
    (text,) = printed(page.parent, page)
    words = "Từ Chi Lăng" if page.stem == "vi" else "From Chi Lăng"
    assert words in " ".join(text.split())

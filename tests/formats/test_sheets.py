"""Pick sheets: a page of days and a sheet for each grower and day, in two languages, safe against any data."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.formats.sheets.rendering import pick_sheets
from tests.formats.orchard import AS_OF, orchard, pick, plan, row, shipment

SCRIPT = "<script>alert('x')</script>\"'&"


class Page(HTMLParser):
    """What a browser would see: elements, and text by language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.words: list[str] = []
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._within and data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.words)


def drawn(language: str = "vi", **changes: Any) -> dict[str, str]:
    return {name: "".join(pieces) for name, pieces in pick_sheets(plan(**changes), orchard(), language=language)}


def only(found: Iterator[tuple[str, Iterator[str]]]) -> tuple[str, str]:
    ((name, html),) = [(name, "".join(pieces)) for name, pieces in found]
    return name, html


def test_one_document_for_a_grower_without_a_team() -> None:
    assert list(drawn()) == ["g1.html"]


def test_a_page_of_days_and_a_sheet_for_each_day() -> None:
    page = Page(drawn()["g1.html"])
    assert page.tags.count("section") == 1 + 3
    assert page.tags.count("article") == 4


def test_the_day_the_hours_the_weight_and_the_look() -> None:
    text = Page(drawn()["g1.html"]).text
    for expected in (
        "Phiếu hái của Hộ bà Vi Thị Đào",
        "Thứ ba 11/8",
        "05:00–09:00",
        "Hái 45 kg",
        "Vườn: Lũng Na, khu trên",
        "Mã lô 260811-b17",
        hp.crop("na-chi-lang").stage("S3").looks_vi or "",
        "Cà Mau",
        "Bà Rịa - Vũng Tàu",
    ):
        assert expected in text


def test_each_box_says_lot_and_order_with_its_weight() -> None:
    words = Page(drawn()["g1.html"]).words
    at = words.index("Cà Mau")
    assert words[at + 1 : at + 3] == ["260811-b17 · o1", "45 kg"]
    at = words.index("Bà Rịa - Vũng Tàu")
    assert words[at + 1 : at + 6] == ["260814-b18 · o4", "8 kg", "Chợ địa phương", "Local market", "20 kg"]


def test_orders_to_one_place_are_summed_and_boxed_apart() -> None:
    shared = plan(
        shipments=[shipment("o1", "b17", 11, 20), shipment("o2", "b17", 11, 25)],
        picks=[pick("b17", 11, 45)],
        batches=[row("b17")],
    )
    both = orchard(orders=[{**order.model_dump(), "destination_id": "ca-mau"} for order in orchard().orders[:2]])
    words = Page(only(pick_sheets(shared, both))[1]).words
    at = words.index("Cà Mau")
    assert words[at + 1 : at + 8] == [
        "(2 thùng)",
        "(boxes: 2)",
        "45 kg",
        "260811-b17 · o1",
        "20 kg",
        "260811-b17 · o2",
        "25 kg",
    ]


def test_english_stands_beside_vietnamese_in_smaller_type() -> None:
    html = drawn("vi")["g1.html"]
    assert '<html lang="vi">' in html
    assert '<span lang="vi">Hái 45 kg</span> <span class="beside" lang="en">Pick 45 kg</span>' in html


def test_english_alone() -> None:
    html = drawn("en")["g1.html"]
    assert '<html lang="en">' in html
    assert 'lang="vi"' not in html
    assert "Pick 45 kg" in html
    assert "Hái" not in Page(html).text


def test_an_undeclared_spray_is_a_warning_and_a_declared_one_is_told() -> None:
    html = drawn("en")["g1.html"]
    by_batch = {found[1]: found[0] for found in re.findall(r"(<article.*?Batch (b\d+).*?</article>)", html, re.DOTALL)}
    assert "No spray is declared" in by_batch["b17"]
    assert "Last spray Sat 1 Aug, interval 7 days: lawful to pick from Sat 8 Aug." in by_batch["b18"]
    assert "No spray is declared" not in by_batch["b18"]


def test_the_interval_ends_on_the_next_whole_day() -> None:
    # Sprayed on the 9th with 7.5 days: the 17th is the first day with 7.5 days behind it.
    assert "Not to be picked before Mon 17 Aug" in drawn("en")["g1.html"]


def test_the_rest_says_until_when_it_holds() -> None:
    # Both picks of b17, which leave 30 and 15 kg; of b18 only the first, for the second empties it.
    text = Page(drawn("en")["g1.html"]).text
    assert text.count("What stays on the tree holds no later than Sat 15 Aug.") == 3
    assert "Quả còn lại trên cây giữ được muộn nhất đến Thứ bảy 15/8." in drawn()["g1.html"]


def test_nothing_of_the_buyer_but_place_and_order() -> None:
    html = drawn()["g1.html"]
    assert "giỏ của chị Hạnh" not in html
    assert "0900 000 001" not in html
    assert "60.000" not in html


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_text_of_the_data_becomes_markup(language: str) -> None:
    crop = {
        "id": SCRIPT,
        "like": "na-chi-lang",
        "name": SCRIPT,
        "name_vi": SCRIPT,
        "reference_stage_id": SCRIPT,
        "stages": [
            {"id": SCRIPT, "age_d20": 0, "sd_d20": 1} | dict.fromkeys(("name", "name_vi", "looks", "looks_vi"), SCRIPT)
        ],
    }
    place = {"id": SCRIPT, "name": SCRIPT, "province": SCRIPT, "latitude_deg": 21, "longitude_deg": 106}
    batch = dict.fromkeys(
        ("id", "grower_id", "crop_id", "place_id", "stage_id", "plot", "variety", "planting_area_code"), SCRIPT
    )
    order = {
        **dict.fromkeys(("id", "crop_id", "destination_id", "basket_id"), SCRIPT),
        "quantity_kg": 45,
        "deliver_until_at": "2026-08-16T18:00:00+07:00",
        "price_vnd_per_kg": 1,
    }
    problem = hp.PlanningProblem.model_validate(
        {
            "as_of": AS_OF,
            "crops": [crop],
            "places": [place],
            "growers": [dict.fromkeys(("id", "name", "team_id", "phone"), SCRIPT)],
            "batches": [{**batch, "quantity_kg": 60, "observed_on": "2026-08-10"}],
            "orders": [order],
        }
    )
    hostile = plan(
        picks=[pick(SCRIPT, 11, 45, grower_id=SCRIPT, stage_id=SCRIPT)],
        shipments=[shipment(SCRIPT, SCRIPT, 11, 45)],
        batches=[row(SCRIPT, grower_id=SCRIPT, left_kg=15)],
        refusals=[],
        surplus=[],
    )
    name, html = only(pick_sheets(hostile, problem, language=language))
    page = Page(html)
    assert name == "script-alert-x-script.html"
    assert "script" not in page.tags
    assert page.attributes <= Page(drawn(language)["g1.html"]).attributes
    assert page.text.count(SCRIPT) >= 12


def test_sheets_fetch_nothing() -> None:
    html = drawn()["g1.html"]
    assert "default-src 'none'" in html
    assert re.findall(r"\b(?:src|href|url)\s*[=(](?!\"#seen-1\"|\"#seen-2\")|https?://", html) == []


def team(*, language: str = "en", team_id: str | None = None, **changes: Any) -> dict[str, str]:
    """Both growers pick, of a team whose id is a path."""
    growers = [grower.model_dump() | {"team_id": "../Tổ 1"} for grower in orchard().growers]
    question = orchard(growers=[*growers, {"id": "g3"}, {"id": "g4", "team_id": "idle"}])
    third = pick("b20", 11, 10, grower_id="g2", from_at="2026-08-11T04:30+07:00", until_at="2026-08-11T08:00+07:00")
    answer = plan(picks=[third, *plan().picks], **changes)
    found = pick_sheets(answer, question, language=language, team_id=team_id)
    return {name: "".join(pieces) for name, pieces in found}


def test_a_team_gets_the_sheets_of_its_growers_by_day_and_grower() -> None:
    ((name, html),) = team().items()
    assert name == "to-1.html"
    assert "<title>Pick sheets of team ../Tổ 1</title>" in html
    sheets = re.findall(r'<h1>(.*?)</h1><span class="clock">(.*?)</span></div>\s*<p class="who">(.*?)</p>', html)
    assert sheets == [
        ("Tue 11 Aug", "05:00–09:00", "Hộ bà Vi Thị Đào"),
        ("Tue 11 Aug", "04:30–08:00", "g2"),
        ("Thu 13 Aug", "05:00–09:00", "Hộ bà Vi Thị Đào"),
        ("Fri 14 Aug", "05:00–09:00", "Hộ bà Vi Thị Đào"),
    ]
    days = html[html.index('id="days"') : html.index("Left on the tree")]
    assert re.findall(r"<td>(b\d\d(?:, b\d\d)*)</td>", days) == ["b17, b18", "b20", "b17", "b18"]


def test_only_the_team_asked_for() -> None:
    assert team(team_id="../Tổ 1") == team()
    assert team(team_id="idle") == {}
    with pytest.raises(hp.UnknownIdError, match=r"unknown team 'x'; known: \.\./Tổ 1, idle"):
        team(team_id="x")


def test_each_stage_is_drawn_once_and_shown_at_each_pick_of_it() -> None:
    html = drawn()["g1.html"]
    assert re.findall(r'<symbol id="(.*?)"', html) == ["seen-1", "seen-2"]
    assert re.findall(r'<use href="#(.*?)"', html) == ["seen-1", "seen-1", "seen-2", "seen-2"]
    assert html.count("Mũi tên chỉ độ chín") == 0


def test_other_fruit_has_a_scale_that_is_explained_and_food_has_no_drawing() -> None:
    def of(crop_id: str) -> str:
        stage_id = hp.crop(crop_id).reference_stage_id
        batches = [{**batch.model_dump(), "crop_id": crop_id, "stage_id": stage_id} for batch in orchard().batches]
        orders = [{**order.model_dump(), "crop_id": crop_id} for order in orchard().orders]
        picks = [pick("b17", 11, 45, stage_id=stage_id)]
        return only(pick_sheets(plan(picks=picks), orchard(batches=batches, orders=orders)))[1]

    assert of("mango-cat").count("Mũi tên chỉ độ chín lúc hái, vạch đậm là lúc ăn ngon.") == 1
    assert "<svg" not in of("vit-quay")


def test_an_older_pick_has_no_sheet() -> None:
    done = pick("b17", 10, 5)
    assert drawn(picks=[done]) == {}


def test_pieces_come_as_they_are_asked_for() -> None:
    """The head is there before the sheets are made: a plan that names an unknown order fails only later."""
    broken = plan(shipments=[shipment("o3", "b18", 11, 20.5), shipment("nobody's", "b18", 14, 8)])
    ((_, pieces),) = pick_sheets(broken, orchard())
    assert next(pieces).lstrip().startswith("<!DOCTYPE html>")
    with pytest.raises(hp.UnknownIdError, match="nobody's"):
        list(pieces)


def test_without_jinja2_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(hp.MissingExtraError, match=r"pick_sheets needs jinja2.*harvest-planner\[cli\]"):
        drawn()


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="no language 'fr'"):
        drawn("fr")

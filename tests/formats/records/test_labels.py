"""Labels: one for each parcel that has not left, nothing of buyers, every text escaped, the QR code that of the lot."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import segno

import harvest_planner as hp
from tests.formats.orchard import orchard, plan, shipment

NASTY = '<script>alert("x")</script>'


def sheets(problem: hp.PlanningProblem | None = None, *, language: str = "vi", **changes: Any) -> dict[str, str]:
    return dict(hp.box_labels(plan(**changes), problem or orchard(), language=language))


def test_a_sheet_for_each_day_and_place_with_a_label_for_each_parcel() -> None:
    found = sheets()
    assert {name: html.count('<section class="label">') for name, html in found.items()} == {
        "2026-08-11-chi-lang.html": 2,
        "2026-08-13-chi-lang.html": 1,
        "2026-08-14-chi-lang.html": 1,
    }


def texts(html: str) -> list[str]:
    body = re.sub(r"<svg.*?</svg>", "", html.partition("<body>")[2], flags=re.DOTALL)
    return [text.strip() for text in re.findall(r">([^<>]+)<", body) if text.strip()]


def test_what_stands_on_a_label() -> None:
    assert texts(sheets()["2026-08-13-chi-lang.html"]) == [
        "Na Chi Lăng",
        "Mã lô",
        "260813-b17",
        "Ngày hái: 13/8/2026",
        "Ăn ngon từ Chủ nhật 16/8 đến Thứ hai 17/8",
        "Nơi đến: Hà Nội",
        "Đơn o2, 30 kg",
    ]
    assert texts(sheets(language="en")["2026-08-13-chi-lang.html"]) == [
        "Sugar apple of Chi Lang",
        "Lot",
        "260813-b17",
        "Picked on 13 Aug 2026",
        "Good to eat from Sun 16 Aug until Mon 17 Aug",
        "To Hà Nội",
        "Order o2, 30 kg",
    ]


def test_good_on_one_day_only() -> None:
    one = shipment("o2", "b17", 13, 30).model_copy(update={"eat_until_on": plan().shipments[2].eat_from_on})
    assert "Ăn ngon trong Chủ nhật 16/8" in texts(sheets(shipments=[one])["2026-08-13-chi-lang.html"])


def test_what_has_left_needs_no_label() -> None:
    leg = {"lane_id": "l", "arrive_p50_at": "2026-08-12T08:00+07:00", "arrive_p95_at": "2026-08-12T08:00+07:00"}
    gone = hp.Leg.model_validate(leg | {"departs_at": "2026-08-10T17:59+07:00"})
    leaves = hp.Leg.model_validate(leg | {"departs_at": "2026-08-10T18:00+07:00"})
    parcels = [shipment("o1", "b17", 10, 5), shipment("o3", "b18", 10, 5)]
    sent = [parcels[0].model_copy(update={"legs": (gone,)}), parcels[1].model_copy(update={"legs": (leaves,)})]
    (html,) = sheets(shipments=sent).values()
    assert ("Đơn o1" in html, "Đơn o3" in html) == (False, True)


def test_the_qr_code_is_that_of_the_lot() -> None:
    html = sheets()["2026-08-13-chi-lang.html"]
    (drawn,) = re.findall(r'<svg[^>]*class="qr"[^>]*>.*?</svg>', html, flags=re.DOTALL)
    code = segno.make_qr("260813-b17", error="q")
    assert drawn == code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    assert drawn != segno.make_qr("260813-b18", error="q").svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None
    )
    assert dark_modules(drawn) == Counter(bit for row in code.matrix for bit in row)[1]


def dark_modules(svg: str) -> int:
    """The length of all horizontal strokes of the code."""
    return sum(int(run) for run in re.findall(r"h(\d+)", svg))


def test_no_text_becomes_markup() -> None:
    problem = orchard()
    batches = [
        batch.model_copy(update={"id": f"{NASTY}{batch.id}", "plot": NASTY, "place_id": NASTY})
        for batch in problem.batches
    ]
    orders = [
        order.model_copy(update={"id": f"{NASTY}{order.id}", "destination_id": NASTY}) for order in problem.orders
    ]
    place = hp.Place(id=NASTY, name=NASTY, latitude_deg=21.6, longitude_deg=106.5)
    crop = hp.crop("na-chi-lang").model_copy(update={"name": NASTY, "name_vi": NASTY})
    nasty = problem.model_copy(update={"batches": batches, "orders": orders, "places": (place,), "crops": (crop,)})
    moved = [
        one.model_copy(update={"batch_id": f"{NASTY}{one.batch_id}", "order_id": f"{NASTY}{one.order_id}"})
        for one in plan().shipments
    ]
    found = sheets(nasty, shipments=moved)
    assert len(found) == 3
    for name, html in found.items():
        assert re.fullmatch(r"2026-08-1[134]\.[A-Z2-7]{16}\.html", name)
        assert "<script" not in html
        assert html.count("&lt;script&gt;") >= 4
        assert "default-src 'none'" in html


def test_file_names_cannot_leave_the_folder_nor_collide(tmp_path: Path) -> None:
    ids = ("../../etc/x", "A", "a", "Ải Chi Lăng", "con", "..", "x" * 100)
    names: set[str] = set()
    for place_id in ids:
        batches = [batch.model_copy(update={"place_id": place_id}) for batch in orchard().batches]
        place = hp.Place(id=place_id, latitude_deg=21.6, longitude_deg=106.5)
        problem = orchard().model_copy(update={"batches": batches, "places": (place,)})
        paths = hp.write_labels(plan(), problem, tmp_path / "out")
        assert {path.parent for path in paths} == {tmp_path / "out"}
        names |= {path.name.casefold() for path in paths}
    assert len(names) == 3 * len(ids)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_labels_tell_nothing_of_growers_and_buyers() -> None:
    text = "".join(sheets().values())
    assert [secret for secret in ("0900 000 001", "Vi Thị Đào", "giỏ của chị Hạnh") if secret in text] == []


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no language 'fr'"):
        sheets(language="fr")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from harvest_planner.formats.records import labels

    labels._qr_svg.cache_clear()
    monkeypatch.setitem(sys.modules, "segno", None)
    with pytest.raises(hp.MissingExtraError, match=r"harvest-planner\[labels\]"):
        sheets()

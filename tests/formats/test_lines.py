"""A line for each batch and each refusal, as people read it in either language."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_planner.formats.lines import BatchLines, refusal_sentence
from harvest_planner.formats.words import words
from tests.formats.orchard import orchard, pick, plan, refusal, row

LINES = {
    "en": [
        "b17: Tue 11 Aug 45 kg → Cà Mau · Thu 13 Aug 30 kg → Hà Nội · no later than Sat 15 Aug",
        "b18: Tue 11 Aug 20.5 kg → Hồ Chí Minh · Fri 14 Aug 28 kg → Bà Rịa - Vũng Tàu, local market"
        " · no later than Sat 15 Aug",
        "b19: may not be picked before Mon 17 Aug: pre-harvest interval after the spray"
        " · holds on the tree until Sat 15 Aug · 60 kg left, lost from Sun 16 Aug",
        "b20: not picked now: it can wait on the tree beyond these days · 60 kg left",
    ],
    "vi": [
        "b17: Thứ ba 11/8 45 kg → Cà Mau · Thứ năm 13/8 30 kg → Hà Nội · muộn nhất Thứ bảy 15/8",
        "b18: Thứ ba 11/8 20,5 kg → Hồ Chí Minh · Thứ sáu 14/8 28 kg → Bà Rịa - Vũng Tàu, chợ địa phương"
        " · muộn nhất Thứ bảy 15/8",
        "b19: không được hái trước Thứ hai 17/8: còn trong thời gian cách ly sau phun thuốc"
        " · giữ được trên cây đến Thứ bảy 15/8 · còn 60 kg, hỏng từ Chủ nhật 16/8",
        "b20: chưa hái: quả còn để được trên cây qua những ngày này · còn 60 kg",
    ],
}


@pytest.mark.parametrize("language", LINES)
def test_a_line_for_each_batch(language: str) -> None:
    lines = BatchLines(plan(), orchard(), words(language))
    assert [lines.line(one) for one in plan().batches] == LINES[language]


@pytest.mark.parametrize(("places", "told"), [(3, "Cà Mau, Hà Nội, Lai Châu"), (5, "Cà Mau, Hà Nội, Lai Châu +2")])
def test_of_many_destinations_three_are_named(places: int, told: str) -> None:
    ids = ["ca-mau", "ha-noi", "lai-chau", "da-nang", "hai-phong"][:places]
    busy = row("b17", days=[{"pick_on": "2026-08-11", "kg": 45, "destination_ids": ids}], latest_pick_on=None)
    lines = BatchLines(plan(picks=[pick("b17", 11, 45)]), orchard(), words("en"))
    assert lines.line(busy) == f"b17: Tue 11 Aug 45 kg → {told}"


@pytest.mark.parametrize(
    ("language", "params", "sentence"),
    [
        ("en", {"origins": "chi-lang"}, "o5: no lane leads from Chi Lăng to Lai Châu within the timetable"),
        ("vi", {"origins": "chi-lang"}, "o5: không có tuyến vận chuyển nào từ Chi Lăng đến Lai Châu"),
        ("en", {}, "o5: as the planner says it"),
        ("vi", {}, "o5: không có tuyến vận chuyển nào đến Lai Châu"),
    ],
)
def test_a_refusal_in_a_sentence(language: str, params: dict[str, Any], sentence: str) -> None:
    refused = refusal("o5", 12, "no_journey", "as the planner says it", **params)
    assert refusal_sentence(refused, orchard(), words(language)) == sentence

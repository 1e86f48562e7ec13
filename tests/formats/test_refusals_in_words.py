"""A refusal is told in whole sentences, also that of an order which the problem does not hold."""

from __future__ import annotations

import pytest

import harvest_planner as hp

ORDER = hp.Order(
    id="n-1",
    crop_id="na-chi-lang",
    quantity_kg=5,
    destination_id="ca-mau",
    deliver_until_at="2026-08-14T18:00:00+07:00",
    price_vnd_per_kg=60_000,
)
PROBLEM = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00")


def refusal(*changes: dict[str, object]) -> hp.Refusal:
    reason = {"code": "no_fruit", "message": "no batch", "would_work_if": changes}
    return hp.Refusal.model_validate({"order_id": "n-1", "kg": 5, "reasons": [reason]})


@pytest.mark.parametrize(
    ("language", "refused", "deadline"),
    [
        ("vi", "Đơn n-1: từ chối 5 kg, vì không có lô Na Chi Lăng nào", "hạn giao lùi đến 18:00 Thứ bảy 15/8"),
        ("en", "Order n-1: 5 kg are refused, because no batch of", "a deadline of Sat 15 Aug 18:00"),
    ],
)
def test_reason_and_nearest_wish_are_sentences(language: str, refused: str, deadline: str) -> None:
    asked = refusal({"field": "deliver_until_at", "value": "2026-08-15T18:00:00+07:00"})
    first, second = hp.describe_refusal(asked, PROBLEM, order=ORDER, language=language)
    assert first.startswith(refused)
    assert deadline in second


def test_the_order_may_stand_in_the_problem() -> None:
    known = PROBLEM.model_copy(update={"orders": (ORDER,)})
    assert hp.describe_refusal(refusal(), known) == hp.describe_refusal(refusal(), PROBLEM, order=ORDER)


def test_an_order_that_is_not_known_is_an_error() -> None:
    with pytest.raises(hp.UnknownIdError, match="n-1"):
        hp.describe_refusal(refusal(), PROBLEM)

"""Short messages: an SMS that fits and can be read in one way, Zalo in whole sentences, reminders in time."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.formats.gsm import AMBIGUOUS, MOST_SEPTETS, gsm7_septets, plain_code
from harvest_planner.formats.words import languages
from tests.formats.orchard import orchard, pick, plan, row


def texts(answer: hp.HarvestPlan, problem: hp.PlanningProblem, **how: Any) -> list[str]:
    return [message.text for message in hp.messages(answer, problem, **how)]


def named(**changes: Any) -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """A pick and a loss of a batch whose record is changed."""
    problem = orchard()
    batches = (problem.batch("b17").model_copy(update=changes), *problem.batches[1:])
    answer = plan(picks=[pick("b17", 11, 45.5)], batches=[row("b17", left_kg=10, lost_on="2026-08-16")])
    return answer, problem.model_copy(update={"batches": batches})


def test_an_sms_holds_day_hours_plot_stage_and_kilograms() -> None:
    answer, problem = named(plot="P07")
    assert texts(answer, problem, kind="sms") == [
        "g1 11/8 05:00-09:00 CAT P07 S2 45,5kg",
        "g1 15/8 NHAC P07 con 10kg, 16/8 la hong. Ban trong ngay.",
    ]


def test_zalo_speaks_whole_sentences_with_accents() -> None:
    answer, problem = named(plot="Lũng Na, khu trên")
    first, second = texts(answer, problem, kind="zalo")
    assert first.startswith("Hộ bà Vi Thị Đào: Thứ ba 11/8, từ 05:00 đến 09:00, hái Lũng Na, khu trên (lô b17)")
    assert "độ chín S2 chớm mở gai" in first
    assert second.startswith("Hộ bà Vi Thị Đào: Lũng Na, khu trên còn 10 kg, từ Chủ nhật 16/8 là hỏng.")


def test_messages_come_in_the_order_of_the_days_to_send_them() -> None:
    answer, problem = named(plot="P07")
    found = list(hp.messages(answer, problem, kind="sms"))
    assert [(message.send_on, message.about) for message in found] == [
        (dt.date(2026, 8, 10), "pick"),
        (dt.date(2026, 8, 15), "loss"),
    ]


def test_many_picks_take_several_messages_each_whole_in_itself() -> None:
    problem = orchard()
    one = problem.batch("b17")
    batches = [one.model_copy(update={"id": f"b{n}", "plot": f"Khu {n} doi cao phia dong"}) for n in range(12)]
    answer = plan(picks=[pick(batch.id, 11, 10.0 + n) for n, batch in enumerate(batches)], batches=[])
    found = texts(answer, problem.model_copy(update={"batches": tuple(batches)}), kind="sms")
    assert len(found) > 1
    assert all(text.startswith("g1 11/8 05:00-09:00 CAT ") for text in found)
    assert sorted(re.findall(r"([\d,]+)kg", " ".join(found))) == sorted(str(10 + n) for n in range(12))


@pytest.mark.parametrize(
    ("plot", "told"),
    [
        ("P07", "P07"),
        ("Đồi Na Lang", "doi na lang"),
        ("Vườn Nam", "b17"),
        ("đồi hai", "b17"),
        ("khu gần chín", "b17"),
        ("P[7]{x}", "P-7--x-"),
        ("x" * 60, "b17"),
    ],
)
def test_a_plot_that_can_be_read_in_two_ways_goes_by_its_batch(plot: str, told: str) -> None:
    answer, problem = named(plot=plot)
    assert f"CAT {told} S2" in texts(answer, problem, kind="sms")[0]


@given(st.text(max_size=80), st.text(min_size=1, max_size=80).filter(str.strip), st.floats(0.1, 99999))
def test_every_sms_fits_and_is_plain(plot: str, stage_id: str, kg: float) -> None:
    answer, problem = named(plot=plot)
    trip = answer.picks[0].model_copy(update={"kg": kg, "stage_id": stage_id})
    for language in languages():
        for text in texts(answer.model_copy(update={"picks": (trip,)}), problem, kind="sms", language=language):
            septets = gsm7_septets(text)
            assert septets is not None
            assert septets <= MOST_SEPTETS
            assert "\n" not in text
            assert AMBIGUOUS.isdisjoint(re.findall(r"[a-z]+", text.lower()))


@given(st.text(max_size=40))
def test_a_code_is_plain_ascii(text: str) -> None:
    code = plain_code(text)
    assert code.isascii()
    assert gsm7_septets(code) == len(code)


@pytest.mark.parametrize(
    "changes",
    [
        {"last_spray_on": dt.date(2026, 8, 14), "pre_harvest_interval_days": 7.0},
        {"last_spray_on": dt.date(2026, 8, 10), "pre_harvest_interval_days": 5.5},
        {"last_spray_on": "unknown"},
        {"last_spray_on": dt.date(2026, 8, 1)},
    ],
)
def test_nobody_is_told_to_pick_what_must_not_be_picked(changes: dict[str, Any]) -> None:
    answer, problem = named(**changes)
    assert [message.about for message in hp.messages(answer, problem, kind="sms")] == ["pick"]


def test_picks_that_are_done_and_losses_that_have_begun_are_not_told() -> None:
    problem = orchard()
    answer = plan(picks=[pick("b17", 9, 10)], batches=[row("b17", left_kg=10, lost_on="2026-08-10")])
    assert texts(answer, problem, kind="sms") == []


def test_an_unknown_kind_is_named() -> None:
    answer, problem = named()
    with pytest.raises(ValueError, match="one of sms, zalo"):
        list(hp.messages(answer, problem, kind="fax"))  # type: ignore[arg-type]

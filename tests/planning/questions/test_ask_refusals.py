"""What cannot be meant is refused with one clear error, whichever question it is asked in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import harvest_planner as hp


def days_to_ripe(crop_id: str, stage: str | None, degc: float) -> Any:
    return hp.days_to_ripe(crop_id, stage=stage, temperature_degc=degc)


def good_share(crop_id: str, stage: str | None, degc: float) -> Any:
    return hp.good_share(crop_id, stage=stage, pieces=[(5, 20.0), (2, degc)])


def good_share_in_a_box(crop_id: str, stage: str | None, degc: float) -> Any:
    return hp.good_share(crop_id, stage=stage, pieces=[(5, 20.0), (2, degc, "carton")])


def good_shares(crop_id: str, stage: str | None, degc: float) -> Any:
    return hp.good_shares(crop_id, stage=stage, hours=[[5, 2], [1, 1]], temperatures_degc=[[20.0, degc], [20.0, 20.0]])


QUESTIONS: list[tuple[Callable[[str, str | None, float], Any], str]] = [
    (days_to_ripe, "temperature_degc"),
    (good_share, "pieces[1] temperature"),
    (good_share_in_a_box, "pieces[1] temperature"),
    (good_shares, "temperatures_degc[0, 1]"),
]
each_question = pytest.mark.parametrize(("ask", "field"), QUESTIONS, ids=lambda value: getattr(value, "__name__", ""))


@each_question
@pytest.mark.parametrize("degc", [-31.0, 61.0])
def test_a_temperature_that_cannot_be_meant(
    ask: Callable[[str, str | None, float], Any], field: str, degc: float
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        ask("na-chi-lang", None, degc)
    assert str(caught.value) == f"{field} = {degc!r}: needs a temperature from -30 to 60 °C"


@each_question
@pytest.mark.parametrize("crop_id", hp.crops())
def test_a_stage_the_crop_lacks(ask: Callable[[str, str | None, float], Any], field: str, crop_id: str) -> None:
    with pytest.raises(hp.UnknownIdError) as caught:
        ask(crop_id, "Z9", 20.0)
    has = ", ".join(stage.id for stage in hp.crop(crop_id).stages)
    assert str(caught.value) == f"unknown stage of crop {crop_id!r} 'Z9'; known: {has}"


@each_question
@pytest.mark.parametrize("crop_id", hp.crops())
def test_a_crop_id_one_letter_off(ask: Callable[[str, str | None, float], Any], field: str, crop_id: str) -> None:
    for at in range(len(crop_id)):
        wrong = {
            crop_id[:at] + crop_id[at + 1 :],
            crop_id[:at] + "x" + crop_id[at + 1 :],
            f"{crop_id[:at]}x{crop_id[at:]}",
        }
        for name in sorted(wrong - {crop_id}):
            with pytest.raises(hp.UnknownIdError) as caught:
                ask(name, None, 20.0)
            assert caught.value.suggestions[0] == crop_id, name
            assert str(caught.value).startswith(f"unknown crop {name!r}; did you mean {crop_id!r}")

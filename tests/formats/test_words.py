"""One catalogue of sentences: every language says the same things, and writes days and numbers its own way."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import get_args

import pytest

from harvest_planner.formats.words import languages, words
from harvest_planner.schema.plan import AdviceCode, RefusalCode, Status

ENGLISH = words("en")
SECTIONS = [name for name, table in ENGLISH.table.items() if isinstance(table, dict) and name != "form"]
KEYS = [f"{section}.{name}" for section in SECTIONS for name in ENGLISH.table[section]]


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_sentences(language: str) -> None:
    table = words(language).table
    assert {name: set(table[name]) for name in SECTIONS} == {name: set(ENGLISH.table[name]) for name in SECTIONS}
    assert table["form"].keys() == ENGLISH.table["form"].keys()


@pytest.mark.parametrize("key", [key for key in KEYS if not key.startswith("refusal")])
def test_every_language_fills_in_the_same(key: str) -> None:
    assert words("vi").placeholders(key) == ENGLISH.placeholders(key)


@pytest.mark.parametrize("language", languages())
def test_every_code_can_be_told(language: str) -> None:
    table = words(language).table
    assert set(table["refusal"]) == set(table["refusal_in_short"]) == set(get_args(RefusalCode))
    assert set(table["not_picked"]) == {*get_args(AdviceCode), "pre_harvest_interval_until"}
    assert set(table["status"]) == set(get_args(Status))


@pytest.mark.parametrize("code", get_args(RefusalCode))
def test_a_refusal_in_short_needs_no_parameter(code: str) -> None:
    for language in languages():
        assert words(language).placeholders(f"refusal_in_short.{code}") <= {"message", "crop", "destination"}


def test_vietnamese_is_composed_letter_by_letter() -> None:
    for section in SECTIONS:
        for sentence in words("vi").table[section].values():
            assert sentence == unicodedata.normalize("NFC", sentence)


def test_days_and_numbers_as_each_language_writes_them() -> None:
    day = dt.date(2026, 8, 16)
    assert ENGLISH.say("batches.day", day=day, kg=1234.5, places="Hà Nội") == "Sun 16 Aug 1,234.5 kg → Hà Nội"
    assert words("vi").say("batches.day", day=day, kg=1234.5, places="Hà Nội") == "Chủ nhật 16/8 1.234,5 kg → Hà Nội"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (45.0, "45"), (0.25, "0.25"), (20.54, "20.5"), (-0.0001, "0"), (1e6, "1,000,000")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert ENGLISH.number(value) == text


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        ENGLISH.say("batches.latest")


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ValueError, match="no language 'fr'; one of en, vi"):
        words("fr")

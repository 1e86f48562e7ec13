"""One catalogue of sentences: every language says the same things, and writes days and numbers its own way."""

from __future__ import annotations

import datetime as dt
import unicodedata
from functools import partial
from typing import get_args

import pytest
from babel.messages.mofile import read_mo

from harvest_planner.formats.words import languages, words
from harvest_planner.schema.plan import AdviceCode, RefusalCode, Status
from tests.formats.catalogue import LANGUAGES, catalogue, section, sentences

ENGLISH = words("en")
KEYS = sorted(sentences("en"))


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert sorted(sentences(language)) == KEYS
    assert section(language, "form").keys() == section("en", "form").keys()


@pytest.mark.parametrize("language", languages())
def test_what_is_read_is_what_the_translators_wrote(language: str) -> None:
    """A changed .po wants `python docs/make_languages.py`."""
    with (LANGUAGES / f"{language}.mo").open("rb") as compiled:
        read = {str(each.id): str(each.string) for each in read_mo(compiled) if each.id}
    assert read == {str(each.id): str(each.string) for each in catalogue(language) if each.id}


@pytest.mark.parametrize("language", languages())
def test_beside_each_sentence_stands_its_english(language: str) -> None:
    english = {str(each.id): str(each.string) for each in catalogue("en") if each.id}
    if language != "en":
        shown = {str(each.id): " ".join(each.auto_comments) for each in catalogue(language) if each.id}
        assert shown == english


def test_a_sentence_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match=r"no sentence 'batches\.nothing'"):
        ENGLISH.say("batches.nothing")


@pytest.mark.parametrize("key", [key for key in KEYS if not key.startswith("refusal")])
def test_every_language_fills_in_the_same(key: str) -> None:
    assert words("vi").placeholders(key) == ENGLISH.placeholders(key)


@pytest.mark.parametrize("language", languages())
def test_every_code_can_be_told(language: str) -> None:
    told = partial(section, language)
    assert set(told("refusal")) == set(told("refusal_in_short")) == set(get_args(RefusalCode))
    assert set(told("not_picked")) == {*get_args(AdviceCode), "pre_harvest_interval_until"}
    assert set(told("status")) == set(get_args(Status))


@pytest.mark.parametrize("code", get_args(RefusalCode))
def test_a_refusal_in_short_needs_no_parameter(code: str) -> None:
    for language in languages():
        assert words(language).placeholders(f"refusal_in_short.{code}") <= {"message", "crop", "destination"}


def test_vietnamese_is_composed_letter_by_letter() -> None:
    for sentence in sentences("vi").values():
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

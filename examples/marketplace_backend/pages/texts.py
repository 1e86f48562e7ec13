"""The words of the pages, and how days, hours and numbers are written in each language."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import lru_cache
from pathlib import Path

from examples.marketplace_backend.clock import LOCAL
from examples.marketplace_backend.language import Tongue

_DAYS = {
    "vi": ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))


class Texts:
    """One language."""

    def __init__(self, language: Tongue) -> None:
        self.language = language

    def say(self, key: str, **values: object) -> str:
        """The text of that key, its placeholders filled."""
        return _texts()[key][self.language].format(**values)

    def day(self, on: dt.date) -> str:
        """`Thứ hai 10/8` or `Mon 10 Aug`."""
        name = _DAYS[self.language][on.weekday()]
        return f"{name} {on.day}/{on.month}" if self.language == "vi" else f"{name} {on:%-d %b}"

    def moment(self, at: dt.datetime) -> str:
        """Clock and day, in Viet Nam's time."""
        here = at.astimezone(LOCAL)
        return f"{here:%H:%M} {self.day(here.date())}"

    def share(self, share: float) -> str:
        """In percent."""
        return f"{share:.0%}"

    def number(self, value: float) -> str:
        """Thousands parted, at most one decimal."""
        text = f"{value:,.1f}".removesuffix(".0")
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text

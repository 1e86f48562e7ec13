"""Every sentence a person reads, from one gettext catalogue per language: whole sentences, placeholders filled by name.

`languages/<language>.po` is for translators; `python docs/make_languages.py` compiles it to the `.mo` read here.
Sentences go by keys (`batches.latest`), English ones too.
"""

from __future__ import annotations

import datetime as dt
import gettext
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

_SUFFIX = ".mo"
_SHARES = ("_share", "_risk")
_MONEY = ("_vnd", "_vnd_per_kg")


def languages() -> tuple[str, ...]:
    """The languages there is a file for, sorted.

    Examples
    --------
    >>> languages()
    ('en', 'vi')
    """
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


@lru_cache(maxsize=16)
def words(language: str) -> Words:
    """The sentences of one language.

    Raises
    ------
    ValueError : there is no file for the language; the message lists those there are.
    """
    if language not in languages():
        raise ValueError(f"no language {language!r}; one of {', '.join(languages())}")
    with _folder().joinpath(language + _SUFFIX).open("rb") as compiled:
        return Words(language, gettext.GNUTranslations(compiled))


def _folder() -> Traversable:
    return files("harvest_planner.formats").joinpath("languages")


@dataclass(frozen=True, eq=False)
class Words:
    """One language: its sentences, and how it writes days and numbers."""

    language: str
    translations: gettext.NullTranslations

    def say(self, key: str, /, **values: Any) -> str:
        """The sentence called `key`, its placeholders filled; days, instants and numbers as the language writes them.

        A value may be a mapping from language to text: a name that differs between languages. Numbers are written by
        what the placeholder's name ends in: `_share` and `_risk` as percent, `_vnd` as whole VND, the rest to 0.1.

        Raises
        ------
        KeyError : no such sentence, or a placeholder without a value.

        Examples
        --------
        >>> words("en").say("batches.latest", day=dt.date(2026, 8, 15))
        'no later than Sat 15 Aug'
        >>> words("vi").say("batches.latest", day=dt.date(2026, 8, 15))
        'muộn nhất Thứ bảy 15/8'
        """
        template = self._sentence(key)
        return template.format(**{name: self._shown(name, value) for name, value in values.items()})

    def placeholders(self, key: str) -> frozenset[str]:
        """Names of what the sentence wants filled in."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self._sentence(key)) if name)

    def day(self, day: dt.date) -> str:
        """A day with its weekday ("Tue 11 Aug", "Thứ ba 11/8")."""
        return self._date("day", day)

    def number(self, value: float, *, digits: int = 1) -> str:
        """A number in the language's marks, without trailing zeros; below 1 to two places at least."""
        places = max(digits, 2) if digits and abs(value) < 1 else digits
        text = f"{value:,.{places}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        text = "0" if text == "-0" else text
        thousands, decimal = self._sentence("form.thousands_mark"), self._sentence("form.decimal_mark")
        return text.translate({ord(","): thousands, ord("."): decimal})

    def _sentence(self, key: str) -> str:
        text = self.translations.gettext(key)
        if text == key:
            raise KeyError(f"the language {self.language!r} has no sentence {key!r}")
        return text

    def _shown(self, name: str, value: Any) -> str:
        if isinstance(value, dt.datetime):
            return self._moment(value)
        if isinstance(value, dt.date):
            return self._date("full_day" if name == "full_day" else "day", value)
        if isinstance(value, dt.time):
            return f"{value:%H:%M}"
        if isinstance(value, (int, float)):
            return self._quantity(name, value)
        if isinstance(value, Mapping):
            return str(value.get(self.language) or next(iter(value.values())))
        return str(value)

    def _quantity(self, name: str, value: float) -> str:
        if name.endswith(_SHARES):
            return f"{self.number(100 * value, digits=2)}%"
        return self.number(value, digits=0 if name.endswith(_MONEY) else 1)

    def _moment(self, moment: dt.datetime) -> str:
        return self._sentence("form.moment").format(day=self.day(moment.date()), clock=f"{moment:%H:%M}")

    def _date(self, form: str, day: dt.date) -> str:
        return self._sentence(f"form.{form}").format(
            weekday=self._sentence(f"form.weekday_{day.isoweekday()}"),
            day=day.day,
            month=self._sentence(f"form.month_{day.month}"),
            year=day.year,
        )

"""What a product's name stands for: its crop, its grade and how much one piece holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from harvest_planner.catalogue import fold
from harvest_planner.formats.orders_in.column_map import ColumnMap
from harvest_planner.formats.orders_in.map_file import Product

_T = TypeVar("_T")
_SHORTEST_GRADE = 3
_G_PER_KG = 1000.0


class AskError(ValueError):
    """A text that a person has to resolve in the map of columns."""

    def __init__(self, kind: str, value: str, expected: str, candidates: Iterable[str] = ()) -> None:
        self.kind = kind
        self.value = value
        self.candidates = tuple(candidates)
        super().__init__(expected)


@dataclass(frozen=True)
class Meaning:
    """A product as the map understands it."""

    crop_id: str
    grade: str | None
    kg_each: float | None
    """As stated in the map [kg]."""
    pack_kg: float | None
    """As written in the variation or the name [kg]."""


class Products:
    """The products of one import; each name is understood once."""

    def __init__(self, column_map: ColumnMap) -> None:
        self._map = column_map
        self._fresh = [f" {fold(word)} " for word in column_map.rules.not_fresh.words if fold(word)]
        self._names = {f" {name} ": product for name, product in column_map.products.items()}
        self._grades = {f" {word} ": grade for word, grade in column_map.grades.items() if len(word) >= _SHORTEST_GRADE}
        self.meaning = lru_cache(maxsize=65536)(self._meaning)

    def _meaning(self, name: str, variation: str, grade: str) -> Meaning:
        """The crop of a product's name; raises AskError where nobody can say."""
        product = self._product(name, variation)
        return Meaning(
            product.crop,
            product.grade or self._grade(name, variation, grade),
            product.kg_each,
            self.pack_kg(variation) or self.pack_kg(name),
        )

    def _product(self, name: str, variation: str) -> Product:
        whole, alone = f" {fold(f'{name} {variation}')} ", f" {fold(name)} "
        for words in (whole, alone):
            if words in self._names:
                return self._names[words]
        other = next((word.strip() for word in self._fresh if word in whole), None)
        if other is not None:
            expected = f"fresh produce; {other!r} says otherwise: name the product in the map under [products] if it is"
            raise AskError("product", name, expected)
        found = _longest(self._names, alone) or _longest(self._names, whole)
        crops = sorted({product.crop for product in found.values()})
        if len(crops) != 1:
            known = ", ".join(crops) or ", ".join(sorted({product.crop for product in self._names.values()}))
            expected = f"a product of the map; add it under [products] with one of the crops {known}"
            raise AskError("product", name, expected, crops)
        return next(iter(found.values()))

    def _grade(self, name: str, variation: str, grade: str) -> str | None:
        if grade:
            found = self._map.grades.get(fold(grade))
            if found is None:
                expected = f"a grade of the map ({', '.join(self._map.rules.grades)}); add the word under [grades]"
                raise AskError("grade", grade, expected, self._map.rules.grades)
            return found
        for text in (variation, name):
            grades = sorted({grade for words, grade in self._grades.items() if words in f" {fold(text)} "})
            if len(grades) > 1:
                raise AskError("grade", text, f"one grade; this names {' and '.join(grades)}", grades)
            if grades:
                return grades[0]
        return None

    def pack_kg(self, text: str) -> float | None:
        """The weight that a text states ("hộp 3kg", "2 túi 1kg", "2x500g") [kg]; None for none, or several."""
        weights = {_pack(match) for match in self._packs.finditer(unicodedata.normalize("NFC", text).lower())}
        return weights.pop() if len(weights) == 1 else None

    @property
    def _packs(self) -> re.Pattern[str]:
        return _pack_pattern(self._map.rules.quantity.containers)


def _longest(names: Mapping[str, _T], text: str) -> dict[str, _T]:
    """Of the names that the text holds those that no longer one of them holds."""
    held = {name: value for name, value in names.items() if name in text}
    return {name: value for name, value in held.items() if not any(name != other and name in other for other in held)}


@lru_cache(maxsize=16)
def _pack_pattern(containers: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(unicodedata.normalize("NFC", word).lower()) for word in containers) or "(?!)"
    number = r"[0-9]+(?:[.,][0-9]+)?"
    return re.compile(
        rf"(?:(?P<times>[0-9]+)\s*(?:[x×*]|{words})\s*)?"
        rf"(?<![0-9.,/])(?:(?P<low>{number})\s*[-–~]\s*)?(?P<size>{number})\s*(?P<unit>kg|kí|ký|kilo|gram|gr|g)\b"
        r"(?:\s*[x×*]\s*(?P<after>[0-9]+))?"
    )


def _pack(match: re.Match[str]) -> float | None:
    """Kilograms of a weight in words; a range says no weight."""
    if match["low"]:
        return None
    times = int(match["times"] or 1) * int(match["after"] or 1)
    size = float(match["size"].replace(",", "."))
    return times * (size / _G_PER_KG if match["unit"].startswith("g") else size) or None

"""Which marketplace an order comes from."""

from __future__ import annotations

from functools import lru_cache

from harvest_planner.catalogue import fold
from harvest_planner.formats.names import clean
from harvest_planner.formats.orders_in.column_map import ColumnMap
from harvest_planner.formats.orders_in.header import Header
from harvest_planner.formats.orders_in.map_file import Marketplace

_NO_RULES = Marketplace()


class Markets:
    """The marketplaces of a map, told apart by what an export states or looks like."""

    def __init__(self, column_map: ColumnMap) -> None:
        self._rules = column_map.rules.marketplaces
        self._ids = {fold(name): name for name in self._rules}
        self._by_words = {fold(word): name for name, rules in self._rules.items() for word in rules.files if fold(word)}
        self._starts = [(start.upper(), name) for name, rules in self._rules.items() for start in rules.numbers]
        self.of_table = lru_cache(maxsize=64)(self._of_table)

    def of_order(self, stated: str, numbers: tuple[str, ...], file: str, header: Header) -> str:
        """The marketplace that a cell names, that numbers so, or whose export looks so; empty: nobody can say."""
        if stated:
            folded = fold(stated)
            return self._ids.get(folded) or self._by_words.get(folded) or clean(stated)
        for start, name in self._starts:
            if any(number.upper().startswith(start) for number in numbers):
                return name
        return self.of_table(file, tuple(header.headings.values()))

    def rules(self, name: str) -> Marketplace:
        """The rules of a marketplace; of one that the map does not hold, none."""
        return self._rules.get(name, _NO_RULES)

    def _of_table(self, file: str, headings: tuple[str, ...]) -> str:
        folded = {fold(heading) for heading in headings}
        for name, rules in self._rules.items():
            if any(fold(heading) in folded for heading in rules.headings):
                return name
        words = f" {fold(file)} "
        return next((name for word, name in self._by_words.items() if f" {word} " in words), "")

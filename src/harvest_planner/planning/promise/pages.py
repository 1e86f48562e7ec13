"""A mapping that is never changed: a changed copy shares all but the touched pages with the old one."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Generic, TypeVar

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class Pages(Generic[_K, _V]):
    """Keys spread over about √n dictionaries, so that a copy with a few changes costs O(√n) and a look-up O(1)."""

    __slots__ = ("_pages",)

    def __init__(self, pages: tuple[dict[_K, _V], ...]) -> None:
        self._pages = pages

    @classmethod
    def of(cls, items: Mapping[_K, _V], *, expected: int = 0) -> Pages[_K, _V]:
        """The items, on as many pages as suit `expected` keys."""
        count = max(1, math.isqrt(max(len(items), expected)))
        pages: tuple[dict[_K, _V], ...] = tuple({} for _ in range(count))
        for key, value in items.items():
            pages[hash(key) % count][key] = value
        return cls(pages)

    def get(self, key: _K, default: _V) -> _V:
        """The value, or the default."""
        return self._pages[hash(key) % len(self._pages)].get(key, default)

    def differing(self, other: Pages[_K, _V]) -> Iterator[_K]:
        """Keys whose values differ from those of a mapping that this one was made from, or that was made from it."""
        for page, before in zip(self._pages, other._pages, strict=True):
            if page is not before:
                yield from (key for key in page.keys() | before.keys() if page.get(key) != before.get(key))

    def changed(self, changes: Mapping[_K, _V]) -> Pages[_K, _V]:
        """A copy with some values replaced or added."""
        pages = list(self._pages)
        fresh: set[int] = set()
        for key, value in changes.items():
            at = hash(key) % len(pages)
            if at not in fresh:
                fresh.add(at)
                pages[at] = dict(pages[at])
            pages[at][key] = value
        return Pages(tuple(pages))

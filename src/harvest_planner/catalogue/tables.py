"""Data files of the package, read once as rows of text."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=32)
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`, one dict of texts by column; an empty cell is an empty text."""
    path = resources.files("harvest_planner.catalogue") / "data" / f"{name}.csv"
    return tuple(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def number(cell: str) -> float | None:
    """The number in a cell; None for an empty one."""
    return float(cell) if cell else None

"""Formats of documents: an older one is migrated step by step, a newer one refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from harvest_planner.formats.texts import one_fault, shown

Step = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: dict[str, dict[int, Step]] = {"problem": {}, "plan": {}, "orders-map": {}, "log": {}}
"""For each kind of document the step from version n to n + 1; version 1 is the first of each."""


def upgraded(document: Mapping[str, Any], *, current: str, name: str) -> dict[str, Any]:
    """The document in the `current` format ("harvest-planner/problem/1"); one that states none is taken for current.

    Raises
    ------
    ProblemFileError : it is of another kind, or newer than this library.
    """
    stated = document.get("format", current)
    family, _, newest = current.rpartition("/")
    match = re.fullmatch(rf"{re.escape(family)}/([1-9][0-9]{{0,5}})", stated) if isinstance(stated, str) else None
    if match is None:
        raise one_fault(name, f"the format {current!r}", field="format", value=shown(stated))
    version = int(match[1])
    if version > int(newest):
        expected = f"the format {current!r} or an older one; this is newer: upgrade harvest-planner"
        raise one_fault(name, expected, field="format", value=shown(stated))
    result = dict(document)
    for number in range(version, int(newest)):
        result = MIGRATIONS[family.rpartition("/")[2]][number](result)
    return {**result, "format": current}

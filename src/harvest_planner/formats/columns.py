"""What each field of a record may hold, read off its JSON schema and said in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

_KINDS = {"date-time": "instant", "date": "day", "time": "clock"}
_WORDS = {
    "instant": "an instant with its offset, such as 2026-08-14T18:00+07:00",
    "day": "a day such as 2026-08-14",
    "clock": "a clock time such as 05:30",
    "boolean": "true or false (or yes, no, 1, 0)",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a record, as a cell of a table holds it."""

    name: str
    required: bool
    several: bool
    """Whether a cell holds several values parted by |."""
    kinds: tuple[str, ...]
    """instant, day, clock, boolean, string, integer, number; a record's field has none of them."""
    words: tuple[str, ...]
    """Texts that stand for themselves (firm, unknown …)."""
    expected: str
    """What it may hold, in words; empty for a nested record."""


@lru_cache(maxsize=64)
def columns_of(model: type[BaseModel]) -> dict[str, Column]:
    """The columns of a record, by name, in its order."""
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    return {name: _column(name, part, required=name in required) for name, part in schema["properties"].items()}


def _column(name: str, schema: dict[str, Any], *, required: bool) -> Column:
    choices = _choices(schema)
    arrays = [choice for choice in choices if choice.get("type") == "array"]
    items = [item for array in arrays for item in _items(array)] if arrays else choices
    words = tuple(str(word) for item in items for word in item.get("enum", [item["const"]] if "const" in item else []))
    kinds = dict.fromkeys(_kind(item) for item in items if "enum" not in item and "const" not in item)
    return Column(
        name=name,
        required=required,
        several=bool(arrays),
        kinds=tuple(kinds),
        words=words,
        expected="" if "" in kinds else _expectation(items, words, arrays),
    )


def _choices(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [choice for choice in schema.get("anyOf", [schema]) if choice.get("type") != "null"]


def _items(array: dict[str, Any]) -> list[dict[str, Any]]:
    parts = array.get("prefixItems") or [array.get("items", {})]
    return [choice for part in parts for choice in _choices(part)]


def _kind(item: dict[str, Any]) -> str:
    """The kind of a plain value; empty for a record or a list of records."""
    name = _KINDS.get(item.get("format", ""), item.get("type", ""))
    return name if name in _WORDS else ""


def _expectation(items: list[dict[str, Any]], words: tuple[str, ...], arrays: list[dict[str, Any]]) -> str:
    plain = dict.fromkeys(
        _WORDS[_kind(item)] + _limits(item) for item in items if "enum" not in item and "const" not in item
    )
    listed = [f"one of {', '.join(words)}"] if len(words) > 1 else list(words)
    single = " or ".join([*plain, *listed])
    if not arrays:
        return single
    count = arrays[0].get("minItems")
    return f"{count} values parted by |, each {single}" if count else f"values parted by |, each {single}"


def _limits(schema: dict[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = [f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema]
    if "maxLength" in schema:
        limits.append(f"of 1 to {schema['maxLength']} characters")
    return " " + " and ".join(limits) if limits else ""

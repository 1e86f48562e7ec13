"""Writes docs/reference/problem_folder.md from the JSON schema of the records: `python docs/make_reference.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harvest_planner import PlanningProblem

PAGE = Path(__file__).resolve().parent / "reference" / "problem_folder.md"

HEAD = """\
# The problem folder

One folder holds one question: who wants what, what hangs where, what drives when. Made by `docs/make_reference.py`
from the records themselves; the same fields make up the JSON document (`harvest-planner/problem/1`), where a table is
a list of objects.

- CSV files are UTF-8 (a byte order mark is accepted) with a header line; columns are parted by commas or by semicolons,
  in any order. An empty cell is "not given" and takes the default. Several values in a cell are parted by `|`
  (`VietGAP|GlobalG.A.P.`, `0|2`).
- Numbers are written with a decimal point and nothing else (`1234.5`; `1.234,5` is refused). An instant carries its
  offset (`2026-08-14T18:00+07:00`), a day is `2026-08-14`, a clock time is `05:30`.
- Columns in **bold** must be filled. A column that is not listed here is refused by name.
- `problem.toml`, `orders.csv`, `batches.csv` and `growers.csv` make a problem; the others are optional, and what they
  do not hold comes from the catalogue. A file of their own for lanes or embargoes replaces the catalogue's.
- All that is wrong is reported at once, by file, line, field and value, with what was expected; nothing is half-read.
"""

FILES = {
    "orders.csv": "Order",
    "batches.csv": "Batch",
    "growers.csv": "Grower",
    "places.csv": "Place",
    "lanes.csv": "Lane",
    "embargoes.csv": "Embargo",
    "commitments.csv": "Commitment",
}
PARTS_OF_A_CROP = (
    "Stage",
    "Arrhenius",
    "SquareRoot",
    "RateTable",
    "ChillingDose",
    "ChillingTime",
    "SafetyCap",
    "Treatment",
)
UNITS = {
    "_vnd_per_kg": "VND/kg",
    "_kg_per_day": "kg/day",
    "_d20_per_day": "d20/day",
    "_kj_per_mol": "kJ/mol",
    "_degc_days": "°C·d",
    "_per_kg": "1/kg",
    "_days": "d",
    "_degc": "°C",
    "_d20": "d20",
    "_vnd": "VND",
    "_deg": "°",
    "_kg": "kg",
    "_h": "h",
}
KINDS = {"date": "day", "date-time": "instant", "time": "clock time"}


def unit(field: str) -> str:
    """The unit that the field's name carries, or nothing."""
    if field == "kg":
        return "kg"
    return next((symbol for ending, symbol in UNITS.items() if field.endswith(ending)), "")


def kind(schema: dict[str, Any]) -> str:
    """What a cell holds, in words."""
    if "anyOf" in schema:
        words = [kind(choice) for choice in schema["anyOf"] if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(words))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return _several(schema)
    if "$ref" in schema:
        return f"[{_name(schema['$ref'])}](#{_name(schema['$ref']).lower()})"
    if "oneOf" in schema:
        return " or ".join(kind(choice) for choice in schema["oneOf"])
    if "allOf" in schema:
        return kind(schema["allOf"][0])
    return KINDS.get(schema.get("format", ""), _plain(schema))


def _several(schema: dict[str, Any]) -> str:
    if "prefixItems" in schema:
        return " and ".join(kind(item) for item in schema["prefixItems"])
    return f"several: {kind(schema.get('items', {}))}"


def _plain(schema: dict[str, Any]) -> str:
    named = {"string": "text", "boolean": "`true` or `false`", "integer": "whole number", "object": "table"}
    return named.get(schema.get("type", ""), "number") + _limits(schema)


def _limits(schema: dict[str, Any]) -> str:
    low = next((f"{sign} {schema[key]:g}" for key, sign in LOWER.items() if key in schema), None)
    high = next((f"{sign} {schema[key]:g}" for key, sign in UPPER.items() if key in schema), None)
    return f" {', '.join(limit for limit in (low, high) if limit)}" if low or high else ""


LOWER = {"minimum": "≥", "exclusiveMinimum": ">"}
UPPER = {"maximum": "≤", "exclusiveMaximum": "<"}


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def default(schema: dict[str, Any]) -> str:
    """The default as it would stand in a cell."""
    value = schema.get("default")
    if value is None or value in ([], {}, ""):
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"`{key} = {item}`" for key, item in value.items())
    return f"`{_cell(value)}`"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        # In a Markdown table the bar is escaped, also inside code.
        return r"\|".join(_cell(item) for item in value) if not isinstance(value[0], list) else _points(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value).removesuffix(":00")


def _points(pairs: list[list[float | None]]) -> str:
    return ", ".join("(" + ", ".join("none" if x is None else f"{x:g}" for x in pair) + ")" for pair in pairs)


def rows(schema: dict[str, Any]) -> Iterator[str]:
    """A Markdown table of the record's fields."""
    yield "| column | holds | unit | default | meaning |"
    yield "|---|---|---|---|---|"
    required = set(schema.get("required", ()))
    for field, field_schema in schema["properties"].items():
        name = f"**`{field}`**" if field in required else f"`{field}`"
        stands = "" if field in required else default(field_schema)
        meaning = " ".join(field_schema.get("description", "").split())
        holds = kind(field_schema)
        measured = unit(field) if "number" in holds else ""
        yield f"| {name} | {holds} | {measured} | {stands} | {meaning} |"


def sections() -> Iterator[str]:
    """The page, a line at a time."""
    schema = PlanningProblem.model_json_schema()
    definitions = schema["$defs"]
    yield HEAD
    yield "## problem.toml\n"
    yield "`as_of` is required: " + schema["properties"]["as_of"]["description"] + "\n"
    yield "```toml\nas_of = 2026-08-10T18:00:00+07:00\n\n[policy]\nmin_good_share = 0.6\nhandling_h = 2\n```\n"
    yield "The table `[policy]`: " + definitions["Policy"]["description"] + "\n"
    yield from rows(definitions["Policy"])
    for file, record in FILES.items():
        yield f"\n## {file}\n"
        yield definitions[record]["description"] + "\n"
        yield from rows(definitions[record])
    yield "\n## crops.toml\n"
    yield definitions["Crop"]["description"] + " Each stands in a table `[[crops]]`;"
    yield "with `like` only the fields that differ need be given.\n"
    yield from rows(definitions["Crop"])
    for record in PARTS_OF_A_CROP:
        yield f"\n### {record}\n"
        yield definitions[record]["description"] + "\n"
        yield from rows(definitions[record])


def render() -> str:
    """The whole page."""
    return "\n".join(sections()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE}")

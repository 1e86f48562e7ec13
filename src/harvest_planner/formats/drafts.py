"""A problem as it was read, before it is judged: rows by table, and what is already known to be wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harvest_planner.errors import Fault
from harvest_planner.formats.rows import Row, unknown_field
from harvest_planner.formats.texts import one_fault, shown
from harvest_planner.formats.toml_text import line_of
from harvest_planner.formats.versions import upgraded
from harvest_planner.schema.problem import PROBLEM_FORMAT, TABLES as RECORDS
from harvest_planner.schema.quantities import Instant, Record

TABLES = {name: model for name, model in RECORDS.items() if name != "crops"}
"""The tables that are CSV files in a folder, in the order of reports."""


class Clock(Record):
    """The moment that a problem names."""

    as_of: Instant


@dataclass(slots=True)
class Draft:
    """Everything that was read."""

    clock: Row
    policy: Row
    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    blind: dict[str, str | None] = field(default_factory=dict)
    """Tables of which not every row was seen, with what can be made out in the file: an id may be in there."""
    order: tuple[str, ...] = ()
    """Names of the files, in the order of the report."""


def parsed_json(text: str, name: str) -> dict[str, Any]:
    """The object that a JSON text holds.

    Raises
    ------
    ProblemFileError : it is not JSON, no object, or states a field twice.
    """
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise one_fault(name, f"JSON ({error.msg}, column {error.colno})", line=error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise one_fault(name, f"JSON that can be read ({error})") from None
    if not isinstance(document, dict):
        raise one_fault(name, "a JSON object", value=shown(document))
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the field {next(n for n in names if names.count(n) > 1)!r} stands twice in one object")
    return document


def json_draft(text: str, name: str) -> Draft:
    """What a JSON document holds.

    Raises
    ------
    ProblemFileError : it is no JSON object, or of a format that this library does not read.
    """
    document = upgraded(parsed_json(text, name), current=PROBLEM_FORMAT, name=name)
    draft = Draft(clock=Row(name, {}), policy=Row(name, {}), order=(name,))
    take_head(draft, document, file=name)
    known = ["format", "as_of", "policy", *RECORDS]
    for key in document:
        if key not in known:
            draft.faults.append(Fault(name, 0, shown(key), shown(document[key]), unknown_field(key, known)))
    for table in RECORDS:
        take_rows(draft, table, document.get(table, []), file=name)
    return draft


def take_head(draft: Draft, document: Mapping[str, Any], *, file: str, text: str | None = None) -> None:
    """Put as_of and the policy into the draft; `text` is the TOML in which to look for lines."""
    lines = (lambda path: line_of(text, path)) if text is not None else None
    policy_lines = (lambda path: line_of(text, ("policy", *path))) if text is not None else None
    draft.clock = Row(file, {key: document[key] for key in ("as_of",) if key in document}, line_of=lines)
    policy = document.get("policy", {})
    if not isinstance(policy, Mapping):
        draft.faults.append(Row(file, document, line_of=lines).fault(("policy",), "a table of the policy's fields"))
        policy = {}
    draft.policy = Row(file, policy, prefix="policy.", line_of=policy_lines)


def take_rows(draft: Draft, table: str, given: Any, *, file: str, text: str | None = None) -> None:
    """Put the rows of one table of a document into the draft; `text` is the TOML in which to look for lines."""
    if not isinstance(given, list):
        line = 0 if text is None else line_of(text, (table,))
        draft.faults.append(Fault(file, line, table, shown(given), "a list of objects"))
        draft.blind[table] = None
        return
    rows = draft.rows.setdefault(table, [])
    for index, values in enumerate(given):
        prefix = f"{table}[{index}]"
        if not isinstance(values, Mapping):
            draft.faults.append(Fault(file, 0, prefix, shown(values), "an object with the fields of the record"))
            continue
        finder = None if text is None else lambda path, index=index: line_of(text, (table, index, *path))
        rows.append(Row(file, values, prefix=prefix + ".", line_of=finder))

"""TOML written, and the lines found on which its fields stand (the standard library only reads values)."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvest_planner.formats.cells import instant_text
from harvest_planner.formats.texts import one_fault, shown


def toml_document(text: str, name: str) -> dict[str, Any]:
    """What a TOML text holds, reported as `name`.

    Raises
    ------
    ProblemFileError : it is not TOML; tells the line and what stands there.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = message.rpartition("(at line ")[2].partition(",")[0]
        line = int(at) if at.isdigit() else text.count("\n") + 1
        stands = text.split("\n")[line - 1].strip() if 0 < line <= text.count("\n") + 1 else ""
        raise one_fault(
            name, f"TOML ({message})", line=line, field="line" if stands else "", value=shown(stands)
        ) from None
    except (ValueError, RecursionError) as error:
        raise one_fault(name, f"TOML that can be read ({error})") from None


def toml_value(value: Any) -> str:
    """A value on one line; a mapping becomes an inline table, None the empty text (not given).

    Raises
    ------
    ValueError : an empty text, which would read as not given.
    """
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dt.datetime):
        return instant_text(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def toml_lines(table: Mapping[str, Any]) -> Iterator[str]:
    """The lines of one table; a list of tables takes a line for each."""
    for key, value in table.items():
        if isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(v, Mapping) for v in value):
            yield f"{_key(key)} = ["
            yield from (f"    {toml_value(item)}," for item in value)
            yield "]"
        else:
            yield f"{_key(key)} = {toml_value(value)}"


def _string(text: str) -> str:
    if not text.strip():
        raise ValueError(f"the empty text {text!r} cannot stand in a TOML file; save as a .json document")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return (
        key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")
    )


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line of the field at `path` (policy, gap; crops, 1, stages, 0, sd_d20), else of what holds it."""
    lines = text.split("\n")
    start, stop, table, found = 0, len(lines), "", 0
    steps = list(path)
    for position, step in enumerate(steps):
        if isinstance(step, int):
            continue
        name = f"{table}.{step}" if table else step
        after = steps[position + 1] if position + 1 < len(steps) else 0
        index = after if isinstance(after, int) else 0
        heads = [n for n in range(start, stop) if _is_head(lines[n], name)]
        if index < len(heads):
            start, stop = heads[index], heads[index + 1] if index + 1 < len(heads) else stop
            found, table = start + 1, name
            continue
        own = next(
            (n for n in range(start, stop) if re.match(rf"\s*(.+\.)?[\"']?{re.escape(step)}[\"']?\s*=", lines[n])), None
        )
        if own is None:
            return found
        found, start = own + 1, own + 1
    return found


def _is_head(line: str, name: str) -> bool:
    return re.fullmatch(rf"\s*\[\[?\s*{re.escape(name)}\s*\]\]?\s*(#.*)?", line) is not None

"""The text of a file: UTF-8 with or without a byte order mark, or one clear fault."""

from __future__ import annotations

import codecs
import datetime as dt
import json
from pathlib import Path
from typing import Any

from harvest_planner.errors import Fault, ProblemFileError

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_REMEDY = "UTF-8 text; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"
_LONGEST = 120


def read_text(path: Path, name: str) -> str:
    """The text of the file, reported as `name`.

    Raises
    ------
    ProblemFileError : it cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise one_fault(name, "a file of this name; there is none") from None
    except (OSError, ValueError) as error:
        raise one_fault(name, f"a file that can be read ({error})") from None
    if data.startswith(_WIDE):
        raise one_fault(name, f"{_REMEDY}; this is UTF-16 or UTF-32", line=1, field="encoding", value="UTF-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        value = f"byte 0x{data[error.start]:02x}"
        raise one_fault(name, _REMEDY, line=line, field="encoding", value=value) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise one_fault(name, f"{_REMEDY}; a text holds no zero bytes", line=line, field="encoding", value="byte 0x00")
    return text


def glimpse(path: Path) -> str | None:
    """Whatever can be made out in a file that is no readable text; None where there is nothing."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError):
        return None
    return data.decode("utf-16" if data.startswith(_WIDE) else "utf-8", errors="replace") or None


def one_fault(name: str, expected: str, *, line: int = 0, field: str = "", value: str = "") -> ProblemFileError:
    """The report of a single fault."""
    return ProblemFileError([Fault(name, line, field, value, expected)])


def shown(value: Any) -> str:
    """A value as a report shows it: a text, a day or a time as it is, else as JSON, cut where it is long."""
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    text = (
        value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    )
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"

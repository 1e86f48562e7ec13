"""One cell of a table: its text read as what the column holds, and a value written as such a text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from harvest_planner.formats.columns import Column

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_OFFSET = re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$")
_SHAPES = {
    "instant": _INSTANT,
    "day": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "clock": re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"),
}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_RUNS = re.compile(r"'*[=+\-@\t\r]")


def value_of(text: str, column: Column) -> Any:
    """What a cell that is not empty holds, for the record to judge further.

    Raises
    ------
    ValueError : no value of the column is written like this; the message says what is expected, with a hint.
    """
    if not column.several:
        return _single(text, column)
    items = text.split("|")
    if not all(item.strip() for item in items):
        raise ValueError(f"{column.expected}; here one of them is empty")
    return [_single(item, column) for item in items]


def _single(text: str, column: Column) -> Any:
    bare = text.strip()
    if "string" in column.kinds:
        return text
    if bare in column.words:
        return bare
    if "number" in column.kinds or "integer" in column.kinds:
        return _number(bare, column)
    if column.kinds == ("boolean",):
        return _truth(bare, column)
    if any(_SHAPES[kind].fullmatch(bare) for kind in column.kinds if kind in _SHAPES):
        if "instant" in column.kinds and not _OFFSET.search(bare):
            raise ValueError(f"{column.expected}; this one has no offset (Viet Nam's is +07:00)")
        return bare
    if column.several and column.words:
        return bare  # days of the week may be written out: the record reads them
    raise ValueError(column.expected)


def _truth(bare: str, column: Column) -> bool:
    if bare.lower() not in _TRUTH:
        raise ValueError(column.expected)
    return _TRUTH[bare.lower()]


def _number(bare: str, column: Column) -> float:
    if not _NUMBER.fullmatch(bare):
        raise ValueError(column.expected + _hint(bare))
    if "_vnd" in column.name and _THOUSANDS.fullmatch(bare):
        # Nobody writes thousandths of a dong: these are thousands, and would be misread by a factor of 1,000.
        plain = bare.replace(".", "")
        raise ValueError(
            f"{column.expected} without thousands separators: {plain} (or {bare}0 where the point is meant)"
        )
    return float(bare)


def _hint(bare: str) -> str:
    """How the number that is probably meant is written."""
    meant = _meant(re.sub(r"[\s_'’]", "", bare))
    if not meant:
        return ""
    return f", written with a decimal point and nothing else: {' or '.join(meant)}"


def _meant(text: str) -> list[str]:
    sign, digits = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    if not re.fullmatch(r"[0-9]+([.,][0-9]+)*", digits):
        return []
    groups = re.split(r"[.,]", digits)
    marks = re.findall(r"[.,]", digits)
    whole, parted = sign + "".join(groups), sign + "".join(groups[:-1]) + "." + groups[-1]
    if len(marks) > 1 and len(set(marks)) == 1:
        return [whole]
    if len(marks) == 1 and marks[0] == "," and len(groups[-1]) == 3:
        return [whole, parted]
    return [parted] if marks else [whole]


def text_of(value: Any, column: Column) -> str:
    """The cell that holds a value; the inverse of `value_of`.

    Raises
    ------
    ValueError : no cell can hold it (an empty text, a | within one of several texts).
    """
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "|".join(_text_of(item, column) for item in value)
    return _text_of(value, column)


def _text_of(value: Any, column: Column) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = number_text(value)
        return text + "0" if "_vnd" in column.name and _THOUSANDS.fullmatch(text) else text
    if isinstance(value, (dt.date, dt.time)):
        return instant_text(value) if isinstance(value, dt.datetime) else _plain_time(value)
    text = str(value)
    if not text.strip() or "\0" in text or (column.several and "|" in text):
        raise ValueError(f"{column.name} = {text!r} cannot stand in a cell of a table; save as a .json document")
    return text


def harmless(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would run it as a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("P07")
    ("'=1+1", 'P07')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def guarded(text: str) -> str:
    """As `harmless`, for tables that are read back: `unguarded` gives the same text again, whatever it is.

    Examples
    --------
    >>> [guarded(text) for text in ("=1+1", "'=1+1", "'P07")]
    ["'=1+1", "''=1+1", "'P07"]
    """
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` made harmless; any other as it is.

    Examples
    --------
    >>> [unguarded(text) for text in ("'=1+1", "''=1+1", "'P07", "=1")]
    ['=1+1', "'=1+1", "'P07", '=1']
    """
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


def number_text(value: float) -> str:
    """The shortest text that reads as the same number: 60.0 is 60."""
    return repr(float(value)).removesuffix(".0")


def instant_text(moment: dt.datetime) -> str:
    """RFC 3339, whose offsets are whole minutes; others (local mean time) are written in UTC."""
    offset = moment.utcoffset() or dt.timedelta()
    return (moment.astimezone(dt.UTC) if offset.seconds % 60 or offset.microseconds else moment).isoformat()


def _plain_time(value: dt.date | dt.time) -> str:
    if isinstance(value, dt.time) and not value.second and not value.microsecond:
        return value.isoformat(timespec="minutes")
    return value.isoformat()

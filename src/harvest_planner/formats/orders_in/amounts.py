"""Numbers as Vietnamese exports write them: 1.234,5 and 1,234.5, money in thousands, weights in kg and g."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

_MONEY_WORDS = re.compile(r"(vnđ|vnd|đồng|đ|₫)\.?$", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")
_GROUPED = re.compile(r"[0-9]{1,3}([.,])[0-9]{3}(\1[0-9]{3})*")
_KG_WORDS = re.compile(r"(kilogram|kilograms|kilo|kgs|kg|ký|kí)\.?$", re.IGNORECASE)
_G_WORDS = re.compile(r"(grams|gram|gr|g)\.?$", re.IGNORECASE)
_G_PER_KG = 1000.0


def money_of(value: Any) -> float:
    """An amount [VND]; a mark before three digits parts thousands, since nobody writes thousandths of a dong.

    Raises
    ------
    ValueError : it is no amount of money; the message says what is expected.

    Examples
    --------
    >>> money_of("65.000 ₫"), money_of("17000.00"), money_of("1,234,567"), money_of(45000)
    (65000.0, 17000.0, 1234567.0, 45000.0)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _finite(float(value), "an amount of money")
    return _money(str(value))


@lru_cache(maxsize=16384)
def _money(text: str) -> float:
    bare = _MONEY_WORDS.sub("", _bare(text))
    if _GROUPED.fullmatch(bare):
        return float(re.sub(r"[.,]", "", bare))
    return _finite(_marked(bare, "an amount of money such as 65000 or 65.000"), "an amount of money")


def weight_of(value: Any, *, in_g: bool = False, decimal_mark: str = "ask") -> float:
    """A weight [kg].

    Parameters
    ----------
    in_g : the column holds grams; a unit written in the cell goes before.
    decimal_mark : how a lone mark before three digits is meant: "," or "." is the decimal mark, "ask" is an error.

    Raises
    ------
    ValueError : it is no weight, or could be read as two that differ by a thousand.

    Examples
    --------
    >>> weight_of("2,5"), weight_of("500 g"), weight_of("1.234,5"), weight_of("0.500")
    (2.5, 0.5, 1234.5, 0.5)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _finite(float(value), "a weight") / (_G_PER_KG if in_g else 1.0)
    return _weight(str(value), in_g, decimal_mark)


@lru_cache(maxsize=16384)
def _weight(text: str, in_g: bool, decimal_mark: str) -> float:
    bare = _bare(text)
    if _KG_WORDS.search(bare):
        bare, in_g = _KG_WORDS.sub("", bare), False
    elif _G_WORDS.search(bare):
        bare, in_g = _G_WORDS.sub("", bare), True
    expected = "a weight in g such as 500" if in_g else "a weight in kg such as 2,5"
    if _GROUPED.fullmatch(bare) and not bare.startswith("0"):
        found = _grouped(bare, expected, decimal_mark, in_g)
    else:
        found = _marked(bare, expected)
    return _finite(found, expected) / (_G_PER_KG if in_g else 1.0)


def _grouped(bare: str, expected: str, decimal_mark: str, in_g: bool) -> float:
    """A number whose marks may part thousands: 1.500 is 1,500 g, but of kilograms nobody can say."""
    whole = float(re.sub(r"[.,]", "", bare))
    marks = re.findall(r"[.,]", bare)
    if in_g or len(marks) > 1 or (decimal_mark != "ask" and decimal_mark != marks[0]):
        return whole
    parted = bare.replace(",", ".")
    if decimal_mark == "ask":
        meant = f"{whole:.0f} or {parted.rstrip('0').rstrip('.')}"
        raise ValueError(f"{expected}; this may be {meant}: write it so, or state decimal_mark in the map")
    return float(parted)


def count_of(value: Any) -> float:
    """A number of pieces, at least 1 and whole.

    Raises
    ------
    ValueError : it is not.
    """
    expected = "a whole number of pieces such as 2"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        found = float(value)
    else:
        found = _marked(_bare(str(value)), expected)
    if not (found >= 1 and found.is_integer()):
        raise ValueError(expected)
    return found


def length_of(value: Any) -> float:
    """A length [cm], above 0.

    Raises
    ------
    ValueError : it is not.
    """
    expected = "a length in cm such as 30"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        found = float(value)
    else:
        found = _marked(re.sub(r"cm$", "", _bare(str(value)), flags=re.IGNORECASE), expected)
    if not (found > 0 and math.isfinite(found)):
        raise ValueError(expected)
    return found


def _bare(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f'’]", "", text)


def _marked(bare: str, expected: str) -> float:
    """A number with either decimal mark: of two kinds of marks the last is the decimal one."""
    if not _PLAIN.fullmatch(bare):
        raise ValueError(expected)
    marks = re.findall(r"[.,]", bare)
    if not marks:
        return float(bare)
    last = marks[-1]
    if len(marks) > 1 and (marks.count(last) > 1 or not _GROUPED.fullmatch(bare.rpartition(last)[0].lstrip("+-"))):
        raise ValueError(expected)
    head, _, tail = bare.rpartition(last)
    return float(f"{re.sub('[.,]', '', head)}.{tail}")


def _finite(value: float, expected: str) -> float:
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{expected}, not negative")
    return value

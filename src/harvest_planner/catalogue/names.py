"""Names as people write them: folded for comparison, and the nearest ones for a misspelt one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Đ/đ and Ð/ð (eth, as GeoNames writes it) do not decompose under NFD.
_BARRED_D = str.maketrans({"Đ": "D", "đ": "d", "Ð": "D", "ð": "d"})
_CUTOFF = 0.6
_Y_AS_I = re.compile(r"\b(qu|[bcdghklmnrstvx]|th|ph|kh|nh|tr|ch)y\b")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` without accents, case and punctuation, for comparing names.

    Examples
    --------
    >>> fold("Bà Rịa - Vũng Tàu"), fold("ĐẮK LẮK"), fold("ha-noi")
    ('ba ria vung tau', 'dak lak', 'ha noi')
    """
    plain = unicodedata.normalize("NFD", text.translate(_BARRED_D))
    bare = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return " ".join("".join(char if char.isalnum() else " " for char in bare).split())


def spelling_key(folded: str) -> str:
    """One key for the spellings of a folded name: written as one word or several, with i or y, with c or k.

    A y stands for an i only where it ends a syllable after its consonant (Mỹ, Quy), where Vietnamese writes both.

    Examples
    --------
    >>> spelling_key("kon tum") == spelling_key("kontum"), spelling_key("qui nhon") == spelling_key("quy nhon")
    (True, True)
    >>> spelling_key("dak lak") == spelling_key("dac lac"), spelling_key("tay ninh") == spelling_key("tai ninh")
    (True, False)
    """
    return _Y_AS_I.sub(r"\1i", folded).replace(" ", "").replace("k", "c")


def nearest(value: str, known: Iterable[str], count: int = 3, *, cutoff: float = _CUTOFF) -> tuple[str, ...]:
    """Up to `count` of the `known` names most like `value`, likest first, compared folded.

    Like is a ratio of at least `cutoff` by `difflib`: twice the letters that match over the letters of both.

    Examples
    --------
    >>> nearest("Ca Mao", ["ca-mau", "ha-noi", "cao-bang"], 1)
    ('ca-mau',)
    """
    likest = sorted(likeness(value, known, count, cutoff=cutoff).items(), key=lambda each: -each[1])
    return tuple(name for name, _ in likest)[:count]


def likeness(value: str, known: Iterable[str], count: int = 3, *, cutoff: float = _CUTOFF) -> dict[str, float]:
    """The `count` names of `known` most like `value` (more where they fold to one), each with its ratio [0..1]."""
    folded: dict[str, list[str]] = {}
    for name in known:
        folded.setdefault(fold(name), []).append(name)
    found: list[tuple[float, str]] = []
    # An upper bound, far cheaper than the ratio, says when none of those left can be among the likest.
    for bound, form in sorted(_bounds(fold(value), folded), reverse=True):
        if bound < cutoff or (len(found) >= count and bound < found[count - 1][0]):
            break
        ratio = difflib.SequenceMatcher(None, form, fold(value)).ratio()
        if ratio >= cutoff:
            found = sorted([*found, (ratio, form)], reverse=True)
    return {name: ratio for ratio, form in found[:count] for name in folded[form]}


def _bounds(wanted: str, forms: Iterable[str]) -> Iterator[tuple[float, str]]:
    matcher = difflib.SequenceMatcher(None, "", wanted)
    for form in forms:
        matcher.set_seq1(form)
        yield matcher.quick_ratio(), form

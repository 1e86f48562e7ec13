"""Names as people write them: folded for comparison, and the nearest ones for a misspelt one."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

# Đ/đ and Ð/ð (eth, as GeoNames writes it) do not decompose under NFD.
_BARRED_D = str.maketrans({"Đ": "D", "đ": "d", "Ð": "D", "ð": "d"})
_CUTOFF = 0.6


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


def nearest(value: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Up to `count` of the `known` names most like `value`, likest first, compared folded.

    Examples
    --------
    >>> nearest("Ca Mao", ["ca-mau", "ha-noi", "cao-bang"], 1)
    ('ca-mau',)
    """
    folded: dict[str, list[str]] = {}
    for name in known:
        folded.setdefault(fold(name), []).append(name)
    likest = difflib.get_close_matches(fold(value), folded, n=count, cutoff=_CUTOFF)
    return tuple(name for form in likest for name in folded[form])[:count]

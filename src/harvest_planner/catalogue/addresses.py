"""Addresses as people write them, parted into names and the words that say what kind of place each is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from harvest_planner.catalogue.names import fold, spelling_key

_LABELS = {
    **{"thanh pho": "city", "tp": "city", "thi xa": "town", "tx": "town", "thi tran": "township", "tt": "township"},
    **{"tinh": "province", "t": "province", "huyen": "district", "h": "district", "quan": "ward district"},
    **{"q": "ward district", "district": "district", "phuong": "ward", "p": "ward", "f": "ward", "ward": "ward"},
    **{"xa": "commune", "x": "commune", "dac khu": "island"},
}
_ENDINGS = {"province": "province", "city": "city", "district": "district", "town": "town", "ward": "ward"}
_ENDINGS |= {"commune": "commune"}
_COUNTRY = ("viet nam", "vietnam", "vn")
_ALTERED = re.compile(r"^(?:nay (?:la|thuoc)|truoc(?: day)?(?: la| thuoc)?|thuoc) ")
_NUMBERED = re.compile(r"\b(quan|phuong|district|ward|[qpf]) ?0*([1-9]\d?)\b")
_GLUED_TP = re.compile(r"^tp(?=[a-z]{2})")
_DASH = re.compile(r"\s+[-–—]+\s+|\s*[→>]\s*")
# Labels that also begin a new name where an address is written without commas.
_INNER = re.compile(
    r" (?=(?:thanh pho|thi xa|thi tran|huyen|quan|phuong|xa|tinh|tp|tx|tt|[qpfh]) (?!(?:tinh|tp|thanh pho|huyen)\b)\S)"
)


class Part(NamedTuple):
    """One name of an address."""

    folded: str
    """The whole part, folded."""
    kind: str | None
    """What its label says it is; None without one."""
    name: str
    """The folded name without the label."""
    old: bool = False
    """Whether it is marked as a name from before July 2025."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Spelling keys to look it up by: as it stands, then without the label; none for a bare number."""
        found = dict.fromkeys((spelling_key(self.folded), spelling_key(self.name)))
        return tuple(key for key in found if key and (self.kind or not key.isdigit()))


def part_of(text: str) -> Part:
    """The part that `text` is.

    Examples
    --------
    >>> part_of("H. Mộ Đức")
    Part(folded='h mo duc', kind='district', name='mo duc', old=False)
    """
    folded = _GLUED_TP.sub("tp ", _NUMBERED.sub(r"\1 \2", fold(text)))
    for country in _COUNTRY:
        folded = folded.removesuffix(f" {country}")
    folded = re.sub(r" \d{5,6}$", "", folded)
    name, kind, old = folded, None, False
    if name.endswith((" cu", " moi")):
        name, _, mark = name.rpartition(" ")
        old = mark == "cu"
    head, _, last = name.rpartition(" ")
    if head and last in _ENDINGS:
        return Part(folded, _ENDINGS[last], _unlabelled(head)[1], old)
    kind, name = _unlabelled(name)
    return Part(folded, kind, name, old)


def _unlabelled(folded: str) -> tuple[str | None, str]:
    words = folded.split(" ")
    for count in (2, 1):
        label = _LABELS.get(" ".join(words[:count]))
        if label and len(words) > count:
            return label, " ".join(words[count:])
    return None, folded


def partings(text: str) -> Iterator[tuple[Part, ...]]:
    """The ways to part an address, the surest first: at commas, then at dashes too, then before every label."""
    pieces = _without_brackets(re.split(r"[,;|\n\t]+", unicodedata.normalize("NFC", text)))
    by_comma = _parts(pieces)
    yield by_comma
    by_dash = _parts([piece for each in pieces for piece in _DASH.split(each)])
    if by_dash != by_comma:
        yield by_dash
    by_label = _parts([piece for part in by_dash for piece in _INNER.split(part.folded)])
    if by_label != by_dash:
        yield by_label


def _without_brackets(pieces: list[str]) -> list[str]:
    """What stands in brackets as a piece of its own before the one it explains; "(cũ)" stays with its name."""
    found: list[str] = []
    for piece in pieces:
        inner = [each for each in re.findall(r"\(([^)]*)\)", piece) if fold(each) not in ("cu", "moi")]
        outer = piece
        for each in inner:
            outer = outer.replace(f"({each})", " ")
        now = [each for each in inner if fold(each).startswith("nay ")]
        found += [*(each for each in inner if each not in now), outer, *now]
    return found


def _parts(pieces: list[str]) -> tuple[Part, ...]:
    """The parts of an address, without what follows its last name: the country, a post code, a telephone number."""
    parts = [part_of(_ALTERED.sub("", fold(piece))) for piece in pieces]
    parts = [part for part in parts if part.folded]
    while parts and (parts[-1].folded in _COUNTRY or parts[-1].folded.replace(" ", "").isdigit()):
        parts.pop()
    return tuple(parts)

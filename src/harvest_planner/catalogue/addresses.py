"""Addresses as people write them, parted into names and the words that say what kind of place each is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harvest_planner.catalogue.names import fold, spelling_key

_LABELS_OF = {
    "province": ("tỉnh", "t"),
    "city": ("thành phố", "tp"),
    "town": ("thị xã", "tx"),
    "township": ("thị trấn", "tt"),
    "district": ("huyện", "h", "district"),
    "city district": ("quận", "q"),
    "ward": ("phường", "p", "f", "ward"),
    "commune": ("xã", "x"),
    "island": ("đặc khu",),
}
# With their own accents or with none: quán and quân are no quận.
_LABELS = {form: kind for kind, labels in _LABELS_OF.items() for label in labels for form in (label, fold(label))}
_ENDINGS = {kind: kind for kind in ("province", "city", "district", "town", "ward", "commune")}
_COUNTRY = ("viet nam", "vietnam", "vn")
_ALTERED = re.compile(r"^(?:nay (?:la|thuoc)|truoc(?: day)?(?: la| thuoc)?|thuoc) ")
_NUMBERED = re.compile(r"\b(quận|quan|phường|phuong|district|ward|[qpf]) ?0*([1-9]\d?)\b")
_DOTTED = re.compile(r"\bt ([ptx])\b")
_GLUED_TP = re.compile(r"^tp(?=[^\W\d_]{2})")
_POST_CODE = re.compile(r" \d{5,6}$")
_DASH = re.compile(r"\s+[-–—]+\s+|\s*[→>]\s*")


class Part(NamedTuple):
    """One name of an address."""

    folded: str
    """The whole part, folded."""
    kind: str | None
    """What its label says it is; None without one."""
    name: str
    """The folded name without the label."""
    mark: str = ""
    """"cu" behind a name from before July 2025, "moi" behind one of then; they may also be its last syllable."""

    @property
    def old(self) -> bool:
        """Whether it is marked as a name from before July 2025."""
        return self.mark == "cu"

    @property
    def keys(self) -> tuple[str, ...]:
        """Spelling keys to look it up by: as it stands, without the label, then the mark; none for a bare number."""
        unmarked = self.name.removesuffix(f" {self.mark}") if self.mark else self.name
        found = dict.fromkeys(map(spelling_key, (self.folded, self.name, unmarked)))
        return tuple(key for key in found if key and (self.kind or not key.isdigit()))

    @property
    def spelt_out(self) -> bool:
        """Whether its label is more than a letter, which may stand for something else (P. 1205 is a room)."""
        return self.kind is not None and " " not in self.folded[:2]


def part_of(text: str) -> Part:
    """The part that `text` is.

    Examples
    --------
    >>> part_of("H. Mộ Đức")
    Part(folded='h mo duc', kind='district', name='mo duc', mark='')
    """
    written = _GLUED_TP.sub("tp ", " ".join(_words(text)))
    folded = fold(written)
    for country in _COUNTRY:
        folded = folded.removesuffix(f" {country}")
    folded = _POST_CODE.sub("", folded)
    kind, count = _label(written.split())
    name = " ".join(folded.split()[count:])
    head, _, last = name.rpartition(" ")
    if head and last in _ENDINGS:
        return Part(folded, _ENDINGS[last], head)
    return Part(folded, kind, name, last if head and last in ("cu", "moi") else "")


def partings(text: str) -> Iterator[tuple[Part, ...]]:
    """The ways to part an address, the surest first: at commas, then at dashes too, then before every label."""
    pieces = _without_brackets(re.split(r"[,;|\n\t]+", unicodedata.normalize("NFC", text)))
    by_comma = _parts(pieces)
    yield by_comma
    dashed = [piece for each in pieces for piece in _DASH.split(each)]
    by_dash = _parts(dashed)
    if by_dash != by_comma:
        yield by_dash
    by_label = _parts([piece for each in dashed for piece in _before_labels(each)])
    if by_label != by_dash:
        yield by_label


def _words(text: str) -> list[str]:
    """The words of a text with their accents, in small letters; Q1 is two, T.P one."""
    small = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).replace("ð", "đ")
    spaced = " ".join("".join(char if char.isalnum() else " " for char in small).split())
    return _NUMBERED.sub(r"\1 \2", _DOTTED.sub(r"t\1", spaced)).split()


def _label(words: Sequence[str]) -> tuple[str | None, int]:
    """What the words begin by saying they are, and how many of them say so."""
    for count in (2, 1):
        kind = _LABELS.get(" ".join(words[:count]))
        if kind and len(words) > count:
            return kind, count
    return None, 0


def _before_labels(piece: str) -> Iterator[str]:
    """The piece parted before each label that has a name behind it."""
    words = _words(piece)
    begun = 0
    for at in range(1, len(words)):
        count = _label(words[at:])[1]
        if count and at > begun + _label(words[begun:])[1] and not _label(words[at + count :])[1]:
            yield " ".join(words[begun:at])
            begun = at
    yield " ".join(words[begun:])


def _without_brackets(pieces: list[str]) -> list[str]:
    """What stands in brackets as a piece of its own before the one it explains; "(cũ)" stays with its name."""
    found: list[str] = []
    for piece in pieces:
        inner = [each for each in re.findall(r"\(([^)]*)\)", piece) if fold(each) not in ("cu", "moi")]
        outer = piece
        for each in inner:
            outer = outer.replace(f"({each})", " ")
        later = [each for each in inner if fold(each).startswith("nay ")]
        found += [*(each for each in inner if each not in later), outer, *later]
    return found


def _parts(pieces: Sequence[str]) -> tuple[Part, ...]:
    """The parts of an address, without what follows its last name: the country, a post code, a telephone number."""
    parts = [part for part in map(part_of, map(_unaltered, pieces)) if part.folded]
    while parts and (parts[-1].folded in _COUNTRY or parts[-1].folded.replace(" ", "").isdigit()):
        parts.pop()
    return tuple(parts)


def _unaltered(piece: str) -> str:
    """A piece without the words that say it was or has become the name."""
    said = _ALTERED.match(fold(piece))
    return " ".join(_words(piece)[len(said[0].split()) :]) if said else piece

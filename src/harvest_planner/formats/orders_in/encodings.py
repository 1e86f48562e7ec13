"""The text of an export in whatever encoding Vietnamese office programs save: UTF-8, UTF-16 or windows-1258."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from harvest_planner.formats.texts import one_fault

MOST_BYTES = 256 * 2**20
_REMEDY = "UTF-8, UTF-16 or windows-1258 text; save the file as CSV UTF-8"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: Path, name: str) -> bytes:
    """The bytes of an export.

    Raises
    ------
    ProblemFileError : there is no such file, it cannot be read, or is larger than any export.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except FileNotFoundError:
        raise one_fault(name, "a file of this name; there is none") from None
    except (OSError, ValueError) as error:
        raise one_fault(name, f"a file that can be read ({error})") from None
    if size > MOST_BYTES:
        raise one_fault(name, f"an export of at most {MOST_BYTES >> 20} MB; this one has {size >> 20} MB: split it")
    return data


def decoded(data: bytes, name: str) -> str:
    """The text, composed letter by letter.

    Raises
    ------
    ProblemFileError : it is in none of the encodings, or in more than one; names the line.
    """
    wide = "utf-16" if data.startswith(_WIDE) else _unmarked_wide(data)
    try:
        text = _text(data, wide, name) if wide else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse_mixed(data, name)
        text = _text(data, "cp1258", name)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise one_fault(name, f"{_REMEDY}; a text holds no zero bytes", line=line, field="encoding", value="byte 0x00")
    return unicodedata.normalize("NFC", text)


def _text(data: bytes, encoding: str, name: str) -> str:
    try:
        return unicodedata.normalize("NFC", data.decode(encoding))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        value = f"byte 0x{data[error.start]:02x}"
        raise one_fault(name, _REMEDY, line=line, field="encoding", value=value) from None


def _unmarked_wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of the plain letters is zero."""
    head = data[:2000]
    if len(head) < 4 or head.count(0) < len(head) // 4:
        return None
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def _refuse_mixed(data: bytes, name: str) -> None:
    """Lines of two encodings in one file would leave some of them garbled, whatever is chosen."""
    first_other = first_utf8 = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8-sig" if number == 1 else "utf-8")
            first_utf8 = first_utf8 or number
        except UnicodeDecodeError:
            first_other = first_other or number
        if first_utf8 and first_other:
            later = max(first_utf8, first_other)
            expected = f"one encoding throughout; this line is in another than line {min(first_utf8, first_other)}"
            raise one_fault(name, expected, line=later, field="encoding", value="mixed")

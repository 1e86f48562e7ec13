"""Text that fits one SMS: the GSM-7 alphabet, without accents and without words that mean two things without them."""

from __future__ import annotations

from harvest_planner.catalogue import fold

MOST_SEPTETS = 160
"""What one SMS holds in GSM-7; a single letter outside it would leave 70 (3GPP TS 23.038, 23.040)."""
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
AMBIGUOUS = frozenset({"hai", "nam", "chin", "thu", "muoi", "bay", "ba", "mot", "bon", "sau", "tam", "tu"})
"""Without accents these are numbers and something else: hái/hai, năm/nam, chín, thứ/thu …"""


def gsm7_septets(text: str) -> int | None:
    """How many of an SMS's 160 places the text takes; None where a letter is outside GSM-7.

    Examples
    --------
    >>> gsm7_septets("P07 S2 45kg"), gsm7_septets("[P07]"), gsm7_septets("hái")
    (11, 7, None)
    """
    if not all(char in _BASIC or char in _EXTENDED for char in text):
        return None
    return sum(2 if char in _EXTENDED else 1 for char in text)


def is_plain(text: str) -> bool:
    """Whether no word of the text is ambiguous without accents."""
    return AMBIGUOUS.isdisjoint(fold(text).split())


def plain_code(text: str) -> str:
    """A code as plain letters, digits, blanks, points and hyphens; a single letter keeps its case.

    Examples
    --------
    >>> plain_code("Đồi sau_2"), plain_code("P07/b")
    ('doi sau-2', 'P07-b')
    """
    if text.isascii() and text.isprintable():
        kept = text
    else:
        kept = "".join(fold(char) or char if not char.isascii() else char for char in text).lower()
    return " ".join(
        "".join(char if char.isascii() and (char.isalnum() or char in " .-") else "-" for char in kept).split()
    )

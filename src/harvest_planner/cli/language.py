"""The languages that commands speak."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """Languages of the terminal and of what is printed for growers."""

    vi = "vi"
    en = "en"

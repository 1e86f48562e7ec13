"""The catalogues of sentences as translators have them."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import harvest_planner as hp

LANGUAGES = Path(hp.__file__).parent / "formats" / "languages"


def catalogue(language: str) -> Catalog:
    """A language's file."""
    with (LANGUAGES / f"{language}.po").open("rb") as lines:
        return read_po(lines, locale=language, abort_invalid=True)


def sentences(language: str) -> dict[str, str]:
    """Every sentence by its key; not how the language writes days and numbers."""
    found = {str(each.id): str(each.string) for each in catalogue(language) if each.id}
    return {key: text for key, text in found.items() if key.partition(".")[0] not in ("form", "language")}


def section(language: str, name: str) -> dict[str, str]:
    """The sentences of one section, by what their keys end in."""
    every = {str(each.id): str(each.string) for each in catalogue(language) if each.id}
    return {key.partition(".")[2]: text for key, text in every.items() if key.partition(".")[0] == name}

"""Compiles the catalogues of sentences, languages/*.po to *.mo: `python docs/make_languages.py`."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = Path(__file__).parents[1] / "src" / "harvest_planner" / "formats" / "languages"


def main() -> None:
    """Write every .mo anew."""
    for source in sorted(LANGUAGES.glob("*.po")):
        with source.open("rb") as lines, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(lines, locale=source.stem, abort_invalid=True))
        print(source.with_suffix(".mo"))


if __name__ == "__main__":
    main()

"""Names of the files of sheets: plain letters that no team or grower can turn into another place or another's file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from harvest_planner.catalogue import fold

_LONGEST = 80
# Names that Windows keeps for devices, whatever their ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class Owner(NamedTuple):
    """Whose sheets stand in one file: a team's, or those of a grower without a team."""

    kind: Literal["team", "grower"]
    id: str


def sheet_names(owners: Iterable[Owner]) -> dict[Owner, str]:
    """A file name for each owner: lower-case letters, digits and hyphens, never two alike, whoever else picks.

    Examples
    --------
    >>> names = sheet_names([Owner("grower", "../Hộ Đặng"), Owner("grower", "ho-dang"), Owner("team", "ho-dang")])
    >>> for owner, name in names.items():
    ...     print(*owner, name)
    grower ho-dang ho-dang.html
    team ho-dang ho-dang-2.html
    grower ../Hộ Đặng ho-dang-3.html
    """
    names: dict[Owner, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    slugs = {owner: _slug(owner) for owner in owners}
    # Whose id is its own name keeps it; the others make way.
    for owner in sorted(slugs, key=lambda one: (slugs[one] != one.id, one)):
        slug = slugs[owner]
        name, number = slug, counts.get(slug, 1)
        while name in taken:
            number += 1
            name = f"{slug}-{number}"
        counts[slug] = number
        taken.add(name)
        names[owner] = f"{name}.html"
    return names


def _slug(owner: Owner) -> str:
    letters = "".join(char if char.isascii() else " " for char in fold(owner.id))
    slug = "-".join(letters.split())[:_LONGEST].strip("-") or owner.kind
    return f"{owner.kind}-{slug}" if slug in _RESERVED else slug

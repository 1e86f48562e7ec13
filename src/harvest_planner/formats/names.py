"""Who and what is called how: places, growers and crops by name where they have one, by id where not."""

from __future__ import annotations

import unicodedata

from harvest_planner import catalogue
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.problem import PlanningProblem

LocalText = dict[str, str]
"""Language → text, where a name differs between languages."""


def place_name(problem: PlanningProblem, place_id: str) -> str:
    """The name of a place: the problem's, else the catalogue's, else its id.

    Examples
    --------
    >>> place_name(PlanningProblem.model_validate({"as_of": "2026-08-10T18:00+07:00"}), "ca-mau")
    'Cà Mau'
    """
    try:
        name = problem.place(place_id).name or catalogue.place_row(place_id).get("name")
    except (UnknownIdError, AmbiguousPlaceError):
        name = None
    return clean(str(name or place_id))


def grower_name(problem: PlanningProblem, grower_id: str) -> str:
    """The name of a grower, else its id."""
    try:
        return clean(problem.grower(grower_id).name or grower_id)
    except UnknownIdError:
        return clean(grower_id)


def crop_name(problem: PlanningProblem, crop_id: str) -> LocalText:
    """The name of a crop in both languages, else its id."""
    try:
        crop: Crop = problem.crop(crop_id)
    except UnknownIdError:
        return {"en": clean(crop_id)}
    return local_text(crop.name, crop.name_vi, crop_id)


def local_text(english: str | None, vietnamese: str | None, otherwise: str = "") -> LocalText:
    """A text that may be told in either language; where one is missing the other stands for it."""
    either = english or vietnamese or otherwise
    return {"en": clean(english or either), "vi": clean(vietnamese or either)}


def clean(text: str) -> str:
    r"""`text` on one line, without control characters: nothing a terminal would obey.

    Examples
    --------
    >>> clean("b1\x1b[31m")
    'b1�[31m'
    """
    spaced = " ".join(text.split())
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cc" else char for char in spaced)

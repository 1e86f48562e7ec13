"""Pick sheets as HTML, piece by piece: no document is ever whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harvest_planner.errors import UnknownIdError
from harvest_planner.formats.pages import page_template
from harvest_planner.formats.sheets.content import Content
from harvest_planner.formats.sheets.file_names import Owner, sheet_names
from harvest_planner.formats.words import words
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem

if TYPE_CHECKING:
    pass

GENERATOR = "harvest-planner pick sheet"
"""What every file of sheets calls its maker, in its head."""
_BESIDE = "en"
_PIECE = 64
"""How many of the template's bits are handed on together."""


def pick_sheets(
    plan: HarvestPlan, problem: PlanningProblem, *, language: str = "vi", team_id: str | None = None
) -> Iterator[tuple[str, Iterator[str]]]:
    """The printable documents of a plan: for each team, and for each grower without one, a file's name and its HTML.

    A document holds a page of days and then a sheet for each grower and day, on A5 paper.

    Parameters
    ----------
    plan : the answer.
    problem : the question it answers; of buyers the sheets tell no more than place and order id.
    language : of the sheets; English stands in smaller type beside any other.
    team_id : only this team's.

    Yields
    ------
    A file name that is safe in any folder, unique among the teams and growers of the problem, and the HTML in pieces,
    made as they are asked for.

    Raises
    ------
    MissingExtraError : jinja2 is not installed (extra `cli`).
    UnknownIdError : there is no such team, or the plan names a batch or an order that the problem does not hold.
    ValueError : there is no such language.
    """
    writer = _Writer(language)
    content = Content(plan, problem)
    known = _owners(problem)
    owners = content.owners()
    if team_id is not None:
        if Owner("team", team_id) not in known:
            raise UnknownIdError("team", team_id, known=sorted(owner.id for owner in known if owner.kind == "team"))
        owners = [owner for owner in owners if owner == Owner("team", team_id)]
    names = sheet_names(known | {*owners})
    for owner in owners:
        yield names[owner], writer.pieces(content, owner)


def _owners(problem: PlanningProblem) -> set[Owner]:
    return {
        Owner("grower", grower.id) if grower.team_id is None else Owner("team", grower.team_id)
        for grower in problem.growers
    }


class _Writer:
    """Fills the template with one owner's sheets."""

    def __init__(self, language: str) -> None:
        self._spoken = [words(name) for name in dict.fromkeys((language, _BESIDE))]
        # All texts are escaped; only the drawings, made of numbers, are not.
        self._template = page_template("pick_sheet.html.j2", extra="cli", needed_for="pick_sheets")

    def pieces(self, content: Content, owner: Owner) -> Iterator[str]:
        """The owner's document from its beginning to its end."""
        drawings = content.drawings(owner)
        stream = self._template.stream(
            say=self._say,
            first=self._spoken[0].say,
            language=self._spoken[0].language,
            generator=GENERATOR,
            title="sheet.team_title" if owner.kind == "team" else "sheet.title",
            is_team=owner.kind == "team",
            owner=content.called(owner),
            drawings=drawings,
            number_of={key: number for number, key in enumerate(drawings, start=1)},
            sheets=lambda: content.sheets(owner),
            tasks=content.tasks,
            left=tuple(content.left(owner)),
            made_at=content.made_at(owner),
        )
        stream.enable_buffering(_PIECE)
        yield from stream

    def _say(self, key: str, **values: Any) -> list[tuple[str, str]]:
        return [(voice.language, voice.say(key, **values)) for voice in self._spoken]

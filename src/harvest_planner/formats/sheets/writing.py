"""A folder of pick sheets, written as a stream: all of it or nothing, and no sheet of an older plan stays."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from harvest_planner.formats.atomic import write_folder
from harvest_planner.formats.sheets.rendering import GENERATOR, pick_sheets
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem

_HEAD_BYTES = 1000
"""Of a file, enough to see who made it."""


def write_sheets(
    plan: HarvestPlan,
    problem: PlanningProblem,
    folder: str | Path,
    *,
    language: str = "vi",
    team_id: str | None = None,
) -> tuple[Path, ...]:
    """Write the pick sheets of a plan: an HTML file for each team, and for each grower without one.

    Sheets of an older plan are removed from the folder, other files are left alone. Of the sheets only a piece is ever
    in memory, beside an index of the plan by team.

    Parameters
    ----------
    plan : the answer.
    problem : the question it answers.
    folder : made where it is missing.
    language : of the sheets; English stands in smaller type beside any other.
    team_id : only this team's; the sheets of others stay as they are.

    Returns
    -------
    The paths; none where nobody picks.

    Raises
    ------
    MissingExtraError : jinja2 is not installed (extra `cli`).
    UnknownIdError : there is no such team, or the plan names what the problem does not hold.
    ValueError : there is no such language.
    OSError : it cannot be written; the folder is then as it was before.
    """
    home = Path(folder)
    written: set[str] = set()

    def documents() -> Iterator[tuple[str, Iterator[str]]]:
        for name, pieces in pick_sheets(plan, problem, language=language, team_id=team_id):
            written.add(name)
            yield name, pieces

    stale = old_sheets(home, keep=written) if team_id is None else ()
    return tuple(write_folder(home, documents(), stale=stale))


def old_sheets(home: Path, *, keep: Container[str]) -> Iterator[str]:
    """Names of the sheets in a folder that are not to be kept; only files this library made are touched."""
    mark = f'content="{GENERATOR}"'.encode()
    for path in sorted(home.glob("*.html")):
        if path.name not in keep and path.is_file():
            with path.open("rb") as handle:
                made_here = mark in handle.read(_HEAD_BYTES)
            if made_here:
                yield path.name

"""The command that writes pick sheets of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harvest_planner.cli.endings import faults_told
from harvest_planner.cli.language import Language
from harvest_planner.cli.messages import PlanPath, ProblemPath, read_both
from harvest_planner.formats.sheets.writing import write_sheets
from harvest_planner.formats.words import words


def sheets_command(
    plan: PlanPath,
    problem: ProblemPath,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="Write TEAM.html to this folder.")],
    language: Annotated[
        Language, typer.Option(help="Of the sheets. vi: English stands beside in smaller type.")
    ] = Language.vi,
    team: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this team's; the sheets of others stay as they are.")
    ] = None,
) -> None:
    """Write a printable sheet for each grower and day, in one A5 file for each team and each grower without a team.

    Sheets of an older plan are removed from DIR. Exit code 1 for input that cannot be used, 2 for usage.
    """
    with faults_told():
        answer, question = read_both(plan, problem)
        paths = write_sheets(answer, question, out, language=language, team_id=team)
    spoken = words(language)
    if paths:
        told = spoken.say("command.written_sheets", folder=out, files=len(paths))
    else:
        told = spoken.say("command.no_sheets")
    Console(highlight=False, markup=False).print(told, soft_wrap=True)

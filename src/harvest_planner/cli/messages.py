"""The commands that tell growers of a plan: short messages and calendars."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import harvest_planner as hp
from harvest_planner.cli.endings import faults_told
from harvest_planner.cli.language import Language
from harvest_planner.formats.calendars import write_calendar
from harvest_planner.formats.messages import messages
from harvest_planner.formats.words import words

PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json, or its folder.")]
ProblemPath = Annotated[Path, typer.Argument(metavar="PROBLEM", help="The problem it answers.")]


class Kind(StrEnum):
    """Kinds of short messages."""

    sms = "sms"
    zalo = "zalo"


def messages_command(
    plan: PlanPath,
    problem: ProblemPath,
    kind: Annotated[Kind, typer.Option(help="sms: no accents, at most 160 letters. zalo: whole sentences.")],
    language: Annotated[Language, typer.Option(help="Of the messages.")] = Language.vi,
) -> None:
    """Print a message a line, the text only: each grower's picking days, and what will be lost the day after.

    In the order of the days to send them, and by grower. Exit code 1 for input that cannot be used, 2 for usage.
    """
    with faults_told():
        answer, question = read_both(plan, problem)
        for message in messages(answer, question, kind=kind.value, language=language):
            print(message.text)


def calendar_command(
    plan: PlanPath,
    problem: ProblemPath,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE.ics", dir_okay=False, help="Written anew, or brought up to date.")],
    team: Annotated[str | None, typer.Option(metavar="ID", help="Only the growers of this team.")] = None,
    grower: Annotated[str | None, typer.Option(metavar="ID", help="Only this grower.")] = None,
    language: Annotated[Language, typer.Option(help="Of the events.")] = Language.vi,
) -> None:
    """Write the picking days as iCalendar; what an older FILE.ics holds and the plan no more is cancelled in it.

    Exit code 1 for input that cannot be used, 2 for usage.
    """
    if team is not None and grower is not None:
        raise typer.BadParameter("give a team or a grower, not both")
    with faults_told():
        answer, question = read_both(plan, problem)
        write_calendar(answer, question, out, grower_id=grower, team_id=team, language=language)
    Console(highlight=False, markup=False).print(words(language).say("command.written_file", file=out), soft_wrap=True)


def read_both(plan: Path, problem: Path) -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """A plan, by its file or its folder, and the problem that it answers."""
    return hp.load_plan(plan / "plan.json" if plan.is_dir() else plan), hp.load_problem(problem)

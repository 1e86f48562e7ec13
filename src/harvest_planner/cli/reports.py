"""The command that brings batches up to date by what growers report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import harvest_planner as hp
from harvest_planner.cli.endings import faults_told
from harvest_planner.cli.language import Language
from harvest_planner.formats.atomic import write_folder
from harvest_planner.formats.reports_in.importing import ReadReports, read_reports
from harvest_planner.formats.reports_in.review import reasons_text, review_text
from harvest_planner.formats.tables import table_text
from harvest_planner.formats.words import Words, words
from harvest_planner.schema.goods import Batch

REVIEW = "review.csv"


def import_reports_command(
    reports: Annotated[Path, typer.Argument(metavar="FILE", help="A message a line (P07 S2 120), or a team's table.")],
    problem: Annotated[Path, typer.Argument(metavar="PROBLEM", help="The problem whose batches they are about.")],
    out: Annotated[
        Path,
        typer.Option(metavar="BATCHES.csv", dir_okay=False, help="Write the batches here, and review.csv beside it."),
    ],
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="REVIEW.csv", help="The review of an earlier run, accept or reject written into it."),
    ] = None,
    language: Annotated[Language | None, typer.Option(help="Of the summary and of the review.")] = None,
) -> None:
    """Bring batches up to date by what growers report; what is in doubt waits in review.csv for a person.

    Exit code 0 with batches.csv written, whatever waits; 1 for input that cannot be used, 2 for usage.
    """
    spoken = words(language or Language.en)
    with faults_told():
        question = hp.load_problem(problem)
        found = read_reports(reports, question, decisions=decisions)
        texts = {out.name: table_text(found.batches, Batch), REVIEW: review_text(found.queue, spoken)}
        if len(texts) == 1:
            raise typer.BadParameter(f"{REVIEW} is the name of the review; give the batches another")
        paths = write_folder(out.parent, texts)
    _tell(found, spoken, ", ".join(map(str, paths)))


def _tell(found: ReadReports, spoken: Words, files: str) -> None:
    lines = [spoken.say("reported.updated", batches=len(found.updated))]
    if found.queue:
        lines.append(spoken.say("reported.queued", reports=len(found.queue)))
        lines += [
            spoken.say("reported.waits", line=str(item.line), report=item.report, reasons=reasons_text(item, spoken))
            for item in found.queue
        ]
    if found.rejected:
        lines.append(spoken.say("reported.rejected", reports=found.rejected))
    lines.append(spoken.say("reported.written", files=files))
    console = Console(highlight=False, markup=False)
    for line in lines:
        console.print(line, soft_wrap=True)

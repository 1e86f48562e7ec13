"""The commands that learn from what came back of the deliveries, and take it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, get_args

import typer
from pydantic import ValidationError
from rich.console import Console

import harvest_planner as hp
from harvest_planner.cli.endings import faults_told
from harvest_planner.cli.language import Language
from harvest_planner.errors import Fault
from harvest_planner.formats.atomic import write_folder
from harvest_planner.formats.folders import FILES, folder_texts
from harvest_planner.formats.words import Words, words
from harvest_planner.learning.evidence import Update, UpdateKind

EVIDENCE = "evidence.json"
_DIGITS = {"lane": 1, "batch_age": 2, "ripening_rate": 3}

Problem = Annotated[Path, typer.Argument(metavar="FOLDER_OR_JSON", help="A problem folder or a JSON document.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Write the problem to this folder.")]
Spoken = Annotated[Language, typer.Option(help="Of the terminal.")]


def learn_command(
    problem: Problem,
    outcomes: Annotated[Path, typer.Argument(metavar="OUTCOMES.csv", help="What came back: a row for each delivery.")],
    *,
    out: Out,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN", help="The plan they were sent by, a plan.json or its folder: batch, day, lanes."),
    ] = None,
    language: Spoken = Language.en,
    as_json: Annotated[bool, typer.Option("--json", help="Print the evidence as JSON, and nothing else.")] = False,
) -> None:
    """Learn lanes, ripening and reputations from deliveries; writes the problem as learned, beside it evidence.json.

    Exit code 0 with the problem written, 1 for input that cannot be used, 2 for usage.
    """
    with faults_told():
        question = hp.load_problem(problem)
        sent_by = None if plan is None else hp.load_plan(plan / "plan.json" if plan.is_dir() else plan)
        learned, evidence = hp.learn(outcomes, question, plan=sent_by)
        _write(learned, out, evidence)
    if as_json:
        print(evidence.model_dump_json(indent=1))
        return
    spoken = words(language)
    _print([*_lines(evidence, spoken), spoken.say("learned.written", folder=out)])


def unlearn_command(
    problem: Problem,
    evidence: Annotated[Path, typer.Argument(metavar="EVIDENCE.json", help="What `learn` wrote beside the problem.")],
    *,
    out: Out,
    language: Spoken = Language.en,
) -> None:
    """Take back what was learned; a record that was changed since is named, and nothing is written then.

    Exit code 0 with the problem written, 1 for input that cannot be used, 2 for usage.
    """
    with faults_told():
        question = hp.load_problem(problem)
        try:
            told = hp.Evidence.model_validate_json(evidence.read_text(encoding="utf-8"))
            before = told.undo(question)
        except ValidationError:
            raise
        except ValueError as error:
            raise hp.ProblemFileError([Fault(evidence.name, 0, "", "", str(error))]) from None
        _write(before, out)
    _print([words(language).say("learned.undone", changes=len(told.changes), folder=out)])


def _write(problem: hp.PlanningProblem, folder: Path, evidence: hp.Evidence | None = None) -> None:
    texts = folder_texts(problem)
    kept = {} if evidence is None else {EVIDENCE: evidence.model_dump_json(indent=1) + "\n"}
    write_folder(folder, {**texts, **kept}, stale=[name for name in FILES if name not in texts])


def _print(lines: list[str]) -> None:
    console = Console(highlight=False, markup=False)
    for line in lines:
        console.print(line, soft_wrap=True)


def _lines(evidence: hp.Evidence, spoken: Words) -> Iterator[str]:
    yield spoken.say("learned.title", outcomes=evidence.outcomes)
    yield spoken.say("learned.used", **evidence.used)
    for kind in get_args(UpdateKind):
        updates = evidence.of(kind)
        if updates:
            yield ""
            yield spoken.say(f"learned.{kind}_label")
            yield from (f"  {_told(update, spoken)}" for update in updates)
    if evidence.counts:
        yield ""
        yield spoken.say("learned.not_used_title")
    for code, count in sorted(evidence.counts.items()):
        yield "  " + spoken.say("learned.not_used", count=count, reason=spoken.say(f"learned.{code}"))


def _told(update: Update, spoken: Words) -> str:
    def shown(value: float | None) -> str:
        if value is None:
            return spoken.say("learned.unknown")
        if update.kind == "reputation":
            return f"{spoken.number(100 * value, digits=0)}%"
        return spoken.number(value, digits=_DIGITS[update.kind])

    return spoken.say(
        "learned.update",
        subject=update.subject,
        was=shown(update.was),
        now=shown(update.now),
        low=shown(update.low),
        high=shown(update.high),
        outcomes=update.outcomes,
    )

"""The commands: what they read, what they print, and the code they end with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress as Bar, TaskProgressColumn, TextColumn, TimeElapsedColumn

import harvest_planner as hp
from harvest_planner.cli.backtest import backtest_command
from harvest_planner.cli.endings import UNUSABLE, faults_told
from harvest_planner.cli.language import Language
from harvest_planner.cli.learning import learn_command, unlearn_command
from harvest_planner.cli.messages import calendar_command, messages_command
from harvest_planner.cli.orders import import_orders_command
from harvest_planner.cli.records import epcis_command, labels_command, log_app
from harvest_planner.cli.reports import import_reports_command
from harvest_planner.cli.screen import show_crops, show_plan, show_violations, show_worth
from harvest_planner.cli.sheets import sheets_command
from harvest_planner.cli.simulation import simulate_command
from harvest_planner.cli.writing import write_all
from harvest_planner.formats.words import Words, words
from harvest_planner.formats.workbook import write_workbook
from harvest_planner.planning.progress import in_silence

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.")]

# No completion: it would write to the home folder. No pretty tracebacks: they show values, phone numbers among them.
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
app.command("import-orders")(import_orders_command)
app.command("import-reports")(import_reports_command)
app.command("sheets")(sheets_command)
app.command("messages")(messages_command)
app.command("calendar")(calendar_command)
app.add_typer(log_app, name="log")
app.command("epcis")(epcis_command)
app.command("labels")(labels_command)
app.command("simulate")(simulate_command)
app.command("learn")(learn_command)
app.command("unlearn")(unlearn_command)
app.command("backtest")(backtest_command)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"harvest-planner {hp.__version__}")
        raise typer.Exit


def _no_file(folder: Path | None) -> Path | None:
    if folder is not None and folder.exists() and not folder.is_dir():
        raise typer.BadParameter(f"{str(folder)!r} is a file; give a folder")
    return folder


@app.callback()
def start(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Which day to pick what, so that perishable goods ordered from anywhere arrive good to eat."""


@app.command()
def plan(
    problem: Annotated[Path, typer.Argument(metavar="FOLDER_OR_JSON", help="A problem folder or a JSON document.")],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", callback=_no_file, help="Write plan.json, its tables and sheets/TEAM.html to this folder."
        ),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(
            help="Not given: the terminal in English, pick sheets in Vietnamese with English beside in smaller type. "
            "vi: the terminal in Vietnamese too. en: both in English alone."
        ),
    ] = None,
    xlsx: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="Write the plan as an XLSX workbook, in the terminal's language."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan all orders and batches together: the day each batch is picked, where it goes, what is refused and why.

    Exit code 0 with a plan, 1 for input that cannot be used (every fault on stderr, nothing written), 2 for usage.
    """
    spoken = words(language or Language.en)
    with faults_told():
        with _busy(spoken, "command.reading"):
            question = hp.load_problem(problem)
        with _bar(spoken, "command.planning") as tell:
            answer = hp.plan_harvest(question, on_progress=tell)
        written = None
        if out is not None:
            with _busy(spoken, "command.writing"):
                written = write_all(answer, question, out, sheets_in=language or Language.vi, words=spoken)
        if xlsx is not None:
            with _busy(spoken, "command.writing"):
                write_workbook(answer, question, xlsx, language=language or Language.en)
    if as_json:
        print(answer.model_dump_json(indent=1))
    else:
        show_plan(answer, question, spoken, Console(highlight=False, markup=False))
    told = [written] if written else []
    told += [spoken.say("command.written_file", file=xlsx)] if xlsx is not None else []
    for line in told:
        Console(stderr=as_json, highlight=False, markup=False).print(line, soft_wrap=True)


@app.command()
def crops(as_json: AsJson = False) -> None:
    """List the crops of the catalogue."""
    found = [hp.crop(crop_id) for crop_id in hp.crops()]
    if as_json:
        _print_json([crop.model_dump(mode="json") for crop in found])
    else:
        show_crops(found, Console(highlight=False, markup=False))


@app.command()
def check(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json, or its folder. With --by-hand: PROBLEM.")],
    problem: Annotated[Path | None, typer.Argument(metavar="PROBLEM", help="The problem it claims to answer.")] = None,
    by_hand: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="Judge a plan made by hand: a CSV of batch, day, order and kg."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every figure of a plan by a second path, or judge a plan made by hand (PROBLEM --by-hand FILE).

    Exit code 0 for a sound plan, 1 with whatever is untrue in it, or for input that cannot be used.
    """
    if (by_hand is None) == (problem is None):
        raise typer.BadParameter("give PLAN and PROBLEM, or PROBLEM and --by-hand FILE")
    console = Console(highlight=False, markup=False)
    with faults_told():
        if problem is None:
            told = hp.judge_by_hand(Path(str(by_hand)), hp.load_problem(plan))
            found: tuple[hp.Violation, ...] = told.violations
            document = told.model_dump(mode="json", exclude={"plan"})
        else:
            answer = hp.load_plan(plan / "plan.json" if plan.is_dir() else plan)
            found = hp.check_plan(answer, hp.load_problem(problem))
            document = {"violations": [violation.model_dump(mode="json") for violation in found]}
    if as_json:
        _print_json({"sound": not found, **document})
    else:
        if problem is None:
            show_worth(told, console)
        show_violations(found, console)
    if found:
        raise typer.Exit(UNUSABLE)


def _print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _busy(spoken: Words, key: str) -> AbstractContextManager[object]:
    """A spinner on stderr where somebody looks at it."""
    console = Console(stderr=True)
    return console.status(spoken.say(key)) if console.is_terminal else nullcontext()


@contextmanager
def _bar(spoken: Words, key: str) -> Iterator[Callable[[hp.Progress], None]]:
    """A bar on stderr where somebody looks at it, with the gap once there is one; what to call with each progress."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield in_silence
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(spoken.say(key), total=1.0)

        def tell(progress: hp.Progress) -> None:
            gap = "" if progress.gap is None else f" · {spoken.say('command.gap', gap_share=progress.gap)}"
            bar.update(task, completed=progress.done, description=spoken.say(key) + gap)

        yield tell

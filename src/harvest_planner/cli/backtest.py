"""The command that holds last month's probabilities against what came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import harvest_planner as hp
from harvest_planner.cli.endings import faults_told
from harvest_planner.cli.language import Language
from harvest_planner.formats.backtests import told_lines
from harvest_planner.formats.words import words
from harvest_planner.schema.clock import zone


def backtest_command(
    history: Annotated[
        Path,
        typer.Argument(metavar="HISTORY.csv", help="A row for each parcel: what was promised, when it went and came."),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Write report.html, report.json and a CSV of each table."),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Of instants without an offset, as Asia/Ho_Chi_Minh.")
    ] = None,
    language: Annotated[Language, typer.Option(help="Of the terminal and the page.")] = Language.en,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else.")
    ] = False,
) -> None:
    """Hold promised arrivals and shares of good fruit against what came: CRPS, cover of p10, p50 and p90, reliability.

    Where nothing was promised each delivery is forecast from those before it. Exit code 0 with a report, rows that
    cannot be judged counted in it; 1 for input of which nothing can be judged, 2 for usage.
    """
    spoken = words(language)
    if timezone is not None:
        try:
            zone(timezone)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--timezone") from None
    with faults_told():
        report = hp.backtest(history, timezone=timezone)
        written = [] if out is None else report.write(out, language=language)
    if as_json:
        print(json.dumps(report.to_dict(), ensure_ascii=False, indent=1, allow_nan=False))
    lines = [] if as_json else list(told_lines(report, spoken))
    if written:
        lines.append(spoken.say("backtest.written", files=", ".join(map(str, written))))
    console = Console(stderr=as_json, highlight=False, markup=False)
    for line in lines:
        console.print(line, soft_wrap=True)

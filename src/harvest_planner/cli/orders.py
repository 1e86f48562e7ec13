"""The command that turns a marketplace's export into orders."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harvest_planner.cli.endings import UNUSABLE, faults_told
from harvest_planner.cli.language import Language
from harvest_planner.errors import ProblemFileError
from harvest_planner.formats.orders_in.importing import import_orders
from harvest_planner.formats.orders_in.result import ImportedOrders
from harvest_planner.formats.orders_in.writing import write_import
from harvest_planner.formats.words import Words, words


def import_orders_command(
    export: Annotated[Path, typer.Argument(metavar="FILE", help="The marketplace's export: CSV, XLSX or JSON.")],
    out: Annotated[
        Path,
        typer.Option(metavar="ORDERS.csv", help="Write the orders here, and contacts.csv beside it.", dir_okay=False),
    ],
    column_map: Annotated[
        Path | None,
        typer.Option("--map", metavar="MAP.toml", help="Your headings, products and places, over the bundled map."),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Write the sound orders although others are at fault.")
    ] = False,
    language: Annotated[Language | None, typer.Option(help="Of the summary.")] = None,
) -> None:
    """Turn a marketplace's export into orders.csv; names, phones and addresses go to contacts.csv alone.

    Exit code 0 with orders.csv written, 1 where an order is at fault or has to be resolved (each on stderr; nothing
    is written without --skip-bad), 2 for usage.
    """
    spoken = words(language or Language.en)
    with faults_told():
        imported = import_orders(export, column_map=column_map)
        if imported.faults:
            print(ProblemFileError(imported.faults), file=sys.stderr)
        if imported.faults and not skip_bad:
            print(spoken.say("imported.none_written"), file=sys.stderr)
            raise typer.Exit(UNUSABLE)
        paths = write_import(imported, out)
    _tell(imported, paths, spoken)


def _tell(imported: ImportedOrders, paths: tuple[Path, ...], spoken: Words) -> None:
    console = Console(highlight=False, markup=False)
    kg = sum(order.quantity_kg for order in imported.orders)
    lines = [spoken.say("imported.orders", orders=len(imported.orders), kg=kg)]
    for reason in dict.fromkeys(one.reason for one in imported.skipped):
        count = sum(one.reason == reason for one in imported.skipped)
        lines.append(spoken.say(f"imported.skipped_{reason}", rows=count))
    if imported.unresolved:
        lines.append(spoken.say("imported.unresolved", names=len(imported.unresolved)))
    lines += [spoken.say(f"imported.assumed_{name}", orders=count) for name, count in imported.assumed]
    lines.append(spoken.say("imported.written", files=", ".join(map(str, paths))))
    for line in lines:
        console.print(line, soft_wrap=True)

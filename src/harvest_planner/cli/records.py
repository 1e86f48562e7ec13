"""The commands of records: the harvest log, EPCIS events and box labels."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import harvest_planner as hp
from harvest_planner.cli.endings import UNUSABLE, faults_told
from harvest_planner.cli.language import Language
from harvest_planner.formats.records.moments import moment_of
from harvest_planner.formats.records.telling import finding_sentence, trace_lines
from harvest_planner.formats.words import words

PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json, or its folder.")]
ProblemPath = Annotated[Path, typer.Argument(metavar="PROBLEM", help="The problem it answers.")]
LogPath = Annotated[Path, typer.Argument(metavar="LOG", help="A harvest log, CSV or JSON.")]
Spoken = Annotated[Language, typer.Option("--language", help="Of what is printed.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.")]
Instant = Annotated[
    str | None, typer.Option(metavar="TIME", help="05:10 on the planned day, or 2026-08-11T05:10+07:00.")
]
log_app = typer.Typer(
    no_args_is_help=True, help="The harvest log: made from a plan, filled in with what was done, traced by lot."
)


@log_app.command("make")
def make_command(
    plan: PlanPath,
    problem: ProblemPath,
    *,
    out: Annotated[
        Path, typer.Option(metavar="LOG.csv", dir_okay=False, help="What an older LOG there says was done stays in it.")
    ],
    contacts: Annotated[
        Path | None, typer.Option(metavar="CONTACTS.csv", help="Receivers and parcel numbers, beside imported orders.")
    ] = None,
    language: Spoken = Language.en,
) -> None:
    """Make the log of a plan: a row for each parcel and for what goes to the local market; what was done is empty.

    Exit code 1 for input that cannot be used, 2 for usage.
    """
    with _told():
        known = hp.load_contacts(contacts) if contacts is not None else ()
        before = hp.load_log(out) if out.exists() else None
        log = hp.harvest_log(_plan(plan), hp.load_problem(problem), contacts=known, before=before)
        hp.save_log(log, out)
    _print(words(language).say("log.made", rows=len(log.rows), lots=len(log.lots()), file=out))


@log_app.command("enter")
def enter_command(
    log: LogPath,
    lot: Annotated[str, typer.Argument(metavar="LOT", help="The lot's code.")],
    *,
    order: Annotated[str | None, typer.Option(metavar="ID", help="Only the parcel of this order.")] = None,
    local_market: Annotated[bool, typer.Option("--local-market", help="Only what goes to the local market.")] = False,
    part: Annotated[int, typer.Option(min=1, help="Which of several parcels of the lot for that order.")] = 1,
    kg: Annotated[float | None, typer.Option(min=0.0, help="What was weighed [kg].")] = None,
    picked_from: Instant = None,
    picked_until: Instant = None,
    packed_at: Instant = None,
    handed_over_at: Instant = None,
    received_at: Instant = None,
    parcel_no: Annotated[str | None, typer.Option(metavar="NO", help="The carrier's number of the parcel.")] = None,
    picker: Annotated[str | None, typer.Option(metavar="NAME", help="Who picked.")] = None,
    treated_on: Annotated[str | None, typer.Option(metavar="DAY", help="Day of the last treatment.")] = None,
    product: Annotated[str | None, typer.Option(metavar="NAME", help="Product of the last treatment.")] = None,
    interval_days: Annotated[float | None, typer.Option(min=0.0, help="Its pre-harvest interval [d].")] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why it was done otherwise than planned.")] = None,
    as_planned: Annotated[bool, typer.Option("--as-planned", help="What is still empty was done as planned.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what was entered before.")] = False,
    language: Spoken = Language.en,
) -> None:
    """Enter what was done with a lot: when it was picked, what it weighed, when it was packed, handed over, received.

    Exit code 1 for input that cannot be used (the log is then as it was), 2 for usage.
    """
    if order is not None and local_market:
        raise typer.BadParameter("give an order or --local-market, not both")
    with _told():
        before = hp.load_log(log)
        moments = {
            "picked_from_at": picked_from,
            "picked_until_at": picked_until,
            "packed_at": packed_at,
            "handed_over_at": handed_over_at,
            "received_at": received_at,
        }
        given: dict[str, Any] = {
            **{name: moment_of(text, before, lot) for name, text in moments.items() if text is not None},
            "actual_kg": kg,
            "parcel_no": parcel_no,
            "picker": picker,
            "last_spray_on": treated_on,
            "last_spray_product": product,
            "pre_harvest_interval_days": interval_days,
            "deviation_reason": reason,
        }
        after = hp.enter_actuals(
            before,
            lot,
            order_id="" if local_market else order,
            part=part,
            as_planned=as_planned,
            overwrite=overwrite,
            **{name: value for name, value in given.items() if value is not None},
        )
        hp.save_log(after, log)
    _print(words(language).say("log.entered", lot=lot, file=log))


@log_app.command("trace")
def trace_command(
    log: LogPath,
    code: Annotated[str, typer.Argument(metavar="CODE", help="A lot, an order, a marketplace's order, a parcel.")],
    language: Spoken = Language.en,
    as_json: AsJson = False,
) -> None:
    """Trace one step back (plot, picker, last treatment) and one step forward (every parcel) by lot.

    Receivers' names and addresses, as far as the log has them, are only in the JSON. Exit code 1 for a code that the
    log does not hold, or a log that cannot be used; 2 for usage.
    """
    with _told():
        held = hp.load_log(log)
        found = [hp.trace(held, lot) for lot in hp.lots_of(held, code)]
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        for line in trace_lines(one, words(language)):
            _print(line)


@log_app.command("check")
def check_command(log: LogPath, language: Spoken = Language.en, as_json: AsJson = False) -> None:
    """List what is wrong in a log, and what is missing of lots of which something was entered.

    Exit code 0 where nothing is, 1 otherwise, or for a log that cannot be used; 2 for usage.
    """
    with _told():
        held = hp.load_log(log)
    findings = hp.check_log(held)
    if as_json:
        rows = [
            {"lot_code": one.lot_code, "order_id": one.order_id, "code": one.code, "severity": one.severity}
            for one in findings
        ]
        print(json.dumps({"sound": not findings, "findings": rows}, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            _print(finding_sentence(one, words(language)))
        if not findings:
            _print(words(language).say("log.sound", lots=len(held.lots())))
    if findings:
        raise typer.Exit(UNUSABLE)


def epcis_command(
    plan: PlanPath,
    log: LogPath,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE.jsonld", dir_okay=False, help="Where to write the events.")],
    base_uri: Annotated[
        str | None, typer.Option("--base", metavar="URI", help="Where lots, parcels and places are named.")
    ] = None,
    language: Spoken = Language.en,
) -> None:
    """Write what was done as EPCIS 2.0 events in JSON-LD: harvest, packing, shipping, receiving.

    Exit code 1 for input that cannot be used, 2 for usage.
    """
    spoken = words(language)
    with _told():
        given = {} if base_uri is None else {"base_uri": base_uri}
        answer, held = _plan(plan), hp.load_log(log)
        document = hp.epcis_document(answer, held, **given)
        hp.write_epcis(answer, held, out, **given)
    events = document["epcisBody"]["eventList"]
    if not events:
        print(spoken.say("log.no_events"), file=sys.stderr)
    _print(spoken.say("log.events", events=len(events), file=out))


def labels_command(
    plan: PlanPath,
    problem: ProblemPath,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="A sheet for each day and place.")],
    language: Annotated[Language, typer.Option(help="Of the labels.")] = Language.vi,
) -> None:
    """Write sheets of box labels to print on A4: the lot as text and QR code, picked on, good to eat from and until.

    Exit code 1 for input that cannot be used, 2 for usage.
    """
    spoken = words(language)
    with _told():
        paths = hp.write_labels(_plan(plan), hp.load_problem(problem), out, language=language)
    _print(spoken.say("log.labels", files=", ".join(map(str, paths))) if paths else spoken.say("log.no_labels"))


def _plan(path: Path) -> hp.HarvestPlan:
    return hp.load_plan(path / "plan.json" if path.is_dir() else path)


@contextmanager
def _told() -> Iterator[None]:
    """Faults as a report; also what the log refuses to take."""
    with faults_told():
        try:
            yield
        except hp.HarvestPlannerError:
            raise
        except ValueError as error:
            print(error, file=sys.stderr)
            raise typer.Exit(UNUSABLE) from None


def _print(line: str) -> None:
    Console(highlight=False, markup=False).print(line, soft_wrap=True)

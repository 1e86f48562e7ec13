"""Growers' reports turned into batches: `read_reports`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvest_planner.catalogue import fold
from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.orders_in.column_map import bundled_map
from harvest_planner.formats.orders_in.contacts import phone_number
from harvest_planner.formats.orders_in.encodings import decoded, read_bytes
from harvest_planner.formats.orders_in.header import Header, find_header
from harvest_planner.formats.orders_in.instants import instant_of
from harvest_planner.formats.orders_in.sheet import Sheet, text_of_cell
from harvest_planner.formats.orders_in.sources import ZIPPED, open_export
from harvest_planner.formats.reports_in.messages import Report, read_message
from harvest_planner.formats.reports_in.review import QueuedReport, check, decided, queued, read_decisions
from harvest_planner.formats.reports_in.vocabulary import Vocabulary, headings
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.problem import PlanningProblem

_ZONE = "Asia/Ho_Chi_Minh"
_NOON = dt.time(12)
_KINDS = (("message",), ("plot", "kg"))
"""What a table of reports needs: messages as they were sent, or a column for each thing."""


@dataclass(frozen=True)
class ReadReports:
    """The answer of `read_reports`."""

    batches: tuple[Batch, ...]
    """All batches of the problem, those brought up to date that sound reports are about."""
    updated: tuple[str, ...]
    """Ids of the batches that a report changed."""
    queue: tuple[QueuedReport, ...]
    """Reports that wait for a person, in the order they came."""
    rejected: int
    """Reports that a person rejected."""


def read_reports(path: str | Path, problem: PlanningProblem, *, decisions: str | Path | None = None) -> ReadReports:
    """Growers' reports over the batches of a problem: a line for each (`P07 S2 120`), or a team's table (CSV, XLSX).

    A report is believed where plot, stage and kilograms are read without a rest, the stage did not go backwards, the
    kilograms are within ten times the usual, and the day is neither in the future nor before what is known. All others
    wait in the queue. Of several sound reports on a batch the latest day counts, of one day the last.

    Parameters
    ----------
    decisions : the review of an earlier run, with accept or reject written into it.

    Raises
    ------
    ProblemFileError : the file cannot be read, or a decision cannot be carried out.
    """
    source = Path(path)
    words = Vocabulary(problem)
    said = read_decisions(Path(decisions)) if decisions is not None else {}
    found: dict[str, Batch] = {}
    queue: list[QueuedReport] = []
    faults: list[Fault] = []
    rejected = 0
    for report in _reports(source, problem, words):
        check(report, problem)
        if not report.doubts:
            _take(found, _updated(report, problem))
            continue
        item = queued(report)
        decision = said.get(item.key)
        if decision is None:
            queue.append(item)
        elif not decision.accept:
            rejected += 1
        else:
            try:
                _take(found, decided(item, decision, problem))
            except ValueError as error:
                faults.append(Fault(Path(str(decisions)).name, 0, item.key, item.report, str(error)))
    if faults:
        raise ProblemFileError(faults)
    batches = tuple(found.get(batch.id, batch) for batch in problem.batches)
    return ReadReports(batches, tuple(sorted(found)), tuple(queue), rejected)


def _take(found: dict[str, Batch], batch: Batch) -> None:
    known = found.get(batch.id)
    if known is None or batch.observed_on >= known.observed_on:
        found[batch.id] = batch


def _updated(report: Report, problem: PlanningProblem) -> Batch:
    batch = problem.batch(report.batch_id)
    assert report.observed_on is not None, "a report that is taken has its day"
    seen = batch.seen_anew(report.stage_id, report.observed_on)
    return batch.model_copy(update={**seen, "quantity_kg": report.quantity_kg})


def _reports(source: Path, problem: PlanningProblem, words: Vocabulary) -> Iterator[Report]:
    today = problem.as_of.astimezone(zone(_ZONE)).date()
    tables = [] if source.suffix.lower() == ".txt" else list(_tables(source))
    if tables:
        for header, rows in tables:
            for line, cells in rows:
                yield from _of_row(header, line, cells, words, today)
        return
    text = decoded(read_bytes(source, source.name), source.name)
    for line, message in enumerate(text.splitlines(), start=1):
        for part in message.split(";"):
            if part.strip():
                yield read_message(Report(part.strip(), line), words, told_on=today)


def _tables(source: Path) -> Iterator[tuple[Header, list[tuple[int, Sequence[Any]]]]]:
    """The tables of a file that have the headings of reports; a file without any is a list of messages."""
    with open_export(source, bundled_map().rules.json_paths) as sheets:
        for sheet in sheets:
            rows = list(sheet.rows)
            for needed in _KINDS:
                found = find_header(Sheet(sheet.name, iter(rows)), headings(*needed), [])
                if found is not None:
                    yield found[0], list(found[1])
                    break
            else:
                if source.read_bytes().startswith(ZIPPED) and rows:
                    wanted = "a line of headings: Tin nhắn (message), or Vườn (plot), Độ chín (stage) and Số kg (kg)"
                    raise ProblemFileError([Fault(sheet.name, 1, "header", "", wanted)])


def _of_row(header: Header, line: int, cells: Sequence[Any], words: Vocabulary, today: dt.date) -> Iterator[Report]:
    cell = {name: cells[column] if column < len(cells) else None for name, column in header.columns.items()}
    texts = {name: text_of_cell(value) for name, value in cell.items()}
    if not any(texts.get(name) for name in ("message", "plot", "kg")):
        return
    grower_id = words.growers.get(phone_number(texts.get("phone", "")), "") or words.grower_ids.get(
        fold(texts.get("grower", "")), ""
    )
    told_on, doubt = _seen_on(cell.get("seen_on"), today)
    for message in _messages(texts):
        report = Report(message, line, grower_id, doubts=dict(doubt))
        if texts.get("phone") and not grower_id:
            report.doubts["unknown_sender"] = ""
        yield read_message(report, words, told_on=told_on)


def _messages(texts: Mapping[str, str]) -> list[str]:
    """A row's messages: as they were sent, or its columns put together as a grower would write them."""
    if texts.get("message"):
        return [part.strip() for part in texts["message"].replace("\n", ";").split(";") if part.strip()]
    return [" ".join(filter(None, (texts.get("plot"), texts.get("stage"), texts.get("kg"))))]


def _seen_on(value: Any, today: dt.date) -> tuple[dt.date, dict[str, str]]:
    if value is None or not text_of_cell(value):
        return today, {}
    try:
        return instant_of(value, _ZONE, _NOON).date(), {}
    except ValueError:
        return today, {"no_such_day": text_of_cell(value)}

"""What is believed at once and what waits for a person: reports checked against what is known of each batch."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harvest_planner.catalogue import nearest
from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.cells import harmless, number_text
from harvest_planner.formats.names import clean
from harvest_planner.formats.orders_in.amounts import weight_of
from harvest_planner.formats.orders_in.baskets import masked
from harvest_planner.formats.orders_in.instants import instant_of
from harvest_planner.formats.reports_in.messages import Report
from harvest_planner.formats.tables import csv_text
from harvest_planner.formats.texts import read_text, shown
from harvest_planner.formats.words import Words
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.problem import PlanningProblem

TIMES = 10.0
"""A report of ten times the usual kilograms, or a tenth, is asked about."""
COLUMNS = (
    "key",
    "decision",
    "report",
    "grower_id",
    "batch_id",
    "stage_id",
    "quantity_kg",
    "observed_on",
    "reasons",
    "line",
)


@dataclass(frozen=True)
class QueuedReport:
    """A report that a person has to look at."""

    key: str
    """The same for the same report in any file."""
    report: str
    """As it was sent; what may be a phone number is left out."""
    grower_id: str
    batch_id: str
    stage_id: str
    quantity_kg: float | None
    observed_on: dt.date | None
    reasons: tuple[tuple[str, str], ...]
    """Codes with what they are about."""
    line: int


@dataclass(frozen=True)
class Decision:
    """What a person decided about a queued report."""

    accept: bool
    batch_id: str
    stage_id: str
    quantity_kg: float | None
    observed_on: dt.date | None


def check(report: Report, problem: PlanningProblem) -> None:
    """Note as doubts what does not fit to what is known of the batch."""
    doubts = report.doubts
    if report.observed_on is not None and report.observed_on > problem.as_of.date():
        doubts["in_the_future"] = report.observed_on.isoformat()
    batch = next((batch for batch in problem.batches if batch.id == report.batch_id), None)
    if batch is None:
        if report.batch_id or "unknown_plot" in doubts:
            known = {name for one in problem.batches for name in (one.plot or one.id,)}
            doubts["unknown_plot"] = " ".join([doubts.get("unknown_plot", report.batch_id), *_like(doubts, known)])
        return
    if report.observed_on is not None and report.observed_on < batch.observed_on:
        doubts["older_than_known"] = batch.observed_on.isoformat()
    crop = problem.crop(batch.crop_id)
    ages = {stage.id: stage.age_d20 for stage in crop.stages}
    if report.stage_id and ages.get(report.stage_id, 0.0) < ages.get(batch.stage_id, 0.0):
        doubts["stage_backwards"] = f"{batch.stage_id} > {report.stage_id}"
    usual, told = batch.quantity_kg, report.quantity_kg
    if told is not None and usual > 0 and not usual / TIMES < told < usual * TIMES:
        doubts["unusual_kg"] = f"{number_text(usual)} > {number_text(told)}"


def _like(doubts: Mapping[str, str], known: set[str]) -> list[str]:
    near = nearest(doubts.get("unknown_plot", ""), sorted(known), 2)
    return [f"({', '.join(near)}?)"] if near else []


def queued(report: Report) -> QueuedReport:
    """The report as it waits."""
    said = f"{report.grower_id}|{report.text.strip()}|{report.observed_on}"
    return QueuedReport(
        key=hashlib.sha256(said.encode()).hexdigest()[:12],
        report=masked(clean(report.text)),
        grower_id=report.grower_id,
        batch_id=report.batch_id,
        stage_id=report.stage_id,
        quantity_kg=report.quantity_kg,
        observed_on=report.observed_on,
        reasons=tuple(report.doubts.items()),
        line=report.line,
    )


def decided(item: QueuedReport, decision: Decision, problem: PlanningProblem) -> Batch:
    """The batch as a person accepted it.

    Raises
    ------
    ValueError : the decision lacks the batch, stage, kilograms or day, or names one that does not exist.
    """
    batch = next((one for one in problem.batches if one.id == (decision.batch_id or item.batch_id)), None)
    if batch is None:
        raise ValueError("the id of a batch of the problem under batch_id")
    stage_id = decision.stage_id or item.stage_id
    if stage_id not in {stage.id for stage in problem.crop(batch.crop_id).stages}:
        stages = ", ".join(stage.id for stage in problem.crop(batch.crop_id).stages)
        raise ValueError(f"a stage under stage_id: one of {stages}")
    kg = item.quantity_kg if decision.quantity_kg is None else decision.quantity_kg
    seen_on = decision.observed_on or item.observed_on
    if kg is None or seen_on is None or seen_on > problem.as_of.date():
        raise ValueError("kilograms under quantity_kg and a day not after as_of under observed_on")
    return batch.model_copy(update={**batch.seen_anew(stage_id, seen_on), "quantity_kg": kg})


def reasons_text(item: QueuedReport, words: Words) -> str:
    """Why a report waits, in a person's words."""
    return "; ".join(words.say(f"doubt.{code}", about=masked(about)) for code, about in item.reasons)


def review_text(queue: Sequence[QueuedReport], words: Words) -> str:
    """The queue as CSV for a person: `decision` takes accept or reject, the other columns may be corrected."""
    rows = (
        [
            *(item.key, "", harmless(item.report), harmless(item.grower_id), harmless(item.batch_id), item.stage_id),
            "" if item.quantity_kg is None else number_text(item.quantity_kg),
            "" if item.observed_on is None else item.observed_on.isoformat(),
            harmless(reasons_text(item, words)),
            str(item.line or ""),
        ]
        for item in queue
    )
    return csv_text(COLUMNS, rows)


def read_decisions(path: Path) -> dict[str, Decision]:
    """What a person wrote into a review: key → decision; rows without one are still open.

    Raises
    ------
    ProblemFileError : a decision is neither accept nor reject, or a corrected cell cannot be read.
    """
    found: dict[str, Decision] = {}
    faults: list[Fault] = []
    rows = csv.DictReader(io.StringIO(read_text(path, path.name), newline=""))
    if not {"key", "decision"} <= {*(rows.fieldnames or ())}:
        raise ProblemFileError(
            [Fault(path.name, 1, "header", "", "the columns of a review, key and decision among them")]
        )
    for row in rows:
        said = (row["decision"] or "").strip().lower()
        try:
            if said:
                found[row["key"]] = _decision(said, row)
        except ValueError as error:
            faults.append(Fault(path.name, rows.line_num, "decision", shown(said), str(error)))
    if faults:
        raise ProblemFileError(faults)
    return found


def _decision(said: str, row: Mapping[str, str | None]) -> Decision:
    if said not in ("accept", "reject"):
        raise ValueError("accept or reject, or nothing while it is open")
    cell = {name: (row.get(name) or "").strip().removeprefix("'") for name in COLUMNS}
    day = cell["observed_on"]
    return Decision(
        accept=said == "accept",
        batch_id=cell["batch_id"],
        stage_id=cell["stage_id"],
        quantity_kg=weight_of(cell["quantity_kg"], decimal_mark=".") if cell["quantity_kg"] else None,
        observed_on=instant_of(day, "Asia/Ho_Chi_Minh", dt.time(12)).date() if day else None,
    )

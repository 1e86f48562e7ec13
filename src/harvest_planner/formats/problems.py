"""Problems from disk: a folder or a JSON document, whole or with one report of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harvest_planner import catalogue
from harvest_planner.errors import Fault, ProblemFileError, UnknownIdError
from harvest_planner.formats.drafts import RECORDS, Draft, Head, json_draft
from harvest_planner.formats.folders import folder_draft
from harvest_planner.formats.rows import Entry, Row, read
from harvest_planner.formats.texts import one_fault, read_text
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.problem import PlanningProblem, resolve_likeness
from harvest_planner.schema.references import CrossFault, cross_faults

Entries = dict[str, list[Entry[Any]]]
_POINTS_TO = {
    "grower_id": "growers",
    "crop_id": "crops",
    "stage_id": "crops",
    "grade": "crops",
    "place_id": "places",
    "origin_id": "places",
    "destination_id": "places",
    "order_id": "orders",
    "batch_id": "batches",
}
_RESTS_ON = {
    "stage_id": (("crop_id", "crops", "stages"),),
    "grade": (("crop_id", "crops", "grades"),),
    "kg": (("order_id", "orders", "quantity_kg"),),
    "batch_id": (("order_id", "orders", "crop_id"), ("batch_id", "batches", "crop_id")),
}
"""Field → (the reference, its table, the field there) on which the verdict about it rests."""
_BY_THE_CLOCK = ("observed_on", "placed_at", "departures")


def load_problem(path: str | Path) -> PlanningProblem:
    """The problem in a folder (problem.toml and CSV files) or in a .json document.

    Raises
    ------
    ProblemFileError : it cannot be used; carries every fault with file, line, field, value and what is expected.
    """
    source = Path(path)
    if source.is_dir():
        return _judged(folder_draft(source))
    if source.suffix.lower() == ".json":
        return _judged(json_draft(read_text(source, source.name), source.name))
    hint = f"; give its folder {str(source.parent)!r}" if source.name == "problem.toml" and source.exists() else ""
    raise one_fault(str(path), f"a folder with problem.toml and CSV files, or a .json document{hint}")


def _judged(draft: Draft) -> PlanningProblem:
    head = read(draft.head, Head)
    entries: Entries = {
        table: [read(row, model) for row in draft.rows.get(table, [])]
        for table, model in RECORDS.items()
        if table != "crops"
    }
    crop_rows, circular = _whole_crops(draft)
    entries["crops"] = [_crop(row) for row in crop_rows]
    faults = [
        *draft.faults,
        *head.faults,
        *circular,
        *(f for table in entries.values() for entry in table for f in entry.faults),
    ]
    tables = {table: tuple(e.record for e in found if e.record) for table, found in entries.items()}
    given: dict[str, Any] = {
        "as_of": getattr(head.record, "as_of", None),
        "policy": getattr(head.record, "policy", None),
        **tables,
    }
    if not faults:
        try:
            return PlanningProblem(**given)
        except ValidationError as error:
            last_word = str(error)
    if head.record is not None:
        faults += _cross_faults(PlanningProblem.model_construct(**given), entries, head, draft)
    raise ProblemFileError(_in_order(faults, draft) or [Fault(draft.order[0], 0, "", "", last_word)])


def _whole_crops(draft: Draft) -> tuple[list[Row], list[Fault]]:
    """Rows of crops with what they are `like` filled in."""
    rows = draft.rows.get("crops", [])
    try:
        whole = resolve_likeness([row.values for row in rows])
    except (ValueError, RecursionError) as error:
        return rows, [Fault(rows[0].file, rows[0].line, "crops", "", str(error))]
    return [
        Row(row.file, values, prefix=row.prefix, line_of=row.line_of) for row, values in zip(rows, whole, strict=True)
    ], []


def _crop(row: Row) -> Entry[Crop]:
    """A crop; of one with faults only the id is trusted."""
    like = row.values.get("like")
    if isinstance(like, str) and like not in catalogue.crop_ids():
        known = catalogue.crop_ids()
        fault = row.fault(("like",), str(UnknownIdError("crop", like, catalogue.nearest(like, known), known=known)))
        values: Mapping[str, Any] = {"id": row.values.get("id")}
        found = read(
            Row(row.file, values, prefix=row.prefix, line_of=row.line_of, spoilt=frozenset(Crop.model_fields) - {"id"}),
            Crop,
        )
        return Entry(row, found.record, [fault, *found.faults], frozenset(Crop.model_fields))
    found = read(row, Crop)
    return Entry(row, found.record, found.faults, frozenset(Crop.model_fields)) if found.faults else found


def _cross_faults(problem: PlanningProblem, entries: Entries, head: Entry[Head], draft: Draft) -> Iterator[Fault]:
    """What does not fit together among all that was read, without what only follows from a fault already told."""
    sound = {table: [entry for entry in found if entry.record] for table, found in entries.items()}
    bad = {
        (table, getattr(entry.record, "id", None), field)
        for table, found in sound.items()
        for entry in found
        for field in entry.bad
    }
    for fault in cross_faults(problem):
        entry = sound[fault.table][fault.index]
        if not (fault.field in entry.bad or _follows(fault, entry, bad, draft.blind) or _timeless(fault, head)):
            yield entry.row.fault((fault.field,), fault.expected)


def _follows(fault: CrossFault, entry: Entry[Any], bad: set[tuple[str, Any, str]], blind: set[str]) -> bool:
    """Whether it rests on a row or file that is itself at fault."""
    rests = _RESTS_ON.get(fault.field, ())
    return _POINTS_TO.get(fault.field) in blind or any(
        (table, getattr(entry.record, reference, None), field) in bad for reference, table, field in rests
    )


def _timeless(fault: CrossFault, head: Entry[Head]) -> bool:
    """Whether it rests on an as_of or a policy that is itself at fault."""
    return bool(head.bad) and fault.field in _BY_THE_CLOCK


def _in_order(faults: list[Fault], draft: Draft) -> list[Fault]:
    place = {name: number for number, name in enumerate(draft.order)}
    unique = dict.fromkeys(faults)
    return sorted(unique, key=lambda fault: (place.get(fault.file, len(place)), fault.line))

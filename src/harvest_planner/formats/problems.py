"""Problems from disk: a folder or a JSON document, whole or with one report of everything that is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harvest_planner import catalogue
from harvest_planner.errors import Fault, ProblemFileError, UnknownIdError
from harvest_planner.formats.columns import columns_of
from harvest_planner.formats.drafts import TABLES, Clock, Draft, json_draft
from harvest_planner.formats.folders import folder_draft
from harvest_planner.formats.rows import Entry, Row, read
from harvest_planner.formats.texts import one_fault, read_text
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.frames import Rows
from harvest_planner.schema.policy import Policy
from harvest_planner.schema.problem import PlanningProblem, resolve_likeness
from harvest_planner.schema.references import CrossFault, cross_faults

Entries = dict[str, list[Entry[Any]]]
_POINTS_TO = {
    "grower_id": ("grower_id", "growers"),
    "crop_id": ("crop_id", "crops"),
    "stage_id": ("crop_id", "crops"),
    "grade": ("crop_id", "crops"),
    "place_id": ("place_id", "places"),
    "origin_id": ("origin_id", "places"),
    "destination_id": ("destination_id", "places"),
    "order_id": ("order_id", "orders"),
    "batch_id": ("batch_id", "batches"),
}
"""Field → the reference on which it rests, and the table in which that looks."""
_RESTS_ON = {
    "stage_id": (("crop_id", "crops", "stages"),),
    "grade": (("crop_id", "crops", "grades"),),
    "kg": (("order_id", "orders", "quantity_kg"),),
    "batch_id": (("order_id", "orders", "crop_id"), ("batch_id", "batches", "crop_id")),
}
"""Field → (the reference, its table, the field there) on which the verdict about it rests."""
_BY_THE_CLOCK = ("observed_on", "placed_at", "departures", "rests_on")
UNKNOWN_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def load_problem(path: str | Path, *, orders: Rows | None = None, batches: Rows | None = None) -> PlanningProblem:
    """The problem in a folder (problem.toml and CSV files) or in a .json document.

    Parameters
    ----------
    path : the folder or document.
    orders, batches : data frames or rows that stand in for the tables of the folder; see
        `PlanningProblem.from_frames`.

    Raises
    ------
    ProblemFileError : it cannot be used; carries every fault with file, line, field, value and what is expected.
    pydantic.ValidationError : a data frame holds what the records refuse.
    """
    problem = _loaded(Path(path))
    return problem if orders is None and batches is None else problem.with_frames(orders=orders, batches=batches)


def _loaded(source: Path) -> PlanningProblem:
    if source.is_dir():
        return _judged(folder_draft(source))
    if source.suffix.lower() == ".json":
        return _judged(json_draft(read_text(source, source.name), source.name))
    hint = f"; give its folder {str(source.parent)!r}" if source.name == "problem.toml" and source.exists() else ""
    raise one_fault(str(source), f"a folder with problem.toml and CSV files, or a .json document{hint}")


def _judged(draft: Draft) -> PlanningProblem:
    clock, policy = read(draft.clock, Clock), read(draft.policy, Policy)
    entries: Entries = {
        table: [read(row, model) for row in draft.rows.get(table, [])] for table, model in TABLES.items()
    }
    entries["crops"], circular = _crops(draft.rows.get("crops", []))
    found = (entry.faults for table in entries.values() for entry in table)
    faults = [*draft.faults, *clock.faults, *policy.faults, *circular, *chain.from_iterable(found)]
    given: dict[str, Any] = {
        "as_of": _as_of(clock),
        "policy": policy.record or Policy(),
        **{table: tuple(entry.record for entry in rows if entry.record) for table, rows in entries.items()},
    }
    if not faults:
        try:
            return PlanningProblem(**given)
        except ValidationError as error:
            faults = [*_cross_faults(given, entries, frozenset(), draft.blind)]
            faults = faults or [Fault(draft.order[0], 0, "", "", str(error))]
    else:
        faults += _cross_faults(given, entries, _untimed(given["as_of"], policy), draft.blind)
    raise ProblemFileError(_in_order(faults, draft))


def _as_of(clock: Entry[Clock]) -> dt.datetime:
    """The moment; one without an offset is taken for Viet Nam's, to go on with the checks."""
    if clock.record is not None and not clock.bad:
        return clock.record.as_of
    given = clock.row.values.get("as_of")
    try:
        moment = given if isinstance(given, dt.datetime) else dt.datetime.fromisoformat(str(given))
        return Clock(as_of=moment.replace(tzinfo=moment.tzinfo or dt.timezone(dt.timedelta(hours=7)))).as_of
    except ValueError:
        return UNKNOWN_TIME


def _untimed(as_of: dt.datetime, policy: Entry[Policy]) -> frozenset[str]:
    """Fields of which nothing can be said: as_of, or the horizon, perhaps misspelt, is itself at fault."""
    if as_of == UNKNOWN_TIME:
        return frozenset(_BY_THE_CLOCK)
    meant = {near for name in policy.bad for near in catalogue.nearest(name, Policy.model_fields, 1)}
    return frozenset({"departures", "rests_on"} if "horizon_days" in meant else ())


def _crops(rows: list[Row]) -> tuple[list[Entry[Crop]], list[Fault]]:
    """The crops, with what they are `like` filled in."""
    own = {row.values.get("id"): row for row in rows if isinstance(row.values.get("id"), str)}
    try:
        whole = resolve_likeness([row.values for row in rows])
    except (ValueError, RecursionError) as error:
        fault = Fault(rows[0].file, rows[0].line, "crops", "", str(error))
        return [_partial_crop(row, frozenset(Crop.model_fields) - {"id"}) for row in rows], [fault]
    return [_crop(row, replace(row, values=values), own) for row, values in zip(rows, whole, strict=True)], []


def _crop(given: Row, whole: Row, own: Mapping[Any, Row]) -> Entry[Crop]:
    """A crop; what it inherits from another row is that row's fault."""
    like = given.values.get("like")
    lent = isinstance(like, str) and own.get(like, given) is not given
    if isinstance(like, str) and not lent and like not in catalogue.crop_ids():
        known = (*catalogue.crop_ids(), *(name for name, row in own.items() if row is not given))
        unfilled = {name for name, column in columns_of(Crop).items() if column.required} - {*given.values}
        found = read(replace(given, spoilt=frozenset(unfilled | {"like"})), Crop, passes=1)
        fault = given.fault(("like",), str(UnknownIdError("crop", like, catalogue.nearest(like, known), known=known)))
        return replace(_partial_crop(given, found.bad), faults=[fault, *found.faults])
    found = read(whole, Crop, passes=1)
    if found.record is not None:
        return found
    faults = [fault for fault in found.faults if not lent or _root(fault, whole) in given.values]
    return replace(_partial_crop(whole, found.bad), faults=faults)


def _partial_crop(row: Row, bad: frozenset[str]) -> Entry[Crop]:
    """The crop with stand-ins for what is bad, and for what hangs together with it."""
    if bad & {"stages", "reference_stage_id"}:
        bad |= {"stages", "reference_stage_id"}
    return replace(read(replace(row, spoilt=bad), Crop), faults=[])


def _root(fault: Fault, row: Row) -> str:
    return re.split(r"[.\[]", fault.field.removeprefix(row.prefix), maxsplit=1)[0]


def _cross_faults(
    given: dict[str, Any], entries: Entries, untimed: frozenset[str], blind: Mapping[str, str | None]
) -> Iterator[Fault]:
    """What does not fit together among all that was read, without what only follows from a fault already told."""
    sound = {table: [entry for entry in rows if entry.record] for table, rows in entries.items()}
    bad = {
        (table, getattr(entry.record, "id", None), name)
        for table, rows in sound.items()
        for entry in rows
        for name in entry.bad
    }
    for fault in cross_faults(PlanningProblem.model_construct(**given)):
        entry = sound[fault.table][fault.index]
        if not ({fault.field} & (entry.bad | untimed) or _follows(fault, entry, bad) or _unseen(fault, entry, blind)):
            yield entry.row.fault((fault.field,), fault.expected)


def _follows(fault: CrossFault, entry: Entry[Any], bad: set[tuple[str, Any, str]]) -> bool:
    """Whether it rests on a field of another row that is itself at fault."""
    return any(
        (table, getattr(entry.record, reference, None), name) in bad
        for reference, table, name in _RESTS_ON.get(fault.field, ())
    )


def _unseen(fault: CrossFault, entry: Entry[Any], blind: Mapping[str, str | None]) -> bool:
    """Whether what it misses may stand in a file that could not be read."""
    reference, table = _POINTS_TO.get(fault.field, ("", ""))
    if table not in blind:
        return False
    seen = blind[table]
    return seen is None or str(getattr(entry.record, reference)) in seen


def _in_order(faults: list[Fault], draft: Draft) -> list[Fault]:
    place = {name: number for number, name in enumerate(draft.order)}
    unique = dict.fromkeys(faults)
    return sorted(unique, key=lambda fault: (place.get(fault.file, len(place)), fault.line))

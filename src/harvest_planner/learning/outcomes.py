"""Outcomes as they come, records, dicts, a data frame or a CSV file, read as records; what cannot be read is listed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from harvest_planner.catalogue import fold
from harvest_planner.errors import FitError
from harvest_planner.learning.evidence import OutcomeFault
from harvest_planner.learning.tables import sheet_of
from harvest_planner.schema.frames import rows_of
from harvest_planner.schema.outcome import DeliveryOutcome
from harvest_planner.schema.plan import HarvestPlan, Shipment

Outcomes = Iterable[DeliveryOutcome | Mapping[str, Any]] | str | os.PathLike[str] | Any
"""Records, mappings of their fields, a data frame with a column for each, or the path of such a CSV file."""

_SAID = {
    "cung": "too_hard",
    "con cung": "too_hard",
    "chua chin": "too_hard",
    "vua": "just_right",
    "vua an": "just_right",
    "vua chin": "just_right",
    "chin qua": "too_ripe",
    "qua chin": "too_ripe",
    "nhun": "too_ripe",
    "tre": "late",
    "muon": "late",
    "giao tre": "late",
    "dap": "damaged",
    "hong": "damaged",
    "dap nat": "damaged",
}
"""Folded words of Vietnamese reviews; an English one may be written with blanks."""
_LEG_COLUMNS = {"leg_departed_at": "departed_at", "leg_arrived_at": "arrived_at"}


class Told(NamedTuple):
    """One outcome and where it stands among those handed in, from 1 on; in a CSV file its line."""

    row: int
    outcome: DeliveryOutcome


class Read(NamedTuple):
    """All outcomes that can be read, and a fault for each other row."""

    rows: int
    told: tuple[Told, ...]
    faults: tuple[OutcomeFault, ...]


def read_outcomes(outcomes: Outcomes, plan: HarvestPlan | None) -> Read:
    """The outcomes as records, what they leave open filled in from the plan's shipments.

    Raises
    ------
    FitError : it is no table, or there is no row in it.
    """
    rows = _rows(outcomes)
    if not rows:
        raise FitError("outcomes: there is not one; hand in what came back")
    shipped: defaultdict[str, list[Shipment]] = defaultdict(list)
    for shipment in () if plan is None else plan.shipments:
        shipped[shipment.order_id].append(shipment)
    told, faults, seen = [], [], set[str]()
    for row, given in rows:
        try:
            outcome = given if isinstance(given, DeliveryOutcome) else DeliveryOutcome.model_validate(_named(given))
        except (ValidationError, ValueError) as error:
            faults.append(_unreadable(row, given, error))
            continue
        outcome = _joined(outcome, shipped.get(outcome.order_id, []))
        key = outcome.model_dump_json()
        if key in seen:
            faults.append(OutcomeFault(row=row, order_id=outcome.order_id, code="duplicate", detail=""))
            continue
        seen.add(key)
        told.append(Told(row, outcome))
    return Read(len(rows), tuple(told), tuple(faults))


def _rows(outcomes: Outcomes) -> list[tuple[int, Any]]:
    if isinstance(outcomes, (str, os.PathLike)):
        return [
            (row.line, {name: cell for name, cell in row.cells.items() if cell is not None})
            for row in sheet_of(outcomes, name="outcomes").rows
        ]
    try:
        return list(enumerate(rows_of(outcomes, DeliveryOutcome), start=1))
    except TypeError:
        raise FitError(
            f"outcomes: give records, dicts, a data frame or the path of a CSV file, not {type(outcomes).__name__}"
        ) from None


def _named(given: Any) -> dict[str, Any]:
    """A row's fields: several values of a cell parted at |, hours of legs joined to their lanes, reasons as written."""
    if not isinstance(given, Mapping):
        raise ValueError(f"a record or a dict of its fields, not {type(given).__name__}")
    fields = {name: value for name, value in given.items() if value is not None and value != ""}
    if isinstance(fields.get("lane_ids"), str):
        fields["lane_ids"] = [part.strip() for part in fields["lane_ids"].split("|")]
    if isinstance(fields.get("stars"), str):
        fields["stars"] = fields["stars"].strip()
    if isinstance(fields.get("reason"), str):
        words = " ".join(fold(fields["reason"]).replace("_", " ").replace("-", " ").split())
        fields["reason"] = _SAID.get(words, words.replace(" ", "_"))
    timed = {field: _parted(fields.pop(column)) for column, field in _LEG_COLUMNS.items() if column in fields}
    if timed:
        lanes = fields.pop("lane_ids", [])
        for field, cells in timed.items():
            if len(cells) != len(lanes):
                raise ValueError(f"leg_{field}: {len(cells)} instants for {len(lanes)} lane_ids; give one for each")
        fields["legs"] = [
            {"lane_id": lane, **{field: cells[place] for field, cells in timed.items() if cells[place]}}
            for place, lane in enumerate(lanes)
        ]
    return fields


def _parted(cell: Any) -> list[Any]:
    if isinstance(cell, str):
        return [part.strip() for part in cell.split("|")]
    return list(cell) if isinstance(cell, (list, tuple)) else [cell]


def _joined(outcome: DeliveryOutcome, shipments: list[Shipment]) -> DeliveryOutcome:
    """The outcome with what the plan knows of it: its only shipment, or the only one of its batch and day."""
    fits = [
        one for one in shipments if outcome.batch_id in (None, one.batch_id) and outcome.pick_on in (None, one.pick_on)
    ]
    if len(fits) != 1:
        return outcome
    (one,) = fits
    found: dict[str, Any] = {}
    if outcome.batch_id is None:
        found["batch_id"] = one.batch_id
    if outcome.pick_on is None:
        found["pick_on"] = one.pick_on
    if not outcome.lane_ids and not outcome.legs:
        found["lane_ids"] = tuple(leg.lane_id for leg in one.legs)
    return outcome.model_copy(update=found) if found else outcome


def _unreadable(row: int, given: Any, error: ValidationError | ValueError) -> OutcomeFault:
    order_id = str(given.get("order_id", "")) if isinstance(given, Mapping) else ""
    if not isinstance(error, ValidationError):
        return OutcomeFault(row=row, order_id=order_id, code="unreadable", detail=str(error))
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return OutcomeFault(
        row=row, order_id=order_id, code="unreadable", detail=f"{place} = {first['input']!r}: {first['msg']}"
    )

"""What a plan leaves behind: the plan whole for machines, and its tables as CSV for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from harvest_planner.formats.atomic import Files, Text, pairs, write_folder
from harvest_planner.formats.cells import harmless, number_text
from harvest_planner.formats.documents import plan_text
from harvest_planner.formats.folders import HEAD
from harvest_planner.formats.tables import csv_text
from harvest_planner.formats.texts import one_fault
from harvest_planner.schema.plan import BatchRow, Change, HarvestPlan, Refusal, Shipment, Surplus
from harvest_planner.schema.problem import PlanningProblem

Cell = str | float | dt.date | None | tuple[str, ...]
_NONE: Mapping[str, str] = MappingProxyType({})
_SENT = ("order_id", "batch_id", "pick_on", "kg")
_ARRIVES = tuple(name for name in Shipment.model_fields if name not in (*_SENT, "legs"))


def write_plan(
    plan: HarvestPlan,
    problem: PlanningProblem,
    folder: str | Path,
    *,
    extra: Files = _NONE,
    stale: Iterable[str] = (),
) -> tuple[Path, ...]:
    """Write plan.json, batches.csv, picks.csv, shipments.csv, refusals.csv, surplus.csv: all of them or none.

    Texts that a spreadsheet would run as formulas get an apostrophe in front; several values are parted by |.

    Parameters
    ----------
    extra : further files by name, written with them; a name may lead into a folder below (sheets/g1.html).
    stale : names of files that are removed in the same step; gone through after all files are made.

    Returns
    -------
    The paths, in this order, the extra ones last.

    Raises
    ------
    ProblemFileError : the folder holds a problem, whose batches.csv would be overwritten.
    ValueError : an extra name leads out of the folder or is one of the plan's own.
    OSError : it cannot be written; the folder is then as it was before.
    """
    home = Path(folder)
    if (home / HEAD).exists():
        raise one_fault(str(folder), f"a folder of its own for the plan; this one holds a problem ({HEAD})")
    return tuple(write_folder(home, _with_own(plan_texts(plan, problem), extra), stale=stale))


def _with_own(texts: Mapping[str, str], extra: Files) -> Iterator[tuple[str, Text]]:
    yield from texts.items()
    for name, text in pairs(extra):
        if name.casefold() in texts:
            raise ValueError(f"the extra file {name!r} has the name of one of the plan's own; give it another name")
        yield name, text


def plan_texts(plan: HarvestPlan, problem: PlanningProblem) -> dict[str, str]:
    """The files of a plan by name."""
    return {
        "plan.json": plan_text(plan),
        "batches.csv": _batches(plan.batches),
        "picks.csv": _picks(plan, problem),
        "shipments.csv": _shipments(plan, problem),
        "refusals.csv": _refusals(plan.refusals),
        "surplus.csv": _surplus(plan),
    }


def _batches(rows: Iterable[BatchRow]) -> str:
    names = ("batch_id", "grower_id", "days", "latest_pick_on", "left_kg", "lost_on", "advice_code")
    return _table(
        names,
        ((r.batch_id, r.grower_id, _days(r), r.latest_pick_on, r.left_kg, r.lost_on, r.advice_code) for r in rows),
    )


def _days(row: BatchRow) -> str:
    return " | ".join(
        f"{day.pick_on} {number_text(day.kg)} kg"
        + (f" -> {', '.join(day.destination_ids)}" if day.destination_ids else "")
        for day in row.days
    )


def _picks(plan: HarvestPlan, problem: PlanningProblem) -> str:
    own = ("pick_on", "grower_id", "batch_id", "from_at", "until_at", "kg", "surplus_kg", "stage_id", "age_at_pick_d20")
    rows = (
        (
            *(getattr(pick, name) for name in own),
            pick.order_ids,
            pick.destination_ids,
            problem.grower(pick.grower_id).name,
            problem.batch(pick.batch_id).place_id,
        )
        for pick in plan.picks
    )
    return _table((*own, "order_ids", "destination_ids", "grower_name", "place_id"), rows)


def _shipments(plan: HarvestPlan, problem: PlanningProblem) -> str:
    names = (*_SENT, "destination_id", "lanes", "departs_at", *_ARRIVES)
    rows = (
        (
            *(getattr(shipment, name) for name in _SENT),
            problem.order(shipment.order_id).destination_id,
            " > ".join(leg.lane_id for leg in shipment.legs),
            shipment.legs[0].departs_at if shipment.legs else None,
            *(getattr(shipment, name) for name in _ARRIVES),
        )
        for shipment in plan.shipments
    )
    return _table(names, rows)


def _refusals(refusals: Iterable[Refusal]) -> str:
    return _table(
        ("order_id", "kg", "code", "message", "would_work_if"),
        (
            (
                refusal.order_id,
                refusal.kg,
                tuple(reason.code for reason in refusal.reasons),
                tuple(reason.message for reason in refusal.reasons),
                tuple(_change(change) for reason in refusal.reasons for change in reason.would_work_if),
            )
            for refusal in refusals
        ),
    )


def _change(change: Change) -> str:
    value = change.value
    if isinstance(value, bool):
        return f"{change.field} = {str(value).lower()}"
    return f"{change.field} = {number_text(value) if isinstance(value, float) else value}"


def _surplus(plan: HarvestPlan) -> str:
    names = tuple(Surplus.model_fields)
    return _table(names, (tuple(getattr(row, name) for name in names) for row in plan.surplus))


def _table(names: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> str:
    return csv_text(names, ([_cell(value) for value in row] for row in rows))


def _cell(value: Cell) -> str:
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return _instant(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return harmless("|".join(value) if isinstance(value, tuple) else value or "")


def _instant(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")

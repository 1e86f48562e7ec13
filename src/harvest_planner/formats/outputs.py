"""What a plan leaves behind: the plan whole for machines, and its tables as CSV for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from harvest_planner.formats.atomic import write_folder
from harvest_planner.formats.cells import number_text
from harvest_planner.formats.documents import plan_text
from harvest_planner.formats.folders import HEAD
from harvest_planner.formats.tables import csv_text
from harvest_planner.formats.texts import one_fault
from harvest_planner.schema.plan import BatchRow, Change, HarvestPlan, Leg, Refusal, Shipment, Surplus
from harvest_planner.schema.problem import PlanningProblem

Cell = str | float | dt.date | None | tuple[str, ...]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_plan(plan: HarvestPlan, problem: PlanningProblem, folder: str | Path) -> list[Path]:
    """Write plan.json, batches.csv, picks.csv, shipments.csv, refusals.csv and surplus.csv: all of them or none.

    Texts that a spreadsheet would run as formulas get an apostrophe in front; several values are parted by |.

    Returns
    -------
    The paths, in this order.

    Raises
    ------
    ProblemFileError : the folder holds a problem, whose batches.csv would be overwritten.
    OSError : it cannot be written; the folder is then as it was before.
    """
    home = Path(folder)
    if (home / HEAD).exists():
        raise one_fault(str(folder), f"a folder of its own for the plan; this one holds a problem ({HEAD})")
    return write_folder(home, plan_texts(plan, problem))


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
    own = tuple(name for name in Shipment.model_fields if name != "legs")
    rows = (
        (
            *(getattr(shipment, name) for name in own),
            problem.order(shipment.order_id).destination_id,
            _legs(shipment.legs),
        )
        for shipment in plan.shipments
    )
    return _table((*own, "destination_id", "legs"), rows)


def _legs(legs: Iterable[Leg]) -> tuple[str, ...]:
    return tuple(f"{leg.lane_id} {_instant(leg.departs_at)}" for leg in legs)


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
    text = "|".join(value) if isinstance(value, tuple) else value or ""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _instant(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds")

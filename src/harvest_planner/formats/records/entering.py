"""Actuals entered into the log: what was picked when, what it weighed, when it was packed and handed over."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from harvest_planner.catalogue import nearest
from harvest_planner.errors import UnknownIdError
from harvest_planner.schema.harvest_log import LOT_ACTUALS, PARCEL_ACTUALS, HarvestLog, HarvestRow

PARCEL_ENTRIES = (*PARCEL_ACTUALS, "parcel_no")
_OF_ONE_PARCEL = ("actual_kg", "parcel_no")
LOCAL_MARKET = ""
"""Stands for the row of a lot that goes to the local market."""


def enter_actuals(
    log: HarvestLog,
    lot_code: str,
    *,
    order_id: str | None = None,
    part: int = 1,
    as_planned: bool = False,
    overwrite: bool = False,
    **actuals: Any,
) -> HarvestLog:
    """The log with what was done with a lot, or with one of its parcels.

    Parameters
    ----------
    log : the log so far.
    lot_code : the lot.
    order_id : the parcel of this order; "" is what goes to the local market; none: all parcels of the lot.
    part : which of several parcels for that order.
    as_planned : what is still empty and planned (hours of picking, kg) was done as planned.
    overwrite : whether a value that was entered before may be replaced by another.
    actuals : of the lot picker, picked_from_at, picked_until_at, last_spray_on, last_spray_product and
        pre_harvest_interval_days; of a parcel actual_kg, packed_at, handed_over_at, received_at, parcel_no and
        deviation_reason. Kilograms and parcel numbers need the order where the lot has several parcels.

    Raises
    ------
    UnknownIdError : there is no such lot, or no such parcel in it.
    ValueError : a field that is not among them, a value that is none, or one that was entered otherwise before.

    Examples
    --------
    >>> enter_actuals(HarvestLog(), "260811-P07", actual_kg=40)
    Traceback (most recent call last):
    ...
    harvest_planner.errors.UnknownIdError: unknown lot '260811-P07'
    """
    _refuse_unknown(actuals)
    of_lot = [row for row in log.rows if row.lot_code == lot_code]
    if not of_lot:
        codes = [*log.lots()]
        raise UnknownIdError("lot", lot_code, nearest(lot_code, codes))
    chosen = of_lot if order_id is None else _parcel(of_lot, order_id or None, part)
    several = sorted(set(actuals) & set(_OF_ONE_PARCEL))
    if several and len(chosen) > 1:
        orders = ", ".join(_parcel_name(row) for row in of_lot)
        raise ValueError(f"lot {lot_code} has several parcels ({orders}): say for which order {several[0]} is meant")
    return _with(log, lot_code, chosen, actuals, as_planned=as_planned, overwrite=overwrite)


def _refuse_unknown(actuals: dict[str, Any]) -> None:
    known = (*LOT_ACTUALS, *PARCEL_ENTRIES)
    for name in actuals:
        if name not in known:
            raise ValueError(f"{name!r} cannot be entered; one of {', '.join(known)}")


def _parcel(of_lot: list[HarvestRow], order_id: str | None, part: int) -> list[HarvestRow]:
    chosen = [row for row in of_lot if row.order_id == order_id and row.part == part]
    if not chosen:
        wanted = f"{order_id or 'local market'}, part {part}"
        raise UnknownIdError(f"parcel of lot {of_lot[0].lot_code}", wanted, known=[*map(_parcel_name, of_lot)])
    return chosen


def _parcel_name(row: HarvestRow) -> str:
    return (row.order_id or "local market") + (f", part {row.part}" if row.part > 1 else "")


def _with(
    log: HarvestLog,
    lot_code: str,
    chosen: list[HarvestRow],
    actuals: dict[str, Any],
    *,
    as_planned: bool,
    overwrite: bool,
) -> HarvestLog:
    of_lot = {name: value for name, value in actuals.items() if name in LOT_ACTUALS}
    of_parcel = {name: value for name, value in actuals.items() if name in PARCEL_ENTRIES}
    rows = []
    for row in log.rows:
        told = dict(of_lot) if row.lot_code == lot_code else {}
        if row in chosen:
            told |= of_parcel
        if as_planned and row.lot_code == lot_code:
            told = _as_planned(row, weighed=row in chosen) | told
        rows.append(_changed(row, told, overwrite=overwrite) if told else row)
    return HarvestLog(rows=tuple(rows))


def _as_planned(row: HarvestRow, *, weighed: bool) -> dict[str, Any]:
    """What is planned and not entered yet."""
    planned: dict[str, Any] = {"picked_from_at": row.plan_from_at, "picked_until_at": row.plan_until_at}
    if weighed:
        planned["actual_kg"] = row.planned_kg
    return {name: value for name, value in planned.items() if getattr(row, name) is None}


def _changed(row: HarvestRow, told: dict[str, Any], *, overwrite: bool) -> HarvestRow:
    before = {name: getattr(row, name) for name in HarvestRow.model_fields}
    try:
        after = HarvestRow(**{**before, **told})
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_input=False)
        field = f"{first['loc'][0]}: " if first["loc"] else ""
        raise ValueError(f"lot {row.lot_code}: {field}{first['msg'].removeprefix('Value error, ')}") from None
    for name in told:
        old, new = before[name], getattr(after, name)
        # Who picks and what was sprayed are filled in beforehand: those may be told otherwise.
        if not overwrite and old not in (None, new) and name in _ENTERED_ONCE:
            shown = f" ({old})" if HarvestRow.model_fields[name].repr else ""
            raise ValueError(
                f"lot {row.lot_code}, {_parcel_name(row)}: {name} was entered already{shown}; "
                "to correct it, say that it may be overwritten"
            )
    return after


_ENTERED_ONCE = frozenset({*PARCEL_ENTRIES, "picked_from_at", "picked_until_at"})

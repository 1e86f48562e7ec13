"""One step back and one step forward by lot, and the lots behind an order or a parcel."""

from __future__ import annotations

from collections.abc import Sequence

from harvest_planner.catalogue import nearest
from harvest_planner.errors import UnknownIdError
from harvest_planner.schema.harvest_log import HarvestLog, HarvestRow
from harvest_planner.schema.traces import LotOrigin, LotParcel, Trace


def trace(log: HarvestLog, lot_code: str) -> Trace:
    """Where a lot comes from (plot, picker, last treatment) and every parcel it went into.

    Parameters
    ----------
    log : the harvest log.
    lot_code : what stands on the box.

    Raises
    ------
    UnknownIdError : the log holds no such lot; carries the nearest codes.

    Examples
    --------
    >>> trace(HarvestLog(), "260811-P07")
    Traceback (most recent call last):
    ...
    harvest_planner.errors.UnknownIdError: unknown lot '260811-P07'
    """
    rows = [row for row in log.rows if row.lot_code == lot_code]
    if not rows:
        raise UnknownIdError("lot", lot_code, nearest(lot_code, [*log.lots()]))
    return _trace(rows)


def lots_of(log: HarvestLog, code: str) -> tuple[str, ...]:
    """The lots behind a code: an order, a marketplace's order, a parcel number, or the code of a lot itself.

    Parameters
    ----------
    log : the harvest log.
    code : whatever a complaint names.

    Raises
    ------
    UnknownIdError : nothing in the log has that code.

    Examples
    --------
    >>> lots_of(HarvestLog(), "o12")
    Traceback (most recent call last):
    ...
    harvest_planner.errors.UnknownIdError: unknown lot, order or parcel 'o12'
    """
    found = dict.fromkeys(row.lot_code for row in log.rows if code in _codes(row))
    if not found:
        # Numbers of parcels are not offered: they are somebody's.
        known = dict.fromkeys(one for row in log.rows for one in (row.lot_code, row.order_id) if one)
        raise UnknownIdError("lot, order or parcel", code, nearest(code, [*known]))
    return tuple(found)


def _codes(row: HarvestRow) -> Sequence[str | None]:
    return row.lot_code, row.order_id, row.marketplace_order, row.parcel_no


def _trace(rows: Sequence[HarvestRow]) -> Trace:
    head = rows[0]
    return Trace(
        lot_code=head.lot_code,
        back=LotOrigin(**{name: getattr(head, name) for name in LotOrigin.model_fields}),
        forward=tuple(LotParcel(**{name: getattr(row, name) for name in LotParcel.model_fields}) for row in rows),
        kept_by=head.kept_by,
        keep_until_on=max(row.keep_until_on for row in rows),
    )

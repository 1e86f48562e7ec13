"""Clock times as people enter them: 05:10 is that hour of the lot's planned day."""

from __future__ import annotations

import datetime as dt

from harvest_planner.catalogue import nearest
from harvest_planner.errors import UnknownIdError
from harvest_planner.schema.harvest_log import HarvestLog


def moment_of(text: str, log: HarvestLog, lot_code: str) -> dt.datetime:
    """The instant that a text means for a lot: a clock time of its planned day, or an instant with its offset.

    Raises
    ------
    UnknownIdError : there is no such lot.
    ValueError : it is neither.
    """
    row = next((row for row in log.rows if row.lot_code == lot_code), None)
    if row is None:
        raise UnknownIdError("lot", lot_code, nearest(lot_code, [*log.lots()]))
    try:
        clock = dt.time.fromisoformat(text.strip())
    except ValueError:
        clock = None
    if clock is not None and clock.tzinfo is None and ":" in text:
        return dt.datetime.combine(row.pick_on, clock, tzinfo=row.plan_from_at.tzinfo)
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(
            f"{text!r} is neither a clock time of {row.pick_on} such as 05:10 nor an instant with its offset such as "
            f"{row.pick_on}T05:10+07:00"
        )
    return moment

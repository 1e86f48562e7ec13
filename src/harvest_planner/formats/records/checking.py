"""What an auditor would ask of a harvest log: intervals, codes that ran out, weights without a reason."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harvest_planner.schema.harvest_log import HarvestLog, HarvestRow

Severity = Literal["broken", "missing"]
DEVIATION_SHARE = 0.1
"""A weight that differs by more than this from the planned one wants a reason (assumption)."""
FindingCode = Literal[
    "interval_broken",
    "interval_unknown",
    "area_code_expired",
    "product_missing",
    "hours_missing",
    "kg_missing",
    "reason_missing",
    "other_day_without_reason",
]
_BROKEN = ("interval_broken", "area_code_expired")


@dataclass(frozen=True)
class LogFinding:
    """One thing in a log that is wrong or still missing."""

    lot_code: str
    order_id: str | None
    """None: it is about the lot, or about what goes to the local market."""
    code: FindingCode

    @property
    def severity(self) -> Severity:
        """broken: it must not have happened. missing: it is still to be entered."""
        return "broken" if self.code in _BROKEN else "missing"


def check_log(log: HarvestLog) -> tuple[LogFinding, ...]:
    """Everything that is wrong with the lots of a log, or missing for those of which something was entered.

    Parameters
    ----------
    log : the harvest log.

    Returns
    -------
    By lot: `interval_broken` (picked before the interval after the last treatment was over), `area_code_expired`
    (the planting area's code was no longer valid), and of lots of which something was entered what is missing. Lots
    of which nothing was entered are still to come, and nothing is missing of them.

    Examples
    --------
    >>> check_log(HarvestLog())
    ()
    """
    return tuple(finding for rows in log.lots().values() for finding in _lot(rows))


def _lot(rows: tuple[HarvestRow, ...]) -> Iterator[LogFinding]:
    head = rows[0]
    until_on = head.planting_area_valid_until
    if head.interval_check == "broken":
        yield LogFinding(head.lot_code, None, "interval_broken")
    if until_on is not None and head.planting_area_code and head.picked_on > until_on:
        yield LogFinding(head.lot_code, None, "area_code_expired")
    if not any(row.entered for row in rows) and head.picked_from_at is None and head.picked_until_at is None:
        return
    if head.interval_check == "unknown":
        yield LogFinding(head.lot_code, None, "interval_unknown")
    if head.last_spray_on is not None and head.last_spray_product is None:
        yield LogFinding(head.lot_code, None, "product_missing")
    if head.picked_from_at is None or head.picked_until_at is None:
        yield LogFinding(head.lot_code, None, "hours_missing")
    if head.picked_on != head.pick_on and not any(row.deviation_reason for row in rows):
        yield LogFinding(head.lot_code, None, "other_day_without_reason")
    for row in rows:
        if row.actual_kg is None:
            yield LogFinding(row.lot_code, row.order_id, "kg_missing")
        elif not row.deviation_reason and _differs(row.actual_kg, row.planned_kg):
            yield LogFinding(row.lot_code, row.order_id, "reason_missing")


def _differs(actual_kg: float, planned_kg: float) -> bool:
    return not math.isclose(actual_kg, planned_kg, rel_tol=0.0, abs_tol=DEVIATION_SHARE * planned_kg + 1e-9)

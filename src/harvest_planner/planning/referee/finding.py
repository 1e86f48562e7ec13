"""What the referee reports, and how far a stated figure may lie from the recomputed one."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from harvest_planner.schema.plan import Violation

KG = 1e-6
VND = 1.0
SHARE = 0.002
HOURS = 1.0 / 60.0
DAYS = HOURS / 24.0
AGE_D20 = 0.02
"""Ages carry the tail of the arrival: two hundredths of a day at 20 °C, about half an hour."""


class Fault(NamedTuple):
    """What is untrue of a record, whichever it is: found once for all that state the same."""

    code: str
    rule: str
    stated: Any = None
    expected: Any = None

    def of(self, subject: str) -> Violation:
        """The finding about one record."""
        return finding(self.code, subject, self.rule, stated=self.stated, expected=self.expected)


def finding(code: str, subject: str, rule: str, *, stated: Any = None, expected: Any = None) -> Violation:
    """One untruth: the rule it breaks, the record, what the plan states and what it should."""
    tail = "" if stated is None else f": states {shown(stated)}"
    tail += "" if expected is None else f"{';' if tail else ':'} expected {shown(expected)}"
    return Violation(
        code=code, subject=subject, stated=_plain(stated), expected=_plain(expected), message=f"{subject}: {rule}{tail}"
    )


def shown(value: Any) -> str:
    """A value in words."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return str(value)


def _plain(value: Any) -> str | float | None:
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return shown(value)

"""The one place that reads the machine's clock; the library itself is told the time."""

from __future__ import annotations

import datetime as dt

from examples.marketplace_backend.settings import settings

LOCAL = dt.timezone(dt.timedelta(hours=7))
"""Viet Nam has one time zone and no summer time."""


def machine() -> dt.datetime:
    """The moment by the machine's clock."""
    return dt.datetime.now(LOCAL)  # noqa: TID251 - a service has a clock, and hands it to the library as `as_of`


def now() -> dt.datetime:
    """The moment by the service's clock, at Viet Nam's offset."""
    return machine() + dt.timedelta(seconds=settings().clock_ahead_s)

"""Instants as plain floats inside transit: hours since the Unix epoch, UTC."""

from __future__ import annotations

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def hours_of(instant: dt.datetime) -> float:
    """An aware instant as hours since the Unix epoch [h].

    Raises
    ------
    ValueError : the instant carries no offset.
    """
    if instant.tzinfo is None:
        raise ValueError(f"instant {instant.isoformat()} carries no offset; give one such as +07:00")
    return (instant - _EPOCH).total_seconds() / 3600.0


def instant_of(hours: float, tz: dt.tzinfo) -> dt.datetime:
    """The instant of `hours` since the Unix epoch [h] in the zone `tz`, to the second."""
    return (_EPOCH + dt.timedelta(seconds=round(hours * 3600.0))).astimezone(tz)

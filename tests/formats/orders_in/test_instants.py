"""Days and instants of exports: never the month first."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from harvest_planner.formats.orders_in.instants import instant_of

ZONE = "Asia/Ho_Chi_Minh"
NOON = dt.time(12)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("02/08/2026", "2026-08-02T12:00:00+07:00"),
        ("2-8-2026", "2026-08-02T12:00:00+07:00"),
        ("02.08.2026 7:05", "2026-08-02T07:05:00+07:00"),
        ("02/08/2026 17:30:59", "2026-08-02T17:30:59+07:00"),
        ("17:30 02/08/2026", "2026-08-02T17:30:00+07:00"),
        ("02/08/2026 5:30 CH", "2026-08-02T17:30:00+07:00"),
        ("02/08/2026 12:05 SA", "2026-08-02T00:05:00+07:00"),
        ("17h30 ngày 02/08/2026", "2026-08-02T17:30:00+07:00"),
        ("2026-08-02", "2026-08-02T12:00:00+07:00"),
        ("2026-08-02 17:30", "2026-08-02T17:30:00+07:00"),
        ("2026-08-02T10:30:00Z", "2026-08-02T17:30:00+07:00"),
        ("2026-08-02T10:30:00.000+0000", "2026-08-02T17:30:00+07:00"),
        (1785666600, "2026-08-02T17:30:00+07:00"),
        ("1785666600", "2026-08-02T17:30:00+07:00"),
        (1785666600000, "2026-08-02T17:30:00+07:00"),
        (dt.datetime(2026, 8, 2, 17, 30), "2026-08-02T17:30:00+07:00"),
        (dt.date(2026, 8, 2), "2026-08-02T12:00:00+07:00"),
        (dt.datetime(2026, 8, 2), "2026-08-02T12:00:00+07:00"),
        (46236.75, "2026-08-02T18:00:00+07:00"),
        (46236, "2026-08-02T12:00:00+07:00"),
    ],
)
def test_instants(written: object, iso: str) -> None:
    assert instant_of(written, ZONE, NOON).isoformat() == iso


@pytest.mark.parametrize(
    "written",
    ["08/14/2026", "31/02/2026", "14/08/26", "tomorrow", "", "2026", "12/08/2026 25:00", "12/08/2026 13:00 SA", 5, True,
     "02/08/1999", "02/08/2150", 99.5, float("nan"), float("inf"), "=A1"],
)  # fmt: skip
def test_no_instants(written: object) -> None:
    with pytest.raises(ValueError, match="the day stands before the month"):
        instant_of(written, ZONE, NOON)


@given(st.datetimes(min_value=dt.datetime(2000, 1, 2), max_value=dt.datetime(2099, 12, 30)))
def test_every_way_to_write_an_instant_means_the_same(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    found = {
        instant_of(text, ZONE, NOON)
        for text in (
            f"{moment:%d/%m/}{moment.year:04} {moment:%H:%M:%S}",
            f"{moment:%d-%m-}{moment.year:04} {moment:%H:%M:%S}",
            moment.isoformat(),
            moment if moment.time() != dt.time() else moment.isoformat(),
            moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=7))).timestamp()
            if moment.year > 2001
            else moment.isoformat(),
        )
    }
    assert len(found) == 1

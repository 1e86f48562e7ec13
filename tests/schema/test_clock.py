"""Departures are RFC 5545 text in local time; the machine's clock and zone do not matter."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from harvest_planner.schema.clock import occurrences, recurrence, zone

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AS_OF = dt.datetime(2026, 8, 10, 18, tzinfo=HANOI)


def departures(text: str, *, days: float = 3, timezone: str = "Asia/Ho_Chi_Minh") -> list[str]:
    found = occurrences(
        text, timezone=timezone, default_start=AS_OF, from_at=AS_OF, until_at=AS_OF + dt.timedelta(days=days)
    )
    return [f"{moment:%a %H:%M%z}" for moment in found]


def test_every_evening() -> None:
    text = "FREQ=DAILY;BYHOUR=19;BYMINUTE=30;BYSECOND=0"
    assert departures(text) == ["Mon 19:30+0700", "Tue 19:30+0700", "Wed 19:30+0700"]


def test_a_rule_without_dtstart_starts_at_midnight_of_as_of() -> None:
    assert departures("FREQ=DAILY") == ["Tue 00:00+0700", "Wed 00:00+0700", "Thu 00:00+0700"]
    assert departures("FREQ=HOURLY;INTERVAL=12", days=1) == ["Tue 00:00+0700", "Tue 12:00+0700"]


def test_tuesday_to_saturday_as_the_freight_train_runs() -> None:
    found = departures("FREQ=WEEKLY;BYDAY=TU,WE,TH,FR,SA;BYHOUR=7;BYMINUTE=35;BYSECOND=0", days=7)
    assert found == [f"{day} 07:35+0700" for day in ("Tue", "Wed", "Thu", "Fri", "Sat")]


def test_both_ends_are_included() -> None:
    found = occurrences(
        "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0",
        timezone="Asia/Ho_Chi_Minh",
        default_start=AS_OF,
        from_at=AS_OF,
        until_at=AS_OF + dt.timedelta(days=1),
    )
    assert found == [AS_OF, AS_OF + dt.timedelta(days=1)]


def test_an_exception_and_an_extra_departure() -> None:
    lines = ("DTSTART:20260810T190000", "RRULE:FREQ=DAILY", "EXDATE:20260811T190000", "RDATE:20260811T210000")
    assert departures("\n".join(lines)) == ["Mon 19:00+0700", "Tue 21:00+0700", "Wed 19:00+0700"]


def test_a_start_in_utc_is_read_as_such() -> None:
    assert departures("DTSTART:20260810T120000Z\nRRULE:FREQ=DAILY", days=1) == ["Mon 19:00+0700"]


def test_another_zone_keeps_its_wall_time() -> None:
    assert departures("FREQ=DAILY;BYHOUR=21;BYMINUTE=0;BYSECOND=0", days=1, timezone="Asia/Tokyo") == ["Mon 21:00+0900"]


def test_a_rule_that_never_comes() -> None:
    assert departures("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1") == []


@pytest.mark.parametrize("text", ["daily", "FREQ=SOMETIMES", "FREQ=DAILY;BYHOUR=25", "", "FREQ=DAILY;COLOUR=RED"])
def test_text_that_is_no_recurrence(text: str) -> None:
    with pytest.raises(ValueError, match="is not an RFC 5545 recurrence such as 'FREQ=DAILY"):
        recurrence(text, dt.datetime(2026, 8, 10))


@pytest.mark.parametrize("name", ["Asia/Chi_Lang", "", "../etc/passwd"])
def test_an_unknown_zone(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        zone(name)

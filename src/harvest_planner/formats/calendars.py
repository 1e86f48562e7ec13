"""A plan as iCalendar: picks and reminders that a re-plan updates, and cancels where they are gone."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvest_planner.errors import MissingExtraError, ProblemFileError, UnknownIdError
from harvest_planner.formats.atomic import write_text
from harvest_planner.formats.duties import Loss, local, losses, pick_days
from harvest_planner.formats.names import clean, grower_name, place_name
from harvest_planner.formats.texts import one_fault, read_text
from harvest_planner.formats.words import Words, words
from harvest_planner.schema.plan import HarvestPlan, Pick
from harvest_planner.schema.problem import PlanningProblem

if TYPE_CHECKING:
    from icalendar import Calendar, Component, Event

_PRODUCT = "-//harvest-planner//picking days//EN"
_DOMAIN = "harvest-planner"
_COUNTED_FROM = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_CONTENT = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION", "STATUS")
_WAKE = dt.timedelta(hours=-11)
"""The evening before an early pick."""


def write_calendar(
    plan: HarvestPlan,
    problem: PlanningProblem,
    path: str | Path,
    *,
    grower_id: str | None = None,
    team_id: str | None = None,
    language: str = "vi",
) -> Path:
    """Write the picking days of all growers, of one, or of one team, as a calendar (RFC 5545).

    A pick is the same event (UID) in every plan in which its batch is picked on that day, a reminder as long as its
    batch is to be lost. A later plan counts higher (SEQUENCE), so that calendars update and nothing stands twice.
    Events of the file that was there before are cancelled where they lie ahead and the plan has them no more.

    Raises
    ------
    MissingExtraError : icalendar is not installed (extra `calendar`).
    UnknownIdError : there is no such grower or team.
    ProblemFileError : the file that is there is no calendar.
    OSError : it cannot be written; the old file is then still whole.
    """
    target = Path(path)
    calendar = _calendar(problem, words(language))
    growers = _growers(problem, grower_id, team_id)
    maker = _Events(plan, problem, words(language), alone=grower_id is not None)
    old = _ours(target)
    events = {str(event["UID"]): event for event in maker.events(growers)}
    for uid, event in events.items():
        maker.count_on(event, old.get(uid))
        calendar.add_component(event)
    for uid, other in old.items():
        if uid not in events:
            calendar.add_component(maker.gone(other))
    calendar.add_missing_timezones()
    return write_text(target, calendar.to_ical())


def _calendar(problem: PlanningProblem, spoken: Words) -> Calendar:
    try:
        from icalendar import Calendar
    except ImportError:
        raise MissingExtraError("icalendar", extra="calendar", needed_for="writing a calendar") from None
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", spoken.say("calendar.name"))
    return calendar


def _growers(problem: PlanningProblem, grower_id: str | None, team_id: str | None) -> frozenset[str]:
    if grower_id is not None:
        return frozenset({problem.grower(grower_id).id})
    if team_id is None:
        return frozenset(grower.id for grower in problem.growers)
    found = frozenset(grower.id for grower in problem.growers if grower.team_id == team_id)
    if not found:
        teams = sorted({grower.team_id for grower in problem.growers if grower.team_id})
        raise UnknownIdError("team", team_id, known=teams)
    return found


class _Events:
    """The events of one plan."""

    def __init__(self, plan: HarvestPlan, problem: PlanningProblem, spoken: Words, *, alone: bool) -> None:
        self._plan, self._problem, self._words, self._alone = plan, problem, spoken, alone
        self.made_at = problem.as_of.astimezone(dt.UTC).replace(microsecond=0)
        # Minutes: whoever has no older file at hand still counts on.
        self.sequence = max(0, int((self.made_at - _COUNTED_FROM).total_seconds() // 60))

    def events(self, growers: frozenset[str]) -> Iterator[Event]:
        """The picks and reminders of some growers."""
        for day in pick_days(self._plan, self._problem):
            if day.grower_id in growers:
                yield from map(self._pick, day.picks)
        for loss in losses(self._plan, self._problem):
            if loss.grower_id in growers:
                yield self._loss(loss)

    def _pick(self, pick: Pick) -> Event:
        batch = self._problem.batch(pick.batch_id)
        named = {"plot": clean(batch.plot or batch.id), "grower": grower_name(self._problem, pick.grower_id)}
        places = [*dict.fromkeys(place_name(self._problem, place_id) for place_id in pick.destination_ids)]
        if pick.surplus_kg > 0:
            places.append(self._words.say("batches.local_market"))
        event = self._event(f"pick|{pick.batch_id}|{pick.pick_on}")
        event.add(
            "SUMMARY", self._words.say("calendar.pick" if self._alone else "calendar.pick_of", kg=pick.kg, **named)
        )
        event.add("DTSTART", local(pick.from_at, pick, self._problem))
        event.add("DTEND", local(pick.until_at, pick, self._problem))
        event.add("LOCATION", f"{named['plot']}, {place_name(self._problem, batch.place_id)}")
        text = self._words.say(
            "calendar.pick_text", batch=clean(batch.id), stage=clean(pick.stage_id), places=", ".join(places)
        )
        event.add("DESCRIPTION", text)
        event.add_component(self._alarm(str(event["SUMMARY"])))
        return event

    def _loss(self, loss: Loss) -> Event:
        named = {"plot": clean(loss.batch.plot or loss.batch.id), "grower": grower_name(self._problem, loss.grower_id)}
        event = self._event(f"loss|{loss.batch.id}")
        event.add(
            "SUMMARY", self._words.say("calendar.loss" if self._alone else "calendar.loss_of", kg=loss.left_kg, **named)
        )
        event.add("DTSTART", loss.remind_on)
        event.add("DTEND", loss.lost_on)
        event.add("DESCRIPTION", self._words.say("calendar.loss_text", batch=clean(loss.batch.id)))
        return event

    def _event(self, subject: str) -> Event:
        from icalendar import Event

        event = Event()
        event.add("UID", f"{hashlib.sha256(subject.encode()).hexdigest()[:32]}@{_DOMAIN}")
        event.add("DTSTAMP", self.made_at)
        event.add("SEQUENCE", self.sequence)
        event.add("STATUS", "CONFIRMED")
        return event

    @staticmethod
    def _alarm(text: str) -> Any:
        from icalendar import Alarm

        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", text)
        alarm.add("TRIGGER", _WAKE)
        return alarm

    def count_on(self, event: Event, old: Component | None) -> None:
        """Count higher than the event of the file before, where that was of the same minute and says something else."""
        counted = int(old.get("SEQUENCE", 0)) if old is not None else -1
        if old is not None and counted >= self.sequence:
            same = all(_content(event, name) == _content(old, name) for name in _CONTENT)
            self._set(event, "SEQUENCE", counted if same else counted + 1)

    def gone(self, event: Component) -> Component:
        """An event that the plan has no more: cancelled where it lies ahead, else as it was."""
        if self._lies_ahead(event) and str(event.get("STATUS")) != "CANCELLED":
            self._set(event, "STATUS", "CANCELLED")
            self._set(event, "SEQUENCE", max(self.sequence, int(event.get("SEQUENCE", 0)) + 1))
            self._set(event, "DTSTAMP", self.made_at)
            event.subcomponents = []
        return event

    @staticmethod
    def _set(event: Component, name: str, value: object) -> None:
        event.pop(name, None)
        event.add(name, value)

    def _lies_ahead(self, event: Component) -> bool:
        end: Any = event.decoded("DTEND", None) or event.decoded("DTSTART")
        if isinstance(end, dt.datetime):
            return end.replace(tzinfo=end.tzinfo or dt.UTC) > self.made_at
        return bool(end > self._problem.as_of.date())


def _content(event: Component, name: str) -> bytes:
    held = event.get(name)
    return b"" if held is None else bytes(held.to_ical())


def _ours(target: Path) -> dict[str, Component]:
    """The events that this library put into the file, by UID."""
    from icalendar import Calendar

    if not target.exists():
        return {}
    try:
        old = Calendar.from_ical(read_text(target, target.name))
        found = {str(event.get("UID", "")): event for event in old.walk("VEVENT")}
    except (ValueError, KeyError, IndexError) as error:
        if isinstance(error, ProblemFileError):
            raise
        raise one_fault(
            target.name, f"a calendar made by harvest-planner, to be brought up to date ({error})"
        ) from None
    return {uid: event for uid, event in found.items() if uid.endswith(f"@{_DOMAIN}")}

"""One printable pick sheet per grower: a page of days, then a page for each day with what to pick and where it goes."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from harvest_planner.catalogue import fold
from harvest_planner.errors import MissingExtraError, UnknownIdError
from harvest_planner.formats.lines import KG_EPSILON, lawful_pick_on
from harvest_planner.formats.names import LocalText, crop_name, grower_name, local_text, place_name
from harvest_planner.formats.words import words
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.plan import BatchRow, HarvestPlan, Pick
from harvest_planner.schema.problem import PlanningProblem

if TYPE_CHECKING:
    from jinja2 import Template

GENERATOR = "harvest-planner pick sheet"
"""What every sheet calls its maker, in its head."""
_BESIDE = "en"
_LONGEST_NAME = 80
# Names that Windows keeps for devices, whatever their ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True)
class Destination:
    """What of a batch goes to one place, and the boxes that make it up."""

    place: str
    boxes: tuple[tuple[str, float], ...]
    """Order and its kg."""

    @property
    def kg(self) -> float:
        """All that goes there [kg]."""
        return math.fsum(kg for _, kg in self.boxes)


@dataclass(frozen=True)
class Left:
    """Fruit that stays on the tree, and until when it holds or may not be picked."""

    batch: Batch
    row: BatchRow
    not_before_on: dt.date | None


@dataclass(frozen=True)
class BatchTask:
    """What a grower does at one batch on one day."""

    batch: Batch
    pick: Pick
    crop: LocalText
    stage: LocalText | None
    """Name of the stage; none: it has only an id."""
    looks: LocalText | None
    destinations: tuple[Destination, ...]
    """Most kg first."""
    lawful_on: dt.date | None
    holds_until_on: dt.date | None
    """Last day on which what this pick leaves holds on the tree; none: nothing is left, or it holds on."""


@dataclass(frozen=True)
class Day:
    """A grower's picking day."""

    pick_on: dt.date
    from_clock: dt.time
    until_clock: dt.time
    tasks: tuple[BatchTask, ...]

    @property
    def kg(self) -> float:
        """All that is picked on the day [kg]."""
        return math.fsum(task.pick.kg for task in self.tasks)


def pick_sheets(plan: HarvestPlan, problem: PlanningProblem, *, language: str = "vi") -> Iterator[tuple[str, str]]:
    """A printable document of HTML for each grower who picks, with the name of its file.

    Parameters
    ----------
    plan : the answer.
    problem : the question it answers; of buyers the sheets tell no more than place and order id.
    language : of the sheet; English stands in smaller type beside any other.

    Yields
    ------
    A file name that is safe in any folder, unique among the growers of the problem, and the HTML.

    Raises
    ------
    MissingExtraError : jinja2 is not installed (extra `cli`).
    ValueError : there is no such language.
    """
    spoken = [words(name) for name in dict.fromkeys((language, _BESIDE))]
    template = _template()
    sheets = _Sheets(plan, problem)
    file_names = sheet_names([grower.id for grower in problem.growers])

    def say(key: str, **values: Any) -> list[tuple[str, str]]:
        return [(voice.language, voice.say(key, **values)) for voice in spoken]

    for grower_id in sheets.grower_ids():
        html = template.render(
            say=say,
            language=language,
            generator=GENERATOR,
            grower=grower_name(problem, grower_id),
            days=sheets.days(grower_id),
            left=sheets.left(grower_id),
            made_at=sheets.made_at(grower_id),
        )
        yield file_names[grower_id], html


def sheet_names(grower_ids: Sequence[str]) -> dict[str, str]:
    """A file name for each grower: lower-case letters, digits and hyphens, never two alike, whoever else picks.

    Examples
    --------
    >>> sheet_names(["../Hộ Đặng", "ho-dang"])
    {'ho-dang': 'ho-dang.html', '../Hộ Đặng': 'ho-dang-2.html'}
    """
    names: dict[str, str] = {}
    # Whose id is its own name keeps it; the others make way.
    for grower_id in sorted(set(grower_ids), key=lambda one: (_slug(one) != one, one)):
        slug, number = _slug(grower_id), 1
        while (name := f"{slug}.html" if number == 1 else f"{slug}-{number}.html") in names.values():
            number += 1
        names[grower_id] = name
    return names


def _slug(text: str) -> str:
    letters = "".join(char if char.isascii() else " " for char in fold(text))
    slug = "-".join(letters.split())[:_LONGEST_NAME].strip("-") or "grower"
    return f"grower-{slug}" if slug in _RESERVED else slug


def _template() -> Template:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingExtraError("jinja2", extra="cli", needed_for="pick_sheets") from None
    source = files("harvest_planner.formats").joinpath("templates", "pick_sheet.html.j2").read_text(encoding="utf-8")
    # Every text of a sheet is someone's input: all of it is escaped.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


class _Sheets:
    """The plan looked at from each grower's side."""

    def __init__(self, plan: HarvestPlan, problem: PlanningProblem) -> None:
        self._problem = problem
        self._picks: dict[str, list[Pick]] = defaultdict(list)
        for pick in plan.picks:
            # What a commitment says was picked before the plan was made is done.
            if pick.until_at > problem.as_of:
                self._picks[pick.grower_id].append(pick)
        self._rows: dict[str, list[BatchRow]] = defaultdict(list)
        for row in plan.batches:
            self._rows[row.grower_id].append(row)
        self._sent: dict[tuple[str, dt.date], dict[str, dict[str, float]]] = defaultdict(dict)
        for shipment in plan.shipments:
            place = place_name(problem, problem.order(shipment.order_id).destination_id)
            boxes = self._sent[shipment.batch_id, shipment.pick_on].setdefault(place, defaultdict(float))
            boxes[shipment.order_id] += shipment.kg

    def grower_ids(self) -> list[str]:
        """Those who still have something to pick, by id."""
        return sorted(self._picks)

    def days(self, grower_id: str) -> tuple[Day, ...]:
        """The grower's picking days in order."""
        by_day: dict[dt.date, list[Pick]] = defaultdict(list)
        for pick in sorted(self._picks[grower_id], key=lambda pick: (pick.pick_on, pick.batch_id)):
            by_day[pick.pick_on].append(pick)
        return tuple(self._day(pick_on, picks) for pick_on, picks in by_day.items())

    def left(self, grower_id: str) -> tuple[Left, ...]:
        """The grower's batches of which something stays on the tree."""
        rows = sorted(self._rows[grower_id], key=lambda row: row.batch_id)
        return tuple(self._left(row) for row in rows if row.left_kg > KG_EPSILON)

    def made_at(self, grower_id: str) -> dt.datetime:
        """The moment the plan was made for, on the clock of the grower's fruit."""
        batch = self._problem.batch(self._picks[grower_id][0].batch_id)
        return self._local(self._problem.as_of, batch)

    def _day(self, pick_on: dt.date, picks: Sequence[Pick]) -> Day:
        starts = [self._local(pick.from_at, self._problem.batch(pick.batch_id)) for pick in picks]
        ends = [self._local(pick.until_at, self._problem.batch(pick.batch_id)) for pick in picks]
        return Day(pick_on, min(starts).time(), max(ends).time(), tuple(self._task(pick) for pick in picks))

    def _task(self, pick: Pick) -> BatchTask:
        batch = self._problem.batch(pick.batch_id)
        stage, looks = self._stage(batch, pick.stage_id)
        sent = self._sent.get((pick.batch_id, pick.pick_on), {})
        destinations = [Destination(place, tuple(boxes.items())) for place, boxes in sent.items()]
        return BatchTask(
            batch=batch,
            pick=pick,
            crop=crop_name(self._problem, batch.crop_id),
            stage=stage,
            looks=looks,
            destinations=tuple(sorted(destinations, key=lambda one: (-one.kg, one.place))),
            lawful_on=lawful_pick_on(batch),
            holds_until_on=self._holds_until(pick),
        )

    def _holds_until(self, pick: Pick) -> dt.date | None:
        row = next((row for row in self._rows[pick.grower_id] if row.batch_id == pick.batch_id), None)
        if row is None:
            return None
        later = any(day.pick_on > pick.pick_on for day in row.days)
        return row.latest_pick_on if later or row.left_kg > KG_EPSILON else None

    def _stage(self, batch: Batch, stage_id: str) -> tuple[LocalText | None, LocalText | None]:
        try:
            stage = self._problem.crop(batch.crop_id).stage(stage_id)
        except UnknownIdError:
            return None, None
        name = local_text(stage.name, stage.name_vi) if stage.name or stage.name_vi else None
        return name, local_text(stage.looks, stage.looks_vi) if stage.looks or stage.looks_vi else None

    def _left(self, row: BatchRow) -> Left:
        batch = self._problem.batch(row.batch_id)
        forbidden = row.advice_code == "pre_harvest_interval"
        return Left(batch, row, lawful_pick_on(batch) if forbidden else None)

    def _local(self, moment: dt.datetime, batch: Batch) -> dt.datetime:
        return moment.astimezone(zone(self._problem.place(batch.place_id).timezone))

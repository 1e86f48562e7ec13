"""What stands on the sheets: the plan looked at from the side of each team and grower, one day at a time."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from harvest_planner.errors import UnknownIdError
from harvest_planner.formats.lines import KG_EPSILON, lawful_pick_on
from harvest_planner.formats.names import LocalText, clean, crop_name, grower_name, local_text, place_name
from harvest_planner.formats.sheets.drawings import Drawing, drawing
from harvest_planner.formats.sheets.file_names import Owner
from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Crop, Stage
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.lot import lot_code
from harvest_planner.schema.plan import BatchRow, HarvestPlan, Pick, Shipment
from harvest_planner.schema.problem import PlanningProblem

DrawingKey = tuple[str, str]
"""Crop and stage."""


@dataclass(frozen=True)
class Destination:
    """What of a batch goes to one place, and the boxes that make it up: one for each order."""

    place: str
    boxes: tuple[tuple[str, float], ...]
    """Order and its kg."""

    @property
    def kg(self) -> float:
        """All that goes there [kg]."""
        return math.fsum(kg for _, kg in self.boxes)

    @property
    def lines(self) -> int:
        """How many lines of a sheet it takes."""
        return 1 if len(self.boxes) == 1 else 1 + len(self.boxes)


@dataclass(frozen=True)
class Left:
    """Fruit that stays on the tree, and until when it holds or may not be picked."""

    grower: str
    batch: Batch
    row: BatchRow
    not_before_on: dt.date | None


@dataclass(frozen=True)
class BatchTask:
    """What a grower does at one batch on one day."""

    batch: Batch
    pick: Pick
    lot: str
    crop: LocalText
    stage: LocalText | None
    """Name of the stage; none: it has only an id."""
    looks: LocalText | None
    drawn: DrawingKey
    destinations: tuple[Destination, ...]
    """Most kg first."""
    lawful_on: dt.date | None
    holds_until_on: dt.date | None
    """Last day on which what this pick leaves holds on the tree; none: nothing is left, or it holds on."""


@dataclass(frozen=True)
class Sheet:
    """What one grower picks on one day."""

    grower: str
    pick_on: dt.date
    from_clock: dt.time
    until_clock: dt.time
    picks: tuple[Pick, ...]
    """By batch."""

    @property
    def kg(self) -> float:
        """All that is picked on the day [kg]."""
        return math.fsum(pick.kg for pick in self.picks)


class Content:
    """The picks that still lie ahead, by who they are bundled for."""

    def __init__(self, plan: HarvestPlan, problem: PlanningProblem) -> None:
        self._plan, self._problem = plan, problem
        self._picks: dict[Owner, list[Pick]] = defaultdict(list)
        teams = {grower.id: grower.team_id for grower in problem.growers}
        for pick in plan.picks:
            # What a commitment says was picked before the plan was made is done.
            if pick.until_at > problem.as_of:
                team_id = teams.get(pick.grower_id)
                owner = Owner("grower", pick.grower_id) if team_id is None else Owner("team", team_id)
                self._picks[owner].append(pick)
        self._place = lru_cache(maxsize=4096)(lambda place_id: place_name(problem, place_id))
        self._zone = lru_cache(maxsize=4096)(lambda place_id: zone(problem.place(place_id).timezone))
        self._crop_name = lru_cache(maxsize=4096)(lambda crop_id: crop_name(problem, crop_id))

    def owners(self) -> list[Owner]:
        """Those who still have something to pick: teams by id, then growers without one."""
        return sorted(self._picks, key=lambda owner: (owner.kind == "grower", owner.id))

    def called(self, owner: Owner) -> str:
        """What the owner is called on paper."""
        return grower_name(self._problem, owner.id) if owner.kind == "grower" else clean(owner.id)

    def sheets(self, owner: Owner) -> Iterator[Sheet]:
        """One for each day and grower, by day, then by the grower's id."""
        days: dict[tuple[dt.date, str], list[Pick]] = defaultdict(list)
        for pick in self._picks[owner]:
            days[pick.pick_on, pick.grower_id].append(pick)
        for (pick_on, grower_id), picks in sorted(days.items()):
            yield self._sheet(pick_on, grower_id, sorted(picks, key=lambda pick: pick.batch_id))

    def tasks(self, sheet: Sheet) -> Iterator[BatchTask]:
        """What the grower does at each batch."""
        return map(self._task, sheet.picks)

    def left(self, owner: Owner) -> Iterator[Left]:
        """The batches of which something stays on the tree, of those who pick; by grower and batch."""
        for grower_id in sorted({pick.grower_id for pick in self._picks[owner]}):
            for row in sorted(self._rows.get(grower_id, ()), key=lambda row: row.batch_id):
                if row.left_kg > KG_EPSILON:
                    yield self._left(row)

    def drawings(self, owner: Owner) -> dict[DrawingKey, Drawing]:
        """The drawings that the owner's sheets show."""
        found = {(self._batch(pick).crop_id, pick.stage_id) for pick in self._picks[owner]}
        return {key: drawn for key in sorted(found) if (drawn := self._drawing(key)) is not None}

    def made_at(self, owner: Owner) -> dt.datetime:
        """The moment the plan was made for, on the clock of the owner's fruit."""
        return self._local(self._problem.as_of, self._batch(self._picks[owner][0]))

    @cached_property
    def _rows(self) -> dict[str, list[BatchRow]]:
        rows: dict[str, list[BatchRow]] = defaultdict(list)
        for row in self._plan.batches:
            rows[row.grower_id].append(row)
        return rows

    @cached_property
    def _sent(self) -> dict[tuple[str, dt.date], list[Shipment]]:
        sent: dict[tuple[str, dt.date], list[Shipment]] = defaultdict(list)
        for shipment in self._plan.shipments:
            sent[shipment.batch_id, shipment.pick_on].append(shipment)
        return sent

    def _batch(self, pick: Pick) -> Batch:
        return self._problem.batch(pick.batch_id)

    def _sheet(self, pick_on: dt.date, grower_id: str, picks: Sequence[Pick]) -> Sheet:
        starts = [self._local(pick.from_at, self._batch(pick)) for pick in picks]
        ends = [self._local(pick.until_at, self._batch(pick)) for pick in picks]
        name = grower_name(self._problem, grower_id)
        return Sheet(name, pick_on, min(starts).time(), max(ends).time(), tuple(picks))

    def _task(self, pick: Pick) -> BatchTask:
        batch = self._batch(pick)
        stage = self._stage((batch.crop_id, pick.stage_id))
        named, described = (stage.name or stage.name_vi, stage.looks or stage.looks_vi) if stage else (None, None)
        return BatchTask(
            batch=batch,
            pick=pick,
            lot=lot_code(pick.batch_id, pick.pick_on),
            crop=self._crop_name(batch.crop_id),
            stage=local_text(stage.name, stage.name_vi) if stage and named else None,
            looks=local_text(stage.looks, stage.looks_vi) if stage and described else None,
            drawn=(batch.crop_id, pick.stage_id),
            destinations=self._destinations(pick),
            lawful_on=lawful_pick_on(batch),
            holds_until_on=self._holds_until(pick),
        )

    def _destinations(self, pick: Pick) -> tuple[Destination, ...]:
        """Where the pick goes; parts of one order that travel apart are boxes of their own."""
        boxes: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for shipment in self._sent.get((pick.batch_id, pick.pick_on), ()):
            place = self._place(self._problem.order(shipment.order_id).destination_id)
            boxes[place].append((shipment.order_id, shipment.kg))
        found = [Destination(place, tuple(sorted(orders))) for place, orders in boxes.items()]
        return tuple(sorted(found, key=lambda one: (-one.kg, one.place)))

    def _holds_until(self, pick: Pick) -> dt.date | None:
        row = next((row for row in self._rows.get(pick.grower_id, ()) if row.batch_id == pick.batch_id), None)
        if row is None:
            return None
        later = any(day.pick_on > pick.pick_on for day in row.days)
        return row.latest_pick_on if later or row.left_kg > KG_EPSILON else None

    def _stage(self, key: DrawingKey) -> Stage | None:
        found = self._crop_and_stage(key)
        return found[1] if found else None

    def _drawing(self, key: DrawingKey) -> Drawing | None:
        found = self._crop_and_stage(key)
        return drawing(*found) if found else None

    def _crop_and_stage(self, key: DrawingKey) -> tuple[Crop, Stage] | None:
        crop_id, stage_id = key
        try:
            crop = self._problem.crop(crop_id)
            return crop, crop.stage(stage_id)
        except UnknownIdError:
            return None

    def _left(self, row: BatchRow) -> Left:
        batch = self._problem.batch(row.batch_id)
        forbidden = row.advice_code == "pre_harvest_interval"
        grower = grower_name(self._problem, row.grower_id)
        return Left(grower, batch, row, lawful_pick_on(batch) if forbidden else None)

    def _local(self, moment: dt.datetime, batch: Batch) -> dt.datetime:
        return moment.astimezone(self._zone(batch.place_id))

"""What each grower still has to do: the picks of a day together, and the fruit that will be lost."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from harvest_planner.formats.lines import KG_EPSILON, lawful_pick_on
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.plan import BatchRow, HarvestPlan, Pick
from harvest_planner.schema.problem import PlanningProblem


@dataclass(frozen=True)
class PickDay:
    """One grower's picks of one day, on the clock of the fruit's place."""

    grower_id: str
    pick_on: dt.date
    from_at: dt.datetime
    until_at: dt.datetime
    picks: tuple[Pick, ...]

    @property
    def kg(self) -> float:
        """All that is picked on the day [kg]."""
        return math.fsum(pick.kg for pick in self.picks)


@dataclass(frozen=True)
class Loss:
    """Fruit that hangs on until a day and is then lost."""

    grower_id: str
    batch: Batch
    left_kg: float
    lost_on: dt.date

    @property
    def remind_on(self) -> dt.date:
        """The day before."""
        return self.lost_on - dt.timedelta(days=1)


def pick_days(plan: HarvestPlan, problem: PlanningProblem) -> Iterator[PickDay]:
    """The days on which there is still something to pick, by day and grower."""
    by_day: dict[tuple[dt.date, str], list[Pick]] = defaultdict(list)
    for pick in plan.picks:
        if pick.until_at > problem.as_of:  # what a commitment says was picked before the plan was made is done
            by_day[pick.pick_on, pick.grower_id].append(pick)
    for (pick_on, grower_id), picks in sorted(by_day.items()):
        picks.sort(key=lambda pick: pick.batch_id)
        starts = [local(pick.from_at, pick, problem) for pick in picks]
        ends = [local(pick.until_at, pick, problem) for pick in picks]
        yield PickDay(grower_id, pick_on, min(starts), max(ends), tuple(picks))


def losses(plan: HarvestPlan, problem: PlanningProblem) -> Iterator[Loss]:
    """Fruit that will be lost from a day on that has not begun, by that day, and may lawfully be picked before."""
    today = problem.as_of.date()
    rows: list[BatchRow] = [row for row in plan.batches if row.lost_on is not None and row.left_kg > KG_EPSILON]
    for row in sorted(rows, key=lambda row: (row.lost_on or today, row.batch_id)):
        if row.lost_on is None or row.lost_on <= today:
            continue
        loss = Loss(row.grower_id, problem.batch(row.batch_id), row.left_kg, row.lost_on)
        if _may_be_picked(loss.batch, loss.remind_on):
            yield loss


def _may_be_picked(batch: Batch, day: dt.date) -> bool:
    """Whether the pre-harvest interval is known to be over; nobody is sent to pick what must not be picked."""
    if batch.last_spray_on is None and batch.pre_harvest_interval_days != "unknown":
        return True
    lawful_on = lawful_pick_on(batch)
    return lawful_on is not None and lawful_on <= day


def local(moment: dt.datetime, pick: Pick, problem: PlanningProblem) -> dt.datetime:
    """The clock at the place of a pick."""
    return moment.astimezone(zone(problem.place(problem.batch(pick.batch_id).place_id).timezone))

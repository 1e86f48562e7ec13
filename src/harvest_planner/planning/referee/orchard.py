"""The tree's side: on which days a batch can be picked, and how old its fruit then is."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from harvest_planner import catalogue
from harvest_planner.planning.referee.fruit import Clock
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Stage
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.people import Grower, Place
from harvest_planner.schema.problem import PlanningProblem

Cohort = tuple[str, tuple[str, float | None], str, float, float, float]

EDGE_D20 = 1e-9


@dataclass(frozen=True, eq=False, slots=True)
class PickDay:
    """One batch on one day."""

    batch: Batch
    pick_on: dt.date
    from_at: dt.datetime
    until_at: dt.datetime
    clock_h: float
    """When the picked fruit's clock starts [h]."""
    ready_h: float
    """When it is ready for the carrier [h]."""
    age_d20: float
    in_season: bool
    """Inside the tree's window."""
    interval_kept: bool
    certified: bool
    rests: bool
    cohort: Cohort
    """Crop, stage and how well it is known, place, start of the clock, readiness and age: days alike in these have the
    same fruit to send."""


class Orchard:
    """Every batch of one problem on every day asked for."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem = problem
        self._days: dict[tuple[str, dt.date], PickDay] = {}
        self._spans: dict[tuple[object, ...], tuple[dt.datetime, dt.datetime, float]] = {}
        self._ages: dict[tuple[object, ...], float] = {}
        self._cohorts: dict[Cohort, Cohort] = {}
        self._todays: dict[str, dt.date] = {}

    def pick_day(self, batch: Batch, day: dt.date) -> PickDay:
        """The batch on a day, whatever the rules say."""
        key = (batch.id, day)
        if key not in self._days:
            self._days[key] = self._pick_day(batch, day)
        return self._days[key]

    def _pick_day(self, batch: Batch, day: dt.date) -> PickDay:
        crop, grower = self.problem.crop(batch.crop_id), self.problem.grower(batch.grower_id)
        place = self.problem.place(batch.place_id)
        from_at, until_at, ended_h = self._span(day, grower, place)
        treated_h = 0.0 if crop.treatment is None else crop.treatment.duration_h
        clock_h, age = hours(from_at) + treated_h, self.tree_age(batch, day)
        ready_h = ended_h + treated_h + self.problem.policy.handling_h
        cohort = (crop.id, (batch.stage_id, batch.age_shift_sd_d20), place.id, clock_h, ready_h, age)
        return PickDay(
            batch=batch,
            pick_on=day,
            from_at=from_at,
            until_at=until_at,
            clock_h=clock_h,
            ready_h=ready_h,
            age_d20=age,
            in_season=self.sound_on_tree(batch, day),
            interval_kept=interval_kept(batch, day),
            certified=batch.certified_until is None or day <= batch.certified_until,
            rests=grower.rests_on(day) or day in place.closed_on,
            cohort=self._cohorts.setdefault(cohort, cohort),
        )

    def _span(self, day: dt.date, grower: Grower, place: Place) -> tuple[dt.datetime, dt.datetime, float]:
        """The picking hours of a day: from, until, and the latter as hours since 1970 [h]."""
        key = (day, grower.picks_from, grower.picks_until, place.timezone)
        if key not in self._spans:
            local = zone(place.timezone)
            from_at = dt.datetime.combine(day, grower.picks_from, tzinfo=local)
            until_at = dt.datetime.combine(day, grower.picks_until, tzinfo=local)
            self._spans[key] = (from_at, until_at, hours(until_at))
        return self._spans[key]

    def tree_age(self, batch: Batch, day: dt.date) -> float:
        """Mean age on the tree [d20]."""
        key = (batch.crop_id, batch.stage_id, batch.observed_on, batch.age_shift_d20, batch.place_id, day)
        if key not in self._ages:
            self._ages[key] = self._tree_age(batch, day)
        return self._ages[key]

    def _tree_age(self, batch: Batch, day: dt.date) -> float:
        crop = self.problem.crop(batch.crop_id)
        first, last = sorted((batch.observed_on, day))
        grown = float((last - first).days)
        if crop.on_tree_by != "day":
            grown = sum(self._warmth(batch, first + dt.timedelta(days=number)) for number in range(int(grown)))
        # What was picked before the look was so much younger.
        grown *= crop.on_tree_d20_per_day * (1.0 if day >= batch.observed_on else -1.0)
        return crop.stage(batch.stage_id).age_d20 + grown + batch.age_shift_d20

    def _warmth(self, batch: Batch, day: dt.date) -> float:
        """For how many days at 20 °C a day on the tree counts."""
        place = self.problem.place(batch.place_id)
        degc = place.ambient_degc
        if degc is None:
            degc = catalogue.climate_degc(place.id, day.month)
        if degc is None:
            degc = self.problem.policy.default_ambient_degc
        return Clock(self.problem.crop(batch.crop_id)).rate(degc)

    def sound_on_tree(self, batch: Batch, day: dt.date) -> bool:
        """Whether the fruit still holds that day."""
        crop = self.problem.crop(batch.crop_id)
        if crop.drops_at_d20 is None:
            return True
        sd_d20 = spread_of(crop.stage(batch.stage_id), batch.age_shift_sd_d20)[0]
        return self.tree_age(batch, day) + sd_d20 < crop.drops_at_d20 - EDGE_D20

    def today(self, batch: Batch) -> dt.date:
        """The local date of `as_of` where the batch hangs."""
        timezone = self.problem.place(batch.place_id).timezone
        if timezone not in self._todays:
            self._todays[timezone] = self.problem.as_of.astimezone(zone(timezone)).date()
        return self._todays[timezone]

    def horizon_on(self, batch: Batch) -> dt.date:
        """The day after the last pick day."""
        return self.today(batch) + dt.timedelta(days=self.problem.policy.horizon_days)

    def days(self, batch: Batch) -> list[PickDay]:
        """Every pick day whose hours lie ahead."""
        today = self.today(batch)
        ahead = (today + dt.timedelta(days=number) for number in range(self.problem.policy.horizon_days))
        return [day for date in ahead if (day := self.pick_day(batch, date)).from_at >= self.problem.as_of]

    def is_ahead(self, day: PickDay) -> bool:
        """Whether it is one of the pick days of the horizon."""
        today, end = self.today(day.batch), self.horizon_on(day.batch)
        return today <= day.pick_on < end and day.from_at >= self.problem.as_of


def spread_of(stage: Stage, common_sd_d20: float | None) -> tuple[float, float]:
    """Standard deviations of the fruit's age, in all and of what a batch shares, which may be better known [d20]."""
    if common_sd_d20 is None:
        return stage.sd_d20, stage.batch_sd_d20
    apart = max(0.0, stage.sd_d20**2 - stage.batch_sd_d20**2)
    return math.sqrt(apart + common_sd_d20**2), common_sd_d20


def interval_kept(batch: Batch, day: dt.date) -> bool:
    """Whether the pre-harvest interval allows a pick that day; an unknown spray or interval never does."""
    spray, days = batch.last_spray_on, batch.pre_harvest_interval_days
    if spray == "unknown" or days == "unknown":
        return False
    if not isinstance(spray, dt.date):
        return True
    return isinstance(days, (int, float)) and (day - spray).days >= days

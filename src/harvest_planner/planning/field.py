"""The tree's side: on which days a batch can be picked, how old the fruit then is, when it is ready for a carrier."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.standing import reputation_vnd_per_kg
from harvest_planner.ripening.curve import Curve
from harvest_planner.ripening.tree import EDGE_D20, age_on_tree, last_day_on_tree
from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Crop, Stage
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.people import Grower, Place
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.instants import hours_of

FORESEEN_DAYS = 120
"""Fruit that goes by warmth is followed so far on the tree [d]."""


@dataclass(frozen=True, slots=True)
class PickDay:
    """One batch on one day: its hours [h since the epoch], its age [d20], what the rules of the field say of it."""

    pick_on: dt.date
    from_at: dt.datetime
    until_at: dt.datetime
    clock_start_h: float
    ready_h: float
    age_d20: float
    on_tree: bool
    """Inside the tree's window."""
    interval_kept: bool
    """Outside the pre-harvest interval."""
    rests: bool
    """The grower's day of rest."""
    certified: bool
    """The batch's certifications hold."""

    @property
    def pickable(self) -> bool:
        """Whether a trip may be made at all."""
        return self.on_tree and self.interval_kept and not self.rests

    def ready_by(self, at_h: float) -> PickDay:
        """The same day with goods that wait until `at_h` at least [h since the epoch]."""
        return replace(self, ready_h=max(self.ready_h, at_h))


@dataclass(frozen=True)
class FieldBatch:
    """A batch with everything that planning asks of it, looked up once."""

    batch: Batch
    crop: Crop
    curve: Curve
    stage: Stage
    """The stage seen, with what its fruit shares as well known as the batch says."""
    grower: Grower
    place: Place
    today: dt.date
    horizon_on: dt.date
    handling_h: float
    as_of: dt.datetime
    air_degc: Callable[[dt.date], float]
    """Mean temperature of a day at the batch's place [°C]."""
    reputation_vnd_per_kg: float
    """What a shipped kilogram counts more for its grower's reputation [VND/kg]."""

    @classmethod
    def of(cls, batch: Batch, problem: PlanningProblem, ambient: Ambient | None = None) -> FieldBatch:
        """Look up the batch's crop, stage, grower, place and air in the problem."""
        crop = problem.crop(batch.crop_id)
        place = problem.place(batch.place_id)
        grower = problem.grower(batch.grower_id)
        today = problem.as_of.astimezone(zone(place.timezone)).date()
        return cls(
            batch=batch,
            crop=crop,
            curve=curve_of(crop),
            stage=crop.stage(batch.stage_id).known_to(batch.age_shift_sd_d20),
            grower=grower,
            place=place,
            today=today,
            horizon_on=today + dt.timedelta(days=problem.policy.horizon_days),
            handling_h=problem.policy.handling_h,
            as_of=problem.as_of,
            air_degc=partial(_mean_air_degc, ambient or Ambient(problem), place),
            reputation_vnd_per_kg=reputation_vnd_per_kg(grower, problem.policy),
        )

    @property
    def owner(self) -> tuple[str, str]:
        """Whose it is, and which crop: what growers' fair parts go by."""
        return self.grower.id, self.crop.id

    def age_on(self, day: dt.date) -> float:
        """Mean age on the tree that day [d20]."""
        return age_on_tree(
            self.stage.age_d20,
            on_tree_d20_per_day=self.crop.on_tree_d20_per_day,
            days=self._days_grown(day),
            age_shift_d20=self.batch.age_shift_d20,
        )

    def _days_grown(self, day: dt.date) -> float:
        """Days since the observation, or less than none before it, by warmth where the crop goes by that [d]."""
        days = (day - self.batch.observed_on).days
        if self.crop.on_tree_by == "day":
            return days
        passed = (min(day, self.batch.observed_on) + dt.timedelta(days=number) for number in range(abs(days)))
        return math.copysign(math.fsum(self.curve.rate(self.air_degc(each)) for each in passed), days)

    def stage_at(self, age_d20: float) -> Stage:
        """The nearest stage at or below an age; below the first, the first."""
        rising = sorted(self.crop.stages, key=lambda stage: stage.age_d20)
        reached = [stage for stage in rising if stage.age_d20 <= age_d20 + 1e-9]
        return reached[-1] if reached else rising[0]

    @cached_property
    def latest_pick_on(self) -> dt.date | None:
        """Last day inside the tree's window; None: it holds for good, or longer than is foreseen."""
        if self.crop.on_tree_by == "temperature":
            return self._latest_warm_day()
        days = last_day_on_tree(
            self.stage.age_d20 + self.batch.age_shift_d20,
            sd_d20=self.stage.sd_d20,
            on_tree_d20_per_day=self.crop.on_tree_d20_per_day,
            drops_at_d20=self.crop.drops_at_d20,
        )
        return None if days is None else self.batch.observed_on + dt.timedelta(days=days)

    def _latest_warm_day(self) -> dt.date | None:
        drops = math.inf if self.crop.drops_at_d20 is None else self.crop.drops_at_d20
        day = self.batch.observed_on - dt.timedelta(days=1)
        for _ in range(FORESEEN_DAYS):
            ahead = day + dt.timedelta(days=1)
            if self.age_on(ahead) + self.stage.sd_d20 >= drops - EDGE_D20:
                return day
            day = ahead
        return None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the fruit is still sound on the tree that day."""
        last = self.latest_pick_on
        return last is None or day <= last

    def kept_vnd_per_kg(self, terminal_share: float) -> float:
        """Worth of a kilogram left on the tree: a share of the local price where it is still sound at the horizon."""
        return terminal_share * self.batch.surplus_price_vnd_per_kg if self.holds_on(self.horizon_on) else 0.0

    @property
    def interval_unknown(self) -> bool:
        """Whether the spray record is too incomplete to pick at all."""
        batch = self.batch
        if batch.last_spray_on == "unknown" or batch.pre_harvest_interval_days == "unknown":
            return True
        return batch.last_spray_on is not None and batch.pre_harvest_interval_days is None

    @property
    def interval_ends_on(self) -> dt.date | None:
        """First lawful pick day after the last spray; None: no spray declared, or unknown."""
        spray, days = self.batch.last_spray_on, self.batch.pre_harvest_interval_days
        if isinstance(spray, dt.date) and isinstance(days, float):
            whole = int(-(-days // 1))
            return spray + dt.timedelta(days=whole)
        return None

    def hours_on(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """From when until when the grower picks that day."""
        local = zone(self.place.timezone)
        return (
            dt.datetime.combine(day, self.grower.picks_from, tzinfo=local),
            dt.datetime.combine(day, self.grower.picks_until, tzinfo=local),
        )

    def interval_kept_on(self, day: dt.date) -> bool:
        """Whether the pre-harvest interval of the last spray is over that day; of an unknown spray it never is."""
        lawful_from = self.interval_ends_on
        return not self.interval_unknown and (lawful_from is None or day >= lawful_from)

    def rests_on(self, day: dt.date) -> bool:
        """Whether nobody picks that day: the grower rests, or the place is closed."""
        return self.grower.rests_on(day) or day in self.place.closed_on

    def certified_on(self, day: dt.date) -> bool:
        """Whether the batch's certifications hold that day."""
        return self.batch.certified_until is None or day <= self.batch.certified_until

    def pick_day(self, day: dt.date) -> PickDay:
        """The batch on one day, whatever the rules say."""
        from_at, until_at = self.hours_on(day)
        treated_h = self.crop.treatment.duration_h if self.crop.treatment else 0.0
        return PickDay(
            pick_on=day,
            from_at=from_at,
            until_at=until_at,
            clock_start_h=hours_of(from_at) + treated_h,
            ready_h=hours_of(until_at) + treated_h + self.handling_h,
            age_d20=self.age_on(day),
            on_tree=self.holds_on(day),
            interval_kept=self.interval_kept_on(day),
            rests=self.rests_on(day),
            certified=self.certified_on(day),
        )

    def days(self) -> Iterator[PickDay]:
        """Every day of the horizon whose picking hours still lie ahead."""
        day = self.today
        while day < self.horizon_on:
            found = self.pick_day(day)
            if found.from_at >= self.as_of:
                yield found
            day += dt.timedelta(days=1)


def _mean_air_degc(ambient: Ambient, place: Place, day: dt.date) -> float:
    return ambient.degc(place.id, hours_of(dt.datetime.combine(day, dt.time(12), tzinfo=zone(place.timezone))))

"""Fruit by the model: how fast it ages, how old it is when picked, when the tree still holds it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from itertools import pairwise

from harvest_planner.catalogue.climate import climate_degc
from harvest_planner.ripening.laws import arrhenius_rate, rate_table_rate, square_root_rate
from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Arrhenius, ChillingDose, Crop, SquareRoot, Stage
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.problem import PlanningProblem


@dataclass(frozen=True)
class Speeds:
    """What an hour at one temperature does: ageing [d20], chilling dose and safety dose [share of their limits]."""

    age: float
    chill: float
    safety: float


def rate(crop: Crop, degc: float) -> float:
    """Ageing [d20 per day]; 0 at or below where the clock stops."""
    if crop.stops_below_degc is not None and degc <= crop.stops_below_degc:
        return 0.0
    law = crop.temperature_law
    if isinstance(law, Arrhenius):
        return arrhenius_rate(degc, ea_kj_per_mol=law.ea_kj_per_mol)
    if isinstance(law, SquareRoot):
        return square_root_rate(degc, tmin_degc=law.tmin_degc)
    return rate_table_rate(degc, points=law.points)


def speeds(crop: Crop, degc: float) -> Speeds:
    """What an hour at that temperature does to the crop."""
    return Speeds(rate(crop, degc) / 24, _chill_per_h(crop, degc), _safety_per_h(crop, degc))


def _chill_per_h(crop: Crop, degc: float) -> float:
    chilling = crop.chilling
    if chilling is None:
        return 0.0
    if isinstance(chilling, ChillingDose):
        return max(0.0, chilling.below_degc - degc) / 24 / chilling.limit_degc_days
    points = chilling.points
    if degc > points[-1][0]:
        return 0.0
    days = points[0][1]
    for (low, first), (high, second) in pairwise(points):
        if low <= degc:
            days = first * (second / first) ** min(1.0, (degc - low) / (high - low))
    return 1 / (24 * days)


def _safety_per_h(crop: Crop, degc: float) -> float:
    if crop.safety_cap is None:
        return 0.0
    for up_to, hours in crop.safety_cap.limits:
        if up_to is None or degc <= up_to:
            return 1 / hours
    return math.inf


def ambient(problem: PlanningProblem, place_id: str, on: dt.date | None = None) -> float:
    """Air temperature of a place in the month of `on`; in that of as_of without one [°C]."""
    place = problem.place(place_id)
    if place.ambient_degc is not None:
        return place.ambient_degc
    month = (on or problem.as_of.astimezone(zone(place.timezone))).month
    known = climate_degc(place.id, month)
    return problem.policy.default_ambient_degc if known is None else known


def pick_days(problem: PlanningProblem, batch: Batch) -> list[dt.date]:
    """Days of the horizon on which the batch may be picked at all: spray, tree, rest, hours not yet gone."""
    local = zone(problem.place(batch.place_id).timezone)
    grower = problem.grower(batch.grower_id)
    today = problem.as_of.astimezone(local).date()
    days = (today + dt.timedelta(days=n) for n in range(problem.policy.horizon_days))
    return [
        day
        for day in days
        if dt.datetime.combine(day, grower.picks_from, tzinfo=local) >= problem.as_of
        and not grower.rests_on(day)
        and day not in problem.place(batch.place_id).closed_on
        and _interval_kept(batch, day)
        and sound(problem, batch, day)
    ]


def _interval_kept(batch: Batch, day: dt.date) -> bool:
    spray, interval = batch.last_spray_on, batch.pre_harvest_interval_days
    if spray == "unknown" or interval == "unknown":
        return False
    if spray is None:
        return True
    return interval is not None and (day - spray).days >= interval


def age_on(problem: PlanningProblem, batch: Batch, day: dt.date) -> float:
    """Mean age on the tree that day [d20]."""
    crop = problem.crop(batch.crop_id)
    days: float = (day - batch.observed_on).days
    if crop.on_tree_by == "temperature":
        passed = [batch.observed_on + dt.timedelta(days=number) for number in range(int(days))]
        days = sum(rate(crop, ambient(problem, batch.place_id, on=each)) for each in passed)
    return crop.stage(batch.stage_id).age_d20 + crop.on_tree_d20_per_day * days + batch.age_shift_d20


def stage_of(crop: Crop, batch: Batch) -> Stage:
    """The batch's stage, with what the batch shares as well known as the batch says."""
    stage, known = crop.stage(batch.stage_id), batch.age_shift_sd_d20
    if known is None:
        return stage
    variance = max(0.0, stage.sd_d20**2 - stage.batch_sd_d20**2) + known**2
    return Stage(id=stage.id, age_d20=stage.age_d20, sd_d20=max(known, math.sqrt(variance)), batch_sd_d20=known)


def sound(problem: PlanningProblem, batch: Batch, day: dt.date) -> bool:
    """Whether the tree still holds the fruit that day."""
    crop = problem.crop(batch.crop_id)
    holds_until = math.inf if crop.drops_at_d20 is None else crop.drops_at_d20
    return age_on(problem, batch, day) + stage_of(crop, batch).sd_d20 < holds_until


def left_vnd_per_kg(problem: PlanningProblem, batch: Batch) -> float:
    """What a kilogram still on the tree at the horizon is worth [VND/kg]."""
    local = zone(problem.place(batch.place_id).timezone)
    end = problem.as_of.astimezone(local).date() + dt.timedelta(days=problem.policy.horizon_days)
    return problem.policy.terminal_share * batch.surplus_price_vnd_per_kg if sound(problem, batch, end) else 0.0


def good_ages(problem: PlanningProblem, order: Order) -> tuple[float, float]:
    """The ages at delivery that suit the buyer, lower and upper [d20]."""
    crop = problem.crop(order.crop_id)
    until = order.deliver_until_at.astimezone(zone(problem.place(order.destination_id).timezone)).date()
    room = ambient(problem, order.destination_id, until) if order.room_degc is None else order.room_degc
    per_day = rate(crop, room)
    soonest, latest = order.ripe_within_days
    ready = crop.ready_at_d20
    upper = ready + crop.window_d20 - order.keeps_days * per_day
    return ready - latest * per_day, min(upper, ready - soonest * per_day) if soonest > 0 else upper

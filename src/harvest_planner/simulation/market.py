"""The old way: pick nearly ripe, sell on the local market by noon; what is left spoils."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.ripening.arrays import shares_between
from harvest_planner.ripening.clock import gained
from harvest_planner.ripening.window import window_bounds
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Order
from harvest_planner.simulation.decisions import Trips
from harvest_planner.simulation.luck import Floats, Luck
from harvest_planner.simulation.played import FATES, Played
from harvest_planner.simulation.scene import Scene
from harvest_planner.transit.instants import hours_of

SOLD_LOW, SOLD_HIGH = 0.7, 1.0
"""Share that is sold by noon, even between these, one draw for a place and day: an assumption."""
NOON = dt.time(12)
_EATER = {name: Order.model_fields[name].default for name in ("ripe_within_days", "keeps_days")}
"""Who buys at the market wants what an order wants that says nothing."""


def trips_to_market(scene: Scene) -> Trips:
    """Which batch is picked when, for the market alone: by the rules of capacity, trips and intervals.

    Each batch's days are gone through from the one on which its mean fruit is nearest to being good to eat. A trip
    is made where what it sells on average brings more than what the fruit is worth on the tree and the trip costs.
    """
    hands: dict[tuple[str, dt.date], float] = {}
    trips: Trips = {}
    for batch in sorted(scene.problem.batches, key=lambda batch: batch.id):
        field = scene.field(batch.id)
        for day, kg in _picked(field, scene, hands):
            trips[batch.id, day] = kg
    return trips


def _picked(
    field: FieldBatch, scene: Scene, hands: dict[tuple[str, dt.date], float]
) -> Iterator[tuple[dt.date, float]]:
    batch, most = field.batch, scene.problem.policy.max_picks_per_batch
    kept = field.kept_vnd_per_kg(scene.problem.policy.terminal_share)
    gain = (SOLD_LOW + SOLD_HIGH) / 2.0 * batch.surplus_price_vnd_per_kg - kept
    days = [day for day in field.days() if day.pickable]
    days.sort(key=lambda day: (abs(day.age_d20 - field.crop.ready_at_d20), day.pick_on))
    left, taken = batch.quantity_kg, list[dt.date]()
    for day in days:
        spare = hands.get((batch.grower_id, day.pick_on), field.grower.pick_capacity_kg_per_day)
        kg = left if spare is None else min(left, spare)
        near = any(abs((day.pick_on - other).days) < batch.days_between_picks for other in taken)
        full = most is not None and len(taken) >= most
        if near or full or kg <= 0.0 or kg < batch.min_trip_kg or kg * gain <= batch.trip_cost_vnd:
            continue
        taken.append(day.pick_on)
        left -= kg
        if spare is not None:
            hands[batch.grower_id, day.pick_on] = spare - kg
        yield day.pick_on, kg


def play_market(trips: Trips, scene: Scene, luck: Luck) -> Played:
    """The market in every run: what is sold and good, what spoils, what it brings."""
    kg = {name: np.zeros(luck.runs) for name in (*FATES, "unfilled")}
    income, waste = np.zeros(luck.runs), np.zeros(luck.runs)
    left: dict[str, float] = defaultdict(float, {batch.id: batch.quantity_kg for batch in scene.problem.batches})
    for (batch_id, day), picked in trips.items():
        field = scene.field(batch_id)
        sold = SOLD_LOW + (SOLD_HIGH - SOLD_LOW) * luck.shared_uniforms("market", field.place.id, day.isoformat())
        under, good, over = _eaten(field, field.pick_day(day), scene, luck)
        for name, share in (("under", under), ("good", good), ("over", over)):
            kg[name] += picked * sold * share
        waste += picked * (1.0 - sold)
        income += picked * sold * field.batch.surplus_price_vnd_per_kg - field.batch.trip_cost_vnd
        left[batch_id] -= picked
    for batch_id, hangs in left.items():
        field = scene.field(batch_id)
        income += hangs * field.kept_vnd_per_kg(scene.problem.policy.terminal_share)
        waste += 0.0 if field.holds_on(field.horizon_on) else hangs
    return Played(luck.runs, math.fsum(trips.values()), 0, kg, np.zeros(luck.runs), income, waste)


def _eaten(field: FieldBatch, day: PickDay, scene: Scene, luck: Luck) -> tuple[Floats, Floats, Floats]:
    """Shares under-ripe, good and over-ripe of what is sold, as who eats it at the place's own air finds it."""
    noon_h = hours_of(dt.datetime.combine(day.pick_on, NOON, tzinfo=zone(field.place.timezone)))
    waits_h = max(0.0, noon_h - day.clock_start_h)
    spells = list(scene.air.spells(field.place.id, from_h=day.clock_start_h, hours=waits_h))
    lower, upper = window_bounds(field.curve, **_EATER, room_degc=scene.air.degc(field.place.id, noon_h))
    sd, common = field.stage.sd_d20, field.stage.batch_sd_d20
    own = math.sqrt(max(0.0, sd * sd - common * common))
    means = day.age_d20 + gained(field.curve.rate, spells) + common * luck.shared_normals("batch", field.batch.id)
    good = shares_between(means, own, lower, upper)
    under = shares_between(means, own, -math.inf, lower) if own else (means < lower).astype(np.float64)
    return under, good, np.maximum(0.0, 1.0 - good - under)

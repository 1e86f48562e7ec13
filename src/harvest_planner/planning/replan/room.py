"""Where a new plan leaves more room than the old one, and which refused orders may fit there."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate, islice
from typing import NamedTuple

from harvest_planner.planning.replan.standing import rows_of
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.told_rows import field_of

KG_EPSILON = 1e-6
MOST_LOOKED_AT = 200
"""So many refused orders are planned anew together, the dearest per kilogram first."""
FILLS = 2.0
"""Refused orders are planned anew for so many times the room that was gained; an assumption."""
NEVER_KG = -1.0
"""Room of a trip that could not be made, or not like this."""
Trip = tuple[str, dt.date]
Span = tuple[float, float]
"""Room before and now [kg]: what weighs more than the one and no more than the other fits since."""


class _Used(NamedTuple):
    """What a plan takes [kg], and the days on which each batch is picked."""

    batch_kg: dict[str, float]
    picker_kg: dict[tuple[str, dt.date], float]
    packing_kg: dict[tuple[str, dt.date], float]
    departure_kg: dict[tuple[str, dt.datetime], float]
    days: dict[str, set[dt.date]]

    @classmethod
    def by(cls, plan: HarvestPlan, problem: PlanningProblem) -> _Used:
        used = cls(defaultdict(float), defaultdict(float), defaultdict(float), defaultdict(float), defaultdict(set))
        limited = {lane.id for lane in problem.lanes if lane.capacity_kg is not None}
        trip_kg: dict[tuple[str, dt.date], float] = defaultdict(float)
        for row in rows_of(plan):
            trip_kg[row.trip] += row.kg
            for leg in row.legs:
                if leg.lane_id in limited:
                    used.departure_kg[leg.lane_id, leg.departs_at] += row.kg
        for (batch_id, day), kg in trip_kg.items():
            used._pick(problem.batch(batch_id), day, kg)
            used.packing_kg[problem.batch(batch_id).place_id, day] += kg
        for sold in plan.surplus:
            used._pick(problem.batch(sold.batch_id), sold.pick_on, sold.kg)
        return used

    def _pick(self, batch: Batch, day: dt.date, kg: float) -> None:
        self.days[batch.id].add(day)
        self.picker_kg[batch.grower_id, day] += kg
        if day >= batch.observed_on:
            self.batch_kg[batch.id] += kg

    def room_kg(self, batch: Batch, day: dt.date, problem: PlanningProblem) -> float:
        """Fruit, hands and packing left that day, the least of them [kg]."""
        hands = problem.grower(batch.grower_id).pick_capacity_kg_per_day
        packing = problem.place(batch.place_id).packing_kg_per_day
        return min(
            batch.quantity_kg - self.batch_kg.get(batch.id, 0.0),
            math.inf if hands is None else hands - self.picker_kg.get((batch.grower_id, day), 0.0),
            math.inf if packing is None else packing - self.packing_kg.get((batch.place_id, day), 0.0),
        )


def may_fit(
    old: HarvestPlan, problem: PlanningProblem, new: HarvestPlan, asked: PlanningProblem, *, but: Iterable[str]
) -> tuple[frozenset[str], frozenset[Trip]]:
    """Refused orders of the old plan that some trip or departure can take now and could not before, and those trips.

    Parameters
    ----------
    problem, asked : what the old and the new plan answer.
    but : ids of orders that need no look.
    """
    before, now = _Used.by(old, problem), _Used.by(new, asked)
    gained = _trips(before, now, problem, asked)
    trips = {crop_id: _union(spans.values()) for crop_id, spans in gained.items()}
    departures = _union(_departures(before, now, asked))
    known = frozenset(but)
    found = []
    ids, missing_kg = field_of(old.refusals, "order_id"), field_of(old.refusals, "kg")
    if not trips and not departures:
        return frozenset(), frozenset()
    for order_id, kg in zip(ids, missing_kg, strict=True):
        if order_id in known:
            continue
        order = asked.order(order_id)
        spans = [spans for spans in (trips.get(order.crop_id), departures) if spans]
        part = order.may_split or kg < order.quantity_kg - KG_EPSILON
        if any(part or _holds(each, kg) for each in spans):
            found.append((-order.price_vnd_per_kg, order_id, kg))
    found.sort()
    gained_kg = sum(high - max(0.0, low) for spans in (*trips.values(), departures) for low, high in spans)
    filled = accumulate((kg for *_, kg in found), initial=0.0)
    likely = (order_id for (_, order_id, _), kg in zip(found, filled, strict=False) if kg < FILLS * gained_kg)
    roomy = {trip for of_crop in gained.values() for trip in of_crop}
    if departures:
        # Any trip that is made may use their room.
        roomy |= {(batch_id, day) for batch_id, days in now.days.items() for day in days}
    return frozenset(islice(likely, MOST_LOOKED_AT)), frozenset(roomy)


def _trips(before: _Used, now: _Used, problem: PlanningProblem, asked: PlanningProblem) -> dict[str, dict[Trip, Span]]:
    """By crop, the room of each trip that has more of it than before."""
    days = [asked.as_of.date() + dt.timedelta(days=n) for n in range(asked.policy.horizon_days + 1)]
    found: dict[str, dict[Trip, Span]] = defaultdict(dict)
    for batch in asked.batches:
        was = problem.batch(batch.id)
        other = was != batch or bool(before.days.get(batch.id, set()) - now.days.get(batch.id, set()))
        for day in days:
            opened = day in now.days.get(batch.id, ()) and day not in before.days.get(batch.id, ())
            old_kg = NEVER_KG if other or opened else before.room_kg(was, day, problem)
            new_kg = now.room_kg(batch, day, asked)
            if new_kg > max(old_kg, 0.0) + KG_EPSILON:
                found[batch.crop_id][batch.id, day] = (old_kg, new_kg)
    return found


def _departures(before: _Used, now: _Used, asked: PlanningProblem) -> list[Span]:
    """The room of each limited departure that carries less than before."""
    capacity = {lane.id: lane.capacity_kg for lane in asked.lanes}
    found = []
    for key, kg in before.departure_kg.items():
        most = capacity.get(key[0])
        loaded = now.departure_kg.get(key, 0.0)
        if most is not None and loaded < kg - KG_EPSILON:
            found.append((most - kg, most - loaded))
    return found


def _union(spans: Iterable[Span]) -> list[Span]:
    """The spans that cover the same, apart from each other and rising."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _holds(spans: list[Span], kg: float) -> bool:
    """Whether one of the spans begins below so much and reaches it."""
    at = bisect_left(spans, (kg - KG_EPSILON, -math.inf))
    return at > 0 and spans[at - 1][1] >= kg - KG_EPSILON

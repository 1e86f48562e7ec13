"""Where a new plan leaves more room than the old one, and which refused orders may fit there."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from harvest_planner.planning.replan.taken import Taken, Trip
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
_K = TypeVar("_K")
Span = tuple[float, float]
"""Room before and now [kg]: what weighs more than the one and no more than the other fits since."""


@dataclass(frozen=True)
class Stock:
    """A question, and what a plan of it takes."""

    problem: PlanningProblem
    taken: Taken

    @cached_property
    def days(self) -> dict[str, set[dt.date]]:
        """The days on which each batch is picked."""
        return self.taken.days

    def room_kg(self, batch: Batch, day: dt.date) -> float:
        """Fruit, hands and packing left that day, the least of them [kg]."""
        place = self.problem.place(batch.place_id)
        hands = self.problem.grower(batch.grower_id).pick_capacity_kg_per_day
        packing = place.packing_kg_per_day
        return min(
            batch.quantity_kg - self.taken.batch_kg.get(batch.id, 0.0),
            math.inf if hands is None else hands - self.taken.picker_kg.get((batch.grower_id, day), 0.0),
            math.inf if packing is None else packing - self.taken.packing_kg.get((place.id, day), 0.0),
        )


class Missing(NamedTuple):
    """What an order of the old plan misses, as they come: the dearest per kilogram first.

    Attributes
    ----------
    price_vnd_per_kg : with a minus, so that they sort.
    part : whether a part of it is welcome.
    """

    price_vnd_per_kg: float
    order_id: str
    kg: float
    crop_id: str
    part: bool


def missing_of(old: HarvestPlan, asked: PlanningProblem) -> tuple[Missing, ...]:
    """What the old plan refuses, as the new question asks for it."""
    ids, missing_kg = field_of(old.refusals, "order_id"), field_of(old.refusals, "kg")
    fields = asked.order_fields(ids, "price_vnd_per_kg", "crop_id", "may_split", "quantity_kg")
    return tuple(
        sorted(
            Missing(-price, order_id, kg, crop_id, splits or kg < asked_kg - KG_EPSILON)
            for order_id, kg, (price, crop_id, splits, asked_kg) in zip(ids, missing_kg, fields, strict=True)
        )
    )


def may_fit(
    missing: Callable[[], Iterable[Missing]], before: Stock, now: Stock, *, but: Iterable[str]
) -> tuple[frozenset[str], frozenset[Trip]]:
    """Refused orders of the old plan that some trip or departure can take now and could not before, and those trips.

    Parameters
    ----------
    missing : what the old plan refuses; asked for where something was gained.
    before, now : of the old plan and of the new one.
    but : ids of orders that need no look.
    """
    gained = _trips(before, now)
    trips = {crop_id: _union(spans.values()) for crop_id, spans in gained.items()}
    departures = _union(_departures(before, now))
    if not trips and not departures:
        return frozenset(), frozenset()
    known = frozenset(but)
    fitting = (each for each in _fitting(missing(), trips, departures) if each.order_id not in known)
    gained_kg = sum(high - max(0.0, low) for spans in (*trips.values(), departures) for low, high in spans)
    likely: list[str] = []
    filled_kg = 0.0
    for each in fitting:
        if filled_kg >= FILLS * gained_kg or len(likely) == MOST_LOOKED_AT:
            break
        likely.append(each.order_id)
        filled_kg += each.kg
    roomy = {trip for of_crop in gained.values() for trip in of_crop}
    if departures:
        # Any trip that is made may use their room.
        roomy |= {(batch_id, day) for batch_id, days in now.days.items() for day in days}
    return frozenset(likely), frozenset(roomy)


def _fitting(
    missing: Iterable[Missing], trips: Mapping[str, Sequence[Span]], departures: Sequence[Span]
) -> Iterator[Missing]:
    """What some trip of its crop, or some departure, can take now and could not before."""
    # Most are heavier than all the room there is for their crop.
    on_any = departures[-1][1] if departures else -math.inf
    most_kg = {crop_id: max(on_any, spans[-1][1]) for crop_id, spans in trips.items()}
    for each in missing:
        _, _, kg, crop_id, part = each
        most = most_kg.get(crop_id, on_any)
        if most == -math.inf or (kg - KG_EPSILON > most and not part):
            continue
        if part or _holds(trips.get(crop_id, ()), kg) or _holds(departures, kg):
            yield each


def _trips(before: Stock, now: Stock) -> dict[str, dict[Trip, Span]]:
    """By crop, the room of each trip that has more of it than before."""
    asked = now.problem
    # Elsewhere it may be a day later already.
    horizon, old_horizon = _horizon(asked, more=1), _horizon(before.problem)
    eased = _Eased.of(before.taken, now.taken)
    found: dict[str, dict[Trip, Span]] = defaultdict(dict)
    for batch in asked.batches:
        was = before.problem.batch(batch.id)
        had, has = before.days.get(batch.id, set()), now.days.get(batch.id, set())
        other = was is not batch or bool(had - has)
        place_id = asked.place(batch.place_id).id
        days = {*eased.hands.get(batch.grower_id, ()), *eased.packing.get(place_id, ()), *(has - had)}
        days |= horizon - old_horizon
        for day in sorted(horizon if other or batch.id in eased.batches else horizon & days):
            opened = (day in has and day not in had) or day not in old_horizon
            old_kg = NEVER_KG if other or opened else before.room_kg(was, day)
            new_kg = now.room_kg(batch, day)
            if new_kg > max(old_kg, 0.0) + KG_EPSILON:
                found[batch.crop_id][batch.id, day] = (old_kg, new_kg)
    return found


def _horizon(asked: PlanningProblem, *, more: int = 0) -> frozenset[dt.date]:
    first = asked.as_of.date()
    return frozenset(first + dt.timedelta(days=n) for n in range(asked.policy.horizon_days + more))


class _Eased(NamedTuple):
    """Of what less is taken than before: batches, and the days of growers and of packing places."""

    batches: frozenset[str]
    hands: dict[str, list[dt.date]]
    packing: dict[str, list[dt.date]]

    @classmethod
    def of(cls, before: Taken, now: Taken) -> _Eased:
        batches = frozenset(_less(before.batch_kg, now.batch_kg))
        return cls(
            batches, _by_id(_less(before.picker_kg, now.picker_kg)), _by_id(_less(before.packing_kg, now.packing_kg))
        )


def _less(before: Mapping[_K, float], now: Mapping[_K, float]) -> Iterator[_K]:
    return (key for key, kg in before.items() if now.get(key, 0.0) < kg - KG_EPSILON)


def _by_id(keys: Iterable[tuple[str, dt.date]]) -> dict[str, list[dt.date]]:
    found: dict[str, list[dt.date]] = defaultdict(list)
    for name, day in keys:
        found[name].append(day)
    return found


def _departures(before: Stock, now: Stock) -> list[Span]:
    """The room of each limited departure that carries less than before."""
    capacity = {lane.id: lane.capacity_kg for lane in now.problem.lanes}
    found = []
    for key in _less(before.taken.departure_kg, now.taken.departure_kg):
        most = capacity.get(key[0])
        if most is not None:
            found.append((most - before.taken.departure_kg[key], most - now.taken.departure_kg.get(key, 0.0)))
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


def _holds(spans: Sequence[Span], kg: float) -> bool:
    """Whether one of the spans begins below so much and reaches it."""
    at = bisect_left(spans, (kg - KG_EPSILON, -math.inf))
    return at > 0 and spans[at - 1][1] >= kg - KG_EPSILON

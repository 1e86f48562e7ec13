"""A plan in lines of words: one for each batch, one for each reason of refusal."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from functools import lru_cache

from harvest_planner.formats.names import clean, crop_name, place_name
from harvest_planner.formats.words import Words
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.plan import BatchDay, BatchRow, HarvestPlan, Reason, Refusal
from harvest_planner.schema.problem import PlanningProblem

KG_EPSILON = 1e-6
SEPARATOR = " · "
MOST_PLACES = 3
"""Destinations named for a day; of more only their number is told."""


class BatchLines:
    """The line of each batch: its days, weights and destinations, or why it is not picked."""

    def __init__(self, plan: HarvestPlan, problem: PlanningProblem, words: Words) -> None:
        self._problem, self._words = problem, words
        self._surplus_kg = {(pick.batch_id, pick.pick_on): pick.surplus_kg for pick in plan.picks}
        self._place = lru_cache(maxsize=None)(lambda place_id: place_name(problem, place_id))

    def line(self, row: BatchRow) -> str:
        """`b17: Tue 11 Aug 45 kg → Cà Mau · Thu 13 Aug 30 kg → Hà Nội · no later than Sat 15 Aug`."""
        return f"{clean(row.batch_id)}: {self.content(row)}"

    def content(self, row: BatchRow) -> str:
        """What stands behind the batch's id."""
        return SEPARATOR.join(self._picked(row) if row.days else self._not_picked(row))

    def _picked(self, row: BatchRow) -> Iterable[str]:
        for day in row.days:
            yield self._day(row.batch_id, day)
        if row.latest_pick_on is not None:
            yield self._words.say("batches.latest", day=row.latest_pick_on)

    def _day(self, batch_id: str, day: BatchDay) -> str:
        names = list(dict.fromkeys(self._place(place_id) for place_id in day.destination_ids))
        places = names[:MOST_PLACES]
        if len(names) > MOST_PLACES:
            places[-1] += f" +{len(names) - MOST_PLACES}"
        if self._surplus_kg.get((batch_id, day.pick_on), 0.0) > KG_EPSILON:
            places.append(self._words.say("batches.local_market"))
        if not places:
            return self._words.say("batches.day_alone", day=day.pick_on, kg=day.kg)
        return self._words.say("batches.day", day=day.pick_on, kg=day.kg, places=", ".join(places))

    def _not_picked(self, row: BatchRow) -> Iterable[str]:
        lawful_on = lawful_pick_on(self._problem.batch(row.batch_id))
        if row.advice_code == "pre_harvest_interval" and lawful_on is not None:
            yield self._words.say("not_picked.pre_harvest_interval_until", day=lawful_on)
        else:
            yield self._words.say(f"not_picked.{row.advice_code}")
        if row.latest_pick_on is not None and row.left_kg > KG_EPSILON and row.advice_code != "dropped":
            yield self._words.say("batches.holds", day=row.latest_pick_on)
        if row.left_kg > KG_EPSILON:
            key = "batches.left" if row.lost_on is None else "batches.lost"
            yield self._words.say(key, kg=row.left_kg, **({} if row.lost_on is None else {"day": row.lost_on}))


def lawful_pick_on(batch: Batch) -> dt.date | None:
    """The first day the pre-harvest interval allows a pick; None without a spray, or where either is unknown."""
    spray, days = batch.last_spray_on, batch.pre_harvest_interval_days
    if spray is None or spray == "unknown" or days is None or days == "unknown":
        return None
    return spray + dt.timedelta(days=math.ceil(days))


def refusal_sentence(refusal: Refusal, problem: PlanningProblem, words: Words) -> str:
    """Which order is refused, and the first reason why."""
    return words.say(
        "refusals.sentence",
        order=clean(refusal.order_id),
        reason=reason_sentence(refusal.order_id, refusal.reasons[0], problem, words),
    )


def reason_sentence(order_id: str, reason: Reason, problem: PlanningProblem, words: Words) -> str:
    """Why an order is not served, in one sentence."""
    order = problem.order(order_id)
    known: dict[str, object] = {
        "message": clean(reason.message),
        "destination": place_name(problem, order.destination_id),
        "crop": crop_name(problem, order.crop_id),
        **{name: _named(name, value, problem) for name, value in reason.params.items() if value is not None},
    }
    unsought = reason.params.get("looked_for") is False
    exact = "unfinished.not_looked_for" if unsought else f"refusal.{reason.code}"
    return words.say(exact if words.placeholders(exact) <= set(known) else f"refusal_in_short.{reason.code}", **known)


def _named(name: str, value: str | float | bool, problem: PlanningProblem) -> object:
    """A parameter of a reason as people know it: ids of places by name, ISO texts as days and instants."""
    if not isinstance(value, str):
        return value
    if name == "origins":
        return ", ".join(place_name(problem, place_id) for place_id in value.split(", "))
    try:
        if name.endswith("_at"):
            return dt.datetime.fromisoformat(value)
        if name.endswith("_on") or name == "day":
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    return clean(value)

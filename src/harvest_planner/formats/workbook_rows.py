"""The rows of a plan's workbook: what each sheet tells, in the words of its language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

from harvest_planner.formats.confirmations import confirmations
from harvest_planner.formats.lines import KG_EPSILON, BatchLines, reason_sentence
from harvest_planner.formats.names import clean, crop_name, grower_name, place_name
from harvest_planner.formats.summaries import summary
from harvest_planner.formats.words import Words
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem

Cell = str | float | dt.date | dt.datetime | None
Rows = Iterator[tuple[Cell, ...]]
SHEETS: dict[str, tuple[str, ...]] = {
    "plan": (
        "batch",
        "grower",
        "crop",
        "pick_on",
        "kg",
        "destinations",
        "latest_pick_on",
        "left_kg",
        "lost_on",
        "advice",
    ),
    "picks": (
        *("pick_on", "grower", "batch", "plot", "from_at", "until_at", "kg", "surplus_kg", "stage", "orders"),
        "destinations",
    ),
    "shipments": (
        *("order", "batch", "pick_on", "kg", "destination", "lanes", "departs_at", "arrive_p50_at", "arrive_p95_at"),
        *("good_share", "parcel_good_share", "on_time_share", "eat_from_on", "eat_until_on", "cost_vnd", "value_vnd"),
    ),
    "confirm": ("order", "answer", "by_at", "kg", "why"),
    "refusals": ("order", "kg", "code", "why"),
    "summary": ("what", "how_much"),
}
"""Sheet → its columns, in their order."""


class WorkbookRows:
    """A plan as rows of cells; instants are local, at the place of which they tell."""

    def __init__(self, plan: HarvestPlan, problem: PlanningProblem, words: Words) -> None:
        self._answer, self._problem, self._words = plan, problem, words
        self._lines = BatchLines(plan, problem, words)
        self._place = lru_cache(maxsize=None)(lambda place_id: place_name(problem, place_id))
        self._surplus = {(pick.batch_id, pick.pick_on) for pick in plan.picks if pick.surplus_kg > KG_EPSILON}
        self._zone = lru_cache(maxsize=None)(lambda place_id: zone(problem.place(place_id).timezone))

    def rows(self, sheet: str) -> Rows:
        """The rows of one of the `SHEETS`."""
        makers = {
            "plan": self._plan,
            "picks": self._picks,
            "shipments": self._shipments,
            "confirm": self._confirm,
            "refusals": self._refusals,
            "summary": self._summary,
        }
        return makers[sheet]()

    def _plan(self) -> Rows:
        for row in self._answer.batches:
            batch = self._problem.batch(row.batch_id)
            head = (clean(row.batch_id), grower_name(self._problem, row.grower_id), self._crop(batch.crop_id))
            tail = (row.latest_pick_on, row.left_kg, row.lost_on)
            if not row.days:
                yield (*head, None, None, None, *tail, self._lines.content(row))
            for day in row.days:
                places = self._places(day.destination_ids, local=(row.batch_id, day.pick_on) in self._surplus)
                yield (*head, day.pick_on, day.kg, places, *tail, self._words.say("workbook.pick"))

    def _picks(self) -> Rows:
        for pick in self._answer.picks:
            batch = self._problem.batch(pick.batch_id)
            yield (
                pick.pick_on,
                grower_name(self._problem, pick.grower_id),
                clean(pick.batch_id),
                clean(batch.plot or ""),
                self._local(pick.from_at, batch.place_id),
                self._local(pick.until_at, batch.place_id),
                pick.kg,
                pick.surplus_kg,
                pick.stage_id,
                clean(", ".join(pick.order_ids)),
                self._places(pick.destination_ids, local=pick.surplus_kg > KG_EPSILON),
            )

    def _shipments(self) -> Rows:
        for shipment in self._answer.shipments:
            origin = self._problem.batch(shipment.batch_id).place_id
            destination = self._problem.order(shipment.order_id).destination_id
            yield (
                clean(shipment.order_id),
                clean(shipment.batch_id),
                shipment.pick_on,
                shipment.kg,
                self._place(destination),
                clean(" > ".join(leg.lane_id for leg in shipment.legs)),
                self._local(shipment.legs[0].departs_at, origin) if shipment.legs else None,
                self._local(shipment.arrive_p50_at, destination),
                self._local(shipment.arrive_p95_at, destination),
                shipment.good_share,
                shipment.parcel_good_share,
                shipment.on_time_share,
                shipment.eat_from_on,
                shipment.eat_until_on,
                shipment.cost_vnd,
                shipment.value_vnd,
            )

    def _confirm(self) -> Rows:
        for one in confirmations(self._answer, self._problem, self._words):
            destination = self._problem.order(one.order_id).destination_id
            by_at = None if one.by_at is None else self._local(one.by_at, destination)
            yield clean(one.order_id), self._words.say(f"confirm.{one.answer}"), by_at, one.kg, one.why

    def _refusals(self) -> Rows:
        for refusal in self._answer.refusals:
            reason = refusal.reasons[0]
            why = reason_sentence(refusal.order_id, reason, self._problem, self._words)
            yield clean(refusal.order_id), refusal.kg, reason.code, why

    def _summary(self) -> Rows:
        yield self._words.say("workbook.as_of"), self._problem.as_of.replace(tzinfo=None)
        yield from summary(self._answer, self._words)

    def _crop(self, crop_id: str) -> str:
        names = crop_name(self._problem, crop_id)
        return names.get(self._words.language) or next(iter(names.values()))

    def _places(self, place_ids: tuple[str, ...], *, local: bool) -> str:
        names = list(dict.fromkeys(self._place(place_id) for place_id in place_ids))
        return ", ".join([*names, self._words.say("batches.local_market")] if local else names)

    def _local(self, moment: dt.datetime, place_id: str) -> dt.datetime:
        """The clock on the wall there; cells of a spreadsheet have no offset."""
        return moment.astimezone(self._zone(place_id)).replace(tzinfo=None)

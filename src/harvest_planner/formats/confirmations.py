"""What to tell the marketplace about each order: confirm or decline, by when, and why."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harvest_planner.formats.cells import harmless, instant_text, number_text
from harvest_planner.formats.lines import KG_EPSILON, reason_sentence
from harvest_planner.formats.tables import csv_text
from harvest_planner.formats.words import Words
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import HarvestPlan, Refusal, Shipment
from harvest_planner.schema.problem import PlanningProblem

_PLANNED = ("reserved", "firm")


@dataclass(frozen=True)
class Confirmation:
    """The answer to one order."""

    order_id: str
    answer: Literal["confirm", "confirm_part", "decline"]
    by_at: dt.datetime | None
    """The marketplace cancels the order if it has no answer by then; none: it sets no limit, or is answered already."""
    kg: float
    """What is sent [kg]."""
    why: str
    """One sentence."""


def confirmations(plan: HarvestPlan, problem: PlanningProblem, words: Words) -> Iterator[Confirmation]:
    """The answer to each planned order, the most urgent first, those without a limit last."""
    sent: dict[str, list[Shipment]] = defaultdict(list)
    for shipment in plan.shipments:
        sent[shipment.order_id].append(shipment)
    refused = {refusal.order_id: refusal for refusal in plan.refusals}
    orders = [
        order for order in problem.orders if order.state in _PLANNED and (order.id in sent or order.id in refused)
    ]
    orders.sort(key=lambda order: (order.confirm_by_at is None, order.confirm_by_at, order.id))
    for order in orders:
        kg = math.fsum(shipment.kg for shipment in sent[order.id])
        if kg <= KG_EPSILON:
            why = reason_sentence(order.id, refused[order.id].reasons[0], problem, words)
            yield Confirmation(order.id, "decline", order.confirm_by_at, 0.0, why)
            continue
        part = order.id in refused
        why = _why(sent[order.id], refused.get(order.id), problem, words)
        yield Confirmation(order.id, "confirm_part" if part else "confirm", order.confirm_by_at, kg, why)


def confirmations_text(plan: HarvestPlan, problem: PlanningProblem, words: Words) -> str:
    """The answers as CSV; a text that a spreadsheet would run gets an apostrophe in front."""
    rows = (
        [
            harmless(one.order_id),
            one.answer,
            instant_text(one.by_at) if one.by_at else "",
            number_text(one.kg),
            harmless(one.why),
        ]
        for one in confirmations(plan, problem, words)
    )
    return csv_text(("order_id", "answer", "by_at", "kg", "why"), rows)


def _why(shipments: list[Shipment], refused: Refusal | None, problem: PlanningProblem, words: Words) -> str:
    last = max(shipments, key=lambda shipment: shipment.arrive_p95_at)
    destination = problem.place(problem.order(last.order_id).destination_id)
    known = {
        "pick_on": min(shipment.pick_on for shipment in shipments),
        "arrives_on": last.arrive_p50_at.astimezone(zone(destination.timezone)).date(),
        "good_share": min(shipment.good_share for shipment in shipments),
        "on_time_share": min(shipment.on_time_share for shipment in shipments),
    }
    if refused is None:
        return words.say("confirm.whole", **known)
    reason = reason_sentence(last.order_id, refused.reasons[0], problem, words)
    return words.say("confirm.part", **known, left_kg=refused.kg, reason=reason)

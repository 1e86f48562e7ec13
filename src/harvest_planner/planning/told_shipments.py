"""The shipments of a large plan, with what a re-plan asks of all of them known before any record is made."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from harvest_planner.planning import answer
from harvest_planner.planning.wholesale import Wholesale
from harvest_planner.schema.plan import Leg, Shipment
from harvest_planner.schema.record_table import MadeRows

TOLD = ("order_id", "batch_id", "pick_on", "kg", "legs", "value_vnd")
"""Fields of shipments that are known ahead, as records write them."""


class _Told(NamedTuple):
    order_id: str
    pick_on: Any
    batch_id: str
    settled: bool
    number: int
    kg: float
    legs: tuple[Leg, ...]
    value_vnd: float


def told_shipments(whole: Wholesale) -> MadeRows[Shipment]:
    """The shipments of the plan, made on demand."""
    rows = whole.shipments()
    told = _of_market(whole)
    if whole.settled.parts or len({each.order_id for each in told}) < len(told):
        told = sorted([*told, *_of_settled(whole)], key=lambda each: each[:5])
    known = {name: [getattr(each, name) for each in told] for name in TOLD}
    return MadeRows(len(rows), rows.__getitem__, known=known)


def _of_market(whole: Wholesale) -> list[_Told]:
    laid, loads, meeting = whole.laid, whole.decision.loads, whole.meeting
    ids = laid.asked.table.column("id")
    order_row, journeys = laid.asked.row, whole.judge.shares.journeys
    ridden = laid.market.demand.row_journey[loads.row]
    legs = {at: answer.legs_of(journeys[at], meeting.lanes, meeting.problem.place) for at in np.unique(ridden).tolist()}
    told = []
    values = _values_vnd(whole)
    for number, (order, trip, journey) in enumerate(
        zip(loads.order.tolist(), loads.trip.tolist(), ridden.tolist(), strict=True)
    ):
        made = laid.trips[trip]
        order_id = ids.values[ids.codes[int(order_row[order])]]
        kg, value = float(whole.part_kg[number]), values[number]
        told.append(_Told(order_id, made.day.pick_on, made.field.batch.id, False, number, kg, legs[journey], value))
    return told


def _values_vnd(whole: Wholesale) -> list[float]:
    """Worth of each part of the market [VND]."""
    demand, loads = whole.laid.market.demand, whole.decision.loads
    good, cost = demand.row_good[loads.row], demand.row_cost[loads.row]
    price, loss = demand.price[loads.order], demand.loss[loads.order]
    standing = whole.laid.market.supply.trip_standing[loads.trip]
    per_kg = price * good - loss * (1.0 - good) - cost + standing
    found: list[float] = np.round(whole.part_kg * per_kg - demand.row_review[loads.row], 2).tolist()
    return found


def _of_settled(whole: Wholesale) -> list[_Told]:
    made = (answer.shipment_of(part, whole.meeting) for part in whole.settled.parts)
    return [
        _Told(row.order_id, row.pick_on, row.batch_id, True, number, row.kg, row.legs, row.value_vnd)
        for number, row in enumerate(made)
    ]

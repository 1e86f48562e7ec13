"""Which shipment keeps which commitment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from harvest_planner.planning.referee.case import Case
from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.plan import HarvestPlan, Shipment
from harvest_planner.schema.told_rows import field_of


class Kept(NamedTuple):
    """What is remembered of a shipment that keeps a commitment."""

    order_id: str
    batch_id: str
    pick_on: dt.date
    kg: float
    value_vnd: float
    given: Commitment
    rides: bool
    """Whether it travels on the journey that the commitment names."""
    departs_at: dt.datetime | None
    departures: frozenset[tuple[str, float]]
    """Lanes it rides, each with the instant [h since the epoch]."""


def rides(commitment: Commitment, row: Shipment) -> bool:
    """Whether the shipment travels on the journey that the commitment names."""
    lane_ids = tuple(leg.lane_id for leg in row.legs)
    return bool(row.legs) and commitment.lane_ids == lane_ids and begins(commitment, row)


def begins(commitment: Commitment, row: Shipment) -> bool:
    """Whether the shipment leaves as the commitment says."""
    first = row.legs[0]
    return commitment.lane_ids[:1] == (first.lane_id,) and commitment.departs_at == first.departs_at


def way_of(given: Commitment) -> tuple[object, ...]:
    """What a shipment that keeps a commitment on its own journey has of it."""
    return given.order_id, given.batch_id, given.pick_on, given.lane_ids, given.departs_at, round(given.kg, 3)


def ridden(case: Case, plan: HarvestPlan) -> Iterator[tuple[object, ...]]:
    """As `way_of`, of shipments that are parts of one order on one trip, where something of it is settled."""
    if not case.committed:
        return
    columns = [field_of(plan.shipments, name) for name in ("order_id", "batch_id", "pick_on", "legs", "kg")]
    parts = Counter(zip(*columns[:3], strict=True))
    for order_id, batch_id, pick_on, legs, kg in zip(*columns, strict=True):
        key = (order_id, batch_id, pick_on)
        if parts[key] > 1 and legs and key in case.committed:
            yield (*key, tuple(leg.lane_id for leg in legs), legs[0].departs_at, round(kg, 3))

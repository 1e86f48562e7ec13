"""What a plan or a policy decides, as far as playing it forward needs it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from harvest_planner.planning.settled import Part
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.transit.instants import hours_of

Trips = dict[tuple[str, dt.date], float]
"""Kilograms for the local market by (batch id, day), one entry for each trip that is made."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Kilograms of an order on their way: from which batch, picked when, on which lanes from which departure on.

    Attributes
    ----------
    departs_h : the first departure [h since the epoch].
    part : number among the parts of the order, 0 for the first.
    good_share, parcel_good_share : what was promised.
    """

    order_id: str
    batch_id: str
    pick_on: dt.date
    kg: float
    lane_ids: tuple[str, ...]
    departs_h: float
    good_share: float
    parcel_good_share: float
    part: int = 0

    @property
    def name(self) -> tuple[str, str]:
        """By which its luck is drawn: the same for every plan that sends this part of this order."""
        return self.order_id, str(self.part)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that is sent, and every trip with its kilograms for the local market."""

    sent: tuple[Sent, ...]
    trips: Trips


def decisions_of(plan: HarvestPlan) -> Decisions:
    """The decisions in a plan."""
    sent = (
        Sent(
            order_id=row.order_id,
            batch_id=row.batch_id,
            pick_on=row.pick_on,
            kg=row.kg,
            lane_ids=tuple(leg.lane_id for leg in row.legs),
            departs_h=hours_of(row.legs[0].departs_at),
            good_share=row.good_share,
            parcel_good_share=row.parcel_good_share,
        )
        for row in plan.shipments
    )
    return Decisions(numbered(sent), {(pick.batch_id, pick.pick_on): pick.surplus_kg for pick in plan.picks})


def decisions_from(parts: Iterable[Part], surplus: Trips) -> Decisions:
    """The decisions of an allocation: its parts, and the surplus of its trips."""
    sent = []
    trips: Trips = dict(surplus)
    for candidate, kg in parts:
        batch_id, pick_on = candidate.entry.trip.field.batch.id, candidate.entry.trip.day.pick_on
        trips.setdefault((batch_id, pick_on), 0.0)
        sent.append(
            Sent(
                order_id=candidate.buyer.order.id,
                batch_id=batch_id,
                pick_on=pick_on,
                kg=kg,
                lane_ids=candidate.journey.lane_ids,
                departs_h=candidate.journey.first_departure_h,
                good_share=candidate.verdict.good_share,
                parcel_good_share=candidate.verdict.parcel_good_share,
            )
        )
    return Decisions(numbered(sent), trips)


def numbered(sent: Iterable[Sent]) -> tuple[Sent, ...]:
    """What is sent in a fixed order, the parts of each order numbered."""
    by_order: dict[str, list[Sent]] = defaultdict(list)
    for each in sorted(sent, key=lambda one: (one.order_id, one.pick_on, one.batch_id, one.departs_h, one.lane_ids)):
        by_order[each.order_id].append(each)
    return tuple(
        Sent(
            each.order_id,
            each.batch_id,
            each.pick_on,
            each.kg,
            each.lane_ids,
            each.departs_h,
            each.good_share,
            each.parcel_good_share,
            part,
        )
        for parts in by_order.values()
        for part, each in enumerate(parts)
    )

"""Where each shipment of a plan stands at a later moment: on its way, picked, inside the fence, or still free."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, Protocol

from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.plan import HarvestPlan, Leg
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.schema.told_rows import field_of

Stand = Literal["shipped", "picked", "frozen", "free"]


class Goods(Protocol):
    """What a shipment of the plan, or one that was promised beside it, tells of itself."""

    @property
    def order_id(self) -> str: ...
    @property
    def batch_id(self) -> str: ...
    @property
    def pick_on(self) -> dt.date: ...
    @property
    def kg(self) -> float: ...
    @property
    def legs(self) -> tuple[Leg, ...]: ...
    @property
    def value_vnd(self) -> float: ...


class Row(NamedTuple):
    """A shipment of the plan by what a re-plan asks of all of them; its record is made when it must be.

    Attributes
    ----------
    at : its place in `plan.shipments`.
    """

    at: int
    order_id: str
    batch_id: str
    pick_on: dt.date
    kg: float
    legs: tuple[Leg, ...]
    value_vnd: float

    @property
    def trip(self) -> tuple[str, dt.date]:
        """Batch and day."""
        return self.batch_id, self.pick_on


ROW_FIELDS = Row._fields[1:]


def rows_of(plan: HarvestPlan) -> tuple[Row, ...]:
    """Every shipment of a plan; of many that are made on demand they are kept with them."""
    if not isinstance(plan.shipments, MadeRows):
        return _rows(plan)
    kept = plan.shipments.derived
    found: tuple[Row, ...] = kept.get("rows") or kept.setdefault("rows", _rows(plan))
    return found


def _rows(plan: HarvestPlan) -> tuple[Row, ...]:
    columns = [field_of(plan.shipments, name) for name in ROW_FIELDS]
    return tuple([Row(at, *fields) for at, fields in enumerate(zip(*columns, strict=True))])


class Standing(NamedTuple):
    """A shipment with where it stands.

    Attributes
    ----------
    kg : what of it still counts [kg]; less than planned where less was picked.
    ahead_h : hours until its picking begins [h]; negative once it has begun.
    as_planned : whether it travels as planned; False: how is looked at again.
    """

    shipment: Goods
    stand: Stand
    kg: float
    ahead_h: float
    as_planned: bool = True

    @property
    def trip(self) -> tuple[str, dt.date]:
        """Batch and day."""
        return self.shipment.batch_id, self.shipment.pick_on

    @property
    def settled(self) -> tuple[str, str, dt.date, str, tuple[str, ...], dt.datetime | None]:
        """The shipment as one that a new plan keeps: order, batch, day, state, lanes and first departure."""
        state = "frozen" if self.stand == "free" else self.stand
        legs = self.shipment.legs if self.as_planned else ()
        goods = self.shipment
        lane_ids = tuple([leg.lane_id for leg in legs])
        return goods.order_id, goods.batch_id, goods.pick_on, state, lane_ids, legs[0].departs_at if legs else None


def standings(plan: HarvestPlan, problem: PlanningProblem, *, as_of: dt.datetime) -> tuple[Standing, ...]:
    """Every shipment of the plan as it stands at `as_of`."""
    trips = {
        (pick.batch_id, pick.pick_on): _of_trip((pick.from_at, pick.until_at), problem, as_of) for pick in plan.picks
    }
    return tuple([_standing(row, *trips[row.trip], as_of) for row in rows_of(plan)])


def standing_of(
    shipment: Goods, hours: tuple[dt.datetime, dt.datetime], problem: PlanningProblem, *, as_of: dt.datetime
) -> Standing:
    """Where goods stand whose picking hours are those."""
    return _standing(shipment, *_of_trip(hours, problem, as_of), as_of)


def _of_trip(
    hours: tuple[dt.datetime, dt.datetime], problem: PlanningProblem, as_of: dt.datetime
) -> tuple[Stand, float]:
    """Where goods of a trip stand that have not left, and the hours until it begins."""
    from_at, until_at = hours
    ahead_h = (from_at - as_of) / dt.timedelta(hours=1)
    if until_at <= as_of:
        return "picked", ahead_h
    return "frozen" if ahead_h <= problem.policy.freeze_h else "free", ahead_h


def _standing(shipment: Goods, stand: Stand, ahead_h: float, as_of: dt.datetime) -> Standing:
    left = shipment.legs[0].departs_at <= as_of
    return Standing(shipment, "shipped" if left else stand, shipment.kg, ahead_h)


def gathered(standing: Iterable[Standing]) -> Iterator[Commitment]:
    """The shipments as commitments, one for each order, batch, day, state and way."""
    same: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for each in standing:
        same[each.settled].append(each.kg)
    for key in sorted(same, key=lambda key: (*key[:5], str(key[5]))):
        order_id, batch_id, pick_on, state, lane_ids, departs_at = key
        yield Commitment(
            order_id=order_id,
            batch_id=batch_id,
            pick_on=pick_on,
            kg=round(math.fsum(same[key]), 6),
            state=state,
            lane_ids=lane_ids,
            departs_at=departs_at,
        )

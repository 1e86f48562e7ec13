"""What can happen between a plan and its picks, as records."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Leg
from harvest_planner.schema.quantities import Id, NonNegative, Positive, Record


class OrderPlaced(Record):
    """A new order."""

    kind: Literal["order_placed"] = "order_placed"
    order: Order


class OrderPromised(Record):
    """A new order with the pick and the journey that were promised for it: they are kept like those of the plan."""

    kind: Literal["order_promised"] = "order_promised"
    order: Order
    batch_id: Id
    pick_on: dt.date
    kg: Positive
    """What was promised of it [kg]."""
    legs: Annotated[tuple[Leg, ...], Field(min_length=1)]
    value_vnd: float = 0.0
    """Its worth as it was offered [VND]."""

    @property
    def order_id(self) -> str:
        """Of its order."""
        return self.order.id


class OrderCancelled(Record):
    """A buyer does not want it any more; what was picked for it already is not planned anew."""

    kind: Literal["order_cancelled"] = "order_cancelled"
    order_id: Id


class DepartureCancelled(Record):
    """A truck, train or flight does not leave on a day."""

    kind: Literal["departure_cancelled"] = "departure_cancelled"
    lane_id: Id
    on: dt.date
    """Local date of the departure at the lane's origin."""


class LaneSlower(Record):
    """A lane takes longer, also for goods that are under way on it."""

    kind: Literal["lane_slower"] = "lane_slower"
    lane_id: Id
    added_h: Annotated[Positive, Field(le=8760)]
    """Hours added to each of its durations, a year's at most [h]."""


class PlaceClosed(Record):
    """A storm or a quarantine closes a place for a day: nothing is picked, packed or sent off there."""

    kind: Literal["place_closed"] = "place_closed"
    place_id: Id
    on: dt.date


class FieldChecked(Record):
    """A look at a batch on the tree: riper, greener or smaller than thought."""

    kind: Literal["field_checked"] = "field_checked"
    batch_id: Id
    seen_on: dt.date
    stage_id: Id | None = None
    """The stage seen, from which its age counts anew; none: the one known, aged since."""
    age_shift_d20: float | None = None
    """Correction of the age from now on [d20], as uncertain as the one before; none: as it was."""
    quantity_kg: NonNegative | None = None
    """What hangs there, with what is promised of it but not picked [kg]; none: as it was."""

    @model_validator(mode="after")
    def _says_something(self) -> FieldChecked:
        if self.stage_id is None and self.age_shift_d20 is None and self.quantity_kg is None:
            raise ValueError("a field check tells at least one of stage_id, age_shift_d20 and quantity_kg")
        return self


class GrowerAbsent(Record):
    """A household cannot pick for some days."""

    kind: Literal["grower_absent"] = "grower_absent"
    grower_id: Id
    from_on: dt.date
    until_on: dt.date
    """The last day of absence."""

    @model_validator(mode="after")
    def _dates(self) -> GrowerAbsent:
        if self.until_on < self.from_on:
            raise ValueError(f"until_on ({self.until_on}) lies before from_on ({self.from_on})")
        if (self.until_on - self.from_on).days > 366:
            raise ValueError(f"until_on ({self.until_on}) lies over a year after from_on ({self.from_on})")
        return self


class PickedLess(Record):
    """A trip brought in less than planned, or will; what is missing is taken not to hang there either."""

    kind: Literal["picked_less"] = "picked_less"
    batch_id: Id
    pick_on: dt.date
    kg: NonNegative
    """What was picked for orders [kg]."""


Event = Annotated[
    OrderPlaced
    | OrderPromised
    | OrderCancelled
    | DepartureCancelled
    | LaneSlower
    | PlaceClosed
    | FieldChecked
    | GrowerAbsent
    | PickedLess,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[tuple[Event, ...]] = TypeAdapter(tuple[Event, ...])
"""Reads events from records or plain mappings."""

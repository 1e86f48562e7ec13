"""What can be promised to a buyer, and what was: offers, what they take, and reservations."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Leg, Refusal
from harvest_planner.schema.quantities import Id, Instant, NonNegative, Positive, Record, Share

ReservationState = Literal["held", "confirmed", "cancelled", "expired"]
LIVE_STATES = ("held", "confirmed")
"""States in which a reservation takes capacity."""
Units = Annotated[int, Field(ge=0)]
"""Whole milligrams, or whole trips where the resource counts trips: a ledger adds no floats."""
MG_PER_KG = 1_000_000


class Stock(Record):
    """One capacity that promises may take from."""

    resource: Id
    """`batch:<batch_id>`, `picker:<grower_id>:<day>`, `packing:<place_id>:<day>`, `departure:<lane_id>:<instant>`,
    `trips:<batch_id>`, `rest:<batch_id>:<day>`."""
    limit: Units
    """What promises may take of it together [mg, or trips]."""


class Take(Record):
    """What one promise takes of one resource."""

    resource: Id
    amount: Units
    """How much [mg, or trips]."""
    shared_by: Id | None = None
    """Takes of one resource that share this name count once, with the largest of their amounts: two parcels on one new
    trip open it once. None: it counts by itself."""


class Offer(Record):
    """One way in which an order can be promised; it takes nothing until it is reserved."""

    id: Id
    """The same for the same offer of the same plan."""
    order: Order
    batch_id: Id
    grower_id: Id
    pick_on: dt.date
    pick_from_at: Instant
    pick_until_at: Instant
    kg: Positive
    """What is offered [kg]; less than asked only where the order may be split."""
    legs: tuple[Leg, ...]
    deliver_from_at: Instant
    """Delivered between this instant and the next with probability 0.9, local to the destination; not before the
    order's own deliver_from_at."""
    deliver_p50_at: Instant
    deliver_until_at: Instant
    eat_from_on: dt.date
    eat_until_on: dt.date
    """Days between which the mean fruit is good to eat."""
    good_share: Share
    parcel_good_share: Share
    on_time_share: Share
    price_floor_vnd_per_kg: NonNegative
    """A price below does not pay for what the offer uses up, at the plan's prices [VND/kg]."""
    gain_vnd: float
    """What it adds to the plan at the order's own price: its worth less what it uses up [VND]."""
    value_vnd: float
    """Its worth alone: price·q − failure·(1−q) − transport, less the review cost [VND]."""
    new_trip: bool
    """Whether it needs a trip that the plan does not make; the floor then carries its whole fee."""
    order_by_at: Instant
    """The last instant at which the pick can still be told: it begins `policy.freeze_h` later."""
    expires_at: Instant
    """Until when the offer can be reserved."""
    version: Annotated[int, Field(ge=1)]
    """Of the ledger's book that it was reckoned on; a newer plan outdates it."""
    takes: tuple[Take, ...]


class Quote(Record):
    """The answer to an inquiry: offers, best first, or why there are none."""

    offers: tuple[Offer, ...] = ()
    refusal: Refusal | None = None
    """Where there is no offer: the reasons, and the nearest wish that works."""


class Reservation(Record):
    """An offer that a buyer took, and what became of it."""

    id: Id
    key: Id | None = None
    """The client's own name for the request; asked again, it is answered by the same reservation."""
    offer: Offer
    takes: tuple[Take, ...]
    """What it takes now; a re-plan may have moved it."""
    state: ReservationState
    reserved_at: Instant
    expires_at: Instant
    """A held one is freed from then on; a confirmed one does not expire."""

    @property
    def live(self) -> bool:
        """Whether it takes capacity."""
        return self.state in LIVE_STATES

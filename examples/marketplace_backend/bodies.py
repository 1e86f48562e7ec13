"""Bodies of the API that are not the library's own records."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

import harvest_planner as hp
from examples.marketplace_backend.clock import LOCAL
from harvest_planner.schema.events import Event

Text = Annotated[str, Field(min_length=1, max_length=200)]
Moment = Annotated[dt.datetime, Field(description="An instant with its offset, between 1900 and 2999")]


class Body(BaseModel):
    """What is sent is closed; field docstrings reach the OpenAPI document."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class Orders(Body):
    """Orders as the library's records."""

    orders: Annotated[tuple[hp.Order, ...], Field(min_length=1, max_length=20_000)]


class Stored(Body):
    """What became of orders that were sent."""

    new: int
    changed: int
    unchanged: int


class ImportFault(Body):
    """A line of an export that kept an order out."""

    line: int
    field: str
    expected: str


class Imported(Stored):
    """What became of an export."""

    skipped: int
    """Lines that need nothing: told twice, not paid, sent, or cancelled."""
    faults: list[ImportFault]


class Offered(Body):
    """An offer, and the token that reserves it."""

    token: str
    offer: hp.Offer


class Quoted(Body):
    """Offers, best first, or the reasons why there is none."""

    offers: list[Offered]
    refusal: hp.Refusal | None
    sentences: list[str]
    """The refusal in words, in the language asked for."""


class QuoteRequest(Body):
    """An inquiry."""

    order: hp.Order
    limit: Annotated[int, Field(ge=1, le=10)] = 3


class ReserveRequest(Body):
    """Take an offer for a while."""

    token: Annotated[str, Field(min_length=1, max_length=20_000)]
    """As the quote gave it."""
    hold_min: Annotated[float, Field(gt=0, le=1440)] = 15.0
    """How long it waits for its confirmation; the service's own limit may be lower [min]."""


class ReservationState(Body):
    """A reservation."""

    id: str
    order_id: str
    kg: float
    state: Literal["held", "confirmed", "cancelled", "expired"]
    reserved_at: dt.datetime
    expires_at: dt.datetime
    offer: hp.Offer

    @classmethod
    def of(cls, found: hp.Reservation) -> ReservationState:
        """The reservation as callers see it."""
        return cls(
            id=found.id,
            order_id=found.offer.order.id,
            kg=found.offer.kg,
            state=found.state,
            reserved_at=found.reserved_at.astimezone(LOCAL),
            expires_at=found.expires_at.astimezone(LOCAL),
            offer=found.offer,
        )


class PlanRequest(Body):
    """Plan all orders afresh."""

    as_of: Moment | None = None
    """The moment to plan at, not after the service's clock; none: that."""


class ReplanRequest(Body):
    """Plan again after what happened, with as little changed as can be."""

    events: Annotated[tuple[Event, ...], Field(max_length=1000)] = ()
    take_new_orders: bool = True
    """Whether orders imported and reservations confirmed since the plan are events too."""
    as_of: Moment | None = None


class WhatIfRequest(Body):
    """What more of a scarce thing would bring."""

    resource: Text
    """`picker:<grower_id>`, `packing:<place_id>`, `departure:<lane_id>` or `batch:<batch_id>`"""
    amount: Annotated[float, Field(gt=0, le=1e9)]
    """How much more [kg]."""


class JobState(Body):
    """Work in the background."""

    id: int
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    """Why it failed: a problem document."""


class Why(Body):
    """Why an order is served or refused as it is."""

    order_id: str
    sentence: str
    data: dict[str, Any]


class KeyRequest(Body):
    """A new key."""

    role: Literal["marketplace", "cooperative", "grower"]
    grower_id: Text | None = None
    """For the role `grower`, and only for it."""


class Credential(Body):
    """A new key or feed; `secret` is shown this once."""

    id: str
    secret: str
    path: str | None = None
    """Of a feed: where the sheet and the calendar stand."""


class PlanSummary(Body):
    """A plan in a few numbers."""

    plan_id: int
    version: int
    as_of: dt.datetime
    status: str
    value_vnd: float
    gap: float
    shipments: int
    refusals: int
    picks: int

"""What a marketplace calls: orders in, quotes, reservations, what became of an order."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request

import harvest_planner as hp
from examples.marketplace_backend import bodies, imports, offers, plans
from examples.marketplace_backend.auth import Marketplace
from examples.marketplace_backend.clock import now
from examples.marketplace_backend.language import Language, Tongue, chosen
from examples.marketplace_backend.problem_documents import documented
from examples.marketplace_backend.settings import settings

router = APIRouter(prefix="/v1", tags=["marketplace"])
ReservationId = Annotated[str, Path(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]
OrderId = Annotated[str, Path(min_length=1, max_length=200)]
IdempotencyKey = Annotated[str | None, Header(min_length=8, max_length=100, pattern="^[A-Za-z0-9_-]+$")]
REFUSED = documented("unauthorized", "forbidden", "invalid")
NOT_RESERVED = documented(
    "not-planned", "sold-out", "plan-changed", "key-reused", "order-reserved", "offer-expired", "too-large"
)


@router.post("/orders", responses=REFUSED | documented("conflict", "too-large"))
def store_orders(who: Marketplace, sent: bodies.Orders) -> bodies.Stored:
    """Store orders in the library's form, all or none; an order told again replaces what was told before."""
    return bodies.Stored(**plans.keep_orders(sent.orders))


@router.post(
    "/orders/exports",
    responses=REFUSED | documented("conflict", "too-large"),
    openapi_extra={"requestBody": imports.REQUEST_BODY},
)
async def import_export(who: Marketplace, request: Request) -> bodies.Imported:
    """Import a seller centre's export (CSV, XLSX, JSON) as it stands; who gets the orders is read over and not kept."""
    return await imports.imported(request)


@router.post("/quotes", responses=REFUSED | documented("not-planned", "too-large"))
def quote(who: Marketplace, sent: bodies.QuoteRequest, language: Language = None) -> bodies.Quoted:
    """What could be promised for an order, best first, or why nothing can; takes nothing."""
    current = plans.published()
    found = current.quote(sent.order, limit=sent.limit)
    return bodies.Quoted(
        offers=[bodies.Offered(token=offers.sealed(offer), offer=offer) for offer in found.offers],
        refusal=found.refusal,
        sentences=told(found.refusal, current.problem, sent.order, chosen(language)),
    )


def told(refusal: hp.Refusal | None, problem: hp.PlanningProblem, order: hp.Order, language: Tongue) -> list[str]:
    """A quote's refusal in sentences; none where there is none."""
    if refusal is None:
        return []
    return list(hp.describe_refusal(refusal, problem, order=order, language=language))


@router.post(
    "/reservations",
    status_code=201,
    responses=REFUSED
    | documented(
        "not-planned", "sold-out", "plan-changed", "key-reused", "order-reserved", "offer-expired", "too-large"
    ),
)
def reserve(
    who: Marketplace, sent: bodies.ReserveRequest, idempotency_key: IdempotencyKey = None
) -> bodies.ReservationState:
    """Take an offer for a while; the same Idempotency-Key again is answered by the same reservation."""
    offer = offers.opened(sent.token)
    minutes = min(sent.hold_min, settings().longest_hold_min)
    key = f"{who.key_id}:{idempotency_key}" if idempotency_key else None
    held = plans.published().promiser.reserve(offer, ttl=dt.timedelta(minutes=minutes), key=key)
    return bodies.ReservationState.of(held)


@router.get("/reservations/{reservation_id}", responses=REFUSED | documented("not-found"))
def read_reservation(who: Marketplace, reservation_id: ReservationId) -> bodies.ReservationState:
    """A reservation as it is now."""
    return bodies.ReservationState.of(plans.ledger().reservation(reservation_id))


@router.post("/reservations/{reservation_id}/confirm", responses=REFUSED | documented("not-found", "reservation-over"))
def confirm(who: Marketplace, reservation_id: ReservationId) -> bodies.ReservationState:
    """Make a hold a promise; the next plan ships its order."""
    return bodies.ReservationState.of(plans.ledger().confirm(reservation_id, now=now()))


@router.post("/reservations/{reservation_id}/cancel", responses=REFUSED | documented("not-found"))
def cancel(who: Marketplace, reservation_id: ReservationId) -> bodies.ReservationState:
    """Free what a reservation takes; again changes nothing."""
    return bodies.ReservationState.of(plans.ledger().cancel(reservation_id, now=now()))


@router.get("/orders/{order_id}/why", responses=REFUSED | documented("not-found", "not-planned"))
def why(who: Marketplace, order_id: OrderId, language: Language = None) -> bodies.Why:
    """Why the plan serves or refuses an order as it does."""
    current = plans.published()
    found = hp.explain(current.plan, current.problem, order_id, language=chosen(language))
    return bodies.Why(order_id=found.order_id, sentence=found.sentence, data=found.data)


@router.get("/orders/{order_id}/shipments", responses=REFUSED | documented("not-found", "not-planned"))
def shipments(who: Marketplace, order_id: OrderId) -> list[hp.Shipment]:
    """How an order is shipped by the plan; empty: it is refused, and `why` says why."""
    current = plans.published()
    current.problem.order(order_id)
    return [one for one in current.plan.shipments if one.order_id == order_id]


@router.get("/refusals", responses=REFUSED | documented("not-planned"))
def refusals(
    who: Marketplace,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[hp.Refusal]:
    """What the plan refuses, with reasons, by order id; `after` the last id of the page before."""
    rows = sorted(plans.published().plan.refusals, key=lambda one: one.order_id)
    return [row for row in rows if row.order_id > after][:limit]

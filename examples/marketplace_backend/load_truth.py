"""What must agree after the load: the ledger with its limits, with what clients were told, and with the plan."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

import harvest_planner as hp
from examples.marketplace_backend import plans
from examples.marketplace_backend.database import transaction
from examples.marketplace_backend.ledger.amounts import added
from examples.marketplace_backend.load_clients import Totals
from examples.marketplace_backend.tables import StockRow

KG_EPSILON = 1e-6


def disagreements(totals: Totals) -> list[str]:
    """All that disagrees, in sentences; none is what must be."""
    promised = plans.ledger().reservations()
    plans.forget()
    current = plans.published()
    return [
        *totals.undocumented,
        *_oversold(promised),
        *_lost(totals, promised),
        *_not_planned(promised, current.plan),
        *(f"check_plan: {one.message}" for one in hp.check_plan(current.plan, current.problem)),
    ]


def _oversold(promised: tuple[hp.Reservation, ...]) -> Iterator[str]:
    """Summed from the reservations themselves, not from the ledger's own running sums."""
    taken = added([take for one in promised for take in one.takes], {})
    with transaction() as session:
        stock = {row.resource: row for row in session.execute(select(StockRow)).scalars()}
    for resource, row in stock.items():
        amount = taken.get(resource, 0)
        if amount > row.most:
            yield f"oversold: {resource} by {amount - row.most}"
        if amount != row.taken:
            yield f"the running sum of {resource} is {row.taken}, reservations take {amount}"


def _lost(totals: Totals, promised: tuple[hp.Reservation, ...]) -> Iterator[str]:
    now = {one.id: one for one in promised}
    for reservation_id, order_id in totals.confirmed.items():
        found = now.get(reservation_id)
        if found is None or found.state != "confirmed":
            yield f"lost: the confirmed reservation of order {order_id}"
    for reservation_id in totals.freed & now.keys():
        yield f"cancelled, and alive again: {reservation_id}"
    unasked = {one.id for one in promised if one.state == "confirmed"} - totals.confirmed.keys()
    yield from (f"confirmed without being asked: {one}" for one in unasked)


def _not_planned(promised: tuple[hp.Reservation, ...], plan: hp.HarvestPlan) -> Iterator[str]:
    shipped: dict[tuple[str, str], float] = {}
    for row in plan.shipments:
        shipped[row.order_id, row.batch_id] = shipped.get((row.order_id, row.batch_id), 0.0) + row.kg
    for one in promised:
        offer = one.offer
        kg = shipped.get((offer.order.id, offer.batch_id), 0.0)
        if one.state == "confirmed" and kg < offer.kg - KG_EPSILON:
            yield f"order {offer.order.id}: {offer.kg:g} kg are promised from {offer.batch_id}, the plan ships {kg:g}"

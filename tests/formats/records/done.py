"""A log of the small orchard in which the first lot was picked, packed and sent."""

from __future__ import annotations

from typing import Any

import harvest_planner as hp
from tests.formats.orchard import orchard, plan

LOT, OTHER = "260811-b17", "260814-b18"
CONTACT = hp.Contact(
    order_id="o1",
    name="Trần Thị Bưởi",
    phone="0912345678",
    address="12 Lê Lợi, Cà Mau",
    marketplace="Vỏ Sò",
    marketplace_order="VS-1",
    parcel_no="VOSO77",
)
SECRETS = ("Trần Thị Bưởi", "0912345678", "12 Lê Lợi", "VOSO77")
PICKED: dict[str, Any] = {
    "picked_from_at": "2026-08-11T05:10+07:00",
    "picked_until_at": "2026-08-11T08:40+07:00",
    "actual_kg": 44.5,
    "packed_at": "2026-08-11T09:15+07:00",
    "handed_over_at": "2026-08-11T12:00+07:00",
    "received_at": "2026-08-13T08:20+07:00",
}


def fresh(**changes: Any) -> hp.HarvestLog:
    """The log of the orchard's plan, nothing entered."""
    return hp.harvest_log(plan(**changes), orchard(), contacts=[CONTACT])


def done(**actuals: Any) -> hp.HarvestLog:
    """The log with the first lot picked, packed, sent and received."""
    return hp.enter_actuals(fresh(), LOT, **{**PICKED, **actuals})


def row_of(log: hp.HarvestLog, lot_code: str, order_id: str | None) -> hp.HarvestRow:
    """The only row of a lot for an order."""
    (found,) = [row for row in log.rows if (row.lot_code, row.order_id) == (lot_code, order_id)]
    return found

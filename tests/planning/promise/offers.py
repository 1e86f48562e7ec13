"""Offers made by hand, for tests of the ledger alone."""

from __future__ import annotations

import datetime as dt

import harvest_planner as hp
from harvest_planner.planning.promise.ledger import Book
from harvest_planner.schema.promises import Offer, Stock, Take

HANOI = dt.timezone(dt.timedelta(hours=7))
NOW = dt.datetime(2026, 8, 10, 4, tzinfo=HANOI)
LATER = NOW + dt.timedelta(minutes=15)


def book(limits: dict[str, int], name: str = "p1", *, moved: dict[str, tuple[Take, ...]] | None = None) -> Book:
    """A book of resources by their limits."""
    return Book(name, NOW, tuple(Stock(resource=key, limit=limit) for key, limit in limits.items()), moved or {})


def offer(*takes: Take, name: str = "offer", version: int = 1) -> Offer:
    """An offer that takes what is said; everything else of it is made up."""
    order = hp.Order(
        id=f"order-{name}",
        crop_id="na-chi-lang",
        quantity_kg=5,
        destination_id="ha-noi",
        deliver_until_at=NOW + dt.timedelta(days=4),
        price_vnd_per_kg=60_000,
    )
    return Offer(
        id=name,
        order=order,
        batch_id="b1",
        grower_id="g1",
        pick_on=NOW.date(),
        pick_from_at=NOW,
        pick_until_at=NOW,
        kg=5,
        legs=(),
        deliver_from_at=NOW,
        deliver_p50_at=NOW,
        deliver_until_at=NOW,
        eat_from_on=NOW.date(),
        eat_until_on=NOW.date(),
        good_share=0.8,
        parcel_good_share=0.9,
        on_time_share=0.95,
        price_floor_vnd_per_kg=30_000,
        gain_vnd=100_000,
        value_vnd=200_000,
        new_trip=False,
        order_by_at=NOW,
        expires_at=LATER,
        version=version,
        takes=takes,
    )


def take(resource: str, amount: int, shared_by: str | None = None) -> Take:
    """A take, in short."""
    return Take(resource=resource, amount=amount, shared_by=shared_by)

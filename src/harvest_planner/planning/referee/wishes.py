"""What orders ask: one wish for all orders that ask the same, and little else kept of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from harvest_planner.schema.crop import Crop
from harvest_planner.schema.goods import Order

PLANNED = ("reserved", "firm")


@dataclass(frozen=True, eq=False)
class Wish:
    """What an order asks, but for its kilograms and its price: one object for all orders that ask the same."""

    crop_id: str
    destination_id: str
    deliver_until_at: dt.datetime
    deliver_from_at: dt.datetime | None
    due_at: dt.datetime | None
    ripe_within_days: tuple[float, float]
    keeps_days: float
    room_degc: float | None
    accepts_share: float
    grade: str | None
    certifications: tuple[str, ...]
    may_split: bool
    state: str

    @property
    def planned(self) -> bool:
        """Whether a plan answers such orders."""
        return self.state in PLANNED


@dataclass(frozen=True, eq=False, slots=True)
class Wanted:
    """One order: its wish, and what is its own."""

    id: str
    wish: Wish
    quantity_kg: float
    price_vnd_per_kg: float
    loss_vnd_per_kg: float
    fruit: int
    """How many fruit its parcel has when it is whole."""
    missed_at: dt.datetime | None
    """When it had to be confirmed by, where that has passed."""

    @property
    def deliver_until_at(self) -> dt.datetime:
        """Its deadline."""
        return self.wish.deliver_until_at


def read_orders(orders: Iterable[Order], *, as_of: dt.datetime, crop: Callable[[str], Crop]) -> dict[str, Wanted]:
    """Every order by its id; the records are read once, in turn, and none is kept."""
    wishes: dict[tuple[object, ...], Wish] = {}
    per_kg: dict[str, float] = {}
    names = [field.name for field in fields(Wish)]
    found = {}
    for order in orders:
        asked = tuple([getattr(order, name) for name in names])
        wish = wishes.get(asked)
        if wish is None:
            wish = wishes[asked] = Wish(*asked)
            per_kg.setdefault(wish.crop_id, crop(wish.crop_id).fruit_per_kg or 1.0)
        confirm_by = order.confirm_by_at
        found[order.id] = Wanted(
            order.id, wish, order.quantity_kg, order.price_vnd_per_kg, order.loss_vnd_per_kg,
            max(1, round(order.quantity_kg * per_kg[wish.crop_id])),
            confirm_by if confirm_by is not None and confirm_by < as_of else None,
        )  # fmt: skip
    return found

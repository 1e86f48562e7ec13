"""What an export was read into: orders for the problem, contacts beside it, and what could not be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from harvest_planner.errors import Fault
from harvest_planner.schema.goods import Order
from harvest_planner.schema.quantities import Positive, Record

SkipReason = Literal["duplicate", "inquiry", "shipped", "cancelled"]
CM3_PER_KG = 6000.0
"""Light goods: more than 6,000 cm³ a kg are charged by volume (VNPost; vnpost.vn 183)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who gets an order: kept in a file of its own, never in the problem, and not shown."""

    order_id: str
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    marketplace: str = ""
    marketplace_order: str
    parcel_no: str = field(default="", repr=False)


class Parcel(Record):
    """What the carrier charges for an order's parcel."""

    marketplace_order: str
    kg: Positive
    """What it weighs, or what it holds where no weight is given [kg]."""
    chargeable_kg: Positive
    """The larger of its weight and its volume at 6,000 cm³/kg [kg]."""


class Skipped(Record):
    """A line that needs nothing: told twice, not paid, sent, or cancelled."""

    marketplace_order: str
    reason: SkipReason
    file: str
    line: int
    """Its line; 0 for a document without lines."""


class Unresolved(Record):
    """A name that a person has to resolve, once for all orders that hold it."""

    kind: Literal["product", "place", "state", "grade"]
    value: str
    """As it stands in the export."""
    expected: str
    candidates: tuple[str, ...] = ()
    marketplace_orders: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class ImportedOrders:
    """The answer of `import_orders`."""

    orders: tuple[Order, ...]
    """Sound orders, whole baskets only; they hold no personal data."""
    contacts: tuple[Contact, ...]
    """One for each of the orders, in their order."""
    parcels: tuple[Parcel, ...]
    """Orders whose export states a box or a parcel's weight."""
    skipped: tuple[Skipped, ...]
    unresolved: tuple[Unresolved, ...]
    faults: tuple[Fault, ...]
    """Everything that kept an order out, with file, line, field and value; the unresolved among them."""
    assumed: tuple[tuple[str, int], ...]
    """Assumptions of the map that were used, and for how many orders."""

    def __repr__(self) -> str:
        return (
            f"ImportedOrders({len(self.orders)} orders, {len(self.skipped)} skipped, "
            f"{len(self.unresolved)} unresolved, {len(self.faults)} faults)"
        )


def chargeable_kg(weight_kg: float, *, length_cm: float, width_cm: float, height_cm: float) -> float:
    """What a carrier charges for a box: the larger of its weight and its volume at 6,000 cm³/kg [kg].

    Examples
    --------
    >>> chargeable_kg(5.0, length_cm=40, width_cm=30, height_cm=30)
    6.0
    """
    return max(weight_kg, length_cm * width_cm * height_cm / CM3_PER_KG)

"""What a map of columns may say: its tables as records."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from harvest_planner.catalogue import fold, nearest
from harvest_planner.schema.clock import zone
from harvest_planner.schema.quantities import Id, Positive, Record, Texts

MAP_FORMAT = "harvest-planner/orders-map/1"
FIELDS = (
    *("order", "marketplace", "state", "placed_at", "confirm_by_at", "ship_by_at", "deliver_from_at"),
    *("deliver_until_at", "product", "variation", "grade", "quantity", "unit", "line_kg", "line_g", "unit_kg"),
    *("unit_g", "parcel_kg", "parcel_g", "length_cm", "width_cm", "height_cm", "unit_price_vnd", "line_total_vnd"),
    *("order_total_vnd", "name", "phone", "address", "ward", "district", "province", "parcel_no"),
)
"""Whatever a column may hold that an order is made of."""
State = Literal["inquiry", "reserved", "firm", "shipped", "cancelled"]
KgSource = Literal["product", "line", "unit", "pack", "unit_weight", "parcel"]
PriceSource = Literal["line_total", "unit_price", "order_total"]


def _product(value: Any) -> Any:
    return {"crop": value} if isinstance(value, str) else value


class Product(Record):
    """What a product's name stands for."""

    crop: Id
    grade: str | None = None
    """Grade that the order asks for; none: what its words say."""
    kg_each: Positive | None = None
    """Net weight of one piece sold [kg]."""


class Marketplace(Record):
    """How one marketplace's exports are told apart, and its rules."""

    files: Texts = ()
    """Words of a file's name."""
    headings: Texts = ()
    """Headings that only its exports have."""
    numbers: Texts = ()
    """How its order or parcel numbers begin."""
    confirm_within_h: Positive | None = None
    """It cancels an order that is not confirmed within this time after it was placed [h]."""
    id_prefix: str = ""
    """Put before its order numbers, where two marketplaces number alike."""


class Quantity(Record):
    """Where the kilograms of a line come from."""

    sources: tuple[KgSource, ...] = Field(alias="from")
    most_kg: Positive
    """A line above this is asked about [kg]."""
    containers: Texts = ()
    """Words for what is packed: "2 túi 1kg" are 2 kg."""


class Price(Record):
    """Where the price of a line comes from."""

    sources: tuple[PriceSource, ...] = Field(alias="from")


class Assumptions(Record):
    """What an export does not state."""

    state: State
    deliver_within_days: Positive
    """Deadline after the order was placed [d]."""
    after_ship_by_days: Positive
    """Deadline after the hand-over to the carrier [d]."""
    placed_clock: dt.time
    deliver_until_clock: dt.time
    deliver_from_clock: dt.time


class NotFresh(Record):
    """Words that say that a product is not the fresh produce."""

    words: Texts = ()


class Json(Record):
    """Where a JSON document keeps orders and items."""

    orders: Texts
    items: Texts


class MapFile(Record):
    """A whole map of columns."""

    format: Literal["harvest-planner/orders-map/1"]
    timezone: str
    """Of instants without an offset."""
    decimal_mark: Literal[",", ".", "ask"]
    """How a lone mark before three digits of a weight is meant."""
    brackets: Texts
    footers: Texts
    others: Texts
    fields: dict[str, Texts]
    """Field → headings."""
    json_paths: Json = Field(alias="json")
    quantity: Quantity
    price: Price
    assumptions: Assumptions
    states: dict[State, Texts]
    products: dict[str, Annotated[Product, BeforeValidator(_product)]]
    not_fresh: NotFresh
    grades: dict[str, Texts]
    places: dict[str, Id]
    marketplaces: dict[str, Marketplace]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, value: dict[str, Texts]) -> dict[str, Texts]:
        for name in value:
            if name not in FIELDS:
                near = nearest(name, FIELDS, 1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; the fields are {', '.join(FIELDS)}"
                raise ValueError(f"an order has no field {name!r}{hint}")
        return value

    @model_validator(mode="after")
    def _names_that_say_something(self) -> MapFile:
        for table, names in (("products", self.products), ("places", self.places)):
            blank = [name for name in names if not fold(name)]
            if blank:
                raise ValueError(f"{table} holds the name {blank[0]!r}, which has neither letter nor digit")
        return self

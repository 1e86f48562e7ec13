"""The question: everything a plan depends on, checked once for cross-references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Annotated, Any, Literal, Self, TypeVar, cast

from pydantic import field_validator, model_validator

from harvest_planner import catalogue
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError
from harvest_planner.schema.by_id import ById, by_id, records_of
from harvest_planner.schema.crop import Crop, merged
from harvest_planner.schema.frames import Rows, table_or_rows
from harvest_planner.schema.goods import Batch, Commitment, Order
from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.schema.people import Grower, Place
from harvest_planner.schema.policy import Policy
from harvest_planner.schema.quantities import Instant, Record
from harvest_planner.schema.record_table import OrTable, RecordTable
from harvest_planner.schema.references import cross_faults

PROBLEM_FORMAT = "harvest-planner/problem/1"
TABLES: dict[str, type[Record]] = {
    "orders": Order,
    "batches": Batch,
    "growers": Grower,
    "places": Place,
    "lanes": Lane,
    "embargoes": Embargo,
    "commitments": Commitment,
    "crops": Crop,
}
"""The problem's tables and their records."""
_LOOKUPS = {f"_{name}": {name} for name in ("crops", "places", "growers", "batches", "orders", "lanes")} | {
    "_lane_ends": {"lanes", "places"}
}
"""What a problem looks up in, with the tables it is made of."""
_T = TypeVar("_T")


class PlanningProblem(Record):
    """Orders, batches, people, transport and policy at one moment; the input of `plan_harvest`.

    Records refer to each other by id. What the problem does not hold itself (crops, places, lanes, embargoes)
    comes from the catalogue.
    """

    format: Literal["harvest-planner/problem/1"] = "harvest-planner/problem/1"
    as_of: Instant
    """The moment of planning; nothing reads the machine's clock."""
    policy: Policy = Policy()
    crops: tuple[Crop, ...] = ()
    places: tuple[Place, ...] = ()
    growers: tuple[Grower, ...] = ()
    batches: tuple[Batch, ...] = ()
    orders: Annotated[tuple[Order, ...], OrTable] = ()
    """A tuple, or a table of records that reads like one where a data frame was handed in."""
    lanes: tuple[Lane, ...] = ()
    """Services; none given: the catalogue's estimates."""
    embargoes: tuple[Embargo, ...] = ()
    """Refusals of carriers; none given: the catalogue's."""
    commitments: Annotated[tuple[Commitment, ...], OrTable] = ()

    @classmethod
    def from_frames(cls, **given: Any) -> Self:
        """A problem whose tables may be data frames: a row for each record, a column for each field.

        Parameters
        ----------
        given : the fields of a problem by name (as_of, policy, crops, places, growers, batches, orders, lanes,
            embargoes, commitments). Each table is a data frame that narwhals reads (pandas, polars, Arrow …), or
            rows as ever. A missing value leaves its field at the default; several values in one cell are parted by |.

        Raises
        ------
        pydantic.ValidationError : what the records refuse, with the same messages; its places name table, row from 0 on
            and field.
        MissingExtraError : a data frame was given and narwhals is not installed (extra `frames`).

        Examples
        --------
        >>> PlanningProblem.from_frames(as_of="2026-08-10T04:00:00+07:00", growers=[{"id": "g1"}]).growers[0].id
        'g1'
        """
        rows = {name: table_or_rows(given[name], model) for name, model in TABLES.items() if name in given}
        kept = {name: table if name == "orders" else tuple(table) for name, table in rows.items()}
        return cls.model_validate({**given, **kept})

    def with_frames(self, **tables: Rows | None) -> Self:
        """The problem with some tables replaced by data frames or rows, checked anew; None leaves a table as it is."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).from_frames(**fields | {name: table for name, table in tables.items() if table is not None})

    @field_validator("crops", mode="before")
    @classmethod
    def _crops_like_each_other(cls, given: Any) -> Any:
        return resolve_likeness(given)

    @field_validator("orders")
    @classmethod
    def _of_orders(cls, value: Sequence[Order]) -> Sequence[Order]:
        if isinstance(value, RecordTable) and value.model is not Order:
            raise ValueError(f"a table of {value.model.__name__}, where orders are expected")
        return value

    @model_validator(mode="after")
    def _cross_references(self) -> PlanningProblem:
        faults = cross_faults(self)
        if faults:
            raise ValueError("\n".join(str(fault) for fault in faults))
        return self

    @field_validator("batches")
    @classmethod
    def _each_cohort_a_batch(cls, value: tuple[Batch, ...]) -> tuple[Batch, ...]:
        return tuple(part for batch in value for part in batch.by_cohort())

    def crop(self, crop_id: str) -> Crop:
        """The crop of that id: the problem's own, else the catalogue's. Raises UnknownIdError."""
        found = self._crops.get(crop_id)
        return found if found is not None else catalogue_crop(crop_id)

    def place(self, place_id: str) -> Place:
        """The place of that id or name: the problem's own, else the catalogue's.

        A name that means a district is read at the grain of the lanes: where the problem's own lanes neither start nor
        end at the district, it is its province. An id is exact.

        Raises
        ------
        UnknownIdError : neither the problem nor the gazetteer knows it.
        AmbiguousPlaceError : the name means several places.
        """
        own = self._places.get(place_id)
        if own is not None:
            return own
        found = catalogue_place(place_id)
        if place_id != found.id and self.lanes and found.id not in self._lane_ends:
            found = catalogue_place(catalogue.province_id(found.id))
        return self._places.get(found.id, found)

    def grower(self, grower_id: str) -> Grower:
        """The grower of that id. Raises UnknownIdError."""
        return _look("grower", self._growers, grower_id)

    def batch(self, batch_id: str) -> Batch:
        """The batch of that id. Raises UnknownIdError."""
        return _look("batch", self._batches, batch_id)

    def order(self, order_id: str) -> Order:
        """The order of that id. Raises UnknownIdError."""
        return _look("order", self._orders, order_id)

    def rows(self, table: str) -> Mapping[str, Any]:
        """The problem's own rows of a table, by id."""
        found: Mapping[str, Any] = getattr(self, f"_{table}")
        return found

    def holding(self, table: str, rows: Mapping[str, Any]) -> Self:
        """A copy with a table replaced by rows that are by id already, unchecked as `model_copy`."""
        copied = self.model_copy(update={table: records_of(rows)})
        copied.__dict__[f"_{table}"] = rows
        return copied

    def order_fields(self, order_ids: Iterable[str], *names: str) -> Iterator[tuple[Any, ...]]:
        """Two fields or more of each of those orders; where orders are kept by columns no record is made."""
        orders: Sequence[Order] = self.orders
        if not isinstance(orders, RecordTable):
            return map(attrgetter(*names), map(self._orders.__getitem__, order_ids))
        columns = [orders.column(name) for name in names]
        places = map(cast("ById[Order]", self._orders).place_of, order_ids)
        return (tuple([column.values[column.codes[at]] for column in columns]) for at in places)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some tables replaced, unchecked as ever; it looks in its own tables, not in those copied from."""
        copied = super().model_copy(update=update, deep=deep)
        for name, tables in _LOOKUPS.items():
            if deep or not tables.isdisjoint(update or ()):
                copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def _crops(self) -> dict[str, Crop]:
        return {crop.id: crop for crop in self.crops}

    @cached_property
    def _places(self) -> dict[str, Place]:
        return {place.id: place for place in self.places}

    @cached_property
    def _lane_ends(self) -> frozenset[str]:
        """Ids of the places at which the problem's lanes start or end."""
        ends = {end for lane in self.lanes for end in (lane.origin_id, lane.destination_id)}
        return frozenset(end if end in self._places else _catalogue_id(end) or end for end in ends)

    @cached_property
    def _growers(self) -> dict[str, Grower]:
        return {grower.id: grower for grower in self.growers}

    @cached_property
    def _batches(self) -> dict[str, Batch]:
        return {batch.id: batch for batch in self.batches}

    @cached_property
    def _lanes(self) -> dict[str, Lane]:
        return {lane.id: lane for lane in self.lanes}

    @cached_property
    def _orders(self) -> Mapping[str, Order]:
        return by_id(self.orders)


@lru_cache(maxsize=4096)
def catalogue_crop(crop_id: str) -> Crop:
    """The catalogue's crop of that id. Raises UnknownIdError with the nearest ids."""
    return Crop.model_validate(catalogue.crop_row(crop_id))


@lru_cache(maxsize=65536)
def catalogue_place(place_id: str) -> Place:
    """The catalogue's place of that id or name.

    Raises
    ------
    UnknownIdError : the gazetteer does not know it; carries the nearest ids.
    AmbiguousPlaceError : the name means several places.
    """
    return Place.model_validate(catalogue.place_row(place_id))


def _catalogue_id(name: str) -> str | None:
    """The id that a lane's end means; none for one that the check of references will report."""
    try:
        return catalogue.resolve_place(name)
    except AmbiguousPlaceError:
        return None


def resolve_likeness(given: Any) -> Any:
    """Rows of crops in which `like` may name another row of the same table, each made whole.

    Rows that are `Crop` records already, or `like` a catalogue crop, pass unchanged.
    """
    if not isinstance(given, (list, tuple)):
        return given
    rows = {row["id"]: row for row in given if isinstance(row, Mapping) and isinstance(row.get("id"), str)}
    lenders: dict[str, Mapping[str, Any]] = {}
    return tuple(_whole(row, rows, lenders) if isinstance(row, Mapping) else row for row in given)


def _whole(
    row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]], lenders: dict[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The row with what it takes from other rows of the table; `lenders` keeps those made whole already.

    The line of lenders is walked and not recursed into: thousands of kinds may each be like the one before.
    """
    line = {str(row.get("id")): row}
    last = row
    while (model := _lender(last, rows)) is not None and model not in lenders:
        if model in line:
            raise ValueError(f"crops are like each other in a circle: {' -> '.join((*line, model))}")
        last = line[model] = rows[model]
    for name in reversed(list(line)[1:]):
        lenders[name] = catalogue_like(_borrowed(line[name], rows, lenders))
    return _borrowed(row, rows, lenders)


def _lender(row: Mapping[str, Any], rows: Mapping[str, Any]) -> str | None:
    """The other row of the table that the row is `like`."""
    model = row.get("like")
    return model if isinstance(model, str) and model in rows and model != row.get("id") else None


def _borrowed(
    row: Mapping[str, Any], rows: Mapping[str, Any], lenders: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    model = _lender(row, rows)
    if model is None:
        return row
    return {field: value for field, value in merged(row, lenders[model]).items() if field != "like"}


def catalogue_like(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with what its `like` of the catalogue brings."""
    model = row.get("like")
    return merged(row, catalogue.crop_row(model)) if isinstance(model, str) and model in catalogue.crop_ids() else row


def _look(kind: str, table: Mapping[str, _T], key: str) -> _T:
    if key not in table:
        raise UnknownIdError(kind, key, catalogue.nearest(key, table))
    return table[key]

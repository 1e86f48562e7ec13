"""Tables from data frames: pandas, polars, Arrow or whatever narwhals reads become rows for the records to judge."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_origin

from pydantic import BaseModel

from harvest_planner.errors import MissingExtraError

Rows = Iterable[Any]
"""Records, mappings of fields, or a data frame with a row for each and a column for each field."""


def rows_of(table: Rows, model: type[BaseModel]) -> list[Any]:
    """The table's rows as the record's validator takes them; records and mappings pass as they are.

    A missing value (None, NaN, NaT, NA) leaves the field out, so that its default holds. A text in a field of several
    values is parted at |, as in a cell of a CSV file.

    Parameters
    ----------
    table : a data frame, or any rows.
    model : the record each row becomes.

    Raises
    ------
    MissingExtraError : a data frame was given and narwhals is not installed (extra `frames`).
    TypeError : it is neither a data frame nor rows.

    Examples
    --------
    >>> from harvest_planner.schema.goods import Order
    >>> rows_of([{"id": "o1"}], Order)
    [{'id': 'o1'}]
    """
    if isinstance(table, (list, tuple)):
        return list(table)
    if isinstance(table, (str, bytes, Mapping)):
        raise TypeError(f"{type(table).__name__} is no table; give a data frame, or a list of records or of mappings")
    if not _is_frame(table):
        return list(table)
    several = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is tuple}
    return [_row(row, several) for row in _named_rows(table)]


def _is_frame(table: Any) -> bool:
    """Whether it has columns: no list, generator or dictionary of rows does."""
    # Asked of the type: a lazy frame would have to be resolved to know its own columns.
    return any(hasattr(type(table), name) for name in ("columns", "column_names", "__arrow_c_stream__"))


def _named_rows(table: Any) -> Iterator[dict[str, Any]]:
    try:
        import narwhals
    except ImportError:
        raise MissingExtraError("narwhals", extra="frames", needed_for="a data frame of records") from None
    frame = narwhals.from_native(table, pass_through=False)
    if isinstance(frame, narwhals.LazyFrame):
        frame = frame.collect()
    yield from frame.iter_rows(named=True)


def _row(row: Mapping[str, Any], several: set[str]) -> dict[str, Any]:
    given = ((name, _plain(value)) for name, value in row.items())
    return {
        name: tuple(part.strip() for part in value.split("|")) if name in several and isinstance(value, str) else value
        for name, value in given
        if value is not None
    }


def _plain(value: Any) -> Any:
    """The value as Python has it; None for one that is missing."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and math.isnan(value)):
        return None
    for convert in ("to_pydatetime", "tolist"):
        if hasattr(value, convert):
            return getattr(value, convert)()
    return value

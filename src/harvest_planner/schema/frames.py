"""Tables from data frames: pandas, polars, Arrow or whatever narwhals reads become rows for the records to judge."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from harvest_planner.errors import MissingExtraError
from harvest_planner.schema.quantities import Record
from harvest_planner.schema.record_table import Column, RecordTable, field_adapter

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
    several = _several(model)
    return [_row(row, several) for row in _eager(table).iter_rows(named=True)]


def table_or_rows(table: Rows, model: type[Record]) -> RecordTable[Any] | list[Any]:
    """As `rows_of`; a sound data frame is judged by columns and becomes a table of records, with the same outcome.

    Each different value of a column is judged once by the rule of its field, and each different combination of the
    fields that the record judges together (`judged_together`) by the record itself. Where anything is amiss, the rows
    are handed back for the records to say what.
    """
    if isinstance(table, RecordTable) and table.model is model:
        return table
    if model.judged_together is None or not _is_frame(table) or isinstance(table, (str, bytes, Mapping)):
        return rows_of(table, model)
    frame = _eager(table)
    found = _judged(frame, model) if len(frame) else None
    return rows_of(frame.to_native(), model) if found is None else found


def _judged(frame: Any, model: type[Record]) -> RecordTable[Any] | None:
    """The table of a sound frame; None for one that the records must judge."""
    fields = model.model_fields
    required = {name for name, field in fields.items() if field.is_required()}
    names = list(frame.columns)
    if not required <= {*names} <= {*fields} or len({*names}) < len(names):
        return None
    several = _several(model)
    try:
        given = {name: _given(frame[name].to_list(), several=name in several) for name in names}
        columns = {name: _sound(model, name, column) for name, column in given.items()}
        same = array("i", bytes(4 * len(frame)))
        for name in fields:
            if name not in columns:
                columns[name] = Column([fields[name].get_default(call_default_factory=True)], same, missing=0)
        table = RecordTable(model, columns, names)
        for row in table.distinct(*(model.judged_together or ())):
            cells = ((name, column.values[column.codes[row]]) for name, column in given.items())
            model.model_validate({name: value for name, value in cells if value is not None})
    except (ValidationError, TypeError):  # a TypeError: a cell that holds a list or another thing without a hash
        return None
    return table


def _given(values: list[Any], *, several: bool) -> Column:
    """The column as the frame gives it, with None for every kind of missing value."""
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) < 2 and kinds <= {str, int, bool, float} and _plainly_told_apart(values, kinds):
        column = Column.of(values)
    else:
        column = Column.of([_plain(value) for value in values], _told_apart)
    if several:
        parts = [_parted(value) if isinstance(value, str) else value for value in column.values]
        return Column(parts, column.codes)
    return column


def _plainly_told_apart(values: list[Any], kinds: set[type]) -> bool:
    """Whether values of one kind are the same where they are equal."""
    return float not in kinds or not any(value == 0.0 or value != value for value in values)  # noqa: PLR0124 (NaN)


def _told_apart(value: Any) -> Any:
    """Values that are equal and yet not judged or shown alike: 1 and True, 0.0 and −0.0, an instant in two zones."""
    return (type(value), value) if isinstance(value, int) and value else (type(value), repr(value))


def _sound(model: type[Record], name: str, given: Column) -> Column:
    """The column as the record holds it. Raises ValidationError."""
    missing = next((code for code, value in enumerate(given.values) if value is None), -1)
    told = [value for value in given.values if value is not None]
    values = field_adapter(model, name).validate_python(told)
    if missing >= 0:
        field = model.model_fields[name]
        if field.is_required():
            raise TypeError(f"{name} must be given")
        values.insert(missing, field.get_default(call_default_factory=True))
    return Column(values, given.codes, missing)


def _several(model: type[BaseModel]) -> set[str]:
    """The fields that hold several values."""
    return {name for name, field in model.model_fields.items() if get_origin(field.annotation) is tuple}


def _parted(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


def _is_frame(table: Any) -> bool:
    """Whether it has columns: no list, generator or dictionary of rows does."""
    # Asked of the type: a lazy frame would have to be resolved to know its own columns.
    return any(hasattr(type(table), name) for name in ("columns", "column_names", "__arrow_c_stream__"))


def _eager(table: Any) -> Any:
    """The frame as narwhals has it, its rows at hand. Raises MissingExtraError."""
    try:
        import narwhals
    except ImportError:
        raise MissingExtraError("narwhals", extra="frames", needed_for="a data frame of records") from None
    frame = narwhals.from_native(table, pass_through=False)
    return frame.collect() if isinstance(frame, narwhals.LazyFrame) else frame


def _row(row: Mapping[str, Any], several: set[str]) -> dict[str, Any]:
    given = ((name, _plain(value)) for name, value in row.items())
    return {
        name: _parted(value) if name in several and isinstance(value, str) else value
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

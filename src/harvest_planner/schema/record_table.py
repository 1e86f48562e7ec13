"""Records kept by columns: a sequence of records that are made when they are asked for."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import Annotated, Any, Generic, TypeVar, cast, overload

from pydantic import ConfigDict, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from harvest_planner.schema.quantities import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """One field of all records: row i holds `values[codes[i]]`."""

    values: Sequence[Any]
    """As the records hold them; seldom, the same value stands twice."""
    codes: array[int]
    """32-bit whole numbers, one for each row."""
    missing: int = -1
    """The code of rows that did not give the field and have its default; −1: none."""

    @classmethod
    def of(cls, values: Iterable[Any], key: Callable[[Any], Hashable] | None = None) -> Column:
        """The column of those values; equal ones (equal keys, where a key is given) share the first of them."""
        kept = list(values)
        keys = kept if key is None else list(map(key, kept))
        seen = {each: code for code, each in enumerate(dict.fromkeys(keys))}
        codes = array("i", map(seen.__getitem__, keys))
        if key is None:
            return cls(list(seen), codes)
        first = dict(zip(reversed(codes), reversed(kept), strict=True))
        return cls([first[code] for code in range(len(seen))], codes)

    def __iter__(self) -> Iterator[Any]:
        return map(self.values.__getitem__, self.codes)


class RecordTable(Sequence[R], Generic[R]):
    """A sequence of frozen records that holds their fields by columns, and makes each record when it is asked for.

    To its reader it is a tuple of the records: it has the length, the items, slices, order, equality and hash of one.
    What works on many rows asks for a `column`.

    Parameters
    ----------
    model : the class of the records.
    columns : a column for each of its fields, all of one length.
    given : the fields that were handed in; the others hold their defaults.
    """

    __slots__ = ("_columns", "_given", "_length", "model")

    def __init__(self, model: type[R], columns: Mapping[str, Column], given: Iterable[str]) -> None:
        self.model = model
        self._columns = {name: columns[name] for name in model.model_fields}
        self._given = frozenset(given)
        self._length = len(next(iter(self._columns.values())).codes)

    @classmethod
    def of(cls, model: type[R], records: Sequence[R]) -> RecordTable[R]:
        """The table of records that exist already."""
        columns = {
            name: Column.of([getattr(record, name) for record in records], _exactly) for name in model.model_fields
        }
        return cls(model, columns, model.model_fields)

    def column(self, name: str) -> Column:
        """The column of a field. Raises KeyError for a field that the records do not have."""
        return self._columns[name]

    def distinct(self, *names: str) -> list[int]:
        """The first row of each combination of values in those fields, by row."""
        codes = [self._columns[name].codes for name in names]
        first: dict[tuple[int, ...], int] = {}
        for row, combination in enumerate(zip(*codes, strict=True)):
            first.setdefault(combination, row)
        return list(first.values())

    def with_rows(self, records: Mapping[int, R]) -> RecordTable[R]:
        """With records in place of the rows of those numbers; those beyond the last row come after it, rising."""
        columns = {}
        for name, column in self._columns.items():
            values, codes = list(column.values), array("i", column.codes)
            for row, record in records.items():
                codes[row : row + 1] = array("i", [len(values)])
                values.append(getattr(record, name))
            columns[name] = Column(values, codes, column.missing)
        return RecordTable(self.model, columns, self.model.model_fields)

    def json_lines(self) -> Iterator[str]:
        """What `model_dump_json` says of each record, without making them."""
        parts: list[Iterator[str]] = []
        for name, column in self._columns.items():
            start = f'{"," if parts else "{"}"{name}":'
            texts = [start + text for text in _json_texts(self.model, name, column)]
            parts.append(map(texts.__getitem__, column.codes))
        return map("".join, zip(*parts, repeat("}", len(self)), strict=True))

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[R, ...]: ...
    def __getitem__(self, index: int | slice) -> R | tuple[R, ...]:
        if isinstance(index, slice):
            return tuple(map(self._record, range(*index.indices(self._length))))
        return self._record(range(self._length)[index])

    def __iter__(self) -> Iterator[R]:
        return map(self._record, range(self._length))

    def _record(self, row: int) -> R:
        fields: dict[str, Any] = {}
        told = set(self._given)
        for name, column in self._columns.items():
            code = column.codes[row]
            fields[name] = column.values[code]
            if code == column.missing:
                told.discard(name)
        return cast("R", self.model.model_construct(_fields_set=told, **fields))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RecordTable):
            return self.model is other.model and self._same(other)
        if not isinstance(other, tuple):
            return NotImplemented
        return len(self) == len(other) and all(map(_equal, self, other))

    def _same(self, other: RecordTable[Any]) -> bool:
        return len(self) == len(other) and all(
            all(map(_equal, column, other._columns[name])) for name, column in self._columns.items()
        )

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __add__(self, other: tuple[R, ...]) -> tuple[R, ...]:
        return (*self, *other)

    def __radd__(self, other: tuple[R, ...]) -> tuple[R, ...]:
        return (*other, *self)

    def __repr__(self) -> str:
        return f"<{self._length:,} records of {self.model.__name__} by columns>"


def table_of(records: Sequence[R], model: type[R]) -> RecordTable[R]:
    """The records by columns: themselves where they are kept so, else laid out anew."""
    return records if isinstance(records, RecordTable) else RecordTable.of(model, records)


def _exactly(value: Any) -> Hashable:
    """What tells values apart that are equal and not the same: 0.0 and −0.0, an instant in two time zones."""
    return (type(value), value if isinstance(value, str) else repr(value))


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


@lru_cache(maxsize=256)
def field_adapter(model: type[Record], name: str) -> TypeAdapter[Any]:
    """Judges a field's values as the record does, and writes them so."""
    field = model.model_fields[name]
    kind: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    settings = {key: model.model_config.get(key) for key in ("allow_inf_nan", "str_strip_whitespace")}
    return TypeAdapter(list[kind], config=ConfigDict(**settings))  # type: ignore[typeddict-item]


def _json_texts(model: type[Record], name: str, column: Column) -> list[str]:
    # As `dump_json` writes each, by the serializer itself.
    write = field_adapter(model, name).serializer.to_json
    return [write([value]).decode()[1:-1] for value in column.values]


PORTION = 20_000
"""Records that are made together at most where all are read."""


class MadeRows(Sequence[T], Generic[T]):
    """A sequence of records each of which is made when it is asked for, and not kept; to its reader it is a tuple.

    Parameters
    ----------
    count : how many there are.
    make : gives the record of a number from 0 on.
    known : fields of all records that are known without making them.
    make_many : gives the records of several numbers, where that is quicker than one by one; none: it is not.
    runs : sequences in which the records stand, each with the first and the end of its part; empty: they stand in none.
    """

    __slots__ = ("__weakref__", "_count", "_make", "_make_many", "derived", "known", "runs")

    def __init__(
        self,
        count: int,
        make: Callable[[int], T],
        *,
        known: Mapping[str, Sequence[Any]] | None = None,
        make_many: Callable[[Sequence[int]], Sequence[T]] | None = None,
        runs: Sequence[tuple[Sequence[T], int, int]] = (),
    ) -> None:
        self._count, self._make, self._make_many = count, make, make_many
        self.known: Mapping[str, Sequence[Any]] = {} if known is None else known
        self.runs = runs
        self.derived: dict[str, Any] = {}
        """What others work out from all rows, kept as long as they are."""

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(self._made(range(*index.indices(self._count))))
        return self._make(range(self._count)[index])

    def __iter__(self) -> Iterator[T]:
        return self._made(range(self._count))

    def several(self, numbers: Sequence[int]) -> list[T]:
        """The records of those numbers, in their order."""
        return list(self._made(numbers))

    def _made(self, numbers: Sequence[int]) -> Iterator[T]:
        if self._make_many is None:
            return map(self._make, numbers)
        portions = (numbers[start : start + PORTION] for start in range(0, len(numbers), PORTION))
        return chain.from_iterable(map(self._make_many, portions))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (tuple, MadeRows)):
            return NotImplemented
        return len(self) == len(other) and all(map(_equal, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __add__(self, other: tuple[T, ...]) -> tuple[T, ...]:
        return (*self, *other)

    def __radd__(self, other: tuple[T, ...]) -> tuple[T, ...]:
        return (*other, *self)

    def __reduce__(self) -> tuple[type[tuple[T, ...]], tuple[list[T]]]:
        return tuple, (list(self),)

    def __repr__(self) -> str:
        return f"<{self._count:,} records, made when asked for>"


class OrTable:
    """Marks a field of many records that may hold a table of them, or rows made on demand; what it dumps is theirs."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        rows = handler(source)
        written = core_schema.wrap_serializer_function_ser_schema(_as_rows, schema=rows)
        return core_schema.no_info_wrap_validator_function(_let_pass, rows, serialization=written)


def _let_pass(value: Any, judge: Callable[[Any], Any]) -> Any:
    return value if isinstance(value, (RecordTable, MadeRows)) else judge(value)


def _as_rows(value: Any, write: Callable[[Any], Any]) -> Any:
    return write(tuple(value) if isinstance(value, (RecordTable, MadeRows)) else value)

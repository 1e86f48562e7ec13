"""The measured types of the records: bare numbers whose unit stands in the field's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field


class Record(BaseModel):
    """A frozen record: closed fields, finite numbers, texts stripped of surrounding space."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
    )
    judged_together: ClassVar[tuple[str, ...] | None] = None
    """The fields that validators of the whole record look at; none: its tables are not judged by columns."""


def _as_tuple(value: Any) -> Any:
    """A lone text means a tuple of one; None means none."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, Iterable) and not isinstance(value, (bytes, dict)):
        return tuple(value)
    return value


def in_our_time(value: dt.datetime) -> dt.datetime:
    """The instant; at the ends of the calendar neither zones nor horizons can be reckoned. Raises ValueError."""
    if not 1900 <= value.year < 3000:
        raise ValueError(f"an instant between the years 1900 and 2999, not {value.isoformat()}")
    return value


Id = Annotated[str, Field(min_length=1, max_length=200)]
Instant = Annotated[AwareDatetime, AfterValidator(in_our_time)]
Day = dt.date
NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Degc = Annotated[float, Field(ge=-30, le=60)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Unknown = Literal["unknown"]

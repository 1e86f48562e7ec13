"""One order of a marketplace while it is read, with everything that is found wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from harvest_planner.errors import Fault
from harvest_planner.formats.orders_in.baskets import Line
from harvest_planner.formats.orders_in.products import AskError
from harvest_planner.formats.orders_in.result import Contact, Parcel, Skipped
from harvest_planner.schema.goods import Order

_T = TypeVar("_T")


class FieldError(ValueError):
    """What is wrong with one of several fields from which something is reckoned."""

    def __init__(self, field: str, expected: str) -> None:
        self.field = field
        super().__init__(expected)


@dataclass(frozen=True)
class Question:
    """A name that a person has to resolve, in one order."""

    kind: str
    value: str
    expected: str
    candidates: tuple[str, ...]
    marketplace_order: str


@dataclass
class Basket:
    """One order of a marketplace while it is read."""

    number: str
    lines: Sequence[Line]
    faults: list[Fault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)
    orders: list[Order] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    parcel: Parcel | None = None

    def holder(self, name: str) -> Line | None:
        """The first line that states a field of the order."""
        for line in self.lines:
            if line.cell(name) is not None:
                return line
        return None

    def text(self, name: str) -> str:
        """What the order states of a field, wherever it stands first."""
        for line in self.lines:
            text = line.text(name)
            if text:
                return text
        return ""

    def attempt(self, line: Line, name: str, make: Callable[..., _T], *given: Any) -> _T | None:
        """What `make` makes of what is given; what it complains of is noted as the fault of that field."""
        try:
            return make(*given)
        except AskError as error:
            self.questions.append(Question(error.kind, error.value, str(error), error.candidates, self.number))
            self.faults.append(line.fault(name, str(error), error.value))
        except FieldError as error:
            self.faults.append(line.fault(error.field, str(error)))
        except ValueError as error:
            self.faults.append(line.fault(name, str(error)))
        return None

    def stated(self, name: str, read: Callable[[Any], _T]) -> _T | None:
        """What the order states of a field, read; None where it states nothing, or nothing readable."""
        line = self.holder(name)
        return None if line is None else self.attempt(line, name, read, line.cell(name))

"""What can go wrong, by name: each error is also the builtin it resembles and carries its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple


class HarvestPlannerError(Exception):
    """Whatever this library raises on purpose."""


class UnknownIdError(HarvestPlannerError, LookupError):
    """An id that neither the problem nor the catalogue holds.

    Attributes
    ----------
    kind : what was looked for ("crop", "stage", "place", "order" …).
    value : the id as it was given.
    suggestions : the nearest ids that exist, nearest first.
    """

    def __init__(self, kind: str, value: str, suggestions: Sequence[str] = (), known: Sequence[str] = ()) -> None:
        self.kind = kind
        self.value = value
        self.suggestions = tuple(suggestions)
        self.known = tuple(known)
        message = f"unknown {kind} {value!r}"
        if self.suggestions:
            message += "; did you mean " + " or ".join(repr(name) for name in self.suggestions) + "?"
        if self.known:
            message += f"; known: {', '.join(self.known)}"
        super().__init__(message)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.kind, self.value, self.suggestions, self.known)


class AmbiguousPlaceError(HarvestPlannerError, LookupError):
    """A place name that means several places; nothing is guessed.

    Attributes
    ----------
    name : the name as it was given.
    candidates : ids of the places it may mean.
    """

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        super().__init__(f"place {name!r} is ambiguous: it may be {', '.join(self.candidates)}; write one of these ids")

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.name, self.candidates)


class Fault(NamedTuple):
    """One thing wrong in a file: where it stands, what stands there, what should."""

    file: str
    line: int
    field: str
    value: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f": {self.field} = {self.value!r}" if self.field else ""
        return f"{place}{subject}: {self.expected}"


class ProblemFileError(HarvestPlannerError, ValueError):
    """A problem or plan on disk that cannot be used: every fault at once, nothing half-read.

    Attributes
    ----------
    faults : all that is wrong, in the order of the files and lines.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = "1 fault" if count == 1 else f"{count} faults"
        super().__init__(f"{head} in the input:\n" + "\n".join(f"  {fault}" for fault in self.faults))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.faults,)


class FitError(HarvestPlannerError, ValueError):
    """A table of observations or deliveries from which nothing can be learned, and why.

    Attributes
    ----------
    reason : what is wrong with the table as a whole.
    faults : the rows that cannot be used; empty where the rows are sound and only say too little.
    """

    SHOWN = 20

    def __init__(self, reason: str, faults: Sequence[Fault] = ()) -> None:
        self.reason = reason
        self.faults = tuple(faults)
        lines = [f"\n  {fault}" for fault in self.faults[: self.SHOWN]]
        more = len(self.faults) - self.SHOWN
        super().__init__(reason + "".join(lines) + (f"\n  … and {more} more" if more > 0 else ""))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.reason, self.faults)


class MissingExtraError(HarvestPlannerError, ImportError):
    """A package is not installed; the message names the extra that brings it.

    Attributes
    ----------
    package : the package that could not be imported.
    extra : the extra of harvest-planner that installs it; None: it is among the required packages.
    needed_for : what could not be done without it.
    """

    def __init__(self, package: str, *, extra: str | None, needed_for: str) -> None:
        self.package = package
        self.extra = extra
        self.needed_for = needed_for
        wanted = f"harvest-planner[{extra}]" if extra else "harvest-planner"
        super().__init__(f'{needed_for} needs {package}, which is not installed: pip install "{wanted}"')

    def __reduce__(self) -> tuple[Callable[[str], MissingExtraError], tuple[str]]:
        return partial(type(self), extra=self.extra, needed_for=self.needed_for), (self.package,)


class SoldOutError(HarvestPlannerError, ValueError):
    """An offer that was still free when it was quoted is taken; quote again.

    Attributes
    ----------
    resource : what there is too little of.
    wanted, left : what the offer takes, and what is left of it [mg, or trips].
    """

    def __init__(self, resource: str, *, wanted: int, left: int) -> None:
        self.resource = resource
        self.wanted = wanted
        self.left = left
        super().__init__(f"sold out: {resource} has {left} left, the offer takes {wanted}; quote again")

    def __reduce__(self) -> tuple[Callable[[str], SoldOutError], tuple[str]]:
        return partial(type(self), wanted=self.wanted, left=self.left), (self.resource,)


class OfferExpiredError(HarvestPlannerError, TimeoutError):
    """An offer that stands no longer: its time is over; quote again.

    Attributes
    ----------
    offer_id : the offer.
    expired_at : until when it stood, in ISO 8601.
    """

    def __init__(self, offer_id: str, expired_at: str) -> None:
        self.offer_id = offer_id
        self.expired_at = expired_at
        super().__init__(f"offer {offer_id!r} stood until {expired_at}; quote again")

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.offer_id, self.expired_at)


class ReservationExpiredError(HarvestPlannerError, TimeoutError):
    """A reservation that holds nothing any more; quote and reserve again.

    Attributes
    ----------
    reservation_id : the reservation.
    state : expired or cancelled.
    """

    def __init__(self, reservation_id: str, state: str) -> None:
        self.reservation_id = reservation_id
        self.state = state
        super().__init__(f"reservation {reservation_id!r} is {state} and holds nothing; quote and reserve again")

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.reservation_id, self.state)


class UnknownReservationError(HarvestPlannerError, LookupError):
    """There is no reservation of that id.

    Attributes
    ----------
    reservation_id : the id as it was given.
    """

    def __init__(self, reservation_id: str) -> None:
        self.reservation_id = reservation_id
        super().__init__(f"unknown reservation {reservation_id!r}; give the id that reserve returned")

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.reservation_id,)


class LedgerConflictError(HarvestPlannerError, RuntimeError):
    """The ledger has moved on since the caller looked: another plan, or other promises.

    Attributes
    ----------
    reason : what does not agree.
    resources : the resources that do not suffice for what is promised of them; empty where it is not about these.
    """

    def __init__(self, reason: str, resources: Sequence[str] = ()) -> None:
        self.reason = reason
        self.resources = tuple(resources)
        super().__init__(reason)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.reason, self.resources)


class OutsideCalibrationWarning(UserWarning):
    """A temperature outside the range in which the crop was measured: the answer is an extrapolation."""

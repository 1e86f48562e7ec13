"""Where promises live: the protocol that any store of reservations answers, in memory or in a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from harvest_planner.schema.promises import Offer, Reservation, Stock, Take


class Book(NamedTuple):
    """The capacities that one plan leaves to promises.

    Attributes
    ----------
    name : of the plan; opening the same book again changes nothing.
    as_of : of the plan; an older book never replaces a younger one.
    stock : each resource with its limit, reckoned without the shipments of the ledger's own reservations.
    moved : what reservations take in this plan, by reservation id, where the plan ships their orders; none of it where
        the plan could not keep them. Reservations not named keep what they take.
    """

    name: str
    as_of: dt.datetime
    stock: Sequence[Stock]
    moved: Mapping[str, tuple[Take, ...]] = {}


class Snapshot(Protocol):
    """The ledger at one moment; what happens later does not reach it."""

    @property
    def version(self) -> int:
        """Of the book; 0: none was opened."""
        ...

    @property
    def book(self) -> str:
        """The name of the book."""
        ...

    def free(self, resource: str) -> int:
        """What is left of a resource [mg, or trips]; 0 where the book does not list it."""
        ...

    def shared(self, resource: str, shared_by: str) -> int:
        """What the takes of that name together hold of the resource [mg, or trips]; 0: there are none."""
        ...


@runtime_checkable
class Tracing(Protocol):
    """A snapshot that tells what it changed; of others all capacities are asked for again."""

    def touched_since(self, earlier: object) -> Iterable[str] | None:
        """The resources of which more or less is free than by another snapshot; None: it cannot tell."""
        ...


class Ledger(Protocol):
    """A store of reservations beside a book of capacities. Every method is atomic and safe from several threads.

    What must hold at all times, for each resource of the book: the sum of what live reservations take of it is at most
    its limit, takes of one `shared_by` counting once with their largest amount. Moments are arguments: a ledger has no
    clock. In a database each method is one transaction that locks the rows of `stock` in the order of their keys.
    """

    def open(self, book: Book, *, version: int | None = None) -> int:
        """Begin a book, and return its version: 1 for the first, and one more for each book that follows.

        Opening the book that is open already changes nothing and returns its version.

        Parameters
        ----------
        version : only if this is still the version of the open book (compare-and-set); None: whatever it is.

        Raises
        ------
        LedgerConflictError : another book was opened meanwhile, the book is older than the open one, or live
            reservations that came since the plan was made do not fit beside it: plan again with them.
        """
        ...

    def snapshot(self) -> Snapshot:
        """What is free now. A store may answer with a view some tenths of a second old: `reserve` decides."""
        ...

    def reserve(
        self, offer: Offer, *, now: dt.datetime, expires_at: dt.datetime, key: str | None = None
    ) -> Reservation:
        """Take all that the offer takes, or nothing. Holds whose time is over are freed first.

        Parameters
        ----------
        key : the client's name for the request; the second request of a key gets the reservation of the first.

        Raises
        ------
        SoldOutError : a resource has less left than the offer takes.
        LedgerConflictError : the offer's version is not that of the open book, the order has a live reservation
            already, or the key was used for another offer.
        """
        ...

    def confirm(self, reservation_id: str, *, now: dt.datetime) -> Reservation:
        """Make a hold a promise; a confirmed one stays as it is.

        Raises
        ------
        UnknownReservationError : there is none of that id.
        ReservationExpiredError : its time was over, or it was cancelled.
        """
        ...

    def cancel(self, reservation_id: str, *, now: dt.datetime) -> Reservation:
        """Free what a held or confirmed reservation takes; one that is free already stays as it is.

        Raises
        ------
        UnknownReservationError : there is none of that id.
        """
        ...

    def expire(self, now: dt.datetime) -> tuple[Reservation, ...]:
        """Free the holds whose time is over, and return them."""
        ...

    def reservation(self, reservation_id: str) -> Reservation:
        """One reservation. Raises UnknownReservationError."""
        ...

    def reservations(self, states: Iterable[str] = ("held", "confirmed")) -> tuple[Reservation, ...]:
        """The reservations in some states, in the order in which they were made."""
        ...

"""`MemoryLedger`: reservations in the memory of one process, safe from several threads."""

from __future__ import annotations

import datetime as dt
import heapq
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from harvest_planner.errors import (
    LedgerConflictError,
    ReservationExpiredError,
    SoldOutError,
    UnknownReservationError,
)
from harvest_planner.planning.promise.ledger import Book
from harvest_planner.planning.promise.pages import Pages
from harvest_planner.schema.promises import LIVE_STATES, Offer, Reservation, Take

_Group = tuple[str, str]
"""A resource, and the name under which takes of it are shared."""


@dataclass(frozen=True, slots=True)
class MemorySnapshot:
    """A ledger at one moment: limits, what is used of them, and the amounts of shared takes, lowest first."""

    version: int
    book: str
    as_of: dt.datetime | None
    limits: Mapping[str, int]
    used: Pages[str, int]
    groups: Pages[_Group, tuple[int, ...]]

    def free(self, resource: str) -> int:
        """What is left of a resource [mg, or trips]; 0 where the book does not list it."""
        return max(0, self.limits.get(resource, 0) - self.used.get(resource, 0))

    def shared(self, resource: str, shared_by: str) -> int:
        """What the takes of that name together hold of the resource [mg, or trips]."""
        return max(self.groups.get((resource, shared_by), ()), default=0)

    def touched_since(self, earlier: object) -> Iterable[str] | None:
        """The resources of which more or less is used than by an earlier snapshot; None: that is of another book."""
        if not isinstance(earlier, MemorySnapshot) or earlier.limits is not self.limits:
            return None
        return self.used.differing(earlier.used)

    def with_takes(self, takes: Iterable[Take], *, within_limits: bool) -> MemorySnapshot:
        """After some takes. Raises SoldOutError where one does not fit."""
        used: dict[str, int] = {}
        groups: dict[_Group, tuple[int, ...]] = {}
        for take in takes:
            added = take.amount
            if take.shared_by is not None:
                key = (take.resource, take.shared_by)
                before = groups.get(key, self.groups.get(key, ()))
                groups[key] = tuple(sorted((*before, take.amount)))
                added = groups[key][-1] - max(before, default=0)
            now = used.get(take.resource, self.used.get(take.resource, 0))
            left = self.limits.get(take.resource, 0) - now
            if within_limits and added > left:
                raise SoldOutError(take.resource, wanted=added, left=max(0, left))
            used[take.resource] = now + added
        return replace(self, used=self.used.changed(used), groups=self.groups.changed(groups))

    def without(self, takes: Iterable[Take]) -> MemorySnapshot:
        """After some takes are freed."""
        used: dict[str, int] = {}
        groups: dict[_Group, tuple[int, ...]] = {}
        for take in takes:
            freed = take.amount
            if take.shared_by is not None:
                key = (take.resource, take.shared_by)
                left = list(groups.get(key, self.groups.get(key, ())))
                before = max(left)
                left.remove(take.amount)
                groups[key] = tuple(left)
                freed = before - max(left, default=0)
            used[take.resource] = used.get(take.resource, self.used.get(take.resource, 0)) - freed
        return replace(self, used=self.used.changed(used), groups=self.groups.changed(groups))


NOTHING_TAKEN = MemorySnapshot(0, "", None, {}, Pages.of({}), Pages.of({}))


class MemoryLedger:
    """A ledger in memory: gone with its process.

    Every change makes a new snapshot of the whole and puts it in place of the old one; who holds the old one sees it
    unchanged. See `Ledger` for what the methods promise.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._now = NOTHING_TAKEN
        self._reservations: dict[str, Reservation] = {}
        self._keys: dict[str, str] = {}
        self._of_order: dict[str, str] = {}
        self._due: list[tuple[dt.datetime, str]] = []

    def open(self, book: Book, *, version: int | None = None) -> int:
        """Begin a book, and return its version."""
        with self._lock:
            old = self._now
            if old.version and book.name == old.book:
                return old.version
            _check_follows(book, old, version)
            moved = {
                each.id: each.model_copy(update={"takes": tuple(book.moved[each.id])})
                for each in self.reservations()
                if each.id in book.moved
            }
            held = {each.id: each for each in self.reservations()} | moved
            fresh = MemorySnapshot(
                version=old.version + 1,
                book=book.name,
                as_of=book.as_of,
                limits={stock.resource: stock.limit for stock in book.stock},
                used=Pages.of({}, expected=len(book.stock)),
                groups=Pages.of({}, expected=len(book.stock)),
            )
            for each in held.values():
                fresh = fresh.with_takes(each.takes, within_limits=False)
            _check_fits(fresh, held.values())
            self._reservations |= held
            self._now = fresh
            return fresh.version

    def snapshot(self) -> MemorySnapshot:
        """What is free now."""
        return self._now

    def reserve(
        self, offer: Offer, *, now: dt.datetime, expires_at: dt.datetime, key: str | None = None
    ) -> Reservation:
        """Take all that the offer takes, or nothing."""
        with self._lock:
            self.expire(now)
            if key is not None and key in self._keys:
                return self._again(offer, key)
            if offer.version != self._now.version:
                raise LedgerConflictError(
                    f"offer {offer.id!r} belongs to version {offer.version} of the book, "
                    f"open is {self._now.version}; quote again"
                )
            if offer.order.id in self._of_order:
                other = self._of_order[offer.order.id]
                raise LedgerConflictError(f"order {offer.order.id!r} has the reservation {other!r}; cancel that first")
            self._now = self._now.with_takes(offer.takes, within_limits=True)
            made = Reservation(
                id=uuid.uuid4().hex,
                key=key,
                offer=offer,
                takes=offer.takes,
                state="held",
                reserved_at=now,
                expires_at=expires_at,
            )
            self._reservations[made.id] = made
            self._of_order[offer.order.id] = made.id
            if key is not None:
                self._keys[key] = made.id
            heapq.heappush(self._due, (expires_at, made.id))
            return made

    def _again(self, offer: Offer, key: str) -> Reservation:
        made = self._reservations[self._keys[key]]
        if made.offer.id != offer.id:
            raise LedgerConflictError(f"key {key!r} was used for offer {made.offer.id!r}; give each request its own")
        return made

    def confirm(self, reservation_id: str, *, now: dt.datetime) -> Reservation:
        """Make a hold a promise."""
        with self._lock:
            self.expire(now)
            found = self.reservation(reservation_id)
            if not found.live:
                raise ReservationExpiredError(reservation_id, found.state)
            return self._put(found, "confirmed")

    def cancel(self, reservation_id: str, *, now: dt.datetime) -> Reservation:
        """Free what a reservation takes."""
        with self._lock:
            self.expire(now)
            found = self.reservation(reservation_id)
            return self._freed(found, "cancelled") if found.live else found

    def expire(self, now: dt.datetime) -> tuple[Reservation, ...]:
        """Free the holds whose time is over, and return them."""
        found = []
        with self._lock:
            while self._due and self._due[0][0] <= now:
                _, reservation_id = heapq.heappop(self._due)
                each = self._reservations[reservation_id]
                if each.state == "held":
                    found.append(self._freed(each, "expired"))
        return tuple(found)

    def reservation(self, reservation_id: str) -> Reservation:
        """One reservation."""
        found = self._reservations.get(reservation_id)
        if found is None:
            raise UnknownReservationError(reservation_id)
        return found

    def reservations(self, states: Iterable[str] = LIVE_STATES) -> tuple[Reservation, ...]:
        """The reservations in some states, in the order in which they were made."""
        wanted = frozenset(states)
        with self._lock:
            return tuple(each for each in self._reservations.values() if each.state in wanted)

    def _freed(self, found: Reservation, state: str) -> Reservation:
        self._now = self._now.without(found.takes)
        del self._of_order[found.offer.order.id]
        return self._put(found, state)

    def _put(self, found: Reservation, state: str) -> Reservation:
        changed = self._reservations[found.id] = found.model_copy(update={"state": state})
        return changed


def _check_follows(book: Book, open_: MemorySnapshot, version: int | None) -> None:
    if version is not None and version != open_.version:
        raise LedgerConflictError(f"version {version} of the book is not open any more, {open_.version} is; plan again")
    if open_.as_of is not None and book.as_of < open_.as_of:
        raise LedgerConflictError(
            f"book {book.name!r} is as of {book.as_of.isoformat()}, the open one as of {open_.as_of.isoformat()}; "
            "an older plan never replaces a younger one"
        )


def _check_fits(fresh: MemorySnapshot, held: Iterable[Reservation]) -> None:
    taken = sorted({take.resource for each in held for take in each.takes if take.resource in fresh.limits})
    short = [resource for resource in taken if fresh.used.get(resource, 0) > fresh.limits[resource]]
    if short:
        raise LedgerConflictError(
            f"reservations made since do not fit beside the new plan: {', '.join(short)}; plan again with them", short
        )

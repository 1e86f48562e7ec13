"""`PostgresLedger`: each method is one transaction.

Locks are taken in one order, so that no two transactions wait for each other: the book's row (shared; alone by `open`),
then reservations by id, then stock by resource. Whoever waited for a row sees it as the other left it (READ COMMITTED).
"""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

import harvest_planner as hp
from examples.marketplace_backend.ledger import opening, pause, rows
from examples.marketplace_backend.ledger.amounts import added, shares_of
from examples.marketplace_backend.ledger.view import View, read_view
from examples.marketplace_backend.problem_documents import KeyReusedError, OrderReservedError
from examples.marketplace_backend.tables import ReservationRow
from harvest_planner.schema.promises import LIVE_STATES

T = TypeVar("T")
VIEW_S = 0.2
"""A snapshot may be this old [s]; it only guides quotes."""
ATTEMPTS = 5
_AGAIN = ("40001", "40P01")
"""PostgreSQL's serialization failure and deadlock: the transaction did nothing and may be tried again."""


class PostgresLedger:
    """`hp.Ledger` in the tables `book`, `stock`, `reservations` and `live_takes`.

    Parameters
    ----------
    engine : connections to the database.
    plan_id : the row of `plans` whose book this ledger would open; it becomes the service's plan in the same
        transaction.
    """

    def __init__(self, engine: Engine, *, plan_id: int | None = None) -> None:
        self._engine, self._plan_id = engine, plan_id
        self._view: View | None = None
        self._read_s = -1.0
        self._reading = threading.Lock()

    def open(self, book: hp.Book, *, version: int | None = None) -> int:
        """Begin a book; it and the reservations that moved with it become visible together."""
        return self._run(lambda session: opening.open_book(session, book, version=version, plan_id=self._plan_id))

    def snapshot(self) -> View:
        """What was free at most 0.2 s ago."""
        with self._reading:
            if self._view is None or time.monotonic() - self._read_s > VIEW_S:
                at_s = time.monotonic()
                with Session(self._engine.execution_options(isolation_level="REPEATABLE READ")) as session:
                    self._view = read_view(session, self._view)
                self._read_s = at_s
            return self._view

    def reserve(
        self, offer: hp.Offer, *, now: dt.datetime, expires_at: dt.datetime, key: str | None = None
    ) -> hp.Reservation:
        """Take all that the offer takes, or nothing."""
        asked = hp.Reservation(
            id=uuid.uuid4().hex, key=key, offer=offer, takes=offer.takes, state="held",
            reserved_at=now, expires_at=expires_at,
        )  # fmt: skip
        # Sold out is an answer and no failure of the transaction: the holds that ran out stay freed.
        answer = self._run(lambda session: self._reserve_once(session, asked, now))
        self._read_s = -1.0  # who reserves and then asks sees what he took
        if isinstance(answer, hp.HarvestPlannerError):
            raise answer
        return answer

    def confirm(self, reservation_id: str, *, now: dt.datetime) -> hp.Reservation:
        """Make a hold a promise."""

        def confirmed(session: Session) -> hp.Reservation:
            row = self._one(session, reservation_id)
            if row.state == "held" and row.expires_at <= now:
                self._free(session, [row], "expired")
            elif row.state == "held":
                row.state = "confirmed"
            return rows.reservation_of(row)

        found = self._run(confirmed)
        if found.state != "confirmed":
            raise hp.ReservationExpiredError(reservation_id, found.state)
        return found

    def cancel(self, reservation_id: str, *, now: dt.datetime) -> hp.Reservation:
        """Free what a reservation takes."""

        def cancelled(session: Session) -> hp.Reservation:
            row = self._one(session, reservation_id)
            over = row.state == "held" and row.expires_at <= now
            if row.state in LIVE_STATES:
                self._free(session, [row], "expired" if over else "cancelled")
            return rows.reservation_of(row)

        return self._run(cancelled)

    def expire(self, now: dt.datetime) -> tuple[hp.Reservation, ...]:
        """Free the holds whose time is over."""

        def expired(session: Session) -> tuple[hp.Reservation, ...]:
            if session.execute(select(ReservationRow.id).where(*rows.due(now)).limit(1)).scalar() is None:
                return ()
            rows.book(session)
            over = rows.locked(session, *rows.due(now))
            self._free(session, over, "expired")
            return tuple(map(rows.reservation_of, sorted(over, key=lambda row: row.number)))

        return self._run(expired)

    def reservation(self, reservation_id: str) -> hp.Reservation:
        """One reservation."""
        with Session(self._engine) as session:
            row = session.execute(select(ReservationRow).where(ReservationRow.id == reservation_id)).scalar()
            if row is None:
                raise hp.UnknownReservationError(reservation_id)
            return rows.reservation_of(row)

    def reservations(self, states: Iterable[str] = ("held", "confirmed")) -> tuple[hp.Reservation, ...]:
        """The reservations in some states, in the order in which they were made."""
        asked = select(ReservationRow).where(ReservationRow.state.in_(tuple(states))).order_by(ReservationRow.number)
        with Session(self._engine) as session:
            return tuple(map(rows.reservation_of, session.execute(asked).scalars()))

    def _run(self, work: Callable[[Session], T]) -> T:
        """Do the work in a transaction; again where the database asks for it, or a key was used at the same moment."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with Session(self._engine, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except DBAPIError as error:
                again = isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in _AGAIN
                if not again or attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _reserve_once(
        self, session: Session, asked: hp.Reservation, now: dt.datetime
    ) -> hp.Reservation | hp.HarvestPlannerError:
        """Reserve; where that is refused because the same key got it at this very moment, what the key got."""
        answer = self._reserve(session, asked, now)
        if isinstance(answer, hp.Reservation):
            return answer
        return _of_key(session, asked) or answer

    def _reserve(
        self, session: Session, asked: hp.Reservation, now: dt.datetime
    ) -> hp.Reservation | hp.HarvestPlannerError:
        pause.sell(session)
        version = rows.book(session).version
        wanted = {take.resource for take in asked.takes}
        due = rows.locked(session, *rows.due(now))
        self._free(session, due, "expired", also=wanted)
        if (before := _of_key(session, asked)) is not None:
            return before
        if asked.offer.version != version:
            return hp.LedgerConflictError(
                f"offer {asked.offer.id!r} is of version {asked.offer.version}, the book of {version}; quote again"
            )
        if (other := _of_order(session, asked)) is not None:
            return other
        # As late as can be: while these rows are locked, nobody else sells of them.
        stock = rows.stock(session, wanted)
        more = added(asked.takes, rows.held_shares(session, shares_of(asked.takes).keys()))
        # What the book does not list is not for sale, not even a share of what is held of it already.
        more |= {take.resource: take.amount for take in asked.takes if take.resource not in stock}
        for resource, amount in sorted(more.items()):
            left = stock[resource].most - stock[resource].taken if resource in stock else 0
            if amount > left:
                return hp.SoldOutError(resource, wanted=amount, left=left)
        session.execute(insert(ReservationRow), rows.row_of(asked))
        rows.change_taken(session, more)
        rows.add_takes(session, ((asked.id, take) for take in asked.takes))
        return asked

    def _one(self, session: Session, reservation_id: str) -> ReservationRow:
        rows.book(session)
        found = rows.locked(session, ReservationRow.id == reservation_id)
        if not found:
            raise hp.UnknownReservationError(reservation_id)
        return found[0]

    @staticmethod
    def _free(session: Session, over: Sequence[ReservationRow], state: str, *, also: Iterable[str] = ()) -> None:
        """Give back what some locked reservations take; their stock is locked, and that of `also` with it."""
        if not over:
            return
        takes = [take for row in over for take in rows.takes_of(row)]
        stock = rows.stock(session, {take.resource for take in takes} | set(also))
        shares = shares_of(takes)
        held = rows.held_shares(session, shares.keys())
        rows.drop_takes(session, [row.id for row in over])
        rest = rows.held_shares(session, shares.keys())
        back = added((take for take in takes if take.shared_by is None), {})
        for share in shares:
            back[share[0]] = back.get(share[0], 0) + held.get(share, 0) - rest.get(share, 0)
        rows.change_taken(session, {resource: -amount for resource, amount in back.items() if resource in stock})
        for row in over:
            row.state = state
        session.flush()


def _of_order(session: Session, asked: hp.Reservation) -> hp.LedgerConflictError | None:
    """Why the order cannot have another reservation; None: it has none that lives."""
    order_id = asked.offer.order.id
    live = ReservationRow.order_id == order_id, ReservationRow.state.in_(LIVE_STATES)
    other = session.execute(select(ReservationRow.id).where(*live)).scalar()
    if other is None:
        return None
    return OrderReservedError(f"order {order_id!r} has the reservation {other!r}; cancel that first")


def _of_key(session: Session, asked: hp.Reservation) -> hp.Reservation | hp.LedgerConflictError | None:
    """The reservation that the same key got before."""
    if asked.key is None:
        return None
    row = session.execute(select(ReservationRow).where(ReservationRow.key == asked.key)).scalar()
    if row is None:
        return None
    found = rows.reservation_of(row)
    if found.offer.id != asked.offer.id:
        return KeyReusedError(f"key {asked.key!r} was used for another offer; give each request its own key")
    return found

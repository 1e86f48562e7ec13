"""A new book: the stock of another plan, into which all live reservations must fit."""

from __future__ import annotations

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

import harvest_planner as hp
from examples.marketplace_backend.ledger import rows
from examples.marketplace_backend.ledger.amounts import added
from examples.marketplace_backend.tables import LiveTake, ReservationRow, StockRow
from harvest_planner.schema.promises import LIVE_STATES


def open_book(session: Session, book: hp.Book, *, version: int | None, plan_id: int | None) -> int:
    """Replace the stock, move what reservations take, count the version on; nothing else runs meanwhile."""
    row = rows.book(session, to_change=True)
    if row.version and row.name == book.name:
        return row.version
    if version is not None and version != row.version:
        raise hp.LedgerConflictError(f"version {version} was expected, the ledger is at {row.version}; plan again")
    if row.as_of is not None and book.as_of < row.as_of:
        raise hp.LedgerConflictError(
            f"the plan of {book.as_of.isoformat()} is older than the open one of {row.as_of.isoformat()}"
        )
    takes = _moved(session, book)
    taken = _fitting(book, [take for _, take in takes])
    session.execute(delete(LiveTake))
    session.execute(delete(StockRow))
    if book.stock:
        session.execute(
            insert(StockRow),
            [{"resource": one.resource, "most": one.limit, "taken": taken.get(one.resource, 0)} for one in book.stock],
        )
    rows.add_takes(session, takes)
    row.version, row.name, row.as_of, row.plan_id = row.version + 1, book.name, book.as_of, plan_id
    return row.version


def _moved(session: Session, book: hp.Book) -> list[tuple[str, hp.Take]]:
    """What each live reservation takes in the new book."""
    found: list[tuple[str, hp.Take]] = []
    for row in rows.locked(session, ReservationRow.state.in_(LIVE_STATES)):
        takes = book.moved.get(row.id)
        if takes is None:
            takes = rows.takes_of(row)
        else:
            new = rows.TAKES.dump_json(takes).decode()
            session.execute(update(ReservationRow).where(ReservationRow.id == row.id).values(takes=new))
        found += [(row.id, take) for take in takes]
    return found


def _fitting(book: hp.Book, takes: list[hp.Take]) -> dict[str, int]:
    """What is taken of each resource. Raises LedgerConflictError where the book lists it with less."""
    limits = {one.resource: one.limit for one in book.stock}
    taken = added(takes, {})
    short = sorted(resource for resource, amount in taken.items() if amount > limits.get(resource, amount))
    if short:
        raise hp.LedgerConflictError(f"what is promised does not fit beside the plan: {', '.join(short[:5])}", short)
    return taken

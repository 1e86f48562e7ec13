"""The ledger's statements: every value is a bound parameter, rows are locked in the order of their keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, ColumnElement, Text, column, delete, func, insert, select, tuple_, update, values
from sqlalchemy.orm import Session

import harvest_planner as hp
from examples.marketplace_backend.ledger.amounts import Share
from examples.marketplace_backend.tables import BookRow, LiveTake, ReservationRow, StockRow

TAKES: TypeAdapter[tuple[hp.Take, ...]] = TypeAdapter(tuple[hp.Take, ...])


def book(session: Session, *, to_change: bool = False) -> BookRow:
    """The open book: held as it is until the transaction ends, or to be changed by this one alone."""
    return session.execute(select(BookRow).with_for_update(read=not to_change)).scalar_one()


def locked(session: Session, *conditions: ColumnElement[bool]) -> Sequence[ReservationRow]:
    """The reservations that meet the conditions, locked in the order of their ids."""
    asked = select(ReservationRow).where(*conditions).order_by(ReservationRow.id).with_for_update()
    return session.execute(asked.execution_options(populate_existing=True)).scalars().all()


def due(now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Holds whose time is over."""
    return ReservationRow.state == "held", ReservationRow.expires_at <= now


def stock(session: Session, resources: Iterable[str]) -> dict[str, StockRow]:
    """Some resources, locked in the order of their names."""
    asked = select(StockRow).where(StockRow.resource.in_(sorted(set(resources)))).order_by(StockRow.resource)
    asked = asked.with_for_update().execution_options(populate_existing=True)
    return {row.resource: row for row in session.execute(asked).scalars()}


def held_shares(session: Session, shares: Collection[Share]) -> dict[Share, int]:
    """What live reservations hold of each share."""
    if not shares:
        return {}
    columns = LiveTake.resource, LiveTake.shared_by
    asked = select(*columns, func.max(LiveTake.amount)).where(tuple_(*columns).in_(shares)).group_by(*columns)
    return {(resource, name): amount for resource, name, amount in session.execute(asked) if name is not None}


def change_taken(session: Session, by: Mapping[str, int]) -> None:
    """Add to what is taken of some resources, which are locked."""
    changes = [(resource, amount) for resource, amount in sorted(by.items()) if amount]
    if changes:
        more = values(column("resource", Text), column("amount", BigInteger), name="more").data(changes)
        changed = update(StockRow).where(StockRow.resource == more.c.resource)
        session.execute(
            changed.values(taken=StockRow.taken + more.c.amount).execution_options(synchronize_session=False)
        )


def add_takes(session: Session, takes: Iterable[tuple[str, hp.Take]]) -> None:
    """Write what live reservations take."""
    rows = [{"reservation_id": owner, **take.model_dump()} for owner, take in takes]
    if rows:
        session.execute(insert(LiveTake), rows)


def drop_takes(session: Session, reservation_ids: Collection[str]) -> None:
    """Forget what some reservations took."""
    session.execute(delete(LiveTake).where(LiveTake.reservation_id.in_(reservation_ids)))


def row_of(reservation: hp.Reservation) -> dict[str, Any]:
    """A reservation as the columns of its row."""
    return {
        "id": reservation.id,
        "key": reservation.key,
        "order_id": reservation.offer.order.id,
        "offer": reservation.offer.model_dump_json(),
        "takes": TAKES.dump_json(reservation.takes).decode(),
        "state": reservation.state,
        "reserved_at": reservation.reserved_at,
        "expires_at": reservation.expires_at,
    }


def reservation_of(row: ReservationRow) -> hp.Reservation:
    """The reservation that stands in a row."""
    return hp.Reservation.model_validate(
        {
            "id": row.id,
            "key": row.key,
            "offer": hp.Offer.model_validate_json(row.offer),
            "takes": TAKES.validate_json(row.takes),
            "state": row.state,
            "reserved_at": row.reserved_at,
            "expires_at": row.expires_at,
        }
    )


def takes_of(row: ReservationRow) -> tuple[hp.Take, ...]:
    """What a reservation takes while it lives."""
    return TAKES.validate_json(row.takes)

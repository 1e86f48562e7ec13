"""The tables: what the service remembers. No names, addresses or phone numbers of buyers stand in any of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    """Texts are Text, instants are aware."""

    type_annotation_map = {str: Text, dt.datetime: DateTime(timezone=True), dict[str, Any]: JSONB, int: BigInteger}  # noqa: RUF012


class ApiKey(Table):
    """Who may call: the secret's hash, a role, and for a grower which one."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    grower_id: Mapped[str | None]
    secret_sha256: Mapped[bytes]
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    __table_args__ = (
        CheckConstraint("role IN ('marketplace', 'cooperative', 'grower')", name="known_role"),
        CheckConstraint("(role = 'grower') = (grower_id IS NOT NULL)", name="grower_named"),
    )


class Feed(Table):
    """A grower's sheet and calendar behind an unguessable token, of which only the hash is kept."""

    __tablename__ = "feeds"
    id: Mapped[str] = mapped_column(primary_key=True)
    grower_id: Mapped[str]
    secret_sha256: Mapped[bytes]
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class Orchard(Table):
    """The problem without its orders, as the cooperative last stated it: one row."""

    __tablename__ = "orchard"
    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str]
    changed_at: Mapped[dt.datetime]
    __table_args__ = (CheckConstraint("id = 1", name="one_orchard"),)


class OrderRow(Table):
    """An order of a marketplace, as the library's record; the marketplace keeps who gets it."""

    __tablename__ = "orders"
    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    imported_at: Mapped[dt.datetime]


class PlanRow(Table):
    """A plan and the question it answers; never changed once written."""

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    problem: Mapped[str]
    plan: Mapped[str]
    changes: Mapped[dict[str, Any] | None]
    """Of a re-plan: what it changes of the plan before."""
    made_at: Mapped[dt.datetime]


class Job(Table):
    """Work for the background workers; one that dies leaves its lease to run out, and another takes over."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default="0")
    worker: Mapped[str | None]
    leased_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    result: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]
    """Why it failed, as a problem document (RFC 9457)."""
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="known_state"),
        Index("jobs_waiting", "id", postgresql_where=text("state IN ('queued', 'running')")),
    )


class BookRow(Table):
    """The open book: which plan's capacities the stock is, counted by version. One row, locked by whoever opens."""

    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    as_of: Mapped[dt.datetime | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    __table_args__ = (CheckConstraint("id = 1", name="one_book"),)


class StockRow(Table):
    """A resource, its limit, and what live reservations take of it: the database itself refuses overselling."""

    __tablename__ = "stock"
    resource: Mapped[str] = mapped_column(primary_key=True)
    most: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND most", name="never_oversold"),
        Index("stock_taken", "resource", postgresql_where=text("taken > 0")),
    )


class ReservationRow(Table):
    """A reservation with the offer it took; `number` is the order in which they were made."""

    __tablename__ = "reservations"
    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    order_id: Mapped[str]
    offer: Mapped[str]
    takes: Mapped[str]
    state: Mapped[str]
    reserved_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    __table_args__ = (
        CheckConstraint("state IN ('held', 'confirmed', 'cancelled', 'expired')", name="known_state"),
        Index("reservations_due", "expires_at", postgresql_where=text("state = 'held'")),
        # An order has one live reservation at most.
        Index("reservations_live", "order_id", unique=True, postgresql_where=text("state IN ('held', 'confirmed')")),
    )


class LiveTake(Table):
    """What a live reservation takes; gone when it is freed."""

    __tablename__ = "live_takes"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    reservation_id: Mapped[str] = mapped_column(ForeignKey("reservations.id"), index=True)
    resource: Mapped[str]
    amount: Mapped[int]
    shared_by: Mapped[str | None]
    __table_args__ = (Index("live_takes_resource", "resource", "shared_by"),)

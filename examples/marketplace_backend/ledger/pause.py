"""Selling stands still while a plan is made for the last time: for promises that come faster than plans are ready.

An advisory lock of PostgreSQL: whoever reserves shares it, whoever pauses has it alone. It is the connection's, so that
a worker that dies lets go of it. A request that waits longer than `lock_timeout_s` is answered 503 and comes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

SELLING = 7_110_026
"""The lock's number; any that nothing else in the database uses."""


def sell(session: Session) -> None:
    """Wait until selling goes on; it cannot be paused before the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock_shared(SELLING)))


@contextmanager
def selling_paused(engine: Engine) -> Iterator[None]:
    """Nothing is reserved meanwhile; confirming and cancelling go on."""
    with engine.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(SELLING)))
        connection.commit()
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(SELLING)))
            connection.commit()

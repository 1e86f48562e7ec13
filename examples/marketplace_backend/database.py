"""Connections to PostgreSQL, and the transactions that the rest of the service runs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from examples.marketplace_backend.settings import Settings, settings


def engine_of(chosen: Settings) -> Engine:
    """A pool of connections; each gives up a lock or a statement in time, so that no request hangs."""
    lock_ms = int(chosen.lock_timeout_s * 1000)
    return create_engine(
        chosen.database_url.get_secret_value(),
        pool_size=chosen.pool_size,
        max_overflow=0,
        pool_timeout=chosen.pool_timeout_s,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": "marketplace_backend",
            "options": f"-c lock_timeout={lock_ms} -c statement_timeout=60000 -c timezone=UTC",
        },
    )


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The pool of this process."""
    return engine_of(settings())


@lru_cache(maxsize=1)
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(engine(), expire_on_commit=False)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for statements that change nothing: each sees what is committed, without a transaction around."""
    with Session(engine().execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False) as session:
        yield session


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is committed at the end, or not at all."""
    with _sessions().begin() as session:
        yield session


def forget() -> None:
    """Close the pool; the next use opens another, to the database that the settings then name."""
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
    _sessions.cache_clear()


def answers() -> bool:
    """Whether the database answers and holds the tables."""
    with engine().connect() as connection:
        return connection.execute(text("SELECT to_regclass('public.plans') IS NOT NULL")).scalar_one() is True

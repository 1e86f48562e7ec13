"""`hp.Ledger` in PostgreSQL: reservations that survive every process, capacities that cannot be oversold."""

from __future__ import annotations

from examples.marketplace_backend.ledger.pause import selling_paused
from examples.marketplace_backend.ledger.postgres_ledger import PostgresLedger

__all__ = ["PostgresLedger", "selling_paused"]

"""The ledger at one moment: what is left of each resource, for quoting. Reserving does not rely on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from examples.marketplace_backend.ledger.amounts import Share
from examples.marketplace_backend.tables import BookRow, LiveTake, StockRow


@dataclass(frozen=True, slots=True)
class View:
    """An `hp` snapshot read from the database."""

    version: int
    book: str
    limits: Mapping[str, int]
    taken: Mapping[str, int]
    shares: Mapping[Share, int]

    def free(self, resource: str) -> int:
        """What is left [mg, or trips]."""
        return self.limits.get(resource, 0) - self.taken.get(resource, 0)

    def shared(self, resource: str, shared_by: str) -> int:
        """What the takes of that name hold together [mg, or trips]."""
        return self.shares.get((resource, shared_by), 0)


def read_view(session: Session, before: View | None) -> View:
    """What the database holds now; the limits of a version never change and are read once.

    The session's transaction must be REPEATABLE READ: version and stock are of one moment.
    """
    version, name = session.execute(select(BookRow.version, BookRow.name)).one()
    known = before is not None and (before.version, before.book) == (version, name)
    limits = before.limits if known and before else _limits(session)
    taken = session.execute(select(StockRow.resource, StockRow.taken).where(StockRow.taken > 0))
    columns = LiveTake.resource, LiveTake.shared_by
    shared = select(*columns, func.max(LiveTake.amount)).where(LiveTake.shared_by.is_not(None)).group_by(*columns)
    held = {(resource, by): amount for resource, by, amount in session.execute(shared) if by is not None}
    return View(version, name, limits, dict(taken.all()), held)


def _limits(session: Session) -> dict[str, int]:
    return dict(session.execute(select(StockRow.resource, StockRow.most)).all())

"""The table of shipments, read once: each row is entered, its figures are recomputed and its own rules held."""

from __future__ import annotations

from collections.abc import Iterator

from harvest_planner.planning.referee.finding import finding
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.rules import check_row
from harvest_planner.planning.referee.shipments import Figures, name_of
from harvest_planner.schema.plan import Violation


def check_rows(ledger: Ledger) -> Iterator[Violation]:
    """Each shipment by itself; afterwards the ledger knows them all."""
    figures = Figures(ledger.case)
    for row in ledger.plan.shipments:
        entry = ledger.enter(row)
        if entry is None:
            yield finding("unknown_record", name_of(row), "the problem has no such order or batch")
            continue
        yield from figures.check(entry)
        if not entry.settled:
            yield from check_row(entry, ledger.case)

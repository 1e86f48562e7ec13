"""What an import leaves behind: orders.csv for the problem folder, and beside it what must not be in the problem."""

from __future__ import annotations

from pathlib import Path

from harvest_planner.formats.atomic import write_folder
from harvest_planner.formats.cells import harmless, number_text
from harvest_planner.formats.orders_in.contacts import contacts_text
from harvest_planner.formats.orders_in.result import ImportedOrders, Parcel, Skipped, Unresolved
from harvest_planner.formats.tables import csv_text, table_text
from harvest_planner.formats.texts import one_fault
from harvest_planner.schema.goods import Order

CONTACTS, PARCELS, SKIPPED, UNRESOLVED = "contacts.csv", "parcels.csv", "skipped.csv", "unresolved.csv"


def write_import(imported: ImportedOrders, out: str | Path) -> tuple[Path, ...]:
    """Write the orders to `out` and contacts.csv, parcels.csv, skipped.csv, unresolved.csv beside it: all or none.

    Raises
    ------
    ProblemFileError : `out` has the name of one of the others.
    OSError : it cannot be written; the folder is then as it was before.
    """
    target = Path(out)
    if target.name in (CONTACTS, PARCELS, SKIPPED, UNRESOLVED):
        raise one_fault(str(out), "a name of its own for the orders, such as orders.csv")
    texts = {
        target.name: table_text(imported.orders, Order),
        CONTACTS: contacts_text(imported.contacts),
        PARCELS: _parcels(imported.parcels),
        SKIPPED: _skipped(imported.skipped),
        UNRESOLVED: _unresolved(imported.unresolved),
    }
    return tuple(write_folder(target.parent, texts))


def _parcels(parcels: tuple[Parcel, ...]) -> str:
    rows = ([harmless(one.marketplace_order), number_text(one.kg), number_text(one.chargeable_kg)] for one in parcels)
    return csv_text(tuple(Parcel.model_fields), rows)


def _skipped(found: tuple[Skipped, ...]) -> str:
    rows = ([harmless(one.marketplace_order), one.reason, harmless(one.file), str(one.line or "")] for one in found)
    return csv_text(tuple(Skipped.model_fields), rows)


def _unresolved(found: tuple[Unresolved, ...]) -> str:
    rows = (
        [
            one.kind,
            harmless(one.value),
            harmless(one.expected),
            "|".join(one.candidates),
            "|".join(one.marketplace_orders),
        ]
        for one in found
    )
    return csv_text(tuple(Unresolved.model_fields), rows)

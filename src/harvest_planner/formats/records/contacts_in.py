"""Contacts read back from contacts.csv: the only place that names and addresses of receivers come from."""

from __future__ import annotations

import csv
from pathlib import Path

from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.cells import unguarded
from harvest_planner.formats.orders_in.contacts import COLUMNS
from harvest_planner.formats.orders_in.result import Contact
from harvest_planner.formats.tables import csv_lines, separator_of
from harvest_planner.formats.texts import one_fault, read_text


def load_contacts(path: str | Path) -> tuple[Contact, ...]:
    """Who gets each order, as `write_import` wrote it beside the orders.

    Raises
    ------
    ProblemFileError : it is no such table, or an order stands twice. The faults name lines and columns, never a
        person's data.
    """
    source = Path(path)
    text = read_text(source, source.name)
    lines = csv_lines(text, separator_of(text))
    try:
        rows = [(line, [cell.strip() for cell in cells]) for line, cells in lines if any(map(str.strip, cells))]
    except csv.Error as error:
        raise one_fault(source.name, f"rows whose quotes are closed ({error})") from None
    if not rows or sorted(rows[0][1]) != sorted(COLUMNS):
        raise one_fault(source.name, f"the columns {', '.join(COLUMNS)}", line=1, field="header")
    names = rows[0][1]
    found: dict[str, Contact] = {}
    faults = []
    for line, cells in rows[1:]:
        told = {name: unguarded(cell) for name, cell in zip(names, cells, strict=False)}
        order_id = told.get("order_id", "")
        if len(cells) != len(names):
            faults.append(Fault(source.name, line, "cells", str(len(cells)), f"{len(names)} cells"))
        elif not order_id or order_id in found:
            expected = "each order once; this one stands twice" if order_id else "an order's id; it must be given"
            faults.append(Fault(source.name, line, "order_id", order_id, expected))
        else:
            found[order_id] = Contact(**told)
    if faults:
        raise ProblemFileError(faults)
    return tuple(found.values())

"""A marketplace's export turned into orders: `import_orders`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from harvest_planner.catalogue import fold
from harvest_planner.formats.orders_in.basket import Basket, Question
from harvest_planner.formats.orders_in.baskets import Baskets, Table, masked
from harvest_planner.formats.orders_in.column_map import ColumnMap, load_map
from harvest_planner.formats.orders_in.header import find_header, no_header
from harvest_planner.formats.orders_in.reading import Reader
from harvest_planner.formats.orders_in.result import ImportedOrders, Unresolved
from harvest_planner.formats.orders_in.sources import open_export
from harvest_planner.formats.orders_in.workbook import formula_cells
from harvest_planner.schema.collector import collector_paused


def import_orders(path: str | Path, *, column_map: ColumnMap | str | Path | None = None) -> ImportedOrders:
    """The orders of a marketplace's export: CSV, XLSX (extra `excel`) or JSON, whatever its name ends in.

    Parameters
    ----------
    path : the export as the seller's centre gives it.
    column_map : a map of one's own, over the bundled orders_map.toml: headings, products, places, assumptions.

    Returns
    -------
    The orders that are sound, their contacts beside them, and what was skipped, is at fault or to be resolved. An order
    of which one line is at fault is left out whole.

    Raises
    ------
    ProblemFileError : the export cannot be used at all (macros, no headings, no text), or the map has faults.
    MissingExtraError : it is a workbook and openpyxl is not installed.
    """
    source = Path(path)
    rules = column_map if isinstance(column_map, ColumnMap) else load_map(column_map)
    # An import makes no cycles; searching for them would be a quarter of its time.
    with collector_paused():
        gathered = _gathered(source, rules)
        _refuse_formulas(source, gathered)
        reader = Reader(rules)
        told = [reader.read(number, lines) for number, lines in gathered.lines.items() if number not in gathered.spoilt]
        return _answer(gathered, told)


def _gathered(source: Path, rules: ColumnMap) -> Baskets:
    gathered = Baskets(rules)
    seen: list[Sequence[Any]] = []
    with open_export(source, rules.rules.json_paths) as sheets:
        for sheet in sheets:
            found = find_header(sheet, rules.table, seen)
            if found is not None:
                gathered.take(Table(sheet, found[0]), found[1])
                seen.clear()
    if not gathered.tables:
        raise no_header(source.name, seen[0] if seen else (), rules.table)
    return gathered


def _refuse_formulas(source: Path, gathered: Baskets) -> None:
    """A cell that computes what it shows is a fault: nobody can say what it showed when it was looked at."""
    if not gathered.computed:
        return
    places = {
        (line.table.sheet.name, line.number, line.table.header.columns[name]) for _, line, name in gathered.computed
    }
    formulas = formula_cells(source, source.name, places)
    for number, line, name in gathered.computed:
        if (line.table.sheet.name, line.number, line.table.header.columns[name]) in formulas:
            gathered.spoilt.add(number)
            expected = "a value, not a formula; copy the sheet and paste it as values"
            gathered.faults.append(line.fault(name, expected, "="))


def _answer(gathered: Baskets, baskets: Sequence[Basket]) -> ImportedOrders:
    whole = [basket for basket in baskets if not basket.faults and basket.orders]
    skipped = chain(gathered.skipped, *(basket.skipped for basket in baskets))
    faults = chain(gathered.faults, *(basket.faults for basket in baskets))
    assumed = Counter(name for basket in whole for name in basket.assumed)
    return ImportedOrders(
        orders=tuple(order for basket in whole for order in basket.orders),
        contacts=tuple(contact for basket in whole for contact in basket.contacts),
        parcels=tuple(basket.parcel for basket in whole if basket.parcel is not None),
        skipped=tuple(sorted(skipped, key=lambda one: (one.file, one.line))),
        unresolved=_unresolved(question for basket in baskets for question in basket.questions),
        faults=tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line))),
        assumed=tuple(sorted(assumed.items())),
    )


def _unresolved(questions: Iterable[Question]) -> tuple[Unresolved, ...]:
    """Each name once, with the orders that wait for it; the one that most wait for first."""
    asked: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        asked.setdefault((question.kind, fold(question.value)), []).append(question)
    found = (
        Unresolved(
            kind=same[0].kind,
            value=masked(same[0].value),
            expected=same[0].expected,
            candidates=same[0].candidates,
            marketplace_orders=tuple(dict.fromkeys(one.marketplace_order for one in same)),
        )
        for same in asked.values()
    )
    return tuple(sorted(found, key=lambda one: (-len(one.marketplace_orders), one.kind, one.value)))

"""An export as JSON: orders and their items laid out as a table, a row for each item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvest_planner.formats.orders_in.map_file import Json
from harvest_planner.formats.orders_in.sheet import MOST_ROWS, Sheet
from harvest_planner.formats.texts import one_fault

ITEM = "item."
_DEEPEST = 4


def json_sheet(text: str, name: str, paths: Json) -> Sheet:
    """The table of a JSON document: columns are paths (recipient_address.state), those of items begin with `item.`.

    Raises
    ------
    ProblemFileError : it is not JSON, or holds no list of orders.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise one_fault(name, f"JSON ({error.msg}, column {error.colno})", line=error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise one_fault(name, f"JSON that can be read ({error})") from None
    found = _orders(document, paths)
    if found is None:
        raise one_fault(name, f"a list of orders, or an object that holds one under {' or '.join(paths.orders)}")
    lead, orders = found
    flat: list[tuple[str, dict[str, Any]]] = []
    for index, order in enumerate(orders):
        where = f"{lead}[{index}]"
        if not isinstance(order, Mapping):
            raise one_fault(name, "an object for each order", field=where)
        flat.extend(_rows(order, where, paths))
        if len(flat) > MOST_ROWS:
            raise one_fault(name, f"at most {MOST_ROWS} items; split the export")
    columns = list(dict.fromkeys(key for _, row in flat for key in row))
    cells = (tuple(row.get(column) for column in columns) for _, row in flat)
    table: Iterator[tuple[int, Sequence[Any]]] = enumerate((columns, *cells))
    return Sheet(name, table, paths=[lead, *(where for where, _ in flat)])


def _orders(document: Any, paths: Json) -> tuple[str, list[Any]] | None:
    if isinstance(document, list):
        return "", document
    for path in paths.orders:
        held = _held(document, path)
        if isinstance(held, list):
            return path, held
    if any(isinstance(_held(document, path), list) for path in paths.items):
        return "order", [document]
    return None


def _held(document: Any, path: str) -> Any:
    for step in path.split("."):
        document = document.get(step) if isinstance(document, Mapping) else None
    return document


def _rows(order: Mapping[str, Any], where: str, paths: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """A row for each item, the order's own fields in all of them."""
    key = next((path for path in paths.items if isinstance(order.get(path), list)), None)
    own = dict(_plain({name: value for name, value in order.items() if name != key}, "", _DEEPEST))
    items = order[key] if key else []
    for index, item in enumerate(items):
        fields = dict(_plain(item, ITEM, _DEEPEST)) if isinstance(item, Mapping) else {}
        yield f"{where}.{key}[{index}]", {**own, **fields}
    if not items:
        yield where, own


def _plain(value: Any, lead: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The plain values inside, each with its path; of a list the first entry."""
    for name, held in value.items():
        inner = held[0] if isinstance(held, list) and held and isinstance(held[0], Mapping) else held
        if isinstance(inner, Mapping) and depth:
            yield from _plain(inner, f"{lead}{name}.", depth - 1)
        elif not isinstance(inner, (Mapping, list)):
            yield f"{lead}{name}", inner

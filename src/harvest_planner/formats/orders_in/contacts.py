"""Names, phones and addresses: out of the export into a table of their own, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harvest_planner.formats.cells import harmless
from harvest_planner.formats.orders_in.basket import Basket
from harvest_planner.formats.orders_in.result import Contact
from harvest_planner.formats.tables import csv_text

COLUMNS = ("order_id", "name", "phone", "address", "marketplace", "marketplace_order", "parcel_no")
_NATIONAL = re.compile(r"(?:\+?84|0)?([2-9][0-9]{8,9})")


def contacts_of(basket: Basket, order_ids: Iterable[str], marketplace: str) -> list[Contact]:
    """Who gets the orders of a basket."""
    common = {
        "name": basket.text("name"),
        "phone": phone_number(basket.text("phone")),
        "address": _address(basket),
        "marketplace": marketplace,
        "marketplace_order": basket.number,
        "parcel_no": basket.text("parcel_no"),
    }
    return [Contact(order_id=order_id, **common) for order_id in order_ids]


def phone_number(text: str) -> str:
    """A number of Viet Nam as it is dialled there, with the 0 that spreadsheets drop; any other text as it stands.

    Examples
    --------
    >>> phone_number("+84 912 345 678"), phone_number("912345678"), phone_number("84******89")
    ('0912345678', '0912345678', '84******89')
    """
    found = _NATIONAL.fullmatch(re.sub(r"[\s.()-]", "", text.removeprefix("'")))
    return f"0{found[1]}" if found else text


def _address(basket: Basket) -> str:
    """The whole address on one line: what it ends in already is not said twice."""
    address = basket.text("address")
    held = address.casefold()
    levels = (basket.text(name) for name in ("ward", "district", "province"))
    return ", ".join(filter(None, (address, *(level for level in levels if level.casefold() not in held))))


def contacts_text(contacts: Iterable[Contact]) -> str:
    """The contacts as CSV; a text that a spreadsheet would run gets an apostrophe in front."""
    rows = ([harmless(" ".join(str(getattr(contact, name)).split())) for name in COLUMNS] for contact in contacts)
    return csv_text(COLUMNS, rows)

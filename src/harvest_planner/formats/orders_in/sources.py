"""Which kind of export a file is, told by its first bytes and not by its name, and its tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harvest_planner.formats.orders_in.delimited import csv_sheet
from harvest_planner.formats.orders_in.documents_in import json_sheet
from harvest_planner.formats.orders_in.encodings import decoded, read_bytes
from harvest_planner.formats.orders_in.map_file import Json
from harvest_planner.formats.orders_in.sheet import Sheet
from harvest_planner.formats.orders_in.workbook import open_workbook
from harvest_planner.formats.texts import one_fault

ZIPPED = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF"


@contextmanager
def open_export(path: Path, paths: Json) -> Iterator[Iterator[Sheet]]:
    """The tables of an export, each read while the block lasts.

    Raises
    ------
    MissingExtraError : it is a workbook and openpyxl is not installed (extra `excel`).
    ProblemFileError : it cannot be used; says why.
    """
    data = read_bytes(path, path.name)
    if data.startswith(ZIPPED):
        with open_workbook(path, path.name) as sheets:
            yield sheets
        return
    if data.startswith(_OLD_OFFICE):
        raise one_fault(path.name, "an .xlsx workbook without a password; save this old .xls as .xlsx or CSV UTF-8")
    if data.startswith(_PDF) or not data.strip():
        raise one_fault(path.name, "CSV, XLSX or JSON" + ("; the file is empty" if not data.strip() else ""))
    text = decoded(data, path.name)
    start = text.lstrip()[:1]
    if start == "<":
        raise one_fault(path.name, "CSV, XLSX or JSON; this is a web page: open it in a spreadsheet, save it as .xlsx")
    if start in ("{", "["):
        yield iter([json_sheet(text, path.name, paths)])
    else:
        yield iter([csv_sheet(text, path.name)])

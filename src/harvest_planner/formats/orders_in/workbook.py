"""An export as XLSX: refused where it could do harm, else streamed row by row."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from harvest_planner.errors import MissingExtraError, ProblemFileError
from harvest_planner.formats.names import clean
from harvest_planner.formats.orders_in.sheet import MOST_COLUMNS, MOST_ROWS, Sheet
from harvest_planner.formats.texts import one_fault

MOST_UNPACKED = 512 * 2**20
MOST_MEMBERS = 2000
_MOST_RATIO = 200
_RATIO_FROM = 16 * 2**20
_MOST_EMPTY = 10_000
_XML_HEAD = 2**16


@contextmanager
def open_workbook(path: Path, name: str) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook, each read while the block lasts.

    Raises
    ------
    MissingExtraError : openpyxl is not installed (extra `excel`).
    ProblemFileError : it holds macros, unpacks to more than any export, or is no workbook.
    """
    load = _loader()
    _refuse_harmful(path, name)
    with warnings.catch_warnings():
        # What openpyxl leaves out of a workbook (validations, styles) is nothing an order is made of.
        warnings.simplefilter("ignore", UserWarning)
        with path.open("rb") as handle:  # by its name openpyxl would refuse a workbook that is called .csv
            with _damage_told(name):
                book = load(handle, read_only=True, keep_links=False)
            try:
                yield (
                    Sheet(_called(name, book, sheet), _rows(sheet, name), computes=True) for sheet in book.worksheets
                )
            finally:
                book.close()


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    """A damaged workbook fails anywhere in openpyxl, with anything."""
    try:
        yield
    except (ProblemFileError, MemoryError):
        raise
    except Exception as error:
        raise one_fault(name, f"a workbook that can be read ({type(error).__name__}: {error})") from None


def formula_cells(path: Path, name: str, places: set[tuple[str, int, int]]) -> set[tuple[str, int, int]]:
    """Which of the places (sheet, line, column from 0) hold a formula and not a text that looks like one."""
    found = set()
    with warnings.catch_warnings(), path.open("rb") as handle:
        warnings.simplefilter("ignore", UserWarning)
        book = _loader()(handle, read_only=True, keep_links=False)
        for sheet in book.worksheets:
            called = _called(name, book, sheet)
            wanted = {(line, column) for title, line, column in places if title == called}
            last = max((line for line, _ in wanted), default=0)
            sheet.reset_dimensions()
            for line, row in enumerate(islice(sheet.iter_rows(), last), start=1):
                formulas = {(line, column) for column, cell in enumerate(row) if cell.data_type == "f"}
                found |= {(called, *place) for place in formulas & wanted}
        book.close()
    return found


def _loader() -> Any:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtraError("openpyxl", extra="excel", needed_for="reading an XLSX export") from None
    return load_workbook


def _called(name: str, book: Any, sheet: Any) -> str:
    return name if len(book.worksheets) == 1 else f"{name}[{clean(sheet.title)}]"


def _refuse_harmful(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_members(members, name)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if b"<!DOCTYPE" in part.read(_XML_HEAD):
                            raise one_fault(name, "a workbook without document types of its own; save it anew as .xlsx")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        if isinstance(error, ProblemFileError):
            raise
        raise one_fault(name, f"a workbook that can be unpacked ({error})") from None


def _refuse_members(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    names = {member.filename.lower() for member in members}
    if any("vbaproject" in member or "macrosheets/" in member for member in names):
        raise one_fault(name, "a workbook without macros; save it as .xlsx or as CSV UTF-8")
    if "xl/workbook.xml" not in names:
        raise one_fault(name, "an .xlsx workbook; save it as .xlsx or as CSV UTF-8")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED or len(members) > MOST_MEMBERS:
        size = f"{unpacked >> 20} MB in {len(members)} parts"
        raise one_fault(name, f"a workbook of at most {MOST_UNPACKED >> 20} MB unpacked; this one has {size}: split it")
    for member in members:
        if member.file_size > _RATIO_FROM and member.file_size > _MOST_RATIO * max(1, member.compress_size):
            raise one_fault(name, f"a workbook packed as programs pack; its part {member.filename} unpacks like a bomb")


def _rows(sheet: Any, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    sheet.reset_dimensions()  # what a sheet says of its own size may be a lie
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    empty = 0
    while True:
        with _damage_told(name):
            line, cells = next(rows, (0, ()))
        if not line:
            return
        if len(cells) > MOST_COLUMNS:
            if any(cell is not None for cell in cells[MOST_COLUMNS:]):
                raise one_fault(name, f"at most {MOST_COLUMNS} columns; this sheet has {len(cells)}", line=line)
            cells = cells[:MOST_COLUMNS]
        empty = 0 if cells else empty + 1
        if empty > _MOST_EMPTY:
            raise one_fault(name, f"rows close together; {_MOST_EMPTY} empty ones follow each other here", line=line)
        if line > MOST_ROWS:
            raise one_fault(name, f"at most {MOST_ROWS} rows; split the export", line=line)
        yield line, cells

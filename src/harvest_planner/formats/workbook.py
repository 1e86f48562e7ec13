"""A plan as one XLSX workbook: a sheet for each table, columns as wide as what they hold, days as days."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harvest_planner.errors import MissingExtraError
from harvest_planner.formats.atomic import write_text
from harvest_planner.formats.cells import harmless
from harvest_planner.formats.words import Words, words
from harvest_planner.formats.workbook_rows import SHEETS, Cell, WorkbookRows
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem

MOST_ROWS = 1_048_575
"""Rows that a sheet can hold below its header."""
_LONGEST_TEXT = 32_000
_WIDEST, _NARROWEST = 60, 8
_FORMATS = {"kg": "#,##0.0##", "vnd": "#,##0", "share": "0%"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_workbook(plan: HarvestPlan, problem: PlanningProblem, path: str | Path, *, language: str = "en") -> Path:
    """Write the plan, its picks, shipments, answers to the marketplace, refusals and summary as an XLSX workbook.

    Texts that a spreadsheet would run as formulas get an apostrophe in front; instants are local where they happen. The
    same plan gives the same bytes.

    Raises
    ------
    MissingExtraError : openpyxl is not installed (extra `excel`).
    ValueError : a table has more rows than a sheet can hold, or there is no such language.
    OSError : it cannot be written; an old file is then still whole.
    """
    try:
        from openpyxl import Workbook
    except ImportError:
        raise MissingExtraError("openpyxl", extra="excel", needed_for="writing an XLSX workbook") from None
    spoken = words(language)
    rows = WorkbookRows(plan, problem, spoken)
    book = Workbook(write_only=True)
    for name, columns in SHEETS.items():
        sheet = book.create_sheet(spoken.say(f"workbook.{name}_sheet"))
        _fill(sheet, name, columns, [*rows.rows(name)], spoken)
    raw = io.BytesIO()
    book.save(raw)
    return write_text(path, _without_clock(raw.getvalue(), problem.as_of))


def _fill(sheet: Any, name: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]], spoken: Words) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    if len(rows) > MOST_ROWS:
        raise ValueError(
            f"the sheet {name!r} would have {len(rows)} rows, a workbook holds {MOST_ROWS}: write CSV (--out)"
        )
    # How the numbers of a column are shown stands in the end of its name, which is their unit.
    headings = [spoken.say(f"workbook.{column}") for column in columns]
    formats = [_FORMATS.get(column.rpartition("_")[2]) for column in columns]
    for position, heading in enumerate(headings):
        held = (_width(row[position]) for row in rows)
        width = max(len(heading), _NARROWEST, max(held, default=0)) + 2
        sheet.column_dimensions[get_column_letter(position + 1)].width = min(width, _WIDEST)
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=heading) for heading in headings]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value, form, spoken) for value, form in zip(row, formats, strict=True)])
    if rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"


def _cell(sheet: Any, value: Cell, form: str | None, spoken: Words) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        return harmless(value[:_LONGEST_TEXT])
    if value is None:
        return None
    cell: Any = WriteOnlyCell(sheet)
    cell.value = value
    if isinstance(value, dt.date):
        form = spoken.say("workbook.moment_format" if isinstance(value, dt.datetime) else "workbook.day_format")
    if form:
        cell.number_format = form
    return cell


def _width(value: Cell) -> int:
    if value is None:
        return 0
    if isinstance(value, dt.datetime):
        return len("31/12/2026 23:59")
    if isinstance(value, dt.date):
        return len("31/12/2026")
    return len(f"{value:,.1f}") if isinstance(value, float) else len(str(value))


def _without_clock(data: bytes, as_of: dt.datetime) -> bytes:
    """The workbook with the moment of planning where the program puts that of writing."""
    stamp = as_of.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(lambda match: match[1] + stamp, part)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, part)
    return out.getvalue()

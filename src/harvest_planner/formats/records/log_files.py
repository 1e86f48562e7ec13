"""The harvest log on disk: a table for spreadsheets, or a JSON document."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.atomic import write_text
from harvest_planner.formats.cells import guarded, text_of, unguarded
from harvest_planner.formats.columns import Column, columns_of
from harvest_planner.formats.drafts import parsed_json
from harvest_planner.formats.rows import Row, label, read
from harvest_planner.formats.tables import csv_text, read_table
from harvest_planner.formats.texts import read_text
from harvest_planner.formats.versions import upgraded
from harvest_planner.schema.harvest_log import LOG_FORMAT, HarvestLog, HarvestRow, disagreements


class _Line(HarvestRow):
    """A row with what the record itself works out, for whoever reads the table; on reading it counts for nothing."""

    interval: str | None = None
    keep_until: str | None = None


def save_log(log: HarvestLog, path: str | Path) -> Path:
    """Write the log: a JSON document where `path` ends in .json, else a CSV table.

    The table has every column, to be filled in by hand too, and two that are worked out: `interval` (kept, broken,
    unknown, no_treatment) and `keep_until`. A text that a spreadsheet would run as a formula has an apostrophe in
    front, which `load_log` takes off again.

    Raises
    ------
    ValueError : a text cannot stand in a cell (a | within a certificate's name); the message names the remedy.
    OSError : it cannot be written; an old file is then still whole.
    """
    target = Path(path)
    json_wanted = target.suffix.lower() == ".json"
    return write_text(target, log.model_dump_json(indent=1) + "\n" if json_wanted else log_text(log))


def log_text(log: HarvestLog) -> str:
    """The log as CSV."""
    columns = columns_of(_Line)
    return csv_text(list(columns), ([_cell(row, column) for column in columns.values()] for row in log.rows))


def _cell(row: HarvestRow, column: Column) -> str:
    if column.name == "interval":
        return row.interval_check
    if column.name == "keep_until":
        return row.keep_until_on.isoformat()
    try:
        text = text_of(getattr(row, column.name), column)
    except ValueError as error:
        raise ValueError(f"lot {row.lot_code}: {error}") from None
    return guarded(text) if "string" in column.kinds else text


def load_log(path: str | Path) -> HarvestLog:
    """The log in a CSV table or a JSON document that `save_log` wrote, or a spreadsheet saved as CSV.

    Raises
    ------
    ProblemFileError : it is no log, or its rows contradict each other; carries every fault.
    """
    source = Path(path)
    text = read_text(source, source.name)
    if source.suffix.lower() == ".json":
        return _from_json(text, source.name)
    table = read_table(text, source.name, _Line)
    entries = [read(_bare(row), _Line) for row in table.rows]
    faults = [*table.faults, *(fault for entry in entries for fault in entry.faults)]
    lines = [entry.record for entry in entries if entry.record is not None]
    if not faults:
        for number, field, expected in disagreements(lines):
            faults.append(table.rows[number].fault((field,), expected))
    if faults:
        raise ProblemFileError(sorted(faults, key=lambda fault: fault.line))
    return HarvestLog(rows=tuple(HarvestRow(**_own(line)) for line in lines))


def _own(line: _Line) -> dict[str, object]:
    return {name: getattr(line, name) for name in HarvestRow.model_fields}


def _bare(row: Row) -> Row:
    columns = columns_of(_Line)
    values = {
        name: _unguarded(value) if "string" in columns[name].kinds else value for name, value in row.values.items()
    }
    return replace(row, values=values)


def _unguarded(value: object) -> object:
    if isinstance(value, list):  # the guard stands before the first of several
        return [_unguarded(value[0]), *value[1:]]
    return unguarded(value) if isinstance(value, str) else value


def _from_json(text: str, name: str) -> HarvestLog:
    document = upgraded(parsed_json(text, name), current=LOG_FORMAT, name=name)
    try:
        return HarvestLog.model_validate_json(json.dumps(document))
    except ValidationError as error:
        # Their values may be names and addresses: none is shown.
        faults = [
            Fault(name, 0, label(item["loc"]), "", item["msg"].removeprefix("Value error, "))
            for item in error.errors(include_url=False, include_input=False)
        ]
        raise ProblemFileError(faults) from None

"""A seller centre's export as a request's body: read by the library, kept without who gets the orders."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

import harvest_planner as hp
from examples.marketplace_backend import bodies, plans
from examples.marketplace_backend.problem_documents import Detail, ServiceError

_BINARY = {"type": "string", "format": "binary"}
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        name: {"schema": _BINARY}
        for name in (
            "text/csv",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/octet-stream",
        )
    },
}
COLUMN_MAP = Path(__file__).with_name("orders_map.toml")
"""The marketplace's own headings, products and places, where the operator states some."""


async def imported(request: Request) -> bodies.Imported:
    """Store the sound orders of the export in the request's body, and say what kept the others out."""
    body = await request.body()
    return await run_in_threadpool(_stored, body)


def _stored(body: bytes) -> bodies.Imported:
    found = _read(body)
    stored = plans.keep_orders(found.orders) if found.orders else {"new": 0, "changed": 0, "unchanged": 0}
    return bodies.Imported(
        **stored,
        skipped=len(found.skipped),
        # Without the values: they may be names or telephone numbers in the wrong column.
        faults=[bodies.ImportFault(line=f.line, field=f.field, expected=f.expected) for f in found.faults[:1000]],
    )


def _read(body: bytes) -> hp.ImportedOrders:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        path.write_bytes(body)
        try:
            return hp.import_orders(path, column_map=COLUMN_MAP if COLUMN_MAP.exists() else None)
        except hp.ProblemFileError as error:
            told = [Detail(pointer=f"line {f.line}: {f.field}", message=f.expected) for f in error.faults[:100]]
            raise ServiceError("invalid", "The export cannot be read.", errors=told) from None

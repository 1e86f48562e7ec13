"""Every refusal of the service as a problem document (RFC 9457), `application/problem+json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, DBAPIError, TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException as PlainHTTPException

import harvest_planner as hp

Responses = dict[int | str, dict[str, Any]]
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
_SCHEMA = "#/components/schemas/Problem"


class Detail(BaseModel):
    """One thing wrong in what was sent; the value itself is not repeated."""

    pointer: str
    """Where: `body.orders.0.quantity_kg`, or file and line of an export."""
    message: str


class Problem(BaseModel):
    """A problem document."""

    type: str
    """One of the kinds that README.md lists: `sold-out`, `offer-expired`, `not-found` …"""
    title: str
    status: int
    detail: str
    errors: list[Detail] = []


class ServiceError(Exception):
    """A refusal by the service itself."""

    def __init__(self, kind: str, detail: str, *, errors: list[Detail] | None = None, retry_after_s: int = 0) -> None:
        self.kind, self.detail, self.errors, self.retry_after_s = kind, detail, errors or [], retry_after_s
        super().__init__(detail)


class KeyReusedError(hp.LedgerConflictError):
    """An idempotency key that was used for another offer."""


class OrderReservedError(hp.LedgerConflictError):
    """An order that has a live reservation already."""


class Kind(NamedTuple):
    """A kind of problem: its status and title."""

    status: int
    title: str


KINDS = {
    "unauthorized": Kind(401, "No valid key"),
    "forbidden": Kind(403, "The key's role may not do this"),
    "not-found": Kind(404, "There is no such thing"),
    "method-not-allowed": Kind(405, "The path has no such method"),
    "not-planned": Kind(409, "There is no plan yet"),
    "sold-out": Kind(409, "What the offer takes is taken"),
    "plan-changed": Kind(409, "The offer is of an older plan"),
    "key-reused": Kind(409, "The idempotency key belongs to another offer"),
    "order-reserved": Kind(409, "The order has a reservation already"),
    "conflict": Kind(409, "It does not fit what is stored"),
    "offer-expired": Kind(410, "The offer stands no longer"),
    "reservation-over": Kind(410, "The reservation holds nothing any more"),
    "too-large": Kind(413, "The body is too long"),
    "invalid": Kind(422, "What was sent cannot be understood"),
    "too-many-requests": Kind(429, "Too many requests"),
    "internal": Kind(500, "An error of the service"),
    "unavailable": Kind(503, "The database does not answer in time"),
}


def documented(*kinds: str) -> Responses:
    """Those kinds as OpenAPI responses, with the ones that every call may get."""
    found: Responses = {}
    for kind in (*kinds, "too-many-requests", "unavailable"):
        status, title = KINDS[kind]
        text = f"{found[status]['description']}; `{kind}`: {title}" if status in found else f"`{kind}`: {title}"
        found[status] = {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": _SCHEMA}}}}
    return found


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with the schema that the responses of `documented` name."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {**schema.pop("$defs"), "Problem": schema}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _without_offset(schemas)
    return document


def _without_offset(part: Any) -> None:
    """Clock times here are local; JSON Schema's `time` would want an offset (RFC 3339)."""
    if isinstance(part, dict):
        if part.get("format") == "time":
            part["format"] = "local-time"
        for inner in part.values():
            _without_offset(inner)
    elif isinstance(part, list):
        for inner in part:
            _without_offset(inner)


def answer(kind: str, detail: str, *, errors: list[Detail] | None = None, retry_after_s: int = 0) -> JSONResponse:
    """A problem document as a response."""
    status, title = KINDS[kind]
    body = Problem(type=kind, title=title, status=status, detail=detail, errors=errors or [])
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)


def of_error(error: Exception) -> JSONResponse:
    """What the caller is told of an error; it repeats neither values that were sent nor the database's words."""
    for kind, told in _TOLD:
        if isinstance(error, kind):
            return told(error)
    return answer("internal", "The error is logged under the request's id.")


def document_of(error: Exception) -> dict[str, Any]:
    """The same as plain data, for what fails in the background."""
    # Planning refuses what cannot be with ValueErrors that say why.
    response = answer("invalid", str(error)[:500]) if type(error) is ValueError else of_error(error)
    found: dict[str, Any] = json.loads(bytes(response.body))
    return found


def install(app: FastAPI) -> None:
    """Let every error of the application leave it as a problem document."""

    def handled(request: Request, error: Exception) -> JSONResponse:
        return of_error(error)

    def by_status(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, PlainHTTPException)
        kind = next((name for name, kind in KINDS.items() if kind.status == error.status_code), "invalid")
        return answer(kind, str(error.detail))

    for kind in (
        ServiceError,
        RequestValidationError,
        hp.HarvestPlannerError,
        ValueError,
        DBAPIError,
        PoolTimeoutError,
    ):
        app.add_exception_handler(kind, handled)
    for plain in (HTTPException, PlainHTTPException):
        app.add_exception_handler(plain, by_status)


def _faults(error: Any) -> JSONResponse:
    rows = error.errors()[:100]
    errors = [Detail(pointer=".".join(map(str, row["loc"])), message=str(row["msg"])) for row in rows]
    return answer("invalid", "What was sent does not fit the schema.", errors=errors)


def _file_faults(error: Any) -> JSONResponse:
    errors = [Detail(pointer=f"{f.file}:{f.line}:{f.field}", message=f.expected) for f in error.faults[:100]]
    return answer("invalid", "The document has faults.", errors=errors)


def _unavailable(error: Any) -> JSONResponse:
    return answer("unavailable", "Try again in a moment.", retry_after_s=RETRY_AFTER_S)


# The first that fits counts: narrower classes stand before wider ones.
_TOLD: tuple[tuple[type[Exception], Callable[[Any], JSONResponse]], ...] = (
    (ServiceError, lambda e: answer(e.kind, e.detail, errors=e.errors, retry_after_s=e.retry_after_s)),
    (RequestValidationError, _faults),
    (ValidationError, _faults),
    (hp.ProblemFileError, _file_faults),
    (hp.SoldOutError, lambda e: answer("sold-out", f"{e.resource} has too little left; quote again.")),
    (hp.OfferExpiredError, lambda e: answer("offer-expired", f"It stood until {e.expired_at}; quote again.")),
    (hp.ReservationExpiredError, lambda e: answer("reservation-over", f"It is {e.state}; quote and reserve again.")),
    (KeyReusedError, lambda e: answer("key-reused", "Give each request a key of its own.")),
    (OrderReservedError, lambda e: answer("order-reserved", "Cancel its reservation first.")),
    (hp.LedgerConflictError, lambda e: answer("plan-changed", e.reason)),
    (hp.UnknownReservationError, lambda e: answer("not-found", "There is no such reservation.")),
    (hp.UnknownIdError, lambda e: answer("not-found", f"There is no such {e.kind}.")),
    (hp.HarvestPlannerError, lambda e: answer("invalid", str(e)[:500])),
    (DataError, lambda e: answer("invalid", "A text holds letters that cannot be stored.")),
    (UnicodeError, lambda e: answer("invalid", "A text holds letters that cannot be stored.")),
    (DBAPIError, _unavailable),
    (PoolTimeoutError, _unavailable),
)

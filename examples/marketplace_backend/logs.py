"""Structured logs, a JSON object a line: method, route, status, duration, key id; no body, path value or address."""

from __future__ import annotations

import logging
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import TextIO

import structlog
from fastapi import Request, Response

from examples.marketplace_backend.metrics import observe
from examples.marketplace_backend.problem_documents import answer

log = structlog.get_logger()


def configure(to: TextIO | None = None) -> None:
    """JSON lines to a file, else to standard output; the words of other packages only from warnings on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where_of_errors,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(to or sys.stdout),
    )
    logging.basicConfig(level=logging.WARNING, force=True)
    # Its access lines hold paths, and paths hold tokens.
    logging.getLogger("uvicorn.access").disabled = True


async def middleware(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Log and measure one request; an error nobody expected is logged by where it was raised, and answered."""
    request_id = uuid.uuid4().hex[:16]
    began_s = time.perf_counter()
    try:
        response = await call_next(request)
    except Exception as error:  # the last line of defence
        log.error("failed", request_id=request_id, route=_route(request), error=error)
        response = answer("internal", f"The error is logged under {request_id}.")
    spent_s = time.perf_counter() - began_s
    caller = getattr(request.state, "caller", None)
    observe(request.method, _route(request), response.status_code, spent_s)
    log.info(
        "request",
        request_id=request_id,
        method=request.method,
        route=_route(request),
        status=response.status_code,
        duration_ms=round(spent_s * 1000, 1),
        key_id=caller.key_id if caller else None,
        role=caller.role if caller else None,
    )
    response.headers["X-Request-Id"] = request_id
    return response


def _route(request: Request) -> str:
    """The route's template, `/feeds/{token}/sheet`; not the path, which holds what is secret or personal."""
    return str(getattr(request.scope.get("route"), "path", "unknown"))


def _where_of_errors(logger: object, method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """An error as its class and the lines it passed; its message may hold what a caller sent."""
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        trace, lines = error.__traceback__, []
        while trace is not None:
            lines.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["trace"] = lines[-12:]
    return event

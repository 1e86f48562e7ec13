"""What those who run the service call: health, readiness, metrics."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.exc import SQLAlchemyError

from examples.marketplace_backend import metrics
from examples.marketplace_backend.database import answers
from examples.marketplace_backend.problem_documents import Responses, ServiceError, documented

router = APIRouter(tags=["operations"])
TEXT: Responses = {200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get("/health")
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready", responses=documented())
def ready() -> dict[str, str]:
    """The process can serve: its database answers and has the tables."""
    try:
        able = answers()
    except SQLAlchemyError:
        able = False
    if not able:
        raise ServiceError("unavailable", "The database does not answer, or lacks its tables.", retry_after_s=2)
    return {"status": "ready"}


@router.get("/metrics", response_class=Response, responses=TEXT | documented())
def read_metrics() -> Response:
    """Counts for Prometheus, without anything of a person; keep it off the public proxy."""
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

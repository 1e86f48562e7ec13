"""The application: routes, limits of size, headers, logs and problem documents put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware

import harvest_planner as hp
from examples.marketplace_backend import logs, problem_documents
from examples.marketplace_backend.body_limit import BodyLimit
from examples.marketplace_backend.pages import routes as pages
from examples.marketplace_backend.pages.session import FormExpiredError, SignInNeededError
from examples.marketplace_backend.routes import cooperative, grower, marketplace, operations
from examples.marketplace_backend.settings import settings

DESCRIPTION = """Orders in, a plan, promises: harvest_planner behind HTTP.

Every refusal is a problem document (RFC 9457), `application/problem+json`, whose `type` is one of a fixed list.
"""
SESSION_S = 12 * 3600


def create_app() -> FastAPI:
    """The application of one process; settings come from the environment."""
    logs.configure()
    app = FastAPI(
        lifespan=_as_many_threads_as_connections,
        title="Marketplace backend",
        version=hp.__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    for router in (marketplace.router, cooperative.router, grower.router, operations.router, pages.router):
        app.include_router(router)
    app.add_middleware(
        SessionMiddleware,
        secret_key=settings().secret.get_secret_value(),
        session_cookie="planner",
        max_age=SESSION_S,
        same_site="strict",
        https_only=settings().secure_cookies,
    )
    app.add_middleware(BodyLimit, largest_bytes=settings().largest_body_bytes)
    app.middleware("http")(logs.middleware)
    problem_documents.install(app)
    app.add_exception_handler(SignInNeededError, pages.to_sign_in)
    app.add_exception_handler(FormExpiredError, pages.form_expired)
    _describe(app)
    return app


@asynccontextmanager
async def _as_many_threads_as_connections(app: FastAPI) -> AsyncIterator[None]:
    """More threads would only wait for a connection, and hold up those that have one."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings().pool_size
    yield


def _describe(app: FastAPI) -> None:
    plain = app.openapi

    def described() -> dict[str, Any]:
        return problem_documents.describe(plain())

    app.openapi = described  # type: ignore[method-assign]

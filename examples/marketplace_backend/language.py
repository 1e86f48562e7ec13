"""Which language an answer is in."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query

from examples.marketplace_backend.settings import settings

Tongue = Literal["vi", "en"]
Language = Annotated[Tongue | None, Query(description="vi or en; none: the service's own")]


def chosen(asked: Tongue | None) -> Tongue:
    """The language asked for, else the service's."""
    return asked or settings().language

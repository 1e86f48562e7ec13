"""What a grower opens: the sheet and the calendar, with a key of his own or behind a token that cannot be guessed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from examples.marketplace_backend import plans
from examples.marketplace_backend.auth import Anyone, Caller, feed_grower
from examples.marketplace_backend.growers_papers import calendar_of, sheet_of
from examples.marketplace_backend.language import Language, Tongue, chosen
from examples.marketplace_backend.problem_documents import Responses, ServiceError, documented

router = APIRouter(tags=["grower"])
GrowerId = Annotated[str, Path(min_length=1, max_length=200)]
Token = Annotated[str, Path(min_length=1, max_length=200)]
SHEET: Responses = {200: {"description": "The sheet", "content": {"text/html": {"schema": {"type": "string"}}}}}
CALENDAR: Responses = {
    200: {"description": "The calendar", "content": {"text/calendar": {"schema": {"type": "string"}}}}
}
BY_KEY = documented("unauthorized", "forbidden", "not-found", "not-planned", "invalid")
BY_TOKEN = documented("not-found", "not-planned", "invalid")
# A link with a token in it must not leave the telephone, nor rest in a shared cache.
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@router.get("/v1/growers/{grower_id}/sheet", response_class=Response, responses=SHEET | BY_KEY)
def sheet(who: Anyone, grower_id: GrowerId, language: Language = None) -> Response:
    """A grower's pick sheet, for himself or the cooperative."""
    _may_read(who, grower_id)
    return _sheet(grower_id, chosen(language))


@router.get("/v1/growers/{grower_id}/calendar.ics", response_class=Response, responses=CALENDAR | BY_KEY)
def calendar(who: Anyone, grower_id: GrowerId, language: Language = None) -> Response:
    """A grower's picking days (RFC 5545), for himself or the cooperative."""
    _may_read(who, grower_id)
    return _calendar(grower_id, chosen(language))


@router.get("/feeds/{token}/sheet", response_class=Response, responses=SHEET | BY_TOKEN)
def feed_sheet(request: Request, token: Token, language: Language = None) -> Response:
    """The pick sheet behind a feed's token."""
    return _sheet(feed_grower(request, token), chosen(language))


@router.get("/feeds/{token}/calendar.ics", response_class=Response, responses=CALENDAR | BY_TOKEN)
def feed_calendar(request: Request, token: Token, language: Language = None) -> Response:
    """The calendar behind a feed's token, for a telephone that subscribes to it."""
    return _calendar(feed_grower(request, token), chosen(language))


def _may_read(who: Caller, grower_id: str) -> None:
    if who.role != "cooperative" and who.grower_id != grower_id:
        raise ServiceError("forbidden", "A grower's papers are for himself and the cooperative.")


def _sheet(grower_id: str, language: Tongue) -> Response:
    now = plans.published()
    return Response(sheet_of(now.plan, now.problem, grower_id, language), media_type="text/html", headers=PRIVATE)


def _calendar(grower_id: str, language: Tongue) -> Response:
    now = plans.published()
    text = calendar_of(now.plan, now.problem, grower_id, language)
    return Response(text, media_type="text/calendar; charset=utf-8", headers=PRIVATE)

"""The planner's session: a signed cookie that names a key, checked against the database each time."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated

from fastapi import Depends, Request

from examples.marketplace_backend.auth import Caller, still_valid


class SignInNeededError(Exception):
    """The page is for a signed-in planner."""


class FormExpiredError(Exception):
    """The form was not made for this session."""


def begin(request: Request, who: Caller) -> None:
    """Begin a session of that key."""
    request.session.clear()
    request.session.update({"key_id": who.key_id, "form": secrets.token_urlsafe(16)})


def planner(request: Request) -> Caller:
    """The planner of the session. Raises SignInNeededError where the key was revoked since."""
    who = still_valid(str(request.session.get("key_id", "")))
    if who is None or who.role != "cooperative":
        request.session.clear()
        raise SignInNeededError
    request.state.caller = who
    return who


def form_token(request: Request) -> str:
    """Stands in every form that changes something."""
    return str(request.session.get("form", ""))


def check_form(request: Request, sent: str) -> None:
    """Raises FormExpiredError where the form comes from another site or session."""
    if not sent.isascii() or not form_token(request) or not hmac.compare_digest(sent, form_token(request)):
        raise FormExpiredError


Planner = Annotated[Caller, Depends(planner)]

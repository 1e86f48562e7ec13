"""Who calls, and whether the role may: `caller` for any key, `only(role, …)` for some roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple, get_args

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from examples.marketplace_backend.clock import now
from examples.marketplace_backend.credentials import issue, matches, parted
from examples.marketplace_backend.database import reading
from examples.marketplace_backend.problem_documents import ServiceError
from examples.marketplace_backend.rate_limits import count_guess, count_request, refuse_guesser
from examples.marketplace_backend.tables import ApiKey, Feed

Role = Literal["marketplace", "cooperative", "grower"]
_SCHEME = HTTPBearer(auto_error=False, description="An API key: `Authorization: Bearer <id>.<secret>`")


class Caller(NamedTuple):
    """A valid key: its id, which logs may show, its role, and for a grower who it is."""

    key_id: str
    role: Role
    grower_id: str | None


def caller(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_SCHEME)]) -> Caller:
    """The caller by the key in the Authorization header."""
    return admitted(request, sent.credentials if sent else "")


Anyone = Annotated[Caller, Depends(caller)]


def only(*roles: Role) -> Callable[[Caller], Caller]:
    """A dependency that admits some roles."""

    def checked(who: Anyone) -> Caller:
        if who.role not in roles:
            raise ServiceError("forbidden", f"This needs a key of {' or '.join(roles)}.")
        return who

    return checked


Marketplace = Annotated[Caller, Depends(only("marketplace", "cooperative"))]
Cooperative = Annotated[Caller, Depends(only("cooperative"))]


def admitted(request: Request, text: str) -> Caller:
    """The caller of a key's text; wrong keys are counted against the address they come from."""
    address = request.client.host if request.client else "unknown"
    refuse_guesser(address)
    key_id, secret = parted(text)
    with reading() as session:
        key = session.get(ApiKey, key_id)
    right = matches(secret, key.secret_sha256 if key else None)
    if key is None or not right or key.revoked_at is not None:
        count_guess(address)
        raise ServiceError("unauthorized", "Send a valid key: Authorization: Bearer <id>.<secret>")
    found = Caller(key.id, _role(key.role), key.grower_id)
    count_request(found.key_id)
    request.state.caller = found
    return found


def still_valid(key_id: str) -> Caller | None:
    """The caller of a session begun with that key, unless it was revoked since."""
    with reading() as session:
        key = session.get(ApiKey, key_id)
    return None if key is None or key.revoked_at else Caller(key.id, _role(key.role), key.grower_id)


def feed_grower(request: Request, token: str) -> str:
    """The grower whose feed the token opens; unknown, wrong and revoked tokens look alike."""
    address = request.client.host if request.client else "unknown"
    refuse_guesser(address)
    feed_id, secret = parted(token)
    with reading() as session:
        feed = session.get(Feed, feed_id)
    right = matches(secret, feed.secret_sha256 if feed else None)
    if feed is None or not right or feed.revoked_at is not None:
        count_guess(address)
        raise ServiceError("not-found", "There is no such feed.")
    count_request(f"feed:{feed.id}")
    return feed.grower_id


def new_key(session: Session, role: Role, grower_id: str | None = None) -> tuple[str, str]:
    """A new key: its id, and its text, which is shown once."""
    issued = issue()
    session.add(
        ApiKey(id=issued.id, role=role, grower_id=grower_id, secret_sha256=issued.secret_sha256, created_at=now())
    )
    return issued.id, issued.text


def new_feed(session: Session, grower_id: str) -> tuple[str, str]:
    """A new feed of a grower: its id, and its token, which is shown once."""
    issued = issue()
    session.add(Feed(id=issued.id, grower_id=grower_id, secret_sha256=issued.secret_sha256, created_at=now()))
    return issued.id, issued.text


def revoke(session: Session, table: type[ApiKey] | type[Feed], key_id: str) -> None:
    """End a key or feed. Raises ServiceError `not-found`."""
    row = session.get(table, key_id, with_for_update=True)
    if not isinstance(row, (ApiKey, Feed)):
        raise ServiceError("not-found", "There is none of that id.")
    row.revoked_at = row.revoked_at or now()


def _role(text: str) -> Role:
    for role in get_args(Role):
        if role == text:
            return role  # type: ignore[no-any-return]
    raise AssertionError(text)

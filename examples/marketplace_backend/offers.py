"""Offers as signed tokens: a quote writes nothing, and what comes back to be reserved is what was offered."""

from __future__ import annotations

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from pydantic import ValidationError

import harvest_planner as hp
from examples.marketplace_backend.problem_documents import ServiceError
from examples.marketplace_backend.settings import settings


def sealed(offer: hp.Offer) -> str:
    """The offer as a token."""
    return str(_signer().dumps(offer.model_dump(mode="json", exclude_defaults=True)))


def opened(token: str) -> hp.Offer:
    """The offer in a token. Raises ServiceError `invalid` or `offer-expired`."""
    try:
        return hp.Offer.model_validate(_signer().loads(token, max_age=int(settings().offer_h * 3600)))
    except SignatureExpired:
        raise ServiceError("offer-expired", "The token is too old; quote again.") from None
    except (BadData, ValidationError, ValueError):
        raise ServiceError("invalid", "token: send it as the quote gave it.") from None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret.get_secret_value(), salt="offer")

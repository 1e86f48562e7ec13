"""Keys and tokens: `<id>.<secret>`, of which the database keeps the id and a hash of the secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NamedTuple

NOBODY = hashlib.sha256(secrets.token_bytes(32)).digest()
"""Compared against where the id is unknown, so that an unknown id takes as long as a wrong secret."""


class Issued(NamedTuple):
    """A new credential: `text` is shown once and kept nowhere."""

    id: str
    text: str
    secret_sha256: bytes


def issue() -> Issued:
    """A credential with 256 random bits."""
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    return Issued(key_id, f"{key_id}.{secret}", _hash(secret))


def parted(text: str) -> tuple[str, str]:
    """Id and secret of what a caller sent; empty texts where it is no credential."""
    key_id, dot, secret = text.partition(".")
    sound = dot and len(key_id) <= 64 and len(secret) <= 128 and text.isascii() and text.isprintable()
    return (key_id, secret) if sound else ("", "")


def matches(secret: str, secret_sha256: bytes | None) -> bool:
    """Whether the secret is the one hashed, in a time that tells nothing of it.

    SHA-256 without salt or stretching is enough for 256 random bits; it would not be for passwords.
    """
    same = hmac.compare_digest(_hash(secret), NOBODY if secret_sha256 is None else secret_sha256)
    return same and secret_sha256 is not None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

"""How often one key may call, and one address may guess: the library `limits`, counted by each process for itself."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from examples.marketplace_backend.problem_documents import ServiceError
from examples.marketplace_backend.settings import settings

# On several machines: RedisStorage, and all processes count together.
_LIMITER = MovingWindowRateLimiter(MemoryStorage())


def count_request(key_id: str) -> None:
    """Count one call of a key. Raises ServiceError `too-many-requests`."""
    item = RateLimitItemPerMinute(settings().requests_per_minute, namespace="calls")
    if not _LIMITER.hit(item, key_id):
        raise _too_many(item, key_id)


def refuse_guesser(address: str) -> None:
    """Raises ServiceError `too-many-requests` where too many wrong keys came from the address."""
    item = RateLimitItemPerMinute(settings().failures_per_minute, namespace="guesses")
    if not _LIMITER.test(item, address):
        raise _too_many(item, address)


def count_guess(address: str) -> None:
    """Count one wrong key."""
    _LIMITER.hit(RateLimitItemPerMinute(settings().failures_per_minute, namespace="guesses"), address)


def forget() -> None:
    """Begin to count anew."""
    _LIMITER.storage.reset()


def _too_many(item: RateLimitItemPerMinute, key: str) -> ServiceError:
    wait_s = max(1, math.ceil(_LIMITER.get_window_stats(item, key).reset_time - time.time()))
    return ServiceError(
        "too-many-requests", f"At most {item.amount} a minute; try again in {wait_s} s.", retry_after_s=wait_s
    )

"""What the operator decides, read from the environment: MARKETPLACE_DATABASE_URL, MARKETPLACE_SECRET …"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process; nothing here changes while it runs."""

    model_config = SettingsConfigDict(env_prefix="MARKETPLACE_", frozen=True, use_attribute_docstrings=True)

    database_url: SecretStr
    """postgresql+psycopg://user:password@127.0.0.1:5433/marketplace"""
    secret: SecretStr = Field(min_length=32)
    """Signs offers and the planner's session; all processes share it. Changing it voids open offers and sessions."""
    pool_size: Annotated[int, Field(ge=1, le=100)] = 8
    """Database connections of one process."""
    pool_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long a request waits for a connection before it is answered 503 [s]."""
    lock_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long a statement waits for a row's lock before it is answered 503 [s]."""
    requests_per_minute: Annotated[int, Field(ge=1)] = 1200
    """Of one key, counted by each process for itself."""
    failures_per_minute: Annotated[int, Field(ge=1)] = 30
    """Wrong keys and tokens from one address, counted by each process for itself."""
    largest_body_bytes: Annotated[int, Field(ge=1024)] = 32 * 1024 * 1024
    """A longer body is refused unread [bytes]."""
    offer_h: Annotated[float, Field(gt=0, le=24)] = 0.25
    """How long an offer's signature is taken at most [h]; the offer itself may expire earlier."""
    longest_hold_min: Annotated[int, Field(ge=1)] = 60
    """The longest a reservation may wait for its confirmation [min]."""
    plan_time_limit_s: Annotated[float, Field(gt=0)] = 600.0
    """After which planning stops with what it has [s]."""
    lease_s: Annotated[float, Field(gt=0)] = 30.0
    """A job whose worker has not been heard of for so long is taken by another [s]."""
    at_risk_below: Annotated[float, Field(ge=0, le=1)] = 0.9
    """The planner's page lists shipments whose buyer is content with less probability; an assumption."""
    language: Literal["vi", "en"] = "vi"
    """Of pages and sentences where the caller asks for none."""
    secure_cookies: bool = True
    """Whether the planner's session travels over https alone; `run` on loopback turns it off."""
    clock_ahead_s: float = 0.0
    """The service's clock minus the machine's [s]; the demonstration plans the made-up week of 10 August 2026."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()

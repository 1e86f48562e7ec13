"""What came back of a delivery: when it went and came, leg by leg where known, and what the buyer said of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from harvest_planner.schema.quantities import Id, Instant, Record, Texts

ReviewReason = Literal["too_hard", "just_right", "too_ripe", "late", "damaged"]
"""Why a buyer gave the stars. The first three say how ripe the fruit was, the others say nothing of that."""


class LegOutcome(Record):
    """One ride on one lane; instants that nobody wrote down stay empty."""

    lane_id: Id
    departed_at: Instant | None = None
    arrived_at: Instant | None = None


class DeliveryOutcome(Record):
    """One delivery as a marketplace hands it back: everything but the order may be missing.

    Instants may contradict each other here; `harvest_planner.learn` counts such outcomes, and says what it did.
    """

    order_id: Id
    batch_id: Id | None = None
    """The batch it was picked from; none: as the plan has it, where a plan is given."""
    pick_on: dt.date | None = None
    """The day it was picked; none: as the plan has it."""
    lane_ids: Texts = ()
    """The lanes it went by, in order, where their hours are not known one by one; none: as the plan has it."""
    legs: tuple[LegOutcome, ...] = ()
    """The lanes it went by with their hours, in order; in place of lane_ids."""
    departed_at: Instant | None = None
    """When the first carrier left with it."""
    delivered_at: Instant | None = None
    """When the buyer had it; none: on its way, lost, or not written down."""
    stars: Annotated[int, Field(ge=1, le=5)] | None = None
    """Stars of the review, 1 to 5."""
    reason: ReviewReason | None = None
    """What the buyer said of it."""

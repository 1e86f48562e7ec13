"""What could become of an order beside a finished plan, whichever of its candidates were taken."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from harvest_planner.planning.candidates import Candidate, allowed, certified, graded, promises_enough, safe
from harvest_planner.planning.leftover import CAPACITIES, Capacity, Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.verdict import Verdict
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.policy import Policy

Judge = Callable[[BuyerOrder, Meeting], Iterable[Candidate]]
LATER_DAYS = (1, 2, 3, 5, 7)


class Promisable(NamedTuple):
    """What can be promised of fruit of the grade and with the papers."""

    enough: bool
    """Some candidate reaches the floors and is safe."""
    least_risk: float | None
    """Where none is safe that would reach them: the least risk of breaking the food-safety cap."""
    best_good_share: float
    best_on_time_share: float


class Room(NamedTuple):
    """What a finished plan leaves for an order that can be promised."""

    pays: bool
    """Some candidate brings more than it costs."""
    price_vnd_per_kg: float
    """Where none does: the price at which the first would; inf: at none [VND/kg]."""
    short: tuple[Capacity, Candidate] | None
    """The one capacity that does not suffice for some candidate, and which."""
    fits: bool
    """Some candidate fits and pays."""
    most_kg: float
    """What is left of the roomiest batch [kg]."""


class Outlooks(Protocol):
    """Answers for any order of a problem beside one plan."""

    leftover: Leftover
    """What the plan leaves free."""

    def foresee(self, buyers: Sequence[BuyerOrder]) -> None:
        """Orders of one kind of crop at one destination are asked next: looking them up together may be quicker."""

    def promisable(self, buyer: BuyerOrder) -> Promisable:
        """What can be promised."""

    def room(self, buyer: BuyerOrder, kg: float) -> Room:
        """What is left for so many kilograms of an order that can be promised."""

    def works_later(self, buyer: BuyerOrder) -> dt.datetime | None:
        """The nearest later deadline at which something could be promised at a profit."""


class PlainOutlooks:
    """The plain path: candidate by candidate.

    Parameters
    ----------
    leftover : what the finished plan leaves free.
    judge_all : judges every candidate of an order.
    """

    def __init__(self, meeting: Meeting, leftover: Leftover, judge_all: Judge) -> None:
        self.meeting, self.leftover, self.judge_all = meeting, leftover, judge_all
        self._last: tuple[BuyerOrder, list[Candidate]] | None = None

    def _able(self, buyer: BuyerOrder) -> list[Candidate]:
        if self._last is None or self._last[0] is not buyer:
            candidates, wish = self.judge_all(buyer, self.meeting), buyer.wish
            able = [
                each
                for each in candidates
                if graded(each.entry, wish) and certified(each.entry, wish) and each.entry.trip.day.interval_kept
            ]
            self._last = buyer, able
        return self._last[1]

    def foresee(self, buyers: Sequence[BuyerOrder]) -> None:
        """Nothing is quicker together."""

    def promisable(self, buyer: BuyerOrder) -> Promisable:
        """What can be promised."""
        policy, able = self.meeting.problem.policy, self._able(buyer)
        good = [each for each in able if promises_enough(each.verdict, policy)]
        unsafe = [
            each for each in good or able if not safe(each.verdict, policy) and (good or _spoilt(each.verdict, policy))
        ]
        return Promisable(
            enough=len(unsafe) < len(good),
            least_risk=min((each.verdict.safety_risk for each in unsafe), default=None),
            best_good_share=max((each.verdict.good_share for each in able), default=0.0),
            best_on_time_share=max((each.verdict.on_time_share for each in able), default=0.0),
        )

    def room(self, buyer: BuyerOrder, kg: float) -> Room:
        """What is left for so many kilograms of an order that can be promised."""
        policy, leftover = self.meeting.problem.policy, self.leftover
        fine = [
            each for each in self._able(buyer) if promises_enough(each.verdict, policy) and safe(each.verdict, policy)
        ]
        paying = [each for each in fine if leftover.gain_vnd(each, kg) > 0]
        short = [leftover.short_of(each, kg) for each in paying]
        pairs = tuple(zip(paying, short, strict=True))
        first = ((code, each) for code in CAPACITIES for each, limits in pairs if limits == (code,))
        return Room(
            pays=bool(paying),
            price_vnd_per_kg=math.inf
            if paying
            else min((price_for(each, kg, leftover) for each in fine), default=math.inf),
            short=next(first, None),
            fits=() in short,
            most_kg=max((leftover.batch_kg[each.entry.trip.field.batch.id] for each in paying), default=0.0),
        )

    def works_later(self, buyer: BuyerOrder) -> dt.datetime | None:
        """The nearest later deadline at which something could be promised at a profit."""
        policy = self.meeting.problem.policy
        for later, moved in later_buyers(buyer, self.meeting):
            candidates = (each for each in self.judge_all(moved, self.meeting) if allowed(each, policy))
            kg = buyer.order.quantity_kg
            if any(each.value_vnd + self.leftover.fair(each.entry.trip).of(kg) > 0 for each in candidates):
                return later
        return None


def later_buyers(buyer: BuyerOrder, meeting: Meeting) -> Iterable[tuple[dt.datetime, BuyerOrder]]:
    """The order with later deadlines, the nearest first."""
    for days in LATER_DAYS:
        later = buyer.order.deliver_until_at + dt.timedelta(days=days)
        yield later, meeting.buyer(buyer.order.model_copy(update={"deliver_until_at": later}))


def price_for(candidate: Candidate, kg: float, leftover: Leftover) -> float:
    """The price at which serving it would just pay, to the next 100 VND [VND/kg]."""
    order, q = candidate.buyer.order, candidate.verdict.good_share
    slope = q - (1.0 - q if order.failure_cost_vnd_per_kg is None else 0.0)
    if slope <= 0:
        return math.inf
    missing = -leftover.gain_vnd(candidate, kg) / (kg * slope)
    return float(math.ceil((order.price_vnd_per_kg + missing) / 100 + 1e-9) * 100)


def _spoilt(verdict: Verdict, policy: Policy) -> bool:
    """Whether the share would reach the floor if what breaks the food-safety cap in time counted as good."""
    return verdict.good_share + min(verdict.safety_risk, verdict.on_time_share) >= policy.min_good_share

"""The only place where travel meets ripening: (order, batch, pick day, journey) with its shares and its worth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.timing import timing_vnd_per_kg
from harvest_planner.planning.verdict import Verdict, judge
from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.schema.policy import Policy
from harvest_planner.transit.travel import Journey

SLACK = 1e-12
LEAST_PART_KG = 1.0
"""Least part of an order that may be split [kg]."""


class Candidate(NamedTuple):
    """One way to serve one order, and what it is worth for the whole of its kilograms [VND]."""

    buyer: BuyerOrder
    entry: Entry
    journey: Journey
    verdict: Verdict
    value_vnd: float


def goods_worth(buyer: BuyerOrder, verdict: Verdict, journey: Journey, *, kg: float, policy: Policy) -> float:
    """What so many kilograms bring, whoever picks them [VND].

    kg · (price·q − failure·(1−q) − transport − what waiting and lateness cost) − review cost · (1 − parcel share)
    """
    cost = journey.cost_vnd_per_kg + timing_vnd_per_kg(journey, buyer.wish, policy)
    per_kg = buyer.value_per_kg(verdict.good_share, cost)
    return kg * per_kg - policy.review_cost_vnd * (1.0 - verdict.parcel_good_share)


def worth(buyer: BuyerOrder, verdict: Verdict, journey: Journey, entry: Entry, *, kg: float, policy: Policy) -> float:
    """The worth of the goods, and what the grower's reputation counts [VND]."""
    goods = goods_worth(buyer, verdict, journey, kg=kg, policy=policy)
    return goods + kg * entry.trip.field.reputation_vnd_per_kg


def candidate_of(buyer: BuyerOrder, entry: Entry, journey: Journey, verdict: Verdict, policy: Policy) -> Candidate:
    """The candidate with its worth for the whole order."""
    value = worth(buyer, verdict, journey, entry, kg=buyer.order.quantity_kg, policy=policy)
    return Candidate(buyer, entry, journey, verdict, value)


def at_most_vnd(buyers: Iterable[BuyerOrder], meeting: Meeting, *, fair_vnd_per_kg: float) -> float:
    """What orders bring at most, whatever becomes of them: all good, at no cost, from the best of growers [VND].

    Parameters
    ----------
    fair_vnd_per_kg : what a kilogram counts at most towards a fair part.
    """
    standing = max((field.reputation_vnd_per_kg for field in meeting.fields), default=0.0)
    more = max(0.0, standing) + fair_vnd_per_kg
    return math.fsum(buyer.order.quantity_kg * (buyer.order.price_vnd_per_kg + more) for buyer in buyers)


def lawful(entry: Entry, wish: Wish) -> bool:
    """Whether grade, certification, interval and rest days allow the trip for that wish."""
    return entry.trip.day.pickable and graded(entry, wish) and certified(entry, wish)


def graded(entry: Entry, wish: Wish) -> bool:
    """Whether the batch is at least of the grade asked."""
    field = entry.trip.field
    return wish.serves(field.crop.grades, field.batch.grade)


def certified(entry: Entry, wish: Wish) -> bool:
    """Whether the batch holds every certification asked, still valid on the day."""
    if not wish.certifications:
        return True
    return entry.trip.day.certified and set(wish.certifications) <= set(entry.trip.field.batch.certifications)


def promises_enough(verdict: Verdict, policy: Policy) -> bool:
    """Whether the shares reach the policy's floors."""
    return (
        verdict.good_share >= policy.min_good_share - SLACK
        and verdict.parcel_good_share >= policy.min_parcel_good_share - SLACK
    )


def sized(policy: Policy) -> bool:
    """Whether reviews or a floor make the size of parcels matter to the plan."""
    return policy.review_cost_vnd > 0 or policy.min_parcel_good_share > 0


def safe(verdict: Verdict, policy: Policy) -> bool:
    """Whether the risk of breaking the food-safety cap is one the policy accepts."""
    return verdict.safety_risk <= policy.max_safety_risk + SLACK


def judged(buyer: BuyerOrder, meeting: Meeting) -> Iterator[Candidate]:
    """Every candidate of an order by the plain, scalar path, whatever the rules say of it."""
    policy = meeting.problem.policy
    for journey, entries in meeting.offers(buyer.crop.id, buyer.destination.id):
        delivery = meeting.delivery(journey, buyer.wish)
        for entry in entries:
            verdict = judge(delivery, buyer.wish, entry.start)
            yield candidate_of(buyer, entry, journey, verdict, policy)


def allowed(candidate: Candidate, policy: Policy) -> bool:
    """Whether a candidate exists by every rule of one order and one batch."""
    return (
        lawful(candidate.entry, candidate.buyer.wish)
        and promises_enough(candidate.verdict, policy)
        and safe(candidate.verdict, policy)
    )

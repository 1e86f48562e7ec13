"""What a plan leaves on the table: a refused order that would fit, a commitment that could travel better."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from harvest_planner.planning.referee.finding import KG, SHARE, VND, finding
from harvest_planner.planning.referee.journey import Journey
from harvest_planner.planning.referee.keeping import Kept
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.planning.referee.promise import Promise
from harvest_planner.planning.referee.routes import Routes
from harvest_planner.planning.referee.rules import certificates_serve, grade_serves
from harvest_planner.planning.referee.shipments import name_of
from harvest_planner.planning.referee.spare import Spare, Spares, limited_departures
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.planning.referee.wishes import Wanted, Wish
from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.plan import Violation

MOST_WORK = 30_000
"""Shares and offers of journeys reckoned in search of such an order at most, so that a large plan is checked in
minutes; what is known already costs nothing."""
SAME_H = 1e-3
"""Departures are written to the second [h]."""


def check_leftover(ledger: Ledger, routes: Routes) -> Iterator[Violation]:
    """No refused order would fit what is free at a profit."""
    case, search = ledger.case, Search(ledger, routes)
    refused = [
        order
        for order in map(case.orders.get, ledger.refused_kg)
        if order is not None
        and order.wish.planned
        and order.missed_at is None
        and order.id not in case.committed_orders
        and order.id not in ledger.unsought
        and ledger.refused_kg[order.id] >= order.quantity_kg - KG
    ]
    for order in sorted(refused, key=lambda order: -order.price_vnd_per_kg * order.quantity_kg):
        for spare, way in search.fitting(order):
            gain = search.gain_vnd(order, spare, way)
            if gain > VND:
                day, ways = spare.day, " - ".join(ride.lane.id for ride in way.journey.rides)
                rule = f"refused, but {day.batch.id} on {day.pick_on} by {ways} is free and would gain"
                yield finding("profit_left", f"order {order.id}", rule, stated=0.0, expected=gain)
                break


def check_commitments(ledger: Ledger, routes: Routes) -> Iterator[Violation]:
    """Commitments travel as they say, else on the journey worth most with room, and are refused where there is none."""
    for row in ledger.kept:
        if row.given.state == "shipped" and row.departs_at == row.given.departs_at:
            continue
        if _left_by(row.given, ledger, routes) is not None:
            rule = f"the goods left by {row.given.lane_ids[0]} at {row.given.departs_at}"
            yield finding("commitment_journey", name_of(row), rule, stated=row.departs_at)
            continue
        if _on_offer(row.given, ledger, routes):
            if not row.rides:
                ways = " - ".join(row.given.lane_ids)
                rule = f"the commitment travels as planned, by {ways} from {row.given.departs_at}"
                yield finding("commitment_journey", name_of(row), rule, stated=row.departs_at)
            continue
        found = list(_ways_vnd(row, ledger, routes))
        roomy = [vnd for vnd, journey in found if _takes(journey, row, ledger)]
        best = max(roomy or [vnd for vnd, _ in found], default=-math.inf)
        if best > row.value_vnd + VND:
            rule = "the commitment travels on the journey worth most"
            yield finding("commitment_journey", name_of(row), rule, stated=row.value_vnd, expected=best)
    for given in ledger.unkept:
        order = ledger.case.orders[given.order_id]
        if order.wish.planned and next(_ways_vnd(given, ledger, routes), None) is not None:
            subject = f"commitment {order.id} from {given.batch_id} on {given.pick_on}"
            yield finding("commitment", subject, "it is shipped as settled", stated="not shipped", expected=given.kg)


def _on_offer(given: Commitment, ledger: Ledger, routes: Routes) -> bool:
    """Whether the journey that a commitment names is still on offer."""
    if given.departs_at is None:
        return False
    case = ledger.case
    day = case.orchard.pick_day(case.batches[given.batch_id], given.pick_on)
    departs_h = hours(given.departs_at)
    return any(
        tuple(ride.lane.id for ride in offer.journey.rides) == given.lane_ids
        and abs(offer.journey.first_h - departs_h) < SAME_H
        for offer in routes.offers(day, case.place_id(case.orders[given.order_id].wish.destination_id))
    )


def _takes(journey: Journey, row: Kept, ledger: Ledger) -> bool:
    """Whether each limited departure of a journey has room for a shipment beside all others."""
    for lane_id, departs_h, most_kg in limited_departures(journey):
        others_kg = sum(ledger.departure_kg.get((lane_id, departs_h), (0.0, 0.0)))
        if others_kg - row.kg * ((lane_id, departs_h) in row.departures) + row.kg > most_kg + KG:
            return False
    return True


def _ways_vnd(given: Kept | Commitment, ledger: Ledger, routes: Routes) -> Iterator[tuple[float, Journey]]:
    """What the commitment is worth on each journey on offer, by shares on the careful side [VND]."""
    case = ledger.case
    order, day = case.orders[given.order_id], case.orchard.pick_day(case.batches[given.batch_id], given.pick_on)
    left = _left_by(given, ledger, routes)
    if left is None:
        offers = routes.offers(_waiting(given, day, case.as_of_h), case.place_id(order.wish.destination_id))
        left = [offer.journey for offer in offers]
    for journey in left:
        worth = _worth_vnd(order, given.kg, case.promise(order, day, journey), journey, ledger)
        yield worth + given.kg * case.standing_vnd_per_kg(day.batch), journey


def _left_by(given: Kept | Commitment, ledger: Ledger, routes: Routes) -> list[Journey] | None:
    """The journeys of shipped goods from the departure on that their commitment names; None: there is none such."""
    settled = given.given if isinstance(given, Kept) else given
    if settled.state != "shipped" or settled.departs_at is None or not settled.lane_ids:
        return None
    case = ledger.case
    day = case.orchard.pick_day(case.batches[settled.batch_id], settled.pick_on)
    end = case.place_id(case.orders[settled.order_id].wish.destination_id)
    return routes.onward(day, end, settled.lane_ids[0], hours(settled.departs_at))


def _waiting(given: Kept | Commitment, day: PickDay, as_of_h: float) -> PickDay:
    """The day of picked goods as they stand now: what left before as_of without them takes them no more."""
    settled = given.given if isinstance(given, Kept) else given
    if settled.state != "picked" or day.ready_h >= as_of_h:
        return day
    crop_id, stage_id, place_id, clock_h, _, age_d20 = day.cohort
    return replace(day, ready_h=as_of_h, cohort=(crop_id, stage_id, place_id, clock_h, as_of_h, age_d20))


def _worth_vnd(order: Wanted, kg: float, made: Promise, journey: Journey, ledger: Ledger) -> float:
    """A shipment's worth by shares on the careful side [VND]."""
    q, parcel, policy = made.good_share - SHARE, made.parcel_good_share - SHARE, ledger.case.problem.policy
    per_kg = order.price_vnd_per_kg * q - order.loss_vnd_per_kg * (1.0 - q) - journey.cost_vnd_per_kg
    per_kg -= ledger.case.punctuality(order.wish, journey).at_worst().cost_vnd_per_kg(policy)
    return kg * per_kg - policy.review_cost_vnd * (1.0 - parcel)


class Way(NamedTuple):
    """A journey that may serve a wish, its room, and the good share on it, on the careful side."""

    journey: Journey
    room_kg: float
    good_share: float


@dataclass(eq=False, slots=True)
class Kind:
    """Spare days of one kind for one wish."""

    spares: tuple[Spare, ...]
    """The roomiest first."""
    ways: tuple[Way, ...] | None = None
    """None: not asked for yet."""


class Search:
    """Looks for room for refused orders: once for a wish by every rule and share, then order by order."""

    def __init__(self, ledger: Ledger, routes: Routes) -> None:
        self._ledger, self._routes, self._case = ledger, routes, ledger.case
        self._spares = Spares(ledger)
        self._serving: dict[Wish, list[Kind]] = {}
        self._work = MOST_WORK

    def fitting(self, order: Wanted) -> Iterator[tuple[Spare, Way]]:
        """Days and ways for which the whole order fits what is free, by every rule but its worth."""
        kg = order.quantity_kg
        for kind in self._serves(order.wish):
            if kind.spares[0].room_kg < kg - KG:
                return
            if kind.ways is None:
                kind.ways = self._ways(order, kind.spares[0])
            for way in kind.ways:
                if way.room_kg >= kg - KG:
                    yield from ((spare, way) for spare in kind.spares if spare.takes(kg))

    def _serves(self, wish: Wish) -> list[Kind]:
        """Spare days that may serve a wish, the roomiest kind first."""
        if wish not in self._serving:
            deadline_h, grades = hours(wish.deliver_until_at), self._case.crop(wish).grades
            self._serving[wish] = [
                Kind(spares)
                for spares in self._spares.of_crop(wish.crop_id)
                if spares[0].day.ready_h <= deadline_h
                and grade_serves(wish, spares[0].day.batch, grades)
                and certificates_serve(wish, spares[0].day)
            ]
        return self._serving[wish]

    def _ways(self, order: Wanted, spare: Spare) -> tuple[Way, ...]:
        """Journeys on offer that may arrive in time, have room and reach the floor; none once the work is used up."""
        case, deadline_h, end = (
            self._case,
            hours(order.deliver_until_at),
            self._case.place_id(order.wish.destination_id),
        )
        found = []
        self._work -= not self._routes.knows(spare.day, end)
        for offer in self._routes.offers(spare.day, end) if self._work > 0 else ():
            room_kg = self._spares.room_kg(offer.journey)
            if offer.quantiles[0] > deadline_h or room_kg <= KG:
                continue
            self._work -= 1
            share = case.good_share(order, spare.day, offer.journey) - SHARE
            if share >= case.problem.policy.min_good_share:
                found.append(Way(offer.journey, room_kg, share))
        return tuple(found)

    def gain_vnd(self, order: Wanted, spare: Spare, way: Way) -> float:
        """What shipping the whole order this way would add, by shares on the careful side [VND]; −inf: not allowed."""
        case, policy, kg = self._case, self._case.problem.policy, order.quantity_kg
        price, loss, q = order.price_vnd_per_kg, order.loss_vnd_per_kg, way.good_share
        most_per_kg = price * q - loss * (1.0 - q) - way.journey.cost_vnd_per_kg
        if kg * most_per_kg <= spare.cost_vnd(kg):
            return -math.inf
        made = case.promise(order, spare.day, way.journey)
        q, parcel = made.good_share - SHARE, made.parcel_good_share - SHARE
        if q < policy.min_good_share or parcel < policy.min_parcel_good_share:
            return -math.inf
        if case.crop(order.wish).safety_cap is not None and made.danger_risk > policy.max_safety_risk:
            return -math.inf
        return _worth_vnd(order, kg, made, way.journey, self._ledger) - spare.cost_vnd(kg)

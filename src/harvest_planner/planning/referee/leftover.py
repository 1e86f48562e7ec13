"""What a plan leaves on the table: a refused order that would fit, a commitment that could travel better."""

from __future__ import annotations

import math
from collections.abc import Iterator

from harvest_planner.planning.referee.case import PLANNED
from harvest_planner.planning.referee.finding import KG, SHARE, VND, finding
from harvest_planner.planning.referee.journey import Journey
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.planning.referee.promise import Promise
from harvest_planner.planning.referee.routes import Routes
from harvest_planner.planning.referee.rules import certificates_serve, grade_serves
from harvest_planner.planning.referee.shipments import name_of
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.planning.referee.totals import kept_vnd_per_kg
from harvest_planner.schema.goods import Commitment, Order
from harvest_planner.schema.plan import Shipment, Violation

MOST_TRIES = 3000
"""Candidates tried in one plan at most, so that a large plan is still checked in seconds."""


def check_leftover(ledger: Ledger, routes: Routes) -> Iterator[Violation]:
    """No refused order would fit what is free at a profit."""
    settled = {key[0] for key in ledger.case.committed}
    tries = MOST_TRIES
    for order in sorted(ledger.case.problem.orders, key=lambda order: -order.price_vnd_per_kg * order.quantity_kg):
        refused = ledger.refused_kg.get(order.id, 0.0) >= order.quantity_kg - KG
        open_still = order.confirm_by_at is None or order.confirm_by_at >= ledger.case.problem.as_of
        if order.state not in PLANNED or not refused or not open_still or order.id in settled:
            continue
        for day, journey in _fitting(order, ledger, routes):
            tries -= 1
            gain = _gain_vnd(order, day, journey, ledger)
            if gain > VND:
                ways = " - ".join(ride.lane.id for ride in journey.rides)
                rule = f"refused, but {day.batch.id} on {day.pick_on} by {ways} is free and would gain"
                yield finding("profit_left", f"order {order.id}", rule, stated=0.0, expected=gain)
                break
            if tries <= 0:
                return


def check_commitments(ledger: Ledger, routes: Routes) -> Iterator[Violation]:
    """Commitments travel on the journey worth most, and are refused only where there is none."""
    for index, row in enumerate(ledger.shipments):
        if ledger.is_settled(index):
            best = max(_ways_vnd(row, ledger, routes), default=-math.inf)
            if best > row.value_vnd + VND:
                rule = "the commitment travels on the journey worth most"
                yield finding("commitment_journey", name_of(row), rule, stated=row.value_vnd, expected=best)
    for given in ledger.unkept:
        order = ledger.case.orders[given.order_id]
        if order.state in PLANNED and next(_ways_vnd(given, ledger, routes), None) is not None:
            subject = f"commitment {order.id} from {given.batch_id} on {given.pick_on}"
            yield finding("commitment", subject, "it is shipped as settled", stated="not shipped", expected=given.kg)


def _ways_vnd(given: Shipment | Commitment, ledger: Ledger, routes: Routes) -> Iterator[float]:
    """What the commitment is worth on each journey on offer, by shares on the careful side [VND]."""
    case = ledger.case
    order, day = case.orders[given.order_id], case.orchard.pick_day(case.batches[given.batch_id], given.pick_on)
    for offer in routes.offers(day, case.place(order.destination_id).id):
        yield _worth_vnd(order, given.kg, case.promise(order, day, offer.journey), offer.journey, ledger)


def _fitting(order: Order, ledger: Ledger, routes: Routes) -> Iterator[tuple[PickDay, Journey]]:
    """Days and journeys on which the whole order fits what is free, by every rule but its shares and worth."""
    case, kg = ledger.case, order.quantity_kg
    end = case.place(order.destination_id).id
    deadline_h = hours(order.deliver_until_at)
    for batch in case.problem.batches:
        if batch.crop_id != order.crop_id or kg > ledger.left_kg(batch) + KG:
            continue
        if not grade_serves(order, batch, case.crop(batch).grades):
            continue
        for day in case.orchard.days(batch):
            if not (day.in_season and day.interval_kept and certificates_serve(order, day)) or day.rests:
                continue
            if day.ready_h > deadline_h or not _trip_fits(order, day, ledger):
                continue
            for offer in routes.offers(day, end):
                if offer.quantiles[0] <= deadline_h and _has_room(offer.journey, kg, ledger):
                    yield day, offer.journey


def _trip_fits(order: Order, day: PickDay, ledger: Ledger) -> bool:
    """Hands, packing, and a trip that is made anyway or may be."""
    case, kg, batch = ledger.case, order.quantity_kg, day.batch
    hands = case.grower(batch).pick_capacity_kg_per_day
    place = case.place(batch.place_id)
    picked = sum(ledger.picker_kg.get((batch.grower_id, day.pick_on), (0.0, 0.0)))
    packed = sum(ledger.packing_kg.get((place.id, day.pick_on), (0.0, 0.0)))
    if hands is not None and picked + kg > hands + KG:
        return False
    if place.packing_kg_per_day is not None and packed + kg > place.packing_kg_per_day + KG:
        return False
    days = ledger.trip_days.get(batch.id, set())
    if day.pick_on in days:
        return True
    most = case.problem.policy.max_picks_per_batch
    apart = all(abs((day.pick_on - other).days) >= batch.days_between_picks for other in days)
    return apart and kg >= batch.min_trip_kg and (most is None or len(days) < most)


def _has_room(journey: Journey, kg: float, ledger: Ledger) -> bool:
    """Whether every planned departure still takes that much."""
    departs_h: float | None = journey.first_h
    for index, ride in enumerate(journey.rides):
        if index > 0:
            departs_h = journey.planned(index, journey.arrivals[index - 1].quantile(0.5))
        if departs_h is None:
            return False
        loaded = sum(ledger.departure_kg.get((ride.lane.id, round(departs_h, 4)), (0.0, 0.0)))
        if ride.lane.capacity_kg is not None and loaded + kg > ride.lane.capacity_kg + KG:
            return False
    return True


def _gain_vnd(order: Order, day: PickDay, journey: Journey, ledger: Ledger) -> float:
    """What shipping the whole order this way would add, by shares on the careful side [VND]; −inf: not allowed."""
    case, policy = ledger.case, ledger.case.problem.policy
    kg, batch = order.quantity_kg, day.batch
    best = kg * (order.price_vnd_per_kg - journey.cost_vnd_per_kg - kept_vnd_per_kg(ledger, batch.id))
    trip = 0.0 if day.pick_on in ledger.trip_days.get(batch.id, ()) else batch.trip_cost_vnd
    if best <= trip:
        return -math.inf
    made = case.promise(order, day, journey)
    q, parcel = made.good_share - SHARE, made.parcel_good_share - SHARE
    if q < policy.min_good_share or parcel < policy.min_parcel_good_share:
        return -math.inf
    if case.crop(batch).safety_cap is not None and made.danger_risk > policy.max_safety_risk:
        return -math.inf
    return _worth_vnd(order, kg, made, journey, ledger) - kg * kept_vnd_per_kg(ledger, batch.id) - trip


def _worth_vnd(order: Order, kg: float, made: Promise, journey: Journey, ledger: Ledger) -> float:
    """A shipment's worth by shares on the careful side [VND]."""
    q, parcel = made.good_share - SHARE, made.parcel_good_share - SHARE
    per_kg = order.price_vnd_per_kg * q - order.loss_vnd_per_kg * (1.0 - q) - journey.cost_vnd_per_kg
    return kg * per_kg - ledger.case.problem.policy.review_cost_vnd * (1.0 - parcel)

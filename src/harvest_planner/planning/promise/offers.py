"""Offers as records: what was found for an order, in the words of the buyer and of the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from typing import NamedTuple

from harvest_planner.planning.answer import SHARE_DIGITS, eating_days
from harvest_planner.planning.candidates import Candidate, worth
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.promise.search import Asked, Find
from harvest_planner.planning.promise.stock import Shelf, needed_mg
from harvest_planner.planning.verdict import Start
from harvest_planner.schema.clock import zone
from harvest_planner.schema.events import OrderPromised
from harvest_planner.schema.promises import Offer, Reservation
from harvest_planner.transit.instants import instant_of

PRICE_STEP_VND = 100.0


class Terms(NamedTuple):
    """What holds for all offers of one quote."""

    now: dt.datetime
    valid: dt.timedelta
    notice: dt.timedelta
    version: int
    asked: str
    """The order, as text."""


def offer_of(find: Find, asked: Asked, shelf: Shelf, meeting: Meeting, terms: Terms) -> Offer:
    """The record of one way to serve an order."""
    row, trip, kg, verdict, gain = find
    buyer, ride = asked.buyer, asked.ways.rides[int(asked.ways.ride[row])]
    field, day, journey = trip.field, trip.day, ride.journey
    start = Start(*asked.ways.starts[row].tolist())
    mean_d20 = asked.shares.age_at_delivery_d20(row)
    entry = Entry(trip, start)
    value = worth(buyer, verdict, journey, entry, kg=kg, policy=meeting.problem.policy)
    candidate = Candidate(buyer, entry, journey, verdict, value)
    eat_from_on, eat_until_on = eating_days(candidate, mean_d20)
    local = zone(buyer.destination.timezone)
    early_h = -math.inf if buyer.wish.deliver_from_h is None else buyer.wish.deliver_from_h
    p05, p50, p95 = ride.arrive_at
    if journey.arrive_p05_h < early_h:
        early_at = instant_of(early_h, local)
        p05, p50, p95 = (max(each, early_at) for each in ride.arrive_at)
    order_by_at = day.from_at - terms.notice
    if buyer.order.confirm_by_at is not None:
        order_by_at = min(order_by_at, buyer.order.confirm_by_at.astimezone(order_by_at.tzinfo))
    takes = shelf.takes(field.batch.id, day.pick_on, ride.departures, needed_mg(kg))
    return Offer(
        id=_name(terms.asked, ride.way, field.batch.id, day.pick_on, kg, terms.version),
        order=buyer.order,
        batch_id=field.batch.id,
        grower_id=field.grower.id,
        pick_on=day.pick_on,
        pick_from_at=day.from_at,
        pick_until_at=day.until_at,
        kg=kg,
        legs=ride.legs,
        deliver_from_at=p05,
        deliver_p50_at=p50,
        deliver_until_at=p95,
        eat_from_on=eat_from_on,
        eat_until_on=eat_until_on,
        good_share=round(verdict.good_share, SHARE_DIGITS),
        parcel_good_share=round(verdict.parcel_good_share, SHARE_DIGITS),
        on_time_share=round(verdict.on_time_share, SHARE_DIGITS),
        price_floor_vnd_per_kg=price_floor(candidate, kg, gain),
        gain_vnd=round(gain, 2),
        value_vnd=round(value, 2),
        new_trip=(field.batch.id, day.pick_on) not in shelf.trips,
        order_by_at=order_by_at,
        expires_at=min(terms.now.astimezone(order_by_at.tzinfo) + terms.valid, order_by_at),
        version=terms.version,
        takes=takes,
    )


def _name(asked: str, *told: object) -> str:
    text = repr((asked, *map(str, told)))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def price_floor(candidate: Candidate, kg: float, gain_vnd: float) -> float:
    """The price at which serving it would just pay, to the next 100 VND, and no more than the order's own [VND/kg]."""
    order, q = candidate.buyer.order, candidate.verdict.good_share
    slope = q - (1.0 - q if order.failure_cost_vnd_per_kg is None else 0.0)
    if slope <= 0.0:
        return order.price_vnd_per_kg
    pays = order.price_vnd_per_kg - gain_vnd / (kg * slope)
    return min(order.price_vnd_per_kg, max(0.0, math.ceil(pays / PRICE_STEP_VND - 1e-9) * PRICE_STEP_VND))


def promise_of(reservation: Reservation) -> OrderPromised:
    """The event that brings a reservation's order, with what was promised, into the next plan."""
    offer = reservation.offer
    state = "firm" if reservation.state == "confirmed" else "reserved"
    return OrderPromised(
        order=offer.order.model_copy(update={"state": state}),
        batch_id=offer.batch_id,
        pick_on=offer.pick_on,
        kg=offer.kg,
        legs=offer.legs,
        value_vnd=offer.value_vnd,
    )

"""Goods that are on their way: where they were seen, when they will come, and what to do about it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from harvest_planner.planning.answered import problem_of
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.itineraries import journeys
from harvest_planner.planning.itinerary import Itinerary
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.ripening.window import share_between
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import Shipment
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.instants import hours_of

Advice = Literal["wait", "eat_soon", "eat_today", "refund"]
REFUND_BELOW = 0.3
"""A share of good fruit below which the buyer is better served with the money back; an assumption."""
WORSE_BY = 0.05
"""A share of good fruit lost against the promise from which on the buyer is told; an assumption."""


@dataclass(frozen=True, slots=True)
class ExpectedCondition:
    """What becomes of a shipment that was seen on its way.

    Attributes
    ----------
    arrive_p05_at, arrive_p50_at, arrive_p95_at : arrival, local to the destination.
    age_at_delivery_mean_d20 : of the fruit, seen from now [d20].
    good_share : expected share that is in time and as wished; promised_good_share : that of the plan.
    on_time_share : probability of arriving by the deadline.
    eat_from_on, eat_until_on : days between which the mean fruit is good to eat, at the destination.
    advice : wait, eat_soon (tell the buyer until when), eat_today, or refund.
    """

    order_id: str
    arrive_p05_at: dt.datetime
    arrive_p50_at: dt.datetime
    arrive_p95_at: dt.datetime
    age_at_delivery_mean_d20: float
    good_share: float
    promised_good_share: float
    on_time_share: float
    eat_from_on: dt.date
    eat_until_on: dt.date
    advice: Advice


class _Seen(NamedTuple):
    """A parcel as it was seen: its age [d20], and its chilling and safety doses."""

    shipment: Shipment
    buyer: BuyerOrder
    problem: PlanningProblem
    at: dt.datetime
    age_d20: float
    doses: tuple[float, float]


def expected_condition(
    shipment: Shipment, *, seen_at: dt.datetime, place_id: str, problem: PlanningProblem | None = None
) -> ExpectedCondition:
    """The arrival and condition of a shipment that was seen at a place, by the lanes that still lead on from there.

    Its age when seen is that at picking and what the plan's legs let it gain until then: at the mean ambient of the
    batch's place before the first departure, and at the lane's temperature since.

    Parameters
    ----------
    shipment : of a plan.
    seen_at : when it was seen, aware; not before its first departure.
    place_id : where: a place of the problem or the catalogue, or its name. The destination: it has come.
    problem : the question that plan answers; None: it is known of plans made in this process and still in use.

    Raises
    ------
    UnknownIdError, AmbiguousPlaceError : an unknown or ambiguous place.
    ValueError : a naive `seen_at`, or one before the goods left; no lane leads on from there; or the problem is not
        known.
    """
    problem = problem or problem_of(shipment)
    if problem is None:
        raise ValueError(f"problem = None: the plan of order {shipment.order_id!r} was not made here; give its problem")
    if seen_at.tzinfo is None:
        raise ValueError(f"seen_at = {seen_at.isoformat()} is naive; give it an offset such as +07:00")
    first_at = shipment.legs[0].departs_at
    if seen_at < first_at:
        raise ValueError(f"seen_at = {seen_at.isoformat()} lies before the first departure ({first_at.isoformat()})")
    ambient = Ambient(problem)
    buyer = BuyerOrder.of(problem.order(shipment.order_id), problem, ambient)
    seen = problem.place(place_id)
    parcel = _Seen(shipment, buyer, problem, seen_at, *_until(shipment, problem, ambient, seen_at))
    if seen.id == buyer.destination.id:
        return _judged(parcel, None)
    ways = journeys(problem, seen, buyer.destination, ready_at=seen_at, goods=buyer.crop, limit=1)
    if not ways:
        raise ValueError(
            f"place_id = {place_id!r}: no lane leads on to {buyer.destination.id!r}; state one in lanes.csv"
        )
    return _judged(parcel, ways[0])


def _until(
    shipment: Shipment, problem: PlanningProblem, ambient: Ambient, seen_at: dt.datetime
) -> tuple[float, tuple[float, float]]:
    """Mean age and doses when seen, along the planned legs."""
    batch = problem.batch(shipment.batch_id)
    crop, place = problem.crop(batch.crop_id), problem.place(batch.place_id)
    curve, lanes = curve_of(crop), {lane.id: lane for lane in problem.lanes}
    start = dt.datetime.combine(
        shipment.pick_on, problem.grower(batch.grower_id).picks_from, tzinfo=zone(place.timezone)
    )
    start += dt.timedelta(hours=crop.treatment.duration_h if crop.treatment else 0.0)
    gained = [shipment.age_at_pick_d20, 0.0, 0.0]
    at, air = start, ambient.degc(place.id, hours_of(start))
    for leg in shipment.legs:
        _gain(gained, curve.clocks, air, min(leg.departs_at, seen_at) - at)
        at = max(at, min(leg.departs_at, seen_at))
        lane = lanes.get(leg.lane_id)
        if lane is not None and lane.temperature_degc is not None:
            air = lane.temperature_degc
        elif lane is not None:
            ends = [ambient.degc(problem.place(end).id, hours_of(at)) for end in (lane.origin_id, lane.destination_id)]
            air = sum(ends) / 2
    _gain(gained, curve.clocks, air, seen_at - at)
    return gained[0], (gained[1], gained[2])


def _gain(gained: list[float], clocks: tuple[object, ...], degc: float, span: dt.timedelta) -> None:
    days = max(0.0, span / dt.timedelta(days=1))
    for index, clock in enumerate(clocks):
        assert callable(clock)
        gained[index] += clock(degc) * days


def _judged(parcel: _Seen, way: Itinerary | None) -> ExpectedCondition:
    shipment, buyer, problem, seen_at, age, doses = parcel
    local = zone(buyer.destination.timezone)
    until_at = buyer.order.deliver_until_at
    batch = problem.batch(shipment.batch_id)
    stage = buyer.crop.stage(batch.stage_id).known_to(batch.age_shift_sd_d20)
    ways = (
        [(1.0, seen_at.astimezone(local), 0.0, 0.0, 0.0)]
        if way is None
        else [(o.probability, o.arrive_at, o.age_gained_d20, o.chill_dose, o.safety_dose) for o in way.outcomes]
    )
    good = mean = 0.0
    for share, arrive_at, aged, chill, safety in ways:
        then = age + (aged or 0.0)
        mean += share * then
        sound = doses[0] + (chill or 0.0) <= DOSE_LIMIT and doses[1] + (safety or 0.0) <= DOSE_LIMIT
        if sound and arrive_at is not None and arrive_at <= until_at:
            good += share * share_between(then, stage.sd_d20, buyer.wish.lower_d20, buyer.wish.upper_d20)
    p05, p50, p95 = (
        (seen_at.astimezone(local),) * 3 if way is None else (way.arrive_p05_at, way.arrive_p50_at, way.arrive_p95_at)
    )
    on_time = float(p50 <= until_at) if way is None else way.probability_by(until_at)
    rate = buyer.curve.rate(buyer.room_degc)
    ready, over = buyer.curve.ready_at_d20, buyer.curve.ready_at_d20 + buyer.curve.window_d20
    eat_from, eat_until = (_day(p50, bound - mean, rate) for bound in (ready, over))
    return ExpectedCondition(
        order_id=shipment.order_id,
        arrive_p05_at=p05,
        arrive_p50_at=p50,
        arrive_p95_at=p95,
        age_at_delivery_mean_d20=mean,
        good_share=min(1.0, good),
        promised_good_share=shipment.good_share,
        on_time_share=on_time,
        eat_from_on=eat_from,
        eat_until_on=eat_until,
        advice=_advice(min(1.0, good), shipment, p50.date(), eat_until),
    )


def _day(at: dt.datetime, left_d20: float, rate: float) -> dt.date:
    days = max(0.0, left_d20) / rate if rate > 0.0 else 0.0
    return (at + dt.timedelta(days=min(days, 3650.0) if math.isfinite(days) else 0.0)).date()


def _advice(good: float, shipment: Shipment, arrive_on: dt.date, eat_until: dt.date) -> Advice:
    if good < min(REFUND_BELOW, shipment.good_share):
        return "refund"
    if good >= shipment.good_share - WORSE_BY:
        return "wait"
    return "eat_today" if eat_until <= arrive_on else "eat_soon"

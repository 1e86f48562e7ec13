"""Why an order is not served: the first rule that leaves nothing, in the order of the code list."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from harvest_planner.planning.candidates import LEAST_PART_KG, Candidate, judged
from harvest_planner.planning.leftover import Capacity, Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.outlook import Judge, Outlooks, PlainOutlooks
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.plan import Change, Reason, RefusalCode
from harvest_planner.schema.policy import Policy
from harvest_planner.transit.network import Network


def reason_for(
    buyer: BuyerOrder,
    meeting: Meeting,
    leftover: Leftover,
    *,
    missing_kg: float,
    judge_all: Judge = judged,
    now: dt.datetime | None = None,
) -> Reason | None:
    """As `reason_by`, candidate by candidate.

    Parameters
    ----------
    leftover : what the finished plan leaves free.
    judge_all : judges every candidate of an order: the plain path, or its equal by arrays.
    """
    outlooks = PlainOutlooks(meeting, leftover, judge_all)
    return reason_by(buyer, meeting, outlooks, missing_kg=missing_kg, now=now)


def reason_by(
    buyer: BuyerOrder, meeting: Meeting, outlooks: Outlooks, *, missing_kg: float, now: dt.datetime | None = None
) -> Reason | None:
    """The reason why an order cannot be served, given what a plan leaves free; None where nothing forbids it.

    Parameters
    ----------
    outlooks : what could become of orders beside the finished plan.
    missing_kg : what of the order is not served [kg].
    now : the moment of asking; None: the problem's as_of.
    """
    order, as_of = buyer.order, now or meeting.problem.as_of
    if order.confirm_by_at is not None and order.confirm_by_at < as_of:
        stamp = order.confirm_by_at.isoformat()
        return _reason(
            "confirm_by_passed",
            f"the marketplace cancelled the order at {stamp}, before this plan was made",
            {"confirm_by_at": stamp},
            Change(field="confirm_by_at", value=as_of.isoformat()),
        )
    return (
        _no_way(buyer, meeting)
        or _no_fruit(buyer, meeting.trips_of_crop(order.crop_id))
        or _not_promised(buyer, meeting.problem.policy, outlooks)
        or _not_fitting(buyer, outlooks, missing_kg=missing_kg)
    )


def _reason(
    code: RefusalCode, message: str, params: dict[str, str | float | int | bool | None], *changes: Change
) -> Reason:
    return Reason(code=code, params=params, message=message, would_work_if=changes)


def _no_way(buyer: BuyerOrder, meeting: Meeting) -> Reason | None:
    """No chain of lanes at all, or none that an embargo leaves in time."""
    destination = buyer.destination.id
    # What arrives in spite of embargoes arrives without them.
    if not any(any(_arrives(buyer, meeting, each, in_time=False)) for each in (meeting.network, meeting.open_network)):
        return no_lane(sorted({field.place.id for field in meeting.fields}), destination)
    goods = buyer.crop.goods
    if goods is None or not meeting.refused(goods) or any(_arrives(buyer, meeting, meeting.network, in_time=True)):
        return None
    if not any(_arrives(buyer, meeting, meeting.open_network, in_time=True)):
        return None
    carriers = sorted({embargo.carrier for embargo in meeting.embargoes})
    ends = max((embargo.until_on for embargo in meeting.embargoes), default=meeting.problem.as_of.date())
    return _reason(
        "embargo",
        f"every carrier that could bring {goods} to {destination} in time refuses it on those days "
        f"(embargoes: {', '.join(carriers)}, until {ends})",
        {"goods": goods, "carriers": ", ".join(carriers), "until_on": ends.isoformat()},
        Change(field="deliver_until_at", value=(buyer.order.deliver_until_at + _until(buyer, ends)).isoformat()),
    )


def no_lane(origin_ids: Sequence[str], destination_id: str) -> Reason:
    """The reason of orders whose fruit is where no lane leads on from."""
    origins = ", ".join(origin_ids)
    return _reason(
        "no_journey",
        f"no lane leads from {origins or 'any batch'} to {destination_id} within the timetable",
        {"destination_id": destination_id, "origins": origins},
        Change(field="lanes", value=f"a lane to {destination_id}"),
    )


def _until(buyer: BuyerOrder, ends: dt.date) -> dt.timedelta:
    """By how much a deadline must move to lie as far behind the embargo as it now lies behind as_of's horizon."""
    late = (ends - buyer.order.deliver_until_at.date()).days + 3
    return dt.timedelta(days=max(1, late))


def _arrives(buyer: BuyerOrder, meeting: Meeting, network: Network, *, in_time: bool) -> Iterator[bool]:
    # Those of the crop itself come first: they are asked for anyway.
    own = meeting.handovers.get(buyer.crop.id, ())
    for place_id, ready_h in chain(own, meeting.all_handovers):
        for journey in network.journeys(
            place_id,
            buyer.destination.id,
            ready_h=ready_h,
            goods=buyer.crop.goods,
            clocks=buyer.curve.clocks,
            clocks_key=id(buyer.curve),
            kinks_degc=buyer.curve.kinks_degc,
        ):
            yield not in_time or journey.probability_by(buyer.wish.deliver_until_h) > 0


def _no_fruit(buyer: BuyerOrder, trips: Sequence[Trip]) -> Reason | None:
    """No fruit of the crop, or none of the grade, with the papers, or outside its interval."""
    order, wish = buyer.order, buyer.wish
    asked = set(wish.certifications)

    def serves(trip: Trip) -> bool:
        return wish.serves(trip.field.crop.grades, trip.field.batch.grade)

    def certified(trip: Trip) -> bool:
        return not asked or (trip.day.certified and asked <= set(trip.field.batch.certifications))

    if any(trip.day.interval_kept and serves(trip) and certified(trip) for trip in trips):
        return None
    if not trips:
        return _reason(
            "no_fruit",
            f"no batch of {order.crop_id} can be picked within the horizon",
            {"crop_id": order.crop_id},
            Change(field="batches", value=f"a batch of {order.crop_id}"),
        )
    trips = [trip for trip in trips if serves(trip)]
    if not trips:
        return _reason(
            "grade",
            f"no batch of {order.crop_id} is of grade {order.grade} or better",
            {"grade": order.grade},
            *_best_grade(buyer),
        )
    trips = [trip for trip in trips if certified(trip)]
    if not trips:
        names = ", ".join(wish.certifications)
        return _reason(
            "certification",
            f"no batch holds {names} on a day it can be picked",
            {"certifications": names},
            Change(field="certifications", value=""),
        )
    ends = min((e for t in trips if (e := t.field.interval_ends_on)), default=None)
    return _reason(
        "pre_harvest_interval",
        "every batch that could serve is inside its pre-harvest interval, or its spray record is incomplete",
        {"interval_ends_on": None if ends is None else ends.isoformat()},
        *([] if ends is None else [Change(field="pick_on", value=ends.isoformat())]),
    )


def _best_grade(buyer: BuyerOrder) -> list[Change]:
    grades = buyer.crop.grades
    worse = [low for high, low in pairwise(grades) if high == buyer.order.grade]
    return [Change(field="grade", value=worse[0] if worse else None)]


def _not_promised(buyer: BuyerOrder, policy: Policy, outlooks: Outlooks) -> Reason | None:
    """Nothing arrives good enough, or safe enough."""
    enough, risk, best, in_time = outlooks.promisable(buyer)
    if enough:
        return None
    if risk is not None:
        return _reason(
            "not_safe",
            f"the least risk of breaking the food-safety cap is {risk:.4f}, above {policy.max_safety_risk:.4f}",
            {"safety_risk": round(risk, 6)},
            Change(field="lanes", value="a faster or colder lane"),
        )
    why = (
        f"the best that can be promised is a good share of {best:.2f} (on time {in_time:.2f}), "
        f"below {policy.min_good_share:.2f}"
    )
    return _reason(
        "cannot_arrive_ripe",
        why if in_time > 0 else "nothing that can be picked now arrives by then",
        {"best_good_share": round(best, 4), "best_on_time_share": round(in_time, 4)},
        *_ripe_if(buyer, best, outlooks),
    )


def _ripe_if(buyer: BuyerOrder, best: float, outlooks: Outlooks) -> list[Change]:
    """The nearest later deadline that works; else the floor that the best candidate would need."""
    later = outlooks.works_later(buyer)
    if later is not None:
        return [Change(field="deliver_until_at", value=later.isoformat())]
    if best > 0.01:
        return [Change(field="policy.min_good_share", value=math.floor(best * 100) / 100)]
    return []


def _not_fitting(buyer: BuyerOrder, outlooks: Outlooks, *, missing_kg: float) -> Reason | None:
    """It could be served well, but not at a profit, or not beside what is already planned."""
    kg = min(LEAST_PART_KG, missing_kg) if buyer.order.may_split else missing_kg
    room = outlooks.room(buyer, kg)
    if not room.pays:
        price = room.price_vnd_per_kg
        changes = [Change(field="price_vnd_per_kg", value=price)] if math.isfinite(price) else []
        message = "transport, risk and picking cost more than the order brings"
        return _reason("not_worth_it", message, {"price_vnd_per_kg": buyer.order.price_vnd_per_kg}, *changes)
    if room.short is not None:
        return _capacity_reason(*room.short, kg, outlooks.leftover)
    if room.fits:
        return None
    changes = [Change(field="quantity_kg", value=math.floor(room.most_kg * 10) / 10)] if room.most_kg >= 0.1 else []
    return _reason("outbid", "the fruit that could serve it goes to orders that bring more", {}, *changes)


def _capacity_reason(code: Capacity, candidate: Candidate, kg: float, leftover: Leftover) -> Reason:
    """The one capacity that does not suffice, and what would release it."""
    trip = candidate.entry.trip
    field, day = trip.field, trip.day.pick_on
    if code == "picker_capacity":
        hands = leftover.picker_kg(trip)
        why = "rests" if trip.day.rests else f"has only {max(0.0, hands):g} kg of picking left"
        message = f"grower {field.grower.id} {why} on {day}"
        change = Change(
            field="pick_capacity_kg_per_day", value=_raised(field.grower.pick_capacity_kg_per_day, kg - hands)
        )
        if trip.day.rests:
            change = Change(field="rest_days", value=f"not {day.isoformat()}")
    elif code == "packing_capacity":
        packing = leftover.packing_kg(trip)
        message = f"{field.place.id} can pack only {max(0.0, packing):g} kg more on {day}"
        change = Change(field="packing_kg_per_day", value=_raised(field.place.packing_kg_per_day, kg - packing))
    else:
        lane_kg, lane_id = leftover.lane_kg(candidate)
        message = f"lane {lane_id} takes only {max(0.0, lane_kg):g} kg more for {day}"
        change = Change(
            field="capacity_kg", value=_raised(leftover.meeting.lanes[str(lane_id)].capacity_kg, kg - lane_kg)
        )
    return _reason(code, message, {"day": day.isoformat()}, change)


def _raised(capacity: float | None, by: float) -> float | None:
    return None if capacity is None else round(capacity + by, 3)

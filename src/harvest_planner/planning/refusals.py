"""Why an order is not served: the first rule that leaves nothing, in the order of the code list."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from harvest_planner.planning.candidates import Candidate, allowed, certified, graded, judged, promises_enough, safe
from harvest_planner.planning.leftover import CAPACITIES, Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.verdict import Verdict
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.plan import Change, Reason, RefusalCode
from harvest_planner.schema.policy import Policy
from harvest_planner.transit.network import Network

Judge = Callable[[BuyerOrder, Meeting], Iterable[Candidate]]
LATER_DAYS = (1, 2, 3, 5, 7)
LEAST_PART_KG = 1.0


def reason_for(
    buyer: BuyerOrder,
    meeting: Meeting,
    leftover: Leftover,
    *,
    missing_kg: float,
    judge_all: Judge = judged,
    now: dt.datetime | None = None,
) -> Reason | None:
    """The reason why an order cannot be served, given what a plan leaves free; None where nothing forbids it.

    Parameters
    ----------
    leftover : what the finished plan leaves free.
    missing_kg : what of the order is not served [kg].
    judge_all : judges every candidate of an order: the plain path, or its equal by arrays.
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
    none = _no_way(buyer, meeting) or _no_fruit(buyer, meeting.trips_of_crop(order.crop_id))
    if none is not None:
        return none
    able = _able(buyer, meeting, judge_all)
    return _not_promised(buyer, meeting, able, judge_all) or _not_fitting(
        buyer, meeting.problem.policy, able, leftover, missing_kg=missing_kg
    )


def _reason(
    code: RefusalCode, message: str, params: dict[str, str | float | int | bool | None], *changes: Change
) -> Reason:
    return Reason(code=code, params=params, message=message, would_work_if=changes)


def _no_way(buyer: BuyerOrder, meeting: Meeting) -> Reason | None:
    """No chain of lanes at all, or none that an embargo leaves in time."""
    destination = buyer.destination.id
    origins = sorted({field.place.id for field in meeting.fields})
    shown = {"destination_id": destination, "origins": ", ".join(origins)}
    if not any(_arrives(buyer, meeting, meeting.open_network, in_time=False)):
        return _reason(
            "no_journey",
            f"no lane leads from {shown['origins'] or 'any batch'} to {destination} within the timetable",
            {**shown},
            Change(field="lanes", value=f"a lane to {destination}"),
        )
    goods = buyer.crop.goods
    if goods is None or any(_arrives(buyer, meeting, meeting.network, in_time=True)):
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


def _until(buyer: BuyerOrder, ends: dt.date) -> dt.timedelta:
    """By how much a deadline must move to lie as far behind the embargo as it now lies behind as_of's horizon."""
    late = (ends - buyer.order.deliver_until_at.date()).days + 3
    return dt.timedelta(days=max(1, late))


def _arrives(buyer: BuyerOrder, meeting: Meeting, network: Network, *, in_time: bool) -> Iterator[bool]:
    seen: set[tuple[str, float]] = set()
    for field in meeting.fields:
        for day in field.days():
            if (field.place.id, day.ready_h) in seen:
                continue
            seen.add((field.place.id, day.ready_h))
            for journey in network.journeys(
                field.place.id,
                buyer.destination.id,
                ready_h=day.ready_h,
                goods=buyer.crop.goods,
                clocks=buyer.curve.clocks,
                clocks_key=buyer.crop.id,
            ):
                yield not in_time or journey.probability_by(buyer.wish.deliver_until_h) > 0


def _no_fruit(buyer: BuyerOrder, trips: Sequence[Trip]) -> Reason | None:
    """No fruit of the crop, or none of the grade, with the papers, or outside its interval."""
    order, wish = buyer.order, buyer.wish
    if not trips:
        return _reason(
            "no_fruit",
            f"no batch of {order.crop_id} can be picked within the horizon",
            {"crop_id": order.crop_id},
            Change(field="batches", value=f"a batch of {order.crop_id}"),
        )
    trips = [trip for trip in trips if wish.serves(trip.field.crop.grades, trip.field.batch.grade)]
    if not trips:
        return _reason(
            "grade",
            f"no batch of {order.crop_id} is of grade {order.grade} or better",
            {"grade": order.grade},
            *_best_grade(buyer),
        )
    asked = set(wish.certifications)
    trips = [t for t in trips if not asked or (t.day.certified and asked <= set(t.field.batch.certifications))]
    if not trips:
        names = ", ".join(wish.certifications)
        return _reason(
            "certification",
            f"no batch holds {names} on a day it can be picked",
            {"certifications": names},
            Change(field="certifications", value=""),
        )
    if not any(trip.day.interval_kept for trip in trips):
        ends = min((e for t in trips if (e := t.field.interval_ends_on)), default=None)
        return _reason(
            "pre_harvest_interval",
            "every batch that could serve is inside its pre-harvest interval, or its spray record is incomplete",
            {"interval_ends_on": None if ends is None else ends.isoformat()},
            *([] if ends is None else [Change(field="pick_on", value=ends.isoformat())]),
        )
    return None


def _best_grade(buyer: BuyerOrder) -> list[Change]:
    grades = buyer.crop.grades
    worse = [low for high, low in pairwise(grades) if high == buyer.order.grade]
    return [Change(field="grade", value=worse[0] if worse else None)]


def _not_promised(buyer: BuyerOrder, meeting: Meeting, able: Sequence[Candidate], judge_all: Judge) -> Reason | None:
    """Nothing arrives good enough, or safe enough."""
    policy = meeting.problem.policy
    good = [candidate for candidate in able if promises_enough(candidate.verdict, policy)]
    unsafe = [c for c in good or able if not safe(c.verdict, policy) and (good or _spoilt_by_cap(c.verdict, policy))]
    if good and len(unsafe) < len(good):
        return None
    if unsafe:
        risk = min(candidate.verdict.safety_risk for candidate in unsafe)
        return _reason(
            "not_safe",
            f"the least risk of breaking the food-safety cap is {risk:.4f}, above {policy.max_safety_risk:.4f}",
            {"safety_risk": round(risk, 6)},
            Change(field="lanes", value="a faster or colder lane"),
        )
    best = max((candidate.verdict.good_share for candidate in able), default=0.0)
    in_time = max((candidate.verdict.on_time_share for candidate in able), default=0.0)
    why = (
        f"the best that can be promised is a good share of {best:.2f} (on time {in_time:.2f}), "
        f"below {policy.min_good_share:.2f}"
    )
    return _reason(
        "cannot_arrive_ripe",
        why if in_time > 0 else "nothing that can be picked now arrives by then",
        {"best_good_share": round(best, 4), "best_on_time_share": round(in_time, 4)},
        *_ripe_if(buyer, meeting, best, judge_all),
    )


def _spoilt_by_cap(verdict: Verdict, policy: Policy) -> bool:
    """Whether the share would reach the floor if what breaks the food-safety cap in time counted as good."""
    return verdict.good_share + min(verdict.safety_risk, verdict.on_time_share) >= policy.min_good_share


def _able(buyer: BuyerOrder, meeting: Meeting, judge_all: Judge) -> list[Candidate]:
    wish = buyer.wish
    return [
        candidate
        for candidate in judge_all(buyer, meeting)
        if graded(candidate.entry, wish) and certified(candidate.entry, wish) and candidate.entry.trip.day.interval_kept
    ]


def _ripe_if(buyer: BuyerOrder, meeting: Meeting, best: float, judge_all: Judge) -> list[Change]:
    """The nearest later deadline that works; else the floor that the best candidate would need."""
    for days in LATER_DAYS:
        later = buyer.order.deliver_until_at + dt.timedelta(days=days)
        moved = meeting.buyer(buyer.order.model_copy(update={"deliver_until_at": later}))
        policy = meeting.problem.policy
        if any(allowed(c, policy) and c.value_vnd > 0 for c in judge_all(moved, meeting)):
            return [Change(field="deliver_until_at", value=later.isoformat())]
    if best > 0.01:
        return [Change(field="policy.min_good_share", value=math.floor(best * 100) / 100)]
    return []


def _not_fitting(
    buyer: BuyerOrder, policy: Policy, able: Sequence[Candidate], leftover: Leftover, *, missing_kg: float
) -> Reason | None:
    """It could be served well, but not at a profit, or not beside what is already planned."""
    kg = min(LEAST_PART_KG, missing_kg) if buyer.order.may_split else missing_kg
    fine = [c for c in able if promises_enough(c.verdict, policy) and safe(c.verdict, policy)]
    paying = [candidate for candidate in fine if leftover.gain_vnd(candidate, kg) > 0]
    if not paying:
        price = min((_price_for(candidate, kg, leftover) for candidate in fine), default=math.inf)
        changes = [Change(field="price_vnd_per_kg", value=price)] if math.isfinite(price) else []
        message = "transport, risk and picking cost more than the order brings"
        return _reason("not_worth_it", message, {"price_vnd_per_kg": buyer.order.price_vnd_per_kg}, *changes)
    short = [leftover.short_of(candidate, kg) for candidate in paying]
    for code in CAPACITIES:
        for candidate, limits in zip(paying, short, strict=True):
            if limits == (code,):
                return _capacity_reason(code, candidate, kg, leftover)
    if () in short:
        return None
    fits = max((leftover.batch_kg[c.entry.trip.field.batch.id] for c in paying), default=0.0)
    changes = [Change(field="quantity_kg", value=math.floor(fits * 10) / 10)] if fits >= 0.1 else []
    return _reason("outbid", "the fruit that could serve it goes to orders that bring more", {}, *changes)


def _price_for(candidate: Candidate, kg: float, leftover: Leftover) -> float:
    """The price at which serving it would just pay, to the next 100 VND [VND/kg]."""
    order, q = candidate.buyer.order, candidate.verdict.good_share
    slope = q - (1.0 - q if order.failure_cost_vnd_per_kg is None else 0.0)
    if slope <= 0:
        return math.inf
    missing = -leftover.gain_vnd(candidate, kg) / (kg * slope)
    return float(math.ceil((order.price_vnd_per_kg + missing) / 100 + 1e-9) * 100)


def _capacity_reason(code: RefusalCode, candidate: Candidate, kg: float, leftover: Leftover) -> Reason:
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

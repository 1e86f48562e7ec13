"""`when_to_pick`: the day to pick one batch for one order, by the plain path and the four core packages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

from harvest_planner.planning.answer import SHARE_DIGITS, legs_of
from harvest_planner.planning.candidates import LEAST_PART_KG, Candidate, allowed, judged
from harvest_planner.planning.leftover import KG_EPSILON, Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.refusals import reason_for
from harvest_planner.planning.settled import Settled, used_by
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.people import Grower
from harvest_planner.schema.plan import OtherDay, PickAdvice, Refusal
from harvest_planner.schema.problem import PlanningProblem, catalogue_place


def when_to_pick(
    order: Order | str,
    batch: Batch | str,
    problem: PlanningProblem | None = None,
    *,
    as_of: dt.datetime | None = None,
) -> PickAdvice | Refusal:
    """The day on which to pick this batch for this order alone, or why it cannot serve it.

    The day is the one worth most; of days worth the same, the latest. Other orders and what they take are not looked
    at: the joint answer is `plan_harvest`.

    Parameters
    ----------
    order, batch : records, or ids of the problem's.
    problem : brings places, lanes, embargoes, growers and policy; none: those of the catalogue, the grower's hours
        being 05:00 to 09:00.
    as_of : the moment of asking; none: the problem's, or without a problem the start of the day of the batch's
        observation.

    Raises
    ------
    UnknownIdError : an id that is not in the problem.
    ValueError : a naive `as_of`.

    Examples
    --------
    >>> import datetime as dt
    >>> import harvest_planner as hp
    >>> batch = hp.Batch(id="b1", grower_id="g1", crop_id="na-chi-lang", place_id="chi-lang", quantity_kg=50,
    ...                  stage_id="S2", observed_on=dt.date(2026, 8, 10))
    >>> order = hp.Order(id="o1", crop_id="na-chi-lang", quantity_kg=5, destination_id="ca-mau",
    ...                  deliver_until_at="2026-08-20T18:00:00+07:00", price_vnd_per_kg=60000)
    >>> hp.when_to_pick(order, batch).pick_on
    datetime.date(2026, 8, 10)
    """
    order, batch = _records(order, batch, problem)
    asked = _question(order, batch, problem, as_of)
    meeting = Meeting(asked, [batch])
    buyer = meeting.buyer(order)
    found = paying(buyer, meeting)
    if not found or (order.confirm_by_at is not None and order.confirm_by_at < asked.as_of):
        return _refused(meeting, order)
    best = max(found, key=partial(rank, terminal_share=meeting.problem.policy.terminal_share))
    return _advice(best, found, meeting)


def able(buyer: BuyerOrder, meeting: Meeting) -> list[Candidate]:
    """The candidates that break no rule of the order, the batch and the capacities taken alone."""
    policy = meeting.problem.policy
    return [each for each in judged(buyer, meeting) if allowed(each, policy) and fits(each, meeting)]


def paying(buyer: BuyerOrder, meeting: Meeting) -> list[Candidate]:
    """Those of them that are worth their trip: what the advice chooses from."""
    terminal_share = meeting.problem.policy.terminal_share
    return [each for each in able(buyer, meeting) if net_vnd(each, terminal_share) > 0]


def fits(candidate: Candidate, meeting: Meeting) -> bool:
    """Whether the batch, the grower's day, the place's packing and every departure can take the order at all."""
    order, field = candidate.buyer.order, candidate.entry.trip.field
    needed = min(LEAST_PART_KG, order.quantity_kg) if order.may_split else order.quantity_kg
    limits = [field.batch.quantity_kg, field.grower.pick_capacity_kg_per_day, field.place.packing_kg_per_day]
    limits += [meeting.lanes[leg.lane_id].capacity_kg for leg in candidate.journey.legs]
    return all(limit is None or needed <= limit + KG_EPSILON for limit in limits)


def net_vnd(candidate: Candidate, terminal_share: float) -> float:
    """Worth of serving the order, less what surplus picked on the same trip leaves unpaid of its cost [VND]."""
    field = candidate.entry.trip.field
    batch, hands = field.batch, field.grower.pick_capacity_kg_per_day
    room = batch.quantity_kg if hands is None else min(batch.quantity_kg, hands)
    better = max(0.0, batch.surplus_price_vnd_per_kg - field.kept_vnd_per_kg(terminal_share))
    surplus = max(0.0, room - candidate.buyer.order.quantity_kg) * better
    return candidate.value_vnd - max(0.0, batch.trip_cost_vnd - surplus)


def rank(candidate: Candidate, *, terminal_share: float) -> tuple[float, dt.date, float]:
    """How candidates of one order are preferred: by worth, then the later day, then the earlier departure."""
    worth = round(net_vnd(candidate, terminal_share), 6)
    return worth, candidate.entry.trip.day.pick_on, -candidate.journey.first_departure_h


def _records(order: Order | str, batch: Batch | str, problem: PlanningProblem | None) -> tuple[Order, Batch]:
    if isinstance(order, str) or isinstance(batch, str):
        if problem is None:
            raise ValueError("an order or batch given by its id needs the problem that holds it")
        order = problem.order(order) if isinstance(order, str) else order
        batch = problem.batch(batch) if isinstance(batch, str) else batch
    return order, batch


def _question(
    order: Order, batch: Batch, problem: PlanningProblem | None, as_of: dt.datetime | None
) -> PlanningProblem:
    """The problem of this order and batch alone."""
    if as_of is not None and as_of.tzinfo is None:
        raise ValueError(f"as_of = {as_of.isoformat()} is naive; give it an offset such as +07:00")
    if problem is None:
        if as_of is None:
            local = zone(catalogue_place(batch.place_id).timezone)
            as_of = dt.datetime.combine(batch.observed_on, dt.time(), tzinfo=local)
        return PlanningProblem(as_of=as_of, growers=(Grower(id=batch.grower_id),), batches=(batch,), orders=(order,))
    return PlanningProblem(
        as_of=as_of or problem.as_of,
        policy=problem.policy,
        crops=problem.crops,
        places=problem.places,
        growers=(problem.grower(batch.grower_id),),
        batches=(batch,),
        orders=(order,),
        lanes=problem.lanes,
        embargoes=problem.embargoes,
    )


def _refused(meeting: Meeting, order: Order) -> Refusal:
    # One order alone says nothing of what is fair among growers.
    nothing = Leftover(meeting, used_by(meeting.problem, Settled((), ()))._replace(fair={}), (), {})
    reason = reason_for(meeting.buyer(order), meeting, nothing, missing_kg=order.quantity_kg)
    if reason is None:
        raise AssertionError(f"order {order.id} is refused without a reason")
    return Refusal(order_id=order.id, kg=order.quantity_kg, reasons=(reason,))


def _advice(best: Candidate, found: Iterable[Candidate], meeting: Meeting) -> PickAdvice:
    field, day = best.entry.trip.field, best.entry.trip.day
    shares: dict[dt.date, float] = {}
    for candidate in found:
        pick_on = candidate.entry.trip.day.pick_on
        shares[pick_on] = max(shares.get(pick_on, 0.0), candidate.verdict.good_share)
    last = max(candidate.entry.trip.day.until_at for candidate in found)
    return PickAdvice(
        order_id=best.buyer.order.id,
        batch_id=field.batch.id,
        pick_on=day.pick_on,
        from_at=day.from_at,
        until_at=day.until_at,
        latest_pick_at=last,
        stage_id=field.stage_at(day.age_d20).id,
        age_at_pick_d20=round(day.age_d20, SHARE_DIGITS),
        good_share=round(best.verdict.good_share, SHARE_DIGITS),
        parcel_good_share=round(best.verdict.parcel_good_share, SHARE_DIGITS),
        legs=legs_of(best.journey, meeting.lanes, meeting.problem.place),
        other_days=tuple(
            OtherDay(pick_on=pick_on, good_share=round(share, SHARE_DIGITS))
            for pick_on, share in sorted(shares.items())
            if pick_on != day.pick_on
        ),
    )

"""`order_by`: the last moment at which an order for a place, a wish and a date can still be accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from harvest_planner.planning.advice import able, paying, rank
from harvest_planner.planning.answer import legs_of
from harvest_planner.planning.candidates import Candidate
from harvest_planner.planning.leftover import Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.refusals import reason_for
from harvest_planner.planning.settled import Settled, used_by
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import RefusalCode
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.instants import hours_of


@dataclass(frozen=True, slots=True)
class LastPick:
    """The last pick that still serves an order, and how it travels.

    Attributes
    ----------
    batch_id, pick_on : what is picked, and when.
    from_at, until_at : the picking hours, local to the batch's place.
    lane_ids : the lanes of its journey in the order of travel.
    departs_at : the first departure, local to where it leaves.
    cutoff_at : the last instant at which goods make that departure, local likewise.
    """

    batch_id: str
    pick_on: dt.date
    from_at: dt.datetime
    until_at: dt.datetime
    lane_ids: tuple[str, ...]
    departs_at: dt.datetime
    cutoff_at: dt.datetime


@dataclass(frozen=True, slots=True)
class OrderCutoff:
    """By when an order must be accepted, or why it cannot be served at all.

    Attributes
    ----------
    order_id : the order.
    at : the last moment, local to the batch's place; None: it cannot be served.
    pick : the pick that is then still ahead; None where `at` is.
    reason : the code of the refusal where `at` is None.
    may_be_later : the pick lies on the last day of the horizon; later days were not looked at.
    """

    order_id: str
    at: dt.datetime | None
    pick: LastPick | None = None
    reason: RefusalCode | None = None
    may_be_later: bool = False


def order_by(order: Order | str, problem: PlanningProblem) -> OrderCutoff:
    """The last moment at which this order can be accepted and still be served, over all batches and days.

    An order is served at a moment when `when_to_pick` with that `as_of` names a day for one of the batches: a pick
    whose hours began before the moment is gone, and `confirm_by_at` passed ends everything. As there, other orders and
    commitments are not looked at, nor is the order's state; the joint answer is `plan_harvest`. `freeze_h` takes
    nothing off: it holds picks that are published, and a pick that is not planned yet can still be added.

    Parameters
    ----------
    order : a record, or the id of one of the problem's.
    problem : brings batches, growers, lanes, embargoes and policy; the days are those of its horizon.

    Returns
    -------
    OrderCutoff : the moment with the last pick that serves, or the reason why there is none.

    Raises
    ------
    UnknownIdError : an id that is not in the problem.
    ValueError : an order that refers to what the problem does not hold.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> batch = hp.Batch(id="b1", grower_id="g1", crop_id="na-chi-lang", place_id="chi-lang", quantity_kg=50,
    ...                  stage_id="S2", observed_on=dt.date(2026, 8, 10))
    >>> order = hp.Order(id="o1", crop_id="na-chi-lang", quantity_kg=5, destination_id="ca-mau",
    ...                  deliver_until_at="2026-08-20T18:00:00+07:00", price_vnd_per_kg=60000)
    >>> problem = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00", growers=(hp.Grower(id="g1"),),
    ...                              batches=(batch,), orders=(order,))
    >>> cutoff = order_by("o1", problem)
    >>> cutoff.at.isoformat(), cutoff.pick.departs_at.isoformat()
    ('2026-08-13T05:00:00+07:00', '2026-08-13T17:00:00+07:00')
    """
    record = problem.order(order) if isinstance(order, str) else order
    asked = _question(record, problem)
    meeting = Meeting(asked)
    if record.confirm_by_at is not None and record.confirm_by_at < asked.as_of:
        return OrderCutoff(record.id, None, reason="confirm_by_passed")
    for candidate in _latest_first(record, meeting):
        found = _served_at(_moment(record, candidate), candidate, asked)
        if found is not None:
            return found
    return _now_or_never(record, meeting)


def _question(order: Order, problem: PlanningProblem) -> PlanningProblem:
    """The problem of this order alone."""
    return PlanningProblem(
        as_of=problem.as_of,
        policy=problem.policy,
        crops=problem.crops,
        places=problem.places,
        growers=problem.growers,
        batches=problem.batches,
        orders=(order,),
        lanes=problem.lanes,
        embargoes=problem.embargoes,
    )


def _latest_first(order: Order, meeting: Meeting) -> Iterator[Candidate]:
    """One candidate for every pick that may serve, the last pick first; of one hour the best first."""
    terminal_share = meeting.problem.policy.terminal_share
    # What a trip costs more than it brings depends on the moment of asking; no moment makes a worthless order pay.
    hopeful = [each for each in able(meeting.buyer(order), meeting) if each.value_vnd > 0]
    seen: set[tuple[str, dt.date]] = set()
    best_first = sorted(hopeful, key=partial(rank, terminal_share=terminal_share), reverse=True)
    for candidate in sorted(best_first, key=_picks_from_h, reverse=True):
        trip = candidate.entry.trip
        if (key := (trip.field.batch.id, trip.day.pick_on)) not in seen:
            seen.add(key)
            yield candidate


def _picks_from_h(candidate: Candidate) -> float:
    return hours_of(candidate.entry.trip.day.from_at)


def _moment(order: Order, candidate: Candidate) -> dt.datetime:
    """The last moment at which the pick is ahead and the order not cancelled, local to the batch's place."""
    from_at, confirm_by_at = candidate.entry.trip.day.from_at, order.confirm_by_at
    if confirm_by_at is None or confirm_by_at >= from_at:
        return from_at
    return confirm_by_at.astimezone(zone(candidate.entry.trip.field.place.timezone))


def _served_at(at: dt.datetime, candidate: Candidate, asked: PlanningProblem) -> OrderCutoff | None:
    """The answer for a moment, where asking at that very moment about that batch still finds the pick."""
    trip = candidate.entry.trip
    # Unchecked: a lane may have run for the last time by then.
    then = Meeting(asked.model_copy(update={"as_of": at, "batches": (trip.field.batch,)}))
    found = [each for each in paying(candidate.buyer, then) if each.entry.trip.day.pick_on == trip.day.pick_on]
    if not found:
        return None
    on_the_last_day = trip.day.pick_on == trip.field.horizon_on - dt.timedelta(days=1)
    return _cutoff(at, found, then, may_be_later=on_the_last_day and at == trip.day.from_at)


def _now_or_never(order: Order, meeting: Meeting) -> OrderCutoff:
    """The moment of planning, where rules that start with it allow a pick at no later one; else the refusal."""
    found = paying(meeting.buyer(order), meeting)
    if found:
        local = zone(found[0].entry.trip.field.place.timezone)
        return _cutoff(meeting.problem.as_of.astimezone(local), found, meeting, may_be_later=False)
    # One order alone says nothing of what is fair among growers.
    nothing = Leftover(meeting, used_by(meeting.problem, Settled((), ()))._replace(fair={}), (), {})
    reason = reason_for(meeting.buyer(order), meeting, nothing, missing_kg=order.quantity_kg)
    return OrderCutoff(order.id, None, reason="not_worth_it" if reason is None else reason.code)


def _cutoff(at: dt.datetime, found: list[Candidate], meeting: Meeting, *, may_be_later: bool) -> OrderCutoff:
    best = max(found, key=partial(rank, terminal_share=meeting.problem.policy.terminal_share))
    trip, first_lane = best.entry.trip, meeting.lanes[best.journey.legs[0].lane_id]
    departs_at = legs_of(best.journey, meeting.lanes, meeting.problem.place)[0].departs_at
    pick = LastPick(
        batch_id=trip.field.batch.id,
        pick_on=trip.day.pick_on,
        from_at=trip.day.from_at,
        until_at=trip.day.until_at,
        lane_ids=best.journey.lane_ids,
        departs_at=departs_at,
        cutoff_at=(departs_at.astimezone(dt.UTC) - dt.timedelta(hours=first_lane.cutoff_h)).astimezone(
            departs_at.tzinfo
        ),
    )
    return OrderCutoff(best.buyer.order.id, at, pick, may_be_later=may_be_later)

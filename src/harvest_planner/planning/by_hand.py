"""A plan made by hand, judged softly: its worth, the rules it breaks and by how much, and what it loses."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from harvest_planner.planning.answer import SurplusKg
from harvest_planner.planning.candidates import Candidate, candidate_of, judged
from harvest_planner.planning.fingerprint import fingerprint
from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.outlook import PlainOutlooks
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.referee import check_plan
from harvest_planner.planning.referee.rules import trip_name
from harvest_planner.planning.referee.shipments import name_of
from harvest_planner.planning.report import Decided, plan_of
from harvest_planner.planning.settled import PLANNED_STATES, Part, Settled, used_by
from harvest_planner.planning.verdict import judge, start_of
from harvest_planner.schema.plan import HarvestPlan, Violation
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import Id, Positive, Record

_NOT_OF_THE_HAND = frozenset({"profit_left", "refusal_reason", "refusal", "status", "gap", "bound", "left_kg"})
"""What the referee asks of a finished plan of the planner's and nobody of one made by hand."""
_NOTHING = Settled((), ())


class HandRow(Record):
    """One line of a plan made by hand."""

    batch: Id
    day: dt.date
    """Day of the pick."""
    order: Id | None = None
    """None: for the local market."""
    kg: Positive


class SizedViolation(Violation):
    """A rule that is broken, and by how much."""

    size: float | None = None
    """How far what is stated lies from what was expected, in the rule's own unit; where these are no numbers, the
    kilograms concerned; none where neither can be told."""


class ByHand(Record):
    """What a plan made by hand is worth, and what is wrong with it."""

    value_vnd: float
    """Its worth, whatever rules it breaks [VND]."""
    best_value_vnd: float
    """Worth of the best plan known [VND]."""
    lost_vnd: float
    """What the best plan is worth more [VND]; below 0 where breaking rules pays."""
    violations: tuple[SizedViolation, ...]
    plan: HarvestPlan
    """It as a plan: each line on the journey worth most."""


def judged_by_hand(rows: Iterable[HandRow], problem: PlanningProblem, best: HarvestPlan | None = None) -> ByHand:
    """Each line on the journey worth most, then the referee over all of it.

    Raises
    ------
    UnknownIdError : a line names a batch or an order that the problem does not have.
    ValueError : `best` is another problem's plan.
    """
    if best is not None and best.provenance.problem_sha256 != fingerprint(problem):
        raise ValueError("the plan to compare with is another problem's; give the problem's own plan, or none")
    meeting = Meeting(problem)
    found: list[Violation] = []
    parts, surplus = _put_together(meeting, rows, found)
    best = plan_harvest(problem) if best is None else best
    used = used_by(problem.model_copy(update={"commitments": ()}), _NOTHING)
    decided = Decided(parts, surplus, 0.0, best.bound_vnd, timed_out=True)
    plan = plan_of(meeting, _NOTHING, used, decided, look=lambda left: PlainOutlooks(meeting, left, judged), seed=0)
    found += [violation for violation in check_plan(plan, problem) if violation.code not in _NOT_OF_THE_HAND]
    return ByHand(
        value_vnd=plan.value_vnd,
        best_value_vnd=best.value_vnd,
        lost_vnd=round(best.value_vnd - plan.value_vnd, 2),
        violations=tuple(_sized(found, plan)),
        plan=plan,
    )


def _sized(found: Iterable[Violation], plan: HarvestPlan) -> Iterator[SizedViolation]:
    concerned: dict[str, float] = defaultdict(float)
    for row in plan.shipments:
        concerned[name_of(row)] += row.kg
        concerned[f"order {row.order_id}"] += row.kg
    for pick in plan.picks:
        concerned[trip_name(pick.batch_id, pick.pick_on)] += pick.kg
    for violation in found:
        stated, expected = violation.stated, violation.expected
        size = concerned.get(violation.subject)
        if isinstance(expected, float):
            size = abs(stated - expected) if isinstance(stated, float) else expected
        yield SizedViolation(**violation.model_dump(), size=size)


def _put_together(
    meeting: Meeting, rows: Iterable[HandRow], found: list[Violation]
) -> tuple[tuple[Part, ...], SurplusKg]:
    """The lines as parts and as surplus; what cannot be either is put among the violations."""
    kilograms: dict[tuple[str, str, dt.date], float] = defaultdict(float)
    surplus: SurplusKg = defaultdict(float)
    for row in rows:
        meeting.problem.batch(row.batch)
        if row.order is None:
            surplus[row.batch, row.day] += row.kg
        else:
            meeting.problem.order(row.order)
            kilograms[row.order, row.batch, row.day] += row.kg
    parts = []
    for (order_id, batch_id, day), kg in sorted(kilograms.items()):
        candidates = list(_ways(meeting, order_id, batch_id, day))
        if candidates:
            parts.append(Part(max(candidates, key=lambda candidate: candidate.value_vnd), round(kg, 6)))
        else:
            found.append(_impossible(meeting.problem, order_id, batch_id, day, kg))
    return tuple(parts), dict(surplus)


def _ways(meeting: Meeting, order_id: str, batch_id: str, day: dt.date) -> Iterator[Candidate]:
    """The ways in which the order can be served at all with fruit picked that day."""
    buyer = meeting.buyer(meeting.problem.order(order_id))
    field = next(field for field in meeting.fields if field.batch.id == batch_id)
    if buyer.order.state not in PLANNED_STATES or field.crop.id != buyer.crop.id:
        return
    trip = Trip(-1, field, field.pick_day(day))
    for journey in meeting.journeys_from(field, trip.day, buyer.destination.id):
        start = start_of(field, trip.day, departs_h=journey.first_departure_h, ambient=meeting.ambient)
        verdict = judge(meeting.delivery(journey, buyer.wish), buyer.wish, start)
        yield candidate_of(buyer, Entry(trip, start), journey, verdict, meeting.problem.policy)


def _impossible(problem: PlanningProblem, order_id: str, batch_id: str, day: dt.date, kg: float) -> Violation:
    """Why a line cannot be carried out at all; it counts nothing."""
    order, batch = problem.order(order_id), problem.batch(batch_id)
    subject = f"order {order_id} from {batch_id} on {day}"
    if order.state not in PLANNED_STATES:
        code, why = "not_planned", f"an order in state {order.state} is not served"
    elif order.crop_id != batch.crop_id:
        code, why = "wrong_crop", f"the batch is of {batch.crop_id}, the order of {order.crop_id}"
    else:
        code, why = "no_journey", f"no journey leads to {order.destination_id}"
    message = f"{subject}: {why}; these {kg:g} kg are left out"
    return Violation(code=code, subject=subject, stated=kg, expected=0.0, message=message)

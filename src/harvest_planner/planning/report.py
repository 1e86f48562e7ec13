"""The plan as records: what was settled and what was decided, with reasons for the rest."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harvest_planner import __version__
from harvest_planner.planning import answer
from harvest_planner.planning.curves import outside_calibration
from harvest_planner.planning.leftover import Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.refusals import Judge, reason_for
from harvest_planner.planning.settled import PLANNED_STATES, Part, Settled, Used
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import HarvestPlan, Provenance, Reason, Refusal, ShadowPrice, Status
from harvest_planner.schema.problem import PlanningProblem

KG_EPSILON = 1e-6


@dataclass(frozen=True)
class Decided:
    """What the allocation decided, in the words of the problem."""

    parts: tuple[Part, ...]
    surplus: answer.SurplusKg
    value_vnd: float
    """By the allocation's own sum; the plan sums its records [VND]."""
    bound_vnd: float
    """No plan of the problem is worth more [VND]."""
    timed_out: bool
    interrupted: bool = False
    shadow_prices: tuple[ShadowPrice, ...] = ()


def planned_orders(problem: PlanningProblem) -> tuple[Order, ...]:
    """The orders that are shipped or refused, by id."""
    return tuple(sorted((o for o in problem.orders if o.state in PLANNED_STATES), key=lambda order: order.id))


def plan_of(
    meeting: Meeting, settled: Settled, used: Used, decided: Decided, *, judge_all: Judge, seed: int
) -> HarvestPlan:
    """The plan as records: what was settled and what was allocated, with reasons for the rest."""
    problem = meeting.problem
    parts = (*settled.parts, *decided.parts)
    shipments = sorted(
        (answer.shipment_of(part, meeting) for part in parts),
        key=lambda s: (
            s.order_id,
            s.pick_on,
            s.batch_id,
            [leg.departs_at for leg in s.legs],
            [leg.lane_id for leg in s.legs],
        ),
    )
    leftover = Leftover(meeting, used, decided.parts, decided.surplus)
    picks = answer.picks_of(parts, decided.surplus, meeting)
    rows = answer.batch_rows(picks, leftover.batch_kg, meeting)
    surplus = answer.surplus_rows(decided.surplus, meeting)
    value = round(
        math.fsum(shipment.value_vnd for shipment in shipments)
        + math.fsum(row.value_vnd for row in surplus)
        + answer.terminal_vnd(rows, meeting)
        - answer.trips_vnd(picks, meeting),
        2,
    )
    bound = max(value, round(decided.bound_vnd, 2))
    if bound - value <= 0.02 + 1e-9 * abs(bound):
        bound = value
    gap = (bound - value) / max(abs(bound), 1.0)
    return HarvestPlan(
        status=_status(decided, gap),
        value_vnd=value,
        bound_vnd=bound,
        gap=gap,
        batches=rows,
        picks=picks,
        shipments=tuple(shipments),
        refusals=tuple(_refusals(meeting, parts, leftover, judge_all)),
        surplus=surplus,
        shadow_prices=decided.shadow_prices,
        warnings=tuple(_warnings(meeting, parts)),
        provenance=Provenance(version=__version__, problem_sha256=fingerprint(problem), as_of=problem.as_of, seed=seed),
    )


def _status(decided: Decided, gap: float) -> Status:
    if decided.interrupted:
        return "interrupted"
    if decided.timed_out:
        return "time_limit"
    return "optimal" if gap <= 1e-9 else "within_gap"


def _refusals(meeting: Meeting, parts: Sequence[Part], leftover: Leftover, judge_all: Judge) -> Iterable[Refusal]:
    shipped: dict[str, float] = {}
    for candidate, kg in parts:
        shipped[candidate.buyer.order.id] = shipped.get(candidate.buyer.order.id, 0.0) + kg
    for order in planned_orders(meeting.problem):
        missing = round(order.quantity_kg - shipped.get(order.id, 0.0), 6)
        if missing > KG_EPSILON:
            reason = reason_for(meeting.buyer(order), meeting, leftover, missing_kg=missing, judge_all=judge_all)
            yield Refusal(order_id=order.id, kg=missing, reasons=(reason or _outbid(),))


def _outbid() -> Reason:
    return Reason(code="outbid", message="the fruit that could serve it goes to orders that bring more")


def _warnings(meeting: Meeting, parts: Sequence[Part]) -> Iterable[str]:
    """What the planner wants known, in a fixed order."""
    for field in meeting.fields:
        if field.batch.last_spray_on is None:
            yield f"batch {field.batch.id}: no spray is declared; it is picked as if there was none"
        if field.interval_unknown:
            yield f"batch {field.batch.id}: its spray record is incomplete; it is not picked"
    for order in sorted(meeting.problem.orders, key=lambda order: order.id):
        if order.state == "inquiry":
            yield f"order {order.id}: an inquiry is not planned; ask what can be promised"
    ridden = {leg.lane_id for part in parts for leg in part.candidate.journey.legs}
    for lane_id in sorted(ridden):
        if (meeting.lanes[lane_id].source or "").startswith("estimate"):
            yield f"lane {lane_id}: its figures are an estimate"
    for crop, degrees in _temperatures(parts, meeting):
        warning = outside_calibration(crop, degrees)
        if warning:
            yield warning


def _temperatures(parts: Iterable[Part], meeting: Meeting) -> Iterable[tuple[Crop, list[float]]]:
    """The temperatures that what is shipped of each crop meets: on the farm, on board, at the buyer's [°C]."""
    met: dict[str, tuple[Crop, set[float]]] = {}
    for (buyer, entry, journey, _, _), _ in parts:
        _, degrees = met.setdefault(buyer.crop.id, (buyer.crop, set()))
        day, waits_h = entry.trip.day, journey.first_departure_h - entry.trip.day.clock_start_h
        air = meeting.ambient.spells(entry.trip.field.place.id, from_h=day.clock_start_h, hours=waits_h)
        degrees.update(degc for _, degc in air)
        degrees.add(buyer.room_degc)
        for leg in journey.legs:
            lane = meeting.lanes[leg.lane_id]
            ends = [meeting.ambient.degc(place, leg.departs_h) for place in (lane.origin_id, lane.destination_id)]
            degrees.add(sum(ends) / 2 if lane.temperature_degc is None else lane.temperature_degc)
    for _, (crop, degrees) in sorted(met.items()):
        yield crop, sorted(degrees)


def fingerprint(problem: PlanningProblem) -> str:
    """sha256 of the problem, whatever the order of its rows."""
    digest = hashlib.sha256()
    for name in type(problem).model_fields:
        value = getattr(problem, name)
        if isinstance(value, tuple):
            lines = sorted(record.model_dump_json() for record in value)
        else:
            lines = [value.model_dump_json() if hasattr(value, "model_dump_json") else str(value)]
        digest.update("\n".join([name, *lines, ""]).encode())
    return digest.hexdigest()

"""The plan as records: what was settled and what was decided, with reasons for the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from harvest_planner import __version__
from harvest_planner.planning import answer
from harvest_planner.planning.curves import outside_calibration
from harvest_planner.planning.fingerprint import fingerprint
from harvest_planner.planning.leftover import Leftover
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.outlook import Outlooks
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.settled import PLANNED_STATES, Part, Settled, Used
from harvest_planner.planning.told_refusals import told_refusals
from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import HarvestPlan, Provenance, Refusal, ShadowPrice, Status
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import MadeRows, table_of
from harvest_planner.transit.instants import hours_of, instant_of
from harvest_planner.transit.travel import Journey

if TYPE_CHECKING:
    from harvest_planner.planning.wholesale import Wholesale

KG_EPSILON = 1e-6
Look = Callable[[Leftover], Outlooks]
"""How orders are looked at beside what a plan leaves free."""


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
    unjudged: frozenset[str] = frozenset()
    """Orders for which there was no time."""


def planned_orders(problem: PlanningProblem) -> tuple[Order, ...]:
    """The orders that are shipped or refused, by id."""
    return tuple(sorted((o for o in problem.orders if o.state in PLANNED_STATES), key=lambda order: order.id))


def plan_of(
    meeting: Meeting,
    settled: Settled,
    used: Used,
    decided: Decided,
    *,
    look: Look,
    seed: int,
    reasons_on_demand: bool = False,
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
        - answer.trips_vnd(picks, meeting)
        - leftover.unfair_vnd,
        2,
    )
    bound = answer.told_bound(value, decided.bound_vnd)
    gap = (bound - value) / max(abs(bound), 1.0)
    refusals = _refusals(meeting, parts, cache(lambda: look(leftover)), decided.unjudged, settled.waiting_at(meeting))
    return HarvestPlan(
        status=_status(timed_out=decided.timed_out, interrupted=decided.interrupted, gap=gap),
        value_vnd=value,
        bound_vnd=bound,
        gap=gap,
        batches=rows,
        picks=picks,
        shipments=tuple(shipments),
        refusals=refusals if reasons_on_demand else tuple(refusals),
        surplus=surplus,
        shadow_prices=decided.shadow_prices,
        warnings=tuple(_warnings(meeting, used, map(met_by, parts))),
        provenance=Provenance(version=__version__, problem_sha256=fingerprint(problem), as_of=problem.as_of, seed=seed),
    )


def large_plan_of(whole: Wholesale, *, bound_vnd: float, look: Look, seed: int) -> HarvestPlan:
    """The plan of a large problem: its sums now, its records when they are asked for."""
    from harvest_planner.planning.scarcity import market_prices
    from harvest_planner.planning.told_shipments import told_shipments

    meeting, problem = whole.meeting, whole.meeting.problem
    surplus = whole.surplus()
    sold_vnd = math.fsum(row.value_vnd for row in surplus)
    unfair_vnd = whole.leftover().unfair_vnd
    value = round(whole.goods_vnd + sold_vnd + whole.terminal_vnd() - whole.trips_vnd() - unfair_vnd, 2)
    bound = answer.told_bound(value, bound_vnd)
    gap = (bound - value) / max(abs(bound), 1.0)
    missing, decision = whole.missing(), whole.decision
    table = table_of(problem.orders, Order)
    ids = table.column("id")
    refusals = told_refusals(
        [ids.values[ids.codes[row]] for row, _ in missing],
        [kg for _, kg in missing],
        lambda at: table[missing[at][0]],
        meeting,
        cache(lambda: look(whole.leftover())),
        unjudged=whole.unjudged_ids,
        stranded=whole.settled.waiting_at(meeting),
        hurried=decision.hurried,
    )
    provenance = Provenance(version=__version__, problem_sha256=fingerprint(problem), as_of=problem.as_of, seed=seed)
    return HarvestPlan(
        # The search of the market ends by itself; where that is short of the gap asked for, it says so.
        status=_status(
            timed_out=decision.hurried or gap > problem.policy.gap, interrupted=decision.interrupted, gap=gap
        ),
        value_vnd=value,
        bound_vnd=bound,
        gap=gap,
        batches=whole.batches(),
        picks=whole.picks(),
        shipments=told_shipments(whole),
        refusals=refusals,
        surplus=surplus,
        shadow_prices=market_prices(whole),
        warnings=tuple(_warnings(meeting, whole.used, whole.met())),
        provenance=provenance,
    )


def _status(*, timed_out: bool, interrupted: bool, gap: float) -> Status:
    if interrupted:
        return "interrupted"
    if timed_out:
        return "time_limit"
    return "optimal" if gap <= 1e-9 else "within_gap"


def _refusals(
    meeting: Meeting,
    parts: Sequence[Part],
    outlooks: Callable[[], Outlooks],
    unjudged: Container[str],
    stranded: Mapping[str, str],
) -> MadeRows[Refusal]:
    """A refusal of each order that does not get all it asks for."""
    shipped: dict[str, float] = {}
    for candidate, kg in parts:
        shipped[candidate.buyer.order.id] = shipped.get(candidate.buyer.order.id, 0.0) + kg
    asked = ((o, round(o.quantity_kg - shipped.get(o.id, 0.0), 6)) for o in planned_orders(meeting.problem))
    missing = [(order, kg) for order, kg in asked if order.id in unjudged or kg > KG_EPSILON]
    ids, kilograms = [order.id for order, _ in missing], [kg for _, kg in missing]
    return told_refusals(
        ids, kilograms, lambda at: missing[at][0], meeting, outlooks, unjudged=unjudged, stranded=stranded
    )


class Met(NamedTuple):
    """What goods meet on their way: where they come from, how they travel, the buyer's room."""

    crop: Crop
    trip: Trip
    journey: Journey
    room_degc: float


def met_by(part: Part) -> Met:
    """What a part meets."""
    buyer, entry, journey, _, _ = part.candidate
    return Met(buyer.crop, entry.trip, journey, buyer.room_degc)


def _warnings(meeting: Meeting, used: Used, given: Iterable[Met]) -> Iterable[str]:
    """What the planner wants known, in a fixed order."""
    ways = tuple(given)
    for field in meeting.fields:
        if field.batch.last_spray_on is None:
            yield f"batch {field.batch.id}: no spray is declared; it is picked as if there was none"
        if field.interval_unknown:
            yield f"batch {field.batch.id}: its spray record is incomplete; it is not picked"
    table = table_of(meeting.problem.orders, Order)
    for order_id in sorted(
        order_id
        for order_id, state in zip(table.column("id"), table.column("state"), strict=True)
        if state == "inquiry"
    ):
        yield f"order {order_id}: an inquiry is not planned; ask what can be promised"
    ridden = {lane_id for way in ways for lane_id in way.journey.lane_ids}
    for lane_id in sorted(ridden):
        if (meeting.lanes[lane_id].source or "").startswith("estimate"):
            yield f"lane {lane_id}: its figures are an estimate"
    for crop, degrees in _temperatures(ways, meeting):
        warning = outside_calibration(crop, degrees)
        if warning:
            yield warning
    yield from _overfull(meeting, used)


def _overfull(meeting: Meeting, used: Used) -> Iterator[str]:
    """Departures ahead that take more than they hold by what is settled: its goods go even where none has room."""
    as_of_h = hours_of(meeting.problem.as_of)
    for (lane_id, departs_h), kg in sorted(used.departure_kg.items()):
        lane = meeting.lanes.get(lane_id)
        if lane is None or lane.capacity_kg is None or departs_h < as_of_h or kg <= lane.capacity_kg + KG_EPSILON:
            continue
        local = zone(meeting.problem.place(lane.origin_id).timezone)
        stamp = instant_of(departs_h, local).isoformat()
        yield f"departure {stamp} of lane {lane_id}: {kg:g} kg are settled on it, and it takes {lane.capacity_kg:g} kg"


def _temperatures(ways: Iterable[Met], meeting: Meeting) -> Iterable[tuple[Crop, list[float]]]:
    """The temperatures that what is shipped of each crop meets: on the farm, on board, at the buyer's [°C]."""
    met: dict[str, tuple[Crop, set[float]]] = {}
    for crop, trip, journey, room_degc in ways:
        _, degrees = met.setdefault(crop.id, (crop, set()))
        day, waits_h = trip.day, journey.first_departure_h - trip.day.clock_start_h
        air = meeting.ambient.spells(trip.field.place.id, from_h=day.clock_start_h, hours=waits_h)
        degrees.update(degc for _, degc in air)
        degrees.add(room_degc)
        for leg in journey.legs:
            lane = meeting.lanes[leg.lane_id]
            ends = [meeting.ambient.degc(place, leg.departs_h) for place in (lane.origin_id, lane.destination_id)]
            degrees.add(sum(ends) / 2 if lane.temperature_degc is None else lane.temperature_degc)
    for _, (crop, degrees) in sorted(met.items()):
        yield crop, sorted(degrees)

"""Records from decisions: shipments, picks, the row of every batch, the local market's share."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from harvest_planner.planning.candidates import Candidate, worth
from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.settled import PLANNED_STATES, Part
from harvest_planner.planning.timing import timing_of
from harvest_planner.planning.verdict import age_at_delivery
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Order
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.people import Place
from harvest_planner.schema.plan import AdviceCode, BatchDay, BatchRow, Leg, Pick, Shipment, Surplus
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import RecordTable, table_of
from harvest_planner.transit.instants import instant_of
from harvest_planner.transit.travel import Journey

SHARE_DIGITS = 9
KG_DIGITS = 6
KG_EPSILON = 1e-6
ROUNDED_VND, ROUNDED_SHARE = 0.02, 1e-9
"""Value and bound, each written in hundredths, differ by so much through rounding alone; assumptions."""
SurplusKg = dict[tuple[str, dt.date], float]
"""Kilograms for the local market by (batch id, day)."""


def told_bound(value_vnd: float, bound_vnd: float) -> float:
    """A bound as a plan tells it [VND]: in hundredths, and the value itself where nothing but rounding lies between."""
    bound = max(value_vnd, round(bound_vnd, 2))
    return value_vnd if bound - value_vnd <= ROUNDED_VND + ROUNDED_SHARE * abs(bound) else bound


def legs_of(journey: Journey, lanes: Mapping[str, Lane], place: Callable[[str], Place]) -> tuple[Leg, ...]:
    """The journey's planned departures, each in the local time of its place."""
    legs = []
    for leg in journey.legs:
        lane = lanes[leg.lane_id]
        origin = zone(place(lane.origin_id).timezone)
        destination = zone(place(lane.destination_id).timezone)
        legs.append(
            Leg(
                lane_id=lane.id,
                departs_at=instant_of(leg.departs_h, origin),
                arrive_p50_at=instant_of(leg.arrive_p50_h, destination),
                arrive_p95_at=instant_of(leg.arrive_p95_h, destination),
            )
        )
    return tuple(legs)


def shipment_of(part: Part, meeting: Meeting) -> Shipment:
    """The record of kilograms of an order travelling one way."""
    candidate, kg = part
    buyer, entry, journey, verdict, _ = candidate
    mean_d20, sd_d20 = age_at_delivery(meeting.delivery(journey, buyer.wish), entry.start)
    local = zone(buyer.destination.timezone)
    policy, timing = meeting.problem.policy, timing_of(journey, buyer)
    eat_from_on, eat_until_on = eating_days(candidate, mean_d20)
    return Shipment(
        order_id=buyer.order.id,
        batch_id=entry.trip.field.batch.id,
        pick_on=entry.trip.day.pick_on,
        kg=kg,
        legs=legs_of(journey, meeting.lanes, meeting.problem.place),
        arrive_p05_at=instant_of(journey.arrive_p05_h, local),
        arrive_p50_at=instant_of(journey.arrive_p50_h, local),
        arrive_p95_at=instant_of(journey.arrive_p95_h, local),
        age_at_pick_d20=round(entry.trip.day.age_d20, SHARE_DIGITS),
        age_at_delivery_mean_d20=round(mean_d20, SHARE_DIGITS),
        age_at_delivery_sd_d20=round(sd_d20, SHARE_DIGITS),
        good_share=round(verdict.good_share, SHARE_DIGITS),
        parcel_good_share=round(verdict.parcel_good_share, SHARE_DIGITS),
        on_time_share=round(verdict.on_time_share, SHARE_DIGITS),
        wait_days=round(timing.wait_days, SHARE_DIGITS),
        late_days=round(timing.late_days, SHARE_DIGITS),
        eat_from_on=eat_from_on,
        eat_until_on=eat_until_on,
        cost_vnd=round(kg * journey.cost_vnd_per_kg, 2),
        value_vnd=round(worth(buyer, verdict, journey, entry, kg=kg, policy=policy), 2),
    )


def eating_days(candidate: Candidate, age_mean_d20: float) -> tuple[dt.date, dt.date]:
    """First and last local date on which the mean fruit is good to eat, after the delivery of the median arrival."""
    buyer, journey = candidate.buyer, candidate.journey
    delivered_h = max(journey.arrive_p50_h, buyer.wish.deliver_from_h or -math.inf)
    delivered = instant_of(delivered_h, zone(buyer.destination.timezone))
    rate = buyer.curve.rate(buyer.room_degc)
    if rate <= 0:
        return delivered.date(), delivered.date()
    ready = max(0.0, buyer.crop.ready_at_d20 - age_mean_d20) / rate
    over = max(0.0, buyer.crop.ready_at_d20 + buyer.crop.window_d20 - age_mean_d20) / rate
    last_day = (dt.datetime.max.replace(tzinfo=delivered.tzinfo) - delivered).days - 1
    return tuple((delivered + dt.timedelta(days=min(days, last_day))).date() for days in (ready, over))  # type: ignore[return-value]


def picks_of(parts: Iterable[Part], surplus: SurplusKg, meeting: Meeting) -> tuple[Pick, ...]:
    """One record for each trip, by day and batch."""
    fields = {field.batch.id: field for field in meeting.fields}
    shipped: dict[tuple[str, dt.date], list[Part]] = defaultdict(list)
    for part in parts:
        shipped[part.candidate.entry.trip.field.batch.id, part.candidate.entry.trip.day.pick_on].append(part)
    keys = sorted({*shipped, *surplus}, key=lambda key: (key[1], key[0]))
    return tuple(_pick(fields[key[0]], key[1], shipped.get(key, []), surplus.get(key, 0.0)) for key in keys)


def _pick(field: FieldBatch, day: dt.date, parts: Sequence[Part], surplus_kg: float) -> Pick:
    return pick_of(
        field,
        day,
        kg=[part.kg for part in parts],
        surplus_kg=surplus_kg,
        order_ids={part.candidate.buyer.order.id for part in parts},
        destination_ids={part.candidate.buyer.destination.id for part in parts},
    )


def pick_of(
    field: FieldBatch,
    day: dt.date,
    *,
    kg: Iterable[float],
    surplus_kg: float,
    order_ids: Iterable[str],
    destination_ids: Iterable[str],
) -> Pick:
    """The record of a trip that brings so much for orders and for the local market [kg]."""
    found = field.pick_day(day)
    return Pick(
        batch_id=field.batch.id,
        grower_id=field.grower.id,
        pick_on=day,
        from_at=found.from_at,
        until_at=found.until_at,
        kg=round(math.fsum(kg) + surplus_kg, KG_DIGITS),
        surplus_kg=surplus_kg,
        stage_id=field.stage_at(found.age_d20).id,
        age_at_pick_d20=round(found.age_d20, SHARE_DIGITS),
        order_ids=tuple(sorted(order_ids)),
        destination_ids=tuple(sorted(destination_ids)),
    )


def surplus_rows(surplus: SurplusKg, meeting: Meeting) -> tuple[Surplus, ...]:
    """What goes to the local market, by day and batch."""
    fields = {field.batch.id: field for field in meeting.fields}
    return tuple(
        Surplus(
            batch_id=batch_id,
            grower_id=fields[batch_id].grower.id,
            pick_on=day,
            kg=kg,
            price_vnd_per_kg=fields[batch_id].batch.surplus_price_vnd_per_kg,
            value_vnd=round(kg * fields[batch_id].batch.surplus_price_vnd_per_kg, 2),
        )
        for (batch_id, day), kg in sorted(surplus.items(), key=lambda item: (item[0][1], item[0][0]))
    )


def batch_rows(picks: Sequence[Pick], left_kg: Mapping[str, float], meeting: Meeting) -> tuple[BatchRow, ...]:
    """One row for every batch, picked or not; `left_kg` is what stays on the tree, by batch."""
    by_batch: dict[str, list[Pick]] = defaultdict(list)
    for pick in picks:
        by_batch[pick.batch_id].append(pick)
    wanted = wanted_crops(meeting.problem)
    return tuple(
        batch_row(field, by_batch[field.batch.id], left_kg[field.batch.id], wanted=field.crop.id in wanted)
        for field in meeting.fields
    )


def wanted_crops(problem: PlanningProblem) -> set[str]:
    """The crops that orders which are planned ask for."""
    if not isinstance(problem.orders, RecordTable):
        return {order.crop_id for order in problem.orders if order.state in PLANNED_STATES}
    table = table_of(problem.orders, Order)
    pairs = set(zip(table.column("crop_id").codes, table.column("state").codes, strict=True))
    crops, states = table.column("crop_id").values, table.column("state").values
    return {crops[crop] for crop, state in pairs if states[state] in PLANNED_STATES}


def missing_of(table: RecordTable[Order], served_kg: Sequence[float]) -> list[tuple[int, float]]:
    """Rows of planned orders that do not get all they ask for, by id, with what each misses [kg]."""
    ids, states, kg = (table.column(name) for name in ("id", "state", "quantity_kg"))
    planned = [state in PLANNED_STATES for state in states.values]
    found = [
        (row, missing)
        for row, (state, code, got) in enumerate(zip(states.codes, kg.codes, served_kg, strict=True))
        if planned[state] and (missing := round(kg.values[code] - float(got), KG_DIGITS)) > KG_EPSILON
    ]
    return sorted(found, key=lambda each: ids.values[ids.codes[each[0]]])


def batch_row(field: FieldBatch, picks: Sequence[Pick], left_kg: float, *, wanted: bool) -> BatchRow:
    """The record of a batch, with its days or why it has none."""
    left = max(0.0, round(left_kg, KG_DIGITS))
    last = field.latest_pick_on
    return BatchRow(
        batch_id=field.batch.id,
        grower_id=field.grower.id,
        days=tuple(BatchDay(pick_on=p.pick_on, kg=p.kg, destination_ids=p.destination_ids) for p in picks),
        latest_pick_on=last,
        left_kg=left,
        lost_on=last + dt.timedelta(days=1) if last is not None and left > KG_EPSILON else None,
        advice_code=_advice(field, picks, wanted),
    )


def _advice(field: FieldBatch, picks: Sequence[Pick], wanted: bool) -> AdviceCode:
    if any(pick.order_ids for pick in picks):
        return "pick"
    if picks:
        return "sell_local"
    if field.interval_unknown:
        return "spray_unknown"
    on_tree = (day for day in field.days() if day.on_tree)
    first = next(on_tree, None)
    if first is None or field.batch.quantity_kg <= 0:
        return "dropped"
    if not first.interval_kept and not any(day.interval_kept for day in on_tree):
        return "pre_harvest_interval"
    if not wanted:
        return "no_order"
    return "hold" if field.holds_on(field.horizon_on) else "not_needed"


def terminal_vnd(rows: Sequence[BatchRow], meeting: Meeting) -> float:
    """Worth of the fruit that is left on the tree, still sound at the horizon [VND]."""
    share = meeting.problem.policy.terminal_share
    return math.fsum(
        field.kept_vnd_per_kg(share) * row.left_kg for field, row in zip(meeting.fields, rows, strict=True)
    )


def trips_vnd(picks: Sequence[Pick], meeting: Meeting) -> float:
    """Cost of all trips [VND]."""
    fields = {field.batch.id: field for field in meeting.fields}
    return math.fsum(fields[pick.batch_id].batch.trip_cost_vnd for pick in picks)

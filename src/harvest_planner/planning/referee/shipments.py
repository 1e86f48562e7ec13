"""Every figure of every shipment, recomputed: its chain, when it arrives, what it promises, what it earns."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.finding import AGE_D20, HOURS, SHARE, VND, finding
from harvest_planner.planning.referee.journey import Arrival, Journey
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.planning.referee.promise import Promise
from harvest_planner.planning.referee.timetable import hours, moment
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.plan import Shipment, Violation

SAME_H = 1e-6
OFFER_H = 24.0
QUANTILE_SLACK = 1e-6
AGE_AT_PICK_D20 = 1e-5


def name_of(row: Shipment) -> str:
    """How messages call a shipment."""
    return f"shipment {row.order_id} from {row.batch_id} on {row.pick_on}"


def check_shipments(ledger: Ledger) -> Iterator[Violation]:
    """Each shipment by itself."""
    case = ledger.case
    for row in ledger.plan.shipments:
        if row.order_id not in case.orders or row.batch_id not in case.batches:
            yield finding("unknown_record", name_of(row), "the problem has no such order or batch")
    for index, row in enumerate(ledger.shipments):
        yield from _one(row, case, settled=ledger.is_settled(index))


def _one(row: Shipment, case: Case, *, settled: bool) -> Iterator[Violation]:
    order, batch = case.orders[row.order_id], case.batches[row.batch_id]
    day = case.orchard.pick_day(batch, row.pick_on)
    if abs(row.age_at_pick_d20 - day.age_d20) > AGE_AT_PICK_D20:
        yield finding(
            "age_at_pick", name_of(row), "age_at_pick_d20 of the batch that day",
            stated=row.age_at_pick_d20, expected=day.age_d20,
        )  # fmt: skip
    broken = list(_chain(row, order, batch, case))
    yield from broken
    if broken:
        return
    lanes = [case.timetable.lanes[leg.lane_id] for leg in row.legs]
    yield from _timetable(row, lanes, day, case, settled=settled)
    journey = case.journey([lane.id for lane in lanes], hours(row.legs[0].departs_at), batch.crop_id)
    yield from _connections(row, journey, case)
    yield from _arrivals(row, journey, order, case)
    made = case.promise(order, day, journey)
    yield from _promised(row, made)
    yield from _eating_days(row, order, made, case)
    yield from _money(row, order, journey, case)


def _chain(row: Shipment, order: Order, batch: Batch, case: Case) -> Iterator[Violation]:
    """The lanes exist and lead from the batch's place to the order's destination, each place at most once."""
    name = name_of(row)
    if batch.crop_id != order.crop_id:
        yield finding("wrong_crop", name, "the batch's crop", stated=batch.crop_id, expected=order.crop_id)
    unknown = [leg.lane_id for leg in row.legs if leg.lane_id not in case.timetable.lanes]
    for lane_id in unknown:
        yield finding("unknown_lane", name, "there is no such lane", stated=lane_id)
    if unknown:
        return
    start, end = case.place(batch.place_id).id, case.place(order.destination_id).id
    lanes = [case.timetable.lanes[leg.lane_id] for leg in row.legs]
    ends = [(case.place(lane.origin_id).id, case.place(lane.destination_id).id) for lane in lanes]
    stops = [start, *(destination for _, destination in ends)]
    joined = all(stops[index] == origin for index, (origin, _) in enumerate(ends))
    simple = len(set(stops)) == len(stops) or (len(ends) == 1 and start == end)
    if not ends or not joined or not simple or stops[-1] != end:
        yield finding(
            "broken_chain", name, "legs lead from the batch's place to the destination",
            stated=" - ".join(lane.id for lane in lanes) or "no legs", expected=f"{start} to {end}",
        )  # fmt: skip


def _timetable(row: Shipment, lanes: Sequence[Lane], day: PickDay, case: Case, *, settled: bool) -> Iterator[Violation]:
    """Every departure stands in the timetable, takes these goods, and the first one waits for them."""
    name, goods = name_of(row), case.crop(day.batch).goods
    for leg, lane in zip(row.legs, lanes, strict=True):
        departs_h = hours(leg.departs_at)
        if not case.timetable.takes(lane, goods):
            yield finding("lane_goods", name, f"lane {lane.id} does not take {goods}", stated=lane.id)
        if not case.timetable.departs_at(lane, departs_h):
            yield finding("no_departure", name, f"lane {lane.id} has no such departure", stated=leg.departs_at)
        elif case.timetable.embargoed(lane, goods, departs_h):
            yield finding("embargo", name, f"carrier {lane.carrier} refuses {goods} on that day", stated=leg.departs_at)
    first_h = hours(row.legs[0].departs_at)
    if first_h + SAME_H < day.ready_h + lanes[0].cutoff_h:
        yield finding(
            "missed_connection", name, f"lane {lanes[0].id} leaves before the goods can be handed over",
            stated=row.legs[0].departs_at, expected=moment(day.ready_h + lanes[0].cutoff_h, "UTC"),
        )  # fmt: skip
        return
    offered = case.timetable.departures(lanes[0], goods, day.ready_h + lanes[0].cutoff_h, 1)
    if settled:
        offered += case.timetable.departures(lanes[0], goods, max(day.ready_h, case.as_of_h) + lanes[0].cutoff_h, 1)
    limited = any(lane.capacity_kg is not None for lane in lanes)
    reach_h = OFFER_H if limited else 0.0
    if not any(earliest - SAME_H <= first_h <= earliest + reach_h + SAME_H for earliest in offered):
        yield finding(
            "not_on_offer", name, f"the first departure of lane {lanes[0].id} that the goods can take",
            stated=row.legs[0].departs_at, expected=moment(offered[0], "UTC") if offered else "none",
        )  # fmt: skip


def _connections(row: Shipment, journey: Journey, case: Case) -> Iterator[Violation]:
    """Each later leg is planned on the departure that the median arrival before it makes."""
    name = name_of(row)
    for index in range(1, len(row.legs)):
        leg, before = row.legs[index], journey.arrivals[index - 1]
        low_h = before.quantile(0.5 - QUANTILE_SLACK) - HOURS
        high_h = before.quantile(0.5 + QUANTILE_SLACK) + HOURS
        departs_h, cutoff_h = hours(leg.departs_at), journey.rides[index].lane.cutoff_h
        if departs_h < low_h + cutoff_h:
            yield finding(
                "missed_connection", name, f"the median arrival misses the cut-off of lane {leg.lane_id}",
                stated=leg.departs_at, expected=_shown(low_h + HOURS + cutoff_h, "UTC"),
            )  # fmt: skip
            continue
        latest_h = journey.planned(index, high_h)
        if latest_h is None or departs_h > latest_h + SAME_H:
            expected = "none" if latest_h is None else moment(latest_h, "UTC")
            yield finding(
                "planned_departure", name, f"the first departure of lane {leg.lane_id} that the median arrival makes",
                stated=leg.departs_at, expected=expected,
            )  # fmt: skip


def _arrivals(row: Shipment, journey: Journey, order: Order, case: Case) -> Iterator[Violation]:
    """Quantiles of every leg's arrival, and the share that is on time."""
    name = name_of(row)
    zone_name = case.place(order.destination_id).timezone
    for leg, arrival in zip(row.legs, journey.arrivals, strict=True):
        stated = ((0.5, "arrive_p50_at", leg.arrive_p50_at), (0.95, "arrive_p95_at", leg.arrive_p95_at))
        for share, field, instant in stated:
            if not _is_quantile(instant, arrival, share):
                yield finding(
                    "leg_arrival", name, f"{field} on lane {leg.lane_id}", stated=instant,
                    expected=_shown(arrival.quantile(share), zone_name),
                )  # fmt: skip
    whole = (
        (0.05, "arrive_p05_at", row.arrive_p05_at),
        (0.5, "arrive_p50_at", row.arrive_p50_at),
        (0.95, "arrive_p95_at", row.arrive_p95_at),
    )
    for share, field, instant in whole:
        if not _is_quantile(instant, journey.arrivals[-1], share):
            expected = _shown(journey.arrivals[-1].quantile(share), zone_name)
            yield finding("arrival", name, field, stated=instant, expected=expected)


def _is_quantile(stated: dt.datetime, arrival: Arrival, share: float) -> bool:
    at_h = hours(stated)
    return arrival.by(at_h + HOURS) >= share - QUANTILE_SLACK and arrival.by(at_h - HOURS) <= share + QUANTILE_SLACK


def _shown(at_h: float, timezone: str) -> dt.datetime | str:
    return moment(at_h, timezone) if math.isfinite(at_h) else "never"


def _promised(row: Shipment, made: Promise) -> Iterator[Violation]:
    """Shares and ages within their tolerances."""
    figures = (
        ("good_share", row.good_share, made.good_share, SHARE),
        ("parcel_good_share", row.parcel_good_share, made.parcel_good_share, SHARE),
        ("on_time_share", row.on_time_share, made.on_time_share, SHARE),
        ("age_at_delivery_mean_d20", row.age_at_delivery_mean_d20, made.age_mean_d20, AGE_D20),
        ("age_at_delivery_sd_d20", row.age_at_delivery_sd_d20, made.age_sd_d20, AGE_D20),
    )
    for field, stated, expected, tolerance in figures:
        if abs(stated - expected) > tolerance:
            code = "age_at_delivery" if field.startswith("age") else field
            yield finding(code, name_of(row), field, stated=stated, expected=expected)


def _eating_days(row: Shipment, order: Order, made: Promise, case: Case) -> Iterator[Violation]:
    """The local dates between which the mean fruit is good to eat."""
    crop, rate = case.crop(order), case.taste(order).room_rate
    from_h = case.delivery(order).from_h
    for field, stated, age in (
        ("eat_from_on", row.eat_from_on, crop.ready_at_d20),
        ("eat_until_on", row.eat_until_on, crop.ready_at_d20 + crop.window_d20),
    ):
        ends = []
        for slack in (-1.0, 1.0):
            delivered_h = max(from_h, hours(row.arrive_p50_at) + slack * HOURS)
            ripe_d20 = max(0.0, age - made.age_mean_d20 + slack * AGE_D20)
            ends.append(delivered_h + (24.0 * ripe_d20 / rate if rate > 0.0 else 0.0))
        first, last = (_local_day(at_h, case.place(order.destination_id).timezone) for at_h in ends)
        if not first <= stated <= last:
            yield finding("eating_day", name_of(row), field, stated=stated, expected=first)


def _local_day(at_h: float, timezone: str) -> dt.date:
    try:
        return moment(at_h, timezone).date()
    except (OverflowError, ValueError):
        return dt.date.max


def _money(row: Shipment, order: Order, journey: Journey, case: Case) -> Iterator[Violation]:
    """Transport, and what the shipment is worth by the shares it states."""
    per_kg = journey.cost_vnd_per_kg
    if abs(row.cost_vnd - row.kg * per_kg) > VND:
        yield finding("cost", name_of(row), "cost_vnd of its lanes", stated=row.cost_vnd, expected=row.kg * per_kg)
    q = row.good_share
    worth = row.kg * (order.price_vnd_per_kg * q - order.loss_vnd_per_kg * (1.0 - q) - per_kg)
    worth -= case.problem.policy.review_cost_vnd * (1.0 - row.parcel_good_share)
    if abs(row.value_vnd - worth) > VND:
        yield finding(
            "value", name_of(row), "value_vnd by its price, shares and transport", stated=row.value_vnd, expected=worth
        )

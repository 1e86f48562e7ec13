"""Every figure of every shipment, recomputed: its chain, when it arrives, what it promises, what it earns."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.finding import AGE_D20, DAYS, HOURS, SHARE, VND, Fault
from harvest_planner.planning.referee.journey import Arrival, Journey
from harvest_planner.planning.referee.keeping import Kept
from harvest_planner.planning.referee.ledger import Entry, Part
from harvest_planner.planning.referee.promise import Promise
from harvest_planner.planning.referee.punctuality import Punctuality
from harvest_planner.planning.referee.timetable import hours, moment
from harvest_planner.planning.referee.wishes import Wanted, Wish
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.plan import Shipment, Violation

SAME_H = 1e-6
OFFER_H = 24.0
QUANTILE_SLACK = 1e-6
AGE_AT_PICK_D20 = 1e-5


def name_of(row: Shipment | Kept | Part) -> str:
    """How messages call a shipment."""
    return f"shipment {row.order_id} from {row.batch_id} on {row.pick_on}"


class Way(NamedTuple):
    """What is untrue of a shipment's legs and arrivals, and the journey they make."""

    faults: tuple[Fault, ...]
    journey: Journey | None
    """None where the legs make none."""


class Figures:
    """Every figure of shipments, against those recomputed.

    What rows state is compared row by row. A verdict is kept and used again only for rows that state exactly the same,
    every value of it, of the same fruit for the same wish.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._ways: dict[tuple[object, ...], Way] = {}
        self._promised: dict[tuple[object, ...], tuple[Fault, ...]] = {}

    def check(self, entry: Entry) -> Iterator[Violation]:
        """Whatever is untrue of one shipment."""
        row, order, day = entry.row, entry.order, entry.day
        if abs(row.age_at_pick_d20 - day.age_d20) > AGE_AT_PICK_D20:
            fault = Fault("age_at_pick", "age_at_pick_d20 of the batch that day", row.age_at_pick_d20, day.age_d20)
            yield fault.of(name_of(row))
        way = self._way(entry)
        faults = way.faults
        if way.journey is not None:
            faults += self._promises(entry, way.journey)
            faults += tuple(_money(row, order, way.journey, self._case))
        for fault in faults:
            yield fault.of(name_of(row))

    def _way(self, entry: Entry) -> Way:
        row, wish = entry.row, entry.order.wish
        crop_id, _, place_id, _, ready_h, _ = entry.day.cohort
        legs = tuple([(leg.lane_id, leg.departs_at, leg.arrive_p50_at, leg.arrive_p95_at) for leg in row.legs])
        key = (
            legs, row.arrive_p05_at, row.arrive_p50_at, row.arrive_p95_at,
            crop_id, place_id, ready_h, wish.crop_id, wish.destination_id, entry.settled, entry.left,
        )  # fmt: skip
        found = self._ways.get(key)
        if found is None:
            found = self._ways[key] = _way_of(entry, self._case)
        return found

    def _promises(self, entry: Entry, journey: Journey) -> tuple[Fault, ...]:
        row, order, day = entry.row, entry.order, entry.day
        key = (
            journey, day.cohort, order.wish, order.fruit,
            row.good_share, row.parcel_good_share, row.on_time_share,
            row.wait_days, row.late_days, row.age_at_delivery_mean_d20, row.age_at_delivery_sd_d20,
            row.arrive_p50_at, row.eat_from_on, row.eat_until_on,
        )  # fmt: skip
        found = self._promised.get(key)
        if found is None:
            made = self._case.promise(order, day, journey)
            punctual = self._case.punctuality(order.wish, journey)
            found = (*_promised(row, made), *_punctual(row, punctual), *_eating_days(row, order, made, self._case))
            self._promised[key] = found
        return found


def _way_of(entry: Entry, case: Case) -> Way:
    row, day = entry.row, entry.day
    broken = tuple(_chain(row, entry.order.wish, day.batch, case))
    if broken:
        return Way(broken, None)
    lanes = [case.timetable.lanes[leg.lane_id] for leg in row.legs]
    journey = case.journey([lane.id for lane in lanes], hours(row.legs[0].departs_at), day.batch.crop_id)
    faults = (
        *_timetable(entry, lanes, case),
        *_connections(row, journey),
        *_arrivals(row, journey, case.place(entry.order.wish.destination_id).timezone),
    )
    return Way(faults, journey)


def _chain(row: Shipment, wish: Wish, batch: Batch, case: Case) -> Iterator[Fault]:
    """The lanes exist and lead from the batch's place to the order's destination, each place at most once."""
    if batch.crop_id != wish.crop_id:
        yield Fault("wrong_crop", "the batch's crop", batch.crop_id, wish.crop_id)
    unknown = [leg.lane_id for leg in row.legs if leg.lane_id not in case.timetable.lanes]
    for lane_id in unknown:
        yield Fault("unknown_lane", "there is no such lane", stated=lane_id)
    if unknown:
        return
    start, end = case.place_id(batch.place_id), case.place_id(wish.destination_id)
    lanes = [case.timetable.lanes[leg.lane_id] for leg in row.legs]
    ends = [(case.place_id(lane.origin_id), case.place_id(lane.destination_id)) for lane in lanes]
    stops = [start, *(destination for _, destination in ends)]
    joined = all(stops[index] == origin for index, (origin, _) in enumerate(ends))
    simple = len(set(stops)) == len(stops) or (len(ends) == 1 and start == end)
    if not ends or not joined or not simple or stops[-1] != end:
        yield Fault("broken_chain", "legs lead from the batch's place to the destination",
            stated=" - ".join(lane.id for lane in lanes) or "no legs", expected=f"{start} to {end}",
        )  # fmt: skip


def _timetable(entry: Entry, lanes: Sequence[Lane], case: Case) -> Iterator[Fault]:
    """Every departure stands in the timetable, takes these goods, and the first one waits for them."""
    row, day = entry.row, entry.day
    goods = case.crop(day.batch).goods
    for leg, lane in zip(row.legs, lanes, strict=True):
        departs_h = hours(leg.departs_at)
        if not case.timetable.takes(lane, goods):
            yield Fault("lane_goods", f"lane {lane.id} does not take {goods}", stated=lane.id)
        if not case.timetable.departs_at(lane, departs_h):
            yield Fault("no_departure", f"lane {lane.id} has no such departure", stated=leg.departs_at)
        elif case.timetable.embargoed(lane, goods, departs_h):
            yield Fault("embargo", f"carrier {lane.carrier} refuses {goods} on that day", stated=leg.departs_at)
    first_h = hours(row.legs[0].departs_at)
    if first_h + SAME_H < day.ready_h + lanes[0].cutoff_h:
        yield Fault("missed_connection", f"lane {lanes[0].id} leaves before the goods can be handed over",
            stated=row.legs[0].departs_at, expected=moment(day.ready_h + lanes[0].cutoff_h, "UTC"),
        )  # fmt: skip
        return
    if entry.left:
        return
    offered = case.timetable.departures(lanes[0], goods, day.ready_h + lanes[0].cutoff_h, 1)
    if entry.settled:
        offered += case.timetable.departures(lanes[0], goods, max(day.ready_h, case.as_of_h) + lanes[0].cutoff_h, 1)
    limited = any(lane.capacity_kg is not None for lane in lanes)
    reach_h = OFFER_H if limited else 0.0
    if not any(earliest - SAME_H <= first_h <= earliest + reach_h + SAME_H for earliest in offered):
        yield Fault("not_on_offer", f"the first departure of lane {lanes[0].id} that the goods can take",
            stated=row.legs[0].departs_at, expected=moment(offered[0], "UTC") if offered else "none",
        )  # fmt: skip


def _connections(row: Shipment, journey: Journey) -> Iterator[Fault]:
    """Each later leg is planned on the departure that the median arrival before it makes."""
    for index in range(1, len(row.legs)):
        leg, before = row.legs[index], journey.arrivals[index - 1]
        low_h = before.quantile(0.5 - QUANTILE_SLACK) - HOURS
        high_h = before.quantile(0.5 + QUANTILE_SLACK) + HOURS
        departs_h, cutoff_h = hours(leg.departs_at), journey.rides[index].lane.cutoff_h
        if departs_h < low_h + cutoff_h:
            yield Fault("missed_connection", f"the median arrival misses the cut-off of lane {leg.lane_id}",
                stated=leg.departs_at, expected=_shown(low_h + HOURS + cutoff_h, "UTC"),
            )  # fmt: skip
            continue
        latest_h = journey.planned(index, high_h)
        if latest_h is None or departs_h > latest_h + SAME_H:
            expected = "none" if latest_h is None else moment(latest_h, "UTC")
            yield Fault("planned_departure", f"the first departure of lane {leg.lane_id} that the median arrival makes",
                stated=leg.departs_at, expected=expected,
            )  # fmt: skip


def _arrivals(row: Shipment, journey: Journey, zone_name: str) -> Iterator[Fault]:
    """Quantiles of every leg's arrival, and the share that is on time."""
    for leg, arrival in zip(row.legs, journey.arrivals, strict=True):
        stated = ((0.5, "arrive_p50_at", leg.arrive_p50_at), (0.95, "arrive_p95_at", leg.arrive_p95_at))
        for share, field, instant in stated:
            if not _is_quantile(instant, arrival, share):
                yield Fault("leg_arrival", f"{field} on lane {leg.lane_id}", stated=instant,
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
            yield Fault("arrival", field, stated=instant, expected=expected)


def _is_quantile(stated: dt.datetime, arrival: Arrival, share: float) -> bool:
    at_h = hours(stated)
    return arrival.by(at_h + HOURS) >= share - QUANTILE_SLACK and arrival.by(at_h - HOURS) <= share + QUANTILE_SLACK


def _shown(at_h: float, timezone: str) -> dt.datetime | str:
    return moment(at_h, timezone) if math.isfinite(at_h) else "never"


def _promised(row: Shipment, made: Promise) -> Iterator[Fault]:
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
            yield Fault(code, field, stated=stated, expected=expected)


def _punctual(row: Shipment, punctual: Punctuality) -> Iterator[Fault]:
    """Days of waiting and of lateness within their tolerance."""
    for field, stated, expected in (
        ("wait_days", row.wait_days, punctual.wait_days),
        ("late_days", row.late_days, punctual.late_days),
    ):
        if abs(stated - expected) > DAYS:
            yield Fault(field, field, stated=stated, expected=expected)


def _eating_days(row: Shipment, order: Wanted, made: Promise, case: Case) -> Iterator[Fault]:
    """The local dates between which the mean fruit is good to eat."""
    crop, rate = case.crop(order.wish), case.taste(order).room_rate
    from_h, timezone = case.delivery(order).from_h, case.place(order.wish.destination_id).timezone
    for field, stated, age in (
        ("eat_from_on", row.eat_from_on, crop.ready_at_d20),
        ("eat_until_on", row.eat_until_on, crop.ready_at_d20 + crop.window_d20),
    ):
        ends = []
        for slack in (-1.0, 1.0):
            delivered_h = max(from_h, hours(row.arrive_p50_at) + slack * HOURS)
            ripe_d20 = max(0.0, age - made.age_mean_d20 + slack * AGE_D20)
            ends.append(delivered_h + (24.0 * ripe_d20 / rate if rate > 0.0 else 0.0))
        first, last = (_local_day(at_h, timezone) for at_h in ends)
        if not first <= stated <= last:
            yield Fault("eating_day", field, stated=stated, expected=first)


def _local_day(at_h: float, timezone: str) -> dt.date:
    try:
        return moment(at_h, timezone).date()
    except (OverflowError, ValueError):
        return dt.date.max


def _money(row: Shipment, order: Wanted, journey: Journey, case: Case) -> Iterator[Fault]:
    """Transport, and what the shipment is worth by the shares and days it states."""
    per_kg = journey.cost_vnd_per_kg
    if abs(row.cost_vnd - row.kg * per_kg) > VND:
        yield Fault("cost", "cost_vnd of its lanes", stated=row.cost_vnd, expected=row.kg * per_kg)
    q = row.good_share
    per_kg += Punctuality(row.wait_days, row.late_days).cost_vnd_per_kg(case.problem.policy)
    worth = row.kg * (order.price_vnd_per_kg * q - order.loss_vnd_per_kg * (1.0 - q) - per_kg)
    worth += row.kg * case.standing_vnd_per_kg(case.batches[row.batch_id])
    worth -= case.problem.policy.review_cost_vnd * (1.0 - row.parcel_good_share)
    if abs(row.value_vnd - worth) > VND:
        yield Fault("value", "value_vnd by its price, shares, days and transport", stated=row.value_vnd, expected=worth)

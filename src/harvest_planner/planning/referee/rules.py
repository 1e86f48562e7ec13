"""The rules of the model's page, one function and one sentence each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.finding import KG, SHARE, Fault, finding
from harvest_planner.planning.referee.ledger import Entry, Ledger
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.planning.referee.shipments import name_of
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.planning.referee.wishes import Wish
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.plan import Violation

FLOOR_SLACK = 1e-6
"""Shares may be stated rounded to six decimals."""
LEAST_PART_KG = 1.0


def check_row(entry: Entry, case: Case) -> Iterator[Violation]:
    """The rules of a shipment by itself."""
    for rule in (shares_reach_the_floors, food_stays_safe, grades_suffice, certificates_hold):
        for fault in rule(entry, case):
            yield fault.of(name_of(entry.row))


def check_rules(ledger: Ledger) -> Iterator[Violation]:
    """Every rule of the shipments together, in the order of the page."""
    for rule in (
        fruit_is_picked_lawfully,
        quantities_suffice,
        trips_are_worth_making,
        batches_are_not_picked_too_often,
        batches_rest_between_picks,
        growers_have_the_hands,
        places_can_pack,
        departures_have_room,
        orders_stay_whole,
    ):
        yield from rule(ledger)


def shares_reach_the_floors(entry: Entry, case: Case) -> Iterator[Fault]:
    """No shipment promises less than `min_good_share` and `min_parcel_good_share`."""
    policy, row = case.problem.policy, entry.row
    if row.good_share < policy.min_good_share - FLOOR_SLACK:
        yield Fault("min_good_share", "good_share reaches the floor", row.good_share, policy.min_good_share)
    if row.parcel_good_share < policy.min_parcel_good_share - FLOOR_SLACK:
        yield Fault(
            "min_parcel_good_share", "parcel_good_share reaches the floor",
            stated=row.parcel_good_share, expected=policy.min_parcel_good_share,
        )  # fmt: skip


def food_stays_safe(entry: Entry, case: Case) -> Iterator[Fault]:
    """The probability of breaking the food-safety cap stays within `max_safety_risk`."""
    row, batch = entry.row, entry.day.batch
    if (
        case.crop(batch).safety_cap is None
        or any(leg.lane_id not in case.timetable.lanes for leg in row.legs)
        or not row.legs
    ):
        return
    journey = case.journey([leg.lane_id for leg in row.legs], hours(row.legs[0].departs_at), batch.crop_id)
    risk, most = case.promise(entry.order, entry.day, journey).danger_risk, case.problem.policy.max_safety_risk
    if risk > most + SHARE:
        yield Fault("not_safe", "the risk of breaking the food-safety cap", risk, most)


def grades_suffice(entry: Entry, case: Case) -> Iterator[Fault]:
    """Each batch is at least of the grade that its order asks."""
    wish, batch = entry.order.wish, entry.day.batch
    if batch.crop_id == wish.crop_id and not grade_serves(wish, batch, case.crop(batch).grades):
        yield Fault("grade", "grade of the batch", batch.grade or "none", wish.grade)


def certificates_hold(entry: Entry, case: Case) -> Iterator[Fault]:
    """Each batch holds the certificates that its order asks, valid on the day of the pick."""
    wish, batch = entry.order.wish, entry.day.batch
    if not certificates_serve(wish, entry.day):
        held = ", ".join(batch.certifications) or "none"
        yield Fault(
            "certification", "certificates valid on the day",
            stated=f"{held} until {batch.certified_until}", expected=", ".join(wish.certifications),
        )  # fmt: skip


def grade_serves(wish: Wish, batch: Batch, grades: tuple[str, ...]) -> bool:
    """Whether the batch is at least of the grade asked; one without a grade serves only orders without."""
    if wish.grade is None:
        return True
    return batch.grade is not None and grades.index(batch.grade) <= grades.index(wish.grade)


def certificates_serve(wish: Wish, day: PickDay) -> bool:
    """Whether the batch holds all certificates asked, still valid on the day."""
    return not wish.certifications or (day.certified and set(wish.certifications) <= set(day.batch.certifications))


def fruit_is_picked_lawfully(ledger: Ledger) -> Iterator[Violation]:
    """Each trip lies on a pick day, in the tree's window, after the interval, and not on a day of rest."""
    case = ledger.case
    for (batch_id, date), kg in ledger.chosen_trips.items():
        if kg <= KG:
            continue
        batch = case.batches[batch_id]
        day, name = case.orchard.pick_day(batch, date), trip_name(batch_id, date)
        if not case.orchard.is_ahead(day):
            yield finding(
                "pick_day", name, "a day of the horizon whose picking hours lie ahead", stated=date,
                expected=f"from {case.orchard.today(batch)} up to and not on {case.orchard.horizon_on(batch)}",
            )  # fmt: skip
        if not day.in_season:
            yield finding(
                "dropped", name, "age plus one sd stays below drops_at_d20",
                stated=day.age_d20, expected=case.crop(batch).drops_at_d20,
            )  # fmt: skip
        if not day.interval_kept:
            yield finding(
                "pre_harvest_interval", name, "last spray and interval allow the pick", stated=date,
                expected=f"{batch.pre_harvest_interval_days} days after {batch.last_spray_on}",
            )  # fmt: skip
        if day.rests:
            yield finding("rest_day", name, f"grower {batch.grower_id} rests on that day", stated=date)


def quantities_suffice(ledger: Ledger) -> Iterator[Violation]:
    """No batch gives more than hangs there."""
    for batch_id, used in ledger.batch_kg.items():
        yield from _over(
            "quantity", f"batch {batch_id}", "quantity_kg", used, ledger.case.batches[batch_id].quantity_kg
        )


def trips_are_worth_making(ledger: Ledger) -> Iterator[Violation]:
    """Each trip picks at least `min_trip_kg`, surplus included."""
    for key, kg in ledger.trip_kg.items():
        least = ledger.case.batches[key[0]].min_trip_kg
        if KG < kg < least - KG and key not in ledger.case.committed_trips:
            yield finding("min_trip", trip_name(*key), "min_trip_kg", stated=kg, expected=least)


def batches_are_not_picked_too_often(ledger: Ledger) -> Iterator[Violation]:
    """No batch has more trips than `max_picks_per_batch`."""
    most = ledger.case.problem.policy.max_picks_per_batch
    for batch_id, days in ledger.trip_days.items():
        settled = sum((batch_id, day) in ledger.case.committed_trips for day in days)
        if most is not None and len(days) > max(most, settled):
            yield finding("max_picks", f"batch {batch_id}", "max_picks_per_batch", stated=len(days), expected=most)


def batches_rest_between_picks(ledger: Ledger) -> Iterator[Violation]:
    """Two trips to a batch lie at least `days_between_picks` apart."""
    settled = ledger.case.committed_trips
    for batch_id, days in ledger.trip_days.items():
        apart = ledger.case.batches[batch_id].days_between_picks
        for earlier, later in pairwise(sorted(days)):
            both = (batch_id, earlier) in settled and (batch_id, later) in settled
            if (later - earlier).days < apart and not both:
                yield finding(
                    "days_between_picks", trip_name(batch_id, later), f"days since the pick on {earlier}",
                    stated=(later - earlier).days, expected=apart,
                )  # fmt: skip


def growers_have_the_hands(ledger: Ledger) -> Iterator[Violation]:
    """No grower picks more in a day than `pick_capacity_kg_per_day`."""
    for (grower_id, day), used in ledger.picker_kg.items():
        most = ledger.case.problem.grower(grower_id).pick_capacity_kg_per_day
        yield from _over("picker_capacity", f"grower {grower_id} on {day}", "pick_capacity_kg_per_day", used, most)


def places_can_pack(ledger: Ledger) -> Iterator[Violation]:
    """No place packs more in a day than `packing_kg_per_day`."""
    for (place_id, day), used in ledger.packing_kg.items():
        most = ledger.case.place(place_id).packing_kg_per_day
        yield from _over("packing_capacity", f"place {place_id} on {day}", "packing_kg_per_day", used, most)


def departures_have_room(ledger: Ledger) -> Iterator[Violation]:
    """No planned departure takes more than its lane's `capacity_kg`."""
    for key, used in ledger.departure_kg.items():
        lane = ledger.case.timetable.lanes.get(key[0])
        if lane is not None:
            subject = f"lane {lane.id} at {ledger.departs_at[key].isoformat()}"
            yield from _over("lane_capacity", subject, "capacity_kg", used, lane.capacity_kg)


def _over(code: str, subject: str, field: str, used: tuple[float, float], most: float | None) -> Iterator[Violation]:
    """More than a limit, where what commitments had settled alone is not to blame."""
    chosen, held = used
    if most is not None and chosen > KG and chosen + held > max(most, held) + KG:
        yield finding(code, subject, field, stated=chosen + held, expected=most)


def orders_stay_whole(ledger: Ledger) -> Iterator[Violation]:
    """An order that may not be split travels whole on one journey; parts of another weigh at least 1 kg."""
    for order_id, parts in ledger.parts.items():
        order, held = ledger.case.orders[order_id], ledger.settled_kg.get(order_id, 0.0)
        if order.wish.may_split:
            least = min(LEAST_PART_KG, order.quantity_kg - held)
            for part in parts:
                if part.kg < least - KG:
                    yield finding("least_part", name_of(part), "kg of a part", stated=part.kg, expected=least)
        elif len(parts) > 1 or abs(parts[0].kg - order.quantity_kg) > KG or held > KG:
            stated = " + ".join(f"{part.kg:g} kg on {part.pick_on}" for part in parts)
            yield finding(
                "split", f"order {order_id}", "may_split is false: one batch, one day, one journey, all kg",
                stated=stated, expected=f"{order.quantity_kg:g} kg in one",
            )  # fmt: skip


def trip_name(batch_id: str, day: dt.date) -> str:
    """How messages call a trip."""
    return f"trip to {batch_id} on {day}"

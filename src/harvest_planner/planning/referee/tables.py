"""Picks, batches and the local market's share: each table says what the shipments say."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.finding import KG, VND, finding
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.plan import BatchRow, Pick, Violation

AGE_AT_PICK_D20 = 1e-5


def check_picks(ledger: Ledger) -> Iterator[Violation]:
    """One pick for each trip, with its hours, stage, kilograms and who gets them."""
    case, seen = ledger.case, ledger.picked
    for row in ledger.plan.picks:
        name, key = f"pick {row.batch_id} on {row.pick_on}", (row.batch_id, row.pick_on)
        if row.batch_id not in case.batches:
            yield finding("unknown_record", name, "the problem has no such batch")
            continue
        if key in seen:
            yield finding("pick", name, "a trip stands once in the table", stated="twice")
        seen[key] = (row.kg, _places(row.destination_ids, case))
        yield from _pick(row, name, ledger)
    for key, kg in ledger.trip_kg.items():
        if kg > KG and key not in seen:
            yield finding(
                "pick", f"pick {key[0]} on {key[1]}", "the trip is among the picks", stated="missing", expected=kg
            )


def _pick(row: Pick, name: str, ledger: Ledger) -> Iterator[Violation]:
    case, key = ledger.case, (row.batch_id, row.pick_on)
    batch = case.batches[row.batch_id]
    day = case.orchard.pick_day(batch, row.pick_on)
    orders = ledger.trips[key].order_ids if key in ledger.trips else []
    surplus, total = ledger.surplus_kg.get(key, 0.0), ledger.trip_kg.get(key, 0.0)
    for field, stated, expected in (("kg", row.kg, total), ("surplus_kg", row.surplus_kg, surplus)):
        if abs(stated - expected) > KG * (1 + len(orders)):
            yield finding("pick_kg", name, f"{field} of its shipments and surplus", stated=stated, expected=expected)
    if row.grower_id != batch.grower_id:
        yield finding("pick", name, "grower_id", stated=row.grower_id, expected=batch.grower_id)
    if (row.from_at, row.until_at) != (day.from_at, day.until_at):
        yield finding(
            "pick_hours", name, "the grower's hours", stated=f"{row.from_at.isoformat()} to {row.until_at.isoformat()}",
            expected=f"{day.from_at.isoformat()} to {day.until_at.isoformat()}",
        )  # fmt: skip
    if abs(row.age_at_pick_d20 - day.age_d20) > AGE_AT_PICK_D20:
        yield finding("age_at_pick", name, "age_at_pick_d20", stated=row.age_at_pick_d20, expected=day.age_d20)
    stage = _stage_at(day.age_d20, batch, case)
    if row.stage_id != stage:
        yield finding("stage", name, "stage_id at that age", stated=row.stage_id, expected=stage)
    yield from _who(row, name, set(orders), case)


def _who(row: Pick, name: str, orders: set[str], case: Case) -> Iterator[Violation]:
    if set(row.order_ids) != orders or len(row.order_ids) != len(orders):
        yield finding(
            "pick_orders", name, "order_ids", stated=", ".join(row.order_ids), expected=", ".join(sorted(orders))
        )
    wanted = {case.place_id(case.orders[order_id].wish.destination_id) for order_id in orders}
    if _places(row.destination_ids, case) != wanted:
        yield finding(
            "pick_orders",
            name,
            "destination_ids",
            stated=", ".join(row.destination_ids),
            expected=", ".join(sorted(wanted)),
        )


def _places(ids: tuple[str, ...], case: Case) -> set[str]:
    found = set()
    for place_id in ids:
        try:
            found.add(case.place_id(place_id))
        except LookupError:
            found.add(place_id)
    return found


def _stage_at(age_d20: float, batch: Batch, case: Case) -> str:
    stages = sorted(case.crop(batch).stages, key=lambda stage: stage.age_d20)
    reached = [stage for stage in stages if stage.age_d20 <= age_d20 + 1e-9]
    return (reached[-1] if reached else stages[0]).id


def check_batches(ledger: Ledger) -> Iterator[Violation]:
    """One row for every batch, with the days of its picks and what is left."""
    case = ledger.case
    count = Counter(row.batch_id for row in ledger.plan.batches)
    for batch_id in case.batches:
        if count[batch_id] != 1:
            rule = "every batch has one row in batches"
            yield finding("batch_row", f"batch {batch_id}", rule, stated=count[batch_id], expected=1)
    made: dict[str, dict[dt.date, tuple[float, set[str]]]] = defaultdict(dict)
    for (batch_id, pick_on), pick in ledger.picked.items():
        made[batch_id][pick_on] = pick
    for row in ledger.plan.batches:
        if row.batch_id in case.batches:
            yield from _batch(row, made.get(row.batch_id, {}), ledger)
        else:
            yield finding("unknown_record", f"batch {row.batch_id}", "the problem has no such batch")


def _batch(row: BatchRow, made: dict[dt.date, tuple[float, set[str]]], ledger: Ledger) -> Iterator[Violation]:
    case, name = ledger.case, f"batch {row.batch_id}"
    batch = case.batches[row.batch_id]
    if row.grower_id != batch.grower_id:
        yield finding("batch_row", name, "grower_id", stated=row.grower_id, expected=batch.grower_id)
    stated = {day.pick_on: day for day in row.days}
    if set(stated) != set(made) or len(stated) != len(row.days):
        days, picks = (", ".join(map(str, sorted(found))) or "none" for found in (stated, made))
        yield finding("batch_days", name, "days are those of its picks", stated=days, expected=picks)
    for day in stated.keys() & made.keys():
        kg, places = made[day]
        if abs(stated[day].kg - kg) > KG:
            yield finding("batch_days", name, f"kg on {day}", stated=stated[day].kg, expected=kg)
        if _places(stated[day].destination_ids, case) != places:
            yield finding(
                "batch_days", name, f"destination_ids on {day}", stated=", ".join(stated[day].destination_ids)
            )
    left = ledger.left[batch.id]
    if abs(row.left_kg - left) > KG * (1 + ledger.batch_rows.get(batch.id, 0) + len(made) + len(case.committed)):
        yield finding("left_kg", name, "left_kg of its quantity", stated=row.left_kg, expected=left)
    yield from _ending(row, batch, left, case)
    yield from _advice(row, batch, ledger)


def _ending(row: BatchRow, batch: Batch, left_kg: float, case: Case) -> Iterator[Violation]:
    """`latest_pick_on` is the last day the fruit holds; what is left is lost the day after."""
    crop, one = case.crop(batch), dt.timedelta(days=1)
    ends = crop.drops_at_d20 is not None and (
        crop.on_tree_d20_per_day > 0 or not case.orchard.sound_on_tree(batch, batch.observed_on)
    )
    latest = row.latest_pick_on
    if (latest is not None) != ends:
        expected = "a day" if ends else "none"
        yield finding("latest_pick", f"batch {batch.id}", "latest_pick_on", stated=latest or "none", expected=expected)
        return
    if latest is None:
        lost = None
    else:
        held_before = latest < batch.observed_on or case.orchard.sound_on_tree(batch, latest)
        if not held_before or case.orchard.sound_on_tree(batch, max(latest + one, batch.observed_on)):
            rule = "latest_pick_on is the last day with age plus sd below drops_at_d20"
            yield finding("latest_pick", f"batch {batch.id}", rule, stated=latest)
            return
        lost = latest + one if left_kg > KG else None
    if row.lost_on != lost and left_kg > 10 * KG:
        yield finding("lost_on", f"batch {batch.id}", "lost_on", stated=row.lost_on or "none", expected=lost or "none")


def _advice(row: BatchRow, batch: Batch, ledger: Ledger) -> Iterator[Violation]:
    """What a row advises must be true of it."""
    code = row.advice_code
    ships = ledger.batch_rows.get(batch.id, 0) > 0
    sells = batch.id in ledger.sold
    unknown = "unknown" in (batch.last_spray_on, batch.pre_harvest_interval_days) or (
        batch.last_spray_on is not None and batch.pre_harvest_interval_days is None
    )
    if code == "pick":
        holds = ships
    elif ships or sells:
        holds = code == "sell_local" and not ships
    else:
        holds = {
            "sell_local": False,
            "pre_harvest_interval": not unknown and not _has_lawful_day(batch, ledger.case),
            "spray_unknown": unknown,
            "dropped": batch.quantity_kg <= 0 or not _has_day_in_season(batch, ledger.case),
            "no_order": batch.crop_id not in ledger.case.crops_wanted,
        }.get(code, True)
    if not holds:
        yield finding("advice", f"batch {batch.id}", "advice_code does not hold", stated=code)


def _has_lawful_day(batch: Batch, case: Case) -> bool:
    return any(day.in_season and day.interval_kept for day in case.orchard.days(batch))


def _has_day_in_season(batch: Batch, case: Case) -> bool:
    return any(day.in_season for day in case.orchard.days(batch))


def check_surplus(ledger: Ledger) -> Iterator[Violation]:
    """Surplus names its batch's grower and price, and is worth kg × price."""
    for row in ledger.plan.surplus:
        name = f"surplus {row.batch_id} on {row.pick_on}"
        batch = ledger.case.batches.get(row.batch_id)
        if batch is None:
            yield finding("unknown_record", name, "the problem has no such batch")
            continue
        if row.grower_id != batch.grower_id or row.kg <= 0:
            yield finding(
                "surplus", name, "grower and kg", stated=f"{row.grower_id}, {row.kg} kg", expected=batch.grower_id
            )
        price = batch.surplus_price_vnd_per_kg
        if abs(row.price_vnd_per_kg - price) > 1e-6:
            yield finding("surplus_value", name, "price_vnd_per_kg", stated=row.price_vnd_per_kg, expected=price)
        if abs(row.value_vnd - row.kg * price) > VND:
            yield finding("surplus_value", name, "value_vnd", stated=row.value_vnd, expected=row.kg * price)

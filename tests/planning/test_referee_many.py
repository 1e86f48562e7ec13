"""Among many shipments alike, the referee finds the one that states something else: what it remembers hides nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.planning.referee import check_plan
from harvest_planner.schema.plan import HarvestPlan, Leg, Reason, Refusal, Shipment
from harvest_planner.schema.problem import PlanningProblem
from tests.planning.test_referee import BATCH, DAY, HOUR, ORDER, TABLES

ALIKE = 12
MIDDLE = "near-6"
"""Neither the first of its kind nor the last."""


def question(**tables: Any) -> PlanningProblem:
    """Twelve orders alike to the town, twelve to the port and twelve too large, two batches of one kind."""
    port = {**ORDER, "destination_id": "port", "price_vnd_per_kg": 120_000}
    return PlanningProblem.model_validate(
        {
            **TABLES,
            "batches": [{**BATCH, "id": f"b{number}", "quantity_kg": 250.0} for number in (1, 2)],
            "orders": [
                *({**ORDER, "id": f"near-{number}"} for number in range(ALIKE)),
                *({**port, "id": f"far-{number}"} for number in range(ALIKE)),
                *({**ORDER, "id": f"huge-{number}", "quantity_kg": 500.0} for number in range(ALIKE)),
            ],
            **tables,
        }
    )


@cache
def sound() -> HarvestPlan:
    return plan_harvest(question())


def row_of(order_id: str) -> Shipment:
    return next(row for row in sound().shipments if row.order_id == order_id)


def tampered(order_id: str, **fields: Any) -> HarvestPlan:
    """The sound plan with fields of one shipment replaced."""
    rows = tuple(row.model_copy(update=fields) if row.order_id == order_id else row for row in sound().shipments)
    return sound().model_copy(update={"shipments": rows})


def with_leg(order_id: str, index: int, **fields: Any) -> HarvestPlan:
    legs: list[Leg] = list(row_of(order_id).legs)
    legs[index] = legs[index].model_copy(update=fields)
    return tampered(order_id, legs=tuple(legs))


def plus(order_id: str, field: str, amount: Any) -> HarvestPlan:
    """The sound plan with one figure of one shipment raised."""
    return tampered(order_id, **{field: getattr(row_of(order_id), field) + amount})


def leg_plus(index: int, field: str, amount: dt.timedelta) -> HarvestPlan:
    """The same for one leg of a shipment to the port."""
    return with_leg("far-6", index, **{field: getattr(row_of("far-6").legs[index], field) + amount})


def found(plan: HarvestPlan, problem: PlanningProblem | None = None) -> set[tuple[str, str]]:
    """(code, subject) of all that is found."""
    return {(each.code, each.subject) for each in check_plan(plan, problem or question())}


def test_sound_plan_has_many_shipments_alike_and_no_violation() -> None:
    assert check_plan(sound(), question()) == ()
    stated = [row.model_dump(exclude={"order_id", "batch_id"}) for row in sound().shipments]
    assert len(stated) == 2 * ALIKE
    assert sum(row == stated[0] for row in stated) == ALIKE
    assert len(sound().refusals) == ALIKE


FIGURES: dict[str, tuple[str, Callable[[], HarvestPlan]]] = {
    "age at the pick": ("age_at_pick", lambda: plus(MIDDLE, "age_at_pick_d20", 0.001)),
    "good share": ("good_share", lambda: plus(MIDDLE, "good_share", -0.0025)),
    "parcel share": ("parcel_good_share", lambda: plus(MIDDLE, "parcel_good_share", -0.0025)),
    "on-time share": ("on_time_share", lambda: plus(MIDDLE, "on_time_share", -0.0025)),
    "mean age at delivery": ("age_at_delivery", lambda: plus(MIDDLE, "age_at_delivery_mean_d20", 0.03)),
    "spread of the age": ("age_at_delivery", lambda: plus(MIDDLE, "age_at_delivery_sd_d20", 0.03)),
    "first eating day": ("eating_day", lambda: plus(MIDDLE, "eat_from_on", -2 * DAY)),
    "last eating day": ("eating_day", lambda: plus(MIDDLE, "eat_until_on", 2 * DAY)),
    "early arrival": ("arrival", lambda: plus(MIDDLE, "arrive_p05_at", HOUR / 20)),
    "median arrival": ("arrival", lambda: plus(MIDDLE, "arrive_p50_at", HOUR / 20)),
    "late arrival": ("arrival", lambda: plus(MIDDLE, "arrive_p95_at", -HOUR / 20)),
    "transport": ("cost", lambda: plus(MIDDLE, "cost_vnd", 2.0)),
    "value": ("value", lambda: plus(MIDDLE, "value_vnd", 2.0)),
    "kilograms": ("value", lambda: plus(MIDDLE, "kg", 0.01)),
    "share below the floor": ("min_good_share", lambda: tampered(MIDDLE, good_share=0.39)),
    "median arrival of a leg": ("leg_arrival", lambda: leg_plus(0, "arrive_p50_at", HOUR / 20)),
    "late arrival of a leg": ("leg_arrival", lambda: leg_plus(1, "arrive_p95_at", HOUR / 20)),
    "departure of a leg": ("no_departure", lambda: leg_plus(1, "departs_at", HOUR)),
    "connection": ("planned_departure", lambda: leg_plus(1, "departs_at", DAY)),
    "first departure": ("not_on_offer", lambda: leg_plus(0, "departs_at", DAY)),
    "legs": ("broken_chain", lambda: tampered("far-6", legs=row_of("far-6").legs[:1])),
    "lane": ("unknown_lane", lambda: with_leg("far-6", 0, lane_id="balloon")),
    "day": ("age_at_pick", lambda: plus(MIDDLE, "pick_on", DAY)),
}  # fmt: skip


@pytest.mark.parametrize("figure", FIGURES)
def test_one_figure_tampered_with_among_many_alike_is_found(figure: str) -> None:
    code, made = FIGURES[figure]
    plan = made()
    (wrong,) = set(plan.shipments) - set(sound().shipments)
    named = f"shipment {wrong.order_id} from {wrong.batch_id} on {wrong.pick_on}"
    assert (code, named) in found(plan)
    assert {subject for _, subject in found(plan) if subject.startswith("shipment")} == {named}


def test_two_shipments_that_differ_from_the_rest_and_each_other_are_both_found() -> None:
    one, other = (row_of(f"near-{number}") for number in (3, 9))
    lower = {one.order_id: one.good_share - 0.01, other.order_id: other.good_share - 0.02}
    rows = tuple(
        row.model_copy(update={"good_share": lower[row.order_id]}) if row.order_id in lower else row
        for row in sound().shipments
    )
    shares = {
        each.stated: each.subject
        for each in check_plan(sound().model_copy(update={"shipments": rows}), question())
        if each.code == "good_share"
    }
    assert set(shares) == set(lower.values())
    assert all(order_id in shares[share] for order_id, share in lower.items())


def test_sum_of_many_shipments_against_a_limit_is_exact() -> None:
    loads: dict[dt.datetime, float] = defaultdict(float)
    for row in sound().shipments:
        loads[row.legs[0].departs_at] += row.kg
    most_kg = max(loads.values())
    assert most_kg >= 120.0
    for capacity_kg, fits in ((most_kg - 1e-5, False), (most_kg, True)):
        lanes = [{**lane, "capacity_kg": capacity_kg} if lane["id"] == "up" else lane for lane in TABLES["lanes"]]
        codes = {code for code, _ in found(sound(), question(lanes=lanes))}
        assert ("lane_capacity" not in codes) == fits


def one_refused(code: str, message: str = "no") -> HarvestPlan:
    """The sound plan with another reason for one of twelve refusals alike."""
    reason = Reason.model_validate({"code": code, "message": message})
    rows = tuple(
        row.model_copy(update={"reasons": (reason,)}) if row.order_id == "huge-7" else row for row in sound().refusals
    )
    return sound().model_copy(update={"refusals": rows})


@pytest.mark.parametrize("code", ["no_journey", "no_fruit", "grade", "certification", "pre_harvest_interval"])
def test_one_untrue_reason_among_many_refusals_alike_is_found(code: str) -> None:
    assert found(one_refused(code)) == {("refusal_reason", "refusal huge-7")}


def test_refusals_that_say_nothing_or_stand_twice_or_lose_kilograms_are_found() -> None:
    assert found(one_refused("outbid", " ")) == {("refusal", "refusal huge-7")}
    first = sound().refusals[0]
    twice = sound().model_copy(update={"refusals": (*sound().refusals, first)})
    assert ("refusal", f"order {first.order_id}") in found(twice)
    less = sound().model_copy(update={"refusals": (first.model_copy(update={"kg": 1.0}), *sound().refusals[1:])})
    assert found(less) == {("order_kg", f"order {first.order_id}")}


def test_one_order_of_many_that_its_pick_leaves_out_is_found() -> None:
    first, *rest = sound().picks
    short = first.model_copy(update={"order_ids": first.order_ids[:-1]})
    plan = sound().model_copy(update={"picks": (short, *rest)})
    assert found(plan) == {("pick_orders", f"pick {first.batch_id} on {first.pick_on}")}


def test_one_refused_order_that_would_still_fit_among_many_that_do_not_is_found() -> None:
    kept = tuple(row for row in sound().shipments if row.order_id != MIDDLE)
    refused = Refusal(order_id=MIDDLE, kg=10.0, reasons=(Reason(code="outbid", message="others bring more"),))
    plan = sound().model_copy(update={"shipments": kept, "refusals": (*sound().refusals, refused)})
    assert ("profit_left", f"order {MIDDLE}") in found(plan)
    assert not {subject for code, subject in found(plan) if code == "profit_left"} - {f"order {MIDDLE}"}


def test_row_that_no_other_order_of_its_kind_may_have_is_found() -> None:
    """Two orders differ in what no share shows: the memory of one must not answer for the other."""
    orders = [row.model_dump() for row in question().orders]
    fussy = [{**row, "certifications": "GlobalG.A.P."} if row["id"] == MIDDLE else row for row in orders]
    stricter = [{**row, "grade": "A"} if row["id"] == MIDDLE else row for row in orders]
    late = [
        {**row, "deliver_until_at": row["deliver_until_at"] - DAY} if row["id"] == MIDDLE else row for row in orders
    ]
    name = f"shipment {MIDDLE} from {row_of(MIDDLE).batch_id} on {row_of(MIDDLE).pick_on}"
    assert found(sound(), question(orders=fussy)) == {("certification", name)}
    assert found(sound(), question(orders=stricter)) == set()
    assert {name} == {subject for _, subject in found(sound(), question(orders=late))}


class Once(tuple[Any, ...]):
    """A table whose rows are copied as they are read, that counts its readings and gives no row by its place."""

    readings = 0

    def __iter__(self) -> Iterator[Any]:
        type(self).readings += 1
        return (row.model_copy() for row in super().__iter__())

    def __getitem__(self, place: Any) -> Any:
        raise AssertionError(f"row {place} was asked for by its place")


def once(rows: Iterable[Any]) -> Any:
    class Table(Once):
        readings = 0

    return Table(rows)


def test_long_tables_are_read_once_and_in_turn() -> None:
    problem = question()
    tables = {name: once(getattr(sound(), name)) for name in ("shipments", "refusals", "picks")}
    orders = once(problem.orders)
    plan = sound().model_copy(update=tables)
    assert check_plan(plan, problem.model_copy(update={"orders": orders})) == ()
    assert {type(table).readings for table in (*tables.values(), orders)} == {1}

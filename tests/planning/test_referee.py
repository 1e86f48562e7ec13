"""The referee passes a sound plan, and finds each kind of planted fault by its own code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.planning.referee import check_plan
from harvest_planner.schema.plan import HarvestPlan, Reason, Refusal, Shipment
from harvest_planner.schema.problem import PlanningProblem

Rows = dict[str, Any]
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
EARLIER = dt.datetime(2026, 8, 9, tzinfo=dt.UTC)

CROP: Rows = {
    "id": "fruit",
    "ready_at_d20": 6.0,
    "window_d20": 4.0,
    "reference_stage_id": "green",
    "stages": [
        {"id": "green", "age_d20": 0.0, "sd_d20": 1.0, "batch_sd_d20": 0.5},
        {"id": "turning", "age_d20": 2.0, "sd_d20": 1.0, "batch_sd_d20": 0.5},
    ],
    "temperature_law": {"law": "rate_table", "points": [(15.0, 0.67), (20.0, 1.0), (25.0, 1.5), (32.0, 2.1)]},
    "on_tree_d20_per_day": 0.6,
    "drops_at_d20": 6.5,
    "goods": "fresh-fruit",
    "fruit_per_kg": 4.0,
}
BATCH: Rows = {
    "grower_id": "hoa",
    "crop_id": "fruit",
    "place_id": "grove",
    "stage_id": "green",
    "observed_on": "2026-08-09",
    "grade": "A",
    "certifications": "VietGAP",
    "trip_cost_vnd": 20_000,
    "surplus_price_vnd_per_kg": 4000,
}
ORDER: Rows = {
    "crop_id": "fruit",
    "quantity_kg": 10.0,
    "destination_id": "town",
    "deliver_until_at": "2026-08-14T18:00:00+07:00",
    "price_vnd_per_kg": 90_000,
}
LANE: Rows = {"carrier": "Swift", "goods": "fresh-fruit", "temperature_degc": 25.0}
TABLES: Rows = {
    "as_of": "2026-08-10T00:00:00+07:00",
    "policy": {"horizon_days": 5, "gap": 0.0, "min_good_share": 0.4, "review_cost_vnd": 10_000},
    "crops": [CROP, {**CROP, "id": "other"}],
    "places": [
        {"id": "grove", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 27.0},
        {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 28.0},
        {"id": "port", "latitude_deg": 20.8, "longitude_deg": 106.7, "ambient_degc": 28.0},
    ],
    "growers": [{"id": "hoa"}, {"id": "binh"}],
    "batches": [
        {**BATCH, "id": "b1", "quantity_kg": 30.0},
        {**BATCH, "id": "b2", "quantity_kg": 25.0, "stage_id": "turning", "grower_id": "binh"},
        {**BATCH, "id": "b3", "quantity_kg": 20.0, "crop_id": "other", "last_spray_on": "unknown"},
    ],
    "orders": [
        {**ORDER, "id": "near"},
        {**ORDER, "id": "far", "destination_id": "port", "quantity_kg": 8.0, "price_vnd_per_kg": 120_000},
        {**ORDER, "id": "parts", "quantity_kg": 12.0, "may_split": True},
        {**ORDER, "id": "late", "confirm_by_at": "2026-08-09T12:00:00+07:00"},
        {**ORDER, "id": "asked", "state": "inquiry"},
        {**ORDER, "id": "huge", "quantity_kg": 500.0},
    ],
    "lanes": [
        {**LANE, "id": "up", "origin_id": "grove", "destination_id": "town", "cutoff_h": 1.0, "transit_p50_h": 20.0,
         "transit_p95_h": 36.0, "departures": "FREQ=DAILY;BYHOUR=15;BYMINUTE=0;BYSECOND=0", "cost_vnd_per_kg": 3000},
        {**LANE, "id": "on", "origin_id": "town", "destination_id": "port", "cutoff_h": 2.0, "transit_p50_h": 9.0,
         "transit_p95_h": 14.0, "departures": "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0", "cost_vnd_per_kg": 2000},
    ],
}  # fmt: skip


def question(**tables: Any) -> PlanningProblem:
    """The problem above with some tables replaced."""
    return PlanningProblem.model_validate({**TABLES, **tables})


def altered(table: str, row_id: str | None = None, **fields: Any) -> PlanningProblem:
    """The problem above with fields of one row, or of every row, of a table replaced."""
    rows = [{**row, **fields} if row_id in (None, row["id"]) else row for row in TABLES[table]]
    return question(**{table: rows})


@cache
def sound() -> HarvestPlan:
    return plan_harvest(question())


def codes(plan: HarvestPlan, problem: PlanningProblem) -> set[str]:
    return {violation.code for violation in check_plan(plan, problem)}


def shipment(order_id: str) -> Shipment:
    return next(row for row in sound().shipments if row.order_id == order_id)


def with_shipment(order_id: str, /, **fields: Any) -> HarvestPlan:
    """The sound plan with fields of one shipment replaced."""
    rows = tuple(row.model_copy(update=fields) if row.order_id == order_id else row for row in sound().shipments)
    return sound().model_copy(update={"shipments": rows})


def with_first(table: str, **fields: Any) -> HarvestPlan:
    """The sound plan with fields of the first row of a table replaced."""
    first, *rest = getattr(sound(), table)
    return sound().model_copy(update={table: (first.model_copy(update=fields), *rest)})


def with_leg(order_id: str, index: int, **fields: Any) -> HarvestPlan:
    """The sound plan with fields of one leg of a shipment replaced."""
    legs = list(shipment(order_id).legs)
    legs[index] = legs[index].model_copy(update=fields)
    return with_shipment(order_id, legs=tuple(legs))


def with_totals(**fields: Any) -> HarvestPlan:
    """The sound plan with some of its own figures replaced."""
    return sound().model_copy(update=fields)


def later(instant: dt.datetime, hours: float) -> dt.datetime:
    return instant + hours * HOUR


def without(order_id: str) -> HarvestPlan:
    """The sound plan with an order refused instead of shipped, its other tables made to agree."""
    smaller = question(orders=[row for row in TABLES["orders"] if row["id"] != order_id])
    plan = plan_harvest(smaller)
    kg = next(row["quantity_kg"] for row in TABLES["orders"] if row["id"] == order_id)
    reason = Reason(code="outbid", message="others bring more")
    refused = Refusal(order_id=order_id, kg=kg, reasons=(reason,))
    return plan.model_copy(update={"refusals": (*plan.refusals, refused)})


def test_sound_plan_has_no_violation_and_enough_in_it_to_plant_faults() -> None:
    plan = sound()
    assert check_plan(plan, question()) == ()
    assert {row.order_id for row in plan.shipments} == {"near", "far", "parts"}
    assert {row.order_id for row in plan.refusals} == {"late", "huge"}
    assert len(shipment("far").legs) == 2


PLANTED: dict[str, tuple[str, Callable[[], HarvestPlan]]] = {
    "too many kg": ("quantity", lambda: with_shipment("near", kg=60.0)),
    "kg of an order lost": ("order_kg", lambda: with_shipment("near", kg=9.0)),
    "order left out": ("order_kg", lambda: sound().model_copy(update={"refusals": sound().refusals[:1]})),
    "split against its will": ("split", lambda: with_shipment("near", kg=9.0)),
    "a part too small": ("least_part", lambda: with_shipment("parts", kg=0.4)),
    "wrong day": ("age_at_pick", lambda: with_shipment("near", pick_on=shipment("near").pick_on + DAY)),
    "picked yesterday": ("pick_day", lambda: with_shipment("near", pick_on=dt.date(2026, 8, 9))),
    "fruit has dropped": ("dropped", lambda: with_shipment("near", pick_on=dt.date(2026, 8, 19))),
    "good share by ten tolerances": (
        "good_share",
        lambda: with_shipment("near", good_share=shipment("near").good_share - 0.02),
    ),
    "parcel share by ten tolerances": (
        "parcel_good_share",
        lambda: with_shipment("far", parcel_good_share=shipment("far").parcel_good_share - 0.02),
    ),
    "on-time share by ten tolerances": (
        "on_time_share",
        lambda: with_shipment("far", on_time_share=shipment("far").on_time_share - 0.02),
    ),
    "an hour of waiting": ("wait_days", lambda: with_shipment("near", wait_days=shipment("near").wait_days + 1 / 24)),
    "an hour of lateness": ("late_days", lambda: with_shipment("near", late_days=shipment("near").late_days + 1 / 24)),
    "share below the floor": ("min_good_share", lambda: with_shipment("near", good_share=0.39)),
    "value by 10 VND": ("value", lambda: with_shipment("near", value_vnd=shipment("near").value_vnd + 10.0)),
    "transport by 10 VND": ("cost", lambda: with_shipment("near", cost_vnd=shipment("near").cost_vnd + 10.0)),
    "arrival by ten minutes": (
        "arrival",
        lambda: with_shipment("far", arrive_p95_at=later(shipment("far").arrive_p95_at, 1 / 6)),
    ),
    "arrival of a leg by ten minutes": (
        "leg_arrival",
        lambda: with_leg("far", 0, arrive_p50_at=later(shipment("far").legs[0].arrive_p50_at, -1 / 6)),
    ),
    "age at delivery": (
        "age_at_delivery",
        lambda: with_shipment("near", age_at_delivery_mean_d20=shipment("near").age_at_delivery_mean_d20 + 0.2),
    ),
    "spread of the age": (
        "age_at_delivery",
        lambda: with_shipment("near", age_at_delivery_sd_d20=shipment("near").age_at_delivery_sd_d20 + 0.2),
    ),
    "eating day": ("eating_day", lambda: with_shipment("near", eat_until_on=shipment("near").eat_until_on + 2 * DAY)),
    "leaves before it is ready": (
        "missed_connection",
        lambda: with_leg("near", 0, departs_at=later(shipment("near").legs[0].departs_at, -24)),
    ),
    "misses the second lane": (
        "missed_connection",
        lambda: with_leg("far", 1, departs_at=later(shipment("far").legs[1].departs_at, -24)),
    ),
    "takes a later connection": (
        "planned_departure",
        lambda: with_leg("far", 1, departs_at=later(shipment("far").legs[1].departs_at, 24)),
    ),
    "departure not in the timetable": (
        "no_departure",
        lambda: with_leg("near", 0, departs_at=later(shipment("near").legs[0].departs_at, 2)),
    ),
    "departure not on offer": (
        "not_on_offer",
        lambda: with_leg("near", 0, departs_at=later(shipment("near").legs[0].departs_at, 24)),
    ),
    "leads elsewhere": ("broken_chain", lambda: with_shipment("far", legs=shipment("far").legs[:1])),
    "no such lane": ("unknown_lane", lambda: with_leg("near", 0, lane_id="balloon")),
    "no such order": ("unknown_record", lambda: with_shipment("near", order_id="nobody")),
    "another crop": ("wrong_crop", lambda: with_shipment("near", batch_id="b3")),
    "spray unknown": ("pre_harvest_interval", lambda: with_shipment("near", batch_id="b3")),
    "pick of more than is shipped": ("pick_kg", lambda: with_first("picks", kg=sound().picks[0].kg + 1.0)),
    "pick left out": ("pick", lambda: sound().model_copy(update={"picks": sound().picks[1:]})),
    "pick at other hours": ("pick_hours", lambda: with_first("picks", from_at=later(sound().picks[0].from_at, 1))),
    "pick of another stage": ("stage", lambda: with_first("picks", stage_id="ripe")),
    "pick for others": ("pick_orders", lambda: with_first("picks", order_ids=("huge",))),
    "batch left out": ("batch_row", lambda: sound().model_copy(update={"batches": sound().batches[1:]})),
    "batch on no day": ("batch_days", lambda: with_first("batches", days=())),
    "more left than there is": ("left_kg", lambda: with_first("batches", left_kg=99.0)),
    "holds for too long": (
        "latest_pick",
        lambda: with_first("batches", latest_pick_on=(sound().batches[0].latest_pick_on or dt.date.min) + DAY),
    ),
    "advice that is untrue": ("advice", lambda: with_first("batches", advice_code="spray_unknown")),
    "plan's value by 10 VND": ("plan_value", lambda: with_totals(value_vnd=sound().value_vnd + 10.0)),
    "bound below the value": ("bound", lambda: with_totals(bound_vnd=sound().value_vnd - 100.0)),
    "gap": ("gap", lambda: with_totals(gap=sound().gap + 0.01)),
    "not optimal": ("status", lambda: with_totals(gap=0.01, bound_vnd=1.01 * sound().value_vnd)),
    "made for another moment": (
        "provenance",
        lambda: with_totals(provenance=sound().provenance.model_copy(update={"as_of": EARLIER})),
    ),
    "refused for an untrue reason": (
        "refusal_reason",
        lambda: with_first("refusals", reasons=(Reason(code="no_fruit", message="no fruit"),)),
    ),
    "an inquiry refused": ("not_planned", lambda: with_first("refusals", order_id="asked")),
    "profit left on the table": ("profit_left", lambda: without("near")),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_is_found(fault: str) -> None:
    code, plan = PLANTED[fault]
    assert code in codes(plan(), question())


def _pick_day(order_id: str) -> str:
    return shipment(order_id).pick_on.isoformat()


BROKEN_RULES: dict[str, tuple[str, Callable[[], PlanningProblem]]] = {
    "pre-harvest interval": (
        "pre_harvest_interval",
        lambda: altered("batches", None, last_spray_on="2026-08-08", pre_harvest_interval_days=20),
    ),
    "spray without an interval": ("pre_harvest_interval", lambda: altered("batches", None, last_spray_on="2026-07-01")),
    "day of rest": ("rest_day", lambda: altered("growers", None, rest_days=(_pick_day("near"),))),
    "grade": ("grade", lambda: _graded("C", asked="B")),
    "certificate expired": ("certification", lambda: _certified("2026-08-09")),
    "picker's day": ("picker_capacity", lambda: altered("growers", None, pick_capacity_kg_per_day=5.0)),
    "packing": ("packing_capacity", lambda: altered("places", "grove", packing_kg_per_day=5.0)),
    "departure's capacity": ("lane_capacity", lambda: altered("lanes", "up", capacity_kg=5.0)),
    "second departure's capacity": ("lane_capacity", lambda: altered("lanes", "on", capacity_kg=5.0)),
    "least trip": ("min_trip", lambda: altered("batches", None, min_trip_kg=29.9)),
    "embargo": (
        "embargo",
        lambda: question(
            embargoes=[{"carrier": "SWIFT", "goods": "Fresh-fruit", "from_on": "2026-08-10", "until_on": "2026-08-20"}]
        ),
    ),
    "goods": ("lane_goods", lambda: altered("lanes", "up", goods=("parcels",))),
    "commitment ignored": (
        "commitment",
        lambda: question(commitments=[{"order_id": "near", "batch_id": "b1", "pick_on": "2026-08-13", "kg": 3.0}]),
    ),
    "confirmation passed": ("confirm_by", lambda: altered("orders", "near", confirm_by_at="2026-08-09T12:00:00+07:00")),
    "cancelled order shipped": ("not_planned", lambda: altered("orders", "near", state="cancelled")),
    "parcel floor": (
        "min_parcel_good_share",
        lambda: question(policy={**TABLES["policy"], "min_parcel_good_share": 0.9999}),
    ),
    "dropped": ("dropped", lambda: altered("crops", None, drops_at_d20=0.5)),
    "food safety": (
        "not_safe",
        lambda: altered("crops", None, safety_cap={"limits": [(None, 2.0)]}),
    ),
    "due before it comes": ("late_days", lambda: altered("orders", "near", due_at="2026-08-10T12:00:00+07:00")),
    "growers' fair parts": ("plan_value", lambda: question(policy={**TABLES["policy"], "fairness_weight": 0.5})),
    "trip cost": ("plan_value", lambda: altered("batches", None, trip_cost_vnd=25_000)),
    "surplus price": ("plan_value", lambda: altered("batches", None, surplus_price_vnd_per_kg=9000)),
}  # fmt: skip


def _graded(grade: str, *, asked: str) -> PlanningProblem:
    batches = [{**row, "grade": grade} for row in TABLES["batches"]]
    orders = [{**row, "grade": asked} for row in TABLES["orders"]]
    return question(batches=batches, orders=orders)


def _certified(until: str) -> PlanningProblem:
    batches = [{**row, "certified_until": until} for row in TABLES["batches"]]
    orders = [{**row, "certifications": "VietGAP"} for row in TABLES["orders"]]
    return question(batches=batches, orders=orders)


@pytest.mark.parametrize("rule", BROKEN_RULES)
def test_plan_that_breaks_a_rule_of_its_problem_is_found(rule: str) -> None:
    code, problem = BROKEN_RULES[rule]
    assert code in codes(sound(), problem())


def test_two_trips_too_close_or_too_many_are_found() -> None:
    row = shipment("near")
    twice = sound().model_copy(
        update={"shipments": (*sound().shipments, row.model_copy(update={"pick_on": row.pick_on + DAY}))}
    )
    assert "days_between_picks" in codes(twice, altered("batches", None, days_between_picks=3))
    assert "max_picks" in codes(twice, question(policy={**TABLES["policy"], "max_picks_per_batch": 1}))


def test_surplus_rows_are_checked() -> None:
    problem = altered("batches", None, surplus_price_vnd_per_kg=9000)
    cheap = question(batches=problem.model_dump()["batches"], policy={**TABLES["policy"], "terminal_share": 0.0})
    plan = plan_harvest(cheap)
    assert plan.surplus
    assert check_plan(plan, cheap) == ()
    dearer = plan.surplus[0].model_copy(update={"value_vnd": plan.surplus[0].value_vnd + 10.0})
    other = plan.surplus[0].model_copy(update={"grower_id": "nobody"})
    assert "surplus_value" in codes(plan.model_copy(update={"surplus": (dearer, *plan.surplus[1:])}), cheap)
    assert "surplus" in codes(plan.model_copy(update={"surplus": (other, *plan.surplus[1:])}), cheap)


def test_commitment_on_a_worse_journey_is_found() -> None:
    tables = {"orders": TABLES["orders"][:1], "lanes": TABLES["lanes"][:1]}
    held = [{"order_id": "near", "batch_id": "b1", "pick_on": "2026-08-12", "kg": 10.0}]
    slow = question(**tables, commitments=held)
    cheap = {**TABLES["lanes"][0], "id": "cheap", "cost_vnd_per_kg": 0}
    assert check_plan(plan_harvest(slow), slow) == ()
    assert "commitment_journey" in codes(
        plan_harvest(slow), question(orders=tables["orders"], lanes=[*tables["lanes"], cheap], commitments=held)
    )


def test_message_names_record_field_stated_and_expected() -> None:
    violations = check_plan(with_shipment("near", value_vnd=1.0), question())
    found = next(violation for violation in violations if violation.code == "value")
    assert found.subject == f"shipment near from {shipment('near').batch_id} on {shipment('near').pick_on}"
    assert found.stated == 1.0
    assert found.expected == pytest.approx(shipment("near").value_vnd, abs=1.0)
    assert "value_vnd" in found.message
    assert "states 1;" in found.message

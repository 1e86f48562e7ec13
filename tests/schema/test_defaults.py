"""Fields, defaults and units of the records are those of the contract."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.schema.quantities import Record

REQUIRED: dict[str, set[str]] = {
    "Place": {"id", "latitude_deg", "longitude_deg"},
    "Grower": {"id"},
    "Batch": {"id", "grower_id", "crop_id", "place_id", "quantity_kg", "stage_id", "observed_on"},
    "Order": {"id", "crop_id", "quantity_kg", "destination_id", "deliver_until_at", "price_vnd_per_kg"},
    "Lane": {"id", "origin_id", "destination_id", "departures"},
    "Embargo": {"carrier", "goods", "from_on", "until_on"},
    "Commitment": {"order_id", "batch_id", "pick_on", "kg"},
    "Crop": {"id", "ready_at_d20", "window_d20", "stages", "reference_stage_id"},
    "Stage": {"id", "age_d20", "sd_d20"},
    "Policy": set(),
}

DEFAULTS: dict[str, dict[str, Any]] = {
    "Place": {
        "name": None,
        "province": None,
        "timezone": "Asia/Ho_Chi_Minh",
        "ambient_degc": None,
        "packing_kg_per_day": None,
    },
    "Grower": {
        "name": None,
        "place_id": None,
        "team_id": None,
        "phone": None,
        "pick_capacity_kg_per_day": None,
        "picks_from": dt.time(5),
        "picks_until": dt.time(9),
        "rest_days": (),
        "reputation": None,
    },
    "Batch": {
        "quantity_sd_kg": 0,
        "age_shift_d20": 0,
        "plot": None,
        "variety": None,
        "grade": None,
        "certifications": (),
        "certified_until": None,
        "last_spray_on": None,
        "pre_harvest_interval_days": None,
        "trip_cost_vnd": 0,
        "min_trip_kg": 0,
        "days_between_picks": 1,
        "surplus_price_vnd_per_kg": 0,
        "planting_area_code": None,
    },
    "Order": {
        "deliver_from_at": None,
        "due_at": None,
        "placed_at": None,
        "confirm_by_at": None,
        "ripe_within_days": (0, 2),
        "keeps_days": 1,
        "room_degc": None,
        "accepts_share": 0.8,
        "grade": None,
        "certifications": (),
        "failure_cost_vnd_per_kg": None,
        "may_split": False,
        "state": "firm",
        "basket_id": None,
    },
    "Lane": {
        "transit_min_h": 0,
        "on_schedule_share": 0,
        "transit_samples_h": (),
        "rests_on": (),
        "carrier": None,
        "mode": None,
        "goods": (),
        "cutoff_h": 0,
        "temperature_degc": None,
        "temperature_sd_degc": 0,
        "packaging": None,
        "cost_vnd_per_kg": 0,
        "capacity_kg": None,
    },
    "Embargo": {},
    "Commitment": {"state": "frozen"},
    "Crop": {
        "like": None,
        "name": None,
        "name_vi": None,
        "kind": None,
        "goods": None,
        "grades": ("A", "B", "C"),
        "temperature_law": hp.SquareRoot(tmin_degc=-10.6),
        "on_tree_d20_per_day": 0,
        "drops_at_d20": None,
        "calibrated_degc": None,
        "stops_below_degc": None,
        "chilling": None,
        "safety_cap": None,
        "treatment": None,
        "fruit_per_kg": None,
        "sources": {},
    },
    "Stage": {"batch_sd_d20": 0, "name": None, "name_vi": None, "looks": None, "looks_vi": None},
    "Policy": {
        "min_good_share": 0.6,
        "min_parcel_good_share": 0,
        "review_cost_vnd": 0,
        "earliness_cost_vnd_per_kg_day": 0,
        "lateness_cost_vnd_per_kg_day": 0,
        "max_safety_risk": 0.001,
        "max_picks_per_batch": None,
        "handling_h": 2,
        "default_ambient_degc": 28,
        "terminal_share": 1,
        "horizon_days": 14,
        "gap": 1e-4,
        "freeze_h": 12,
        "change_cost_vnd_per_kg": 0,
        "drop_firm_cost_vnd_per_kg": None,
        "reputation_weight": 0,
        "fairness_weight": 0,
    },
}

RESULTS: dict[str, set[str]] = {
    "Pick": {
        "batch_id",
        "grower_id",
        "pick_on",
        "from_at",
        "until_at",
        "kg",
        "surplus_kg",
        "stage_id",
        "age_at_pick_d20",
        "order_ids",
        "destination_ids",
    },
    "Leg": {"lane_id", "departs_at", "arrive_p50_at", "arrive_p95_at"},
    "Shipment": {
        "order_id",
        "batch_id",
        "pick_on",
        "kg",
        "legs",
        "arrive_p05_at",
        "arrive_p50_at",
        "arrive_p95_at",
        "age_at_pick_d20",
        "age_at_delivery_mean_d20",
        "age_at_delivery_sd_d20",
        "good_share",
        "parcel_good_share",
        "on_time_share",
        "eat_from_on",
        "eat_until_on",
        "cost_vnd",
        "value_vnd",
    },
    "PickAdvice": {
        "order_id",
        "batch_id",
        "pick_on",
        "from_at",
        "until_at",
        "latest_pick_at",
        "stage_id",
        "age_at_pick_d20",
        "good_share",
        "parcel_good_share",
        "legs",
        "other_days",
    },
    "Refusal": {"order_id", "kg", "reasons"},
    "Reason": {"code", "params", "message", "would_work_if"},
    "Change": {"field", "value"},
    "BatchDay": {"pick_on", "kg", "destination_ids"},
    "BatchRow": {"batch_id", "grower_id", "days", "latest_pick_on", "left_kg", "lost_on", "advice_code"},
    "HarvestPlan": {
        "batches",
        "picks",
        "shipments",
        "refusals",
        "surplus",
        "value_vnd",
        "bound_vnd",
        "gap",
        "status",
        "provenance",
        "format",
    },
}

REFUSAL_CODES = [
    "confirm_by_passed",
    "no_journey",
    "embargo",
    "no_fruit",
    "grade",
    "certification",
    "pre_harvest_interval",
    "cannot_arrive_ripe",
    "not_safe",
    "not_worth_it",
    "picker_capacity",
    "packing_capacity",
    "lane_capacity",
    "outbid",
]


def record(name: str) -> type[Record]:
    found: type[Record] = getattr(hp, name)
    return found


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_required_fields(name: str) -> None:
    fields = record(name).model_fields
    assert {field for field, info in fields.items() if info.is_required()} == REQUIRED[name]


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, row in DEFAULTS.items() for field in row])
def test_default(name: str, field: str) -> None:
    info = record(name).model_fields[field]
    assert info.get_default(call_default_factory=True) == DEFAULTS[name][field]


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_fields_of_results(name: str) -> None:
    assert set(record(name).model_fields) >= RESULTS[name]


def test_refusal_codes_keep_their_order() -> None:
    assert hp.Reason.model_json_schema()["properties"]["code"]["enum"] == REFUSAL_CODES


def test_states_of_orders_and_plans() -> None:
    order, plan = hp.Order.model_json_schema()["properties"], hp.HarvestPlan.model_json_schema()["properties"]
    assert order["state"]["enum"] == ["inquiry", "reserved", "firm", "shipped", "cancelled"]
    assert plan["status"]["enum"] == ["optimal", "within_gap", "time_limit", "interrupted"]
    assert plan["format"]["const"] == "harvest-planner/plan/1"
    assert hp.PlanningProblem.model_json_schema()["properties"]["format"]["const"] == "harvest-planner/problem/1"


def test_the_problem_document_holds_what_the_contract_lists() -> None:
    tables = ["as_of", "policy", "crops", "places", "growers", "batches", "orders", "lanes", "embargoes", "commitments"]
    assert set(hp.PlanningProblem.model_fields) == {"format", *tables}


def test_a_missing_failure_cost_is_the_price() -> None:
    order = hp.Order(
        id="o1",
        crop_id="na-chi-lang",
        quantity_kg=5,
        destination_id="ha-noi",
        deliver_until_at=dt.datetime(2026, 8, 14, tzinfo=dt.UTC),
        price_vnd_per_kg=65000,
    )
    assert order.loss_vnd_per_kg == 65000
    assert order.model_copy(update={"failure_cost_vnd_per_kg": 0.0}).loss_vnd_per_kg == 0

"""A small orchard and a plan for it written by hand: what people are to read, without a planner."""

from __future__ import annotations

import datetime as dt
from typing import Any

import harvest_planner as hp

AS_OF = "2026-08-10T18:00:00+07:00"


def orchard(**changes: Any) -> hp.PlanningProblem:
    """Two growers, four batches of sugar apple, five orders."""
    tables = {
        "as_of": AS_OF,
        "growers": [
            {"id": "g1", "name": "Hộ bà Vi Thị Đào", "place_id": "chi-lang", "phone": "0900 000 001"},
            {"id": "g2", "picks_from": "04:30", "picks_until": "08:00"},
        ],
        "batches": [
            _batch("b17", plot="Lũng Na, khu trên", quantity_kg=90),
            _batch("b18", last_spray_on="2026-08-01", pre_harvest_interval_days=7, plot="bờ suối"),
            _batch("b19", last_spray_on="2026-08-09", pre_harvest_interval_days=7.5),
            _batch("b20", grower_id="g2"),
        ],
        "orders": [
            _order("o1", destination_id="ca-mau", quantity_kg=45, basket_id="giỏ của chị Hạnh"),
            _order("o2", destination_id="ha-noi", quantity_kg=30),
            _order("o3", destination_id="ho-chi-minh", quantity_kg=20.5),
            _order("o4", destination_id="Bà Rịa - Vũng Tàu", quantity_kg=8),
            _order("o5", destination_id="lai-chau", quantity_kg=12),
        ],
        **changes,
    }
    return hp.PlanningProblem.model_validate(tables)


def _batch(batch_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": batch_id,
        "grower_id": "g1",
        "crop_id": "na-chi-lang",
        "place_id": "chi-lang",
        "quantity_kg": 60,
        "stage_id": "S2",
        "observed_on": "2026-08-10",
        **changes,
    }


def _order(order_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": order_id,
        "crop_id": "na-chi-lang",
        "deliver_until_at": "2026-08-16T18:00:00+07:00",
        "price_vnd_per_kg": 60_000,
        **changes,
    }


def pick(batch_id: str, day: int, kg: float, **changes: Any) -> hp.Pick:
    """A trip on that day of August 2026."""
    zone = dt.timezone(dt.timedelta(hours=7))
    return hp.Pick.model_validate(
        {
            "batch_id": batch_id,
            "grower_id": "g1",
            "pick_on": dt.date(2026, 8, day),
            "from_at": dt.datetime(2026, 8, day, 5, tzinfo=zone),
            "until_at": dt.datetime(2026, 8, day, 9, tzinfo=zone),
            "kg": kg,
            "stage_id": "S2",
            "age_at_pick_d20": 0.6,
            **changes,
        }
    )


def shipment(order_id: str, batch_id: str, day: int, kg: float) -> hp.Shipment:
    """Goods of one order, handed over on the day they are picked."""
    zone = dt.timezone(dt.timedelta(hours=7))
    arrive_at = dt.datetime(2026, 8, day + 2, 8, tzinfo=zone)
    return hp.Shipment.model_validate(
        {
            "order_id": order_id,
            "batch_id": batch_id,
            "pick_on": dt.date(2026, 8, day),
            "kg": kg,
            "legs": (),
            "arrive_p05_at": arrive_at,
            "arrive_p50_at": arrive_at,
            "arrive_p95_at": arrive_at,
            "age_at_pick_d20": 0.6,
            "age_at_delivery_mean_d20": 4.0,
            "age_at_delivery_sd_d20": 1.2,
            "good_share": 0.8,
            "parcel_good_share": 0.7,
            "on_time_share": 0.99,
            "eat_from_on": dt.date(2026, 8, day + 3),
            "eat_until_on": dt.date(2026, 8, day + 4),
            "cost_vnd": 1000,
            "value_vnd": 1_000_000,
        }
    )


def row(batch_id: str, **changes: Any) -> hp.BatchRow:
    """A batch of the first grower, which holds until the 15th."""
    values = {"batch_id": batch_id, "grower_id": "g1", "latest_pick_on": "2026-08-15", "advice_code": "pick", **changes}
    return hp.BatchRow.model_validate(values)


def _day(day: int, kg: float, *destination_ids: str) -> dict[str, Any]:
    return {"pick_on": dt.date(2026, 8, day), "kg": kg, "destination_ids": destination_ids}


def refusal(order_id: str, kg: float, code: str, message: str, **params: Any) -> hp.Refusal:
    """What of an order is not served, for one reason."""
    reason = {"code": code, "message": message, "params": params}
    return hp.Refusal.model_validate({"order_id": order_id, "kg": kg, "reasons": [reason]})


def plan(**changes: Any) -> hp.HarvestPlan:
    """Three days of picking for g1, none for g2, one order refused."""
    tables = {
        "status": "optimal",
        "value_vnd": 5_123_456.7,
        "bound_vnd": 5_123_456.7,
        "gap": 0,
        "batches": [
            row("b17", days=[_day(11, 45, "ca-mau"), _day(13, 30, "ha-noi")], left_kg=15, lost_on="2026-08-16"),
            row("b18", days=[_day(11, 20.5, "ho-chi-minh"), _day(14, 28, "ba-ria-vung-tau")], left_kg=0),
            row("b19", left_kg=60, lost_on="2026-08-16", advice_code="pre_harvest_interval"),
            row("b20", grower_id="g2", latest_pick_on=None, left_kg=60, advice_code="hold"),
        ],
        "picks": [
            pick("b17", 11, 45, order_ids=["o1"], destination_ids=["ca-mau"]),
            pick("b18", 11, 20.5, order_ids=["o3"], destination_ids=["ho-chi-minh"]),
            pick("b17", 13, 30, order_ids=["o2"], destination_ids=["ha-noi"], stage_id="S3"),
            pick("b18", 14, 28, surplus_kg=20, order_ids=["o4"], destination_ids=["ba-ria-vung-tau"], stage_id="S3"),
        ],
        "shipments": [
            shipment("o1", "b17", 11, 45),
            shipment("o3", "b18", 11, 20.5),
            shipment("o2", "b17", 13, 30),
            shipment("o4", "b18", 14, 8),
        ],
        "refusals": [
            refusal(
                "o5",
                12,
                "no_journey",
                "no lane leads from chi-lang to lai-chau within the timetable",
                destination_id="lai-chau",
                origins="chi-lang",
            )
        ],
        "surplus": [
            {
                "batch_id": "b18",
                "grower_id": "g1",
                "pick_on": "2026-08-14",
                "kg": 20,
                "price_vnd_per_kg": 15_000,
                "value_vnd": 300_000,
            }
        ],
        "warnings": ["batch b17: no spray is declared; it is picked as if there was none"],
        "provenance": {"version": "0.1.0", "problem_sha256": "0" * 64, "as_of": AS_OF},
        **changes,
    }
    return hp.HarvestPlan.model_validate(tables)

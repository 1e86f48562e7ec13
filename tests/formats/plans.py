"""A plan of the sound folder, made by hand so that every table has something to write."""

from __future__ import annotations

import harvest_planner as hp

_LEG = {
    "departs_at": "2026-08-11T15:00+07:00",
    "arrive_p50_at": "2026-08-12T11:00+07:00",
    "arrive_p95_at": "2026-08-13T03:00+07:00",
}
_SHIPMENT = {
    "order_id": "o1",
    "batch_id": "b1",
    "pick_on": "2026-08-11",
    "kg": 20,
    "legs": [{"lane_id": "l1", **_LEG}, {"lane_id": "l2", **_LEG}],
    "arrive_p05_at": "2026-08-12T08:00+07:00",
    "arrive_p50_at": "2026-08-12T11:00+07:00",
    "arrive_p95_at": "2026-08-13T03:00+07:00",
    "age_at_pick_d20": -1.5,
    "age_at_delivery_mean_d20": 2.25,
    "age_at_delivery_sd_d20": 1.2,
    "good_share": 0.86,
    "parcel_good_share": 0.71,
    "on_time_share": 0.99,
    "eat_from_on": "2026-08-13",
    "eat_until_on": "2026-08-15",
    "cost_vnd": 80000,
    "value_vnd": -1234.5,
}
PLAN = hp.HarvestPlan.model_validate(
    {
        "status": "within_gap",
        "value_vnd": 1e6,
        "bound_vnd": 1000001.5,
        "gap": 1.5e-6,
        "batches": [
            {
                "batch_id": "b1",
                "grower_id": "g1",
                "days": [
                    {"pick_on": "2026-08-11", "kg": 45, "destination_ids": ["ca-mau"]},
                    {"pick_on": "2026-08-13", "kg": 30.5, "destination_ids": ["ha-noi", "Cà Mau"]},
                    {"pick_on": "2026-08-14", "kg": 5},
                ],
                "latest_pick_on": "2026-08-15",
                "left_kg": 10,
                "lost_on": "2026-08-16",
                "advice_code": "pick",
            },
            {"batch_id": "b2", "grower_id": "g2", "left_kg": 40, "advice_code": "hold"},
        ],
        "picks": [
            {
                "batch_id": "b1",
                "grower_id": "g1",
                "pick_on": "2026-08-11",
                "from_at": "2026-08-11T05:00+07:00",
                "until_at": "2026-08-11T09:00+07:00",
                "kg": 45,
                "surplus_kg": 5,
                "stage_id": "S1",
                "age_at_pick_d20": -1.5,
                "order_ids": ["o1", "o2"],
                "destination_ids": ["ha-noi", "ca-mau"],
            }
        ],
        "shipments": [_SHIPMENT],
        "refusals": [
            {
                "order_id": "o2",
                "kg": 5,
                "reasons": [
                    {
                        "code": "no_fruit",
                        "params": {"days": 3, "share": 0.5, "late": True, "word": "x", "none": None},
                        "message": '=HYPERLINK("http://x"), said no one',
                        "would_work_if": [
                            {"field": "deliver_until_at", "value": "2026-08-16T18:00+07:00"},
                            {"field": "may_split", "value": True},
                            {"field": "price_vnd_per_kg", "value": 90000.0},
                        ],
                    },
                    {"code": "outbid", "message": "others pay more"},
                ],
            }
        ],
        "surplus": [
            {
                "batch_id": "b1",
                "grower_id": "g1",
                "pick_on": "2026-08-11",
                "kg": 5,
                "price_vnd_per_kg": 12000,
                "value_vnd": 60000,
            }
        ],
        "warnings": ["batch b2: no spray is declared"],
        "provenance": {"version": "0.1.0", "problem_sha256": "ab", "as_of": "2026-08-10T18:00+07:00"},
    }
)

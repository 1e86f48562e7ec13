"""One farm, one town, one fixed lane: the smallest problem, to be varied by one thing at a time."""

from __future__ import annotations

from typing import Any

import harvest_planner as hp

AS_OF = "2026-08-10T00:00:00+07:00"
DURABLE = {
    "id": "durable",
    "ready_at_d20": 0,
    "window_d20": 100,
    "stages": [{"id": "only", "age_d20": 1, "sd_d20": 0.5}],
    "reference_stage_id": "only",
    "temperature_law": {"law": "square_root", "tmin_degc": -10},
    "goods": "fresh-fruit",
}


def order(**changes: Any) -> dict[str, Any]:
    """An order for ten kilograms to the town within the week."""
    return {
        "id": "o1",
        "crop_id": "durable",
        "quantity_kg": 10,
        "destination_id": "town",
        "deliver_until_at": "2026-08-14T00:00:00+07:00",
        "price_vnd_per_kg": 50_000,
        **changes,
    }


def batch(**changes: Any) -> dict[str, Any]:
    """A batch of a hundred kilograms on the farm."""
    return {
        "id": "b1",
        "grower_id": "g1",
        "crop_id": "durable",
        "place_id": "farm",
        "quantity_kg": 100,
        "stage_id": "only",
        "observed_on": "2026-08-10",
        **changes,
    }


def lane(**changes: Any) -> dict[str, Any]:
    """A lane from the farm to the town that leaves at noon and always takes ten hours."""
    return {
        "id": "l1",
        "origin_id": "farm",
        "destination_id": "town",
        "departures": "FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": 10,
        "transit_p95_h": 10,
        **changes,
    }


def problem(**changes: Any) -> hp.PlanningProblem:
    """The smallest problem, with some of its tables replaced."""
    tables = {
        "as_of": AS_OF,
        "policy": {"gap": 0, "horizon_days": 4},
        "crops": [DURABLE],
        "places": [
            {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20},
            {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20},
        ],
        "growers": [{"id": "g1"}],
        "batches": [batch()],
        "orders": [order()],
        "lanes": [lane()],
        **changes,
    }
    return hp.PlanningProblem.model_validate(tables)


def refusal_code(question: hp.PlanningProblem, order_id: str = "o1") -> str | None:
    """The code of the order's refusal; None where it is served whole."""
    plan = hp.plan_harvest(question)
    found = [refusal for refusal in plan.refusals if refusal.order_id == order_id]
    return found[0].reasons[0].code if found else None

"""What a plan uses of every capacity, added up from its records alone."""

from __future__ import annotations

from collections import defaultdict

import harvest_planner as hp


def overfull(plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> dict[str, float]:
    """Kilograms of orders beyond each capacity: fruit, hands, packing, departures [kg]."""
    used: dict[str, float] = defaultdict(float)
    most: dict[str, float] = {}
    lanes = {lane.id: lane for lane in problem.lanes}
    for row in plan.shipments:
        batch = problem.batch(row.batch_id)
        grower, place = problem.grower(batch.grower_id), problem.place(batch.place_id)
        limits = {
            f"batch {batch.id}": batch.quantity_kg if row.pick_on >= batch.observed_on else None,
            f"hands {grower.id} {row.pick_on}": grower.pick_capacity_kg_per_day,
            f"packing {place.id} {row.pick_on}": place.packing_kg_per_day,
        }
        for leg in row.legs:
            if leg.lane_id in lanes:
                limits[f"lane {leg.lane_id} {leg.departs_at.isoformat()}"] = lanes[leg.lane_id].capacity_kg
        for name, limit in limits.items():
            if limit is not None:
                used[name] += row.kg
                most[name] = limit
    return {name: kg - most[name] for name, kg in used.items() if kg > most[name] + 1e-6}

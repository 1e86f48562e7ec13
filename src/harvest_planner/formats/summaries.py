"""A plan in a few figures, each with its label."""

from __future__ import annotations

import math
from collections.abc import Iterator

from harvest_planner.formats.words import Words
from harvest_planner.schema.plan import HarvestPlan


def summary(plan: HarvestPlan, words: Words) -> Iterator[tuple[str, str]]:
    """The plan in figures: a label and a sentence for each."""
    facts: dict[str, dict[str, object]] = {
        "shipped": {
            "kg": math.fsum(shipment.kg for shipment in plan.shipments),
            "orders": len({shipment.order_id for shipment in plan.shipments}),
        },
        "refused": {
            "kg": math.fsum(refusal.kg for refusal in plan.refusals),
            "orders": len({refusal.order_id for refusal in plan.refusals}),
        },
        "surplus": {
            "kg": math.fsum(row.kg for row in plan.surplus),
            "value_vnd": math.fsum(row.value_vnd for row in plan.surplus),
        },
        "picks": {
            "trips": len(plan.picks),
            "growers": len({pick.grower_id for pick in plan.picks}),
            "pick_days": len({pick.pick_on for pick in plan.picks}),
        },
        "left": {
            "kg": math.fsum(row.left_kg for row in plan.batches),
            "lost_kg": math.fsum(row.left_kg for row in plan.batches if row.lost_on is not None),
        },
        "value": {"value_vnd": plan.value_vnd},
        "bound": {"bound_vnd": plan.bound_vnd, "gap_share": plan.gap},
    }
    for name, values in facts.items():
        yield words.say(f"summary.{name}_label"), words.say(f"summary.{name}", **values)
    yield words.say("summary.status_label"), words.say(f"status.{plan.status}")
    yield words.say("summary.warnings_label"), words.say("summary.warnings", count=len(plan.warnings))

"""A part of the week of Chi Lăng, small enough that promises soon meet its limits."""

from __future__ import annotations

from pathlib import Path

import harvest_planner as hp
from examples.marketplace_backend import clock, jobs, plans

WEEK = Path(__file__).parents[1] / "chi_lang"
BATCHES, ORDERS = 12, 30


def small() -> hp.PlanningProblem:
    """Twelve batches and thirty orders of the week."""
    week = hp.load_problem(WEEK)
    fields = {name: getattr(week, name) for name in type(week).model_fields}
    batches = week.batches[:BATCHES]
    growers = {batch.grower_id for batch in batches}
    return hp.PlanningProblem(
        **fields
        | {
            "batches": batches,
            "growers": tuple(one for one in week.growers if one.id in growers),
            "orders": week.orders[:ORDERS],
            "commitments": (),
        }
    )


def clock_ahead_s() -> float:
    """What the service's clock is ahead of the machine's, so that the week begins now [s]."""
    return (hp.load_problem(WEEK).as_of - clock.machine()).total_seconds()


def state() -> None:
    """State the orchard and its orders, and ask for a plan."""
    problem = small()
    plans.state_orchard(problem)
    plans.keep_orders(problem.orders)
    jobs.ask("plan", {"as_of": problem.as_of.isoformat()})

"""How the rest is planned, and which refused orders of a small plan are planned with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from functools import partial

from harvest_planner.planning.harvest import Hold, allocate, is_large, planned_by_market, prepare
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.patience import Patience
from harvest_planner.planning.replan.carried import trips_of
from harvest_planner.planning.replan.room import MOST_LOOKED_AT
from harvest_planner.planning.replan.taken import Trip
from harvest_planner.planning.replan.untouched import TABLES, changed_of
from harvest_planner.planning.replan.world import World
from harvest_planner.planning.report import plan_of
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.schema.told_rows import field_of

OF_THE_WISH = frozenset(
    (
        *("confirm_by_passed", "no_journey", "embargo", "no_fruit", "grade", "certification", "pre_harvest_interval"),
        *("cannot_arrive_ripe", "not_safe"),
    )
)
"""Reasons that no other order's trip can undo."""
LARGE_SHARE = 0.25
"""A re-plan leaves so much smaller problems to the market than a plan: it is to take a tenth of a plan's time."""


def many(plan: HarvestPlan) -> bool:
    """Whether the plan refuses more orders than are all planned anew when something becomes free."""
    return len(plan.refusals) > MOST_LOOKED_AT


def planned_on(
    rest: PlanningProblem,
    only: Container[Trip] | None,
    *,
    patience: Patience,
    seed: int,
    hold: Hold,
    reasons_on_demand: bool,
) -> HarvestPlan:
    """The plan of what is not carried.

    Parameters
    ----------
    only : the trips that it may use; None: all that are lawful.
    patience, seed, hold : as in `planned`.
    reasons_on_demand : why orders are refused is reckoned when it is asked for.
    """
    from harvest_planner.planning.outlook_arrays import ArrayOutlooks

    meeting = Meeting(rest, only=only)
    if is_large(meeting, share=LARGE_SHARE):
        return planned_by_market(meeting, patience=patience, seed=seed, hold=hold)
    prepared = prepare(rest, hold=hold, meeting=meeting, patience=patience)
    found = allocate(prepared, executor=None, patience=patience, seed=seed)
    return plan_of(
        meeting,
        prepared.settled,
        prepared.used,
        found,
        look=partial(ArrayOutlooks, prepared.judge_all),
        seed=seed,
        reasons_on_demand=reasons_on_demand,
    )


def at_first(plan: HarvestPlan, problem: PlanningProblem, world: World, *, as_of: dt.datetime) -> frozenset[str]:
    """Refused orders to look at from the start: all, where they are few and more than orders changed or a day began."""
    if many(plan):
        return frozenset()
    changed = any(changed_of(table, problem, world) for table in TABLES)
    # With an order more each grower's fair part is greater, so that what was not worth it may be.
    fairer = problem.policy.fairness_weight > 0
    looked_at = world.undone or changed or fairer or _day_begun(problem, as_of)
    return frozenset(field_of(plan.refusals, "order_id") if looked_at else ())


def helped_by_trips(plan: HarvestPlan, found: HarvestPlan) -> frozenset[str]:
    """Refused orders to look at as well, now that a plan is found: all that a trip may help, if it makes new ones."""
    helped = could_be_helped(plan)
    return frozenset() if helped and set(trips_of(found)) <= set(trips_of(plan)) else helped


def could_be_helped(plan: HarvestPlan) -> frozenset[str]:
    """Ids of the orders that the plan refuses for what a trip could undo; of a large plan none, as they are many."""
    if many(plan):
        return frozenset()
    ids = field_of(plan.refusals, "order_id")
    return frozenset(order_id for at, order_id in enumerate(ids) if not _of_the_wish(plan, at))


def _of_the_wish(plan: HarvestPlan, at: int) -> bool:
    """Whether the reason of a refusal is known to be one that no trip can undo."""
    return not isinstance(plan.refusals, MadeRows) and plan.refusals[at].reasons[0].code in OF_THE_WISH


def _day_begun(problem: PlanningProblem, as_of: dt.datetime) -> bool:
    for grower_id, place_id in {(batch.grower_id, batch.place_id) for batch in problem.batches}:
        local = zone(problem.place(place_id).timezone)
        day = problem.as_of.astimezone(local).date()
        begins = dt.datetime.combine(day, problem.grower(grower_id).picks_from, tzinfo=local)
        # With a new day another one enters the horizon.
        if day < as_of.astimezone(local).date() or problem.as_of <= begins < as_of:
            return True
    return False

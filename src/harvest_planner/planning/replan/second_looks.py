"""Which refused orders are planned anew: those for whom something may have become free."""

from __future__ import annotations

import datetime as dt

from harvest_planner.planning.replan.happened import World
from harvest_planner.planning.replan.room import MOST_LOOKED_AT, may_fit
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.schema.told_rows import field_of

TABLES = ("crops", "places", "growers", "batches", "lanes")
OF_THE_WISH = frozenset(
    (
        *("confirm_by_passed", "no_journey", "embargo", "no_fruit", "grade", "certification", "pre_harvest_interval"),
        *("cannot_arrive_ripe", "not_safe"),
    )
)
"""Reasons that no other order's trip can undo."""


def changed_of(table: str, problem: PlanningProblem, world: World) -> frozenset[str]:
    """Ids of the table's rows that events changed."""
    before = {row.id: row for row in getattr(problem, table)}
    after = world.tables[table]
    return frozenset(row_id for row_id in before.keys() | after.keys() if before.get(row_id) is not after.get(row_id))


def at_first(plan: HarvestPlan, problem: PlanningProblem, world: World, *, as_of: dt.datetime) -> frozenset[str]:
    """Those to look at from the start: all, where they are few and anything but orders changed or a pick day began."""
    if len(plan.refusals) > MOST_LOOKED_AT:
        return frozenset()
    changed = any(changed_of(table, problem, world) for table in TABLES)
    if world.undone or changed or _day_begun(problem, as_of):
        return frozenset(field_of(plan.refusals, "order_id"))
    return frozenset()


def next_ones(
    plan: HarvestPlan, problem: PlanningProblem, found: HarvestPlan, asked: PlanningProblem, looked_at: frozenset[str]
) -> frozenset[str]:
    """Those to look at as well, now that a plan is found: of many those that may fit, of few all that trips may help.

    Parameters
    ----------
    problem, asked : what the old plan and the one found answer.
    looked_at : orders that were planned anew with it already.
    """
    if len(plan.refusals) > MOST_LOOKED_AT:
        return may_fit(plan, problem, found, asked, but=looked_at)
    if not _opens_trips(plan, found):
        return frozenset()
    ids = field_of(plan.refusals, "order_id")
    return frozenset(order_id for at, order_id in enumerate(ids) if not _of_the_wish(plan, at)) - looked_at


def _of_the_wish(plan: HarvestPlan, at: int) -> bool:
    """Whether the reason of a refusal is known to be one that no trip can undo."""
    return not isinstance(plan.refusals, MadeRows) and plan.refusals[at].reasons[0].code in OF_THE_WISH


def _opens_trips(old: HarvestPlan, new: HarvestPlan) -> bool:
    """Whether the new plan makes a trip that the old one did not: then others, refused before, could join it."""
    before = {(pick.batch_id, pick.pick_on) for pick in old.picks}
    return any((pick.batch_id, pick.pick_on) not in before for pick in new.picks)


def _day_begun(problem: PlanningProblem, as_of: dt.datetime) -> bool:
    for grower_id, place_id in {(batch.grower_id, batch.place_id) for batch in problem.batches}:
        local = zone(problem.place(place_id).timezone)
        day = problem.as_of.astimezone(local).date()
        while day <= as_of.astimezone(local).date():
            begins = dt.datetime.combine(day, problem.grower(grower_id).picks_from, tzinfo=local)
            if problem.as_of <= begins < as_of:
                return True
            day += dt.timedelta(days=1)
    return False

"""`replan`: the plan after what happened, with everything kept that still can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from harvest_planner.planning.harvest import require_solver
from harvest_planner.planning.replan.difference import PlanDifference
from harvest_planner.planning.replan.happened import happened_in
from harvest_planner.planning.replan.standing import Standing, standings
from harvest_planner.planning.replan.tries import Tries
from harvest_planner.planning.replan.world import World, world_of
from harvest_planner.schema.by_id import records_of
from harvest_planner.schema.collector import collector_paused
from harvest_planner.schema.events import EVENTS, Event
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import in_our_time
from harvest_planner.schema.told_rows import field_of


def replan(
    plan: HarvestPlan,
    problem: PlanningProblem,
    events: Iterable[Event | Mapping[str, Any]],
    *,
    as_of: dt.datetime,
    time_limit_s: float | None = None,
    seed: int = 0,
) -> tuple[HarvestPlan, PlanDifference]:
    """The plan after what happened since, with as little changed as can be.

    Goods on their way or picked, and picks that begin within `policy.freeze_h`, stay; only a closed place, an absent
    grower, a cancelled order or a trip that brought in less undoes them. All else is kept too at first, and what the
    events undo or bring is planned with what is free. Where something stays short, up to 60 shipments on the trips it
    could use are planned anew with it, and that plan is taken where it is worth more after the price of its changes and
    no order that the events do not touch gets less, or `policy.drop_firm_cost_vnd_per_kg` is paid for what it loses.
    Where no more than 60 shipments are free at all, all of them are planned anew too, and that is taken for 0.5 % more.

    Parameters
    ----------
    plan : the plan so far.
    problem : the question it answers; of a plan that `replan` made, `diff.problem`.
    events : records of schema/events.py (`hp.OrderPlaced` …), or mappings with their `kind`, in the order of happening.
    as_of : the new moment, not before the problem's.
    time_limit_s, seed : as in `plan_harvest`, for each of the plans tried.

    Returns
    -------
    (plan, diff) : `diff.problem` is the question that the new plan answers.

    Raises
    ------
    UnknownIdError : an event names what the problem does not hold.
    ValueError : a naive or earlier `as_of`, or an event that cannot be (a ValidationError for its fields).
    MissingExtraError : highspy or numpy is not installed.
    """
    require_solver()
    happened = EVENTS.validate_python(tuple(events))
    # Of all shipments small records are made, none of them in a cycle; searching those would take as long as the rest.
    # They are let go with the inner call, before the search goes on.
    with collector_paused():
        asked = (plan, problem, _moment(as_of, problem))
        return Tries(*asked, *_world(*asked, happened), time_limit_s, seed).answer()


def _world(
    plan: HarvestPlan, problem: PlanningProblem, as_of: dt.datetime, happened: Iterable[Event]
) -> tuple[World, tuple[Standing, ...]]:
    """What has become of the problem and the plan's shipments, and how those stood before the events."""
    standing = standings(plan, problem, as_of=as_of)
    world = world_of(problem, plan, standing, as_of=as_of)
    world = happened_in(world, happened, problem)
    return _confirmed(world, (*standing, *world.keeps)), standing


def _moment(as_of: dt.datetime, problem: PlanningProblem) -> dt.datetime:
    if as_of.tzinfo is None:
        raise ValueError(f"as_of = {as_of.isoformat()} is naive; give it an offset such as +07:00")
    if as_of < problem.as_of:
        raise ValueError(
            f"as_of = {as_of.isoformat()} lies before the plan's ({problem.as_of.isoformat()}); a plan goes on in time"
        )
    return in_our_time(as_of)


def _confirmed(world: World, standing: Iterable[Standing]) -> World:
    """Orders that the plan ships were confirmed with it: their confirm-by time is behind them."""
    shipped = set(map(attrgetter("shipment.order_id"), standing))
    orders = world.tables["orders"]
    for order_id in sorted(shipped - orders.keys()):
        world.row("orders", order_id)  # which names the nearest of those that are known
    rows = records_of(orders)
    until = field_of(rows, "confirm_by_at")
    asked = [rows[at] for at, until_at in enumerate(until) if until_at is not None]
    confirmed = {o.id: o.model_copy(update={"confirm_by_at": None}) for o in asked if o.id in shipped}
    return world.holding("orders", confirmed) if confirmed else world

"""What of a plan a re-plan carries over as it stands, so that only the rest is planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter

from harvest_planner.planning.replan.happened import World
from harvest_planner.planning.replan.standing import Row, Standing, rows_of
from harvest_planner.planning.replan.untouched import Same
from harvest_planner.planning.settled import PLANNED_STATES
from harvest_planner.schema.plan import HarvestPlan, ShadowPrice
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.told_rows import field_of

KG_EPSILON = 1e-6
ORDER_ID = attrgetter("order_id")
Trip = tuple[str, dt.date]


@dataclass(frozen=True)
class Carried:
    """Shipments and refusals that stay as they are, with the plan they come from."""

    plan: HarvestPlan
    shipments: tuple[Row, ...]
    """By order."""
    refusals: tuple[int, ...]
    """Their places in `plan.refusals`."""

    @cached_property
    def order_ids(self) -> frozenset[str]:
        """The orders that need no planning."""
        ids = field_of(self.plan.refusals, "order_id")
        return frozenset(chain(map(ORDER_ID, self.shipments), map(ids.__getitem__, self.refusals)))

    @cached_property
    def undone(self) -> tuple[Row, ...]:
        """Shipments of the plan that do not stay."""
        stays = {row.at for row in self.shipments}
        return tuple(row for row in rows_of(self.plan) if row.at not in stays)

    def missing_kg(self, order_ids: Container[str]) -> dict[str, float]:
        """What orders of those are refused [kg]."""
        ids, kg = field_of(self.plan.refusals, "order_id"), field_of(self.plan.refusals, "kg")
        return {ids[at]: kg[at] for at in self.refusals if ids[at] in order_ids}

    def without(self, order_ids: Collection[str]) -> Carried:
        """All of it but some orders that are planned anew."""
        ids = field_of(self.plan.refusals, "order_id")
        return Carried(
            self.plan,
            tuple(row for row in self.shipments if row.order_id not in order_ids),
            tuple(at for at in self.refusals if ids[at] not in order_ids),
        )


def carried_of(
    plan: HarvestPlan,
    problem: PlanningProblem,
    world: World,
    keeps: Sequence[Standing],
    *,
    asked: PlanningProblem,
) -> Carried:
    """What stays as it is: shipments that no event touches, and refusals that still hold.

    Parameters
    ----------
    asked : the question of the new plan; what rides a lane that departs no more is not carried.
    """
    same = Same.of(problem, world, asked)
    # Orders of shipments that are undone are among those that events touch.
    other = {*same.others(keeps), *world.touched}
    ids = field_of(plan.refusals, "order_id")
    refused = sorted(_refused(ids, problem, world, asked.as_of), key=ids.__getitem__)
    other |= set(ids) - {ids[at] for at in refused}
    kept = [each.shipment for each in keeps if each.shipment.order_id not in other]
    shipments = sorted([row for row in kept if isinstance(row, Row)], key=ORDER_ID)
    return Carried(plan, tuple(shipments), tuple(at for at in refused if ids[at] not in other))


def whole(found: HarvestPlan) -> Carried:
    """All of a plan of the same question."""
    return Carried(found, rows_of(found), tuple(range(len(found.refusals))))


def trips_of(plan: HarvestPlan) -> Iterator[Trip]:
    """The trips that a plan makes, in its order."""
    return zip(*(field_of(plan.picks, name) for name in ("batch_id", "pick_on")), strict=True)


def _refused(ids: Sequence[str], problem: PlanningProblem, world: World, as_of: dt.datetime) -> Iterator[int]:
    """Places of refusals of orders that are planned yet, and that no event touches."""
    fields = problem.order_fields(ids, "confirm_by_at", "state")
    for at, (order_id, (until_at, state)) in enumerate(zip(ids, fields, strict=True)):
        passed = until_at is not None and problem.as_of <= until_at < as_of
        if order_id not in world.touched and state in PLANNED_STATES and not passed:
            yield at


def standing_prices(old: HarvestPlan, new: HarvestPlan, as_of: dt.datetime) -> tuple[ShadowPrice, ...]:
    """The prices of the last joint programme, or of the new one where they are higher, of days not past.

    A re-plan keeps most of a plan, and its own programme sees only what is left; what was scarce stays as dear.
    """
    today = as_of.date()
    rows = {(row.resource, row.day): row for row in old.shadow_prices if row.day is None or row.day >= today}
    for row in new.shadow_prices:
        before = rows.get((row.resource, row.day))
        if before is None or row.vnd_per_unit > before.vnd_per_unit:
            rows[row.resource, row.day] = row
    return tuple(row for _, row in sorted(rows.items(), key=lambda item: (item[0][0], str(item[0][1] or ""))))

"""What of a plan a re-plan carries over as it stands, so that only the rest is planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, count
from typing import Any

from harvest_planner.planning.replan.standing import Row, Standing, rows_at
from harvest_planner.planning.replan.untouched import Same
from harvest_planner.planning.replan.world import World
from harvest_planner.planning.settled import PLANNED_STATES
from harvest_planner.schema.plan import HarvestPlan, ShadowPrice
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.told_rows import field_of

KG_EPSILON = 1e-6
Trip = tuple[str, dt.date]


@dataclass(frozen=True)
class Carried:
    """Shipments and refusals that stay as they are, by their places in the plan they come from.

    Attributes
    ----------
    shipments : places in `plan.shipments`, by order.
    refusals : places in `plan.refusals`, by order.
    others : ids of all other orders of the question.
    """

    plan: HarvestPlan
    shipments: Sequence[int]
    refusals: Sequence[int]
    others: frozenset[str]

    def told(self, name: str) -> Iterator[Any]:
        """A field of the shipments."""
        return map(field_of(self.plan.shipments, name).__getitem__, self.shipments)

    @cached_property
    def undone(self) -> tuple[Row, ...]:
        """Shipments of the plan that do not stay."""
        left = bytearray(b"\1") * len(self.plan.shipments)
        for at in self.shipments:
            left[at] = 0
        return rows_at(self.plan, list(compress(count(), left)))

    def without(self, order_ids: Collection[str]) -> Carried:
        """All of it but some orders that are planned anew."""
        sent, refused = (field_of(rows, "order_id") for rows in (self.plan.shipments, self.plan.refusals))
        return Carried(
            self.plan,
            [at for at in self.shipments if sent[at] not in order_ids],
            [at for at in self.refusals if refused[at] not in order_ids],
            self.others.union(order_ids),
        )


def carried_of(
    plan: HarvestPlan,
    problem: PlanningProblem,
    world: World,
    keeps: Sequence[Standing],
    *,
    asked: PlanningProblem,
    order_ids: Iterable[str],
) -> Carried:
    """What stays as it is: shipments that no event touches, and refusals that still hold.

    Parameters
    ----------
    asked : the question of the new plan; what rides a lane that departs no more is not carried.
    order_ids : of all orders that are asked for.
    """
    same = Same.of(problem, world, asked)
    # Orders of shipments that are undone are among those that events touch.
    other = {*same.others(keeps), *world.touched}
    ids = field_of(plan.refusals, "order_id")
    refused = sorted(_refused(ids, problem, world, asked.as_of), key=ids.__getitem__)
    other |= set(ids) - {ids[at] for at in refused}
    kept = (row.at for row, *_ in keeps if row.order_id not in other and isinstance(row, Row))
    sent = field_of(plan.shipments, "order_id")
    shipments, refusals = sorted(kept, key=sent.__getitem__), [at for at in refused if ids[at] not in other]
    carried = (map(sent.__getitem__, shipments), map(ids.__getitem__, refusals))
    return Carried(plan, shipments, refusals, frozenset(order_ids).difference(*carried))


def whole(found: HarvestPlan, order_ids: Iterable[str]) -> Carried:
    """All of a plan of the same question, which tells of its orders one after another.

    Parameters
    ----------
    order_ids : of all orders that are asked for.
    """
    told = (field_of(rows, "order_id") for rows in (found.shipments, found.refusals))
    others = frozenset(order_ids).difference(*told)
    return Carried(found, range(len(found.shipments)), range(len(found.refusals)), others)


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

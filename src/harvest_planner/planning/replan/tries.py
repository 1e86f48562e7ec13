"""Plans of what happened, with more or less of the old one kept."""

from __future__ import annotations

import datetime as dt
import math
from collections import ChainMap, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from typing import Any

from harvest_planner.planning.answered import remember
from harvest_planner.planning.fairness import FairPart, Owner, fair_parts
from harvest_planner.planning.fingerprint import fingerprint
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.patience import Patience
from harvest_planner.planning.replan.around import (
    MOST_LOOSENED,
    WORTH_MOVING,
    around,
    at_stake,
    free_of,
    selling_on,
    short_of,
    usable,
)
from harvest_planner.planning.replan.carried import Carried, carried_of, standing_prices, trips_of
from harvest_planner.planning.replan.difference import PlanDifference, change_cost_vnd, difference
from harvest_planner.planning.replan.joining import Joining
from harvest_planner.planning.replan.rest import Rest, changed_batches, rest_of, roomy
from harvest_planner.planning.replan.room import Missing, Stock, may_fit, missing_of
from harvest_planner.planning.replan.second_looks import (
    at_first,
    could_be_helped,
    helped_by_trips,
    many,
    planned_on,
)
from harvest_planner.planning.replan.serving import serving
from harvest_planner.planning.replan.standing import Standing, committed, gathered
from harvest_planner.planning.replan.taken import Taken, Trip, taken_by
from harvest_planner.planning.replan.tried import Look, Loosened, Try, lost_kg, serves_more
from harvest_planner.planning.replan.untouched import TABLES, changed_of
from harvest_planner.planning.replan.world import World
from harvest_planner.planning.settled import PLANNED_STATES, Used
from harvest_planner.schema.by_id import records_of
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.references import departs
from harvest_planner.schema.told_rows import field_of

WORTH_RENEWING = 0.005
"""Of a small plan all that is free is planned anew where that gains this share of its value; an assumption."""
MOST_LOOKS = 2
"""So often refused orders of a large plan are planned anew at most, those for whom there is room; an assumption."""


@dataclass(frozen=True)
class Tries:
    """Plans of what happened, with more or less of the old one kept."""

    plan: HarvestPlan
    problem: PlanningProblem
    as_of: dt.datetime
    world: World
    standing: Sequence[Standing]
    time_limit_s: float | None
    seed: int

    def answer(self) -> tuple[HarvestPlan, PlanDifference]:
        """The best plan with what it changes, and the question that it answers."""
        found = self.best()
        out = {id(each) for each in found.loose}
        keeps = [each for each in self.world.keeps if id(each) not in out] if out else self.world.keeps
        standing = committed(keeps) if many(self.plan) else tuple(gathered(keeps))
        asked = self.asked.model_copy(update={"commitments": standing})
        told = found.plan.provenance.model_copy(update={"problem_sha256": fingerprint(asked, before=self.problem)})
        prices = standing_prices(self.plan, found.plan, self.as_of)
        plan = found.plan.model_copy(update={"shadow_prices": prices, "provenance": told})
        return remember(plan, asked), difference(self.plan, plan, self.standing, asked, others=found.others)

    @cached_property
    def asked(self) -> PlanningProblem:
        """The new question, without what is settled."""
        return _rebuilt(self.world, self.problem, self.as_of)

    @cached_property
    def meeting(self) -> Meeting:
        """Its field and network."""
        return Meeting(self.asked)

    @cached_property
    def fair_parts(self) -> dict[Owner, FairPart]:
        """What growers would ship of the whole question if all shipped alike."""
        return fair_parts(self.asked, states=PLANNED_STATES)

    @cached_property
    def had(self) -> Stock:
        """What the plan so far takes."""
        return Stock(self.problem, taken_by(self.plan, self.problem))

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What the plan so far refuses."""
        return missing_of(self.plan, self.asked)

    @cached_property
    def places(self) -> dict[str, int]:
        """Of the orders asked for, by id."""
        return dict(zip(field_of(self.asked.orders, "id"), count(), strict=False))

    @cached_property
    def keeps(self) -> dict[str, list[Standing]]:
        """Shipments that hold, by order."""
        found: dict[str, list[Standing]] = defaultdict(list)
        for each in self.world.keeps:
            found[each[0].order_id].append(each)
        return dict(found)

    @cached_property
    def carried(self) -> Carried:
        """What no event touches."""
        world = self.world
        return carried_of(self.plan, self.problem, world, world.keeps, asked=self.asked, order_ids=self.places)

    @cached_property
    def changed_batches(self) -> frozenset[str]:
        """Batches whose fruit, hands or local sales are not what they were."""
        changed = {table: changed_of(table, self.problem, self.world) for table in TABLES}
        return changed_batches(self.problem, self.asked, changed)

    def best(self) -> Try:
        """All that stands kept; or with some of it planned anew, where that is worth so much more."""
        first = self._tried()
        assert first is not None
        free = free_of(self.world)
        small = len(free) <= MOST_LOOSENED
        short = short_of(first.plan, self.world)
        near = short or at_stake(first.plan, self.asked, self.world, self.plan, kept=self.keeps)
        # Where very many are short, moving a few others helps little.
        helps = near and not (many(self.plan) and len(near) > MOST_LOOSENED)
        trips = usable(self.meeting, near) if helps else set[Trip]()
        around_it = Loosened(around(trips, free), selling_on(trips, self.plan), near)
        best = first
        if around_it.shipments or around_it.selling:
            more_vnd = 1.0 if short else WORTH_MOVING * abs(first.plan.value_vnd)
            best = self._better(first, best, around_it, more_vnd, again=small)
        all_free = Loosened(free, refused=could_be_helped(self.plan))
        if small and (len(around_it.shipments) < len(free) or not best.others.issuperset(all_free.refused)):
            best = self._better(first, best, all_free, WORTH_RENEWING * abs(best.plan.value_vnd), again=True)
        return self._filled(best) if many(self.plan) else best

    def _better(self, first: Try, best: Try, loosened: Loosened, more_vnd: float, *, again: bool) -> Try:
        """The best plan so far, or that in which some of it is planned anew, where it is worth so much more.

        Parameters
        ----------
        first : the plan that keeps all; what orders lose is counted against it.
        again : whether it is planned once more with the orders of those shipments first, where others lost by it.
        """
        price = self.problem.policy.drop_firm_cost_vnd_per_kg
        drop_vnd_per_kg = math.inf if price is None else price
        for firm in (frozenset[str](), loosened.order_ids):
            found = self._tried(loosened, first, firm)
            if found is None:
                break
            lost = lost_kg(first, found, self.world)
            dropped_vnd = drop_vnd_per_kg * sum(lost.values()) if lost else 0.0
            if found.worth_vnd - dropped_vnd > best.worth_vnd + more_vnd:
                return found
            if not lost or not again:
                break
        return best

    def _tried(
        self, loosened: Loosened | None = None, before: Try | None = None, firm: frozenset[str] = frozenset()
    ) -> Try | None:
        """A plan with some of what stands loosened; None: of a large plan, where no order that is short gets more.

        Parameters
        ----------
        before : a plan that keeps all of it.
        firm : ids of orders that are served before all others.
        """
        loosened = loosened or Loosened()
        if before is not None and many(self.plan):
            return self._on_top(before, loosened, firm)
        looked_at = at_first(self.plan, self.problem, self.world, as_of=self.as_of).union(loosened.refused)
        carried = self.carried.without(loosened.order_ids)
        changed, patience = {*self.changed_batches, *loosened.selling}, Patience(self.time_limit_s)
        while True:
            look = Look(carried.without(looked_at), self.had, changed, None)
            joining = self._joined(look, loosened.shipments, patience, firm)
            found = joining.plan()
            helped = helped_by_trips(self.plan, found) - looked_at
            if not helped:
                return self._try(found, joining, loosened.shipments, carried.others | looked_at)
            looked_at |= helped

    def _on_top(self, before: Try, loosened: Loosened, firm: frozenset[str]) -> Try | None:
        """A plan that keeps what another planned anew, but for what was short by it and what is loosened."""
        asked_for = loosened.order_ids.union(loosened.short)
        look = before.look(self.places, asked_for, frozenset(trips_of(before.plan)), selling=loosened.selling)
        joining = self._joined(look, loosened.shipments, Patience(self.time_limit_s), firm)
        if not serves_more(before.plan, joining.planned, loosened.short):
            return None
        return self._try(joining.plan(), joining, loosened.shipments, before.others | asked_for)

    def _filled(self, best: Try) -> Try:
        """With refused orders for whom it made room planned on top of it, as long as one of them gets more by that."""
        known, patience = frozenset[str](), Patience(self.time_limit_s)
        for _ in range(MOST_LOOKS):
            order_ids, trips = may_fit(lambda: self.missing, self.had, best.has, but=known)
            if not order_ids:
                break
            joining = self._joined(best.look(self.places, order_ids, trips), best.loose, patience)
            if not serves_more(best.plan, joining.planned, order_ids):
                break
            best = self._try(joining.plan(), joining, best.loose, best.others | order_ids)
            known |= order_ids
        return best

    def _joined(
        self, look: Look, loose: Sequence[Standing], patience: Patience, firm: frozenset[str] = frozenset()
    ) -> Joining:
        """What stays, with a plan of the rest.

        Parameters
        ----------
        loose : shipments that are not held.
        firm : ids of orders that are served before all others.
        """
        stays, has = look.stays, look.has
        out = {id(each) for each in loose}
        loosened = {each.shipment.order_id for each in loose}
        fast = {order_id: [each for each in self.keeps[order_id] if id(each) not in out] for order_id in loosened}
        keeps = ChainMap(fast, self.keeps)
        rest = rest_of(stays, self.asked, self.places, keeps, changed=look.changed, only=look.trips)
        held = has.taken.copy().count(stays.undone, rest.sold_again(stays.plan), has.problem, times=-1)
        planned = serving(firm, rest.problem, partial(self._planned, held, rest, patience))
        return Joining(stays, held, planned, rest, self.meeting)

    def _try(self, found: HarvestPlan, joining: Joining, loose: Sequence[Standing], others: frozenset[str]) -> Try:
        """That plan with the price of its changes."""
        cost_vnd = change_cost_vnd(self.plan, found, self.standing, self.asked, others=others)
        return Try(found, joining, loose, others, cost_vnd)

    def _planned(self, held: Taken, rest: Rest, patience: Patience, problem: PlanningProblem) -> HarvestPlan:
        """The plan of the rest, or of that problem in its stead."""
        only = roomy(rest, Stock(self.asked, held)) if many(self.plan) else rest.only

        def hold(used: Used, _: PlanningProblem) -> None:
            held.hold(used)
            # Growers have their fair parts of the whole question, towards which what is carried counts.
            used.fair.update(self.fair_parts)

        return planned_on(
            problem,
            only,
            patience=patience,
            seed=self.seed,
            hold=hold,
            reasons_on_demand=many(self.plan),
        )


def _rebuilt(world: World, problem: PlanningProblem, as_of: dt.datetime) -> PlanningProblem:
    tables: dict[str, Any] = {name: records_of(rows) for name, rows in world.tables.items()}
    fields = {name: getattr(problem, name) for name in type(problem).model_fields}
    moved = problem.model_copy(update={**tables, "as_of": as_of})
    horizon = as_of + dt.timedelta(days=problem.policy.horizon_days + 1)
    lanes = tables["lanes"]
    tables["lanes"] = tuple(lane for lane in lanes if departs(lane, moved, horizon))
    if problem.lanes and not tables["lanes"]:
        raise ValueError("lanes: after these events no lane departs within the horizon; state how goods travel")
    # What no event touches was judged when it came in.
    told = tuple(map(world.tables["orders"].__getitem__, sorted(world.touched)))
    judged = PlanningProblem(**fields | tables | {"as_of": as_of, "orders": told, "commitments": ()})
    if len(tables["lanes"]) < len(lanes):
        # Of lanes that have left for the last time those stay that goods on their way ride.
        ridden = {leg.lane_id for each in world.keeps if each.stand == "shipped" for leg in each.shipment.legs}
        known = {lane.id for lane in tables["lanes"]} | ridden
        judged = judged.model_copy(update={"lanes": tuple(lane for lane in lanes if lane.id in known)})
    return judged.holding("orders", world.tables["orders"])

"""What of a plan a re-plan carries over as it stands, so that only the rest is planned: records in, records out."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harvest_planner.planning import answer
from harvest_planner.planning.fairness import fair_parts
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.replan.happened import World
from harvest_planner.planning.replan.standing import ROW_FIELDS, Row, Standing, rows_of
from harvest_planner.planning.replan.untouched import Same
from harvest_planner.planning.report import fingerprint
from harvest_planner.planning.settled import PLANNED_STATES, Used
from harvest_planner.schema.plan import HarvestPlan, Pick, Refusal, ShadowPrice, Shipment
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.told_rows import field_of, picked
from harvest_planner.transit.instants import hours_of

KG_EPSILON = 1e-6
Trip = tuple[str, dt.date]


@dataclass(frozen=True)
class Carried:
    """Shipments and refusals that stay as they are, with the plan they come from."""

    plan: HarvestPlan
    shipments: tuple[Row, ...]
    refusals: tuple[int, ...]
    """Their places in `plan.refusals`."""

    @cached_property
    def order_ids(self) -> frozenset[str]:
        """The orders that need no planning."""
        ids = field_of(self.plan.refusals, "order_id")
        return frozenset((*(row.order_id for row in self.shipments), *(ids[at] for at in self.refusals)))

    @cached_property
    def trip_kg(self) -> dict[Trip, float]:
        """What the shipments weigh, by trip [kg]."""
        found: dict[Trip, float] = defaultdict(float)
        for row in self.shipments:
            found[row.trip] += row.kg
        return found

    def rest_of(self, asked: PlanningProblem) -> PlanningProblem:
        """The question without what is carried; what that uses is held by `hold`."""
        gone = self.order_ids
        return asked.model_copy(
            update={
                "orders": tuple(order for order in asked.orders if order.id not in gone),
                "commitments": tuple(each for each in asked.commitments if each.order_id not in gone),
            }
        )

    def hold(self, used: Used, problem: PlanningProblem, *, asked: PlanningProblem) -> None:
        """Count what the shipments use of fruit, hands, packing and departures, and the trips made for them.

        Parameters
        ----------
        problem, asked : the question without them and the whole one, by which growers have their fair parts.
        """
        used.fair.update(fair_parts(asked, states=PLANNED_STATES))
        for (batch_id, day), kg in self.trip_kg.items():
            batch = problem.batch(batch_id)
            used.days[batch_id].add(day)
            used.trips.add((batch_id, day))
            if day >= batch.observed_on:
                used.batch_kg[batch_id] += kg
            used.picker_kg[batch.grower_id, day] += kg
            used.packing_kg[problem.place(batch.place_id).id, day] += kg
            used.shipped_kg[batch.grower_id, batch.crop_id] += kg
        limited = {lane.id for lane in problem.lanes if lane.capacity_kg is not None}
        for row in self.shipments:
            for leg in row.legs:
                if leg.lane_id in limited:
                    used.departure_kg[leg.lane_id, hours_of(leg.departs_at)] += row.kg

    def joined(self, rest: HarvestPlan, meeting: Meeting, *, earlier: HarvestPlan | None = None) -> HarvestPlan:
        """The whole plan: the rest as planned, with what is carried.

        Parameters
        ----------
        meeting : of the question that it answers.
        earlier : a plan of the same question whose refusals stand for the rest's of the same orders and kilograms: it
            looked at all trips, and the rest at some.
        """
        asked = meeting.problem
        picks = tuple(self._picks(rest, asked))
        ours = {(pick.batch_id, pick.pick_on) for pick in rest.picks}
        costs = {trip: asked.batch(trip[0]).trip_cost_vnd for trip in self.trip_kg}
        carried_vnd = math.fsum(row.value_vnd for row in self.shipments)
        value = round(rest.value_vnd + carried_vnd - math.fsum(c for trip, c in costs.items() if trip not in ours), 2)
        bound = max(value, round(rest.bound_vnd + carried_vnd - math.fsum(costs.values()), 2))
        gap = (bound - value) / max(abs(bound), 1.0)
        # What there was no time for in the plan so far is carried as it is.
        unfinished = [each.status for each in ((rest, self.plan) if self.refusals else (rest,))]
        status = next((each for each in unfinished if each in ("time_limit", "interrupted")), _status(gap))
        left = {row.batch_id: row.left_kg for row in rest.batches}
        told = dict.fromkeys((*rest.warnings, *(each for each in self.plan.warnings if not each.startswith("order "))))
        return rest.model_copy(
            update={
                "status": status,
                "value_vnd": value,
                "bound_vnd": bound,
                "gap": gap,
                "batches": answer.batch_rows(picks, left, meeting),
                "picks": picks,
                "shipments": self._shipments(rest),
                "refusals": self._refusals(rest, earlier),
                "warnings": tuple(told),
                "provenance": rest.provenance.model_copy(update={"problem_sha256": fingerprint(asked)}),
            }
        )

    def _shipments(self, rest: HarvestPlan) -> Sequence[Shipment]:
        ways: dict[int, tuple[Any, ...]] = {}

        def rank(row: Row) -> tuple[Any, ...]:
            way = ways.get(id(row.legs))
            if way is None:
                departs, lanes = zip(*((leg.departs_at, leg.lane_id) for leg in row.legs), strict=True)
                way = ways[id(row.legs)] = departs + lanes
            return (row.order_id, row.pick_on, row.batch_id, len(way), way)

        ranked = [(rank(row), self.plan.shipments, row.at) for row in self.shipments]
        ranked += [(rank(row), rest.shipments, row.at) for row in rows_of(rest)]
        ranked.sort(key=lambda each: each[0])
        return picked([(rows, at) for _, rows, at in ranked], ROW_FIELDS)

    def _refusals(self, rest: HarvestPlan, earlier: HarvestPlan | None) -> Sequence[Refusal]:
        ids = field_of(self.plan.refusals, "order_id")
        ranked = [(ids[at], self.plan.refusals, at) for at in self.refusals]
        before = {} if earlier is None else {key: (earlier.refusals, at) for at, key in enumerate(_refused_of(earlier))}
        for at, key in enumerate(_refused_of(rest)):
            ranked.append((key[0], *before.get(key, (rest.refusals, at))))
        ranked.sort(key=lambda each: each[0])
        return picked([(rows, at) for _, rows, at in ranked], ("order_id", "kg"))

    def _picks(self, rest: HarvestPlan, asked: PlanningProblem) -> Iterable[Pick]:
        planned = {(pick.batch_id, pick.pick_on): pick for pick in rest.picks}
        before = {(pick.batch_id, pick.pick_on): pick for pick in self.plan.picks}
        rows: dict[Trip, list[Row]] = defaultdict(list)
        for row in self.shipments:
            rows[row.trip].append(row)
        for trip in sorted({*planned, *rows}, key=lambda trip: (trip[1], trip[0])):
            if trip not in rows:
                yield planned[trip]
            else:
                yield _together(before[trip], rows[trip], planned.get(trip), asked)


def _together(before: Pick, rows: Sequence[Row], planned: Pick | None, asked: PlanningProblem) -> Pick:
    """A trip's pick: what is carried of it, and what is planned on it."""
    ids = {row.order_id for row in rows}
    if planned is None and not before.surplus_kg and ids == set(before.order_ids):
        return before
    ends = {asked.place(asked.order(order_id).destination_id).id for order_id in ids}
    own_kg, surplus_kg = (planned.kg, planned.surplus_kg) if planned else (0.0, 0.0)
    kg = math.fsum(row.kg for row in rows) + own_kg
    return (planned or before).model_copy(
        update={
            "kg": round(kg, answer.KG_DIGITS),
            "surplus_kg": surplus_kg,
            "order_ids": tuple(sorted(ids.union(planned.order_ids if planned else ()))),
            "destination_ids": tuple(sorted(ends.union(planned.destination_ids if planned else ()))),
        }
    )


def _refused_of(plan: HarvestPlan) -> Iterator[tuple[str, float]]:
    """The order and the kilograms of each refusal."""
    return zip(*(field_of(plan.refusals, name) for name in ("order_id", "kg")), strict=True)


def _status(gap: float) -> str:
    return "optimal" if gap <= 1e-9 else "within_gap"


def carried_of(
    plan: HarvestPlan,
    problem: PlanningProblem,
    world: World,
    keeps: Iterable[Standing],
    *,
    asked: PlanningProblem,
    again: Collection[str],
) -> Carried:
    """What stays as it is: shipments that no event touches, and refusals that still hold.

    Parameters
    ----------
    asked : the question of the new plan; what rides a lane that departs no more is not carried.
    again : ids of refused orders that are planned anew.
    """
    same, as_of = Same.of(problem, world, asked), asked.as_of
    still = defaultdict(list)
    for each in keeps:
        still[each.shipment.order_id].append(each)
    rows = Counter(field_of(plan.shipments, "order_id"))
    stays = {
        order_id
        for order_id, parts in still.items()
        if len(parts) == rows[order_id] and order_id not in world.touched and all(map(same.holds, parts))
    }
    ids = field_of(plan.refusals, "order_id")
    refused = [at for at in _refused(ids, problem, world, as_of) if ids[at] not in again]
    stays -= set(ids) - {ids[at] for at in refused}
    alone = {order_id for order_id in still.keys() | rows.keys() if order_id not in stays}
    return Carried(
        plan,
        tuple(row for parts in still.values() for row, *_ in parts if isinstance(row, Row) and row.order_id in stays),
        tuple(at for at in refused if ids[at] not in alone),
    )


def all_but(found: HarvestPlan, order_ids: Collection[str]) -> Carried:
    """All of a plan of the same question stays, but some orders that are planned anew."""
    refused = enumerate(field_of(found.refusals, "order_id"))
    return Carried(
        found,
        tuple(row for row in rows_of(found) if row.order_id not in order_ids),
        tuple(at for at, order_id in refused if order_id not in order_ids),
    )


def _refused(ids: Sequence[str], problem: PlanningProblem, world: World, as_of: dt.datetime) -> Iterator[int]:
    """Places of refusals of orders that are planned yet, and that no event touches."""
    for at, order_id in enumerate(ids):
        order = problem.order(order_id)
        passed = order.confirm_by_at is not None and problem.as_of <= order.confirm_by_at < as_of
        if order_id not in world.touched and order.state in PLANNED_STATES and not passed:
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

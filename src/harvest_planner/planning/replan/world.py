"""The tables of a problem while events change them, and what has become of the plan's shipments."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harvest_planner.catalogue import nearest
from harvest_planner.errors import UnknownIdError
from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.replan.standing import Stand, Standing, rows_for
from harvest_planner.schema.by_id import ById
from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.plan import HarvestPlan, Surplus
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.told_rows import field_of

KG_EPSILON = 1e-6


@dataclass(frozen=True)
class World:
    """The tables of a problem while events change them, and what the plan's shipments have become.

    Attributes
    ----------
    tables : rows by id.
    keeps : shipments that still hold.
    undone : those that an event has made impossible or uncertain, to be planned anew.
    touched : ids of orders that an event names or undoes.
    """

    tables: Mapping[str, Mapping[str, Any]]
    keeps: tuple[Standing, ...]
    undone: tuple[Standing, ...] = ()
    touched: frozenset[str] = frozenset()
    as_of: dt.datetime | None = None

    def row(self, table: str, row_id: str) -> Any:
        """A row that an event names. Raises UnknownIdError."""
        rows = self.tables[table]
        if row_id not in rows:
            kind = table.removesuffix("es" if table == "batches" else "s")
            raise UnknownIdError(kind, row_id, nearest(row_id, rows))
        return rows[row_id]

    def changed(self, table: str, row: Any, **fields: Any) -> World:
        """With some fields of a row replaced, checked anew."""
        whole = type(row).model_validate({**dict(row), **fields})
        return self.holding(table, {row.id: whole})

    def holding(self, table: str, records: Mapping[str, Any]) -> World:
        """With some rows of a table replaced or added; where it is kept by columns it stays so."""
        rows = self.tables[table]
        changed = rows.with_rows(records) if isinstance(rows, ById) else {**rows, **records}
        return replace(self, tables={**self.tables, table: changed})

    def undo(self, which: Callable[[Standing], bool]) -> World:
        """With some shipments undone; goods that are picked or on their way stay as they are."""
        return self._without(which, ("free", "frozen"))

    def freed(self, which: Callable[[Standing], bool]) -> World:
        """As `undo`, but picks inside the fence stay: only how their goods travel is looked at again."""
        return self._without(which, ("free",), loosened=("frozen", "picked"))

    def _without(
        self, which: Callable[[Standing], bool], undone: tuple[Stand, ...], *, loosened: tuple[Stand, ...] = ()
    ) -> World:
        """With some shipments undone, and others of them no longer taken to travel as planned, by where they stand."""
        gone: list[Standing] = []
        keeps: list[Standing] = []
        for each in self.keeps:
            stand = each.stand
            if stand in undone and which(each):
                gone.append(each)
            elif stand in loosened and which(each):
                keeps.append(each._replace(as_planned=False))
            else:
                keeps.append(each)
        return replace(
            self,
            keeps=tuple(keeps),
            undone=(*self.undone, *gone),
            touched=self.touched | {each.shipment.order_id for each in gone},
        )

    def picked_off(self, picked: Iterable[tuple[str, dt.date, float]]) -> World:
        """With so much less on the trees, by batch and day [kg], which no shipment tells of."""
        left: dict[str, Any] = {}
        for batch_id, pick_on, kg in picked:
            batch = left.get(batch_id) or self.row("batches", batch_id)
            if kg > KG_EPSILON and pick_on >= batch.observed_on:
                left[batch_id] = batch.model_copy(update={"quantity_kg": max(0.0, batch.quantity_kg - kg)})
        return self.holding("batches", left) if left else self

    def left_behind(self, lane_id: str, on: dt.date) -> World:
        """With goods picked and waiting that were taken for shipped: a truck of a past day is told not to have left."""
        assert self.as_of is not None
        as_of, keeps = self.as_of, list(self.keeps)
        for at, (goods, stand, *_) in enumerate(keeps if on <= as_of.date() else ()):
            first = goods.legs[0]
            of_truck = stand == "shipped" and (first.lane_id, first.departs_at.date()) == (lane_id, on)
            if of_truck and as_of.astimezone(first.departs_at.tzinfo).date() > on:
                keeps[at] = keeps[at]._replace(stand="picked", as_planned=False)
        return replace(self, keeps=tuple(keeps))


def world_of(problem: PlanningProblem, plan: HarvestPlan, standing: Iterable[Standing], *, as_of: dt.datetime) -> World:
    """The problem's tables by id, at the new moment, and what is kept of the plan.

    What is picked and stands in no shipment hangs there no more: what was to be sold locally, and goods that no journey
    could carry. Orders that lack these are planned anew.
    """
    names = ("crops", "places", "growers", "batches", "orders", "lanes")
    world = World({name: problem.rows(name) for name in names}, tuple(standing), as_of=as_of)
    sold = ((each.batch_id, each.pick_on, each.kg) for each in plan.surplus if _begins(each, problem) < as_of)
    lost = tuple(_lost(plan, problem, as_of))
    world = world.picked_off((*sold, *((each.batch_id, each.pick_on, kg) for each, kg in lost)))
    refused = frozenset(field_of(plan.refusals, "order_id")) if lost else frozenset[str]()
    return replace(world, touched=refused.intersection(each.order_id for each, _ in lost))


def _begins(picked: Surplus | Commitment, problem: PlanningProblem) -> dt.datetime:
    return FieldBatch.of(problem.batch(picked.batch_id), problem).pick_day(picked.pick_on).from_at


def _lost(plan: HarvestPlan, problem: PlanningProblem, as_of: dt.datetime) -> Iterator[tuple[Commitment, float]]:
    """Commitments that are picked and that the plan ships nothing or less of, each with what is missing [kg]."""
    given: Sequence[Commitment] = problem.commitments
    if not given:
        return
    whole = set(field_of(plan.shipments, "order_id")) - set(field_of(plan.refusals, "order_id"))
    open_ones = [given[at] for at, order_id in enumerate(field_of(given, "order_id")) if order_id not in whole]
    shipped_kg: dict[tuple[str, str, dt.date], float] = defaultdict(float)
    for row in rows_for(plan, {each.order_id for each in open_ones}):
        shipped_kg[row.order_id, *row.trip] += row.kg
    for each in open_ones:
        key = (each.order_id, each.batch_id, each.pick_on)
        kept_kg = min(each.kg, shipped_kg[key])
        shipped_kg[key] -= kept_kg
        picked = each.state != "frozen" or _begins(each, problem) < as_of
        if picked and each.kg - kept_kg > KG_EPSILON:
            yield each, each.kg - kept_kg

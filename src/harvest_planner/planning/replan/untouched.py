"""Which shipments no event touches: every figure of theirs is what it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.replan.standing import Row, Standing
from harvest_planner.planning.replan.world import World
from harvest_planner.schema.clock import repeats_alike, zone
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.plan import Leg
from harvest_planner.schema.problem import PlanningProblem

KG_EPSILON = 1e-6
TABLES = ("crops", "places", "growers", "batches", "lanes")
NO_FIGURE = {"places": "closed_on", "growers": "rest_days", "batches": "quantity_kg", "lanes": "rests_on"}
"""Of each table the field on which no figure of a shipment hangs: it tells whether it may be made, and how much."""


@dataclass(frozen=True)
class Same:
    """What is as it was when the plan was made, asked shipment by shipment and known by what they share.

    Attributes
    ----------
    changed : ids of the rows of each table of which events changed what figures hang on.
    resting : batches, as the new question knows them, whose grower or place has other days of rest than before.
    rests : new days of rest of lanes of which nothing else changed.
    fixed : lanes that leave at the same instants as before.
    dated : lanes whose departures stand in the timetable however late it is.
    """

    problem: PlanningProblem
    changed: Mapping[str, frozenset[str]]
    resting: Mapping[str, FieldBatch]
    rests: Mapping[str, frozenset[dt.date]]
    fixed: frozenset[str]
    dated: frozenset[str]
    as_of: dt.datetime
    _batches: dict[str, bool] = field(default_factory=dict)
    _ways: dict[int, bool] = field(default_factory=dict)
    """By the identity of the legs, which the plan keeps."""

    @classmethod
    def of(cls, problem: PlanningProblem, world: World, asked: PlanningProblem) -> Same:
        """As seen from the new question."""
        departing = {lane.id for lane in asked.lanes}
        lanes = [lane for lane in problem.lanes if lane.id in departing]
        fixed = frozenset(lane.id for lane in lanes if _same_departures(lane, problem, asked.as_of))
        dated = frozenset(
            lane.id for lane in lanes if "DTSTART" in lane.departures.upper() or repeats_alike(lane.departures)
        )
        other = {table: changed_of(table, problem, world) for table in TABLES}
        changed = {table: frozenset(_refigured(table, other[table], problem, world)) for table in TABLES}
        days = {table: other[table] - changed[table] for table in TABLES}
        resting = {
            batch.id: FieldBatch.of(batch, asked)
            for batch in asked.batches
            if batch.grower_id in days["growers"] or asked.place(batch.place_id).id in days["places"]
        }
        rests = {lane.id: lane.rest_dates() for lane in asked.lanes if lane.id in days["lanes"]}
        return cls(problem, changed, resting, rests, fixed, dated, asked.as_of)

    def others(self, keeps: Iterable[Standing]) -> Iterator[str]:
        """Orders of shipments some figure of which is not what it was, or that ride what departs no more."""
        ways, batches, resting, places = self._ways, self._batches, self.resting, self.changed["places"]
        for row, _, kg, _, as_planned in keeps:
            if not as_planned or not isinstance(row, Row):
                yield row.order_id
                continue
            _, order_id, batch_id, pick_on, planned_kg, legs, _ = row
            way = ways.get(id(legs))
            if way is None:
                way = ways[id(legs)] = all(map(self._rides, legs)) and self._departs(legs)
            batch = batches.get(batch_id)
            if batch is None:
                batch = batches[batch_id] = self._hangs(self.problem.batch(batch_id))
            rests = batch_id in resting and resting[batch_id].rests_on(pick_on)
            same = way and batch and not rests and abs(kg - planned_kg) <= KG_EPSILON
            if not same or (places and not self._reaches(order_id)):
                yield order_id

    def _hangs(self, batch: Batch) -> bool:
        changed = self.changed
        return (
            batch.id not in changed["batches"]
            and batch.crop_id not in changed["crops"]
            and batch.grower_id not in changed["growers"]
            and self.problem.place(batch.place_id).id not in changed["places"]
        )

    def _reaches(self, order_id: str) -> bool:
        return self.problem.place(self.problem.order(order_id).destination_id).id not in self.changed["places"]

    def _rides(self, leg: Leg) -> bool:
        """Whether a leg's departure is what it was: a rule without a start begins on as_of's date."""
        if leg.lane_id in self.changed["lanes"] or (self.problem.lanes and leg.lane_id not in self.fixed):
            return False
        today = self.as_of.astimezone(leg.departs_at.tzinfo).date()
        return leg.departs_at.date() >= today or leg.lane_id in self.dated

    def _departs(self, legs: Sequence[Leg]) -> bool:
        """Whether lanes with new days of rest leave all the same: the first as planned, others whatever is missed."""
        first, *others = legs
        own = self.rests.get(first.lane_id, ())
        leaves = first.departs_at < self.as_of or first.departs_at.date() not in own
        return leaves and not any(leg.lane_id in self.rests for leg in others)


def changed_of(table: str, problem: PlanningProblem, world: World) -> frozenset[str]:
    """Ids of the table's rows that events changed."""
    before = {row.id: row for row in getattr(problem, table)}
    after = world.tables[table]
    return frozenset(row_id for row_id in before.keys() | after.keys() if before.get(row_id) is not after.get(row_id))


def _refigured(table: str, ids: Iterable[str], problem: PlanningProblem, world: World) -> Iterator[str]:
    """Rows of those that are not as they were but for the field on which no figure hangs."""
    before: dict[str, Any] = {row.id: row for row in getattr(problem, table)}
    if table == "places":
        # One of the catalogue enters the table when it is closed first.
        before = {row_id: problem.place(row_id) for row_id in ids} | before
    name, after = NO_FIGURE.get(table), world.tables[table]
    for row_id in ids:
        was, now = before.get(row_id), after.get(row_id)
        if name is None or was is None or now is None or now.model_copy(update={name: getattr(was, name)}) != was:
            yield row_id


def _same_departures(lane: Lane, problem: PlanningProblem, as_of: dt.datetime) -> bool:
    """Whether the lane leaves at the same instants seen from the new moment: a rule may start on as_of's date."""
    local = zone(problem.place(lane.origin_id).timezone)
    if as_of.astimezone(local).date() == problem.as_of.astimezone(local).date():
        return True
    return "DTSTART" in lane.departures.upper() or repeats_alike(lane.departures)

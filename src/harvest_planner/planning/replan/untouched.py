"""Which shipments no event touches: every figure of theirs is what it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harvest_planner.planning.replan.happened import World
from harvest_planner.planning.replan.standing import Row, Standing
from harvest_planner.schema.clock import zone
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.plan import Leg
from harvest_planner.schema.problem import PlanningProblem

KG_EPSILON = 1e-6
TABLES = ("crops", "places", "growers", "batches", "lanes")


@dataclass(frozen=True)
class Same:
    """What is as it was when the plan was made, asked shipment by shipment and known by what they share.

    Attributes
    ----------
    changed : ids of the rows of each table that events changed.
    fixed : lanes that leave at the same instants as before.
    dated : lanes whose departures stand in the timetable however late it is.
    """

    problem: PlanningProblem
    changed: Mapping[str, frozenset[str]]
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
        dated = frozenset(lane.id for lane in lanes if "DTSTART" in lane.departures.upper())
        changed = {table: changed_of(table, problem, world) for table in TABLES}
        return cls(problem, changed, fixed, dated, asked.as_of)

    def others(self, keeps: Iterable[Standing]) -> Iterator[str]:
        """Orders of shipments some figure of which is not what it was, or that ride what departs no more."""
        ways, batches, places = self._ways, self._batches, self.changed["places"]
        for row, _, kg, _, as_planned in keeps:
            if not as_planned or not isinstance(row, Row) or abs(kg - row.kg) > KG_EPSILON:
                yield row.order_id
                continue
            legs, batch_id = row.legs, row.batch_id
            way = ways.get(id(legs))
            if way is None:
                way = ways[id(legs)] = all(map(self._rides, legs))
            batch = batches.get(batch_id)
            if batch is None:
                batch = batches[batch_id] = self._hangs(self.problem.batch(batch_id))
            if not way or not batch or (places and not self._reaches(row.order_id)):
                yield row.order_id

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


def changed_of(table: str, problem: PlanningProblem, world: World) -> frozenset[str]:
    """Ids of the table's rows that events changed."""
    before = {row.id: row for row in getattr(problem, table)}
    after = world.tables[table]
    return frozenset(row_id for row_id in before.keys() | after.keys() if before.get(row_id) is not after.get(row_id))


def _same_departures(lane: Lane, problem: PlanningProblem, as_of: dt.datetime) -> bool:
    """Whether the lane leaves at the same instants seen from the new moment: a rule may start on as_of's date."""
    local = zone(problem.place(lane.origin_id).timezone)
    if as_of.astimezone(local).date() == problem.as_of.astimezone(local).date():
        return True
    text = lane.departures.upper()
    if "DTSTART" in text:
        return True
    free = "INTERVAL" not in text and "COUNT" not in text
    return free and ("FREQ=DAILY" in text or ("FREQ=WEEKLY" in text and "BYDAY" in text))

"""What shipments and local sales take of fruit, hands, packing and departures, counted once and changed row by row."""

from __future__ import annotations

import datetime as dt
import weakref
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from harvest_planner.planning.fairness import Owner
from harvest_planner.planning.replan.standing import Row, rows_of
from harvest_planner.planning.settled import Used
from harvest_planner.schema.plan import HarvestPlan, Leg, Surplus
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.transit.instants import hours_of

Trip = tuple[str, dt.date]


def taken_by(plan: HarvestPlan, problem: PlanningProblem) -> Taken:
    """What a plan takes of the problem it answers; of many rows that are made on demand it is kept with them."""
    rows = plan.shipments
    if not isinstance(rows, MadeRows):
        return Taken().count(rows_of(plan), plan.surplus, problem)
    of, surplus, found = rows.derived.get("taken", (None, None, None))
    if of is None or of() is not problem or surplus is not plan.surplus:
        found = Taken().count(rows_of(plan), plan.surplus, problem)
        rows.derived["taken"] = (weakref.ref(problem), plan.surplus, found)
    assert isinstance(found, Taken)
    return found


@dataclass
class Taken:
    """What is taken [kg], and how many shipments and sales each trip is made for."""

    batch_kg: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    picker_kg: dict[tuple[str, dt.date], float] = field(default_factory=lambda: defaultdict(float))
    packing_kg: dict[tuple[str, dt.date], float] = field(default_factory=lambda: defaultdict(float))
    departure_kg: dict[tuple[str, float], float] = field(default_factory=lambda: defaultdict(float))
    """Of departures whose room is limited."""
    shipped_kg: dict[Owner, float] = field(default_factory=lambda: defaultdict(float))
    """By grower and crop, local sales not counted."""
    made_for: dict[Trip, int] = field(default_factory=lambda: defaultdict(int))

    def copy(self) -> Taken:
        """The same, to be changed."""
        return Taken(
            self.batch_kg.copy(),
            self.picker_kg.copy(),
            self.packing_kg.copy(),
            self.departure_kg.copy(),
            self.shipped_kg.copy(),
            self.made_for.copy(),
        )

    def count(self, rows: Iterable[Row], sold: Iterable[Surplus], problem: PlanningProblem, *, times: int = 1) -> Taken:
        """Itself with those counted in, or out of it where `times` is −1, as the problem knows their batches."""
        trip_kg: dict[Trip, float] = defaultdict(float)
        ways: dict[int, tuple[Leg, ...]] = {}
        way_kg: dict[int, float] = defaultdict(float)
        for _, _, batch_id, day, kg, legs, _ in rows:
            trip = (batch_id, day)
            trip_kg[trip] += kg
            self.made_for[trip] += times
            # A way is told by its legs, which a plan keeps.
            ways[id(legs)] = legs
            way_kg[id(legs)] += kg
        for (batch_id, day), kg in trip_kg.items():
            batch = problem.batch(batch_id)
            self._pick(batch_id, day, times * kg, problem)
            self.packing_kg[problem.place(batch.place_id).id, day] += times * kg
            self.shipped_kg[batch.grower_id, batch.crop_id] += times * kg
        for each in sold:
            self.made_for[each.batch_id, each.pick_on] += times
            self._pick(each.batch_id, each.pick_on, times * each.kg, problem)
        limited = {lane.id for lane in problem.lanes if lane.capacity_kg is not None}
        for key, legs in ways.items():
            for leg in legs:
                if leg.lane_id in limited:
                    self.departure_kg[leg.lane_id, hours_of(leg.departs_at)] += times * way_kg[key]
        return self

    def _pick(self, batch_id: str, day: dt.date, kg: float, problem: PlanningProblem) -> None:
        batch = problem.batch(batch_id)
        self.picker_kg[batch.grower_id, day] += kg
        if day >= batch.observed_on:
            self.batch_kg[batch_id] += kg

    @property
    def trips(self) -> set[Trip]:
        """The trips that are made."""
        return {trip for trip, count in self.made_for.items() if count > 0}

    @property
    def days(self) -> dict[str, set[dt.date]]:
        """The days on which each batch is picked."""
        found: dict[str, set[dt.date]] = defaultdict(set)
        for batch_id, day in self.trips:
            found[batch_id].add(day)
        return found

    def hold(self, used: Used) -> None:
        """Count all of it as used."""
        for batch_id, day in self.trips:
            used.days[batch_id].add(day)
            used.trips.add((batch_id, day))
        for mine, theirs in (
            (self.batch_kg, used.batch_kg),
            (self.picker_kg, used.picker_kg),
            (self.packing_kg, used.packing_kg),
            (self.departure_kg, used.departure_kg),
            (self.shipped_kg, used.shipped_kg),
        ):
            for key, kg in mine.items():
                theirs[key] += kg  # type: ignore[index]

"""What the rest of a plan occupies, seen from one of its shipments: hands, packing, departures and trips."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import NamedTuple

from harvest_planner.planning.answer import legs_of
from harvest_planner.planning.candidates import Candidate
from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.planning.leftover import KG_EPSILON
from harvest_planner.planning.meeting import Meeting
from harvest_planner.schema.plan import HarvestPlan, Pick, Shipment
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.instants import hours_of

CAPACITIES = ("picker_capacity", "packing_capacity", "lane_capacity")


class _Surplus(NamedTuple):
    """Fruit for the local market on a trip: what it brings beyond its worth on the tree [VND/kg], and how much."""

    margin_vnd: float
    batch_id: str
    kg: float


class Occupied:
    """A plan without one of its shipments, as far as that shipment's batch, grower, place and lanes are concerned."""

    def __init__(self, plan: HarvestPlan, shipment: Shipment, meeting: Meeting) -> None:
        self._meeting, self._shipment = meeting, shipment
        self._field: FieldBatch = meeting.fields[0]
        self._loaded: dict[tuple[str, int], float] = defaultdict(float)
        self._packed: dict[dt.date, float] = defaultdict(float)
        self._picked: dict[dt.date, float] = defaultdict(float)
        self._surplus: dict[dt.date, list[_Surplus]] = defaultdict(list)
        self.trip_kg: dict[dt.date, float] = defaultdict(float)
        """What the batch's other fruit weighs, by day [kg]."""
        self.surplus_kg: dict[dt.date, float] = defaultdict(float)
        """The part of it for the local market [kg]."""
        self._count(plan, meeting.problem)
        self._leave_out(shipment)

    def _count(self, plan: HarvestPlan, problem: PlanningProblem) -> None:
        known = set()
        for row in plan.shipments:
            known.add((row.order_id, row.batch_id, row.pick_on))
            for leg in row.legs:
                self._loaded[leg.lane_id, _second(hours_of(leg.departs_at))] += row.kg
            if self._packs_with(problem, row.batch_id):
                self._packed[row.pick_on] += row.kg
        for pick in plan.picks:
            if pick.batch_id == self._field.batch.id:
                self.trip_kg[pick.pick_on] += pick.kg
                self.surplus_kg[pick.pick_on] += pick.surplus_kg
            if pick.grower_id == self._field.grower.id:
                self._picked[pick.pick_on] += pick.kg
                self._surplus[pick.pick_on].append(self._surplus_of(problem, pick))
        for settled in problem.commitments:
            if (settled.order_id, settled.batch_id, settled.pick_on) in known:
                continue
            if settled.batch_id == self._field.batch.id:
                self.trip_kg[settled.pick_on] += settled.kg
            if problem.batch(settled.batch_id).grower_id == self._field.grower.id:
                self._picked[settled.pick_on] += settled.kg
            if self._packs_with(problem, settled.batch_id):
                self._packed[settled.pick_on] += settled.kg

    def _packs_with(self, problem: PlanningProblem, batch_id: str) -> bool:
        limited = self._field.place.packing_kg_per_day is not None
        return limited and problem.place(problem.batch(batch_id).place_id).id == self._field.place.id

    def _surplus_of(self, problem: PlanningProblem, pick: Pick) -> _Surplus:
        field = self._field
        if pick.batch_id != field.batch.id and pick.surplus_kg > KG_EPSILON:
            field = FieldBatch.of(problem.batch(pick.batch_id), problem, self._meeting.ambient)
        kept = field.kept_vnd_per_kg(problem.policy.terminal_share)
        return _Surplus(max(0.0, field.batch.surplus_price_vnd_per_kg - kept), pick.batch_id, pick.surplus_kg)

    def _leave_out(self, shipment: Shipment) -> None:
        for leg in shipment.legs:
            self._loaded[leg.lane_id, _second(hours_of(leg.departs_at))] -= shipment.kg
        self._packed[shipment.pick_on] -= shipment.kg
        self._picked[shipment.pick_on] -= shipment.kg
        self.trip_kg[shipment.pick_on] -= shipment.kg

    def short_of(self, candidate: Candidate) -> dict[str, tuple[str, dt.date, float]]:
        """The capacities that have no room for the shipment: resource, its day, and the room [kg]; by refusal code.

        What the grower picks for the local market that day gives way.
        """
        field, day, kg = self._field, candidate.entry.trip.day.pick_on, self._shipment.kg
        short: dict[str, tuple[str, dt.date, float]] = {}
        packing = field.place.packing_kg_per_day
        if kg > (room := self._hands_kg(day)) + KG_EPSILON:
            short["picker_capacity"] = (f"picker:{field.grower.id}", day, room)
        if packing is not None and kg > (room := packing - self._packed[day]) + KG_EPSILON:
            short["packing_capacity"] = (f"packing:{field.place.id}", day, room)
        for leg, planned in zip(candidate.journey.legs, self._legs(candidate), strict=True):
            most = self._meeting.lanes[leg.lane_id].capacity_kg
            room = math.inf if most is None else most - self._loaded[leg.lane_id, _second(leg.departs_h)]
            if kg > room + KG_EPSILON and "lane_capacity" not in short:
                short["lane_capacity"] = (f"departure:{leg.lane_id}", planned, room)
        return short

    def _legs(self, candidate: Candidate) -> list[dt.date]:
        """Local dates of the planned departures."""
        meeting = self._meeting
        return [leg.departs_at.date() for leg in legs_of(candidate.journey, meeting.lanes, meeting.problem.place)]

    def may_make(self, day: PickDay) -> bool:
        """Whether the batch has a trip that day, or may have one for the shipment beside its others."""
        left = self._field.batch.quantity_kg - math.fsum(self.trip_kg.values())
        needed = self._picked_kg(day.pick_on)
        if needed + self._filler_here_kg() > left + KG_EPSILON or needed > self._hands_kg(day.pick_on) + KG_EPSILON:
            return False
        if self.trip_kg[day.pick_on] > KG_EPSILON:
            return True
        batch, most = self._field.batch, self._meeting.problem.policy.max_picks_per_batch
        others = [other for other, kg in self.trip_kg.items() if kg > KG_EPSILON]
        if most is not None and len(others) + 1 > most:
            return False
        return not any(abs((day.pick_on - other).days) < batch.days_between_picks for other in others)

    def _hands_kg(self, day: dt.date) -> float:
        """What the grower can still pick that day, fruit for the local market giving way [kg]."""
        hands = self._field.grower.pick_capacity_kg_per_day
        if hands is None:
            return math.inf
        return hands - self._picked[day] + math.fsum(surplus.kg for surplus in self._surplus[day])

    def _picked_kg(self, day: dt.date) -> float:
        """What the shipment needs picked that day: on a trip of its own at least the trip's least kg [kg]."""
        own = self.trip_kg[day] <= KG_EPSILON
        return max(self._shipment.kg, self._field.batch.min_trip_kg if own else 0.0)

    def _filler_here_kg(self) -> float:
        """What the trip that the shipment leaves then lacks to its least kg; 0 where it carries no other order [kg]."""
        rest = self.trip_kg[self._shipment.pick_on]
        if rest - self.surplus_kg[self._shipment.pick_on] <= KG_EPSILON:
            return 0.0
        return max(0.0, self._field.batch.min_trip_kg - rest)

    def trips_vnd(self, day: dt.date) -> float:
        """What moving the shipment to that day costs in trips and in fruit of the local market that gives way [VND]."""
        batch, here = self._field.batch, self._shipment.pick_on
        kept = self._field.kept_vnd_per_kg(self._meeting.problem.policy.terminal_share)
        filler = kept - batch.surplus_price_vnd_per_kg
        cost = self._filler_here_kg() * filler
        if self.trip_kg[day] <= KG_EPSILON:
            cost += batch.trip_cost_vnd + (self._picked_kg(day) - self._shipment.kg) * filler
        if self.trip_kg[here] - self.surplus_kg[here] > KG_EPSILON:
            return cost + self._given_way_vnd(day, stays=True)
        # Without the shipment the trip is for the local market alone: it is left, or it stays if it brings enough.
        left = self._given_way_vnd(day, stays=False) - batch.trip_cost_vnd - self.surplus_kg[here] * filler
        if self.trip_kg[here] <= KG_EPSILON or self.trip_kg[here] < batch.min_trip_kg - KG_EPSILON:
            return cost + left
        return cost + min(left, self._given_way_vnd(day, stays=True))

    def _given_way_vnd(self, day: dt.date, *, stays: bool) -> float:
        """What the fruit for the local market that gives way that day would bring [VND].

        Parameters
        ----------
        stays : whether the trip that the shipment leaves is still made. What gives way on a batch that is picked on
            that day too is sold from there: the shipment left its room.
        """
        hands = self._field.grower.pick_capacity_kg_per_day
        missing = 0.0 if hands is None else max(0.0, self._picked[day] + self._picked_kg(day) - hands)
        here = {surplus.batch_id for surplus in self._surplus[self._shipment.pick_on]}
        if not stays:
            here.discard(self._field.batch.id)
        cost = 0.0
        for margin, batch_id, kg in sorted(self._surplus[day]):
            taken = min(missing, kg)
            cost, missing = cost + taken * (0.0 if batch_id in here else margin), missing - taken
        return cost


def _second(hours: float) -> int:
    """A departure by its second, as records write it."""
    return round(hours * 3600.0)

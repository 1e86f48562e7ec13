"""The plan added up: what is shipped, picked, packed and loaded, and what of it commitments had settled."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import TypeVar

from harvest_planner.planning.referee.case import PLANNED, Case
from harvest_planner.planning.referee.finding import KG
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.schema.goods import Batch, Commitment, Order
from harvest_planner.schema.plan import HarvestPlan, Shipment, Surplus

Trip = tuple[str, dt.date]
_Key = TypeVar("_Key", bound=Hashable)


class Ledger:
    """Kilograms of a plan by whatever limits them. Rows that name unknown records are left out."""

    def __init__(self, plan: HarvestPlan, case: Case) -> None:
        self.plan, self.case = plan, case
        self.shipments = tuple(
            row for row in plan.shipments if row.order_id in case.orders and row.batch_id in case.batches
        )
        self.surplus = tuple(row for row in plan.surplus if row.batch_id in case.batches)

    @cached_property
    def _settled(self) -> tuple[frozenset[int], tuple[Commitment, ...]]:
        """Which shipments (by place in the table) are commitments, and the commitments that nothing carries."""
        rows: dict[tuple[str, str, dt.date], list[int]] = defaultdict(list)
        for index, row in enumerate(self.shipments):
            rows[row.order_id, row.batch_id, row.pick_on].append(index)
        kept: set[int] = set()
        missing = []
        for key, commitments in self.case.committed.items():
            for commitment in commitments:
                own = next(
                    (i for i in rows[key] if abs(self.shipments[i].kg - commitment.kg) <= KG and i not in kept), None
                )
                if own is None:
                    missing.append(commitment)
                else:
                    kept.add(own)
        return frozenset(kept), tuple(missing)

    def is_settled(self, index: int) -> bool:
        """Whether the shipment at that place of `shipments` keeps a commitment."""
        return index in self._settled[0]

    @property
    def unkept(self) -> tuple[Commitment, ...]:
        """Commitments that no shipment keeps."""
        return self._settled[1]

    @cached_property
    def free_rows(self) -> tuple[Shipment, ...]:
        """Shipments that the plan chose itself."""
        return tuple(row for index, row in enumerate(self.shipments) if not self.is_settled(index))

    @cached_property
    def trip_kg(self) -> dict[Trip, float]:
        """Kilograms of every trip, by batch and day."""
        rows: list[Shipment | Surplus] = [*self.shipments, *self.surplus]
        return _sums(((row.batch_id, row.pick_on), row.kg) for row in rows)

    @cached_property
    def chosen_trips(self) -> dict[Trip, float]:
        """What the plan itself added to every trip [kg]."""
        rows: list[Shipment | Surplus] = [*self.free_rows, *self.surplus]
        return _sums(((row.batch_id, row.pick_on), row.kg) for row in rows)

    @cached_property
    def trip_days(self) -> dict[str, set[dt.date]]:
        """Days of every batch on which it is picked, commitments included."""
        found: dict[str, set[dt.date]] = defaultdict(set)
        for (batch_id, day), kg in self.trip_kg.items():
            if kg > KG:
                found[batch_id].add(day)
        for batch_id, day in self.case.committed_trips:
            found[batch_id].add(day)
        return found

    @cached_property
    def batch_kg(self) -> dict[str, tuple[float, float]]:
        """(chosen, committed) kilograms of every batch that come off its quantity."""
        return self._by(
            lambda batch, _day: batch.id,
            self.chosen_trips,
            [c for c in self.case.problem.commitments if c.pick_on >= self.case.batches[c.batch_id].observed_on],
        )

    @cached_property
    def picker_kg(self) -> dict[Trip, tuple[float, float]]:
        """(chosen, committed) kilograms by grower and day."""
        return self._by(lambda batch, day: (batch.grower_id, day), self.chosen_trips, self.case.problem.commitments)

    @cached_property
    def packing_kg(self) -> dict[Trip, tuple[float, float]]:
        """(chosen, committed) kilograms by place and day, shipped goods alone."""
        shipped = _sums(((row.batch_id, row.pick_on), row.kg) for row in self.free_rows)
        return self._by(
            lambda batch, day: (self.case.place(batch.place_id).id, day), shipped, self.case.problem.commitments
        )

    def _by(
        self, key: Callable[[Batch, dt.date], _Key], chosen: dict[Trip, float], commitments: Iterable[Commitment]
    ) -> dict[_Key, tuple[float, float]]:
        plus: dict[_Key, float] = defaultdict(float)
        held: dict[_Key, float] = defaultdict(float)
        for (batch_id, day), kg in chosen.items():
            plus[key(self.case.batches[batch_id], day)] += kg
        for commitment in commitments:
            held[key(self.case.batches[commitment.batch_id], commitment.pick_on)] += commitment.kg
        return {owner: (plus[owner], held[owner]) for owner in {**plus, **held}}

    @cached_property
    def departure_kg(self) -> dict[tuple[str, float], tuple[float, float]]:
        """(chosen, committed) kilograms by lane and planned departure."""
        plus: dict[tuple[str, float], float] = defaultdict(float)
        held: dict[tuple[str, float], float] = defaultdict(float)
        for index, row in enumerate(self.shipments):
            for leg in row.legs:
                (held if self.is_settled(index) else plus)[leg.lane_id, round(hours(leg.departs_at), 4)] += row.kg
        return {owner: (plus[owner], held[owner]) for owner in {**plus, **held}}

    @cached_property
    def shipped_kg(self) -> dict[str, float]:
        """Kilograms shipped for every order."""
        return _sums((row.order_id, row.kg) for row in self.shipments)

    @cached_property
    def refused_kg(self) -> dict[str, float]:
        """Kilograms refused of every order."""
        return _sums((row.order_id, row.kg) for row in self.plan.refusals)

    def left_kg(self, batch: Batch) -> float:
        """What stays on the tree [kg]."""
        return max(0.0, batch.quantity_kg - sum(self.batch_kg.get(batch.id, (0.0, 0.0))))

    def planned(self, order: Order) -> bool:
        """Whether the plan answers that order."""
        return order.state in PLANNED


def _sums(pairs: Iterable[tuple[_Key, float]]) -> dict[_Key, float]:
    found: dict[_Key, list[float]] = defaultdict(list)
    for key, kg in pairs:
        found[key].append(kg)
    return {key: math.fsum(values) for key, values in found.items()}

"""The plan added up: what is shipped, picked, packed and loaded, and what of it commitments had settled."""

from __future__ import annotations

import datetime as dt
import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import NamedTuple, TypeVar

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.fairness import FairParts
from harvest_planner.planning.referee.finding import KG
from harvest_planner.planning.referee.keeping import Kept, begins, ridden, rides, way_of
from harvest_planner.planning.referee.loads import Load, Picked
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.planning.referee.wishes import Wanted
from harvest_planner.schema.goods import Batch, Commitment
from harvest_planner.schema.plan import HarvestPlan, Refusal, Shipment

Trip = tuple[str, dt.date]
_Key = TypeVar("_Key", bound=Hashable)


class Entry(NamedTuple):
    """A shipment with the records it names."""

    row: Shipment
    order: Wanted
    day: PickDay
    settled: bool
    """Whether it keeps a commitment; else the plan chose it itself."""
    left: bool
    """Whether it has left, at the departure that its commitment names."""


class Part(NamedTuple):
    """What is remembered of a shipment of the plan's own choice."""

    order_id: str
    batch_id: str
    pick_on: dt.date
    kg: float


class Ledger:
    """Kilograms of a plan by whatever limits them. Rows that name unknown records are left out.

    Shipments and refusals are read once, row by row, and no row is kept; sums are told once all rows are entered.
    """

    def __init__(self, plan: HarvestPlan, case: Case) -> None:
        self.plan, self.case = plan, case
        self.surplus = tuple(row for row in plan.surplus if row.batch_id in case.batches)
        self.values_vnd = array("d")
        """Stated values of all shipments [VND]."""
        self.trips: dict[Trip, Picked] = {}
        """Every trip that a shipment names."""
        self.parts: dict[str, tuple[Part, ...]] = {}
        """Shipments of the plan's own choice, by order."""
        self.kept: list[Kept] = []
        """Shipments that keep commitments."""
        self.refused_kg: dict[str, float] = {}
        """Kilograms refused, by order."""
        self.unsought: set[str] = set()
        """Orders of which the plan says that it had no time for them, and that it was not finished."""
        self.refused_twice: set[str] = set()
        """Orders that stand in several refusals."""
        self.picked: dict[Trip, tuple[float, set[str]]] = {}
        """Kilograms and places that the table of picks states, by batch and day; `check_picks` enters them."""
        self._unkept = {key: list(given) for key, given in case.committed.items()}
        self._ridden = frozenset(ridden(case, plan))
        self._loads: dict[tuple[str, dt.datetime], Load] = defaultdict(Load)

    def enter(self, row: Shipment) -> Entry | None:
        """Add a shipment; None where it names unknown records."""
        self.values_vnd.append(row.value_vnd)
        order, kg = self.case.orders.get(row.order_id), row.kg
        picked = self._picked(row.batch_id, row.pick_on)
        if order is None or picked is None:
            return None
        given = self._keeps(row) if self._unkept else None
        settled = given is not None
        picked.add(kg, settled=settled)
        picked.order_ids.append(order.id)
        for leg in row.legs:
            self._loads[leg.lane_id, leg.departs_at].add(kg, settled=settled)
        batch_id, pick_on = picked.day.batch.id, picked.day.pick_on
        if given is not None:
            departs_at = row.legs[0].departs_at if row.legs else None
            ridden = frozenset((leg.lane_id, round(hours(leg.departs_at), 4)) for leg in row.legs)
            own = rides(given, row)
            self.kept.append(Kept(order.id, batch_id, pick_on, kg, row.value_vnd, given, own, departs_at, ridden))
        else:
            self.parts[order.id] = (*self.parts.get(order.id, ()), Part(order.id, batch_id, pick_on, kg))
        left = given is not None and given.state == "shipped" and bool(row.legs) and begins(given, row)
        return Entry(row, order, picked.day, settled, left)

    def _picked(self, batch_id: str, pick_on: dt.date) -> Picked | None:
        found = self.trips.get((batch_id, pick_on))
        if found is None and batch_id in self.case.batches:
            day = self.case.orchard.pick_day(self.case.batches[batch_id], pick_on)
            found = self.trips[batch_id, pick_on] = Picked(day=day)
        return found

    def _keeps(self, row: Shipment) -> Commitment | None:
        """The commitment that the shipment keeps and that none before it has kept; its own journey's first."""
        waiting = self._unkept.get((row.order_id, row.batch_id, row.pick_on), [])
        able = [given for given in waiting if abs(given.kg - row.kg) <= KG]
        # Of an order that travels in parts each keeps its own: what another rides is not for this one.
        able = [given for given in able if rides(given, row) or way_of(given) not in self._ridden]
        if not able:
            return None
        own = min(able, key=lambda given: (not rides(given, row), given.departs_at is not None))
        waiting.remove(own)
        return own

    def refuse(self, row: Refusal) -> None:
        """Add a refusal."""
        if row.order_id in self.refused_kg:
            self.refused_twice.add(row.order_id)
        self.refused_kg[row.order_id] = self.refused_kg.get(row.order_id, 0.0) + row.kg
        unfinished = self.plan.status in ("time_limit", "interrupted")
        if unfinished and any(reason.params.get("looked_for") is False for reason in row.reasons):
            self.unsought.add(row.order_id)

    @property
    def unkept(self) -> tuple[Commitment, ...]:
        """Commitments that no shipment keeps."""
        return tuple(given for waiting in self._unkept.values() for given in waiting)

    @cached_property
    def surplus_kg(self) -> dict[Trip, float]:
        """Kilograms for the local market, by batch and day."""
        return _sums(((row.batch_id, row.pick_on), row.kg) for row in self.surplus)

    @cached_property
    def sold(self) -> frozenset[str]:
        """Batches that the local market gets something of."""
        return frozenset(row.batch_id for row in self.surplus)

    @cached_property
    def trip_kg(self) -> dict[Trip, float]:
        """Kilograms of every trip, by batch and day."""
        shipped = {
            key: math.fsum((*picked.chosen, *picked.settled, self.surplus_kg.get(key, 0.0)))
            for key, picked in self.trips.items()
            if picked.order_ids
        }
        return {**self.surplus_kg, **shipped}

    @cached_property
    def _chosen_kg(self) -> dict[Trip, float]:
        """What the plan itself ships of every trip [kg]."""
        return {key: math.fsum(picked.chosen) for key, picked in self.trips.items() if picked.chosen}

    @cached_property
    def chosen_trips(self) -> dict[Trip, float]:
        """What the plan itself added to every trip [kg]."""
        return _sums([*self._chosen_kg.items(), *self.surplus_kg.items()])

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
    def batch_rows(self) -> dict[str, int]:
        """How many shipments every batch has."""
        found: dict[str, int] = defaultdict(int)
        for (batch_id, _), picked in self.trips.items():
            found[batch_id] += len(picked.order_ids)
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
        return self._by(
            lambda batch, day: (self.case.place_id(batch.place_id), day), self._chosen_kg, self.case.problem.commitments
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
        found: dict[tuple[str, float], list[Load]] = defaultdict(list)
        for (lane_id, departs_at), load in self._loads.items():
            found[lane_id, round(hours(departs_at), 4)].append(load)
        return {
            owner: (
                math.fsum(kg for load in loads for kg in load.chosen),
                math.fsum(kg for load in loads for kg in load.settled),
            )
            for owner, loads in found.items()
        }

    @cached_property
    def departs_at(self) -> dict[tuple[str, float], dt.datetime]:
        """The instants of `departure_kg`."""
        return {(lane_id, round(hours(at), 4)): at for lane_id, at in self._loads}

    @cached_property
    def settled_kg(self) -> dict[str, float]:
        """Kilograms of every order that keep commitments."""
        return _sums((row.order_id, row.kg) for row in self.kept)

    def shipped_kg(self, order_id: str) -> float:
        """Kilograms shipped for an order."""
        own = [part.kg for part in self.parts.get(order_id, ())]
        return math.fsum((*own, self.settled_kg.get(order_id, 0.0)))

    @cached_property
    def left(self) -> dict[str, float]:
        """What stays on the tree of every batch [kg]."""
        return {
            batch.id: max(0.0, batch.quantity_kg - sum(self.batch_kg.get(batch.id, (0.0, 0.0))))
            for batch in self.case.batches.values()
        }

    @cached_property
    def fair(self) -> FairParts:
        """What growers ship of their fair parts."""
        shipped = ((key[0], math.fsum((*load.chosen, *load.settled))) for key, load in self.trips.items())
        return FairParts(self.case, shipped)

    @cached_property
    def kept_vnd_per_kg(self) -> dict[str, float]:
        """Worth of a kilogram of every batch that is still on the tree at the horizon [VND/kg]."""
        case, share = self.case, self.case.problem.policy.terminal_share
        return {
            batch.id: share * batch.surplus_price_vnd_per_kg
            if case.orchard.sound_on_tree(batch, case.orchard.horizon_on(batch))
            else 0.0
            for batch in case.batches.values()
        }


def _sums(pairs: Iterable[tuple[_Key, float]]) -> dict[_Key, float]:
    found: dict[_Key, list[float]] = defaultdict(list)
    for key, kg in pairs:
        found[key].append(kg)
    return {key: math.fsum(values) for key, values in found.items()}

"""The best use of what orders leave of a grower's batches: trips for the local market, or fruit left on the tree."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from itertools import chain, combinations, pairwise, product

from harvest_planner.schema.goods import Batch
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.fruit import left_vnd_per_kg, pick_days

KG = 1e-9
Days = tuple[dt.date, ...]
Picked = Mapping[tuple[str, dt.date], float]
"""Kilograms for orders by batch and day."""


class Leftovers:
    """What one group of batches is worth beside the orders, trips paid, by trying all sets of trips."""

    def __init__(self, problem: PlanningProblem, batches: tuple[Batch, ...]) -> None:
        self.batches = batches
        self.capacity_kg = problem.grower(batches[0].grower_id).pick_capacity_kg_per_day
        self.most_picks = problem.policy.max_picks_per_batch
        self.days = {batch.id: pick_days(problem, batch) for batch in batches}
        self.left_vnd = {batch.id: left_vnd_per_kg(problem, batch) for batch in batches}
        self._known: dict[frozenset[tuple[tuple[str, dt.date], float]], float] = {}

    def best_vnd(self, picked: Picked) -> float:
        """Surplus and fruit left less the cost of all trips [VND]; −inf where the picks break a rule."""
        key = frozenset(picked.items())
        if key not in self._known:
            choices = [list(self._trip_sets(batch, picked)) for batch in self.batches]
            self._known[key] = max((self._worth(trips, picked) for trips in product(*choices)), default=-math.inf)
        return self._known[key]

    def gain_vnd(self, batch: Batch) -> float:
        """What a kilogram gains by going to the local market instead of staying [VND/kg]."""
        return batch.surplus_price_vnd_per_kg - self.left_vnd[batch.id]

    def _trip_sets(self, batch: Batch, picked: Picked) -> Iterator[Days]:
        needed = {day for (batch_id, day), kg in picked.items() if batch_id == batch.id and kg > KG}
        others = [day for day in self.days[batch.id] if day not in needed] if self.gain_vnd(batch) > 0 else []
        for added in chain.from_iterable(combinations(others, count) for count in range(len(others) + 1)):
            days = tuple(sorted(needed | set(added)))
            apart = all((b - a).days >= batch.days_between_picks for a, b in pairwise(days))
            if apart and (self.most_picks is None or len(days) <= self.most_picks):
                yield days

    def _worth(self, trips: tuple[Days, ...], picked: Picked) -> float:
        """Value with exactly these trips: first every trip's minimum, then the dearest fruit first."""
        spare_kg: dict[dt.date, float] = {}
        free_kg: dict[str, float] = {}
        total = 0.0
        for batch, days in zip(self.batches, trips, strict=True):
            free = batch.quantity_kg
            for day in days:
                kg = picked.get((batch.id, day), 0.0)
                fill = max(0.0, batch.min_trip_kg - kg)
                free -= kg + fill
                if self.capacity_kg is not None:
                    spare_kg[day] = spare_kg.get(day, self.capacity_kg) - kg - fill
                total += fill * batch.surplus_price_vnd_per_kg - batch.trip_cost_vnd
            total += self.left_vnd[batch.id] * free
            free_kg[batch.id] = free
        if min(chain(spare_kg.values(), free_kg.values())) < -KG:
            return -math.inf
        return total + self._sold(trips, spare_kg, free_kg)

    def _sold(self, trips: tuple[Days, ...], spare_kg: dict[dt.date, float], free_kg: dict[str, float]) -> float:
        """Gain of the surplus beyond the minima: what can flow is a polymatroid, so greedy by gain is best."""
        ranked = sorted(zip(self.batches, trips, strict=True), key=lambda pair: -self.gain_vnd(pair[0]))
        total, flowing = 0.0, 0.0
        for count, (batch, _) in enumerate(ranked, 1):
            flow = _largest_flow(ranked[:count], spare_kg, free_kg)
            total += self.gain_vnd(batch) * (flow - flowing)
            flowing = flow
        return total


def _largest_flow(chosen: list[tuple[Batch, Days]], spare_kg: dict[dt.date, float], free_kg: dict[str, float]) -> float:
    """Most surplus these batches can send through their trips' days: the smallest cut over sets of days."""
    days = sorted(spare_kg)
    cuts = chain.from_iterable(combinations(days, count) for count in range(len(days) + 1))
    return min(
        sum(spare_kg[day] for day in cut)
        + sum(free_kg[batch.id] for batch, trips in chosen if not set(trips) <= set(cut))
        for cut in cuts
    )


def groups(problem: PlanningProblem) -> list[Leftovers]:
    """The batches in groups that share no picker: each alone where its grower has no limit."""
    by_grower: dict[str, list[Batch]] = {}
    for batch in problem.batches:
        alone = problem.grower(batch.grower_id).pick_capacity_kg_per_day is None
        by_grower.setdefault(f"batch {batch.id}" if alone else f"grower {batch.grower_id}", []).append(batch)
    return [Leftovers(problem, tuple(batches)) for batches in by_grower.values()]

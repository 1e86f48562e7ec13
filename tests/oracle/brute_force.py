"""The optimum of a tiny problem of whole orders by trying every plan."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.candidates import Option
from tests.oracle.fairness import missing_vnd, parts
from tests.oracle.leftovers import KG, groups


@dataclass(frozen=True)
class Best:
    """The best plan found: its value [VND] and what it ships."""

    value_vnd: float
    shipped: tuple[Option, ...]

    @property
    def description(self) -> str:
        """The shipments in words."""
        lines = [
            f"{option.order.id} from {option.batch.id} on {option.day} by {option.departures}: "
            f"q {option.good_share:.5f}, parcel {option.parcel_good_share:.5f}, {option.value_vnd:,.1f} VND"
            for option in self.shipped
        ]
        return "\n".join([f"{self.value_vnd:,.2f} VND", *lines])


def brute_force(problem: PlanningProblem, candidates: Iterable[Option]) -> Best:
    """The best plan from these candidates; unsplit orders and no commitments only."""
    if problem.commitments or any(order.may_split for order in problem.orders):
        raise NotImplementedError("brute force tries whole orders without commitments")
    search = _Search(problem, _choices(candidates))
    search.go(0, 0.0)
    return Best(search.best_vnd, search.best)


def _choices(candidates: Iterable[Option]) -> list[list[Option]]:
    """For each order its candidates; of those that use the same batch, day and no limited lane, the best one."""
    kept: dict[str, dict[object, Option]] = defaultdict(dict)
    for option in candidates:
        key = (option.batch.id, option.day, option.departures if option.limited else None)
        known = kept[option.order.id].get(key)
        if known is None or option.value_vnd > known.value_vnd:
            kept[option.order.id][key] = option
    return [list(found.values()) for _, found in sorted(kept.items())]


@dataclass
class _Search:
    """Depth first over the orders, cut where even the kindest estimate of the rest is no better."""

    problem: PlanningProblem
    choices: list[list[Option]]
    best_vnd: float = -math.inf
    best: tuple[Option, ...] = ()
    chosen: list[Option] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.groups = groups(self.problem)
        self.on_tree_vnd = {
            batch.id: batch.surplus_price_vnd_per_kg if group.days[batch.id] else group.left_vnd[batch.id]
            for group in self.groups
            for batch in group.batches
        }
        self.all_on_tree_vnd = sum(self.on_tree_vnd[batch.id] * batch.quantity_kg for batch in self.problem.batches)
        self.fair = parts(self.problem)
        self.all_on_tree_vnd -= missing_vnd(self.problem, ())
        for found in self.choices:
            found.sort(key=self._net_vnd, reverse=True)
        hopes = [max(0.0, self._net_vnd(found[0])) for found in self.choices]
        self.hope_vnd = [sum(hopes[n:]) for n in range(len(hopes) + 1)]
        self.limits = _limits(self.problem)

    def _net_vnd(self, option: Option) -> float:
        """What it brings at most beyond the most its fruit could bring otherwise."""
        _, fair_vnd = self.fair.get((option.batch.grower_id, option.batch.crop_id), (0.0, 0.0))
        return option.value_vnd + (fair_vnd - self.on_tree_vnd[option.batch.id]) * option.order.quantity_kg

    def go(self, depth: int, net_vnd: float) -> None:
        """Decide the orders from `depth` on."""
        opened = {(option.batch.id, option.day): option.batch.trip_cost_vnd for option in self.chosen}
        kindest = self.all_on_tree_vnd + net_vnd - sum(opened.values()) + self.hope_vnd[depth]
        if kindest <= self.best_vnd:
            return
        if depth == len(self.choices):
            self._finish()
            return
        for option in self.choices[depth]:
            self.chosen.append(option)
            if all(holds(self.chosen) for holds in self.limits):
                self.go(depth + 1, net_vnd + self._net_vnd(option))
            self.chosen.pop()
        self.go(depth + 1, net_vnd)

    def _finish(self) -> None:
        picked: dict[tuple[str, dt.date], float] = defaultdict(float)
        for option in self.chosen:
            picked[option.batch.id, option.day] += option.order.quantity_kg
        value = sum(option.value_vnd for option in self.chosen) - missing_vnd(self.problem, self.chosen)
        for group in self.groups:
            own = {batch.id for batch in group.batches}
            value += group.best_vnd({key: kg for key, kg in picked.items() if key[0] in own})
        if value > self.best_vnd:
            self.best_vnd, self.best = value, tuple(self.chosen)


def _limits(problem: PlanningProblem) -> list[Callable[[list[Option]], bool]]:
    """The limits that shipments alone can break; those of trips are tried with the surplus."""
    packing = {place.id: place.packing_kg_per_day for place in problem.places}
    lanes = {lane.id: lane.capacity_kg for lane in problem.lanes}

    def within(uses: Iterable[tuple[object, float | None, float]]) -> bool:
        used: dict[object, float] = defaultdict(float)
        for key, most, kg in uses:
            used[key] += kg
            if most is not None and used[key] > most + KG:
                return False
        return True

    return [
        lambda chosen: within((o.batch.id, o.batch.quantity_kg, o.order.quantity_kg) for o in chosen),
        lambda chosen: within(
            ((o.batch.place_id, o.day), packing.get(o.batch.place_id), o.order.quantity_kg) for o in chosen
        ),
        lambda chosen: within(
            (departure, lanes[departure[0]], o.order.quantity_kg) for o in chosen for departure in o.departures
        ),
    ]

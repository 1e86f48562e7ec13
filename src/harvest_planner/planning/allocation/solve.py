"""From a model to an allocation with a proven bound: relax, price, round, and prove."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from harvest_planner.planning.allocation.dive import dive
from harvest_planner.planning.allocation.greedy import fill, rounding_vnd, value_of
from harvest_planner.planning.allocation.integer import TIE_SHARE, TIE_VND, IntegerProgramme, Whole
from harvest_planner.planning.allocation.master import Master, cheapest_per_order
from harvest_planner.planning.allocation.model import Allocation, Floats, Ints, Model
from harvest_planner.planning.allocation.rounding import rounded
from harvest_planner.planning.patience import Patience

FEW_COLUMNS = 2_500
PROBE_PER_ORDER = 6
DIVE_SHARE = 0.1
"""Share of the allowed distance that may be lost in putting orders on the trips decided."""
RELAXED_SHARE = 0.05
"""Share of the gap within which the relaxation is solved."""
MOST_NODES = 1_000


@dataclass(frozen=True)
class Task:
    """One component to be solved, wherever it runs."""

    model: Model
    gap: float
    seed: int
    patience: Patience


def solve(task: Task) -> Allocation:
    """The best allocation of a model within the relative gap, with a bound valid for all its columns.

    The relaxation's bound and reduced costs hold for every column. A whole plan found over the most promising columns
    then tells which columns cannot be in a better one; the programme over the rest proves the bound.
    """
    with task.patience.heeding_interrupts():
        master = Master(task.model, seed=task.seed)
        finished = master.run(task.patience, gap=RELAXED_SHARE * task.gap)
        search = _Search(task, master)
        if finished:
            search.run()
        else:
            search.serve_the_best_first()
    return replace(search.answer(finished), interrupted=task.patience.interrupted)


class _Search:
    """Whole plans between the best one known and the relaxation's bound."""

    def __init__(self, task: Task, master: Master) -> None:
        self.task = task
        self.model = task.model
        self.master = master
        self.best = np.zeros(len(self.model.column_order)), np.zeros(len(self.model.trip_batch))
        self.value = 0.0
        self.bound = max(master.bound_vnd, self.value)
        self.timed_out = False

    @property
    def allowance(self) -> float:
        """Distance from the bound at which a plan is good enough [VND]."""
        return self.task.gap * max(abs(self.bound), 1.0)

    def run(self) -> None:
        """First the relaxation made whole, then its trips, then the promising columns, then all that can matter."""
        exact = self.task.gap == 0
        for found in rounded(self.model, self.master, self.task.patience):
            self._keep_better(*found)
            if not exact and self.bound - self.value <= self.allowance:
                return
        self.master.release_shares(self.task.patience)
        self.serve_the_best_first()
        if not exact and self.bound - self.value <= self.allowance:
            return
        for found in self._dive():
            self._keep_better(*found)
            if not exact and self.bound - self.value <= self.allowance:
                return
        promising = self._promising()
        mattering = self._mattering()
        if not exact and len(promising) < 0.8 * len(mattering):
            self._improve(promising, proves=False)
            if self.bound - self.value <= self.allowance or self.timed_out:
                return
            mattering = self._mattering()
        self._improve(mattering, proves=True)

    def serve_the_best_first(self) -> None:
        """The plan that serves one order after another as long as anything is left, which needs no relaxation."""
        nothing = np.zeros(len(self.model.column_order)), np.zeros(len(self.model.trip_batch))
        self._keep_better(*fill(self.model, *nothing))

    def _dive(self) -> Iterator[tuple[Floats, Floats]]:
        return dive(
            self.model,
            self.master,
            allowance_vnd=DIVE_SHARE * self.allowance,
            target_vnd=self.bound - self.allowance,
            seed=self.task.seed,
            patience=self.task.patience,
        )

    def _mattering(self) -> Ints:
        """Columns that a plan better than the best one may hold: the others cost more than what is left to gain."""
        model = self.model
        least = np.where(model.order_splits, model.order_least_kg / model.order_kg, 1.0)[model.column_order]
        room = self.bound - self.value + 1e-6 * max(1.0, abs(self.bound))
        return np.flatnonzero(self.master.reduced_cost * least <= room)

    def _promising(self) -> Ints:
        """The columns of least reduced cost, a few for each order."""
        order, everything = self.model.column_order, np.arange(len(self.model.column_order))
        count = max(PROBE_PER_ORDER, FEW_COLUMNS // max(1, len(self.model.order_kg)))
        cheapest = cheapest_per_order(order, everything, self.master.reduced_cost, count)
        return np.union1d(cheapest, np.flatnonzero(self.best[0] > 0))

    def _improve(self, columns: Ints, *, proves: bool) -> None:
        columns = np.union1d(columns, np.flatnonzero(self.best[0] > 0))
        programme = IntegerProgramme(self.model.only(columns), seed=self.task.seed)
        exact = self.task.gap == 0
        target = np.inf if exact else self.bound - self.allowance
        found = programme.solve(
            absolute_gap=1e-4 if exact else 0.9 * self.task.gap,
            relative_gap=0.9 * self.task.gap,
            start=(self.best[0][columns], self.best[1]),
            target_vnd=target,
            patience=self.task.patience,
            most_nodes=None if proves else MOST_NODES,
        )
        self._keep(found, columns)
        if proves and found is not None:
            self.bound = max(self.value, min(self.bound, found.bound_vnd))
        if exact and not self.timed_out:
            self._settle(programme, columns)

    def _settle(self, programme: IntegerProgramme, columns: Ints) -> None:
        settled = programme.settle_ties(self.value, patience=self.task.patience)
        if settled is None:
            return
        filled = fill(self.model, self._spread(settled, columns), settled.surplus_kg)
        value = value_of(self.model, *filled)
        if value >= self.value - TIE_VND - TIE_SHARE * abs(self.value):
            self.best, self.value = filled, value

    def _keep(self, found: Whole | None, columns: Ints) -> None:
        self.timed_out = found is None or not found.finished
        if found is None:
            return
        self._take(self._spread(found, columns), found.surplus_kg)

    def _take(self, column_kg: Floats, surplus_kg: Floats) -> None:
        """Keep that plan, with what still fits it, where it is no worse than the best one known."""
        self._keep_better(*fill(self.model, column_kg, surplus_kg))

    def _keep_better(self, column_kg: Floats, surplus_kg: Floats) -> None:
        value = value_of(self.model, column_kg, surplus_kg)
        if value >= self.value:
            self.best, self.value = (column_kg, surplus_kg), value

    def _spread(self, found: Whole, columns: Ints) -> Floats:
        column_kg = np.zeros(len(self.model.column_order))
        column_kg[columns] = found.column_kg
        return column_kg

    def answer(self, finished: bool) -> Allocation:
        """The best plan known and the bound proven."""
        bound = max(self.bound, self.value)
        if (
            self.task.gap == 0
            and finished
            and not self.timed_out
            and bound - self.value <= 2 * (TIE_VND + TIE_SHARE * abs(bound)) + rounding_vnd(self.model, *self.best)
        ):
            bound = self.value
        return Allocation(*self.best, value_vnd=self.value, bound_vnd=bound, timed_out=self.timed_out or not finished)

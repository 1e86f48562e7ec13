"""The linear relaxation by column generation: priced by arrays, strengthened by cuts, with a bound each round."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from harvest_planner.planning.allocation.highs import Programme
from harvest_planner.planning.allocation.model import Bools, Floats, Ints, Model
from harvest_planner.planning.allocation.rows import Layout, Row, rule_rows
from harvest_planner.planning.allocation.variables import add_column_rows, column_entries, trip_columns, uncounted
from harvest_planner.planning.patience import Patience

COLUMNS_PER_ORDER = 3
SCATTER = 0.02
"""Part of a column's worth by which its rank among those to enter is scattered: orders that find many trips alike would
all enter for the same few of them, round after round."""
CUT_VIOLATION = 1e-3
SHARE_EPSILON = 1e-9
WHOLE = 1e-6
MOST_CUT_ROUNDS = 30


class Master:
    """The relaxation over all columns of a model; holds only those that were ever priced in.

    Attributes
    ----------
    bound_vnd : no allocation of the model is worth more [VND].
    reduced_cost : what putting each column in costs against the relaxation's optimum [VND]; ≥ 0 at convergence.
    """

    def __init__(self, model: Model, *, seed: int) -> None:
        self.model = model
        self.at = Layout(model)
        self.bound_vnd = model.most_vnd
        self.reduced_cost: Floats = np.zeros(len(model.column_order))
        self._inside = np.zeros(len(model.column_order), dtype=bool)
        self._scatter = SCATTER * np.random.default_rng(seed).random(len(model.column_order)) * model.column_value_vnd
        self._held: Ints = np.empty(0, dtype=np.int64)
        self._column_kg = model.column_kg
        self._loads = model.way_loads
        self._by_order = np.argsort(model.column_order, kind="stable")
        self._order_starts = np.unique(model.column_order[self._by_order], return_index=True)[1]
        self._pair_row: Ints | None = None
        """Of each pair of an order and a trip the row of its cut, −1 without one; None: there are no cuts yet."""
        self._limited = False
        self._programme = self._trips_laid_out(seed)
        self._programme.as_given()  # Of a first few columns there is little to presolve.
        self._first = add_column_rows(self._programme, model, self.at)

    def _trips_laid_out(self, seed: int) -> Programme:
        """The trips' own variables and rows, before any order column."""
        programme = Programme(*trip_columns(self.model, self.at), seed=seed)
        programme.add_rows(rule_rows(self.model, self.at))
        return programme

    def run(self, patience: Patience, *, gap: float = 0.0) -> bool:
        """Price and cut until nothing improves; False where time was over first (the bound is valid then too).

        Parameters
        ----------
        gap : relative distance of the bound from the optimum over the columns at hand that is near enough.
        """
        self._take(self._best_by_value())
        previous = np.inf
        for _ in range(MOST_CUT_ROUNDS):
            if not self._bound(patience, gap):
                return False
            improved = previous - self.bound_vnd > 1e-6 * max(1.0, abs(self.bound_vnd))
            previous = self.bound_vnd
            if not improved or not self._cut():
                return True
        return self._bound(patience, gap)

    @property
    def trips_made(self) -> Floats:
        """How much of each trip the relaxation makes, from 0 to 1."""
        return self._programme.values[2 * self.at.trips : 3 * self.at.trips]

    @property
    def undecided_trips(self) -> Bools:
        """Trips that the relaxation makes in part, where that says what they cost or keeps them from others."""
        made = self.trips_made
        return (made > WHOLE) & (made < 1 - WHOLE) & ~uncounted(self.model)

    @property
    def column_share(self) -> Floats:
        """How much of its order the relaxation sends by each column, from 0 to 1."""
        share = np.zeros(len(self.model.column_order))
        share[self._held] = self._programme.values[self.at.first_column :]
        return share

    @property
    def columns_used(self) -> Ints:
        """The columns that the relaxation uses, in whole or in part."""
        return np.flatnonzero(self.column_share > SHARE_EPSILON)

    def limit_shares(self, columns: Ints, least: Floats, most: Floats, patience: Patience) -> bool:
        """Bound what these columns, which are at hand, send of their orders; False where that was found infeasible.

        Solves over the columns at hand alone; `bound_vnd` and `reduced_cost` stay those of all plans.
        """
        at = np.zeros(len(self.model.column_order), dtype=np.int64)
        at[self._held] = self.at.first_column + np.arange(len(self._held))
        self._programme.set_bounds(at[columns], least, most)
        self._limited = True
        return self._programme.solve(patience=patience) == "optimal"

    def release_shares(self, patience: Patience) -> None:
        """Undo what `limit_shares` changed."""
        if self._limited:
            at, count = self.at.first_column + np.arange(len(self._held)), len(self._held)
            self._programme.set_bounds(at, np.zeros(count), np.ones(count))
            self._programme.solve(patience=patience)
            self._limited = False

    def fix_trips(self, trips: Ints, *, made: bool) -> None:
        """Make these trips, or leave them, from here on; `bound_vnd` and `reduced_cost` stay those of all plans."""
        at = np.array([self.at.y(trip) for trip in trips.tolist()], dtype=np.int64)
        self._programme.set_bounds(at, np.full(len(at), float(made)), np.full(len(at), float(made)))

    def reduced_costs_now(self, patience: Patience) -> Floats | None:
        """Reduced costs under the trips fixed so far; None where nothing is feasible or time was over."""
        for _, reduced, entering in self._rounds(patience):
            if not len(entering):
                return np.maximum(reduced, 0.0)
        return None

    def _bound(self, patience: Patience, gap: float) -> bool:
        for objective, reduced, entering in self._rounds(patience):
            best = self._best_per_order(reduced)
            bound = -(objective + float(best.sum()))
            near = bound <= self.bound_vnd and bound + objective <= gap * max(abs(bound), 1.0)
            self.bound_vnd = min(self.bound_vnd, bound)
            if near or not len(entering):
                self.reduced_cost = np.maximum(reduced - best[self.model.column_order], 0.0)
                return True
        return False

    def _rounds(self, patience: Patience) -> Iterator[tuple[float, Floats, Ints]]:
        """Objective, reduced costs and what enters of each round, until no column enters or the time is over."""
        while self._programme.solve(patience=patience) == "optimal":
            reduced = self._price()
            objective = self._programme.objective + self._lift(reduced)
            entering = self._entering(reduced)
            yield objective, reduced, entering
            self._take(entering)
            if not len(entering) or patience.over():
                return

    def _price(self) -> Floats:
        model, duals = self.model, self._programme.row_duals
        lane, way = self._loads
        by_way = np.bincount(way, weights=duals[self._first.lane + lane], minlength=len(model.way_lanes))
        per_kg = duals[self._first.balance + model.column_trip] + by_way[model.column_way]
        orders = duals[self._first.order + model.column_order]
        reduced = -model.column_value_vnd - orders - self._column_kg * per_kg
        if self._pair_row is not None:
            cut_row = self._pair_row[self._pairs[1]]
            reduced -= np.where(cut_row >= 0, duals[np.maximum(cut_row, 0)], 0.0)
        return np.asarray(reduced)

    def _lift(self, reduced: Floats) -> float:
        """Charge to each order what the best of its columns at hand gains beyond its row's price, in place.

        A column at its upper limit, 1, has a negative reduced cost that the objective counts; the order's row, whose
        limit is 1 too, can carry it as well, and then a column not yet at hand gains only what it is better by.
        Returned is what that changes in the objective of the dual, nothing but rounding at an optimum.
        """
        held = self._held
        gained = np.minimum(reduced[held], 0.0)
        lift = np.zeros(len(self.model.order_kg))
        np.minimum.at(lift, self.model.column_order[held], gained)
        reduced -= lift[self.model.column_order]
        return float(lift.sum() - gained.sum())

    def _best_per_order(self, reduced: Floats) -> Floats:
        """What each order could gain at most by its best column [VND, ≤ 0]."""
        best = np.zeros(len(self.model.order_kg))
        if len(reduced):
            of_each = np.minimum.reduceat(reduced[self._by_order], self._order_starts)
            best[self.model.column_order[self._by_order[self._order_starts]]] = np.minimum(of_each, 0.0)
        return best

    def _entering(self, reduced: Floats) -> Ints:
        threshold = -1e-7 * max(1.0, float(self.model.column_value_vnd.max(initial=1.0)))
        wanted = np.flatnonzero((reduced < threshold) & ~self._inside)
        return cheapest_per_order(
            self.model.column_order, wanted, reduced[wanted] + self._scatter[wanted], COLUMNS_PER_ORDER
        )

    def _best_by_value(self) -> Ints:
        everything = np.arange(len(self.model.column_order))
        rank = self._scatter - self.model.column_value_vnd
        return cheapest_per_order(self.model.column_order, everything, rank, COLUMNS_PER_ORDER)

    def _take(self, columns: Ints) -> None:
        if not len(columns):
            return
        count = len(columns)
        cut_row = None if self._pair_row is None else self._pair_row[self._pairs[1][columns]]
        entries = column_entries(self.model, columns, self._first, cut_row=cut_row)
        self._programme.add_columns(-self.model.column_value_vnd[columns], np.zeros(count), np.ones(count), entries)
        self._inside[columns] = True
        self._held = np.concatenate([self._held, columns])

    def _cut(self) -> bool:
        """Add x ≤ y where the relaxation uses more of an order on a trip than of the trip itself."""
        costly = ((self.model.trip_cost_vnd > 0) | (self.model.trip_least_kg > 0)) & ~self.model.trip_made
        if not costly.any():
            return False
        (pairs, pair_of), held, made = self._pairs, self._held, self.trips_made
        row = np.full(len(pairs), -1, dtype=np.int64) if self._pair_row is None else self._pair_row
        sent = self._programme.values[self.at.first_column :]
        used, trips = np.bincount(pair_of[held], weights=sent, minlength=len(pairs)), pairs[:, 1]
        broken = (used > made[trips] + CUT_VIOLATION) & (row < 0) & costly[trips]
        found = np.flatnonzero(broken)
        if not len(found):
            return False
        columns_of: dict[int, list[int]] = {pair: [] for pair in found.tolist()}
        for position, pair in enumerate(pair_of[held].tolist()):
            if pair in columns_of:
                columns_of[pair].append(self.at.first_column + position)
        rows: list[Row] = [
            (-np.inf, 0.0, [*columns, self.at.y(int(trips[pair]))], [*([1.0] * len(columns)), -1.0])
            for pair, columns in columns_of.items()
        ]
        row[found] = list(self._programme.add_rows(rows))
        self._pair_row = row
        return True

    @cached_property
    def _pairs(self) -> tuple[Ints, Ints]:
        """The distinct (order, trip) pairs of the columns, and each column's pair."""
        trips = max(1, len(self.model.trip_batch))
        keys = self.model.column_order * trips + self.model.column_trip
        distinct, inverse = np.unique(keys, return_inverse=True)
        return np.stack(np.divmod(distinct, trips), axis=1), inverse.reshape(-1)


def cheapest_per_order(order: Ints, columns: Ints, rank: Floats, count: int) -> Ints:
    """The `count` columns of lowest rank of each order, ties by column; `columns` ascend."""
    owner = order[columns]
    sequence = np.lexsort((rank, owner))
    ordered, owner = columns[sequence], owner[sequence]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else np.empty(0, dtype=np.int64)
    position = np.arange(len(owner)) - np.repeat(starts, np.diff(np.r_[starts, len(owner)]))
    return np.sort(ordered[position < count])

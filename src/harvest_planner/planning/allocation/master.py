"""The linear relaxation by column generation: priced by arrays, strengthened by cuts, with a bound each round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harvest_planner.planning.allocation.highs import Programme
from harvest_planner.planning.allocation.model import Floats, Ints, Model
from harvest_planner.planning.allocation.rows import Layout, Row, rule_rows
from harvest_planner.planning.patience import Patience

COLUMNS_PER_ORDER = 3
SCATTER = 0.02
"""Part of a column's worth by which its rank among those to enter is scattered: orders that find many trips alike would
all enter for the same few of them, round after round."""
CUT_VIOLATION = 1e-3
SHARE_EPSILON = 1e-9
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
        self._held: list[int] = []
        self._pairs, self._pair_of = _pairs(model)
        self._pair_row = np.full(len(self._pairs), -1, dtype=np.int64)
        self._lane_flat = np.array([lane for lanes in model.column_lanes for lane in lanes], dtype=np.int64)
        self._lane_column = np.repeat(np.arange(len(model.column_lanes)), [len(lanes) for lanes in model.column_lanes])
        self._programme = self._trips_laid_out(seed)
        self._first_order, self._first_balance, self._first_lane = add_column_rows(self._programme, model, self.at)

    def _trips_laid_out(self, seed: int) -> Programme:
        """The trips' own variables and rows, before any order column."""
        programme = Programme(*trip_columns(self.model, self.at), seed=seed)
        programme.add_rows(rule_rows(self.model, self.at))
        return programme

    def run(self, patience: Patience) -> bool:
        """Price and cut until nothing improves; False where time was over first (the bound is valid then too)."""
        self._take(self._best_by_value())
        previous = np.inf
        for _ in range(MOST_CUT_ROUNDS):
            if not self._bound(patience):
                return False
            improved = previous - self.bound_vnd > 1e-6 * max(1.0, abs(self.bound_vnd))
            previous = self.bound_vnd
            if not improved or not self._cut():
                return True
        return self._bound(patience)

    @property
    def trips_made(self) -> Floats:
        """How much of each trip the relaxation makes, from 0 to 1."""
        return self._programme.values[2 * self.at.trips : 3 * self.at.trips]

    @property
    def columns_used(self) -> Ints:
        """The columns that the relaxation uses, in whole or in part."""
        used = self._programme.values[self.at.first_column :] > SHARE_EPSILON
        return np.sort(np.array(self._held, dtype=np.int64)[used])

    def fix_trips(self, trips: Ints, *, made: bool) -> None:
        """Make these trips, or leave them, from here on; `bound_vnd` and `reduced_cost` stay those of all plans."""
        at = np.array([self.at.y(trip) for trip in trips.tolist()], dtype=np.int64)
        self._programme.set_bounds(at, np.full(len(at), float(made)), np.full(len(at), float(made)))

    def reduced_costs_now(self, patience: Patience) -> Floats | None:
        """Reduced costs under the trips fixed so far; None where nothing is feasible or time was over."""
        for _, reduced in self._rounds(patience):
            if not len(self._entering(reduced)):
                return np.maximum(reduced, 0.0)
        return None

    def _bound(self, patience: Patience) -> bool:
        for objective, reduced in self._rounds(patience):
            best = self._best_per_order(reduced)
            self.bound_vnd = min(self.bound_vnd, -(objective + float(np.minimum(best, 0.0).sum())))
            if not len(self._entering(reduced)):
                self.reduced_cost = np.maximum(reduced, 0.0)
                return True
        return False

    def _rounds(self, patience: Patience) -> Iterator[tuple[float, Floats]]:
        """Objective and reduced costs of each round of pricing, until no column enters or the time is over."""
        while self._programme.solve(patience=patience) == "optimal":
            reduced = self._price()
            yield self._programme.objective, reduced
            entering = self._entering(reduced)
            self._take(entering)
            if not len(entering) or patience.over():
                return

    def _price(self) -> Floats:
        model, duals = self.model, self._programme.row_duals
        per_kg = duals[self._first_balance + model.column_trip]
        if len(self._lane_flat):
            loads = duals[self._first_lane + self._lane_flat]
            per_kg = per_kg + np.bincount(self._lane_column, weights=loads, minlength=len(per_kg))
        cut_row = self._pair_row[self._pair_of]
        cuts = np.where(cut_row >= 0, duals[np.maximum(cut_row, 0)], 0.0)
        orders = duals[self._first_order + model.column_order]
        return np.asarray(-model.column_value_vnd - orders - model.column_kg * per_kg - cuts)

    def _best_per_order(self, reduced: Floats) -> Floats:
        best = np.zeros(len(self.model.order_kg))
        np.minimum.at(best, self.model.column_order, reduced)
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
        rows, values = [], []
        for column in columns.tolist():
            at, weight = self._entries(column)
            rows.append(at)
            values.append(weight)
        count = len(columns)
        costs = -self.model.column_value_vnd[columns]
        self._programme.add_columns(costs, np.zeros(count), np.ones(count), rows, values)
        self._inside[columns] = True
        self._held.extend(columns.tolist())

    def _entries(self, column: int) -> tuple[list[int], list[float]]:
        model = self.model
        order, trip, lanes = int(model.column_order[column]), int(model.column_trip[column]), model.column_lanes[column]
        kg = float(model.order_kg[order])
        rows = [self._first_order + order, self._first_balance + trip, *(self._first_lane + lane for lane in lanes)]
        values = [1.0, kg, *([kg] * len(lanes))]
        cut_row = int(self._pair_row[self._pair_of[column]])
        if cut_row >= 0:
            rows.append(cut_row)
            values.append(1.0)
        return rows, values

    def _cut(self) -> bool:
        """Add x ≤ y where the relaxation uses more of an order on a trip than of the trip itself."""
        solution = self._programme.values
        held = np.array(self._held, dtype=np.int64)
        used = np.bincount(self._pair_of[held], weights=solution[self.at.first_column :], minlength=len(self._pairs))
        trips = self._pairs[:, 1]
        costly = (self.model.trip_cost_vnd > 0) | (self.model.trip_least_kg > 0)
        made = self.trips_made
        broken = (
            (used > made[trips] + CUT_VIOLATION) & (self._pair_row < 0) & costly[trips] & ~self.model.trip_made[trips]
        )
        found = np.flatnonzero(broken)
        if not len(found):
            return False
        columns_of: dict[int, list[int]] = {pair: [] for pair in found.tolist()}
        for position, pair in enumerate(self._pair_of[held].tolist()):
            if pair in columns_of:
                columns_of[pair].append(self.at.first_column + position)
        rows: list[Row] = [
            (-np.inf, 0.0, [*columns, self.at.y(int(trips[pair]))], [*([1.0] * len(columns)), -1.0])
            for pair, columns in columns_of.items()
        ]
        self._pair_row[found] = list(self._programme.add_rows(rows))
        return True


def trip_columns(model: Model, at: Layout) -> tuple[Floats, Floats, Floats]:
    """Costs and bounds of the trips' own variables p, s and y, and of what counts towards fair parts."""
    most = model.trip_most_kg
    kept = model.batch_kept_vnd_per_kg[model.trip_batch]
    fees = np.where(model.trip_made, 0.0, model.trip_cost_vnd)
    costs = np.concatenate([kept, -model.trip_surplus_vnd_per_kg, fees, -model.fair_vnd_per_kg])
    lowers = np.concatenate([np.zeros(2 * at.trips), model.trip_made.astype(float), np.zeros(len(model.fair_kg))])
    uppers = np.concatenate([most, most, np.where(model.trip_blocked, 0.0, 1.0), model.fair_kg])
    return costs, lowers, np.maximum(uppers, lowers)


def add_column_rows(programme: Programme, model: Model, at: Layout) -> tuple[int, int, int]:
    """The rows that order columns enter: each order at most once, each trip's balance, each limited departure."""
    orders: list[Row] = [(-np.inf, 1.0, [], []) for _ in model.order_kg]
    balance: list[Row] = [(0.0, 0.0, [at.s(t), at.p(t)], [1.0, -1.0]) for t in range(at.trips)]
    lanes: list[Row] = [(-np.inf, float(kg), [], []) for kg in model.lane_kg]
    return (
        programme.add_rows(orders).start,
        programme.add_rows(balance).start,
        programme.add_rows(lanes).start,
    )


def _pairs(model: Model) -> tuple[Ints, Ints]:
    """The distinct (order, trip) pairs of the columns, and each column's pair."""
    if not len(model.column_order):
        return np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.int64)
    keys = np.stack([model.column_order, model.column_trip], axis=1)
    pairs, inverse = np.unique(keys, axis=0, return_inverse=True)
    return pairs, inverse.reshape(-1)


def cheapest_per_order(order: Ints, columns: Ints, rank: Floats, count: int) -> Ints:
    """The `count` columns of lowest rank of each order, ties by column."""
    sequence = np.lexsort((columns, rank, order[columns]))
    ordered = columns[sequence]
    owner = order[ordered]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else np.empty(0, dtype=np.int64)
    position = np.arange(len(owner)) - np.repeat(starts, np.diff(np.r_[starts, len(owner)]))
    return np.sort(ordered[position < count])

"""Whole orders and whole trips: the mixed-integer programme over the columns that can still matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harvest_planner.planning.allocation.greedy import KG_STEP, Free, whole_mg
from harvest_planner.planning.allocation.highs import Programme
from harvest_planner.planning.allocation.model import Floats, Ints, Model
from harvest_planner.planning.allocation.rows import Layout, Row, rule_rows
from harvest_planner.planning.allocation.variables import add_column_rows, column_entries, trip_columns
from harvest_planner.planning.patience import Patience

MOST_LINK_ROWS = 40_000
TIE_VND, TIE_SHARE = 1e-3, 1e-9
"""Plans whose worth differs by less, absolutely and relatively, tie."""
MOST_VND = 1e6
"""Where something brings more, plans are compared in a greater unit; an assumption."""


@dataclass(frozen=True)
class Whole:
    """What the integer programme found: kilograms per column and surplus per trip, and its proven bound [VND]."""

    column_kg: Floats
    surplus_kg: Floats
    bound_vnd: float
    finished: bool


class IntegerProgramme:
    """All columns of the model in one mixed-integer programme.

    An order that may be split has a fraction x and a switch z per column: least part ≤ x ≤ z; the review cost hangs
    on z.
    """

    def __init__(self, model: Model, *, seed: int) -> None:
        self.model = model
        self.at = Layout(model)
        self._programme = Programme(*trip_columns(model, self.at), seed=seed)
        self._programme.add_rows(rule_rows(model, self.at))
        self._x = self._add_order_columns()
        self._z = self._add_switches()
        self._add_links()
        self._programme.make_integer(self._whole_columns())
        if len(model.fair_kg):
            # HiGHS 1.14 proved too low an optimum here: see tests/planning/test_fairness.py.
            self._programme.as_given()
        self._costs = self._own_costs()

    def _add_order_columns(self) -> Ints:
        model, programme = self.model, self._programme
        firsts = add_column_rows(programme, model, self.at)
        count, first = len(model.column_order), programme.columns
        entries = column_entries(model, np.arange(count), firsts)
        programme.add_columns(-self._column_value(), np.zeros(count), np.ones(count), entries)
        return np.arange(first, first + count)

    def _column_value(self) -> Floats:
        splits = self.model.order_splits[self.model.column_order]
        return self.model.column_value_vnd + np.where(splits, self.model.column_review_vnd, 0.0)

    def _add_switches(self) -> dict[int, int]:
        model, programme = self.model, self._programme
        split = np.flatnonzero(model.order_splits[model.column_order])
        first = programme.columns
        switches = {int(column): first + index for index, column in enumerate(split)}
        count = len(split)
        programme.add_columns(model.column_review_vnd[split], np.zeros(count), np.ones(count))
        rows: list[Row] = []
        for column, switch in switches.items():
            order = int(model.column_order[column])
            least = float(model.order_least_kg[order] / model.order_kg[order])
            x = int(self._x[column])
            rows.append((-np.inf, 0.0, [x, switch], [1.0, -1.0]))
            rows.append((0.0, np.inf, [x, switch], [1.0, -least]))
        programme.add_rows(rows)
        return switches

    def _add_links(self) -> None:
        """x ≤ y per order and trip, which closes most of the gap that trip fees open."""
        model = self.model
        links: dict[tuple[int, int], list[int]] = {}
        for column, (order, trip) in enumerate(
            zip(model.column_order.tolist(), model.column_trip.tolist(), strict=True)
        ):
            if (model.trip_cost_vnd[trip] > 0 or model.trip_least_kg[trip] > 0) and not model.trip_made[trip]:
                links.setdefault((order, trip), []).append(int(self._x[column]))
        if len(links) <= MOST_LINK_ROWS:
            self._programme.add_rows(
                (-np.inf, 0.0, [*columns, self.at.y(trip)], [*([1.0] * len(columns)), -1.0])
                for (_, trip), columns in links.items()
            )

    def _whole_columns(self) -> Ints:
        model = self.model
        unsplit = self._x[~model.order_splits[model.column_order]] if len(self._x) else self._x
        trips = np.arange(2 * self.at.trips, 3 * self.at.trips)
        return np.concatenate([trips, unsplit, np.array(sorted(self._z.values()), dtype=np.int64)])

    def _own_costs(self) -> Floats:
        costs = np.zeros(self._programme.columns)
        costs[: self.at.first_column] = trip_columns(self.model, self.at)[0]
        costs[self._x] = -self._column_value()
        for column, switch in self._z.items():
            costs[switch] = self.model.column_review_vnd[column]
        return costs

    def solve(
        self,
        *,
        absolute_gap: float,
        relative_gap: float = 0.0,
        start: tuple[Floats, Floats] | None,
        target_vnd: float,
        patience: Patience,
        most_nodes: int | None = None,
    ) -> Whole | None:
        """The best allocation within a gap, or the first worth `target_vnd`; None where none was found in time."""
        if most_nodes is not None:
            self._programme.most_nodes(most_nodes)
        if start is not None:
            self._programme.start_from(self._as_columns(*start))
        self._programme.stop_at(-target_vnd)
        status = self._programme.solve(relative_gap=relative_gap, absolute_gap=absolute_gap, patience=patience)
        if not self._programme.has_solution:
            return None
        return self._whole(finished=status != "time_limit")

    def settle_ties(self, value_vnd: float, *, patience: Patience) -> Whole | None:
        """Among allocations worth `value_vnd`: the fewest trips, then the latest picks; None where time ran out."""
        programme, at = self._programme, self.at
        programme.stop_at(-np.inf)
        slack = TIE_VND + TIE_SHARE * abs(value_vnd)
        earning = np.flatnonzero(self._costs)
        # In a row of very large numbers the solver cannot be as exact as it demands of itself.
        unit_vnd = max(1.0, float(np.abs(self._costs).max(initial=0.0)) / MOST_VND)
        worth = (self._costs[earning] / unit_vnd).tolist()
        programme.add_rows([(-np.inf, (slack - value_vnd) / unit_vnd, earning.tolist(), worth)])
        trips = np.zeros(programme.columns)
        trips[2 * at.trips : 3 * at.trips] = 1.0
        programme.set_costs(trips)
        if programme.solve(absolute_gap=0.5, patience=patience) != "optimal":
            return None
        fewest = round(programme.objective)
        made = np.flatnonzero(trips)
        programme.add_rows([(-np.inf, fewest + 1e-6, made.tolist(), [1.0] * len(made))])
        lateness = np.zeros(programme.columns)
        lateness[: at.trips] = -(self.model.trip_day - self.model.trip_day.min(initial=0)).astype(float)
        programme.set_costs(lateness)
        if programme.solve(absolute_gap=1e-6, patience=patience) != "optimal":
            return None
        return self._whole(finished=True)

    def _whole(self, *, finished: bool) -> Whole:
        values = self._programme.values
        share = values[self._x]
        model = self.model
        splits = model.order_splits[model.column_order]
        taken = np.where(splits, share, np.round(share))
        for column, switch in self._z.items():
            if values[switch] < 0.5:
                taken[column] = 0.0
        # What is a fraction of a gram on a trip that is not made is the solver's tolerance.
        made = (values[2 * self.at.trips : 3 * self.at.trips] > 0.5) | model.trip_made
        taken[~made[model.column_trip]] = 0.0
        surplus = np.where(made, whole_mg(values[self.at.trips : 2 * self.at.trips]), 0.0)
        return Whole(*self._settled(whole_mg(taken * model.column_kg), surplus), -self._programme.bound, finished)

    def _settled(self, column_kg: Floats, surplus_kg: Floats) -> tuple[Floats, Floats]:
        """Kilograms put right where rounding took a little from a full order or passed a capacity by a little."""
        model = self.model
        free = Free(model, column_kg, surplus_kg)
        parts = np.flatnonzero(model.order_splits[model.column_order] & (column_kg > 0))
        largest_first = parts[np.argsort(-column_kg[parts], kind="stable")].tolist()
        for trip in np.flatnonzero(surplus_kg > 0).tolist():
            over = min(-free.room(trip), float(free.surplus_kg[trip]))
            if over > 0:
                free.take(trip, 0.0, (), surplus=-over)
        for column in largest_first:
            over = min(-free.room_of(column), float(column_kg[column]))
            if over > 0:
                column_kg[column] -= over
                free.give(column, -over)
        for column in largest_first:
            missing = float(free.order_kg[model.column_order[column]])
            if 0 < missing < 10 * KG_STEP and free.room_of(column) >= missing - KG_STEP / 1000:
                column_kg[column] += missing
                free.give(column, missing)
        return column_kg, free.surplus_kg

    def _as_columns(self, column_kg: Floats, surplus_kg: Floats) -> Floats:
        model, at = self.model, self.at
        values = np.zeros(self._programme.columns)
        shipped = np.bincount(model.column_trip, weights=column_kg, minlength=at.trips)
        values[: at.trips] = shipped + surplus_kg
        values[at.trips : 2 * at.trips] = surplus_kg
        values[2 * at.trips : 3 * at.trips] = (shipped + surplus_kg > 0) | model.trip_made
        counted = np.zeros(len(model.fair_kg))
        owned = model.trip_fair >= 0
        np.add.at(counted, model.trip_fair[owned], shipped[owned])
        values[at.first_fair : at.first_column] = np.minimum(counted, model.fair_kg)
        values[self._x] = column_kg / model.column_kg
        for column, switch in self._z.items():
            values[switch] = float(column_kg[column] > 0)
        return values

"""The price of each scarce thing: duals of the relaxation with the trips of a plan fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from harvest_planner.planning.allocation.highs import Programme
from harvest_planner.planning.allocation.master import Master
from harvest_planner.planning.allocation.model import Bools, Floats, Ints, Model
from harvest_planner.planning.allocation.rows import Row, batch_quantity, fair_part, packing_day, picker_day
from harvest_planner.planning.allocation.variables import trip_columns, uncounted
from harvest_planner.planning.patience import Patience

ROOMIER_KG = {"picker_kg": 1e-4, "lane_kg": 1.5e-4, "packing_kg": 2e-4, "batch_kg": 3e-4}
"""So little more is lent of everything [kg]: what is used up just when an order is full then has no price, since one
kilogram more of it would bring nothing, and of two limits used up together the first of these carries the price."""


class Prices(NamedTuple):
    """What one more kilogram of each thing would bring at the margin [VND/kg], as the model numbers them."""

    picker: Floats
    packing: Floats
    lane: Floats
    batch: Floats
    """Beyond what the kilogram is worth left on the tree."""


@dataclass(frozen=True)
class PriceTask:
    """One component to be priced, wherever that runs."""

    model: Model
    trips_picked: Bools
    """Trips on which the plan picks."""
    seed: int
    patience: Patience


def price(task: PriceTask) -> Prices | None:
    """The duals of one linear programme: the model with the plan's trips and whole orders relaxed; None: out of time.

    Trips that cost nothing and that no rule counts stay open, whether the plan makes them or not. An order that is too
    heavy for a column all by itself does not use it.
    """
    if task.patience.over():
        return None
    open_ = open_trips(task.model, task.trips_picked)
    useful = np.flatnonzero(task.model.column_possible & open_[task.model.column_trip])
    master = _FixedTrips(task.model.only(useful), task.trips_picked, seed=task.seed)
    return master.prices(task.patience)


def open_trips(model: Model, picked: Bools) -> Bools:
    """Trips of the plan and of commitments, and those which cost nothing and no rule counts."""
    return np.asarray((picked | model.trip_made | uncounted(model)) & ~model.trip_blocked)


class _FixedTrips(Master):
    """The relaxation in which each trip is either there or not, and each limit stands in one row alone."""

    def __init__(self, model: Model, picked: Bools, *, seed: int) -> None:
        self._picked = picked
        self._roomier = replace(model, **{name: getattr(model, name) + kg for name, kg in ROOMIER_KG.items()})
        self._limits: dict[str, range] = {}
        super().__init__(self._roomier, seed=seed)

    def _trips_laid_out(self, seed: int) -> Programme:
        model, at = self.model, self.at
        costs, _, _ = trip_columns(model, at)
        costs[2 * at.trips : 3 * at.trips] = 0.0
        most = np.where(open_trips(model, self._picked), np.inf, 0.0)
        uppers = np.concatenate([most, most, np.zeros(at.trips), model.fair_kg])
        programme = Programme(costs, np.zeros(len(costs)), uppers, seed=seed)
        self._limits = {
            "batch": programme.add_rows(batch_quantity(model, at)),
            "picker": programme.add_rows(picker_day(model, at)),
            "packing": programme.add_rows(packing_day(model, at)),
        }
        least = np.flatnonzero(self._picked & ~model.trip_made & (model.trip_least_kg > 0))
        rows: list[Row] = [(float(model.trip_least_kg[trip]), np.inf, [at.p(trip)], [1.0]) for trip in least.tolist()]
        programme.add_rows([*rows, *fair_part(model, at)])
        return programme

    def prices(self, patience: Patience) -> Prices | None:
        """Solve, and read the prices off the rows; None where time was over first."""
        model = self.model
        self._take(self._best_by_value())
        if self.reduced_costs_now(patience) is None:
            return None
        worth = np.maximum(-self._programme.row_duals, 0.0)
        lanes = worth[self._first.lane : self._first.lane + len(model.lane_kg)]
        return Prices(
            picker=_by_owner(worth, self._limits["picker"], model.trip_picker, len(model.picker_kg)),
            packing=_by_owner(worth, self._limits["packing"], model.trip_packing, len(model.packing_kg)),
            lane=lanes,
            batch=_by_owner(worth, self._limits["batch"], model.trip_batch, len(model.batch_kg)),
        )


def _by_owner(worth: Floats, rows: range, owner: Ints, count: int) -> Floats:
    """The rows' prices by the number of what they limit: rows come in the order in which trips name their owners."""
    found = np.zeros(count)
    found[list(dict.fromkeys(owner[owner >= 0].tolist()))] = worth[rows.start : rows.stop]
    return found

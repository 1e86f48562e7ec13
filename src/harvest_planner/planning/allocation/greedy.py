"""What is still free under an allocation, and serving what fits in it at a profit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harvest_planner.planning.allocation.model import Bools, Floats, Ints, Model

KG_EPSILON = 1e-7
KG_STEP = 1e-6
"""Kilograms are planned in steps of a milligram."""
VND_EPSILON = 1e-6
LOOK_ANEW = 2_000
"""Columns after which it is looked up anew which others still fit."""


class Free:
    """Capacities left by an allocation, updated as columns are added.

    Attributes
    ----------
    trip_kg, shipped_kg, surplus_kg : per trip, what is picked, shipped and surplus so far [kg].
    """

    def __init__(self, model: Model, column_kg: Floats, surplus_kg: Floats) -> None:
        self.model = model
        trips = len(model.trip_batch)
        self.shipped_kg = _by_owner(model.column_trip, column_kg, trips)
        self.surplus_kg = surplus_kg.astype(float)
        self.trip_kg = self.shipped_kg + self.surplus_kg
        self.batch_kg = model.batch_kg - _by_owner(model.trip_batch, self.trip_kg, len(model.batch_kg))
        self.picker_kg = model.picker_kg - _by_owner(model.trip_picker, self.trip_kg, len(model.picker_kg))
        self.packing_kg = model.packing_kg - _by_owner(model.trip_packing, self.shipped_kg, len(model.packing_kg))
        self.lane_kg = model.lane_kg.astype(float).copy()
        self.fair_kg = model.fair_kg - _by_owner(model.trip_fair, self.shipped_kg, len(model.fair_kg))
        self.order_kg = model.order_kg - _by_owner(model.column_order, column_kg, len(model.order_kg))
        for column in np.flatnonzero(column_kg > 0).tolist():
            for lane in model.lanes_of(column):
                self.lane_kg[lane] -= column_kg[column]

    def made(self, trip: int) -> bool:
        """Whether the trip is made already."""
        return bool(self.trip_kg[trip] > KG_EPSILON or self.model.trip_made[trip])

    def may_make(self, trip: int) -> bool:
        """Whether a trip not yet made keeps the number and spacing of the batch's trips."""
        model = self.model
        if model.trip_blocked[trip]:
            return False
        same = np.flatnonzero(model.trip_batch == model.trip_batch[trip])
        others = [other for other in same.tolist() if other != trip and self.trip_kg[other] > KG_EPSILON]
        new = [other for other in others if not model.trip_made[other]]
        batch = int(model.trip_batch[trip])
        if len(new) + 1 > model.batch_most_trips[batch]:
            return False
        apart = int(model.batch_spacing_days[batch])
        return all(abs(int(model.trip_day[other] - model.trip_day[trip])) >= apart for other in others)

    def room(self, trip: int) -> float:
        """Kilograms that batch and picker still allow on the trip."""
        model = self.model
        picker = int(model.trip_picker[trip])
        hands = self.picker_kg[picker] if picker >= 0 else np.inf
        return float(min(self.batch_kg[model.trip_batch[trip]], hands))

    def packing(self, trip: int) -> float:
        """Kilograms that can still be packed that day."""
        packing = int(self.model.trip_packing[trip])
        return float(self.packing_kg[packing]) if packing >= 0 else float(np.inf)

    def fair_vnd(self, trip: int, kg: float) -> float:
        """What so many kilograms more of the trip count towards its grower's fair part [VND]."""
        part = int(self.model.trip_fair[trip])
        if part < 0:
            return 0.0
        return float(self.model.fair_vnd_per_kg[part]) * min(kg, max(0.0, float(self.fair_kg[part])))

    def surplus_vnd(self, trip: int) -> float:
        """What a new trip for the local market alone would bring beyond its cost and what the fruit is worth kept."""
        model = self.model
        better = float(model.trip_surplus_vnd_per_kg[trip] - model.batch_kept_vnd_per_kg[model.trip_batch[trip]])
        return better * self.room(trip) - float(model.trip_cost_vnd[trip]) if better > 0 else 0.0

    def room_of(self, column: int) -> float:
        """Kilograms that batch, picker, packing and departures still allow by the column."""
        trip = int(self.model.column_trip[column])
        lanes = (float(self.lane_kg[lane]) for lane in self.model.lanes_of(column))
        return min(self.room(trip), self.packing(trip), *lanes)

    def room_now(self, columns: Ints) -> Floats:
        """What batch, picker, packing, departures and the order itself still allow by each of these columns [kg]."""
        model = self.model
        hands = np.append(self.picker_kg, np.inf)[model.trip_picker]
        packing = np.append(self.packing_kg, np.inf)[model.trip_packing]
        trip_kg = np.minimum(np.minimum(self.batch_kg[model.trip_batch], hands), packing)
        return np.minimum(model.room_by(trip_kg, self.lane_kg, columns), self.order_kg[model.column_order[columns]])

    def give(self, column: int, kg: float) -> None:
        """Use capacity for kilograms of the column's order."""
        self.order_kg[self.model.column_order[column]] -= kg
        self.take(int(self.model.column_trip[column]), kg, self.model.lanes_of(column))

    def take(self, trip: int, kg: float, lanes: tuple[int, ...], *, surplus: float = 0.0) -> None:
        """Use capacity for shipped and surplus kilograms of a trip."""
        model = self.model
        self.trip_kg[trip] += kg + surplus
        self.shipped_kg[trip] += kg
        self.surplus_kg[trip] += surplus
        self.batch_kg[model.trip_batch[trip]] -= kg + surplus
        if model.trip_picker[trip] >= 0:
            self.picker_kg[model.trip_picker[trip]] -= kg + surplus
        if model.trip_packing[trip] >= 0:
            self.packing_kg[model.trip_packing[trip]] -= kg
        if model.trip_fair[trip] >= 0:
            self.fair_kg[model.trip_fair[trip]] -= kg
        for lane in lanes:
            self.lane_kg[lane] -= kg


def fill(model: Model, column_kg: Floats, surplus_kg: Floats) -> tuple[Floats, Floats]:
    """The allocation with every order added that fits what is free at a profit, best first; surplus put right after.

    An order is added (whole, or the part that fits where it may be split) where batch, picker, packing and departures
    have room and its worth, what it counts for its grower included, exceeds what its kilograms would bring on the tree
    and, on a new trip, the trip's cost.
    """
    free = Free(model, column_kg, surplus_kg)
    taken = column_kg.copy()
    trim_surplus(model, free)
    for trip in np.flatnonzero(free.trip_kg > KG_EPSILON).tolist():
        # Kilograms come rounded down, each part for itself.
        _reach_least(model, free, trip)
    for column in _worth_trying(free, taken):
        kg = _part_that_fits(free, model, column, started=bool(taken[column] > 0))
        if kg <= 0 or not _pays(free, model, column, kg, started=bool(taken[column] > 0)):
            continue
        taken[column] += kg
        free.give(column, kg)
        _reach_least(model, free, int(model.column_trip[column]))
    sell_surplus(model, free)
    return taken, free.surplus_kg


def follow(model: Model, column_kg: Floats, trips: Bools) -> tuple[Floats, Floats]:
    """A whole allocation near a relaxed one: what it carries in whole, or in parts large enough, then what still fits.

    Parameters
    ----------
    column_kg : kilograms by each column of the relaxed allocation, to the solver's tolerance.
    trips : the trips that may be made for it.
    """
    free = Free(model, np.zeros(len(column_kg)), np.zeros(len(model.trip_batch)))
    taken = np.zeros(len(column_kg))
    column_kg = np.round(column_kg / KG_STEP) * KG_STEP
    used = np.flatnonzero(column_kg > KG_EPSILON)
    for column in used[np.argsort(-(column_kg / model.column_kg)[used], kind="stable")].tolist():
        trip = int(model.column_trip[column])
        kg = _part_that_fits(free, model, column, started=False, most_kg=float(column_kg[column]))
        if kg > 0 and (free.made(trip) or (trips[trip] and _may_begin(free, trip, kg))):
            taken[column] = kg
            free.give(column, kg)
            _reach_least(model, free, trip)
    return fill(model, taken, free.surplus_kg)


def _worth_trying(free: Free, taken: Floats) -> Iterator[int]:
    """Columns worth something, best first, of which something may still fit: what is free only ever becomes less."""
    model = free.model
    kept = model.batch_kept_vnd_per_kg[model.trip_batch[model.column_trip]] * model.column_kg
    fair = np.append(model.fair_vnd_per_kg, 0.0)[model.trip_fair[model.column_trip]] * model.column_kg
    gain = model.column_value_vnd - kept + fair
    least = np.where(model.order_splits, model.order_least_kg, model.order_kg)[model.column_order]
    least = np.where(taken > 0, 0.0, least) - KG_EPSILON
    worth = np.flatnonzero(gain > VND_EPSILON)
    for columns in np.array_split(worth[np.argsort(-gain[worth], kind="stable")], 1 + len(worth) // LOOK_ANEW):
        yield from columns[free.room_now(columns) >= np.maximum(least[columns], KG_EPSILON)].tolist()


def _part_that_fits(free: Free, model: Model, column: int, *, started: bool, most_kg: float = np.inf) -> float:
    """Kilograms of the order that the column can still take; 0 where a whole order or the least part does not fit."""
    order = int(model.column_order[column])
    wanted, room = float(free.order_kg[order]), free.room_of(column)
    if not model.order_splits[order]:
        whole = float(model.order_kg[order])
        return whole if wanted >= whole - KG_EPSILON and whole <= room + KG_EPSILON else 0.0
    part = float(whole_mg(np.array(min(wanted, room, most_kg))))
    least = KG_EPSILON if started else float(model.order_least_kg[order])
    return max(part, least) if part >= least - KG_EPSILON and part > 10 * KG_EPSILON else 0.0


def _pays(free: Free, model: Model, column: int, kg: float, *, started: bool) -> bool:
    trip = int(model.column_trip[column])
    kept, sold = float(model.batch_kept_vnd_per_kg[model.trip_batch[trip]]), float(model.trip_surplus_vnd_per_kg[trip])
    review = float(model.column_review_vnd[column])
    per_kg = (float(model.column_value_vnd[column]) + review) / float(model.order_kg[model.column_order[column]])
    gain = kg * (per_kg - kept) - (0.0 if started else review) + free.fair_vnd(trip, kg)
    if free.made(trip) or free.surplus_vnd(trip) > 0:
        return gain - kg * max(0.0, sold - kept) > VND_EPSILON and (free.made(trip) or _may_begin(free, trip, kg))
    short = max(0.0, float(model.trip_least_kg[trip]) - kg)
    filler = short * (sold - kept)
    return gain + filler - float(model.trip_cost_vnd[trip]) > VND_EPSILON and _may_begin(free, trip, kg)


def _may_begin(free: Free, trip: int, kg: float) -> bool:
    """Whether a trip may be made with so many kilograms, and filled up to its least."""
    return free.may_make(trip) and max(kg, float(free.model.trip_least_kg[trip])) <= free.room(trip) + KG_EPSILON


def _reach_least(model: Model, free: Free, trip: int) -> None:
    short = 0.0 if model.trip_made[trip] else float(model.trip_least_kg[trip] - free.trip_kg[trip])
    if short > 0:
        free.take(trip, 0.0, (), surplus=short)


def trim_surplus(model: Model, free: Free) -> None:
    """Leave on the tree what the local market pays no more for, down to each trip's least kg."""
    kept = model.batch_kept_vnd_per_kg[model.trip_batch]
    for trip in np.flatnonzero((free.surplus_kg > 0) & (model.trip_surplus_vnd_per_kg <= kept)).tolist():
        least = (
            0.0 if model.trip_made[trip] or free.shipped_kg[trip] <= KG_EPSILON else float(model.trip_least_kg[trip])
        )
        needed = max(0.0, least - free.shipped_kg[trip])
        if free.surplus_kg[trip] > needed:
            free.take(trip, 0.0, (), surplus=needed - float(free.surplus_kg[trip]))


def sell_surplus(model: Model, free: Free) -> None:
    """Sell to the local market, at a better price than the tree's, what trips that are made or pay by it can carry."""
    better = model.trip_surplus_vnd_per_kg - model.batch_kept_vnd_per_kg[model.trip_batch]
    for trip in np.lexsort((-model.trip_day, -better)).tolist():
        if better[trip] <= 0:
            break
        room = float(whole_mg(np.array(free.room(trip))))
        if room <= KG_EPSILON or model.trip_blocked[trip]:
            continue
        if free.made(trip) or (free.surplus_vnd(trip) > VND_EPSILON and _may_begin(free, trip, room)):
            free.take(trip, 0.0, (), surplus=room)


def value_of(model: Model, column_kg: Floats, surplus_kg: Floats) -> float:
    """Worth of an allocation by the model's objective [VND]."""
    used = column_kg > 0
    full = model.column_value_vnd + model.column_review_vnd
    goods = float((full * column_kg / model.column_kg)[used].sum() - model.column_review_vnd[used].sum())
    trips = len(model.trip_batch)
    shipped = _by_owner(model.column_trip, column_kg, trips)
    picked = shipped + surplus_kg
    made = (picked > KG_EPSILON) & ~model.trip_made
    kept = float((model.batch_kept_vnd_per_kg[model.trip_batch] * picked).sum())
    counted = np.minimum(_by_owner(model.trip_fair, shipped, len(model.fair_kg)), model.fair_kg)
    fair = float(counted @ model.fair_vnd_per_kg)
    sold = float(surplus_kg @ model.trip_surplus_vnd_per_kg)
    return goods + sold + fair - kept - float(model.trip_cost_vnd[made].sum())


def whole_mg(kg: Floats) -> Floats:
    """Kilograms in whole milligrams, rounded down but for what only the arithmetic took."""
    return np.maximum(np.floor(kg / KG_STEP + 1e-3) * KG_STEP, 0.0)


def rounding_vnd(model: Model, column_kg: Floats, surplus_kg: Floats) -> float:
    """What an allocation may lose because its parts and its surplus are whole milligrams [VND]."""
    parts = model.order_splits[model.column_order] & (column_kg > 0)
    trips = np.union1d(model.column_trip[parts], np.flatnonzero(surplus_kg > 0))
    per_kg = ((model.column_value_vnd + model.column_review_vnd) / model.column_kg)[parts]
    sold = model.trip_surplus_vnd_per_kg[trips]
    fair = np.append(model.fair_vnd_per_kg, 0.0)[model.trip_fair[trips]]
    return KG_STEP * float(np.abs(per_kg).sum() + np.abs(sold).sum() + fair.sum())


def _by_owner(owner: Ints, kg: Floats, count: int) -> Floats:
    owned = owner >= 0
    return np.bincount(owner[owned], weights=kg[owned], minlength=count).astype(np.float64)

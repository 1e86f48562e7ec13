"""The rules of a joint plan as rows of a linear programme: one function, one sentence each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from harvest_planner.planning.allocation.model import Ints, Model

Row = tuple[float, float, list[int], list[float]]
"""(lower, upper, column indices, coefficients)."""


class Layout:
    """Where variables stand: each trip's p (kg picked), s (surplus kg), y (trip made), each fair part's f (kg that
    count towards it), then the order columns.
    """

    def __init__(self, model: Model) -> None:
        self.trips = len(model.trip_batch)
        self.first_fair = 3 * self.trips
        self.first_column = self.first_fair + len(model.fair_kg)

    def p(self, trip: int) -> int:
        return trip

    def s(self, trip: int) -> int:
        return self.trips + trip

    def y(self, trip: int) -> int:
        return 2 * self.trips + trip

    def f(self, part: int) -> int:
        return self.first_fair + part


def rule_rows(model: Model, at: Layout) -> list[Row]:
    """All rows that trips obey among themselves; the order columns enter the balance and lane rows later."""
    return [
        *batch_quantity(model, at),
        *picker_day(model, at),
        *packing_day(model, at),
        *trip_link(model, at),
        *trip_least(model, at),
        *most_trips(model, at),
        *trip_spacing(model, at),
        *fair_part(model, at),
    ]


def batch_quantity(model: Model, at: Layout) -> Iterator[Row]:
    """All picks of a batch together take no more than hangs there."""
    for batch, trips in _grouped(model.trip_batch).items():
        yield -np.inf, float(model.batch_kg[batch]), [at.p(t) for t in trips], [1.0] * len(trips)


def picker_day(model: Model, at: Layout) -> Iterator[Row]:
    """A grower picks no more in a day than hands can, surplus included."""
    for picker, trips in _grouped(model.trip_picker).items():
        yield -np.inf, float(model.picker_kg[picker]), [at.p(t) for t in trips], [1.0] * len(trips)


def packing_day(model: Model, at: Layout) -> Iterator[Row]:
    """A place packs no more shipped goods in a day than it can."""
    for packing, trips in _grouped(model.trip_packing).items():
        columns = [at.p(t) for t in trips] + [at.s(t) for t in trips]
        yield -np.inf, float(model.packing_kg[packing]), columns, [1.0] * len(trips) + [-1.0] * len(trips)


def trip_link(model: Model, at: Layout) -> Iterator[Row]:
    """What is picked on a trip needs the trip to be made."""
    most = model.trip_most_kg
    for trip in range(at.trips):
        yield -np.inf, 0.0, [at.p(trip), at.y(trip)], [1.0, -float(most[trip])]


def trip_least(model: Model, at: Layout) -> Iterator[Row]:
    """A trip that is made picks at least its least kg."""
    for trip in np.flatnonzero((model.trip_least_kg > 0) & ~model.trip_made).tolist():
        yield 0.0, np.inf, [at.p(trip), at.y(trip)], [1.0, -float(model.trip_least_kg[trip])]


def most_trips(model: Model, at: Layout) -> Iterator[Row]:
    """A batch is visited no more often than the policy allows."""
    for batch, trips in _grouped(model.trip_batch).items():
        new = [t for t in trips if not model.trip_made[t]]
        most = float(model.batch_most_trips[batch])
        if most < len(new):
            yield -np.inf, most, [at.y(t) for t in new], [1.0] * len(new)


def trip_spacing(model: Model, at: Layout) -> Iterator[Row]:
    """Two trips to a batch lie at least its days apart."""
    for batch, trips in _grouped(model.trip_batch).items():
        apart = int(model.batch_spacing_days[batch])
        if apart <= 1:
            continue
        ordered = sorted((t for t in trips if not model.trip_made[t]), key=lambda t: model.trip_day[t])
        for first in ordered:
            window = [t for t in ordered if 0 <= model.trip_day[t] - model.trip_day[first] < apart]
            if len(window) > 1:
                yield -np.inf, 1.0, [at.y(t) for t in window], [1.0] * len(window)


def fair_part(model: Model, at: Layout) -> Iterator[Row]:
    """No more counts towards a grower's fair part of a crop than he ships of it."""
    for part, trips in _grouped(model.trip_fair).items():
        columns = [at.f(part), *(at.p(t) for t in trips), *(at.s(t) for t in trips)]
        yield -np.inf, 0.0, columns, [1.0, *([-1.0] * len(trips)), *([1.0] * len(trips))]


def _grouped(owner: Ints) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for trip, index in enumerate(owner.tolist()):
        if index >= 0:
            groups[index].append(trip)
    return groups


def order_once(model: Model) -> Iterator[Row]:
    """An order is sent at most once; order columns enter with their share."""
    yield from ((-np.inf, 1.0, [], []) for _ in model.order_kg)


def trip_balance(at: Layout) -> Iterator[Row]:
    """What a trip picks is shipped or surplus; order columns enter with their kilograms."""
    yield from ((0.0, 0.0, [at.s(trip), at.p(trip)], [1.0, -1.0]) for trip in range(at.trips))


def departure_load(model: Model) -> Iterator[Row]:
    """A departure carries at most what is left on it; order columns that load it enter with their kilograms."""
    yield from ((-np.inf, float(kg), [], []) for kg in model.lane_kg)

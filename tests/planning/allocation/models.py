"""Random small allocation models, made by a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harvest_planner.planning.allocation.model import Model


def random_model(seed: int, *, orders: int = 8, batches: int = 4, days: int = 4) -> Model:
    """A model in which every rule can bind."""
    rng = np.random.default_rng(seed)
    trips = batches * days
    order_kg = np.round(rng.uniform(1, 20, orders), 1)
    pairs = [(o, t, j) for o in range(orders) for t in range(trips) for j in range(2) if rng.random() < 0.5]
    order, trip, journey = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    review = np.round(rng.uniform(0, 3000, len(pairs)), 2) * rng.integers(0, 2)
    surplus = np.round(rng.uniform(0, 20_000, batches), 0)
    limited = rng.random((days, 2)) < 0.3
    lane_number = np.cumsum(limited.ravel()).reshape(limited.shape) - 1
    trip_day = np.tile(np.arange(days), batches)
    return Model(
        order_kg=order_kg,
        order_splits=rng.random(orders) < 0.3,
        order_least_kg=np.minimum(1.0, order_kg),
        trip_batch=np.repeat(np.arange(batches), days),
        trip_day=trip_day,
        trip_picker=np.where(rng.random() < 0.5, np.tile(np.arange(days), batches), -1),
        trip_packing=np.where(rng.random() < 0.5, np.tile(np.arange(days), batches), -1),
        trip_fair=np.where(rng.random(trips) < 0.8, np.repeat(np.arange(batches) // 2, days), -1),
        trip_cost_vnd=np.round(rng.uniform(0, 60_000, trips), 0),
        trip_least_kg=np.repeat(np.round(rng.uniform(0, 12, batches) * rng.integers(0, 2, batches), 1), days),
        trip_made=rng.random(trips) < 0.1,
        trip_blocked=np.zeros(trips, dtype=bool),
        trip_surplus_vnd_per_kg=np.repeat(surplus, days),
        batch_kg=np.round(rng.uniform(5, 40, batches), 1),
        batch_kept_vnd_per_kg=np.round(surplus * rng.integers(0, 2, batches), 2),
        batch_most_trips=np.where(rng.random(batches) < 0.3, 1.0, np.inf),
        batch_spacing_days=rng.integers(1, 4, batches),
        picker_kg=np.round(rng.uniform(5, 50, days), 1),
        packing_kg=np.round(rng.uniform(5, 50, days), 1),
        lane_kg=np.round(rng.uniform(0, 30, int(limited.sum())), 1),
        fair_kg=np.round(rng.uniform(0, 40, (batches + 1) // 2), 1),
        fair_vnd_per_kg=np.round(rng.uniform(0, 20_000, (batches + 1) // 2) * rng.integers(0, 2), 0),
        column_order=order,
        column_trip=trip,
        column_value_vnd=order_kg[order] * np.round(rng.uniform(1_000, 60_000, len(pairs)), 0) - review,
        column_review_vnd=review,
        column_way=2 * trip_day[trip] + journey,
        way_lanes=tuple(
            (int(lane_number[day, j]),) if limited[day, j] else () for day in range(days) for j in range(2)
        ),
    )


def one_batch(order_kg: tuple[float, ...], value_vnd: tuple[float, ...], *, trips: int = 1, **changed: object) -> Model:
    """A batch of a hundred kilograms with free trips on days one after another, for whole orders, nothing else limited.

    Parameters
    ----------
    value_vnd : of each order by each trip, orders outermost.
    changed : other fields of the model.
    """
    orders, none = len(order_kg), np.full(trips, -1)
    model = Model(
        order_kg=np.array(order_kg),
        order_splits=np.zeros(orders, dtype=bool),
        order_least_kg=np.ones(orders),
        trip_batch=np.zeros(trips, dtype=np.int64),
        trip_day=np.arange(trips),
        trip_picker=none,
        trip_packing=none,
        trip_fair=none,
        trip_cost_vnd=np.zeros(trips),
        trip_least_kg=np.zeros(trips),
        trip_made=np.zeros(trips, dtype=bool),
        trip_blocked=np.zeros(trips, dtype=bool),
        trip_surplus_vnd_per_kg=np.zeros(trips),
        batch_kg=np.array([100.0]),
        batch_kept_vnd_per_kg=np.zeros(1),
        batch_most_trips=np.array([np.inf]),
        batch_spacing_days=np.array([1]),
        picker_kg=np.zeros(0),
        packing_kg=np.zeros(0),
        lane_kg=np.zeros(0),
        fair_kg=np.zeros(0),
        fair_vnd_per_kg=np.zeros(0),
        column_order=np.repeat(np.arange(orders), trips),
        column_trip=np.tile(np.arange(trips), orders),
        column_value_vnd=np.array(value_vnd),
        column_review_vnd=np.zeros(orders * trips),
        column_way=np.zeros(orders * trips, dtype=np.int64),
        way_lanes=((),),
    )
    return replace(model, **changed)  # type: ignore[arg-type]

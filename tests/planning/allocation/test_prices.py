"""Prices are supergradients: no kilogram more brings more than its price, none less costs less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from harvest_planner.planning.allocation.model import Bools, Model
from harvest_planner.planning.allocation.prices import Prices, PriceTask, open_trips, price
from harvest_planner.planning.allocation.solve import Task, solve
from harvest_planner.planning.patience import Patience
from tests.planning.allocation.models import one_batch, random_model

LIMITS = {"picker": "picker_kg", "packing": "packing_kg", "lane": "lane_kg", "batch": "batch_kg"}


def solved(model: Model) -> tuple[float, Bools]:
    """Worth of the best allocation, and the trips on which it picks."""
    found = solve(Task(model, 0.0, 0, Patience()))
    shipped = np.bincount(model.column_trip, weights=found.column_kg, minlength=len(model.trip_batch))
    return found.value_vnd, shipped + found.surplus_kg > 1e-6


def priced(model: Model, picked: Bools) -> Prices:
    found = price(PriceTask(model, picked, 0, Patience()))
    assert found is not None
    return found


def with_more(model: Model, name: str, number: int, kg: float) -> Model:
    limits = getattr(model, name).copy()
    limits[number] += kg
    return replace(model, **{name: limits})


def programme_worth(model: Model, picked: Bools, useful: Bools) -> float:
    """The linear programme with those trips, written down here once more [VND]: order columns, surplus, fair parts."""
    columns, trips = len(model.column_order), len(model.trip_batch)
    on = [*model.column_trip.tolist(), *range(trips)]
    weight = [*model.column_kg.tolist(), *([1.0] * trips)]
    kept = model.batch_kept_vnd_per_kg[model.trip_batch]
    worth = np.concatenate([
        model.column_value_vnd - model.column_kg * kept[model.column_trip], model.trip_surplus_vnd_per_kg - kept,
    ])  # fmt: skip
    rows, most = [], []

    def at_most(limit: float, holds: list[bool], sign: float = 1.0) -> None:
        rows.append([sign * kg * held for kg, held in zip(weight, holds, strict=True)])
        most.append(sign * limit)

    for owner, limits, surplus_too in (
        (model.trip_batch, model.batch_kg, True),
        (model.trip_picker, model.picker_kg, True),
        (model.trip_packing, model.packing_kg, False),
    ):
        for number, limit in enumerate(limits.tolist()):
            at_most(limit, [owner[t] == number and (surplus_too or i < columns) for i, t in enumerate(on)])
    for lane, limit in enumerate(model.lane_kg.tolist()):
        at_most(limit, [i < columns and lane in model.lanes_of(i) for i in range(len(on))])
    for trip in np.flatnonzero(picked & ~model.trip_made & (model.trip_least_kg > 0)).tolist():
        at_most(float(model.trip_least_kg[trip]), [t == trip for t in on], sign=-1.0)
    for order in range(len(model.order_kg)):
        rows.append([float(i < columns and model.column_order[i] == order) for i in range(len(on))])
        most.append(1.0)
    parts = len(model.fair_kg)
    rows = [[*row, *([0.0] * parts)] for row in rows]
    for part in range(parts):
        own = [i < columns and model.trip_fair[t] == part for i, t in enumerate(on)]
        ships = [-kg * held for kg, held in zip(weight, own, strict=True)]
        rows.append([*ships, *(float(other == part) for other in range(parts))])
        most.append(0.0)
    worth = np.concatenate([worth, model.fair_vnd_per_kg])
    open_ = open_trips(model, picked)
    uppers = [1.0 * (open_[t] and useful[i]) if i < columns else (None if open_[t] else 0.0) for i, t in enumerate(on)]
    uppers += model.fair_kg.tolist()
    found = linprog(-worth, A_ub=rows, b_ub=most, bounds=[(0.0, upper) for upper in uppers])
    assert found.success
    return float(-found.fun)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_prices_of_the_programme_with_the_trips_of_a_plan(seed: int) -> None:
    model = random_model(seed)
    _, picked = solved(model)
    prices, useful, step = priced(model, picked), model.column_possible, 1e-2
    here = programme_worth(model, picked, useful)
    for kind, name in LIMITS.items():
        for number, per_kg in enumerate(getattr(prices, kind).tolist()):
            more = programme_worth(with_more(model, name, number, step), picked, useful)
            assert (more - here) / step <= per_kg + 1.0
            if per_kg == 0.0:
                continue
            less = programme_worth(with_more(model, name, number, -step), picked, useful)
            assert (here - less) / step >= per_kg - 1.0


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_without_fees_and_whole_orders_the_plan_itself_obeys_the_prices(seed: int) -> None:
    drawn = random_model(seed, orders=6, batches=3, days=3)
    trips, orders, batches = len(drawn.trip_batch), len(drawn.order_kg), len(drawn.batch_kg)
    model = replace(
        drawn,
        order_splits=np.ones(orders, dtype=bool),
        order_least_kg=np.full(orders, 1e-6),
        trip_cost_vnd=np.zeros(trips),
        trip_least_kg=np.zeros(trips),
        batch_most_trips=np.full(batches, np.inf),
        batch_spacing_days=np.ones(batches, dtype=np.int64),
        column_value_vnd=drawn.column_value_vnd + drawn.column_review_vnd,
        column_review_vnd=np.zeros(len(drawn.column_order)),
    )
    value, picked = solved(model)
    prices = priced(model, picked)
    for kind, name in LIMITS.items():
        for number, per_kg in enumerate(getattr(prices, kind).tolist()):
            more, _ = solved(with_more(model, name, number, 1.0))
            assert more - value <= per_kg + 5.0
            if getattr(model, name)[number] >= 1.0:
                less, _ = solved(with_more(model, name, number, -1.0))
                assert value - less >= per_kg - 5.0


def test_a_limit_that_is_used_up_just_when_the_order_is_full_has_no_price() -> None:
    model = one_picker(order_kg=(20.0,), values=(60_000.0,))
    assert priced(model, np.array([True])).picker.tolist() == [0.0]


def test_the_outbid_order_sets_the_price() -> None:
    model = one_picker(order_kg=(15.0, 15.0), values=(60_000.0, 40_000.0))
    assert priced(model, np.array([True])).picker.tolist() == pytest.approx([40_000.0])


def test_out_of_time_there_are_no_prices() -> None:
    model = one_picker(order_kg=(15.0, 15.0), values=(60_000.0, 40_000.0))
    assert price(PriceTask(model, np.array([True]), 0, Patience(0.0))) is None


def one_picker(*, order_kg: tuple[float, ...], values: tuple[float, ...]) -> Model:
    """One trip of twenty kilograms at most, of a batch of a hundred, for orders of these values per kilogram."""
    worth = tuple(kg * per_kg for kg, per_kg in zip(order_kg, values, strict=True))
    return one_batch(order_kg, worth, trip_picker=np.array([0]), picker_kg=np.array([20.0]))

"""The relaxation's bound is its optimum, its reduced costs hold for all columns, and plans made from it are whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harvest_planner.planning.allocation import greedy
from harvest_planner.planning.allocation.greedy import fill, follow, value_of
from harvest_planner.planning.allocation.highs import Programme
from harvest_planner.planning.allocation.master import Master
from harvest_planner.planning.allocation.model import Model
from harvest_planner.planning.allocation.rounding import rounded
from harvest_planner.planning.allocation.rows import Layout, rule_rows
from harvest_planner.planning.allocation.solve import Task, solve
from harvest_planner.planning.allocation.variables import add_column_rows, column_entries, trip_columns
from harvest_planner.planning.patience import Patience
from tests.planning.allocation.models import one_batch, random_model

SEEDS = range(12)


def uncounted_trips(seed: int) -> Model:
    """A random model whose trips cost nothing and are not counted: its relaxation needs no cuts."""
    model = random_model(seed)
    return replace(
        model,
        trip_cost_vnd=np.zeros_like(model.trip_cost_vnd),
        trip_least_kg=np.zeros_like(model.trip_least_kg),
        batch_most_trips=np.full_like(model.batch_most_trips, np.inf),
        batch_spacing_days=np.ones_like(model.batch_spacing_days),
    )


def most_vnd(model: Model, *, sent: int | None = None) -> float:
    """The optimum of the relaxation over all columns at once, one of them sent in whole; −inf where that cannot be."""
    at, count = Layout(model), len(model.column_order)
    programme = Programme(*trip_columns(model, at), seed=0)
    programme.add_rows(rule_rows(model, at))
    first = add_column_rows(programme, model, at)
    least = np.zeros(count) if sent is None else (np.arange(count) == sent).astype(float)
    entries = column_entries(model, np.arange(count), first)
    programme.add_columns(-model.column_value_vnd, least, np.full(count, np.inf), entries)
    return -programme.objective if programme.solve() == "optimal" else -np.inf


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_is_the_optimum_of_the_relaxation(seed: int) -> None:
    model = uncounted_trips(seed)
    master = Master(model, seed=0)
    assert master.run(Patience())
    assert master.bound_vnd == pytest.approx(most_vnd(model), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_column_sent_in_whole_costs_at_least_its_reduced_cost(seed: int) -> None:
    model = uncounted_trips(seed)
    master = Master(model, seed=0)
    master.run(Patience())
    for column in range(0, len(model.column_order), 7):
        assert most_vnd(model, sent=column) <= master.bound_vnd - master.reduced_cost[column] + 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_that_were_limited_are_free_again_once_released(seed: int) -> None:
    master = Master(uncounted_trips(seed), seed=0)
    master.run(Patience())
    used = master.columns_used
    master.limit_shares(used, np.zeros(len(used)), np.zeros(len(used)), Patience())
    assert master.column_share[used].max() < 1e-9
    master.release_shares(Patience())
    assert -master._programme.objective == pytest.approx(master.bound_vnd)


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_made_from_the_relaxation_leave_nothing_overfull(seed: int) -> None:
    model = random_model(seed)
    master = Master(model, seed=0)
    master.run(Patience())
    for column_kg, surplus_kg in rounded(model, master, Patience()):
        free = greedy.Free(model, column_kg, surplus_kg)
        for left in (free.batch_kg, free.picker_kg, free.packing_kg, free.lane_kg, free.order_kg):
            assert (left >= -1e-5).all()
        assert value_of(model, column_kg, surplus_kg) <= master.bound_vnd + 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_looking_anew_at_what_fits_changes_nothing_but_the_work(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_model(seed, orders=30)
    nothing = np.zeros(len(model.column_order)), np.zeros(len(model.trip_batch))
    once = fill(model, *nothing)
    monkeypatch.setattr(greedy, "LOOK_ANEW", 1)
    for found, plain in zip(fill(model, *nothing), once, strict=True):
        assert found.tolist() == plain.tolist()


def split_in_two(**changed: object) -> Model:
    """One order of 5 kg that may be split, two trips of one batch of 8 kg, nothing else limited."""
    given = {"order_splits": np.array([True]), "batch_kg": np.array([8.0])}
    return one_batch((5.0,), (100_000.0, 90_000.0), trips=2, **(given | changed))


def test_a_least_part_that_the_solver_missed_by_its_tolerance_is_sent() -> None:
    column_kg, _ = follow(split_in_two(), np.array([4.0, 1.0 - 1e-9]), np.ones(2, dtype=bool))
    assert column_kg.tolist() == [4.0, 1.0]


def test_a_part_below_the_least_goes_with_the_other() -> None:
    column_kg, _ = follow(split_in_two(), np.array([4.4, 0.6]), np.ones(2, dtype=bool))
    assert column_kg.tolist() == pytest.approx([5.0, 0.0])


def test_fruit_goes_to_the_local_market_alone_where_that_pays_the_trip() -> None:
    nothing = np.zeros(2), np.zeros(2)
    dear = {"trip_surplus_vnd_per_kg": np.array([30_000.0, 25_000.0])}
    cheap = {**dear, "trip_cost_vnd": np.array([300_000.0, 300_000.0])}
    column_kg, surplus_kg = fill(split_in_two(**dear), *nothing)
    assert (column_kg.tolist(), surplus_kg.tolist()) == ([0.0, 0.0], [8.0, 0.0])
    column_kg, surplus_kg = fill(split_in_two(**cheap), *nothing)
    assert (column_kg.tolist(), surplus_kg.tolist()) == ([0.0, 0.0], [0.0, 0.0])


def test_what_whole_milligrams_cost_is_no_gap() -> None:
    dear = split_in_two(batch_kg=np.array([10.0 / 3.0]), column_value_vnd=np.array([1e6, 9e5]))
    found = solve(Task(dear, 0.0, 0, Patience()))
    assert found.column_kg.sum() == pytest.approx(3.333333, abs=1e-9)
    assert found.bound_vnd == found.value_vnd
    assert 0.0 < 1e6 / 5.0 * 10.0 / 3.0 - found.value_vnd < 0.2

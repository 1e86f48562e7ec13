"""The allocation is the optimum of one plain programme over all columns, keeps every rule, and its bound holds."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from harvest_planner.planning.allocation.components import components, joined
from harvest_planner.planning.allocation.greedy import Free, fill, value_of
from harvest_planner.planning.allocation.integer import IntegerProgramme
from harvest_planner.planning.allocation.model import Allocation, Model
from harvest_planner.planning.allocation.solve import Task, solve
from harvest_planner.planning.patience import Patience
from tests.planning.allocation.models import random_model

SEEDS = range(20)


def plain_optimum(model: Model) -> float:
    """The optimum by one integer programme over all columns."""
    nothing = np.zeros(len(model.column_order)), np.zeros(len(model.trip_batch))
    found = IntegerProgramme(model, seed=0).solve(absolute_gap=1e-6, start=None, target_vnd=np.inf, patience=Patience())
    assert found is not None
    assert found.finished
    return max(value_of(model, found.column_kg, found.surplus_kg), value_of(model, *fill(model, *nothing)))


def assert_keeps_the_rules(model: Model, found: Allocation) -> None:
    free = Free(model, found.column_kg, found.surplus_kg)
    for left in (free.batch_kg, free.picker_kg, free.packing_kg, free.lane_kg, free.order_kg):
        assert (left >= -1e-5).all()
    whole = ~model.order_splits[model.column_order] & (found.column_kg > 0)
    assert found.column_kg[whole] == pytest.approx(model.column_kg[whole])
    made = (free.trip_kg > 1e-6) & ~model.trip_made
    assert (free.trip_kg[made] >= model.trip_least_kg[made] - 1e-5).all()
    for batch in range(len(model.batch_kg)):
        days = np.sort(model.trip_day[made & (model.trip_batch == batch)])
        assert len(days) <= model.batch_most_trips[batch]
        assert (np.diff(days) >= model.batch_spacing_days[batch]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_equals_the_plain_programme_and_keeps_every_rule(seed: int) -> None:
    model = random_model(seed)
    found = solve(Task(model, 0.0, 0, Patience()))
    assert_keeps_the_rules(model, found)
    assert found.value_vnd == pytest.approx(value_of(model, found.column_kg, found.surplus_kg), abs=1e-6)
    assert found.value_vnd == pytest.approx(plain_optimum(model), rel=1e-7, abs=0.1)
    assert found.bound_vnd == pytest.approx(found.value_vnd)


@pytest.mark.parametrize("seed", range(8))
def test_within_a_gap_the_bound_still_covers_the_optimum(seed: int) -> None:
    model = random_model(seed)
    found = solve(Task(model, 0.02, 0, Patience()))
    assert_keeps_the_rules(model, found)
    assert found.bound_vnd >= plain_optimum(model) - 0.1
    assert found.bound_vnd - found.value_vnd <= 0.02 * abs(found.bound_vnd) + 1.0


@pytest.mark.parametrize("seed", range(8))
def test_parts_solved_apart_are_worth_the_whole(seed: int) -> None:
    model = random_model(seed, orders=6, batches=5, days=2)
    parts = list(components(model))
    whole = joined(model, parts, [solve(Task(part.model, 0.0, 0, Patience())) for part in parts])
    assert whole.value_vnd == pytest.approx(solve(Task(model, 0.0, 0, Patience())).value_vnd, rel=1e-7, abs=0.1)
    assert_keeps_the_rules(model, whole)


def test_what_rounding_took_from_an_order_comes_back_only_where_there_is_room() -> None:
    model = replace(
        random_model(0, orders=2, batches=1, days=1),
        order_kg=np.array([12.5, 5.0]),
        order_splits=np.array([False, True]),
        batch_kg=np.array([100.0]),
        picker_kg=np.array([100.0]),
        packing_kg=np.array([100.0]),
        lane_kg=np.array([15.0]),
        column_order=np.array([0, 1, 1]),
        column_trip=np.array([0, 0, 0]),
        column_value_vnd=np.array([1e5, 1e5, 1e5]),
        column_review_vnd=np.zeros(3),
        column_way=np.array([0, 0, 1]),
        way_lanes=((0,), ()),
    )
    programme = IntegerProgramme(model, seed=0)
    rounded_down = np.array([12.5, 2.5, 2.499999])
    column_kg, _ = programme._settled(rounded_down, np.zeros(1))
    assert column_kg.tolist() == pytest.approx([12.5, 2.5, 2.5], abs=1e-9)
    rounded_up = np.array([12.5, 2.500002, 2.499998])
    column_kg, _ = programme._settled(rounded_up, np.zeros(1))
    assert column_kg.tolist() == pytest.approx([12.5, 2.5, 2.5], abs=1e-9)


def test_what_rounding_picked_beyond_a_batch_is_taken_from_its_surplus() -> None:
    model = replace(random_model(0, orders=2, batches=1, days=1), batch_kg=np.array([10.0]), picker_kg=np.array([50.0]))
    programme = IntegerProgramme(model, seed=0)
    nothing = np.zeros(len(model.column_order))
    _, surplus_kg = programme._settled(nothing, np.array([10.00001]))
    assert surplus_kg.tolist() == pytest.approx([10.0], abs=1e-9)


def test_a_trip_that_the_programme_makes_by_its_tolerance_alone_is_not_made() -> None:
    model = replace(random_model(0, orders=2, batches=1, days=2), trip_made=np.zeros(2, dtype=bool))
    programme = IntegerProgramme(model, seed=0)
    values = np.zeros(programme._programme.columns)
    picked, surplus, made = (programme.at.trips * block + np.arange(2) for block in range(3))
    values[picked], values[surplus], values[made] = [2e-6, 5.0], [2e-6, 5.0], [5e-8, 1.0]
    programme._programme = SimpleNamespace(values=values, bound=0.0)  # type: ignore[assignment]
    assert programme._whole(finished=True).surplus_kg.tolist() == pytest.approx([0.0, 5.0])

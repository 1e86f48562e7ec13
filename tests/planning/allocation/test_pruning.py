"""What is left out before a model is solved is never missed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harvest_planner.planning.allocation.greedy import value_of
from harvest_planner.planning.allocation.pruning import dominated, pruned, tight_departures
from harvest_planner.planning.allocation.solve import Task, solve
from harvest_planner.planning.patience import Patience
from tests.planning.allocation.models import random_model
from tests.planning.allocation.test_solve import assert_keeps_the_rules


@pytest.mark.parametrize("seed", range(10))
def test_the_optimum_stays_and_is_an_allocation_of_the_whole_model(seed: int) -> None:
    model = random_model(seed)
    lean, columns, _ = pruned(model)
    assert len(columns) < len(model.column_order)
    found, plain = solve(Task(lean, 0.0, 0, Patience())), solve(Task(model, 0.0, 0, Patience()))
    assert found.value_vnd == pytest.approx(plain.value_vnd, rel=1e-7, abs=0.1)
    column_kg = np.zeros(len(model.column_order))
    column_kg[columns] = found.column_kg
    whole = replace(found, column_kg=column_kg)
    assert_keeps_the_rules(model, whole)
    assert value_of(model, column_kg, found.surplus_kg) == pytest.approx(found.value_vnd)


@pytest.mark.parametrize("seed", range(10))
def test_every_column_left_out_has_a_better_one_that_loads_no_more(seed: int) -> None:
    model = random_model(seed)
    out = dominated(model)
    for column in np.flatnonzero(out).tolist():
        same = (model.column_order == model.column_order[column]) & (model.column_trip == model.column_trip[column])
        assert any(
            model.column_value_vnd[other] >= model.column_value_vnd[column]
            and set(model.lanes_of(other)) <= set(model.lanes_of(column))
            and (
                model.column_review_vnd[other] <= model.column_review_vnd[column]
                or not model.order_splits[model.column_order[column]]
            )
            for other in np.flatnonzero(same & ~out).tolist()
        )


def test_a_departure_that_takes_all_who_could_load_it_is_no_limit() -> None:
    model = random_model(3, orders=12)
    lane = model.way_lanes.index((0,))
    loading = np.unique(model.column_order[model.column_way == lane])
    all_kg = float(model.order_kg[loading].sum())
    wide, tight = (replace(model, lane_kg=np.r_[kg, model.lane_kg[1:]]) for kg in (all_kg, all_kg - 0.1))
    assert 0 not in tight_departures(wide)
    assert 0 in tight_departures(tight)

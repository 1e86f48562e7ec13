"""Kinds that share the numbers of another: thousands of them, in any order, in long lines."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from harvest_planner.catalogue import crop_row
from harvest_planner.planning.curves import curve_of
from harvest_planner.schema.crop import Crop, merged
from harvest_planner.schema.problem import PlanningProblem, resolve_likeness

AS_OF = "2026-08-10T18:00:00+07:00"


def crops_of(rows: list[dict[str, Any]]) -> dict[str, Crop]:
    problem = PlanningProblem.model_validate({"as_of": AS_OF, "crops": rows})
    return {crop.id: crop for crop in problem.crops}


def test_three_thousand_kinds_like_leafy_greens_share_one_curve() -> None:
    rows = [{"id": f"rau-{i}", "like": "leafy-greens", "fruit_per_kg": 1 + i % 7} for i in range(3000)]
    found = crops_of(rows)
    assert len(found) == 3000
    assert len({id(curve_of(crop)) for crop in found.values()}) == 1
    assert curve_of(found["rau-17"]) == curve_of(Crop.model_validate(crop_row("leafy-greens")))
    assert [found[f"rau-{i}"].fruit_per_kg for i in range(8)] == [1, 2, 3, 4, 5, 6, 7, 1]


@pytest.mark.parametrize("order", ["first lender first", "last lender first", "shuffled"])
def test_a_line_of_two_thousand_kinds_each_like_the_next(order: str) -> None:
    rows: list[dict[str, Any]] = [{"id": "k0", "like": "tomato", "window_d20": 4.0}]
    rows += [{"id": f"k{i}", "like": f"k{i - 1}"} for i in range(1, 2000)]
    if order == "last lender first":
        rows.reverse()
    elif order == "shuffled":
        random.Random(7).shuffle(rows)
    found = crops_of(rows)
    assert {crop.window_d20 for crop in found.values()} == {4.0}
    assert {crop.ready_at_d20 for crop in found.values()} == {crop_row("tomato")["ready_at_d20"]}


@given(
    st.lists(st.integers(-1, 8), min_size=1, max_size=9),
    st.lists(st.one_of(st.none(), st.integers(1, 99)), min_size=9, max_size=9),
    st.randoms(use_true_random=False),
)
def test_each_kind_has_what_a_walk_up_its_line_finds(
    lenders: list[int], windows: list[int | None], shuffler: random.Random
) -> None:
    """By a definition of its own: the nearest kind up the line that states the field, else the catalogue's."""
    rows: list[dict[str, Any]] = []
    for i, lender in enumerate(lenders):
        like = f"k{lender}" if 0 <= lender < i else "litchi"
        own = {} if windows[i] is None else {"window_d20": float(windows[i] or 0)}
        rows.append({"id": f"k{i}", "like": like, **own})
    by_id = {row["id"]: row for row in rows}

    def window(kind: str) -> float:
        row = by_id.get(kind)
        if row is None:
            return float(crop_row(kind)["window_d20"])
        return float(row["window_d20"]) if "window_d20" in row else window(row["like"])

    shuffled = shuffler.sample(rows, len(rows))
    assert {crop.id: crop.window_d20 for crop in crops_of(shuffled).values()} == {kind: window(kind) for kind in by_id}


def test_a_circle_is_named_from_where_it_is_met() -> None:
    rows = [{"id": "a", "like": "b"}, {"id": "b", "like": "c"}, {"id": "c", "like": "a"}]
    with pytest.raises(ValueError, match="in a circle: a -> b -> c -> a"):
        resolve_likeness(rows)


def test_a_kind_may_change_the_catalogues_crop_of_its_own_name_and_lend_it_on() -> None:
    found = crops_of([{"id": "na-bo", "like": "na-bo", "window_d20": 2.0}, {"id": "na-cua-toi", "like": "na-bo"}])
    assert {crop.window_d20 for crop in found.values()} == {2.0}
    assert found["na-cua-toi"].ready_at_d20 == crop_row("na-bo")["ready_at_d20"]


def test_sharing_takes_all_but_the_names() -> None:
    row = merged({"id": "x", "like": "litchi"}, crop_row("litchi"))
    assert (row["id"], row.get("name"), row.get("name_vi")) == ("x", None, None)
    assert row["sources"] == crop_row("litchi")["sources"]

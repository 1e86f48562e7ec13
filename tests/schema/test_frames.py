"""Problems from data frames: the same records and the same messages as from rows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from pydantic import ValidationError

import harvest_planner as hp
from harvest_planner.schema.problem import TABLES
from tests.planning.small import DURABLE, batch, lane, order, problem
from tests.strategies import planning_problems

FRAMES: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "pandas": pd.DataFrame,
    "polars": lambda rows: pl.DataFrame(rows, infer_schema_length=None, strict=False),
    "lazy polars": lambda rows: pl.LazyFrame(rows, infer_schema_length=None, strict=False),
}
GIVEN = {"as_of": "2026-08-10T00:00:00+07:00", "crops": [DURABLE], "growers": [{"id": "g1"}], "lanes": [lane()]}
PLACES = [
    {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5},
    {"id": "town", "latitude_deg": 21, "longitude_deg": 105.8},
]


def framed(kind: str, orders: list[dict[str, Any]], batches: list[dict[str, Any]]) -> hp.PlanningProblem:
    make = FRAMES[kind]
    return hp.PlanningProblem.from_frames(**GIVEN, places=make(PLACES), orders=make(orders), batches=make(batches))


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_holds_what_rows_hold(kind: str) -> None:
    orders = [order(), order(id="o2", quantity_kg=3.5, may_split=True, placed_at="2026-08-09T10:00:00+07:00")]
    batches = [batch(last_spray_on="2026-08-01", pre_harvest_interval_days=3)]
    plain = hp.PlanningProblem.model_validate({**GIVEN, "places": PLACES, "orders": orders, "batches": batches})
    assert framed(kind, orders, batches) == plain


@pytest.mark.parametrize("kind", FRAMES)
def test_what_is_missing_in_a_column_is_the_default(kind: str) -> None:
    orders = [order(grade="A", accepts_share=0.5, deliver_from_at="2026-08-12T08:00:00+07:00"), order(id="o2")]
    first, second = framed(kind, orders, [batch()]).orders
    assert (first.grade, first.accepts_share) == ("A", 0.5)
    assert (second.grade, second.accepts_share, second.deliver_from_at) == (None, 0.8, None)


def test_instants_and_days_may_be_those_of_the_frame() -> None:
    orders = pd.DataFrame([order()])
    orders["deliver_until_at"] = pd.to_datetime(orders["deliver_until_at"])
    batches = pd.DataFrame([batch()])
    batches["observed_on"] = pd.to_datetime(batches["observed_on"])
    found = hp.PlanningProblem.from_frames(**GIVEN, places=PLACES, orders=orders, batches=batches)
    assert found.orders == problem().orders
    assert found.batches == problem().batches
    assert type(found.orders[0].deliver_until_at).__module__ == "datetime"


@pytest.mark.parametrize("kind", FRAMES)
def test_several_values_in_one_cell_are_parted_by_a_bar(kind: str) -> None:
    found = framed(kind, [order(certifications="VietGAP|GlobalG.A.P.", ripe_within_days="0|3")], [batch()])
    assert found.orders[0].certifications == ("VietGAP", "GlobalG.A.P.")
    assert found.orders[0].ripe_within_days == (0, 3)


def messages(make: Callable[[], object]) -> list[tuple[Any, ...]]:
    with pytest.raises(ValidationError) as caught:
        make()
    return [(error["loc"], error["msg"]) for error in caught.value.errors()]


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity_kg": -1.0},
        {"deliver_until_at": "2026-08-14T00:00:00"},
        {"destination_id": "Atlantis"},
        {"state": "perhaps"},
        {"colour": "red"},
    ],
)
def test_a_frame_is_refused_in_the_words_of_rows(kind: str, wrong: dict[str, Any]) -> None:
    orders = [order(), order(**{"id": "o2", **wrong})]
    if "colour" in wrong:
        orders[0]["colour"] = "red"
    plain = messages(
        lambda: hp.PlanningProblem.model_validate({**GIVEN, "places": PLACES, "orders": orders, "batches": [batch()]})
    )
    assert messages(lambda: framed(kind, orders, [batch()])) == plain
    assert plain


@given(planning_problems(max_orders=3, max_batches=2))
def test_any_problem_comes_back_from_its_frames(question: hp.PlanningProblem) -> None:
    tables = {
        name: pd.DataFrame([record.model_dump() for record in getattr(question, name)])
        for name in TABLES
        if name != "crops" and getattr(question, name)
    }
    again = hp.PlanningProblem.from_frames(as_of=question.as_of, policy=question.policy, crops=question.crops, **tables)
    assert again == question


def test_a_folder_and_a_plan_take_frames_for_orders_and_batches(tmp_path: Any) -> None:
    hp.save_problem(problem(), tmp_path / "folder")
    more = pd.DataFrame([order(), order(id="o2")])
    loaded = hp.load_problem(tmp_path / "folder", orders=more)
    assert [each.id for each in loaded.orders] == ["o1", "o2"]
    plan = hp.plan_harvest(problem(), orders=more, batches=pd.DataFrame([batch(quantity_kg=15)]))
    assert plan == hp.plan_harvest(loaded, batches=[batch(quantity_kg=15)])
    assert sum(row.kg for row in plan.refusals) == 10


def test_what_is_no_table_is_said() -> None:
    with pytest.raises(TypeError, match="str is no table"):
        hp.PlanningProblem.from_frames(**GIVEN, places=PLACES, orders="orders.csv")


def test_without_narwhals_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(hp.MissingExtraError, match=r"narwhals.*harvest-planner\[frames\]"):
        hp.PlanningProblem.from_frames(**GIVEN, places=PLACES, orders=pd.DataFrame([order()]))
    rows = hp.PlanningProblem.from_frames(**GIVEN, places=PLACES, orders=[order()], batches=(batch(),))
    assert rows.orders[0].id == "o1"

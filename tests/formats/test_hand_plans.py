"""A plan made by hand is judged softly: every violation has its size, and the optimum is told beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

import harvest_planner as hp
from tests.planning.small import batch, lane, order, problem
from tests.strategies import planning_problems

TIGHT = problem(
    growers=[{"id": "g1", "pick_capacity_kg_per_day": 20, "rest_days": ["2026-08-12"]}],
    batches=[batch(quantity_kg=30, trip_cost_vnd=10_000, surplus_price_vnd_per_kg=2_000)],
    orders=[order(), order(id="o2", quantity_kg=15), order(id="o3", state="inquiry")],
)


def row(order_id: str | None = "o1", **changes: Any) -> dict[str, Any]:
    return {"batch": "b1", "day": "2026-08-10", "order": order_id, "kg": 10, **changes}


def sizes(*rows: dict[str, Any], question: hp.PlanningProblem = TIGHT) -> dict[str, float | None]:
    return {found.code: found.size for found in hp.judge_by_hand(rows, question).violations}


def test_a_plan_without_fault_is_told_what_it_loses() -> None:
    found = hp.judge_by_hand([row()], TIGHT)
    best = hp.plan_harvest(TIGHT)
    assert found.violations == ()
    # The fruit left on the tree is worth its local price at the horizon.
    assert found.value_vnd == pytest.approx(10 * 50_000 - 10_000 + 20 * 2_000, abs=2)
    assert found.best_value_vnd == best.value_vnd
    assert found.lost_vnd == pytest.approx(best.value_vnd - found.value_vnd)
    assert found.lost_vnd > 0
    assert found == hp.judge_by_hand([row()], TIGHT, plan=best)


def test_every_violation_has_its_size() -> None:
    assert sizes(row(), row("o2", kg=15)) == {"picker_capacity": 5.0}
    assert sizes(row(), row(None, kg=25, day="2026-08-11")) == {"picker_capacity": 5.0, "quantity": 5.0}
    assert sizes(row(kg=12))["order_kg"] == 2.0
    assert sizes(row(kg=4)) == {"split": 4.0}
    assert sizes(row(day="2026-08-12")) == {"rest_day": 10.0}
    promised = {"batch_id": "b1", "order_id": "o1", "pick_on": "2026-08-10", "kg": 10, "state": "frozen"}
    assert sizes(question=problem(commitments=[promised]))["commitment"] == 10.0
    narrow = problem(lanes=[lane(capacity_kg=4)])
    assert sizes(row(), question=narrow) == {"lane_capacity": 6.0}


def test_what_cannot_be_carried_out_is_left_out_and_said() -> None:
    other = {**problem().crops[0].model_dump(exclude_unset=True), "id": "other"}
    mixed = problem(crops=[problem().crops[0], other], batches=[batch(), batch(id="b2", crop_id="other")])
    assert sizes(row("o3")) == {"not_planned": 10.0}
    assert sizes(row(batch="b2"), question=mixed) == {"wrong_crop": 10.0}
    away = problem(lanes=[lane(origin_id="town", destination_id="farm")])
    found = hp.judge_by_hand([row()], away)
    assert [(violation.code, violation.size) for violation in found.violations] == [("no_journey", 10.0)]
    assert found.value_vnd == 0


def test_a_file_gives_what_its_rows_give(tmp_path: Path) -> None:
    path = tmp_path / "hand.csv"
    path.write_text("batch;day;order;kg\nb1;2026-08-10;o1;10\nb1;2026-08-10;;5\n", encoding="utf-8-sig")
    assert hp.judge_by_hand(path, TIGHT) == hp.judge_by_hand([row(), row(None, kg=5)], TIGHT)
    assert hp.judge_by_hand(str(path), TIGHT).plan.surplus[0].kg == 5


def test_every_fault_of_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "hand.csv"
    path.write_text(
        "batch,day,order,kg\nb9,2026-08-10,o1,10\nb1,tomorrow,o1,-1\nb1,2026-08-10,o7,1\n", encoding="utf-8"
    )
    with pytest.raises(hp.ProblemFileError) as told:
        hp.judge_by_hand(path, TIGHT)
    places = [(fault.file, fault.line, fault.field, fault.value) for fault in told.value.faults]
    assert places == [
        ("hand.csv", 2, "batch", "b9"),
        ("hand.csv", 3, "day", "tomorrow"),
        ("hand.csv", 3, "kg", "-1"),
        ("hand.csv", 4, "order", "o7"),
    ]
    assert "hand.csv:2: batch = 'b9': an id of the problem's (unknown batch 'b9')" in str(told.value)
    with pytest.raises(ValueError, match="another problem's"):
        hp.judge_by_hand([row()], TIGHT, plan=hp.plan_harvest(problem()))


@settings(max_examples=60)
@given(question=planning_problems())
def test_the_planners_own_plan_written_by_hand_loses_nothing(question: hp.PlanningProblem) -> None:
    assume(all(each.capacity_kg is None for each in question.lanes))
    plan = hp.plan_harvest(question)
    rows = [row(s.order_id, batch=s.batch_id, day=s.pick_on, kg=s.kg) for s in plan.shipments]
    rows += [row(None, batch=s.batch_id, day=s.pick_on, kg=s.kg) for s in plan.surplus]
    assume(len({(each["batch"], each["day"], each["order"]) for each in rows}) == len(rows))
    assume(not question.commitments)
    found = hp.judge_by_hand(rows, question, plan=plan)
    assert found.violations == ()
    assert abs(found.lost_vnd) <= max(2.0, plan.bound_vnd - plan.value_vnd + 1)

"""What a re-plan changes, in words."""

from __future__ import annotations

import datetime as dt

import pytest

import harvest_planner as hp
from tests.planning.small import batch, order, problem


def test_a_grower_reads_her_own_changes_and_a_planner_all() -> None:
    asked = problem(batches=[batch(plot="P07")], orders=[order(), order(id="o2")])
    plan = hp.plan_harvest(asked)
    _, diff = hp.replan(plan, asked, [hp.OrderCancelled(order_id="o2")], as_of=asked.as_of)
    (line,) = hp.describe_changes(diff, grower_id="g1", language="en")
    assert "at P07 (batch b1) pick 10 kg instead of 20 kg." in line
    vietnamese = hp.describe_changes(diff)
    assert "hái 10 kg thay cho 20 kg" in vietnamese[0]
    assert vietnamese[1] == "Đơn o2: không gửi được nữa; trước đó dự kiến 10 kg."


def test_where_nothing_changes_that_is_said() -> None:
    asked = problem()
    _, diff = hp.replan(hp.plan_harvest(asked), asked, [], as_of=asked.as_of)
    assert hp.describe_changes(diff) == ("Không có gì thay đổi.",)
    assert hp.describe_changes(diff, grower_id="g1", language="en") == ("Nothing changes.",)


def test_new_and_moved_orders_have_their_own_words() -> None:
    asked = problem(growers=[{"id": "g1"}, {"id": "g2"}], batches=[batch(), batch(id="b2", grower_id="g2")])
    plan = hp.plan_harvest(asked)
    new = hp.OrderPlaced(order=hp.Order.model_validate(order(id="new")))
    ill = hp.GrowerAbsent(
        grower_id=plan.picks[0].grower_id, from_on=dt.date(2026, 8, 10), until_on=dt.date(2026, 8, 20)
    )
    _, diff = hp.replan(plan, asked, [new, ill], as_of=asked.as_of)
    said = " ".join(hp.describe_changes(diff, language="en"))
    assert "Order new: now shipped, 10 kg." in said
    assert "Order o1: comes from another batch or day, 10 kg as before." in said
    assert "do not pick at" in said


def test_a_language_there_is_not_is_said() -> None:
    asked = problem()
    _, diff = hp.replan(hp.plan_harvest(asked), asked, [], as_of=asked.as_of)
    with pytest.raises(ValueError, match="no language 'fr'"):
        hp.describe_changes(diff, language="fr")

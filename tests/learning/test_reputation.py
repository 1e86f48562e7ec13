"""A grower's reputation is the share of good deliveries, drawn to that of all growers while it rests on few."""

from __future__ import annotations

import pytest

import harvest_planner as hp
from harvest_planner.learning.lanes import Learned
from harvest_planner.learning.passages import Verdict
from harvest_planner.learning.standing import learned_reputations
from harvest_planner.planning.standing import NEW_GROWER_SHARE, USUAL_SHARE


def learned(counts: dict[str, tuple[int, int]], **known: float) -> dict[str, Learned]:
    growers = [hp.Grower(id=name, reputation=known.get(name)) for name in counts]
    verdicts = [Verdict(f"{name}-{i}", name, i < good) for name, (good, all_) in counts.items() for i in range(all_)]
    return {one.update.subject: one for one in learned_reputations(growers, verdicts)}


def test_one_bad_delivery_ruins_nobody() -> None:
    found = learned({"g1": (0, 1), "g2": (18, 20), "g3": (16, 20)})
    assert 0.6 < found["g1"].update.now < USUAL_SHARE + 0.05
    assert found["g1"].update.high - found["g1"].update.low > 0.2


def test_many_deliveries_speak_for_themselves() -> None:
    found = learned({"g1": (950, 1000), "g2": (500, 1000)})
    assert found["g1"].update.now == pytest.approx(0.95, abs=0.01)
    assert found["g2"].update.now == pytest.approx(0.50, abs=0.01)
    assert found["g1"].update.own_weight > 0.9


def test_growers_that_are_alike_are_drawn_together_and_unlike_ones_are_not() -> None:
    alike = learned({f"g{i}": (16, 20) for i in range(10)} | {"x": (3, 5)})
    unlike = learned({f"g{i}": (20 if i % 2 else 4, 20) for i in range(10)} | {"x": (3, 5)})
    assert abs(alike["x"].update.now - 0.8) < abs(unlike["x"].update.now - 0.8)


def test_a_known_reputation_is_where_it_begins() -> None:
    low, high = learned({"g1": (4, 5)}, g1=0.5), learned({"g1": (4, 5)}, g1=0.95)
    assert 0.5 < low["g1"].update.now < 0.8
    assert 0.8 < high["g1"].update.now < 0.95
    assert low["g1"].update.was == 0.5


def test_who_has_no_verdict_is_not_judged() -> None:
    growers = [hp.Grower(id="g1"), hp.Grower(id="g2")]
    found = learned_reputations(growers, [Verdict("o1", "g2", True)])
    assert [one.change.record_id for one in found] == ["g2"]
    assert learned_reputations(growers, []) == []


def test_a_grower_of_whom_little_is_known_is_not_starved() -> None:
    (one,) = learned({"g1": (1, 1)}).values()
    assert one.update.now < NEW_GROWER_SHARE
    good = learned({"g1": (60, 60), "g2": (1, 1)})["g1"].update.now
    assert good > NEW_GROWER_SHARE

"""Pictures of plans played forward show what was promised, what came true and what each policy brings."""

from __future__ import annotations

import numpy as np
import pytest

import harvest_planner as hp
from harvest_planner.simulation.comparison import PolicyComparison, PolicyMeasures, PolicyName, PolicyRow
from tests.planning.small import problem
from tests.simulation.test_two_forms import CASES

POLICIES: tuple[PolicyName, ...] = ("plan", "market", "perfect_foresight")


def compared() -> PolicyComparison:
    """Three policies that bring 10, 4 and 12 million."""
    none = hp.Estimate(mean=0, low=0, high=0)
    rows = tuple(
        PolicyRow(
            policy=policy,
            runs=100,
            income_vnd=income * 1e6,
            good_share=good,
            late_share=0,
            harmed_share=0,
            shipped_kg=100,
            waste_kg=1,
            plan_minus_vnd=(10 - income) * 1e6,
            plan_minus_low_vnd=(10 - income - half) * 1e6,
            plan_minus_high_vnd=(10 - income + half) * 1e6,
            plan_minus_good_share=none,
            measures=PolicyMeasures.model_validate(dict.fromkeys(PolicyMeasures.model_fields, none)),
        )
        for policy, income, good, half in zip(POLICIES, (10, 4, 12), (0.9, 0.7, 1.0), (0.0, 0.5, 1.0), strict=True)
    )
    return PolicyComparison(rows, 100, 5, 1, 4, {"north": 3, "central": 4, "south": 5}, none, none)


def test_calibration_shows_each_tenth_at_what_was_promised_and_came_true() -> None:
    question = CASES["missed connections"]
    report = hp.simulate(hp.plan_harvest(question), question, runs=200, seed=1)
    ax = hp.plot.calibration(report)
    diagonal, points = ax.lines
    assert np.asarray(diagonal.get_xdata()).tolist() == np.asarray(diagonal.get_ydata()).tolist()
    assert np.asarray(points.get_xdata()).tolist() == [row.promised_mean for row in report.calibration]
    assert np.asarray(points.get_ydata()).tolist() == [row.simulated_mean for row in report.calibration]
    assert ax.get_xlabel() == "promised share good"
    assert hp.plot.calibration(report, language="vi").get_xlabel() == "tỷ lệ ngon đã hứa"


def test_a_plan_that_ships_nothing_has_no_calibration_to_draw() -> None:
    empty = problem(orders=[])
    report = hp.simulate(hp.plan_harvest(empty), empty, runs=2)
    with pytest.raises(ValueError, match=r"report\.calibration is empty"):
        hp.plot.calibration(report)


def test_policies_stand_below_each_other_with_their_distance_from_the_plan() -> None:
    ax = hp.plot.policies(compared())
    assert [bar.get_width() for bar in ax.patches] == [10, 4, 12]  # type: ignore[attr-defined]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["the plan", "local market", "perfect foresight"]
    assert [text.get_text().strip() for text in ax.texts] == ["90% good", "70% good", "100% good"]
    market = next(line for line in ax.lines if np.asarray(line.get_ydata()).tolist() == [1, 1])
    assert np.asarray(market.get_xdata()) == pytest.approx([3.5, 4.5])
    assert ax.get_xlim()[1] > 12
    low, high = ax.get_ylim()
    assert low > high, "the plan stands at the top"


def test_policies_have_names_in_both_languages_for_every_policy_of_a_comparison() -> None:
    ax = hp.plot.policies(compared(), language="vi")
    assert ax.get_xlabel() == "thu nhập [triệu đồng]"
    with pytest.raises(ValueError, match="needs en or vi"):
        hp.plot.policies(compared(), language="fr")  # type: ignore[arg-type]

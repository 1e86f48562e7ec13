"""The week of Chi Lăng and all made-up seasons as the page states them: too slow for every run of the tests."""

from __future__ import annotations

import pytest

import harvest_planner as hp
from benchmarks.policies import CHI_LANG, problem_named
from benchmarks.seasons import SEASONS

pytestmark = pytest.mark.filterwarnings("ignore::harvest_planner.errors.OutsideCalibrationWarning")


def test_on_the_week_of_chi_lang_the_plan_beats_every_policy_in_income_and_in_share_good() -> None:
    found = hp.compare_policies(problem_named(CHI_LANG), runs=300, seed=1, foresight_runs=6)
    for row in found:
        if row.policy == "perfect_foresight":
            assert row.plan_minus_high_vnd < 0.0
        elif row.policy != "plan":
            assert row.plan_minus_low_vnd > 0.0
            assert row.plan_minus_good_share.low > 0.0
    market = found.row("market")
    assert market.plan_minus_low_vnd > 0.5 * found.row("plan").income_vnd, "the old way loses more than half"
    assert found.value_of_stochastic_solution_vnd.low > 0.0


@pytest.mark.parametrize("season", SEASONS)
def test_promises_come_true_within_two_points_in_every_tenth(season: str) -> None:
    question = problem_named(season)
    report = hp.simulate(hp.plan_harvest(question), question, runs=1000, seed=2)
    assert len(report.calibration) == 10
    for row in report.calibration:
        assert abs(row.miss) < 0.02

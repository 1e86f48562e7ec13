"""From deliveries whose truth is known, learning finds it, says how sure it is, and is modest where there are few."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import harvest_planner as hp
from benchmarks.histories import Size, Spread, history
from benchmarks.learning import Errors, histories_judged, rms
from benchmarks.limits import batches_at_best

pytestmark = pytest.mark.filterwarnings("ignore::harvest_planner.errors.OutsideCalibrationWarning")


@cache
def many() -> dict[str, Errors]:
    """What was learned from three weeks of 500 deliveries each."""
    return histories_judged(Size(), seeds=(1, 3, 5))


@cache
def few() -> dict[str, Errors]:
    """What was learned from 30 weeks of 5 deliveries each."""
    return histories_judged(Size(orders=5), seeds=tuple(range(30)))


def test_500_outcomes_recover_lane_medians_within_5_percent() -> None:
    found = many()["lane"]
    assert rms(found.after) < 0.05
    assert rms(found.after) < 0.6 * rms(found.before)
    assert np.mean(np.abs(found.after) < 0.05) > 0.8


def test_500_outcomes_recover_batch_ages_within_0_3_d20() -> None:
    found = many()["batch"]
    assert rms(found.after) < 0.3
    assert rms(found.after) < 0.6 * rms(found.before)
    assert rms(many()["delivered"].after) < 0.25


def test_who_knows_how_truths_are_drawn_finds_hardly_more() -> None:
    best = [found for seed in (1, 3, 5) for found in batches_at_best(history(seed), Spread())]
    assert rms(many()["batch"].after) < 1.15 * rms([each.told_the_law for each in best])
    assert rms([each.told_the_rates for each in best]) < 0.15


@pytest.mark.parametrize("what", ["lane", "batch"])
def test_intervals_hold_the_truth_about_nine_times_in_ten(what: str) -> None:
    # Few repeats: the benchmark measures the cover itself, here only what would be grossly wrong is found.
    assert 0.75 < np.mean(many()[what].held) <= 1.0
    assert 0.8 < np.mean(few()[what].held) < 1.0


@pytest.mark.parametrize(("what", "share"), [("lane", 0.45), ("batch", 0.75)])
def test_with_5_outcomes_it_stays_near_the_prior(what: str, share: float) -> None:
    found = few()[what]
    moved = rms((np.array(found.after) - np.array(found.before)).tolist())
    assert moved < share * rms(found.before)
    assert rms(found.after) < 1.05 * rms(found.before)


def test_what_is_learned_is_taken_back_without_a_trace() -> None:
    case = history(2, Size(orders=40))
    learned, evidence = hp.learn(case.outcomes, case.believed)
    assert learned != case.believed
    assert {change.table for change in evidence.changes} == {"lanes", "batches", "crops", "growers"}
    assert evidence.undo(learned) == case.believed

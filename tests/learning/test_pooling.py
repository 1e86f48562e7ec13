"""Lanes with few deliveries borrow, lanes with many do not, and the prediction is as wide as what is not known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import polygamma
from scipy.stats import t as student

from harvest_planner.errors import FitError
from harvest_planner.learning.pooling import _trigamma_inverse, pooled


def groups(seed: int, counts: list[int], *, between: float, within: float = 0.4) -> dict[str, list[float]]:
    rng = np.random.default_rng(seed)
    means = rng.normal(3.0, between, len(counts))
    return {f"g{i:02}": list(rng.normal(means[i], within, count)) for i, count in enumerate(counts)}


def test_one_group_alone_is_the_textbook_s_prediction() -> None:
    values = [2.0, 2.5, 3.5, 3.0, 2.8]
    found = pooled({"only": values})
    only = found.groups["only"]
    sd = float(np.std(values, ddof=1))
    assert only.mean == pytest.approx(np.mean(values))
    assert only.quantile(0.95) == pytest.approx(np.mean(values) + student.ppf(0.95, 4) * sd * math.sqrt(1.2))
    assert found.unseen is None


def test_a_group_with_one_value_lies_between_it_and_the_others() -> None:
    values = groups(1, [40] * 10, between=0.3)
    values["rare"] = [5.0]
    rare = pooled(values).groups["rare"]
    assert 0.0 < rare.own_weight < 0.8
    assert 3.0 < rare.mean < 5.0


def test_a_group_with_many_values_keeps_its_own() -> None:
    values = groups(2, [400, 3, 3, 3, 3, 3], between=0.5)
    found = pooled(values).groups["g00"]
    assert found.own_weight > 0.98
    assert found.mean == pytest.approx(np.mean(values["g00"]), abs=0.01)


def test_groups_that_do_not_differ_are_taken_as_one() -> None:
    values = groups(3, [6] * 12, between=0.0)
    found = pooled(values)
    assert max(one.own_weight for one in found.groups.values()) < 0.5
    assert found.groups["g00"].mean == pytest.approx(3.0, abs=0.2)


def test_unknown_groups_are_predicted_wider_than_known_ones() -> None:
    found = pooled(groups(4, [30] * 8, between=0.5))
    assert found.unseen is not None
    assert found.unseen.sd > max(one.sd for one in found.groups.values())


@pytest.mark.parametrize("counts", [[2] * 30, [3, 1, 1, 8, 2] * 6, [25] * 10])
def test_predictions_are_kept_as_often_as_they_say(counts: list[int]) -> None:
    """Over 40 worlds of known truth the next value of each group falls below p10, p50 and p90 as often as stated."""
    kept = {0.1: 0, 0.5: 0, 0.9: 0}
    asked = 0
    for seed in range(40):
        rng = np.random.default_rng(1000 + seed)
        means = rng.normal(3.0, 0.4, len(counts))
        sds = 0.4 * np.sqrt(8.0 / rng.chisquare(8.0, len(counts)))
        values = {f"g{i:02}": list(rng.normal(means[i], sds[i], count)) for i, count in enumerate(counts)}
        following = rng.normal(means, sds)
        for i, (_, one) in enumerate(sorted(pooled(values).groups.items())):
            asked += 1
            for level in kept:
                kept[level] += int(following[i] <= one.quantile(level))
    for level, count in kept.items():
        assert count / asked == pytest.approx(level, abs=0.03)


def test_values_that_are_all_alike_still_have_a_spread() -> None:
    found = pooled({"a": [3.0] * 5, "b": [3.5] * 5, "c": [4.0] * 5})
    assert 0.0 < found.groups["a"].sd < 0.01


def test_without_two_values_in_any_group_nothing_tells_a_spread() -> None:
    with pytest.raises(FitError, match="no lane has two deliveries"):
        pooled({"a": [1.0], "b": [2.0]})


@pytest.mark.parametrize("y", [1e-6, 0.01, 1.0, 50.0, 1e6])
def test_the_inverse_of_the_trigamma_function(y: float) -> None:
    assert float(polygamma(1, _trigamma_inverse(y))) == pytest.approx(y, rel=1e-9)

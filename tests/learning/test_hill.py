"""A weighted sample about a top has the mean and spread of its hill, whether or not that is normal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from harvest_planner.learning.hill import Height, climbed, points_about, weights_of

Floats = npt.NDArray[np.float64]


def sampled(height: Height, size: int) -> tuple[Floats, Floats]:
    """Mean and sd by the points about the top of a density."""
    points, rarity = points_about(climbed(height, np.zeros(size)))
    weights = weights_of(np.array([height(each) for each in points]) + rarity)
    mean = weights @ points
    return mean, np.sqrt(weights @ (points - mean) ** 2)


@pytest.mark.parametrize("size", [2, 3, 8])
def test_a_normal_hill_is_met_as_it_is(size: int) -> None:
    sds = np.linspace(0.4, 0.9, size)
    mean, sd = sampled(lambda x: float(-0.5 * (((x - 0.3) / sds) ** 2).sum()), size)
    assert mean == pytest.approx(np.full(size, 0.3), abs=0.02)
    assert sd == pytest.approx(sds, rel=0.1)


def test_a_hill_that_leans_has_its_mean_beside_its_top() -> None:
    """ln of a gamma's density with shape 4, by ln x: mean ψ(4), variance ψ′(4)."""
    mean, sd = sampled(lambda x: float(4.0 * x[0] - np.exp(x[0])), 1)
    assert mean[0] == pytest.approx(1.2561, abs=0.02)
    assert sd[0] == pytest.approx(0.5327, rel=0.05)
    assert abs(mean[0] - np.log(4.0)) > 0.1


def test_where_nothing_is_known_no_more_is_unknown_than_beforehand() -> None:
    """A flat piece of a rough table is no reason for an endless interval: twice the prior's variance at the most."""
    top = climbed(lambda x: 0.0, np.zeros(2))
    assert np.diag(top.spread) == pytest.approx([2.0, 2.0])


def test_one_odd_point_does_not_outweigh_all_others() -> None:
    weights = weights_of(np.array([50.0, *np.zeros(99)]))
    assert weights.sum() == pytest.approx(1.0)
    assert weights.max() == weights[0]
    assert weights[1:].min() >= 0.0

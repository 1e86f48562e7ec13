"""Tables that bend where their function bends."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

from harvest_planner.ripening.adaptive import tabulated
from harvest_planner.ripening.normal import normal_cdf, normal_density


@given(middle=st.floats(-4.9, 4.9), sd=st.sampled_from([1e-9, 1e-4, 0.01, 0.3, 2.0]))
def test_lines_follow_a_step_of_any_width(middle: float, sd: float) -> None:
    def step(x: float) -> tuple[float, float]:
        t = (x - middle) / sd
        return normal_cdf(t), normal_density(t) / sd

    xs, ys = tabulated(step, low=-5.0, high=5.0, tolerance=1e-4)
    assert xs[0] == -5.0
    assert xs[-1] == 5.0
    assert all(a < b for a, b in pairwise(xs))
    probes = [middle + sd * t for t in (-3.3, -1.7, -0.6, 0.0, 0.21, 1.1, 2.2)]
    inside = [x for x in probes if -5.0 <= x <= 5.0]
    np.testing.assert_allclose(np.interp(inside, xs, ys), [step(x)[0] for x in inside], atol=2e-4)
    assert len(xs) < 500


def test_a_straight_function_needs_its_ends_and_middle() -> None:
    xs, ys = tabulated(lambda x: (2 * x, 2.0), low=0.0, high=4.0, tolerance=1e-6)
    assert xs == [0.0, 2.0, 4.0]
    assert ys == [0.0, 4.0, 8.0]


def test_a_range_of_no_width_has_one_point() -> None:
    assert tabulated(lambda x: (x, 1.0), low=3.0, high=3.0, tolerance=1e-6) == ([3.0], [3.0])


def test_lines_follow_a_curve() -> None:
    xs, ys = tabulated(lambda x: (math.sin(x), math.cos(x)), low=0.0, high=1.5, tolerance=1e-5)
    for i in range(100):
        x = 0.015 * i
        assert np.interp(x, xs, ys) == pytest.approx(math.sin(x), abs=2e-5)

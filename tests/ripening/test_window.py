"""The good window and the normal share inside it, plain and by arrays."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, strategies as st

from harvest_planner.ripening.arrays import complementary_error, shares_between
from harvest_planner.ripening.curve import Curve, Law
from harvest_planner.ripening.laws import rate_table_rate
from harvest_planner.ripening.normal import normal_cdf, normal_density, normal_quantile
from harvest_planner.ripening.window import share_between, window_bounds

NA = Curve(
    ready_at_d20=6.0,
    window_d20=2.25,
    law=Law.of(rate_table_rate, points=((15.0, 6 / 9), (20.0, 1.0), (25.0, 1.5))),
    stops_below_degc=13.0,
)
ages = st.floats(-50, 50)
spreads = st.one_of(st.just(0.0), st.floats(1e-6, 30))


@pytest.mark.parametrize(
    ("wish", "keeps", "room", "expected"),
    [
        ((0, 2), 1, 20.0, (4.0, 7.25)),
        ((0, 2), 1, 25.0, (3.0, 6.75)),
        ((1, 2), 1, 20.0, (4.0, 5.0)),
        ((1, 3), 7, 20.0, (3.0, 1.25)),
        ((0, 0), 0, 20.0, (6.0, 8.25)),
        ((2, 4), 1, 10.0, (6.0, 6.0)),
    ],
)
def test_window_bounds_as_the_model_says(
    wish: tuple[float, float], keeps: float, room: float, expected: tuple[float, float]
) -> None:
    assert window_bounds(NA, ripe_within_days=wish, keeps_days=keeps, room_degc=room) == pytest.approx(expected)


@given(ages, spreads, ages, ages)
def test_a_share_lies_between_none_and_all(mean: float, sd: float, lower: float, upper: float) -> None:
    assert 0.0 <= share_between(mean, sd, lower, upper) <= 1.0


@given(ages, st.floats(0.1, 5), ages, st.floats(0, 10))
def test_a_share_is_the_difference_of_the_normal_cdf(mean: float, sd: float, lower: float, width: float) -> None:
    normal = NormalDist(mean, sd)
    expected = normal.cdf(lower + width) - normal.cdf(lower)
    assert share_between(mean, sd, lower, lower + width) == pytest.approx(expected, abs=1e-12)


@given(ages, spreads, ages, ages)
def test_arrays_equal_the_plain_share(mean: float, sd: float, lower: float, upper: float) -> None:
    (by_array,) = shares_between([mean], sd, lower, upper)
    assert by_array == pytest.approx(share_between(mean, sd, lower, upper), abs=1e-12)


def test_arrays_broadcast_means_spreads_and_bounds() -> None:
    means, spread = np.array([[1.0, 5.0, 9.0], [2.0, 6.0, 7.0]]), np.array([[1.2], [0.0]])
    shares = shares_between(means, spread, 4.0, 6.5)
    plain = [[share_between(m, s, 4.0, 6.5) for m in row] for row, (s,) in zip(means, spread, strict=True)]
    np.testing.assert_allclose(shares, plain, atol=1e-13)
    assert shares[1].tolist() == [0.0, 1.0, 0.0]


def test_without_spread_the_bounds_belong_to_the_window() -> None:
    assert [share_between(age, 0.0, 4.0, 6.5) for age in (3.999, 4.0, 6.5, 6.501)] == [0.0, 1.0, 1.0, 0.0]


def test_an_empty_window_holds_nothing() -> None:
    assert share_between(5.0, 1.0, 6.0, 4.0) == 0.0
    assert shares_between([5.0], [0.0], 6.0, 4.0).tolist() == [0.0]


def test_far_tails_keep_their_digits() -> None:
    # Mills' ratio: 1 − Φ(20) = φ(20)/20 · (1 − 1/400 + 3/160000 − …)
    tail = normal_density(20.0) / 20.0 * (1 - 1 / 400 + 3 / 400**2 - 15 / 400**3)
    assert share_between(0.0, 1.0, 20.0, 50.0) == pytest.approx(tail, rel=1e-6)
    assert share_between(0.0, 1.0, -50.0, -20.0) == pytest.approx(tail, rel=1e-6)
    assert shares_between([0.0], 1.0, 20.0, 50.0)[0] == pytest.approx(tail, rel=1e-6)


def test_tiny_spreads_raise_no_alarm() -> None:
    assert shares_between([5.0, 7.0], 1e-310, 4.0, 6.5).tolist() == [1.0, 0.0]
    assert share_between(5.0, 1e-310, 4.0, 6.5) == 1.0


def test_complementary_error_equals_the_library_of_c() -> None:
    grid = np.concatenate([np.linspace(0.0, 27.0, 20001), [0.46875, 4.0, math.inf]])
    expected = np.array([math.erfc(x) for x in grid])
    np.testing.assert_allclose(complementary_error(grid), expected, rtol=1e-14, atol=1e-300)


@given(st.floats(1e-12, 1 - 1e-12))
def test_quantile_undoes_the_cdf(p: float) -> None:
    assert normal_cdf(normal_quantile(p)) == pytest.approx(p, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, math.nan])
def test_quantile_refuses_what_is_no_share(p: float) -> None:
    with pytest.raises(ValueError, match="normal_quantile: p = "):
        normal_quantile(p)

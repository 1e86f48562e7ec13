"""The chance that a parcel passes, against sums and integrals made another way."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from harvest_planner.ripening.arrays import parcel_shares
from harvest_planner.ripening.binomial import binomial_tail
from harvest_planner.ripening.blur import blurred
from harvest_planner.ripening.parcel import ParcelTable, parcel_table
from harvest_planner.ripening.window import share_between

PROMISED = 3e-4
NODES = 1201
_Z = [-8.0 + 16.0 * i / (NODES - 1) for i in range(NODES)]
_WEIGHTS = [math.exp(-0.5 * z * z) for z in _Z]


def tail_by_sum(fruit: int, needed: int, p: float) -> float:
    """P(Binomial(n, p) ≥ k) as the sum of its terms in logarithms."""
    if p <= 0.0 or p >= 1.0:
        return float(p >= 1.0 or needed <= 0)
    head = math.lgamma(fruit + 1)
    return math.fsum(
        math.exp(
            head - math.lgamma(j + 1) - math.lgamma(fruit - j + 1) + j * math.log(p) + (fruit - j) * math.log1p(-p)
        )
        for j in range(needed, fruit + 1)
    )


def parcel_by_integral(table: ParcelTable, mean: float) -> float:
    """h(m) by the trapezoid rule over the common shift."""
    spread = math.sqrt(max(0.0, table.sd**2 - table.batch_sd**2))
    found: dict[float, float] = {}

    def tail(p: float) -> float:
        key = round(p, 5)
        if key not in found:
            found[key] = tail_by_sum(table.fruit, table.needed, key)
        return found[key]

    def chance(z: float) -> float:
        share = share_between(mean + table.batch_sd * z, spread, table.lower, table.upper)
        return tail(share)

    if table.batch_sd == 0.0:
        return tail_by_sum(table.fruit, table.needed, share_between(mean, spread, table.lower, table.upper))
    return math.fsum(w * chance(z) for w, z in zip(_WEIGHTS, _Z, strict=True)) / math.fsum(_WEIGHTS)


@pytest.mark.parametrize("fruit", [1, 2, 7, 20, 160, 2000])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.8, 1.0])
def test_binomial_tail_is_the_sum_of_its_terms(fruit: int, share: float) -> None:
    needed = math.ceil(fruit * share)
    tail = binomial_tail(fruit, needed)
    for p in (0.0, 1e-9, 0.01, 0.3, 0.5, share * 0.99, min(0.9999, share * 1.01), 0.97, 1.0):
        assert tail(p)[0] == pytest.approx(tail_by_sum(fruit, needed, p), abs=1e-11)


@given(st.integers(1, 300), st.floats(0.02, 1), st.floats(0.01, 0.99))
def test_binomial_tail_knows_its_slope(fruit: int, share: float, p: float) -> None:
    tail = binomial_tail(fruit, max(1, math.ceil(fruit * share)))
    step = 1e-6
    assert tail(p)[1] == pytest.approx((tail(p + step)[0] - tail(p - step)[0]) / (2 * step), abs=1e-4)


@pytest.mark.parametrize("fruit", [1, 2, 8, 20, 64, 400, 2000])
@pytest.mark.parametrize("batch_share", [0.0, 0.1, 0.5, 0.95])
def test_table_is_within_what_it_promises(fruit: int, batch_share: float) -> None:
    table = parcel_table(
        lower=2.5, upper=6.5, sd=1.2, batch_sd=1.2 * batch_share, fruit=fruit, needed=math.ceil(0.8 * fruit)
    )
    means = (0.9, 1.7, 2.3, 2.9, 3.31, 3.8, 4.5, 5.2, 5.77, 6.4, 7.9)
    for mean in means if fruit < 400 else means[2:9:2]:
        assert table.at(mean) == pytest.approx(parcel_by_integral(table, mean), abs=PROMISED)


@settings(max_examples=12)
@given(
    width=st.floats(0.05, 12),
    sd=st.sampled_from([0.01, 0.4, 1.2, 3.0]),
    batch_share=st.sampled_from([0.0, 0.003, 0.3, 0.7, 0.999, 1.0]),
    fruit=st.sampled_from([1, 3, 25, 150]),
    accepts=st.sampled_from([0.1, 0.8, 1.0]),
    at=st.floats(-0.2, 1.2),
)
def test_table_is_within_what_it_promises_anywhere(
    *, width: float, sd: float, batch_share: float, fruit: int, accepts: float, at: float
) -> None:
    table = parcel_table(
        lower=-1.0, upper=width - 1.0, sd=sd, batch_sd=sd * batch_share, fruit=fruit, needed=math.ceil(fruit * accepts)
    )
    edge = -1.0 if at < 0.5 else width - 1.0
    for mean in (-1.0 + at * width, edge - 0.7 * sd, edge + 0.4 * sd):
        exact = share_between(mean, sd, -1.0, width - 1.0) if batch_share == 1.0 else parcel_by_integral(table, mean)
        assert table.at(mean) == pytest.approx(exact, abs=PROMISED)


@given(st.integers(1, 2000), st.floats(0, 1), st.floats(0, 3), st.floats(0, 1), st.lists(st.floats(-20, 20)))
def test_arrays_equal_the_plain_table(
    fruit: int, accepts: float, sd: float, batch_share: float, means: list[float]
) -> None:
    table = parcel_table(
        lower=2.5, upper=6.5, sd=sd, batch_sd=sd * batch_share, fruit=fruit, needed=math.ceil(fruit * accepts)
    )
    plain = [table.at(mean) for mean in means]
    np.testing.assert_allclose(parcel_shares(table, means), np.array(plain), atol=1e-12)
    assert all(0.0 <= share <= 1.0 for share in plain)


def test_one_fruit_passes_as_often_as_it_is_good() -> None:
    table = parcel_table(lower=2.5, upper=6.5, sd=1.2, batch_sd=0.6, fruit=1, needed=1)
    for mean in (1.0, 3.0, 4.5, 6.9):
        assert table.at(mean) == pytest.approx(share_between(mean, 1.2, 2.5, 6.5), abs=PROMISED)


def test_without_fruit_to_fruit_spread_the_whole_parcel_stands_or_falls() -> None:
    table = parcel_table(lower=2.5, upper=6.5, sd=0.6, batch_sd=0.6, fruit=40, needed=32)
    assert table.at(3.0) == share_between(3.0, 0.6, 2.5, 6.5)


def test_without_any_spread_it_is_yes_or_no() -> None:
    table = parcel_table(lower=2.5, upper=6.5, sd=0.0, batch_sd=0.0, fruit=40, needed=32)
    assert [table.at(mean) for mean in (2.4, 2.5, 6.5, 6.6)] == [0.0, 1.0, 1.0, 0.0]


def test_a_buyer_who_asks_nothing_is_content() -> None:
    table = parcel_table(lower=2.5, upper=6.5, sd=1.2, batch_sd=0.6, fruit=40, needed=0)
    assert table.at(99.0) == 1.0
    assert parcel_shares(table, [0.0, 99.0]).tolist() == [1.0, 1.0]


def test_an_empty_window_or_too_many_asked_never_pass() -> None:
    empty = parcel_table(lower=6.5, upper=2.5, sd=1.2, batch_sd=0.6, fruit=40, needed=32)
    too_many = parcel_table(lower=2.5, upper=6.5, sd=0.0, batch_sd=0.0, fruit=40, needed=41)
    assert [empty.at(4.0), too_many.at(4.0)] == [0.0, 0.0]
    assert parcel_shares(empty, [4.0]).tolist() == parcel_shares(too_many, [4.0]).tolist() == [0.0]


def test_means_outside_the_grid_have_no_chance() -> None:
    table = parcel_table(lower=2.5, upper=6.5, sd=1.2, batch_sd=0.6, fruit=20, needed=16)
    assert [table.at(-40.0), table.at(40.0)] == [0.0, 0.0]
    assert table.values[0] < 1e-9


def test_tables_are_made_once_and_survive_pickling() -> None:
    one = parcel_table(lower=2.5, upper=6.5, sd=1.2, batch_sd=0.6, fruit=20, needed=16)
    assert parcel_table(lower=2.5, upper=6.5, sd=1.2, batch_sd=0.6, fruit=20, needed=16) is one
    assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize(("sd", "batch_sd"), [(0.6, 0.7), (1.0, -0.1), (math.nan, 0.0), (math.inf, 0.0)])
def test_impossible_spreads_are_refused(sd: float, batch_sd: float) -> None:
    with pytest.raises(ValueError, match="parcel_table: needs 0 <= batch_sd <= sd"):
        parcel_table(lower=2.5, upper=6.5, sd=sd, batch_sd=batch_sd, fruit=20, needed=16)


def test_a_parcel_without_fruit_is_refused() -> None:
    with pytest.raises(ValueError, match="fruit = 0 must be at least 1"):
        parcel_table(lower=2.5, upper=6.5, sd=1.2, batch_sd=0.6, fruit=0, needed=0)


@given(st.floats(-3, 3), st.floats(0.01, 5))
def test_blur_is_the_mean_over_a_normal_shift(at: float, sd: float) -> None:
    xs, ys = [-1.0, -0.2, -0.1999, 0.5, 2.0], [0.0, 0.3, 0.9, 1.0, 0.0]
    value, slope = blurred(xs, ys, sd=sd)(at)
    z = np.linspace(-8.0, 8.0, 8001)
    weights = np.exp(-0.5 * z * z)
    weights /= weights.sum()
    assert value == pytest.approx(float(weights @ np.interp(at + sd * z, xs, ys, left=0.0, right=0.0)), abs=1e-3)
    step = 1e-4 * sd
    around = [blurred(xs, ys, sd=sd)(at + move)[0] for move in (-step, step)]
    assert slope == pytest.approx((around[1] - around[0]) / (2 * step), abs=2e-3 / sd)

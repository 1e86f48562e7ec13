"""How long a leg takes: quantiles as given, cells that sum to one and keep the mean."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, strategies as st

from harvest_planner.schema.lane import Lane
from harvest_planner.transit.duration import Lognormal, duration_cells, duration_of, quantile
from tests.transit.helpers import lane

LANES = {
    "fixed": lane("A>B", p50=12),
    "lognormal": lane("A>B", p50=20, p95=36),
    "above a minimum": lane("A>B", p50=20, p95=36, transit_min_h=16),
    "mostly on schedule": lane("A>B", p50=20, p95=36, on_schedule_share=0.6),
    "sometimes on schedule": lane("A>B", p50=20, p95=36, transit_min_h=16, on_schedule_share=0.3),
    "wild": lane("A>B", p50=27, p95=116),
}


@pytest.mark.parametrize("each", LANES.values(), ids=LANES)
def test_quantiles_are_the_lane_s(each: Lane) -> None:
    assert quantile(each, 0.5) == pytest.approx(each.transit_p50_h, rel=1e-12)
    assert quantile(each, 0.95) == pytest.approx(each.transit_p95_h, rel=1e-12)


@pytest.mark.parametrize("each", LANES.values(), ids=LANES)
def test_cells_sum_to_one_and_hold_their_means(each: Lane) -> None:
    cells = duration_cells(each)
    assert math.fsum(cell.probability for cell in cells) == pytest.approx(1, abs=1e-12)
    assert all(cell.low_h <= cell.mean_h <= cell.high_h < math.inf for cell in cells)
    assert all(cell.low_h >= each.transit_min_h for cell in cells)
    assert len(cells) <= 77


def test_a_lognormal_is_cut_at_74_inner_cells_and_two_tails() -> None:
    cells = duration_cells(LANES["lognormal"])
    assert len(cells) == 76
    log_sd = math.log(36 / 20) / 1.6448536269514722
    assert cells[0].high_h == pytest.approx(20 * math.exp(-3.7 * log_sd))
    assert cells[-1].low_h == pytest.approx(20 * math.exp(3.7 * log_sd))
    assert cells[-1].high_h == pytest.approx(20 * math.exp(5.0 * log_sd))


def test_the_mean_of_the_cells_is_the_lognormal_s() -> None:
    log_sd = math.log((36 - 16) / (20 - 16)) / 1.6448536269514722
    mean = 16 + 4 * math.exp(log_sd**2 / 2)
    cells = duration_cells(LANES["above a minimum"])
    assert math.fsum(cell.probability * cell.mean_h for cell in cells) == pytest.approx(mean, rel=1e-9)


def test_more_than_half_on_schedule_slips_with_log_sd_one() -> None:
    atom, *slips = duration_cells(LANES["mostly on schedule"])
    assert atom == (0.6, 20, 20, 20)
    duration = duration_of(LANES["mostly on schedule"])
    assert isinstance(duration, Lognormal)
    assert duration.log_sd == 1
    assert all(cell.low_h > 20 for cell in slips)


def test_less_than_half_on_schedule_runs_to_the_minimum() -> None:
    atom, *_ = duration_cells(LANES["sometimes on schedule"])
    assert atom == (0.3, 16, 16, 16)
    assert duration_of(LANES["sometimes on schedule"]).probability_by(20) == pytest.approx(0.5)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, math.nan])
def test_a_share_outside_zero_and_one_has_no_quantile(p: float) -> None:
    with pytest.raises(ValueError, match="must lie strictly between 0 and 1"):
        quantile(LANES["lognormal"], p)


@given(
    p50=st.floats(0.5, 100),
    ratio=st.floats(1.01, 8),
    floor=st.floats(0, 0.95),
    share=st.sampled_from([0.0, 0.2, 0.5, 0.9]),
    p=st.floats(0.001, 0.999),
)
def test_probability_and_quantile_are_each_other_s_inverse(
    p50: float, ratio: float, floor: float, share: float, p: float
) -> None:
    assume(floor > 0.01 or not 0 < share < 0.5)
    duration = duration_of(lane("A>B", p50=p50, p95=p50 * ratio, transit_min_h=p50 * floor, on_schedule_share=share))
    hours = duration.quantile(p)
    assert duration.probability_by(hours) == pytest.approx(max(p, share), abs=1e-7)


SAMPLED = lane("A>B", p50=20, p95=36).model_copy(update={"transit_samples_h": (11.0, 12.0, 12.0, 15.5, 19.0, 33.0)})


@pytest.mark.parametrize("each", [*LANES.values(), SAMPLED], ids=[*LANES, "trips"])
@pytest.mark.parametrize("hours", [3.0, 12.0, 15.0, 19.5, 20.0, 31.0, 70.0])
def test_mean_earliness_is_the_area_under_the_share_that_has_arrived(each: Lane, hours: float) -> None:
    duration, steps = duration_of(each), 20_000
    middles = ((number + 0.5) * hours / steps for number in range(steps))
    area = math.fsum(duration.probability_by(at) for at in middles) * hours / steps
    assert duration.early_h(hours) == pytest.approx(area, abs=2e-3)

"""The temperature laws: 1 at 20 °C, rising, additive over time; limits as shares per day."""

from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given, strategies as st

from harvest_planner.ripening.clock import age_gained, gained
from harvest_planner.ripening.curve import Curve, Law
from harvest_planner.ripening.laws import arrhenius_rate, rate_table_rate, square_root_rate
from harvest_planner.ripening.limits import chilling_dose_rate, chilling_time_rate, safety_cap_rate

POINTS = ((15.0, 6 / 9), (20.0, 1.0), (25.0, 1.5))
LAWS = [
    Law.of(arrhenius_rate, ea_kj_per_mol=60.0),
    Law.of(square_root_rate, tmin_degc=-10.6),
    Law.of(rate_table_rate, points=POINTS),
]
CAP = ((4.0, 96.0), (32.0, 2.0), (None, 1.0))
temperatures = st.floats(-30, 60)


def curve(law: Law = LAWS[1], stops_below_degc: float | None = None) -> Curve:
    return Curve(ready_at_d20=6.0, window_d20=2.25, law=law, stops_below_degc=stops_below_degc)


@pytest.mark.parametrize("law", LAWS)
def test_every_law_is_one_at_20_degrees(law: Law) -> None:
    assert law(20.0) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("law", LAWS)
@given(low=temperatures, high=temperatures)
def test_warmer_is_never_slower(law: Law, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= law(low) <= law(high) * (1 + 1e-12)


def test_arrhenius_doubles_as_its_equation_says() -> None:
    inverse = 1 / 293.15 - 1 / 303.15
    assert arrhenius_rate(30.0, ea_kj_per_mol=60.0) == pytest.approx(math.exp(60.0 / 8.314462618e-3 * inverse))


def test_square_root_stands_still_at_and_below_tmin() -> None:
    assert square_root_rate(-4.2, tmin_degc=-4.2) == 0.0
    assert square_root_rate(-20.0, tmin_degc=-4.2) == 0.0
    assert square_root_rate(7.9, tmin_degc=-4.2) == pytest.approx(0.25)


@given(temperatures)
def test_rate_table_is_flat_beyond_its_ends_and_log_linear_between(degc: float) -> None:
    rate = rate_table_rate(degc, points=POINTS)
    if degc <= 15:
        assert rate == pytest.approx(6 / 9)
    elif degc >= 25:
        assert rate == 1.5
    else:
        assert math.log(rate) == pytest.approx(math.log(1.5) * (degc - 20) / 5, abs=1e-12)


def test_the_clock_stands_still_at_and_below_its_stop() -> None:
    stopping = curve(stops_below_degc=13.0)
    assert stopping.rate(13.0) == 0.0
    assert stopping.rate(-5.0) == 0.0
    assert stopping.rate(13.01) == curve().rate(13.01) > 0.0


@given(st.lists(st.tuples(st.floats(0, 200), temperatures), max_size=8), st.floats(0, 1))
def test_ages_gained_add_up_however_the_way_is_cut(way: list[tuple[float, float]], cut: float) -> None:
    parts = [(hours * share, degc) for hours, degc in way for share in (cut, 1 - cut)]
    assert age_gained(curve(), parts) == pytest.approx(age_gained(curve(), way), abs=1e-9)
    assert age_gained(curve(), way) >= 0.0


def test_one_day_at_20_degrees_is_one_day_equivalent() -> None:
    assert age_gained(curve(), [(24.0, 20.0)]) == 1.0


def test_chilling_dose_counts_degree_days_below_its_threshold() -> None:
    rate = Law.of(chilling_dose_rate, below_degc=6.0, limit_degc_days=56.0)
    assert rate(6.0) == rate(20.0) == 0.0
    assert gained(rate, [(7 * 24.0, 2.0), (7 * 24.0, 4.0)]) == pytest.approx((7 * 4 + 7 * 2) / 56)


def test_chilling_time_is_log_linear_between_its_points_and_none_above() -> None:
    rate = Law.of(chilling_time_rate, points=((5.0, 5.0), (13.0, 20.0)))
    assert rate(13.0) == pytest.approx(1 / 20)
    assert rate(13.1) == 0.0
    assert rate(9.0) == pytest.approx(1 / 10)
    assert rate(-3.0) == rate(5.0) == pytest.approx(1 / 5)


@pytest.mark.parametrize(("degc", "hours"), [(-5, 96), (4, 96), (4.1, 2), (32, 2), (32.1, 1), (60, 1)])
def test_safety_cap_takes_the_hours_of_its_row(degc: float, hours: float) -> None:
    assert safety_cap_rate(degc, limits=CAP) == 24 / hours


def test_safety_cap_left_open_holds_its_last_row_above() -> None:
    assert safety_cap_rate(40.0, limits=((4.0, 96.0), (32.0, 2.0))) == 12.0


def test_a_curve_without_limits_takes_no_harm() -> None:
    assert curve().chill_rate(-30.0) == 0.0
    assert curve().safety_rate(60.0) == 0.0


def test_a_curve_carries_its_three_clocks() -> None:
    made = Curve(
        ready_at_d20=0.0,
        window_d20=3.0,
        law=LAWS[1],
        chilling=Law.of(chilling_dose_rate, below_degc=10.0, limit_degc_days=20.0),
        safety_limits=CAP,
    )
    assert [clock(5.0) for clock in made.clocks] == [made.rate(5.0), 0.25, 12.0]


def test_curves_of_the_same_numbers_are_equal_hashable_and_survive_pickling() -> None:
    one, same = curve(LAWS[2], 13.0), curve(Law.of(rate_table_rate, points=POINTS), 13.0)
    assert one == same
    assert hash(one) == hash(same)
    assert one != curve(LAWS[2], 12.0)
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert again.rate(17.0) == one.rate(17.0)

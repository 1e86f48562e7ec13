"""Few parts that stand for many: same probability, same means, same first moments of the leading clock."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from harvest_planner.transit.crowd import DOSE_LIMIT, merged
from harvest_planner.transit.exposure import Boarding, Rates

PARTS = st.lists(st.tuples(st.floats(1e-6, 1), st.floats(0, 10), st.floats(0, 3)), min_size=1, max_size=60)


def moment(parts: list[Boarding], clock: int, power: int) -> float:
    return math.fsum(part.probability * part.exposures[clock] ** power for part in parts)


@given(PARTS, st.sampled_from([2, 4, 6]))
def test_merging_keeps_probability_means_and_moments(drawn: list[tuple[float, float, float]], most: int) -> None:
    parts = [Boarding(probability, (age, dose)) for probability, age, dose in drawn]
    found = merged(parts, most)
    assert len(found) <= 2 * max(most, 2)
    assert all(part.probability >= 0 for part in found)
    for power in range(4):
        assert moment(found, 0, power) == pytest.approx(moment(parts, 0, power), rel=1e-6, abs=1e-5)
    assert moment(found, 1, 1) == pytest.approx(moment(parts, 1, 1), rel=1e-6, abs=1e-5)
    ages = [part.exposures[0] for part in parts]
    # Ages that hardly differ may follow the second clock, and then a little beyond the ages that there were.
    assert all(min(ages) - 1e-3 <= part.exposures[0] <= max(ages) + 1e-3 for part in found)


@given(PARTS, st.sampled_from([2, 4, 6]))
def test_who_has_passed_a_limit_stays_beyond_it(drawn: list[tuple[float, float, float]], most: int) -> None:
    parts = [Boarding(probability, (age, dose)) for probability, age, dose in drawn]
    if max(dose for _, _, dose in drawn) - min(dose for _, _, dose in drawn) > 1e-3:
        beyond = math.fsum(part.probability for part in parts if part.exposures[1] > DOSE_LIMIT)
        found = math.fsum(part.probability for part in merged(parts, most) if part.exposures[1] > DOSE_LIMIT)
        assert found == pytest.approx(beyond, rel=1e-9)


def test_parts_that_gained_the_same_become_one() -> None:
    assert merged([Boarding(0.25, (1.0, 0.0))] * 4, 2) == [Boarding(1.0, (1.0, 0.0))]


def test_without_a_clock_only_probability_is_kept() -> None:
    assert merged([Boarding(0.25, ())] * 4, 2) == [Boarding(1.0, ())]


def test_the_second_clock_leads_where_the_first_stands_still() -> None:
    parts = [Boarding(0.25, (1.0, dose)) for dose in (0.0, 0.25, 0.5, 0.75)]
    found = merged(parts, 2)
    assert [part.exposures[0] for part in found] == [1.0, 1.0]
    assert moment(found, 1, 2) == pytest.approx(moment(parts, 1, 2))


def test_rates_are_per_hour_and_asked_for_once() -> None:
    asked: list[float] = []

    def clock(degc: float) -> float:
        asked.append(degc)
        return degc

    rates = Rates([clock])
    assert rates.per_hour(12) == rates.per_hour(12) == (0.5,)
    assert asked == [12]

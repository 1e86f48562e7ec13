"""Durations by real trips: quantiles by hand, cells, draws, and what contradicts them."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from harvest_planner.planning.referee.duration import duration_of as by_the_referee
from harvest_planner.schema.lane import Lane
from harvest_planner.transit.duration import cells_of, duration_cells, duration_of, quantile
from harvest_planner.transit.sampled import Sampled
from tests.transit.helpers import h, lane, network, only

FIVE = (40.0, 41.5, 44.0, 52.0, 47.0)
GIVEN = {
    "id": "l1",
    "origin_id": "a",
    "destination_id": "b",
    "departures": "FREQ=DAILY",
}
TRIPS = st.lists(st.floats(1, 200).map(lambda hours: round(hours, 1)), min_size=5, max_size=300)


def sampled(*hours: float, **changes: Any) -> Lane:
    return Lane.model_validate({**GIVEN, "transit_samples_h": hours, **changes})


@pytest.mark.parametrize(
    ("p", "hours"),
    # Knots: 40 at 0.1, 41.5 at 0.3, 44 at 0.5, 47 at 0.7, 52 at 0.9.
    [(0.01, 40), (0.1, 40), (0.2, 40.75), (0.3, 41.5), (0.5, 44), (0.6, 45.5), (0.8, 49.5), (0.9, 52), (0.95, 52)],
)
def test_quantiles_of_five_trips_by_hand(p: float, hours: float) -> None:
    assert quantile(sampled(*FIVE), p) == pytest.approx(hours, abs=1e-12)


def test_probabilities_of_five_trips_by_hand() -> None:
    by = duration_of(sampled(*FIVE)).probability_by
    assert by(39.9) == 0
    assert by(40) == pytest.approx(0.1), "half a trip rests on the fastest"
    assert by(40.75) == pytest.approx(0.2)
    assert by(51.999999) == pytest.approx(0.9, abs=1e-6)
    assert by(52) == 1, "half a trip rests on the slowest"


def test_the_quantiles_are_filled_in() -> None:
    given = sampled(*FIVE)
    assert (given.transit_p50_h, given.transit_p95_h, given.transit_min_h) == (44, 52, 0)
    assert given.transit_samples_h == FIVE, "the trips stay in their order"
    assert sampled(*range(1, 21)).transit_p95_h == pytest.approx(19.5)
    assert sampled(*FIVE, transit_p50_h=44.4).transit_p50_h == 44.4, "within one per cent"


def test_equal_trips_are_atoms() -> None:
    duration = duration_of(sampled(18, 18, 18, 14, 22))
    assert duration.probability_by(18 - 1e-6) == pytest.approx(0.3, abs=1e-6)
    assert duration.probability_by(18) == pytest.approx(0.7)
    atoms = [cell for cell in cells_of(duration) if cell.low_h == cell.high_h]
    assert [cell.mean_h for cell in atoms] == [14, 18, 22]
    assert [cell.probability for cell in atoms] == pytest.approx([0.1, 0.4, 0.1])


def test_trips_that_all_took_equally_long_are_a_fixed_duration() -> None:
    assert duration_cells(sampled(20, 20, 20, 20, 20)) == ((1.0, 20, 20, 20),)
    journey = only(network(lane("A>B", p50=None, transit_samples_h=[20] * 5)))
    assert (journey.arrive_p05_h, journey.arrive_p95_h) == (h("11 14:00"), h("11 14:00"))


@given(TRIPS, st.floats(0.001, 0.999))
def test_probability_and_quantile_are_each_other_s_inverse(trips: list[float], p: float) -> None:
    duration = Sampled(tuple(sorted(trips)))
    hours = duration.quantile(p)
    assert duration.probability_by(hours) >= p - 1e-6
    assert duration.probability_by(hours - 1e-3) <= p + 1e-6


@given(TRIPS, st.sampled_from([1, 2, 4, 64]), st.lists(st.floats(1, 200), max_size=4))
def test_cells_sum_to_one_keep_the_mean_and_end_at_the_cuts(trips: list[float], step: int, cuts: list[float]) -> None:
    trips.sort()
    duration = Sampled(tuple(trips))
    cells = cells_of(duration, step=step, cuts_h=tuple(cuts))
    assert math.fsum(cell.probability for cell in cells) == pytest.approx(1, abs=1e-9)
    # By Hazen's knots the mean is the trips' own, but for the ends: half of them lies on the way to the neighbours.
    knots = [trips[0], *((a + b) / 2 for a, b in pairwise(trips)), trips[-1]]
    mean = (math.fsum(knots[1:-1]) + (knots[0] + knots[-1]) / 2) / len(trips)
    assert math.fsum(cell.probability * cell.mean_h for cell in cells) == pytest.approx(mean, rel=1e-9)
    assert all(cell.low_h - 1e-9 <= cell.mean_h <= cell.high_h + 1e-9 for cell in cells)
    assert not any(cell.low_h + 1e-5 < cut < cell.high_h - 1e-5 for cell in cells for cut in cuts)
    for cut in cuts:
        below = math.fsum(cell.probability for cell in cells if cell.high_h <= cut + 1e-5)
        assert below == pytest.approx(duration.probability_by(cut + 1e-5), abs=1e-4)


def test_draws_agree_with_the_distribution() -> None:
    """Draws by inversion, from the definition; the share by each hour and the mean are those of the cells."""
    trips = sorted(random.Random(3).lognormvariate(3, 0.4) for _ in range(40))
    drawn = np.interp(np.random.default_rng(3).random(200_000), (np.arange(40) + 0.5) / 40, trips)
    duration = duration_of(sampled(*trips))
    for hours in np.quantile(drawn, np.linspace(0.02, 0.98, 49)):
        assert duration.probability_by(float(hours)) == pytest.approx(float((drawn <= hours).mean()), abs=0.005)
    mean = math.fsum(cell.probability * cell.mean_h for cell in cells_of(duration))
    assert mean == pytest.approx(float(drawn.mean()), rel=0.005)


@given(TRIPS, st.lists(st.floats(0, 210), max_size=3), st.floats(0.05, 1.5))
def test_the_referee_reckons_the_same(trips: list[float], breaks: list[float], widest_z: float) -> None:
    given = sampled(*trips)
    ours, theirs = duration_of(given), by_the_referee(given)
    for hours in (*breaks, *trips[:5]):
        assert theirs.until(hours) == pytest.approx(ours.probability_by(hours), abs=1e-6)
    nodes = list(theirs.nodes(after_h=-math.inf, until_h=math.inf, breaks=breaks, widest_z=widest_z))
    assert math.fsum(weight for weight, _ in nodes) == pytest.approx(1, abs=1e-9)
    mean = math.fsum(cell.probability * cell.mean_h for cell in cells_of(ours))
    assert math.fsum(weight * hours for weight, hours in nodes) == pytest.approx(mean, rel=1e-9)
    below = math.fsum(w for w, _ in theirs.nodes(after_h=-math.inf, until_h=trips[0], widest_z=widest_z))
    assert below == pytest.approx(theirs.until(trips[0]), abs=1e-9)


def test_a_connection_is_made_by_the_trips_that_make_it() -> None:
    """Of eight trips from 18:00 on, 11 h is one of those that make 05:00, and what lies between 10 and 11 does too."""
    first = lane("A>B", p50=None, transit_samples_h=[8, 9, 9.5, 10, 11, 13, 14, 15])
    journey = only(network(first, lane("B>C", p50=5, at="6", cutoff_h=1)), ends="A>C")
    assert journey.probability_by(h("11 11:00") + 1e-6) == pytest.approx(4.5 / 8)
    assert journey.probability_by(h("12 11:00") + 1e-6) == pytest.approx(1)
    in_time = sum(each.probability for each in journey.outcomes if each.arrive_h < h("11 12:00"))
    assert in_time == pytest.approx(4.5 / 8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"transit_samples_h": [40, 41, 42, 43]}, "transit_samples_h needs at least 5 trips, not 4"),
        ({"transit_samples_h": [40, 41, 42, 43, 0]}, "greater than 0"),
        (
            {"transit_p50_h": 40},
            r"transit_p50_h \(40.0\) disagrees with transit_samples_h, whose 50% quantile is 44; leave one of",
        ),
        ({"transit_p95_h": 60}, r"transit_p95_h \(60.0\) disagrees with transit_samples_h, whose 95% quantile is 52"),
        ({"on_schedule_share": 0.3}, r"on_schedule_share \(0.3\) cannot stand beside transit_samples_h"),
        ({"transit_min_h": 40.5}, r"transit_min_h \(40.5\) is above the shortest of transit_samples_h \(40.0\)"),
        ({"transit_samples_h": []}, "transit_p50_h and transit_p95_h must be given, or transit_samples_h"),
        ({"transit_samples_h": [], "transit_p50_h": 4}, "transit_p95_h must be given, or transit_samples_h"),
    ],
)
def test_what_contradicts_the_trips_is_one_error(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        Lane.model_validate({**GIVEN, "transit_samples_h": FIVE, **changes})
    assert caught.value.error_count() == 1


def test_the_shortest_trip_may_be_the_minimum() -> None:
    assert sampled(*FIVE, transit_min_h=40).transit_min_h == 40

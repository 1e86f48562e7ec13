"""Adaptive limits of delivery times: they keep their share while lanes drift, lanes lean on each other."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import pytest

from harvest_planner.learning.deliveries import Delivery, Route
from harvest_planner.learning.drift import LEVELS, DriftTracker, Knowing, Tracked, tracked
from harvest_planner.learning.lately import Lately, scores_of
from tests.learning.simulated import VIETNAM

ROAD, RAIL = Route("road"), Route("rail")
MEDIAN_H = {"road": 40.0, "rail": 60.0}
LOG_SD = 0.35
NORMAL_QUANTILES = (-1.6449, -1.2816, 0.0, 1.2816, 1.6449)


def true_limits(one: Delivery) -> Sequence[float]:
    return limits_of(one.route.lane_id)


def limits_of(lane_id: str) -> Sequence[float]:
    return [MEDIAN_H[lane_id] * math.exp(LOG_SD * z) for z in NORMAL_QUANTILES]


def drifting(
    seed: int, count: int, *, slower: float, routes: Sequence[Route] = (ROAD, RAIL), every_h: float = 4.0
) -> list[Delivery]:
    """Deliveries whose hours go up evenly to `slower` times what they were and half-way back."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(count):
        route = routes[i % len(routes)]
        at = i / count
        log = math.log(slower) * (at / 0.6 if at < 0.6 else 1.0 - 0.5 * (at - 0.6) / 0.4)
        hours = MEDIAN_H[route.lane_id] * math.exp(log + LOG_SD * rng.standard_normal())
        shipped = dt.datetime(2026, 1, 1, tzinfo=VIETNAM) + dt.timedelta(hours=every_h * i)
        found.append(Delivery(route, shipped, shipped + dt.timedelta(hours=hours), hours))
    return found


def cover(found: Sequence[Tracked], level: float) -> float:
    i = LEVELS.index(level)
    return float(np.mean([one.delivery.hours <= one.limits.hours[i] for one in found]))


def still() -> DriftTracker:
    return DriftTracker(rate=0.0, own_rate=0.0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("knowing", ["in_turn", "as_they_arrive"])
def test_the_adaptive_p90_covers_88_to_92_of_100_where_a_static_one_covers_83_to_87(
    seed: int, knowing: Knowing
) -> None:
    deliveries = drifting(seed, 3000, slower=1.155)
    assert 0.83 <= cover(tracked(deliveries, true_limits, tracker=still()), 0.9) <= 0.87
    adaptive = tracked(deliveries, true_limits, knowing=knowing)
    assert 0.88 <= cover(adaptive, 0.9) <= 0.92
    for level in LEVELS:
        assert cover(adaptive, level) == pytest.approx(level, abs=0.02)


def test_each_lane_keeps_its_share_when_only_one_of_them_drifts() -> None:
    slow = drifting(1, 2000, slower=1.6, routes=(ROAD,), every_h=8.0)
    same = drifting(2, 2000, slower=1.0, routes=(RAIL,), every_h=8.0)
    deliveries = sorted(slow + same, key=lambda one: (one.shipped_at, one.route))
    found = tracked(deliveries, true_limits)
    for route in (ROAD, RAIL):
        assert cover([one for one in found if one.delivery.route == route], 0.9) == pytest.approx(0.9, abs=0.02)


def test_without_drift_limits_stay_near_what_they_were() -> None:
    tracker = DriftTracker()
    tracked(drifting(3, 2000, slower=1.0), true_limits, tracker=tracker)
    for lane in MEDIAN_H:
        assert tracker.drift(lane, limits_of(lane)).factors == pytest.approx((1.0,) * len(LEVELS), rel=0.25)


def test_a_lane_with_few_deliveries_leans_on_the_others() -> None:
    tracker = DriftTracker()
    many = drifting(4, 600, slower=1.4, routes=(ROAD,))
    few = [one for one in drifting(5, 600, slower=1.4, routes=(RAIL,)) if one.shipped_at.day == 7][:3]
    for one in sorted(many + few, key=lambda one: one.shipped_at):
        tracker.learn(tracker.limits(one.route.lane_id, true_limits(one)), one.hours)
    rail = tracker.drift("rail", limits_of("rail"))
    assert rail.deliveries == 3
    assert rail.factors[2] > 1.08
    assert abs(math.log(rail.own_factors[2])) < 0.5 * math.log(rail.factors[2])
    unseen = tracker.drift("boat", limits_of("road"))
    assert unseen.own_factors == (1.0,) * len(LEVELS)
    assert unseen.factors[2] > 1.08


@pytest.mark.parametrize("every_h", [0.2, 2.0])
def test_what_is_known_on_arrival_lags_but_does_not_swing(every_h: float) -> None:
    """With 250 parcels under way at once the limits stay within four tenths of the truth."""
    deliveries = drifting(6, 4000, slower=1.0, every_h=every_h)
    found = tracked(deliveries, true_limits, knowing="as_they_arrive")
    assert cover(found, 0.9) == pytest.approx(0.9, abs=0.02)
    for one in found:
        assert one.limits.hours[3] == pytest.approx(true_limits(one.delivery)[3], rel=0.4)


def rush(seed: int, count: int) -> list[Delivery]:
    """A hundred parcels under way at any time; from seven tenths on they take half as long again."""
    found = []
    for i, one in enumerate(drifting(seed, count, slower=1.0, every_h=0.5)):
        hours = one.hours * (1.5 if i > 0.7 * count else 1.0)
        found.append(Delivery(one.route, one.shipped_at, one.shipped_at + dt.timedelta(hours=hours), hours))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_rush_is_noticed_by_what_is_under_way(seed: int) -> None:
    deliveries = rush(seed, 3000)
    adaptive = tracked(deliveries, true_limits, knowing="as_they_arrive")
    assert cover(tracked(deliveries, true_limits, tracker=still()), 0.9) < 0.82
    assert 0.88 < cover(adaptive, 0.9) < 0.92
    assert cover(adaptive[-600:], 0.9) > 0.87


def test_parcels_under_way_tell_of_a_rush_before_the_first_slow_one_arrives() -> None:
    lately, begins = Lately(LEVELS, at_once=False), dt.datetime(2026, 1, 1, tzinfo=VIETNAM)
    for i in range(100):
        lately.add(begins + dt.timedelta(hours=i), 40.0 if i < 60 else 90.0, limits_of("road"))
    now = begins + dt.timedelta(hours=125)  # the first slow parcel left at hour 60 and comes at hour 150
    assert lately.shift(now) > 0.1
    assert Lately(LEVELS, at_once=False).shift(now) == 0.0


def test_one_odd_parcel_hardly_moves_all_others() -> None:
    lately, begins = Lately(LEVELS, at_once=True), dt.datetime(2026, 1, 1, tzinfo=VIETNAM)
    for i in range(40):
        lately.add(begins + dt.timedelta(hours=i), 4000.0 if i == 20 else 40.0, limits_of("road"))
    assert 0.0 < lately.shift(begins + dt.timedelta(hours=50)) < 0.1


def test_what_is_long_past_is_forgotten() -> None:
    lately, begins = Lately(LEVELS, at_once=True), dt.datetime(2026, 1, 1, tzinfo=VIETNAM)
    for i in range(200):
        lately.add(begins + dt.timedelta(days=i / 2), 60.0 if i < 100 else 40.0, limits_of("road"))
    assert lately.shift(begins + dt.timedelta(days=100)) < 0.02


def test_a_trip_has_the_score_of_the_limit_that_it_meets() -> None:
    limits = np.array([limits_of("road"), [10.0, 12.0, 20.0, 50.0, 60.0]])
    scores = np.array(NORMAL_QUANTILES)
    for level in range(5):
        assert scores_of(limits[:, level], limits, scores) == pytest.approx([scores[level]] * 2)
    assert scores_of(np.array([20.0, 100.0]), limits, scores)[0] == pytest.approx(math.log(0.5) / LOG_SD, rel=1e-3)
    assert scores_of(np.array([40.0, 100.0]), limits, scores)[1] > 2.0


def test_limits_do_not_sink_while_the_first_parcels_are_under_way() -> None:
    """The fast ones of the first parcels come first; that does not make the others fast."""
    moved = [
        math.log(one.limits.hours[3] / true_limits(one.delivery)[3])
        for seed in range(10)
        for one in tracked(drifting(seed, 150, slower=1.0, every_h=1.0), true_limits, knowing="as_they_arrive")
    ]
    assert np.mean(moved) == pytest.approx(0.0, abs=0.02)


def test_a_forecast_knows_nothing_of_what_had_not_come_when_it_was_made() -> None:
    deliveries = drifting(7, 400, slower=1.5)
    cut = deliveries[250].shipped_at
    late = [
        one
        if one.arrived_at <= cut
        else Delivery(one.route, one.shipped_at, one.arrived_at + dt.timedelta(hours=5000), one.hours + 5000)
        for one in deliveries
    ]
    before = tracked(deliveries, true_limits, knowing="as_they_arrive")
    after = tracked(late, true_limits, knowing="as_they_arrive")
    told = [
        i
        for i, one in enumerate(deliveries)
        if one.shipped_at <= cut and all(other.arrived_at <= cut for other in deliveries[:i])
    ]
    assert len(told) > 200
    assert [before[i].limits for i in told] == [after[i].limits for i in told]


@pytest.mark.parametrize("knowing", ["in_turn", "as_they_arrive"])
def test_every_delivery_is_counted_and_limits_never_cross(knowing: Knowing) -> None:
    tracker = DriftTracker(rate=0.4, own_rate=0.4)
    deliveries = drifting(8, 300, slower=2.0)
    found = tracked(deliveries, true_limits, knowing=knowing, tracker=tracker)
    assert [one.delivery for one in found] == deliveries
    assert all(list(one.limits.hours) == sorted(one.limits.hours) for one in found)
    assert [tracker.drift(lane, limits_of(lane)).deliveries for lane in ("road", "rail")] == [150, 150]


def test_a_lane_of_which_nothing_is_known_is_left_out() -> None:
    found = tracked(drifting(9, 100, slower=1.0), lambda one: true_limits(one) if one.route == ROAD else None)
    assert {one.delivery.route for one in found} == {ROAD}


def test_a_lane_that_never_varied_can_still_drift() -> None:
    tracker = DriftTracker()
    for _ in range(400):
        tracker.learn(tracker.limits("train", (40.0,) * len(LEVELS)), 44.0)
    assert tracker.drift("train", (40.0,) * len(LEVELS)).factors[2] > 1.09

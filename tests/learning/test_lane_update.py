"""A lane's numbers follow its trips: near what was believed where they are few, its own where they are many."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import harvest_planner as hp
from harvest_planner.learning.hierarchy import KIN_SD, LANE_SCALE, Own, pooled_with_prior
from harvest_planner.learning.lanes import learned_lanes
from harvest_planner.learning.passages import Ride
from harvest_planner.learning.rides import half_life_of, own_word, told_by
from harvest_planner.transit.duration import duration_of
from tests.planning.small import lane

Z95 = 1.6448536269514722


def road(name: str = "road", **changes: Any) -> hp.Lane:
    return hp.Lane.model_validate(lane(**{"id": name, "transit_p50_h": 20, "transit_p95_h": 30, **changes}))


def trips(hours: Any, name: str = "road", *, every_h: float = 12.0, arrived: bool = True) -> list[Ride]:
    return [Ride(name, i * every_h, float(each), arrived, f"o{i}") for i, each in enumerate(hours)]


def lognormal(seed: int, median: float, log_sd: float, count: int) -> Any:
    return median * np.exp(np.random.default_rng(seed).normal(0, log_sd, count))


def update(lanes: list[hp.Lane], rides: list[Ride]) -> dict[str, tuple[hp.Update, dict[str, Any]]]:
    now_h = max(ride.departed_h + ride.hours for ride in rides)
    found = learned_lanes({each.id: each for each in lanes}, rides, now_h=now_h)
    return {one.change.record_id: (one.update, one.change.now) for one in found}


def test_many_trips_make_the_lane_theirs() -> None:
    hours = lognormal(1, 26, 0.15, 400)
    told, now = update([road()], trips(hours))["road"]
    assert now["transit_p50_h"] == pytest.approx(26, rel=0.02)
    assert now["transit_p95_h"] == pytest.approx(26 * math.exp(0.15 * Z95), rel=0.03)
    assert told.low < float(np.exp(np.log(hours).mean())) < told.high
    assert (told.high - told.low) / 26 < 0.04


def test_few_trips_move_it_a_little() -> None:
    _, now = update([road()], trips([26.0] * 2))["road"]
    assert 20.5 < now["transit_p50_h"] < 23.0


def test_two_odd_trips_do_not_carry_a_lane_away() -> None:
    _, now = update([road()], trips([55.0, 61.0]))["road"]
    assert 20 < now["transit_p50_h"] < math.sqrt(20 * 58), "nearer to what was believed"


def test_lanes_of_one_carrier_and_mode_speak_for_each_other() -> None:
    lanes = [road(name, carrier="north", mode="road") for name in "abcd"] + [road("e", carrier="south", mode="road")]
    slow = [ride for name in "abc" for ride in trips(lognormal(ord(name), 24, 0.2, 60), name)]
    found = update(lanes, slow)
    assert set(found) == set("abcd")
    unseen, now = found["d"]
    assert (unseen.outcomes, unseen.own_weight) == (0, 0.0)
    assert 21.5 < now["transit_p50_h"] < 24.0
    assert unseen.high - unseen.low > 2 * (found["a"][0].high - found["a"][0].low)


def test_pooling_agrees_with_brute_force() -> None:
    groups = [Own(0.30, 0.2, 8.0, 1e6), Own(0.05, 0.25, 3.0, 1e6), Own(0.0, 0.2, 0.0, 1e6)]
    rng = np.random.default_rng(0)
    draws = 400_000
    kin = rng.normal(0, KIN_SD, draws)
    spread = np.abs(rng.normal(0, LANE_SCALE, draws))
    thetas = kin + spread * rng.standard_normal((3, draws))
    log = sum(
        -0.5 * ((group.mean - theta) / group.sd) ** 2 * group.worth for group, theta in zip(groups, thetas, strict=True)
    )
    weights = np.exp(log - np.max(log))
    for theta, found in zip(thetas, pooled_with_prior(groups), strict=True):
        mean = float(np.average(theta, weights=weights))
        assert found.mean == pytest.approx(mean, abs=0.006)
        below = float(weights[theta <= found.quantile(0.95)].sum() / weights.sum())
        assert below == pytest.approx(0.95, abs=0.015)


def test_a_lane_that_has_become_slower_is_told_by_its_recent_trips() -> None:
    steady, slower = lognormal(1, 20, 0.15, 120), lognormal(2, 30, 0.15, 60)
    told, now = update([road()], trips([*steady, *slower]))["road"]
    assert now["transit_p50_h"] == pytest.approx(30, rel=0.06)
    assert "it drifts: a trip counts half after 7 days" in told.note
    _, without = update([road()], trips([*steady, *steady]))["road"]
    assert without["transit_p50_h"] == pytest.approx(20, rel=0.03)


@pytest.mark.parametrize("seed", range(8))
def test_chance_alone_is_no_drift(seed: int) -> None:
    told = told_by(road(), trips(lognormal(seed, 22, 0.25, 150)), 2000.0)
    assert half_life_of([told]) is None


def test_parcels_still_on_their_way_keep_the_median_honest() -> None:
    hours = lognormal(4, 26, 0.2, 300)
    seen_for = np.random.default_rng(5).uniform(10, 40, 300)
    came = [
        Ride("road", 1000 - t, float(h), True, f"o{i}")
        for i, (h, t) in enumerate(zip(hours, seen_for, strict=True))
        if h <= t
    ]
    waiting = [
        Ride("road", 1000 - t, float(t), False, f"w{i}")
        for i, (h, t) in enumerate(zip(hours, seen_for, strict=True))
        if h > t
    ]
    assert len(waiting) > 90
    _, honest = update([road()], came + waiting)["road"]
    _, biased = update([road()], came)["road"]
    assert honest["transit_p50_h"] == pytest.approx(26, rel=0.03)
    assert biased["transit_p50_h"] < 0.95 * 26


def test_one_that_left_a_moment_ago_says_nothing() -> None:
    own = own_word(told_by(road(), [Ride("road", 0.0, 1.0, False, "o1")], 1.0), None)
    assert own.worth < 1e-6


def test_a_share_on_schedule_is_learned_as_a_share() -> None:
    scheduled = road(transit_p50_h=20, transit_p95_h=26, on_schedule_share=0.8)
    rng = np.random.default_rng(3)
    hours = np.where(rng.random(300) < 0.6, 20.0, 20.0 + np.exp(rng.normal(1.0, 0.8, 300)))
    _, now = update([scheduled], trips(hours))["road"]
    assert now["on_schedule_share"] == pytest.approx(0.6, abs=0.06)
    assert now["transit_p50_h"] == 20.0
    p95 = float(np.quantile(hours, 0.95))
    assert now["transit_p95_h"] == pytest.approx(p95, rel=0.15)


def test_a_lane_that_keeps_its_schedule_less_than_half_the_time_is_still_a_lane() -> None:
    scheduled = road(transit_p50_h=20, transit_p95_h=26, on_schedule_share=0.6)
    hours = [20.0] * 30 + [20.0 + each for each in lognormal(1, 4, 0.5, 270)]
    _, now = update([scheduled], trips(hours))["road"]
    after = hp.Lane.model_validate({**scheduled.model_dump(), **now})
    assert 0.1 < after.on_schedule_share < 0.2
    assert duration_of(after).quantile(0.5) == pytest.approx(float(np.median(hours)), rel=0.05)


def test_real_trips_are_moved_and_keep_their_shape() -> None:
    known = road(transit_samples_h=[18, 19, 20, 22, 28], transit_p50_h=None, transit_p95_h=None)
    _, now = update([known], trips(lognormal(1, 25, 0.2, 200)))["road"]
    after = hp.Lane.model_validate({**known.model_dump(), **now})
    assert after.transit_p50_h == pytest.approx(25, rel=0.03)
    assert len(after.transit_samples_h) == 5
    assert after.transit_samples_h[-1] - after.transit_p50_h > after.transit_p50_h - after.transit_samples_h[0]


def test_a_trip_faster_than_the_minimum_lowers_it() -> None:
    strict = road(transit_min_h=15)
    _, now = update([strict], trips([12.0, *lognormal(1, 20, 0.2, 50)]))["road"]
    assert now["transit_min_h"] < 12.0
    assert hp.Lane.model_validate({**strict.model_dump(), **now}).transit_min_h < 12.0


def test_a_fixed_duration_stays_fixed_while_it_is_kept() -> None:
    fixed = road(transit_p50_h=20, transit_p95_h=20)
    assert update([fixed], trips([20.0, 20.1, 19.9])) == {}
    _, now = update([fixed], trips(lognormal(1, 22, 0.2, 40)))["road"]
    assert now["transit_p95_h"] > now["transit_p50_h"] > 20.0

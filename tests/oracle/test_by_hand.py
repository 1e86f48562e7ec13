"""The oracles against numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import harvest_planner as hp
from tests.oracle.brute_force import brute_force
from tests.oracle.candidates import options
from tests.oracle.duration import NORMAL, duration_of
from tests.oracle.fruit import Speeds
from tests.oracle.shares import Delivered, delivered, good_share, parcel_share
from tests.oracle.travel import Network
from tests.oracle.whole_program import whole_program
from tests.planning import small

EARNED = 50_000.0
"""A good kilogram of the small problem, whose freight is free [VND]."""


def _lane(**changes: Any) -> hp.Lane:
    return hp.Lane.model_validate(small.lane(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"transit_p50_h": 20, "transit_p95_h": 36},
        {"transit_p50_h": 20, "transit_p95_h": 36, "transit_min_h": 12},
        {"transit_p50_h": 20, "transit_p95_h": 36, "transit_min_h": 12, "on_schedule_share": 0.3},
        {"transit_p50_h": 20, "transit_p95_h": 36, "on_schedule_share": 0.7},
    ],
)
def test_duration_has_its_quantiles(changes: dict[str, float]) -> None:
    duration = duration_of(_lane(**changes))
    assert duration.cdf(36) == pytest.approx(0.95)
    assert duration.cdf(20) == pytest.approx(max(0.5, changes.get("on_schedule_share", 0.0)))


def test_cells_add_up_to_one_and_to_the_mean_of_the_lognormal() -> None:
    hours, mass, _ = duration_of(_lane(transit_p50_h=20, transit_p95_h=36)).cells([23.0], 4000)
    log_sd = math.log(36 / 20) / NORMAL.inv_cdf(0.95)
    assert mass.sum() == pytest.approx(1.0, abs=1e-12)
    assert mass @ hours == pytest.approx(20 * math.exp(log_sd**2 / 2), rel=1e-6)
    assert mass[hours < 23].sum() == pytest.approx(NORMAL.cdf(math.log(23 / 20) / log_sd), abs=1e-9)


def _connecting(**onward: Any) -> hp.PlanningProblem:
    """Noon to the port, ten hours in the median; on from there at 22:00, where half of the parcels are late."""
    port = {"id": "port", "latitude_deg": 21.3, "longitude_deg": 106.2, "ambient_degc": 20}
    evening = "FREQ=DAILY;BYHOUR=22;BYMINUTE=0;BYSECOND=0"
    return small.problem(
        places=[*small.problem().places, port],
        lanes=[
            small.lane(id="l1", destination_id="port", transit_p95_h=15),
            small.lane(id="l2", origin_id="port", departures=evening, transit_p50_h=2, transit_p95_h=2, **onward),
        ],
    )


def test_late_half_of_the_parcels_takes_the_next_departure() -> None:
    problem = _connecting()
    network = Network(problem, problem.crop("durable"))
    (journey,) = network.on_offer("farm", "town", start_h=5.0, ready_h=11.0)
    assert journey.planned == (("l1", 12.0), ("l2", 22.0))
    assert journey.quantiles_h == pytest.approx((24.0, 24.0, 48.0), abs=1e-4)
    outcomes = journey.outcomes([])
    assert outcomes.mass[np.abs(outcomes.arrive_h - 24) < 1e-6].sum() == pytest.approx(0.5, abs=1e-6)
    assert journey.mean_gain_d20 == pytest.approx((36 - 5) / 24, abs=2e-3), "a day at 20 °C is one d20"


def test_cutoff_of_the_connection_is_kept() -> None:
    problem = _connecting(cutoff_h=5.0)
    network = Network(problem, problem.crop("durable"))
    (journey,) = network.on_offer("farm", "town", start_h=5.0, ready_h=11.0)
    log_sd = math.log(1.5) / NORMAL.inv_cdf(0.95)
    outcomes = journey.outcomes([])
    assert outcomes.mass[outcomes.arrive_h < 25].sum() == pytest.approx(NORMAL.cdf(math.log(0.5) / log_sd), abs=1e-6)


def test_limited_lane_offers_every_departure_of_a_day_and_drops_none_of_another_lane() -> None:
    problem = small.problem(lanes=[small.lane(capacity_kg=5), small.lane(id="l2", cost_vnd_per_kg=9)])
    network = Network(problem, problem.crop("durable"))
    offered = network.on_offer("farm", "town", start_h=5.0, ready_h=11.0)
    assert [journey.planned for journey in offered] == [(("l1", 12.0),), (("l1", 36.0),), (("l2", 12.0),)]


def test_na_to_ha_noi_has_the_share_of_the_design() -> None:
    na = hp.crop("na-chi-lang")
    rate = 1.5 * 1.6**0.3
    hours, mass, _ = duration_of(_lane(transit_p50_h=20, transit_p95_h=36)).cells([], 4000)
    arrived = Delivered(mass, rate * (6 + hours) / 24, 0.0)
    share = good_share(arrived, na.stage("S3"), age=2.6, good=(6 - 2 * rate, 8.25 - rate))
    assert share == pytest.approx(0.86, abs=0.01)


def test_parcel_of_one_fruit_is_as_good_as_a_fruit() -> None:
    na, order = hp.crop("na-chi-lang"), hp.Order.model_validate(small.order(quantity_kg=0.25, accepts_share=0.8))
    arrived = Delivered(np.array([0.7, 0.2]), np.array([1.0, 2.5]), 0.0)
    stage, good = na.stage("S3"), (3.0, 5.5)
    assert parcel_share(arrived, stage, age=2.4, good=good, order=order, crop=na) == pytest.approx(
        good_share(arrived, stage, age=2.4, good=good), abs=1e-6
    )


def test_parcel_of_two_fruit_needs_both_where_all_must_be_good() -> None:
    na, order = hp.crop("na-chi-lang"), hp.Order.model_validate(small.order(quantity_kg=0.5, accepts_share=1))
    alone = na.stage("S3").model_copy(update={"batch_sd_d20": 0.0})
    arrived = Delivered(np.array([1.0]), np.array([1.0]), 0.0)
    share = good_share(arrived, alone, age=2.4, good=(3.0, 5.5))
    assert parcel_share(arrived, alone, age=2.4, good=(3.0, 5.5), order=order, crop=na) == pytest.approx(share**2)


def test_early_parcel_waits_and_a_late_or_chilled_one_is_lost() -> None:
    problem = small.problem(lanes=[small.lane(transit_p50_h=20, transit_p95_h=36)])
    network = Network(problem, problem.crop("durable"))
    (journey,) = network.on_offer("farm", "town", start_h=5.0, ready_h=11.0)
    outcomes = journey.outcomes([32.0, 48.0])
    in_time = delivered(outcomes, from_h=32.0, until_h=48.0, waiting=Speeds(1 / 24, 0.0, 0.0))
    assert in_time.mass.sum() == pytest.approx(0.95, abs=1e-6)
    assert in_time.gain.min() == pytest.approx((32 - 5) / 24)
    chilled = delivered(outcomes, from_h=48.0, until_h=48.0, waiting=Speeds(0.0, 1 / 16, 0.0))
    assert chilled.mass.sum() == pytest.approx(0.45, abs=1e-4), "16 h of waiting are all it bears"


HAND = [
    ({}, 10 * EARNED),
    ({"batches": [small.batch(quantity_kg=9)]}, 0.0),
    ({"batches": [small.batch(trip_cost_vnd=30_000)]}, 10 * EARNED - 30_000),
    ({"batches": [small.batch(min_trip_kg=40, surplus_price_vnd_per_kg=100)]}, 10 * EARNED + 90 * 100),
    (
        {"batches": [small.batch(surplus_price_vnd_per_kg=100)], "policy": {"horizon_days": 4, "terminal_share": 0.5}},
        10 * EARNED + 90 * 100,
    ),
    (
        {
            "batches": [
                small.batch(surplus_price_vnd_per_kg=100),
                small.batch(id="b2", surplus_price_vnd_per_kg=300, quantity_kg=50),
            ],
            "growers": [{"id": "g1", "pick_capacity_kg_per_day": 30}],
            "policy": {"horizon_days": 2, "terminal_share": 0},
            "orders": [small.order(price_vnd_per_kg=250)],
        },
        50 * 300 + 10 * 250,
    ),
    (
        {
            "batches": [small.batch(days_between_picks=2)],
            "growers": [{"id": "g1", "pick_capacity_kg_per_day": 10}],
            "orders": [small.order(), small.order(id="o2"), small.order(id="o3", quantity_kg=4)],
        },
        20 * EARNED,
    ),
    (
        {
            "orders": [small.order(), small.order(id="o2", quantity_kg=6, price_vnd_per_kg=60_000)],
            "lanes": [small.lane(capacity_kg=10)],
            "policy": {"horizon_days": 1},
            "growers": [{"id": "g1", "picks_from": "05:00", "picks_until": "09:00"}],
        },
        10 * EARNED + 6 * 60_000,
    ),
]


@pytest.mark.parametrize(("changes", "value_vnd"), HAND)
def test_both_oracles_find_what_was_counted_by_hand(changes: dict[str, Any], value_vnd: float) -> None:
    problem = small.problem(**changes)
    candidates = options(problem)
    assert brute_force(problem, candidates).value_vnd == pytest.approx(value_vnd, abs=1e-3)
    assert whole_program(problem, candidates) == pytest.approx(value_vnd, abs=1e-3)


def test_split_order_takes_what_there_is() -> None:
    problem = small.problem(batches=[small.batch(quantity_kg=9)], orders=[small.order(may_split=True)])
    assert whole_program(problem, options(problem)) == pytest.approx(9 * EARNED)

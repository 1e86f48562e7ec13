"""Money and fruit by hand, and what happens in worlds that the planner was not told of."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

import harvest_planner as hp
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.decisions import decisions_of
from harvest_planner.simulation.luck import Luck
from harvest_planner.simulation.market import trips_to_market
from harvest_planner.simulation.scene import Scene
from harvest_planner.simulation.voyage import Voyages
from tests.planning.small import batch, lane, order, problem
from tests.simulation.test_two_forms import CASES, TENDER

FARM = {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20}
TOWN = {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20}


def played(question: hp.PlanningProblem, **world: Any) -> hp.SimulationReport:
    return hp.simulate(hp.plan_harvest(question), question, runs=400, seed=6, world=hp.World(**world))


def test_a_certain_world_brings_exactly_the_plans_worth() -> None:
    question = problem(
        batches=[batch(trip_cost_vnd=20_000, surplus_price_vnd_per_kg=3_000)],
        lanes=[lane(cost_vnd_per_kg=2_000)],
    )
    plan = hp.plan_harvest(question)
    report = hp.simulate(plan, question, runs=5)
    assert report.income_vnd == hp.Estimate(mean=plan.value_vnd, low=plan.value_vnd, high=plan.value_vnd)
    # 10 kg at 50,000 − 2,000, a trip of 20,000, and 90 kg that still hang at the horizon at 3,000.
    assert plan.value_vnd == 10 * 48_000 - 20_000 + 90 * 3_000
    assert (report.good_share.mean, report.waste_kg.mean) == (1.0, 0.0)
    assert report.income_vnd_per_kg.mean == pytest.approx(plan.value_vnd / 100)


def test_no_bound_lies_where_no_mean_can_be() -> None:
    question = CASES["missed connections"]
    report = hp.simulate(hp.plan_harvest(question), question, runs=2, seed=3)
    assert 0.0 < report.good_share.mean < 1.0
    shares = ("good_share", "under_ripe_share", "over_ripe_share", "late_share", "parcel_good_share")
    for found in (*(getattr(report, name) for name in shares), *(row.good_share for row in report.shipments)):
        assert 0.0 <= found.low <= found.mean <= found.high <= 1.0
    assert 0.0 <= report.waste_kg.low <= report.waste_kg.mean


def test_a_late_parcel_costs_price_freight_and_review() -> None:
    """The lane is slower than the plan knew: every parcel is late."""
    question = problem(
        policy={"gap": 0, "horizon_days": 4, "review_cost_vnd": 7_000},
        orders=[order(failure_cost_vnd_per_kg=30_000)],
        lanes=[lane(cost_vnd_per_kg=2_000)],
    )
    plan = hp.plan_harvest(question)
    slow = question.model_copy(update={"lanes": (hp.Lane.model_validate(lane(cost_vnd_per_kg=2_000, transit_p50_h=200,
                                                                            transit_p95_h=200)),)})  # fmt: skip
    report = hp.simulate(plan, slow, runs=3)
    assert report.late_share.mean == 1.0
    assert report.income_vnd.mean == -10 * 32_000 - 7_000
    assert report.waste_kg.mean == 10
    assert report.shipments[0].on_time_share == 0.0


def test_older_fruit_arrives_over_ripe_and_younger_fruit_under_ripe() -> None:
    question = CASES["missed connections"]
    told, older, younger = (played(question, batch_shift_d20=shift) for shift in (0, 2, -3))
    assert older.over_ripe_share.low > told.over_ripe_share.high
    assert younger.under_ripe_share.low > told.under_ripe_share.high
    assert max(older.good_share.high, younger.good_share.high) < told.good_share.low


def test_warmth_is_felt_outdoors_and_not_on_cooled_lanes() -> None:
    cooled = problem(
        crops=[TENDER],
        policy={"gap": 0, "horizon_days": 4, "min_good_share": 0.05},
        orders=[order(ripe_within_days=(0, 6), room_degc=20, failure_cost_vnd_per_kg=0)],
        lanes=[lane(temperature_degc=20, departures="FREQ=DAILY;BYHOUR=11;BYMINUTE=0;BYSECOND=0", transit_p50_h=60,
                    transit_p95_h=60)],
    )  # fmt: skip
    open_lane = cooled.model_copy(update={"lanes": (cooled.lanes[0].model_copy(update={"temperature_degc": None}),)})
    ages = []
    for question in (cooled, open_lane):
        (sent,) = decisions_of(hp.plan_harvest(cooled)).sent
        for warmer in (0.0, 4.0):
            scene = Scene(question, hp.World(warmer_degc=warmer))
            arrived = Voyages(scene, Chances(Luck(1, 2), shared_delays=False)).arrived(scene.parcel(sent))
            ages.append(float(arrived.age_d20[0]))
    # Six hours on the farm before the first departure, at 20 or 24 °C: rates 1 and 1.5 by the table.
    assert ages[1] - ages[0] == pytest.approx(0.5 * 6 / 24)
    assert ages[3] - ages[2] == pytest.approx(0.5 * (6 + 60) / 24)


def test_a_shared_delay_is_the_same_for_all_parcels_of_a_departure() -> None:
    question = problem(
        orders=[order(), order(id="o2")],
        lanes=[lane(transit_p50_h=20, transit_p95_h=40)],
    )
    scene = Scene(question, hp.World(shared_delays=True))
    sent = decisions_of(hp.plan_harvest(question)).sent
    assert len({each.departs_h for each in sent}) == 1
    shared, own = (Voyages(scene, Chances(Luck(1, 500), shared_delays=both)) for both in (True, False))
    one, other = (shared.arrived(scene.parcel(each)).arrive_h for each in sent)
    assert one.tolist() == other.tolist()
    one, other = (own.arrived(scene.parcel(each)).arrive_h for each in sent)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.15


def test_shared_delays_keep_the_mean_and_widen_the_runs() -> None:
    question = problem(
        orders=[order(id=f"o{number}", deliver_until_at="2026-08-11T14:00:00+07:00") for number in range(8)],
        lanes=[lane(transit_p50_h=20, transit_p95_h=40)],
    )
    plan = hp.plan_harvest(question)
    own, shared = (
        hp.simulate(plan, question, runs=4000, seed=1, world=hp.World(shared_delays=both)) for both in (False, True)
    )
    assert own.late_share.mean == pytest.approx(shared.late_share.mean, abs=0.03)
    width = (own.late_share.high - own.late_share.low, shared.late_share.high - shared.late_share.low)
    assert width[1] / width[0] == pytest.approx(8**0.5, rel=0.1)


def test_what_is_missing_is_missed_by_whole_orders_in_turn() -> None:
    """Sixty of a hundred kilograms: two orders of 25 are filled whole, the third not at all, its parcel disappoints."""
    question = problem(
        policy={"gap": 0, "horizon_days": 1, "review_cost_vnd": 9_000},
        orders=[order(id=f"o{number}", quantity_kg=25) for number in range(3)],
        batches=[batch(trip_cost_vnd=10_000, surplus_price_vnd_per_kg=1_000)],
    )
    plan = hp.plan_harvest(question)
    report = hp.simulate(plan, question, runs=2, world=hp.World(yield_factor=0.6))
    assert report.unfilled_share.mean == pytest.approx(1 / 3)
    assert [row.good_share.mean for row in report.shipments] == [1.0, 1.0, 0.0]
    assert report.income_vnd.mean == 50 * 50_000 - 9_000 - 10_000 + 10 * 1_000
    assert report.parcel_good_share.mean == pytest.approx(2 / 3)


def test_a_split_order_takes_what_there_is() -> None:
    question = problem(orders=[order(quantity_kg=80, may_split=True)])
    report = hp.simulate(hp.plan_harvest(question), question, runs=2, world=hp.World(yield_factor=0.6))
    assert report.unfilled_share.mean == pytest.approx(0.25)
    assert report.good_share.mean == pytest.approx(0.75)


def test_an_uncertain_quantity_falls_short_as_often_as_its_law_says() -> None:
    """100 ± 20 kg for an order of 100 kg: half of the time there is less."""
    question = problem(orders=[order(quantity_kg=100)], batches=[batch(quantity_sd_kg=20)])
    plan = hp.plan_harvest(question)
    report = hp.simulate(plan, question, runs=20_000, seed=3, world=hp.World(uncertain_yield=True))
    assert report.unfilled_share.mean == pytest.approx(0.5, abs=0.015)
    assert hp.simulate(plan, question, runs=20).unfilled_share.mean == 0.0


def test_fruit_left_on_the_tree_is_waste_where_it_drops() -> None:
    dropping = {**TENDER, "on_tree_d20_per_day": 1.0, "drops_at_d20": 3.0, "ready_at_d20": 3, "window_d20": 9}
    question = problem(crops=[dropping], batches=[batch(surplus_price_vnd_per_kg=0)])
    report = played(question)
    assert report.waste_kg.mean == pytest.approx(90 + 10 * (1 - report.good_share.mean))


def test_a_warmer_week_ages_fruit_on_the_tree_where_the_crop_goes_by_warmth() -> None:
    """Two days on the tree at 27 °C, or at 30: rates of 1.5·(1.9/1.5)^½ and 1.9 by the table, 0.4 d20 for each."""
    ages = {}
    for by in ("day", "temperature"):
        crop = {**TENDER, "on_tree_by": by, "on_tree_d20_per_day": 0.4}
        question = problem(
            crops=[crop],
            places=[{**FARM, "ambient_degc": 27}, TOWN],
        )
        for warmer in (0.0, 3.0):
            field = Scene(question, hp.World(warmer_degc=warmer)).field("b1")
            ages[by, warmer] = field.age_on(question.batches[0].observed_on + dt.timedelta(days=2))
    assert ages["day", 0.0] == ages["day", 3.0] == pytest.approx(1 + 2 * 0.4)
    assert ages["temperature", 0.0] == pytest.approx(1 + 2 * 0.4 * 1.5 * (1.9 / 1.5) ** 0.5)
    assert ages["temperature", 3.0] == pytest.approx(1 + 2 * 0.4 * 1.9)


def test_nobody_goes_to_market_from_a_place_that_is_closed() -> None:
    dropping = {**TENDER, "on_tree_d20_per_day": 1.0, "drops_at_d20": 3.5, "ready_at_d20": 3}
    days = []
    for closed in ((), ("2026-08-11",)):
        question = problem(
            crops=[dropping],
            places=[{**FARM, "closed_on": closed}, TOWN],
            batches=[batch(surplus_price_vnd_per_kg=10_000)],
        )
        days.append([day for _, day in trips_to_market(Scene(question, hp.World()))])
    assert days == [[dt.date(2026, 8, 11)], [dt.date(2026, 8, 10)]]

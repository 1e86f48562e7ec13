"""The plan beside other ways of deciding, in a week that is small enough to be planned often."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from statistics import NormalDist

import numpy as np
import pytest

import harvest_planner as hp
from harvest_planner.planning.referee import check_plan
from harvest_planner.simulation.beliefs import alike, by_mean, by_promise, mean_h, promised_h
from harvest_planner.simulation.bench import Bench, only
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.decisions import Decisions, Sent, decisions_of
from harvest_planner.simulation.fate import fate_of
from harvest_planner.simulation.foresight import Foresight
from harvest_planner.simulation.lead_times import LeadTimes, region_of
from harvest_planner.simulation.luck import Luck
from harvest_planner.simulation.market import play_market, trips_to_market
from harvest_planner.simulation.played import play
from harvest_planner.simulation.scene import Scene
from harvest_planner.simulation.voyage import Voyages
from harvest_planner.transit.duration import Lognormal, duration_of
from tests.planning.small import batch, lane, order, problem
from tests.simulation.test_two_forms import TENDER

SPREAD = {"sd_d20": 0.8, "batch_sd_d20": 0.4}
FALLING = {
    **TENDER,
    "ready_at_d20": 6,
    "on_tree_d20_per_day": 0.6,
    "drops_at_d20": 5.5,
    "stages": [{"id": "only", "age_d20": 0, **SPREAD}, {"id": "turning", "age_d20": 1.5, **SPREAD}],
}
PLACES = [
    {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 26},
    {"id": "near", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 25},
    {"id": "far", "latitude_deg": 10.5, "longitude_deg": 106.5, "ambient_degc": 27},
]
POLICIES = ["plan", "market", "one_lead_time", "lead_time_by_region", "promise", "mean", "perfect_foresight"]


def week(orders: int = 14) -> hp.PlanningProblem:
    """Two growers, four batches, two towns; a day's picking is short for one grower."""
    draw = random.Random(4)
    return problem(
        policy={"gap": 0.02, "horizon_days": 7, "min_good_share": 0.5, "review_cost_vnd": 10_000},
        crops=[FALLING],
        places=PLACES,
        growers=[{"id": "g1", "pick_capacity_kg_per_day": 40}, {"id": "g2"}],
        batches=[
            batch(
                id=f"b{number}",
                grower_id=f"g{1 + number % 2}",
                quantity_kg=45,
                stage_id=("only", "turning")[number // 2],
                trip_cost_vnd=40_000,
                surplus_price_vnd_per_kg=12_000,
            )
            for number in range(4)
        ],
        orders=[
            order(
                id=f"o{number:02}",
                quantity_kg=draw.randrange(3, 12),
                destination_id=("near", "far")[number % 2],
                deliver_until_at=f"2026-08-{draw.randrange(14, 19)}T20:00:00+07:00",
                price_vnd_per_kg=draw.randrange(40, 90) * 1000,
            )
            for number in range(orders)
        ],
        lanes=[
            lane(id="n", destination_id="near", transit_p50_h=20, transit_p95_h=30, cost_vnd_per_kg=2_000),
            lane(
                id="f",
                destination_id="far",
                transit_p50_h=48,
                transit_p95_h=90,
                transit_min_h=30,
                cost_vnd_per_kg=5_000,
            ),
        ],
    )


@cache
def compared() -> hp.PolicyComparison:
    return hp.compare_policies(week(), runs=300, seed=1, foresight_runs=6, tuning_runs=80)


def test_rows_are_those_of_the_contract_and_the_plan_is_the_plan() -> None:
    found = compared()
    assert [row.policy for row in found] == POLICIES
    plan = hp.simulate(hp.plan_harvest(week()), week(), runs=300, seed=1)
    assert found[0].income_vnd == pytest.approx(plan.income_vnd.mean)
    assert found[0].good_share == pytest.approx(plan.good_share.mean)
    assert (found[0].plan_minus_low_vnd, found[0].plan_minus_high_vnd) == (0.0, 0.0)


def test_every_policy_is_measured_with_intervals_and_the_plan_as_simulate_does() -> None:
    found = compared()
    report = hp.simulate(hp.plan_harvest(week()), week(), runs=300, seed=1)
    plan = found.row("plan").measures
    for name in type(plan).model_fields:
        mine, theirs = getattr(plan, name), getattr(report, name)
        assert (mine.mean, mine.low, mine.high) == pytest.approx((theirs.mean, theirs.low, theirs.high)), name
    for row in found:
        each = row.measures
        fates = (each.good_share, each.under_ripe_share, each.over_ripe_share, each.late_share, each.harmed_share)
        total = sum(fate.mean for fate in fates)
        assert total == pytest.approx(
            0.85 if row.policy == "market" else 1.0, abs=0.02 if row.policy == "market" else 1e-9
        )
        assert (each.parcel_good_share is None) == (row.policy == "market")
        assert each.income_vnd.low <= each.income_vnd.mean <= each.income_vnd.high
        assert each.waste_kg.mean == pytest.approx(row.waste_kg)
    foresight = found.row("perfect_foresight").measures
    assert foresight.parcel_good_share is not None
    assert plan.parcel_good_share is not None
    assert foresight.parcel_good_share.mean > plan.parcel_good_share.mean


def test_the_plan_beats_the_others_and_foresight_beats_the_plan() -> None:
    found = compared()
    for policy in ("market", "one_lead_time", "promise", "mean"):
        assert found.row(policy).plan_minus_low_vnd > 0, policy
        assert found[0].income_vnd - found.row(policy).income_vnd == pytest.approx(found.row(policy).plan_minus_vnd)
    assert found.row("lead_time_by_region").income_vnd >= found.row("one_lead_time").income_vnd
    foresight = found.row("perfect_foresight")
    assert foresight.plan_minus_high_vnd < 0
    assert found.value_of_perfect_information_vnd.mean == pytest.approx(-foresight.plan_minus_vnd)
    assert found.value_of_stochastic_solution_vnd.mean == pytest.approx(found.row("mean").plan_minus_vnd)
    assert found.row("mean").plan_minus_good_share.low > 0


def test_far_orders_are_picked_longer_before_their_deadline_than_near_ones() -> None:
    found = compared()
    days = found.lead_days_by_region
    assert days["north"] < days["south"]
    assert days["north"] <= found.lead_days <= days["south"]


def test_policies_differ_less_noisily_than_they_vary() -> None:
    """Common luck: the interval of the difference is narrower than that of two independent weeks."""
    question = week()
    bench, scene, luck = Bench.of(question), Scene(question, hp.World()), Luck(1, 300)
    plan = play(bench.decide(), scene, luck).income_vnd
    promise = play(Bench.of(by_promise(question)).decide(), scene, luck).income_vnd
    assert np.std(plan - promise) < 0.9 * np.sqrt(np.var(plan) + np.var(promise))


def test_what_the_bench_decides_is_sound_and_what_is_bound_is_bound() -> None:
    question = week()
    bench = Bench.of(question)
    plan = hp.plan_harvest(question)
    assert check_plan(plan, question) == ()
    assert [_way(sent) for sent in bench.decide().sent] == [_way(sent) for sent in decisions_of(plan).sent]
    bound = bench.decide(only(bench.columns, bench.lead_days == 4))
    assert bound.sent
    for each in bound.sent:
        deadline = question.order(each.order_id).deliver_until_at
        assert (deadline.date() - each.pick_on).days == 4


def _way(sent: Sent) -> tuple[object, ...]:
    return sent.order_id, sent.batch_id, sent.pick_on, sent.kg, sent.lane_ids, round(sent.departs_h, 6)


def test_lead_times_are_the_best_of_their_grid() -> None:
    question = week()
    bench, scene, luck = Bench.of(question), Scene(question, hp.World()), Luck(9, 60)

    def worth(decisions: Decisions) -> float:
        return float(play(decisions, scene, luck).income_vnd.mean())

    tuned = LeadTimes(bench, worth)
    one = tuned.one()
    for days in np.unique(bench.lead_days).tolist():
        decisions = bench.decide(only(bench.columns, bench.lead_days == days))
        assert worth(decisions) <= one.value_vnd + 0.02 * abs(one.value_vnd)
    assert tuned.by_region().value_vnd >= one.value_vnd - 1e-6


@pytest.mark.parametrize(
    ("place", "region"),
    [("ha-noi", "north"), ("da-nang", "central"), ("ca-mau", "south"), ("farm", "north"), ("far", "south")],
)
def test_regions(place: str, region: str) -> None:
    assert region_of(week().place(place)) == region


def test_beliefs_about_lanes_and_fruit() -> None:
    hurdle = hp.Lane.model_validate(lane(transit_p50_h=18, transit_p95_h=30, on_schedule_share=0.6))
    late = hp.Lane.model_validate(lane(transit_p50_h=22, transit_p95_h=34, on_schedule_share=0.3, transit_min_h=16))
    plain = hp.Lane.model_validate(lane(transit_p50_h=20, transit_p95_h=40, transit_min_h=5))
    trips = hp.Lane.model_validate(lane(transit_samples_h=(14, 18, 18, 21, 40), transit_p50_h=None, transit_p95_h=None))
    assert [promised_h(each) for each in (hurdle, late, plain, trips)] == [18, 16, 20, 18]
    assert mean_h(trips) == pytest.approx(22.2)
    by_trips = week().model_copy(update={"lanes": (trips,)})
    assert [duration_of(each.lanes[0]) for each in (by_promise(by_trips), by_mean(by_trips))] == [
        Lognormal(18, 1.0),
        Lognormal(mean_h(trips), 1.0),
    ]
    # The mean of a lognormal above 5 h with median 15 h and log-sd ln(35/15)/1.6449.
    assert mean_h(plain) == pytest.approx(5 + 15 * np.exp((np.log(35 / 15) / 1.6448536) ** 2 / 2))
    question = by_mean(week())
    assert {each.transit_p95_h - each.transit_p50_h for each in question.lanes} == {0.0}
    crop = alike(week().crops[0])
    assert {stage.sd_d20 for stage in crop.stages} == {0.0}
    days = [
        [day.pick_on for day in Scene(each, hp.World()).field("b0").days() if day.on_tree]
        for each in (week(), question)
    ]
    assert days[0] == days[1], "the fruit hangs as long as it did"
    scattered = week().model_copy(
        update={"batches": tuple(each.model_copy(update={"age_shift_sd_d20": 2.0}) for each in week().batches)}
    )
    ends = [Scene(each, hp.World()).field("b0").latest_pick_on for each in (week(), scattered, by_mean(scattered))]
    assert ends[0] != ends[1] == ends[2]


def test_the_market_by_hand() -> None:
    """30 kg, 1.5 d20 old on the tenth, fall where 1.5 + 0.6 a day + 0.8 reaches 5.5: picked on the fifteenth."""
    question = week().model_copy(update={"batches": (week().batches[2].model_copy(update={"quantity_kg": 30.0}),)})
    scene = Scene(question, hp.World())
    trips = trips_to_market(scene)
    assert trips == {("b2", dt.date(2026, 8, 15)): 30.0}
    played = play_market(trips, scene, Luck(1, 20_000))
    # 85 of 100 are sold by noon on average.
    assert played.income_vnd.mean() == pytest.approx(0.85 * 30 * 12_000 - 40_000, rel=0.01)
    assert played.waste_kg.mean() == pytest.approx(0.15 * 30, rel=0.02)
    # Picked at five, eaten from noon on at 26 °C: rate 1.5·(1.9/1.5)^(2/6); good from 6 − 2 rates to 8.5 − 1 rate.
    rate = 1.5 * (1.9 / 1.5) ** (2 / 6)
    age = 1.5 + 5 * 0.6 + 7 / 24 * rate
    law = NormalDist(age, 0.8)
    assert played.share("good").mean == pytest.approx(0.85 * (law.cdf(8.5 - rate) - law.cdf(6 - 2 * rate)), abs=0.005)


def test_the_market_waits_where_the_tree_keeps_what_it_pays() -> None:
    """A batch that still hangs at the horizon is worth its price there: nobody sells 85 of 100 and pays a trip."""
    question = week().model_copy(update={"batches": week().batches[:1]})
    assert trips_to_market(Scene(question, hp.World())) == {}


def test_foresight_knows_what_each_run_brings_and_no_plan_brings_more() -> None:
    question = week(8)
    bench, luck, scene = Bench.of(question), Luck(2, 4), Scene(week(8), hp.World())
    plan = play(bench.decide(), scene, luck).income_vnd
    foresight = Foresight(bench, scene, luck)
    trips = {(trip.field.batch.id, trip.day.pick_on): trip.number for trip in bench.prepared.meeting.trips}
    for run in range(4):
        decisions = foresight.decisions(run)
        assert decisions.sent
        assert play(decisions, scene, luck).income_vnd[run] >= plan[run] - 0.02 * abs(plan[run])
        chances = Chances(luck, shared_delays=False)
        for sent in decisions.sent:
            parcel = scene.parcel(sent)
            fate = fate_of(parcel, Voyages(scene, chances).arrived(parcel), chances, scene.problem.policy)
            (seen,) = (
                each
                for each in foresight.seen
                if question.orders[each.order].id == sent.order_id
                and foresight.journeys[each.journey].lane_ids == sent.lane_ids
                and foresight.journeys[each.journey].first_departure_h == sent.departs_h
                and trips[sent.batch_id, sent.pick_on] in each.trips
            )
            row = seen.trips.tolist().index(trips[sent.batch_id, sent.pick_on])
            assert seen.good[row, run] == pytest.approx(fate.good[run], abs=1e-12)
            assert seen.content[row, run] == fate.content[run]


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="foresight_runs = 20 exceeds runs = 10"):
        hp.compare_policies(week(), runs=10, foresight_runs=20)
    with pytest.raises(ValueError, match="tuning_runs = 1: play at least 2"):
        hp.compare_policies(week(), runs=10, tuning_runs=1)
    with pytest.raises(ValueError, match="runs = 0"):
        hp.compare_policies(week(), runs=0)

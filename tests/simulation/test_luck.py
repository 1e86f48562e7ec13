"""Luck has names: the same parcel meets the same luck, whatever else is sent and however many runs follow."""

from __future__ import annotations

import numpy as np
import pytest

import harvest_planner as hp
from harvest_planner.simulation.chances import hours_of_score, hours_of_trips
from harvest_planner.simulation.luck import BLOCK, LEVELS, Luck
from harvest_planner.simulation.report import Estimate, estimate, student_975
from harvest_planner.transit.duration import Lognormal
from harvest_planner.transit.sampled import Sampled
from tests.planning.small import DURABLE, batch, order, problem
from tests.simulation.test_two_forms import CASES


def test_streams_have_the_distributions_they_are_named_for() -> None:
    luck = Luck(5, 200_000)
    normals, uniforms = luck.normals("a"), luck.uniforms("a")
    assert abs(normals.mean()) < 0.01
    assert normals.std() == pytest.approx(1, abs=0.01)
    assert np.quantile(uniforms, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.005)
    drawn = np.concatenate([block.ravel() for _, block in Luck(5, 50_000).fruit(4, "a")]) / LEVELS
    assert len(drawn) == 200_000
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.005)
    assert abs(np.corrcoef(luck.normals("a"), luck.normals("b"))[0, 1]) < 0.01


def test_the_first_runs_are_the_same_however_many_follow() -> None:
    few, many = Luck(1, 100), Luck(1, 3 * BLOCK + 7)
    assert few.normals("x").tolist() == many.normals("x")[:100].tolist()
    assert few.uniforms("x").tolist() == many.uniforms("x")[:100].tolist()
    (_, one), (_, other) = next(few.fruit(5, "x")), next(many.fruit(5, "x"))
    assert one.tolist() == other[:, :100].tolist()


def test_hours_keep_the_lanes_quantiles() -> None:
    luck = Luck(3, 200_000)
    hurdle = Lognormal(18.0, 0.6, 1.0, 1.0)
    hours = hours_of_score(hurdle, luck.normals("a"), luck.uniforms("b"))
    assert (hours == 18.0).mean() == pytest.approx(0.6, abs=0.005)
    for p in (0.7, 0.9, 0.95):
        assert (hours <= hurdle.quantile(p)).mean() == pytest.approx(p, abs=0.005)


def test_hours_of_real_trips_are_spread_between_them_with_atoms_where_trips_are_equal() -> None:
    trips = (14.0, 17.5, 18.0, 18.0, 18.0, 21.0, 40.0)
    hours = hours_of_trips(trips, Luck(3, 200_000).uniforms("a"))
    assert (hours == 14.0).mean() == pytest.approx(0.5 / 7, abs=0.003)
    assert (hours == 18.0).mean() == pytest.approx(2 / 7, abs=0.005)
    assert (hours == 40.0).mean() == pytest.approx(0.5 / 7, abs=0.003)
    assert hours.mean() == pytest.approx(sum(trips) / 7, abs=0.08)
    law = Sampled(trips)
    for at_h in (14.0, 16.0, 17.9, 18.0, 20.0, 30.0, 40.0):
        assert (hours <= at_h).mean() == pytest.approx(law.probability_by(at_h), abs=0.005)


def test_a_parcel_meets_the_same_luck_beside_others() -> None:
    alone = CASES["missed connections"]
    beside = alone.model_copy(
        update={"orders": (*alone.orders, hp.Order.model_validate(order(id="o0", ripe_within_days=(0, 3))))}
    )
    one, other = (hp.simulate(hp.plan_harvest(question), question, runs=50, seed=4) for question in (alone, beside))
    assert len(other.shipments) == 2
    assert {row.order_id: row.good_share for row in other.shipments}["o1"] == one.shipments[0].good_share


def test_a_parcel_of_more_fruit_than_a_short_number_holds_is_counted_right() -> None:
    crop = {**DURABLE, "fruit_per_kg": 1}
    question = problem(crops=[crop], batches=[batch(quantity_kg=40_000)], orders=[order(quantity_kg=33_000)])
    (row,) = hp.simulate(hp.plan_harvest(question), question, runs=2).shipments
    assert row.good_share.mean == 1


def test_a_seed_gives_the_same_report_and_another_seed_another() -> None:
    question = CASES["half on schedule"]
    plan = hp.plan_harvest(question)
    one, again, other = (hp.simulate(plan, question, runs=50, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.good_share != other.good_share


@pytest.mark.parametrize(("freedom", "value"), [(1, 12.7062), (2, 4.3027), (4, 2.7764), (9, 2.2622), (60, 2.0003)])
def test_student_is_that_of_the_tables(freedom: int, value: float) -> None:
    assert student_975(freedom) == pytest.approx(value, rel=5e-4)


def test_intervals_cover() -> None:
    """95 of 100 means of ten draws from a skewed law lie near enough; a normal law is covered as stated."""
    random = np.random.default_rng(8)
    draws = random.standard_normal((20_000, 10))
    found = [estimate(float(row.mean()), float(row.std(ddof=1)), 10) for row in draws[:4000]]
    assert np.mean([each.low <= 0 <= each.high for each in found]) == pytest.approx(0.95, abs=0.012)
    assert str(Estimate(mean=1.5, low=1, high=2)) == "1.5 (1 to 2)"


def test_bad_arguments_are_named() -> None:
    question = problem()
    plan = hp.plan_harvest(question)
    with pytest.raises(ValueError, match="runs = 1: play at least 2"):
        hp.simulate(plan, question, runs=1)
    with pytest.raises(ValueError, match="seed = -1"):
        hp.simulate(plan, question, seed=-1)
    with pytest.raises(hp.UnknownIdError, match="unknown order 'o1'"):
        hp.simulate(plan, question.model_copy(update={"orders": ()}), runs=2)
    with pytest.raises(hp.UnknownIdError, match="unknown lane 'l1'"):
        hp.simulate(plan, question.model_copy(update={"lanes": (question.lanes[0].model_copy(update={"id": "m"}),)}))
    with pytest.raises(ValueError, match=r"World\.warmer_degc = nan"):
        hp.World(warmer_degc=float("nan"))
    with pytest.raises(ValueError, match="warmer_degc = 100: give at most 30 degrees"):
        hp.World(warmer_degc=100)
    with pytest.raises(ValueError, match=r"World\.yield_factor = -1"):
        hp.World(yield_factor=-1)


def test_a_plan_that_ships_nothing_has_no_shares() -> None:
    question = problem(orders=[])
    report = hp.simulate(hp.plan_harvest(question), question, runs=3)
    assert (report.deliveries, report.calibration, report.shipments) == (0, (), ())
    assert report.good_share == Estimate(mean=0, low=0, high=0)
    assert report.income_vnd.mean == hp.plan_harvest(question).value_vnd

"""On any small problem the simulated shares lie within sampling error of those that the planner promised."""

from __future__ import annotations

import math
from collections import defaultdict

import pytest
from hypothesis import given, settings

import harvest_planner as hp
from harvest_planner.planning.fairness import fair_parts, unfair_vnd
from harvest_planner.planning.settled import PLANNED_STATES
from tests.planning.small import batch, lane, order, problem
from tests.simulation.test_calibration import ARITHMETIC
from tests.simulation.test_two_forms import CASES, TRIPS
from tests.strategies import planning_problems

RUNS = 50_000
DOUBT = math.log(2.0 / 1e-9)
"""Of a thousand million bounds at this doubt one is broken by chance."""
ROUNDING_VND = 0.01
"""A plan states its value in hundredths."""


def sampling_error(share: float, runs: int) -> float:
    """How far the mean of so many draws between 0 and 1 lies from theirs at most, but for the doubt (Bernstein).

    No draw between 0 and 1 with that mean varies more than a yes or no does, by share·(1 − share).
    """
    return math.sqrt(2.0 * share * (1.0 - share) * DOUBT / runs) + 2.0 * DOUBT / (3.0 * runs)


def assert_kept(question: hp.PlanningProblem) -> int:
    """Every promised share of the problem's plan comes true; how many shipments there were."""
    plan = hp.plan_harvest(question)
    report = hp.simulate(plan, question, runs=RUNS, seed=5)
    for row in report.shipments:
        for promised, found in (
            (row.promised_good_share, row.good_share.mean),
            (row.promised_parcel_good_share, row.parcel_good_share.mean),
        ):
            assert abs(found - promised) <= sampling_error(promised, RUNS) + ARITHMETIC, row
    assert report.income_vnd.mean == pytest.approx(
        plan.value_vnd + price_of_unfairness(plan, question),
        abs=3.0 * (report.income_vnd.high - report.income_vnd.low)
        + ARITHMETIC * at_stake(plan, question)
        + ROUNDING_VND,
    )
    return len(plan.shipments)


def price_of_unfairness(plan: hp.HarvestPlan, question: hp.PlanningProblem) -> float:
    """What the plan's worth holds against it and no income does [VND]."""
    shipped: dict[tuple[str, str], float] = defaultdict(float)
    for row in plan.shipments:
        batch = question.batch(row.batch_id)
        shipped[batch.grower_id, batch.crop_id] += row.kg
    return unfair_vnd(fair_parts(question, states=PLANNED_STATES), shipped)


def at_stake(plan: hp.HarvestPlan, question: hp.PlanningProblem) -> float:
    """What all shipments bring between all good and none good [VND]."""
    orders = [question.order(row.order_id) for row in plan.shipments]
    return math.fsum(
        row.kg * (order.price_vnd_per_kg + order.loss_vnd_per_kg) + question.policy.review_cost_vnd
        for row, order in zip(plan.shipments, orders, strict=True)
    )


@settings(max_examples=120)
@given(question=planning_problems())
def test_promised_shares_come_true_on_any_problem(question: hp.PlanningProblem) -> None:
    assert_kept(question)


def test_the_bound_would_find_a_promise_that_is_two_points_off() -> None:
    """Two lanes of two hours more than the plan was told break the bound; as told it holds."""
    question = CASES["as trips took"]
    assert assert_kept(question) == 1
    slow = tuple(
        each.model_copy(update={"transit_samples_h": tuple(hours + 2.0 for hours in each.transit_samples_h)})
        for each in question.lanes
    )
    (row,) = hp.simulate(
        hp.plan_harvest(question), question.model_copy(update={"lanes": slow}), runs=RUNS, seed=5
    ).shipments
    missed = abs(row.good_share.mean - row.promised_good_share)
    assert missed > sampling_error(row.promised_good_share, RUNS) + ARITHMETIC


def test_cohorts_are_played_as_the_batches_they_are() -> None:
    """Sixty of a hundred kilograms are a stage older: each part goes by its own stage, and both keep their promise."""
    question = problem(
        crops=[
            {
                "id": "durable",
                "ready_at_d20": 3,
                "window_d20": 3,
                "stages": [
                    {"id": "green", "age_d20": 0, "sd_d20": 0.8, "batch_sd_d20": 0.4},
                    {"id": "turning", "age_d20": 1.5, "sd_d20": 0.8, "batch_sd_d20": 0.4},
                ],
                "reference_stage_id": "green",
            }
        ],
        policy={"gap": 0, "horizon_days": 4, "min_good_share": 0.1},
        batches=[batch(stage_id="green", cohorts=["turning 60"])],
        orders=[order(id=f"o{number}", quantity_kg=30, failure_cost_vnd_per_kg=0) for number in range(3)],
        lanes=[lane(**TRIPS)],
    )
    assert [each.id for each in question.batches] == ["b1", "b1-turning"]
    assert assert_kept(question) == 3
    sent_from = {row.batch_id for row in hp.plan_harvest(question).shipments}
    assert sent_from == {"b1", "b1-turning"}

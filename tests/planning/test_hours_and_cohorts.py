"""Air by the hour, stages that advance by temperature and plots with several stages, in whole plans."""

from __future__ import annotations

import datetime as dt

import pytest

import harvest_planner as hp
from tests.planning.small import DURABLE, batch, order, problem
from tests.transit.test_ambient import SWING

OLDER = {"id": "older", "age_d20": 40, "sd_d20": 0.5}
TWO_STAGES = {**DURABLE, "stages": [{"id": "only", "age_d20": 1, "sd_d20": 0.5}, OLDER]}


def test_fruit_that_waits_by_day_is_older_than_the_mean_of_the_day_says() -> None:
    """Picked at 05:00, off at 12:00: seven hours of 05:00 to 12:00 air, then ten on board at the mean."""
    farm, town = problem().places
    hilly = farm.model_copy(update={"ambient_degc": 25.0, "hour_offsets_degc": SWING})
    asked = problem(places=[hilly, town.model_copy(update={"ambient_degc": 25.0})])
    plan = hp.plan_harvest(asked)
    shipment = plan.shipments[0]
    waited = sum(((35 + SWING[hour]) / 30) ** 2 for hour in range(5, 12)) / 24
    assert shipment.age_at_delivery_mean_d20 == pytest.approx(1 + waited + (35 / 30) ** 2 * 10 / 24)
    assert hp.check_plan(plan, asked) == ()


def test_on_the_tree_a_warm_day_counts_for_more_than_a_cool_one() -> None:
    ageing = {**DURABLE, "on_tree_d20_per_day": 0.5, "on_tree_by": "temperature", "drops_at_d20": 5.0}
    farm, town = problem().places
    for degc, last in ((20.0, 6), (29.0, 4)):  # 1 + 0.5 sd + 0.5·f·days < 5 with f = 1, and 1.69
        asked = problem(crops=[ageing], places=[farm.model_copy(update={"ambient_degc": degc}), town])
        plan = hp.plan_harvest(asked)
        assert plan.batches[0].latest_pick_on == dt.date(2026, 8, 10) + dt.timedelta(days=last)
        assert hp.check_plan(plan, asked) == ()


def test_a_plot_with_several_stages_is_planned_stage_by_stage() -> None:
    asked = problem(crops=[TWO_STAGES], batches=[batch(cohorts=["older 30"], quantity_sd_kg=10)])
    assert {each.id: (each.stage_id, each.quantity_kg, each.quantity_sd_kg) for each in asked.batches} == {
        "b1": ("only", 70, 7),
        "b1-older": ("older", 30, 3),
    }
    assert {row.batch_id for row in hp.plan_harvest(asked).batches} == {"b1", "b1-older"}


def test_a_plot_wholly_in_cohorts_has_no_rest() -> None:
    assert [each.id for each in problem(crops=[TWO_STAGES], batches=[batch(cohorts=["older 100"])]).batches] == [
        "b1-older"
    ]


@pytest.mark.parametrize(
    ("cohorts", "message"),
    [
        (["older 101"], "cohorts weigh 101 kg together, more than quantity_kg = 100"),
        (["only 10"], "cohorts repeat a stage: only, only"),
        (["older"], "cohort 'older': write a stage and its kilograms, such as S1 80"),
        (["older -3"], "write a stage and its kilograms"),
    ],
)
def test_cohorts_that_cannot_be_meant(cohorts: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        problem(batches=[batch(cohorts=cohorts)])


def test_an_unknown_stage_of_a_cohort_is_named() -> None:
    with pytest.raises(ValueError, match="ripest"):
        problem(batches=[batch(cohorts=["ripest 10"])], orders=[order()])

"""The example is what its page says: a week of a cooperative, planned soundly, greener for far than for near."""

from __future__ import annotations

import datetime as dt
import warnings
from collections import Counter
from pathlib import Path

import pytest

import harvest_planner as hp
from examples import make_chi_lang

FOLDER = Path(make_chi_lang.__file__).parent / "chi_lang"
CORE_CODES = {
    "confirm_by_passed",
    "no_journey",
    "embargo",
    "certification",
    "cannot_arrive_ripe",
    "not_worth_it",
    "outbid",
}


@pytest.fixture(scope="module")
def problem() -> hp.PlanningProblem:
    return hp.load_problem(FOLDER)


@pytest.fixture(scope="module")
def plan(problem: hp.PlanningProblem) -> hp.HarvestPlan:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        return hp.plan_harvest(problem)


def test_generator_writes_the_folder_again_byte_for_byte(tmp_path: Path) -> None:
    make_chi_lang.main(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.name != "README.md"}


def test_size_is_that_of_the_page(problem: hp.PlanningProblem) -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    provinces = {problem.place(order.destination_id).province for order in problem.orders}
    assert len(problem.orders) >= 300
    assert len(provinces) >= 40
    assert (len(problem.batches), len(problem.growers)) == (60, 40)
    assert f"{len(problem.orders)} orders to {len(provinces)} provinces" in page
    assert len({(order.ripe_within_days, order.price_vnd_per_kg) for order in problem.orders}) > 30


def test_two_plots_are_inside_their_interval_and_one_departure_is_sold_out(problem: hp.PlanningProblem) -> None:
    inside = [
        batch.id
        for batch in problem.batches
        if isinstance(batch.last_spray_on, dt.date)
        and isinstance(batch.pre_harvest_interval_days, (int, float))
        and batch.last_spray_on + dt.timedelta(days=batch.pre_harvest_interval_days) > problem.as_of.date()
    ]
    assert inside == ["b08", "b23"]
    assert [lane.id for lane in problem.lanes if lane.capacity_kg == 0] == ["cold-hai-phong-sold-out"]


def test_plan_is_sound_and_within_the_gap(plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> None:
    assert hp.check_plan(plan, problem) == ()
    assert plan.status in ("optimal", "within_gap")
    assert 0 <= plan.gap <= problem.policy.gap


def test_its_promises_come_true_when_it_is_played_forward(plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> None:
    report = hp.simulate(plan, problem, runs=2000, seed=1)
    assert len(report.calibration) == 10
    assert max(abs(row.simulated_mean - row.promised_mean) for row in report.calibration) < 0.02
    assert abs(report.income_vnd.mean - plan.value_vnd) < 2 * (report.income_vnd.high - report.income_vnd.low)


def test_every_batch_has_a_row_that_answers(plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> None:
    assert [row.batch_id for row in plan.batches] == sorted(batch.id for batch in problem.batches)
    assert all(row.days or row.advice_code not in ("pick", "sell_local") for row in plan.batches)
    advice = {row.batch_id: row.advice_code for row in plan.batches}
    assert advice["b23"] == "pre_harvest_interval"
    assert advice["b36"] == "spray_unknown"


def test_orders_are_refused_for_reasons_of_their_own(plan: hp.HarvestPlan) -> None:
    codes = Counter(refusal.reasons[0].code for refusal in plan.refusals)
    assert set(codes) >= CORE_CODES
    assert {refusal.order_id for refusal in plan.refusals} >= {"x04", "x05", "x06", "x11"}


def test_no_fruit_leaves_before_its_interval_has_passed(plan: hp.HarvestPlan) -> None:
    assert all(pick.pick_on >= dt.date(2026, 8, 13) for pick in plan.picks if pick.batch_id == "b08")
    assert not [pick for pick in plan.picks if pick.batch_id in ("b23", "b36")]


def test_no_kilogram_takes_the_departure_that_is_sold_out(plan: hp.HarvestPlan) -> None:
    taken = {leg.lane_id for shipment in plan.shipments for leg in shipment.legs}
    assert "cold-hai-phong-sold-out" not in taken


def test_fruit_for_ca_mau_is_picked_greener_than_for_ha_noi(problem: hp.PlanningProblem) -> None:
    both = 0
    for batch in problem.batches:
        near, far = (hp.when_to_pick(_wish(place, problem), batch, problem) for place in ("ha-noi", "ca-mau"))
        if isinstance(near, hp.PickAdvice) and isinstance(far, hp.PickAdvice):
            both += 1
            assert far.age_at_pick_d20 < near.age_at_pick_d20, batch.id
    assert both >= 40


def _wish(destination_id: str, problem: hp.PlanningProblem) -> hp.Order:
    until = problem.as_of + dt.timedelta(days=problem.policy.horizon_days)
    return hp.Order(
        id="asked",
        crop_id="na-chi-lang",
        quantity_kg=5,
        destination_id=destination_id,
        deliver_until_at=until,
        price_vnd_per_kg=60_000,
    )

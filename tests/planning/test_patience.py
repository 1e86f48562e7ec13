"""A time limit and Ctrl-C end the planning with the best plan so far: sound, with a bound that holds, saying so."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable

import pytest

import harvest_planner as hp
from harvest_planner.planning import harvest
from harvest_planner.planning.patience import Patience
from tests.planning import small

ENOUGH_S = 1e-6


def ctrl_c() -> None:
    """What a terminal does when somebody presses it."""
    os.kill(os.getpid(), signal.SIGINT)


def at(step: str) -> Callable[[hp.Progress], None]:
    """Presses Ctrl-C when the planning comes to a step."""
    pressed: list[hp.Progress] = []

    def told(progress: hp.Progress) -> None:
        if progress.step == step and not pressed:
            pressed.append(progress)
            ctrl_c()

    return told


@pytest.fixture(scope="module")
def problem() -> hp.PlanningProblem:
    """Two towns want more than a farm has, one order more than the other."""
    towns = [
        {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20},
        {"id": "port", "latitude_deg": 20.8, "longitude_deg": 106.7, "ambient_degc": 20},
    ]
    farm = {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20}
    return small.problem(
        places=[farm, *towns],
        lanes=[small.lane(), small.lane(id="l2", destination_id="port")],
        orders=[
            small.order(
                id=f"o{number}",
                quantity_kg=8 + number,
                destination_id=towns[number % 2]["id"],
                price_vnd_per_kg=40_000 + 700 * number,
            )
            for number in range(12)
        ],
        batches=[small.batch(trip_cost_vnd=20_000), small.batch(id="b2", quantity_kg=30, trip_cost_vnd=50_000)],
    )


@pytest.fixture(scope="module")
def whole(problem: hp.PlanningProblem) -> hp.HarvestPlan:
    return hp.plan_harvest(problem)


@pytest.fixture(params=["programme", "market"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "market":
        monkeypatch.setattr(harvest, "LARGE_PAIRS", -1)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("step", ["judging", "allocating"])
def test_ctrl_c_gives_the_best_plan_so_far(problem: hp.PlanningProblem, whole: hp.HarvestPlan, step: str) -> None:
    plan = hp.plan_harvest(problem, on_progress=at(step))
    assert plan.status == "interrupted"
    assert hp.check_plan(plan, problem) == ()
    assert plan.value_vnd <= whole.bound_vnd + 1.0
    assert plan.bound_vnd >= whole.value_vnd - 1.0


@pytest.mark.usefixtures("_way")
def test_an_order_for_which_there_was_no_time_says_so(problem: hp.PlanningProblem) -> None:
    plan = hp.plan_harvest(problem, on_progress=at("judging"))
    unsought = [row for row in plan.refusals if row.reasons[0].params.get("looked_for") is False]
    assert unsought
    assert "time for planning was over" in unsought[0].reasons[0].message
    assert "hết thời gian" in hp.describe_refusal(unsought[0], problem)[0]


@pytest.mark.usefixtures("_way")
def test_no_time_at_all_is_a_plan_too(problem: hp.PlanningProblem, whole: hp.HarvestPlan) -> None:
    plan = hp.plan_harvest(problem, time_limit_s=ENOUGH_S)
    assert plan.status == "time_limit"
    assert hp.check_plan(plan, problem) == ()
    assert plan.bound_vnd >= whole.value_vnd - 1.0


def test_a_finished_plan_may_not_say_that_it_had_no_time(problem: hp.PlanningProblem, whole: hp.HarvestPlan) -> None:
    hurried = hp.plan_harvest(problem, time_limit_s=ENOUGH_S)
    told = hurried.model_copy(update={"status": "within_gap", "bound_vnd": hurried.value_vnd, "gap": 0.0})
    assert "profit_left" in {each.code for each in hp.check_plan(told, problem)}
    assert "profit_left" not in {each.code for each in hp.check_plan(whole, problem)}


def test_a_second_ctrl_c_does_not_wait(problem: hp.PlanningProblem) -> None:
    with pytest.raises(KeyboardInterrupt):
        hp.plan_harvest(problem, on_progress=lambda _: ctrl_c())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_afterwards_ctrl_c_is_what_it_was(problem: hp.PlanningProblem) -> None:
    hp.plan_harvest(problem, on_progress=at("judging"))
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()


def test_a_program_that_sees_to_ctrl_c_itself_is_left_alone(problem: hp.PlanningProblem) -> None:
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        plan = hp.plan_harvest(problem, on_progress=at("judging"))
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == [signal.SIGINT]
    assert plan.status in ("optimal", "within_gap")


def test_other_threads_plan_as_ever(problem: hp.PlanningProblem, whole: hp.HarvestPlan) -> None:
    found: list[hp.HarvestPlan] = []
    thread = threading.Thread(target=lambda: found.append(hp.plan_harvest(problem)))
    thread.start()
    thread.join()
    assert found[0].value_vnd == whole.value_vnd


def test_another_process_takes_along_the_seconds_that_are_left() -> None:
    again = pickle.loads(pickle.dumps(Patience(50.0)))
    assert 40.0 < again.left_s <= 50.0
    assert not again.over()
    assert again.over(reserve_s=60.0)
    assert pickle.loads(pickle.dumps(Patience())).left_s == float("inf")


def test_what_is_kept_back_is_left_to_what_follows() -> None:
    patience, endless = Patience(50.0), Patience()
    patience.keep_back(20.0)
    endless.keep_back(20.0)
    assert 20.0 < patience.left_s <= 30.0
    assert not patience.over_after(0.5)
    assert endless.left_s == float("inf")


def test_a_part_has_its_share_of_the_time_and_the_same_interruption() -> None:
    patience = Patience(100.0)
    part = patience.part(0.25)
    assert 24.0 < part.left_s <= 25.0
    with patience.heeding_interrupts():
        ctrl_c()
    assert patience.interrupted
    assert part.over()
    assert Patience().part(0.5).seconds is None

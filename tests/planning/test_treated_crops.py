"""Soaked persimmon and roast duck: a phase before the clock, and a cap that no curve extends."""

from __future__ import annotations

import datetime as dt

import pytest

import harvest_planner as hp
from tests.planning import small

AS_OF = dt.datetime.fromisoformat("2026-09-20T00:00:00+07:00")
SEEN_ON = dt.date(2026, 9, 20)
SOAK_H = 96.0


def persimmons() -> hp.Batch:
    return hp.Batch.model_validate(
        {
            "id": "b1",
            "grower_id": "g1",
            "crop_id": "hong-ngam",
            "place_id": "lang-son",
            "quantity_kg": 200,
            "stage_id": "N1",
            "observed_on": SEEN_ON,
        }
    )


def order_until(instant: str) -> hp.Order:
    return hp.Order.model_validate(
        {
            "id": "o1",
            "crop_id": "hong-ngam",
            "quantity_kg": 5,
            "destination_id": "ha-noi",
            "deliver_until_at": instant,
            "price_vnd_per_kg": 50_000,
            "room_degc": 20,
        }
    )


@pytest.mark.filterwarnings("ignore::harvest_planner.errors.OutsideCalibrationWarning")
def test_soaked_persimmon_leaves_four_days_after_it_is_picked() -> None:
    advice = hp.when_to_pick(order_until("2026-09-30T18:00:00+07:00"), persimmons(), as_of=AS_OF)
    assert isinstance(advice, hp.PickAdvice)
    assert advice.legs[0].departs_at >= advice.until_at + dt.timedelta(hours=SOAK_H)


@pytest.mark.filterwarnings("ignore::harvest_planner.errors.OutsideCalibrationWarning")
def test_an_order_inside_the_days_of_soaking_cannot_be_served() -> None:
    answer = hp.when_to_pick(order_until("2026-09-23T18:00:00+07:00"), persimmons(), as_of=AS_OF)
    assert isinstance(answer, hp.Refusal)
    assert [reason.code for reason in answer.reasons] == ["cannot_arrive_ripe"]


def test_the_tubs_have_no_capacity_so_six_batches_soak_at_once() -> None:
    """All of six batches is ordered for one day on which it can only just have been soaked."""
    numbers = range(6)
    kind = {"crop_id": "hong-ngam", "quantity_kg": 1000}
    problem = small.problem(
        growers=[{"id": f"g{i}"} for i in numbers],
        batches=[small.batch(id=f"b{i}", grower_id=f"g{i}", stage_id="N1", **kind) for i in numbers],
        orders=[small.order(id=f"o{i}", deliver_until_at="2026-08-15T00:00:00+07:00", **kind) for i in numbers],
    )
    plan = hp.plan_harvest(problem)
    assert [refusal.order_id for refusal in plan.refusals] == []
    assert {pick.pick_on for pick in plan.picks} == {dt.date(2026, 8, 10)}
    assert hp.check_plan(plan, problem) == ()


@pytest.mark.parametrize(("transit_h", "reasons"), [(0.25, []), (10.0, ["not_safe"])])
def test_roast_duck_reaches_a_buyer_in_two_hours_or_not_at_all(transit_h: float, reasons: list[str]) -> None:
    """Taken from the oven at 08:30 and on its way at 09:00; the curve alone would allow a day."""
    at_nine = "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0"
    problem = small.problem(
        policy={"handling_h": 0.25},
        growers=[{"id": "g1", "picks_from": "05:30", "picks_until": "05:45"}],
        batches=[small.batch(crop_id="vit-quay", stage_id="Q1")],
        orders=[small.order(crop_id="vit-quay", keeps_days=0)],
        lanes=[small.lane(departures=at_nine, transit_p50_h=transit_h, transit_p95_h=transit_h)],
    )
    plan = hp.plan_harvest(problem)
    assert [refusal.reasons[0].code for refusal in plan.refusals] == reasons
    assert hp.check_plan(plan, problem) == ()

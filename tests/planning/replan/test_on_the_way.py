"""Parcels seen on their way: updated arrival, condition and advice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import harvest_planner as hp
from tests.planning.small import batch, lane, order, problem

HOUR = dt.timedelta(hours=1)
FRUIT = {
    "id": "durable",
    "ready_at_d20": 1.0,
    "window_d20": 2.0,
    "stages": [{"id": "only", "age_d20": 0.0, "sd_d20": 0.2}],
    "reference_stage_id": "only",
    "temperature_law": {"law": "square_root", "tmin_degc": -10},
    "goods": "fresh-fruit",
}
PORT = {"id": "port", "latitude_deg": 20.9, "longitude_deg": 106.0, "ambient_degc": 20}


def shipped(**changes: Any) -> tuple[hp.Shipment, hp.PlanningProblem]:
    """Farm to port in ten hours, port to town in ten more, all at 20 °C."""
    places = [
        {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 20},
        PORT,
        {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 20},
    ]
    lanes = [
        lane(destination_id="port", temperature_degc=20),
        lane(id="l2", origin_id="port", temperature_degc=20, departures="FREQ=DAILY;BYHOUR=23;BYMINUTE=0;BYSECOND=0"),
    ]
    wish = order(ripe_within_days=[0, 2], keeps_days=0)
    asked = problem(crops=[FRUIT], places=places, lanes=lanes, batches=[batch()], orders=[wish], **changes)
    (shipment,) = hp.plan_harvest(asked).shipments
    return shipment, asked


def test_seen_where_and_when_it_was_planned_nothing_changes() -> None:
    shipment, asked = shipped()
    found = hp.expected_condition(shipment, seen_at=shipment.legs[0].arrive_p50_at, place_id="port", problem=asked)
    assert found.arrive_p50_at == shipment.arrive_p50_at
    assert found.age_at_delivery_mean_d20 == pytest.approx(shipment.age_at_delivery_mean_d20)
    assert found.good_share == pytest.approx(shipment.good_share, abs=1e-6)
    assert (found.advice, found.on_time_share) == ("wait", 1.0)
    assert (found.eat_from_on, found.eat_until_on) == (shipment.eat_from_on, shipment.eat_until_on)
    assert hp.advise(found, language="en") == "Order o1: on its way as expected; nothing to do."


def test_a_missed_connection_makes_it_a_day_later_and_a_day_older() -> None:
    shipment, asked = shipped()
    late = shipment.legs[1].departs_at + HOUR
    found = hp.expected_condition(shipment, seen_at=late, place_id="port", problem=asked)
    assert found.arrive_p50_at == shipment.arrive_p50_at + 24 * HOUR
    assert found.age_at_delivery_mean_d20 == pytest.approx(shipment.age_at_delivery_mean_d20 + 1.0)


def test_very_late_goods_are_worth_a_word_and_then_the_money_back() -> None:
    shipment, asked = shipped()
    told = []
    for days in (0, 1, 2, 4):
        seen_at = shipment.arrive_p50_at + days * 24 * HOUR
        told.append(hp.expected_condition(shipment, seen_at=seen_at, place_id="town", problem=asked))
    assert told[0].advice == "wait"
    assert told[-1].advice == "refund"
    assert {each.advice for each in told} <= {"wait", "eat_soon", "eat_today", "refund"}
    shares = [each.good_share for each in told]
    assert shares == sorted(shares, reverse=True)
    assert "hoàn tiền" in hp.advise(told[-1])


def test_the_problem_of_a_plan_made_here_is_known() -> None:
    shipment, asked = shipped()
    plan = hp.plan_harvest(asked)
    seen_at = shipment.legs[0].arrive_p50_at
    found = hp.expected_condition(plan.shipments[0], seen_at=seen_at, place_id="port")
    assert found == hp.expected_condition(shipment, seen_at=seen_at, place_id="port", problem=asked)


def test_of_a_plan_that_is_gone_the_problem_must_be_given() -> None:
    shipment, asked = shipped()
    other = shipment.model_copy(update={"order_id": "elsewhere"})
    with pytest.raises(ValueError, match="give its problem"):
        hp.expected_condition(other, seen_at=shipment.arrive_p50_at, place_id="port")
    del asked


def test_what_cannot_be_meant_is_said() -> None:
    shipment, asked = shipped()
    with pytest.raises(ValueError, match="is naive"):
        hp.expected_condition(shipment, seen_at=dt.datetime(2026, 8, 12), place_id="port", problem=asked)
    with pytest.raises(ValueError, match="before the first departure"):
        hp.expected_condition(shipment, seen_at=asked.as_of, place_id="port", problem=asked)
    with pytest.raises(hp.UnknownIdError, match="Atlantis"):
        hp.expected_condition(shipment, seen_at=shipment.arrive_p50_at, place_id="Atlantis", problem=asked)
    with pytest.raises(ValueError, match="no lane leads on"):
        hp.expected_condition(shipment, seen_at=shipment.arrive_p50_at, place_id="ha-noi", problem=asked)

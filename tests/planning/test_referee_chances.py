"""The referee's integrals against plain simulation: two hundred thousand parcels, dice and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

import harvest_planner as hp
from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.parcel import ParcelChance
from harvest_planner.planning.referee.promise import Promise
from harvest_planner.planning.referee.timetable import hours
from harvest_planner.schema.problem import PlanningProblem
from tests.planning.test_referee import CROP, LANE, ORDER, TABLES

Floats = NDArray[np.float64]
PARCELS = 200_000
ERROR = 0.004
"""Four standard errors of a share of one half."""
DICE = np.random.default_rng(20260810)


def durations(base_h: float, median_h: float, log_sd: float, on_time: float = 0.0) -> Floats:
    slip = median_h * np.exp(log_sd * DICE.standard_normal(PARCELS))
    return base_h + np.where(DICE.random(PARCELS) < on_time, 0.0, slip)


def rate(degc: Floats | float) -> Floats:
    """The crop's table: log-linear between its points, flat beyond."""
    points = CROP["temperature_law"]["points"]
    return np.exp(np.interp(degc, [t for t, _ in points], [math.log(f) for _, f in points]))


def daily_at(hour: int, arrived_h: Floats, cutoff_h: float) -> Floats:
    """The first departure at that hour in Ha Noi (UTC+7) whose cut-off the arrivals make [h since 1970]."""
    local = arrived_h + cutoff_h + 7.0
    return np.ceil((local - hour - 1e-9) / 24.0) * 24.0 + hour - 7.0


def normals_below(x: Floats) -> Floats:
    return np.array([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in x])


def judged(case: Case, order_id: str, lane_ids: tuple[str, ...]) -> tuple[Promise, float]:
    order, batch = case.orders[order_id], case.batches["b1"]
    day = case.orchard.days(batch)[1]
    first_h = case.timetable.departures(case.timetable.lanes[lane_ids[0]], "fresh-fruit", day.ready_h + 1.0, 1)[0]
    journey = case.journey(lane_ids, first_h, "fruit")
    return case.promise(order, day, journey), first_h


def simulated(
    arrive_h: Floats, age: Floats, *, quantity_kg: float, until_h: float, bounds: tuple[float, float]
) -> Floats:
    """The five figures of `figures`, by counting."""
    stage = CROP["stages"][0]
    fruit_sd = math.sqrt(stage["sd_d20"] ** 2 - stage["batch_sd_d20"] ** 2)
    shifted = age + stage["batch_sd_d20"] * DICE.standard_normal(PARCELS)
    low, high = (normals_below((bound - shifted) / fruit_sd) for bound in bounds)
    good = high - low
    count = int(quantity_kg * 4)
    passes = DICE.binomial(count, good) >= math.ceil(count * 0.8)
    in_time = arrive_h <= until_h
    spread = math.hypot(float(age.std()), stage["sd_d20"])
    return np.array([(good * in_time).mean(), (passes & in_time).mean(), in_time.mean(), float(age.mean()), spread])


def figures(made: Promise) -> Floats:
    return np.array([made.good_share, made.parcel_good_share, made.on_time_share, made.age_mean_d20, made.age_sd_d20])


def test_two_legs_with_missed_connections_hurdle_and_uncertain_temperature() -> None:
    lanes = [
        {**TABLES["lanes"][0], "temperature_degc": 20.0, "temperature_sd_degc": 3.0},
        {**TABLES["lanes"][1], "transit_p50_h": 30.0, "transit_p95_h": 50.0, "on_schedule_share": 0.6},
    ]
    order = {**ORDER, "id": "far", "destination_id": "port", "deliver_until_at": "2026-08-14T06:00:00+07:00"}
    case = Case(PlanningProblem.model_validate({**TABLES, "lanes": lanes, "orders": [order]}))
    made, first_h = judged(case, "far", ("up", "on"))
    log_sd = math.log(36 / 20) / 1.6448536269514722
    rode = durations(0.0, 20.0, log_sd)
    degc = 20.0 + math.sqrt(3.0) * 3.0 * DICE.choice([-1, 0, 1], p=[1 / 6, 2 / 3, 1 / 6], size=PARCELS)
    left = daily_at(18, first_h + rode, 2.0)
    slip_median = 20.0 / math.exp(1.1503493803760079)  # Φ(1.15035) = 0.875 = (0.95 − 0.6)/0.4
    then = durations(30.0, slip_median, 1.0, on_time=0.6)
    day = case.orchard.days(case.batches["b1"])[1]
    waited_h = first_h - day.clock_h
    age = day.age_d20 + (rate(27.0) * waited_h + rate(degc) * rode) / 24.0
    age += (rate(28.0) * (left - first_h - rode) + rate(25.0) * then) / 24.0
    room = float(rate(28.0))
    until_h = hours(case.orders["far"].deliver_until_at)
    bounds = (6.0 - 2.0 * room, 10.0 - room)
    expected = simulated(left + then, age, quantity_kg=10.0, until_h=until_h, bounds=bounds)
    assert figures(made)[:3] == pytest.approx(expected[:3], abs=ERROR)
    assert figures(made)[3:] == pytest.approx(expected[3:], abs=0.02)
    assert 0.2 < made.on_time_share < 0.99
    assert 0.1 < made.good_share < made.on_time_share


def test_early_parcel_waits_at_the_destination() -> None:
    order = {**ORDER, "id": "near", "deliver_from_at": "2026-08-12T14:00:00+07:00"}
    case = Case(PlanningProblem.model_validate({**TABLES, "orders": [order]}))
    made, first_h = judged(case, "near", ("up",))
    rode = durations(0.0, 20.0, math.log(36 / 20) / 1.6448536269514722)
    day = case.orchard.days(case.batches["b1"])[1]
    delivery = case.delivery(case.orders["near"])
    from_h, until_h = delivery.from_h, delivery.until_h
    early = np.maximum(0.0, from_h - first_h - rode)
    age = day.age_d20 + (rate(27.0) * (first_h - day.clock_h) + rate(25.0) * rode + rate(28.0) * early) / 24.0
    room = float(rate(28.0))
    bounds = (6.0 - 2.0 * room, 10.0 - room)
    expected = simulated(first_h + rode, age, quantity_kg=10.0, until_h=until_h, bounds=bounds)
    assert (early > 0).mean() > 0.3
    assert figures(made)[:3] == pytest.approx(expected[:3], abs=ERROR)
    assert figures(made)[3:] == pytest.approx(expected[3:], abs=0.02)


def test_chilling_dose_spoils_what_rides_too_long_in_the_cold() -> None:
    crop = {**CROP, "chilling": {"kind": "dose", "below_degc": 15.0, "limit_degc_days": 5.0}}
    lane = {**LANE, "id": "cold", "origin_id": "grove", "destination_id": "town", "temperature_degc": 10.0,
            "transit_p50_h": 24.0, "transit_p95_h": 40.0, "departures": TABLES["lanes"][0]["departures"]}  # fmt: skip
    tables = {**TABLES, "crops": [crop, {**crop, "id": "other"}], "lanes": [lane], "orders": [{**ORDER, "id": "near"}]}
    case = Case(PlanningProblem.model_validate(tables))
    made, _ = judged(case, "near", ("cold",))
    warm = Case(PlanningProblem.model_validate({**TABLES, "lanes": [lane], "orders": tables["orders"]}))
    unlimited, _ = judged(warm, "near", ("cold",))
    assert made.good_share < 0.75 * unlimited.good_share
    assert made.on_time_share == pytest.approx(unlimited.on_time_share, abs=1e-9)


@pytest.mark.parametrize(("fruit", "needed"), [(1, 1), (5, 4), (40, 32), (200, 160), (40, 1), (40, 40)])
@pytest.mark.parametrize("batch_sd", [0.0, 0.05, 0.6, 0.97])
def test_parcel_chance_equals_the_binomial_mixture(fruit: int, needed: int, batch_sd: float) -> None:
    chance = ParcelChance(lower=4.0, upper=7.0, sd=1.0, batch_sd=batch_sd, fruit=fruit, needed=needed)
    fruit_sd = math.sqrt(1.0 - batch_sd**2)
    steps = np.linspace(-8.0, 8.0, 4001)
    weights = np.exp(-0.5 * steps**2) / np.exp(-0.5 * steps**2).sum()
    for mean in (2.7, 4.2, 5.5, 7.1):
        ages = mean + batch_sd * steps
        p = normals_below((7.0 - ages) / fruit_sd) - normals_below((4.0 - ages) / fruit_sd)
        passes = sum(math.comb(fruit, k) * p**k * (1 - p) ** (fruit - k) for k in range(needed, fruit + 1))
        assert chance.at(mean) == pytest.approx(float((passes * weights).sum()), abs=5e-4)


def test_a_parcel_of_many_fruit_tells_apart_when_it_came_to_the_hub() -> None:
    """Eighty fruit, 64 of them good, of a batch of known age: with ever finer steps both tend to 0.04538."""
    at, air = {"latitude_deg": 21.0, "longitude_deg": 106.0}, {"grove": 31, "hub": 25, "port": 25}
    question = hp.PlanningProblem.model_validate(
        {
            "as_of": "2026-08-10T04:00:00+07:00",
            "policy": {"min_good_share": 0.3, "horizon_days": 1, "gap": 0},
            "places": [{"id": name, "ambient_degc": degc, **at} for name, degc in air.items()],
            "growers": [{"id": "g1"}],
            "batches": [{
                "id": "b1", "grower_id": "g1", "crop_id": "na-chi-lang", "place_id": "grove", "quantity_kg": 20,
                "stage_id": "S3", "observed_on": "2026-08-10", "age_shift_d20": -0.4, "age_shift_sd_d20": 0,
            }],
            "orders": [{
                "id": "o1", "crop_id": "na-chi-lang", "quantity_kg": 20, "destination_id": "port", "room_degc": 20,
                "deliver_until_at": "2026-08-13T18:00:00+07:00", "price_vnd_per_kg": 80_000,
                "ripe_within_days": [1, 5], "keeps_days": 0, "accepts_share": 0.8, "failure_cost_vnd_per_kg": 0,
            }],
            "lanes": [
                {
                    "id": "to-hub", "origin_id": "grove", "destination_id": "hub", "transit_min_h": 4,
                    "departures": "FREQ=DAILY;BYHOUR=12;BYMINUTE=30;BYSECOND=0",
                    "transit_p50_h": 10, "transit_p95_h": 15, "temperature_degc": 18,
                },
                {
                    "id": "from-hub", "origin_id": "hub", "destination_id": "port",
                    "departures": "FREQ=DAILY;BYHOUR=16;BYMINUTE=15;BYSECOND=0", "transit_p50_h": 6, "transit_p95_h": 6,
                },
            ],
        }
    )  # fmt: skip
    plan = hp.plan_harvest(question)
    assert hp.check_plan(plan, question) == ()
    (row,) = plan.shipments
    assert row.parcel_good_share == pytest.approx(0.04538, abs=5e-4)

"""The price of each scarce thing on problems small enough to price by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.planning import harvest
from tests.planning.small import batch, lane, order, problem

MONDAY, TUESDAY = dt.date(2026, 8, 10), dt.date(2026, 8, 11)
ONE_DAY = {"gap": 0, "horizon_days": 1}
RIVALS = [order(id="dear", quantity_kg=15), order(id="cheap", quantity_kg=15, price_vnd_per_kg=30_000, may_split=True)]
FARM, TOWN = problem().places


Near = Callable[[float], object]


@pytest.fixture(params=["programme", "market"])
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Near:
    """How near a price has to come: exactly, or within 0.4 % where the market clears at it."""
    if request.param == "programme":
        return lambda vnd: pytest.approx(vnd, abs=1)
    monkeypatch.setattr(harvest, "LARGE_PAIRS", -1)
    return lambda vnd: pytest.approx(vnd, rel=0.004)


BY_PROGRAMME = pytest.mark.parametrize("near", ["programme"], indirect=True)
"""Where the market's plan of two orders is another one."""


def prices(**changes: Any) -> dict[tuple[str, dt.date | None], Any]:
    """Amount and price by resource and day."""
    plan = hp.plan_harvest(problem(**changes))
    return {(row.resource, row.day): (row.amount, row.vnd_per_unit) for row in plan.shadow_prices}


def test_a_picker_is_worth_what_the_outbid_order_brings(near: Near) -> None:
    found = prices(policy=ONE_DAY, orders=RIVALS, growers=[{"id": "g1", "pick_capacity_kg_per_day": 20}])
    assert found == {("picker:g1", MONDAY): (20.0, near(30_000))}


def test_packing_is_worth_that_less_what_the_local_market_pays(near: Near) -> None:
    packs = {**FARM.model_dump(exclude_unset=True), "packing_kg_per_day": 20}
    found = prices(policy=ONE_DAY, orders=RIVALS, places=[packs, TOWN], batches=[batch(surplus_price_vnd_per_kg=4_000)])
    assert found == {("packing:farm", MONDAY): (20.0, near(26_000))}


def test_a_departure_is_priced_by_the_local_date_on_which_it_leaves(near: Near) -> None:
    night = lane(departures="FREQ=WEEKLY;BYDAY=TU;BYHOUR=1;BYMINUTE=0;BYSECOND=0", capacity_kg=20)
    found = prices(policy=ONE_DAY, orders=RIVALS, lanes=[night])
    assert found == {("departure:l1", TUESDAY): (20.0, near(30_000))}


@BY_PROGRAMME
def test_of_two_lanes_the_price_is_what_the_dear_one_costs_more(near: Near) -> None:
    once = lane(departures="FREQ=WEEKLY;BYDAY=MO;BYHOUR=12;BYMINUTE=0;BYSECOND=0", capacity_kg=20)
    lanes = [once, lane(id="l2", cost_vnd_per_kg=7_000)]
    found = prices(policy=ONE_DAY, orders=RIVALS, lanes=lanes)
    assert found == {("departure:l1", MONDAY): (20.0, near(7_000))}


def test_a_batch_that_is_sold_out_is_worth_what_the_next_kilogram_would_bring(near: Near) -> None:
    found = prices(policy=ONE_DAY, orders=RIVALS, batches=[batch(quantity_kg=20, surplus_price_vnd_per_kg=4_000)])
    assert found == {("batch:b1", None): (20.0, near(30_000))}


def test_what_commitments_use_is_no_part_of_the_amount(near: Near) -> None:
    promised = {"batch_id": "b1", "order_id": "dear", "pick_on": "2026-08-10", "kg": 15, "state": "frozen"}
    question = {"commitments": [promised], "growers": [{"id": "g1", "pick_capacity_kg_per_day": 20}]}
    found = prices(policy=ONE_DAY, orders=RIVALS, **question)
    assert found == {("picker:g1", MONDAY): (5.0, near(30_000))}


def test_where_nothing_is_scarce_nothing_has_a_price() -> None:
    assert prices() == {}
    assert prices(orders=[]) == {}


@BY_PROGRAMME
def test_a_new_trip_is_not_made_to_use_one_kilogram_more(near: Near) -> None:
    """The batch's second day would serve the cheap order, but its trip costs more than that brings."""
    costly = batch(trip_cost_vnd=400_000)
    found = prices(
        policy={"gap": 0, "horizon_days": 2},
        orders=RIVALS,
        batches=[costly],
        growers=[{"id": "g1", "pick_capacity_kg_per_day": 20}],
    )
    assert list(found.values()) == [(20.0, near(30_000))]


TWO_FARMS: dict[str, Any] = {
    "policy": ONE_DAY,
    "orders": [*RIVALS, *(order(**{**row, "id": f"{row['id']}2", "crop_id": "other"}) for row in RIVALS)],
    "crops": [problem().crops[0], {**problem().crops[0].model_dump(exclude_unset=True), "id": "other"}],
    "growers": [{"id": name, "pick_capacity_kg_per_day": 20} for name in ("g1", "g2")],
    "batches": [batch(), batch(id="b2", grower_id="g2", crop_id="other")],
}


def test_each_part_of_a_problem_is_priced_and_an_executor_changes_nothing() -> None:
    question = problem(**TWO_FARMS)
    alone = hp.plan_harvest(question)
    assert [row.resource for row in alone.shadow_prices] == ["picker:g1", "picker:g2"]
    with ThreadPoolExecutor(2) as executor:
        assert hp.plan_harvest(question, executor=executor) == alone


def test_prices_go_with_the_plan_into_its_document_and_its_frame() -> None:
    plan = hp.plan_harvest(problem(**TWO_FARMS))
    assert hp.HarvestPlan.model_validate_json(plan.model_dump_json()) == plan
    frame = plan.to_frame("shadow_prices")
    assert frame["vnd_per_unit"].tolist() == [row.vnd_per_unit for row in plan.shadow_prices]
    older = plan.model_dump(mode="json", exclude={"shadow_prices"})
    assert hp.HarvestPlan.model_validate(older).shadow_prices == ()


@settings(max_examples=30)
@given(data=st.data())
def test_one_kilogram_more_brings_at_most_its_price_and_one_less_costs_at_least_it(data: st.DataObject) -> None:
    kilograms = st.integers(5, 30)
    orders = [
        order(
            id=f"o{number}",
            quantity_kg=data.draw(kilograms),
            price_vnd_per_kg=data.draw(st.integers(10, 90)) * 1_000,
            deliver_until_at=data.draw(st.sampled_from(["2026-08-11T00:00+07:00", "2026-08-14T00:00+07:00"])),
            may_split=True,
        )
        for number in range(data.draw(st.integers(1, 4)))
    ]
    hands, packs = data.draw(kilograms), data.draw(kilograms)
    packing = {**FARM.model_dump(exclude_unset=True), "packing_kg_per_day": packs}
    question = problem(
        policy={"gap": 0, "horizon_days": 2},
        orders=orders,
        places=[packing, TOWN],
        growers=[{"id": "g1", "pick_capacity_kg_per_day": hands, "rest_days": ["2026-08-11"]}],
        batches=[batch(quantity_kg=data.draw(st.integers(20, 60)))],
        lanes=[lane(capacity_kg=data.draw(kilograms)), lane(id="l2", cost_vnd_per_kg=8_000)],
    )
    plan = hp.plan_harvest(question)
    found: dict[str, float] = {}
    for row in plan.shadow_prices:
        found[row.resource] = found.get(row.resource, 0.0) + row.vnd_per_unit
    for resource in ("picker:g1", "packing:farm", "departure:l1", "batch:b1"):
        more = hp.plan_harvest(with_more(question, resource, 1.0)).value_vnd
        less = hp.plan_harvest(with_more(question, resource, -1.0)).value_vnd
        per_kg = found.get(resource, 0.0)
        assert more - plan.value_vnd <= per_kg + 5
        assert plan.value_vnd - less >= per_kg - 5


def with_more(question: hp.PlanningProblem, resource: str, kg: float) -> hp.PlanningProblem:
    table, field = {
        "picker": ("growers", "pick_capacity_kg_per_day"),
        "packing": ("places", "packing_kg_per_day"),
        "departure": ("lanes", "capacity_kg"),
        "batch": ("batches", "quantity_kg"),
    }[resource.partition(":")[0]]
    rows = tuple(
        row.model_copy(update={field: getattr(row, field) + kg}) if row.id == resource.partition(":")[2] else row
        for row in getattr(question, table)
    )
    return question.model_copy(update={table: rows})

"""What of a large plan is carried over, loosened, or left to the market when something happens."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.planning import harvest
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.replan import second_looks
from harvest_planner.planning.replan.happened import after
from harvest_planner.planning.replan.standing import standings
from harvest_planner.planning.replan.taken import taken_by
from harvest_planner.planning.replan.untouched import Same
from harvest_planner.planning.replan.world import world_of
from harvest_planner.schema.by_id import records_of
from harvest_planner.schema.events import EVENTS
from harvest_planner.schema.told_rows import field_of
from tests.planning.small import batch, lane, order, problem


def by_market(asked: hp.PlanningProblem) -> hp.HarvestPlan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harvest, "LARGE_PAIRS", 0)
        return hp.plan_harvest(asked)


def looked_at_again(asked: hp.PlanningProblem, plan: hp.HarvestPlan, event: dict[str, Any]) -> set[str]:
    """Orders some figure of which may not be what it was."""
    (happened,) = EVENTS.validate_python((event,))
    before = standings(plan, asked, as_of=asked.as_of)
    world = after(world_of(asked, plan, before, as_of=asked.as_of), happened, asked)
    changed = {name: records_of(rows) for name, rows in world.tables.items()}
    same = Same.of(asked, world, asked.model_copy(update=changed))
    return {*same.others(world.keeps), *world.touched}


def by_way_of_the_hub() -> hp.PlanningProblem:
    hub = {"id": "hub", "latitude_deg": 21.2, "longitude_deg": 106.0, "ambient_degc": 20}
    plain = problem()
    return problem(
        places=[*(place.model_dump() for place in plain.places), hub],
        lanes=[
            lane(id="to-hub", destination_id="hub"),
            lane(id="on", origin_id="hub", departures="FREQ=DAILY;BYHOUR=23;BYMINUTE=30;BYSECOND=0"),
        ],
    )


@pytest.mark.parametrize("days", [0, 3])
def test_a_day_of_rest_of_a_later_lane_touches_all_that_ride_it(days: int) -> None:
    """Who misses a connection might have left that day."""
    asked = by_way_of_the_hub()
    plan = hp.plan_harvest(asked)
    (row,) = plan.shipments
    assert [leg.lane_id for leg in row.legs] == ["to-hub", "on"]
    on = row.legs[1].departs_at.date() + dt.timedelta(days=days)
    assert looked_at_again(asked, plan, {"kind": "departure_cancelled", "lane_id": "on", "on": on}) == {"o1"}


def test_a_short_pick_touches_the_orders_that_go_without_alone() -> None:
    asked = problem(orders=[order(id=f"o{n}", price_vnd_per_kg=50_000 + n) for n in (1, 2, 3)])
    plan = hp.plan_harvest(asked)
    (on,) = {row.pick_on for row in plan.shipments}
    event = {"kind": "picked_less", "batch_id": "b1", "pick_on": on, "kg": 20.0}
    assert looked_at_again(asked, plan, event) == {"o1"}


def test_what_a_plan_takes_is_counted_once_for_its_own_problem() -> None:
    asked = problem(orders=[order(id=f"o{n}") for n in (1, 2, 3)])
    plan = by_market(asked)
    assert taken_by(plan, asked) is taken_by(plan, asked)
    other = asked.model_copy()
    assert taken_by(plan, other) is not taken_by(plan, asked)
    assert taken_by(plan, other) == taken_by(plan, asked)


def test_a_large_rest_is_left_to_the_market(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = problem(orders=[order(id=f"o{n}", price_vnd_per_kg=50_000 + n) for n in range(6)])
    plan = hp.plan_harvest(asked)
    asks: list[int] = []

    def by_prices(meeting: Meeting, **how: Any) -> hp.HarvestPlan:
        asks.append(len(meeting.problem.orders))
        return harvest.planned_by_market(meeting, **how)

    monkeypatch.setattr(second_looks, "planned_by_market", by_prices)
    slower = hp.LaneSlower(lane_id="l1", added_h=1.0)
    small, _ = hp.replan(plan, asked, [slower], as_of=asked.as_of)
    assert not asks
    monkeypatch.setattr(second_looks, "LARGE_SHARE", 0.0)
    large, diff = hp.replan(plan, asked, [slower], as_of=asked.as_of)
    assert asks == [6]
    assert hp.check_plan(large, diff.problem) == ()
    assert large.value_vnd == pytest.approx(small.value_vnd, rel=1e-9)


@pytest.mark.parametrize(("plain_kg", "moved"), [(35.0, True), (30.0, False)])
def test_of_a_large_plan_another_is_moved_where_a_new_order_fits_then_and_none_gets_less(
    monkeypatch: pytest.MonkeyPatch, plain_kg: float, moved: bool
) -> None:
    """Fruit of grade A goes to an order that grade B could serve as well, since the rest of that is sold locally."""
    monkeypatch.setattr(second_looks, "MOST_LOOKED_AT", 0)
    asked = problem(
        growers=[{"id": "g1"}, {"id": "g2"}],
        batches=[
            batch(quantity_kg=20, grade="A"),
            batch(id="b2", grower_id="g2", quantity_kg=plain_kg, grade="B", surplus_price_vnd_per_kg=1000),
        ],
        orders=[order(id="large", grade="B", quantity_kg=25), order(id="small", grade="B", quantity_kg=10)],
        policy={"gap": 0, "horizon_days": 4, "terminal_share": 0},
    )
    plan = hp.plan_harvest(asked)
    assert {row.order_id: row.batch_id for row in plan.shipments} == {"large": "b2", "small": "b1"}
    strict = hp.OrderPlaced(order=hp.Order.model_validate(order(id="strict", grade="A", quantity_kg=20)))
    found, diff = hp.replan(plan, asked, [strict], as_of=asked.as_of)
    assert hp.check_plan(found, diff.problem) == ()
    now = {row.order_id: row.batch_id for row in found.shipments}
    assert now == ({"large": "b2", "small": "b2", "strict": "b1"} if moved else {"large": "b2", "small": "b1"})
    changes = {change.order_id: (change.after_kg, change.repicked, change.reason_code) for change in diff.orders}
    if moved:
        assert changes == {"small": (10.0, True, None), "strict": (20.0, True, None)}
    else:
        assert changes == {"strict": (0.0, False, field_of(found.refusals, "reasons")[0][0].code)}

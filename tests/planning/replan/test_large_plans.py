"""A plan whose records are made on demand is re-planned like any other, and no record is made in vain."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.planning import harvest
from harvest_planner.planning.replan import second_looks
from harvest_planner.planning.replan.happened import after
from harvest_planner.planning.replan.room import Missing, _fitting
from harvest_planner.planning.replan.standing import rows_of, standings
from harvest_planner.planning.replan.taken import Taken
from harvest_planner.planning.replan.untouched import Same
from harvest_planner.planning.replan.world import world_of
from harvest_planner.planning.told_shipments import TOLD
from harvest_planner.schema.by_id import records_of
from harvest_planner.schema.events import EVENTS
from harvest_planner.schema.record_table import MadeRows, RecordTable
from harvest_planner.schema.told_rows import field_of, records_at
from tests.planning.small import batch, lane, order, problem

SIZES = (9, 8, 7, 6, 5, 4)


def question(**changes: Any) -> hp.PlanningProblem:
    """Six orders of 4 to 9 kg, the heavier the dearer; one batch of 20 kg that is worth nothing on the tree."""
    orders = [order(id=f"o{kg}", quantity_kg=kg, price_vnd_per_kg=50_000 + 1000 * kg) for kg in SIZES]
    return problem(**{"orders": orders, "batches": [batch(quantity_kg=20)], **changes})


@pytest.fixture(name="many", params=[False, True], ids=["few refused", "many refused"])
def _many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param:
        monkeypatch.setattr(second_looks, "MOST_LOOKED_AT", 0)
    return bool(request.param)


def by_market(asked: hp.PlanningProblem) -> hp.HarvestPlan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harvest, "LARGE_PAIRS", 0)
        return hp.plan_harvest(asked)


def again(plan: hp.HarvestPlan, asked: hp.PlanningProblem, *events: Any) -> tuple[hp.HarvestPlan, hp.PlanDifference]:
    found, diff = hp.replan(plan, asked, events, as_of=asked.as_of + dt.timedelta(minutes=20))
    assert hp.check_plan(found, diff.problem) == ()
    return found, diff


def test_what_is_told_of_shipments_and_refusals_is_what_their_records_hold() -> None:
    plan = by_market(question())
    assert isinstance(plan.shipments, MadeRows)
    for name in TOLD:
        assert field_of(plan.shipments, name) == [getattr(row, name) for row in plan.shipments]
    for name in ("order_id", "kg"):
        assert field_of(plan.refusals, name) == [getattr(row, name) for row in plan.refusals]
    assert set(TOLD) <= plan.shipments.known.keys()


@pytest.mark.usefixtures("many")
def test_nothing_happened_and_nothing_changes() -> None:
    asked = question()
    plan = by_market(asked)
    found, diff = again(plan, asked)
    assert found.shipments == tuple(plan.shipments)
    assert (diff.picks, diff.orders) == ((), ())


@pytest.mark.usefixtures("many")
def test_what_a_cancelled_order_frees_goes_to_one_that_was_refused() -> None:
    asked = question()
    plan = by_market(asked)
    gone = max(field_of(plan.shipments, "order_id"))
    waiting = set(field_of(plan.refusals, "order_id"))
    found, diff = again(plan, asked, hp.OrderCancelled(order_id=gone))
    served = {row.order_id for row in found.shipments}
    assert gone not in served
    assert served & waiting
    assert {change.order_id for change in diff.orders} >= {gone, *(served & waiting)}


@pytest.mark.usefixtures("many")
def test_a_plan_of_a_plan_of_a_plan_still_leads_to_its_records() -> None:
    asked = question(batches=[batch(quantity_kg=60)])
    plan = by_market(asked)
    for number in range(3):
        new = hp.OrderPlaced(order=hp.Order.model_validate(order(id=f"new{number}", quantity_kg=2)))
        plan, diff = again(plan, asked, new)
        asked = diff.problem
        assert [change.order_id for change in diff.orders] == [f"new{number}"]
    assert {row.order_id for row in plan.shipments} == {*(f"o{kg}" for kg in SIZES), "new0", "new1", "new2"}


def test_where_many_are_refused_a_new_order_asks_for_none_of_their_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_looks, "MOST_LOOKED_AT", 0)
    asked = question()
    plan = by_market(asked)
    refusals = plan.refusals
    assert isinstance(refusals, MadeRows)

    def never(at: int) -> hp.Refusal:
        raise AssertionError(f"the reason of refusal {at} was reckoned")

    unasked = MadeRows(len(refusals), never, known=refusals.known)
    new = hp.OrderPlaced(order=hp.Order.model_validate(order(id="new", quantity_kg=19, price_vnd_per_kg=1000)))
    found, _ = hp.replan(plan.model_copy(update={"refusals": unasked}), asked, [new], as_of=asked.as_of)
    assert len(found.refusals) == len(refusals) + 1


@pytest.mark.usefixtures("many")
def test_what_others_sell_locally_stays_when_refused_orders_are_looked_at_again() -> None:
    wanted = [{**order(id=f"o{kg}", quantity_kg=kg, price_vnd_per_kg=50_000 + 1000 * kg), "grade": "A"} for kg in SIZES]
    sold = batch(id="b2", grower_id="g2", grade="B", quantity_kg=30, surplus_price_vnd_per_kg=9000)
    kept = {"policy": {"gap": 0, "horizon_days": 4, "terminal_share": 0}, "growers": [{"id": "g1"}, {"id": "g2"}]}
    asked = question(orders=wanted, batches=[batch(quantity_kg=20, grade="A"), sold], **kept)
    plan = by_market(asked)
    assert sum(each.kg for each in plan.surplus if each.batch_id == "b2") == pytest.approx(30)
    gone = max(field_of(plan.shipments, "order_id"))
    found, _ = again(plan, asked, hp.OrderCancelled(order_id=gone))
    assert {row.order_id for row in found.shipments} & set(field_of(plan.refusals, "order_id"))
    assert [each for each in found.surplus if each.batch_id == "b2"] == list(plan.surplus)
    assert [pick for pick in found.picks if pick.batch_id == "b2"] == [p for p in plan.picks if p.batch_id == "b2"]


def test_what_a_new_question_settles_is_told_alike_by_columns_and_by_records(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = question()
    plan = by_market(asked)
    _, diff = again(plan, asked)
    monkeypatch.setattr(second_looks, "MOST_LOOKED_AT", 0)
    _, by_columns = again(plan, asked)
    assert isinstance(by_columns.problem.commitments, RecordTable)
    assert by_columns.problem.commitments == diff.problem.commitments
    assert hp.PlanningProblem.model_validate_json(by_columns.problem.model_dump_json()) == diff.problem


def test_what_is_taken_can_be_counted_out_again() -> None:
    asked = question(lanes=[lane(capacity_kg=30)])
    plan = by_market(asked)
    rows = rows_of(plan)
    both = Taken().count(rows, plan.surplus, asked)
    assert sum(both.departure_kg.values()) == pytest.approx(sum(row.kg for row in rows))
    assert both.days == {"b1": {row.pick_on for row in rows}}
    rest = both.copy().count(rows[1:], plan.surplus, asked, times=-1)
    alone = Taken().count(rows[:1], (), asked)
    assert rest.trips == alone.trips
    for name in ("batch_kg", "picker_kg", "packing_kg", "departure_kg"):
        left = {key: kg for key, kg in getattr(rest, name).items() if kg > 1e-9}
        assert left == pytest.approx(dict(getattr(alone, name)))


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    "event",
    [
        {"kind": "order_cancelled", "order_id": "o9"},
        {"kind": "order_placed", "order": order(id="new", quantity_kg=6.0, price_vnd_per_kg=70_000)},
    ],
    ids=["cancelled", "placed"],
)
def test_orders_kept_by_columns_are_planned_again_like_records_and_stay_columns(event: dict[str, Any]) -> None:
    until = dt.datetime.fromisoformat("2026-08-10T04:10:00+07:00")
    plain = question()
    confirmed = (plain.orders[0].model_copy(update={"confirm_by_at": until}), *plain.orders[1:])
    plain = plain.model_copy(update={"orders": confirmed})
    by_columns = plain.model_copy(update={"orders": RecordTable.of(hp.Order, plain.orders)})
    one, two = (again(by_market(asked), asked, event) for asked in (plain, by_columns))
    assert isinstance(two[1].problem.orders, RecordTable)
    assert one == two


def test_what_fits_is_looked_for_until_the_room_is_filled() -> None:
    missing = [Missing(-1.0, f"o{number}", 3.0, "na", part=False) for number in range(9)]
    fitting = list(_fitting(missing, {"na": [(1.0, 4.0)]}, []))
    assert fitting == missing
    assert not list(_fitting(missing, {"na": [(1.0, 2.0)], "bo": [(1.0, 4.0)]}, []))
    assert list(_fitting(missing, {}, [(0.0, 3.0)])) == missing


DAYS_OF_REST: list[dict[str, Any]] = [
    {"kind": "place_closed", "place_id": "farm"},
    {"kind": "departure_cancelled", "lane_id": "l1"},
    {"kind": "grower_absent", "grower_id": "g1"},
]


@pytest.mark.parametrize("event", DAYS_OF_REST, ids=lambda event: event["kind"])
@pytest.mark.parametrize("hit", [False, True], ids=["another day", "its own day"])
def test_a_shipment_is_looked_at_again_where_its_own_day_becomes_one_of_rest(event: dict[str, Any], hit: bool) -> None:
    asked = question()
    plan = by_market(asked)
    row = plan.shipments[0]
    own = row.legs[0].departs_at.date() if event["kind"] == "departure_cancelled" else row.pick_on
    on = own if hit else own + dt.timedelta(days=3)
    told = {"from_on": on, "until_on": on} if event["kind"] == "grower_absent" else {"on": on}
    (happened,) = EVENTS.validate_python(({**event, **told},))
    before = standings(plan, asked, as_of=asked.as_of)
    world = after(world_of(asked, plan, before, as_of=asked.as_of), happened, asked)
    changed = {name: records_of(rows) for name, rows in world.tables.items()}
    same = Same.of(asked, world, asked.model_copy(update=changed))
    assert (row.order_id in set(same.others(before))) is hit
    again(plan, asked, happened)


@pytest.mark.parametrize(("days", "seen_again"), [(0, True), (5, False)])
def test_a_place_of_the_catalogue_that_closes_touches_the_picks_of_that_day_alone(days: int, seen_again: bool) -> None:
    asked = hp.PlanningProblem.model_validate(
        {
            "as_of": "2026-08-10T00:00:00+07:00",
            "growers": [{"id": "g1"}],
            "batches": [batch(place_id="chi-lang", crop_id="na-chi-lang", stage_id="S3", observed_on="2026-08-10")],
            "lanes": [lane(origin_id="chi-lang", destination_id="ha-noi")],
            "orders": [
                order(
                    crop_id="na-chi-lang", destination_id="ha-noi", deliver_until_at="2026-08-14T20:00:00+07:00",
                )
            ],
        }
    )  # fmt: skip
    plan = hp.plan_harvest(asked)
    (row,) = plan.shipments
    event = hp.PlaceClosed(place_id="chi-lang", on=row.pick_on + dt.timedelta(days=days))
    before = standings(plan, asked, as_of=asked.as_of)
    world = after(world_of(asked, plan, before, as_of=asked.as_of), event, asked)
    changed = {name: records_of(rows) for name, rows in world.tables.items()}
    same = Same.of(asked, world, asked.model_copy(update=changed))
    assert bool(list(same.others(before))) is seen_again


def test_refusals_of_a_re_plan_are_the_same_one_by_one_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_looks, "MOST_LOOKED_AT", 0)
    asked = question()
    plan = by_market(asked)
    found, _ = again(plan, asked, hp.OrderCancelled(order_id=max(field_of(plan.shipments, "order_id"))))
    assert isinstance(found.refusals, MadeRows)
    numbers = list(reversed(range(len(found.refusals))))
    assert len(numbers) > 1
    assert records_at(found.refusals, numbers) == [found.refusals[at] for at in numbers]

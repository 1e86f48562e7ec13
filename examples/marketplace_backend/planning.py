"""What the background worker does: plan afresh, plan again after events, try what more would bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import harvest_planner as hp
from examples.marketplace_backend import plans
from examples.marketplace_backend.clock import now
from examples.marketplace_backend.database import engine, transaction
from examples.marketplace_backend.ledger import PostgresLedger
from examples.marketplace_backend.settings import settings
from harvest_planner.planning.promise.offers import promise_of
from harvest_planner.schema.events import EVENTS, Event

PLANNED = ("reserved", "firm")


def plan_afresh(payload: dict[str, Any]) -> dict[str, Any]:
    """Plan all orders, with what is promised on the picks and journeys that were promised."""
    as_of = _moment(payload)
    with transaction() as session:
        orchard, orders = plans.orchard(session), plans.stored_orders(session)
    plans.ledger().expire(now())
    promised = plans.ledger().reservations()
    names = {one.offer.order.id for one in promised}
    # The promises come as events of a re-plan, so that they stand exactly as they were given.
    asked = plans.problem_of(orchard, tuple(order for order in orders if order.id not in names), as_of)
    if not promised:
        plan = hp.plan_harvest(asked, time_limit_s=settings().plan_time_limit_s)
        return publish(plan, asked)
    bare = asked.model_copy(update={"orders": ()})
    empty = hp.plan_harvest(bare)
    _, diff = hp.replan(empty, bare, [promise_of(one) for one in promised], as_of=asked.as_of)
    # What stands is a commitment of the new question, which no plan of it moves.
    question = diff.problem.model_copy(update={"orders": (*diff.problem.orders, *asked.orders)})
    plan = hp.plan_harvest(question, time_limit_s=settings().plan_time_limit_s)
    return publish(plan, question)


def plan_again(payload: dict[str, Any]) -> dict[str, Any]:
    """Plan again after what happened, with as little changed as can be."""
    current = plans.published()
    events = [*EVENTS.validate_python(payload.get("events", ()))]
    events += current.promiser.events()
    if payload.get("take_new", True):
        events += _orders_since(current.problem, {_order_id(event) for event in events})
    as_of = max(_moment(payload), current.problem.as_of)
    plan, diff = hp.replan(
        current.plan, current.problem, events, as_of=as_of, time_limit_s=settings().plan_time_limit_s
    )
    changes = {
        "picks": [_plain(change) for change in diff.picks],
        "orders": [_plain(change) for change in diff.orders],
        "change_cost_vnd": diff.change_cost_vnd,
        "words": {tongue: list(hp.describe_changes(diff, language=tongue)) for tongue in ("vi", "en")},
    }
    return publish(plan, diff.problem, changes)


def what_if(payload: dict[str, Any]) -> dict[str, Any]:
    """What more of a scarce thing would bring; nothing is published."""
    current = plans.published()
    found = hp.what_if_more(current.problem, resource=payload["resource"], amount=payload["amount"], plan=current.plan)
    return found.model_dump(mode="json")


def events_of(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Events as a job's payload holds them."""
    return [event.model_dump(mode="json") for event in events]


def publish(plan: hp.HarvestPlan, problem: hp.PlanningProblem, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Store a plan and open its book; from then on it is the plan that promises are made from.

    Raises LedgerConflictError where promises were made meanwhile that do not fit: nothing has changed then.
    """
    plan_id = plans.store(plan, problem, changes)
    hp.Promiser(plan, problem, ledger=PostgresLedger(engine(), plan_id=plan_id), clock=now)
    return {"plan_id": plan_id, "status": plan.status, "shipments": len(plan.shipments), "refusals": len(plan.refusals)}


def _orders_since(problem: hp.PlanningProblem, named: set[str]) -> list[Event]:
    """Orders imported or cancelled since the plan was made."""
    with transaction() as session:
        orders = plans.stored_orders(session)
    known = {order.id: order for order in problem.orders}
    placed = [order for order in orders if order.id not in known | dict.fromkeys(named) and order.state in PLANNED]
    gone = [
        order.id for order in orders
        if order.state == "cancelled" and order.id in known and known[order.id].state in PLANNED
    ]  # fmt: skip
    events: list[Event] = [hp.OrderPlaced(order=order) for order in placed]
    return events + [hp.OrderCancelled(order_id=order_id) for order_id in gone if order_id not in named]


def _order_id(event: Event) -> str:
    match event:
        case hp.OrderPlaced() | hp.OrderPromised():
            return event.order.id
        case hp.OrderCancelled():
            return event.order_id
        case _:
            return ""


def _moment(payload: dict[str, Any]) -> dt.datetime:
    stated = payload.get("as_of")
    return dt.datetime.fromisoformat(stated) if stated else now()


def _plain(change: hp.PickChange | hp.OrderChange) -> dict[str, Any]:
    return {name: _json(getattr(change, name)) for name in change.__dataclass_fields__}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value

"""What is planned: the orchard and the orders as a problem, plans as rows, and the plan whose book is open."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import harvest_planner as hp
from examples.marketplace_backend.clock import now
from examples.marketplace_backend.database import engine, reading, transaction
from examples.marketplace_backend.ledger import PostgresLedger
from examples.marketplace_backend.problem_documents import ServiceError
from examples.marketplace_backend.tables import BookRow, Orchard, OrderRow, PlanRow
from harvest_planner.schema.references import departs


@dataclass(frozen=True, slots=True)
class Published:
    """The plan that promises are made from, its question, and who quotes."""

    plan_id: int
    version: int
    plan: hp.HarvestPlan
    problem: hp.PlanningProblem
    promiser: hp.Promiser

    def quote(self, order: hp.Order, *, limit: int = 3) -> hp.Quote:
        """The promiser's quote. Raises ServiceError `invalid` where the order cannot be understood."""
        try:
            return self.promiser.quote(order, limit=limit)
        except (hp.UnknownIdError, hp.AmbiguousPlaceError) as error:
            raise ServiceError("invalid", str(error)) from None
        except hp.HarvestPlannerError:
            raise
        except ValueError as error:
            raise ServiceError("invalid", str(error)) from None


_LOADING = threading.Lock()
_last: Published | None = None


def published() -> Published:
    """The plan of the open book, loaded again when another was opened. Raises ServiceError `not-planned`."""
    global _last  # noqa: PLW0603 - one plan for all threads of the process
    with reading() as session:
        version, plan_id = session.execute(select(BookRow.version, BookRow.plan_id)).one()
    if plan_id is None:
        raise ServiceError("not-planned", "Ask for a plan first: POST /v1/plans.")
    found = _last
    if found is not None and found.version == version:
        return found
    with _LOADING:
        if _last is None or _last.version != version:
            plan, problem = load(plan_id)
            ledger = PostgresLedger(engine(), plan_id=plan_id)
            _last = Published(plan_id, version, plan, problem, hp.Promiser(plan, problem, ledger=ledger, clock=now))
        return _last


def forget() -> None:
    """Load the plan again when it is next asked for."""
    global _last  # noqa: PLW0603 - as above
    _last = None


def ledger() -> PostgresLedger:
    """The reservations, whichever plan's book is open."""
    return PostgresLedger(engine())


def load(plan_id: int) -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """A plan and its question. Raises ServiceError `not-found`."""
    with reading() as session:
        row = session.get(PlanRow, plan_id)
    if row is None:
        raise ServiceError("not-found", "There is no such plan.")
    return hp.HarvestPlan.model_validate_json(row.plan), hp.PlanningProblem.model_validate_json(row.problem)


def store(plan: hp.HarvestPlan, problem: hp.PlanningProblem, changes: dict[str, Any] | None = None) -> int:
    """Write a plan; it is not the service's before a ledger opens its book."""
    row = PlanRow(problem=problem.model_dump_json(), plan=plan.model_dump_json(), changes=changes, made_at=now())
    with transaction() as session:
        session.add(row)
        session.flush()
        return row.id


def state_orchard(problem: hp.PlanningProblem) -> None:
    """Replace the orchard: all but orders and commitments, which are the service's own to know."""
    document = problem.model_copy(update={"orders": (), "commitments": ()}).model_dump_json()
    values = {"document": document, "changed_at": now()}
    stated = insert(Orchard).values(id=1, **values)
    with transaction() as session:
        session.execute(stated.on_conflict_do_update(index_elements=["id"], set_=values))


def orchard(session: Session) -> hp.PlanningProblem:
    """The orchard. Raises ServiceError `conflict` where none was stated."""
    row = session.get(Orchard, 1)
    if row is None:
        raise ServiceError("conflict", "State the orchard first: PUT /v1/orchard.")
    return hp.PlanningProblem.model_validate_json(row.document)


def problem_of(orchard_: hp.PlanningProblem, orders: tuple[hp.Order, ...], as_of: dt.datetime) -> hp.PlanningProblem:
    """The orchard with orders, at a moment, checked anew. Raises pydantic.ValidationError."""
    moved = orchard_.model_copy(update={"as_of": max(as_of, orchard_.as_of)})
    horizon = moved.as_of + dt.timedelta(days=moved.policy.horizon_days + 1)
    fields = {name: getattr(moved, name) for name in type(moved).model_fields}
    # A lane whose last departure has left is no fault of the orchard.
    lanes = tuple(lane for lane in moved.lanes if departs(lane, moved, horizon))
    return hp.PlanningProblem(**fields | {"orders": orders, "lanes": lanes})


def stored_orders(session: Session) -> tuple[hp.Order, ...]:
    """Every order, by id."""
    rows = session.execute(select(OrderRow.document).order_by(OrderRow.id)).scalars()
    return tuple(map(hp.Order.model_validate, rows))


def keep_orders(orders: tuple[hp.Order, ...]) -> dict[str, int]:
    """Store orders, all or none; an order told again replaces what was told before.

    Raises
    ------
    ServiceError, pydantic.ValidationError : no orchard, or the orders do not fit it (an unknown crop or place).
    """
    at = now()
    with transaction() as session:
        problem_of(orchard(session), orders, at)
        ids = [order.id for order in orders]
        known = select(OrderRow.id, OrderRow.document).where(OrderRow.id.in_(ids))
        before: dict[str, dict[str, Any]] = dict(session.execute(known).all())
        rows = {order.id: order.model_dump(mode="json", exclude_defaults=True) for order in orders}
        changed = {key: row for key, row in rows.items() if before.get(key) != row}
        if changed:
            statement = insert(OrderRow).values(
                [{"id": key, "document": row, "imported_at": at} for key, row in changed.items()]
            )
            replaced = {"document": statement.excluded.document, "imported_at": statement.excluded.imported_at}
            session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=replaced))
    return {
        "new": len(rows.keys() - before.keys()),
        "changed": len(changed.keys() & before.keys()),
        "unchanged": len(rows) - len(changed),
    }


def count_orders() -> int:
    """How many orders are stored."""
    with transaction() as session:
        return session.execute(select(func.count()).select_from(OrderRow)).scalar_one()

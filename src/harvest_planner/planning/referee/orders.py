"""Every kilogram of every order: shipped or refused, with a reason that is true."""

from __future__ import annotations

from collections.abc import Iterator

from harvest_planner.planning.referee.case import PLANNED
from harvest_planner.planning.referee.finding import KG, finding
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.planning.referee.routes import Routes
from harvest_planner.planning.referee.rules import certificates_serve, grade_serves
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Refusal, Violation

ROUNDING_KG = 2e-6
"""Two figures of six decimals add up to a third."""


def check_orders(ledger: Ledger, routes: Routes) -> Iterator[Violation]:
    """Kilograms of every order, and the reasons of every refusal."""
    for order in ledger.case.problem.orders:
        yield from _kilograms(order, ledger)
    for row in ledger.plan.refusals:
        order_of = ledger.case.orders.get(row.order_id)
        if order_of is None:
            yield finding("unknown_record", f"refusal {row.order_id}", "the problem has no such order")
        elif order_of.state in PLANNED:
            yield from _reason(row, order_of, ledger, routes)


def _kilograms(order: Order, ledger: Ledger) -> Iterator[Violation]:
    name = f"order {order.id}"
    shipped, refused = ledger.shipped_kg.get(order.id, 0.0), ledger.refused_kg.get(order.id, 0.0)
    if order.state not in PLANNED:
        if shipped > 0 or order.id in ledger.refused_kg:
            yield finding("not_planned", name, f"an order in state {order.state} is neither shipped nor refused")
        return
    if shipped > order.quantity_kg + KG:
        yield finding("order_kg", name, "shipped within quantity_kg", stated=shipped, expected=order.quantity_kg)
    elif abs(shipped + refused - order.quantity_kg) > ROUNDING_KG:
        yield finding("order_kg", name, "shipped + refused", stated=shipped + refused, expected=order.quantity_kg)
    if sum(row.order_id == order.id for row in ledger.plan.refusals) > 1:
        yield finding("refusal", name, "it is refused in one row", stated="several")
    if _confirm_passed(order, ledger) and any(row.order_id == order.id for row in ledger.free_rows):
        yield finding(
            "confirm_by", name, "its confirmation time has passed: it is not planned",
            stated=order.confirm_by_at, expected=ledger.case.problem.as_of,
        )  # fmt: skip


def _confirm_passed(order: Order, ledger: Ledger) -> bool:
    return order.confirm_by_at is not None and order.confirm_by_at < ledger.case.problem.as_of


def _reason(row: Refusal, order: Order, ledger: Ledger, routes: Routes) -> Iterator[Violation]:
    """The first rule that leaves nothing: what can be verified cheaply is."""
    name, code = f"refusal {row.order_id}", row.reasons[0].code
    if row.kg <= 0:
        yield finding("refusal", name, "kg is positive", stated=row.kg)
    if any(not reason.message.strip() for reason in row.reasons):
        yield finding("refusal", name, "every reason has its sentence", stated="empty")
    passed = _confirm_passed(order, ledger)
    settled = any(key[0] == order.id for key in ledger.case.committed)
    if (code == "confirm_by_passed") != passed and not settled:
        expected = "confirm_by_passed" if passed else "another reason"
        yield finding("refusal_reason", name, "confirm_by_at against as_of", stated=code, expected=expected)
    elif not settled and (example := _counterexample(code, order, ledger, routes)) is not None:
        stated = f"{code}, but {example.batch.id} on {example.pick_on} passes"
        yield finding("refusal_reason", name, "the rule leaves nothing", stated=stated)


def _counterexample(code: str, order: Order, ledger: Ledger, routes: Routes) -> PickDay | None:
    """A batch and day that pass the rule which is said to leave nothing, and all before it; None where it holds."""
    case = ledger.case
    codes = ("no_journey", "no_fruit", "grade", "certification", "pre_harvest_interval")
    if code not in codes:
        return None
    rank = codes.index(code)
    end = case.place(order.destination_id).id
    for batch in case.problem.batches:
        if batch.crop_id != order.crop_id or (rank >= 1 and batch.quantity_kg <= 0):
            continue
        crop = case.crop(batch)
        if not routes.reaches(case.place(batch.place_id).id, end, crop.goods):
            continue
        if rank >= 2 and not grade_serves(order, batch, crop.grades):
            continue
        for day in case.orchard.days(batch):
            if (
                (rank < 1 or day.in_season)
                and (rank < 3 or certificates_serve(order, day))
                and (rank < 4 or day.interval_kept)
            ):
                return day
    return None

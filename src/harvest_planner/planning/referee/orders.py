"""Every kilogram of every order: shipped or refused, with a reason that is true."""

from __future__ import annotations

from collections.abc import Iterator

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.finding import KG, finding
from harvest_planner.planning.referee.ledger import Ledger
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.planning.referee.routes import Routes
from harvest_planner.planning.referee.rules import certificates_serve, grade_serves
from harvest_planner.planning.referee.wishes import Wanted, Wish
from harvest_planner.schema.plan import Refusal, Violation

ROUNDING_KG = 2e-6
"""Two figures of six decimals add up to a third."""
_VERIFIED = ("no_journey", "no_fruit", "grade", "certification", "pre_harvest_interval")
"""Reasons that can be verified cheaply, in the order of the rules."""


def check_orders(ledger: Ledger, routes: Routes) -> Iterator[Violation]:
    """The reasons of every refusal, and the kilograms of every order."""
    grounds = Grounds(ledger.case, routes)
    for row in ledger.plan.refusals:
        ledger.refuse(row)
        order_of = ledger.case.orders.get(row.order_id)
        if order_of is None:
            yield finding("unknown_record", f"refusal {row.order_id}", "the problem has no such order")
        elif order_of.wish.planned:
            yield from _reason(row, order_of, grounds)
    for order in ledger.case.orders.values():
        yield from _kilograms(order, ledger)


def _kilograms(order: Wanted, ledger: Ledger) -> Iterator[Violation]:
    name = f"order {order.id}"
    shipped, refused = ledger.shipped_kg(order.id), ledger.refused_kg.get(order.id, 0.0)
    if not order.wish.planned:
        if shipped > 0 or order.id in ledger.refused_kg:
            yield finding("not_planned", name, f"an order in state {order.wish.state} is neither shipped nor refused")
        return
    if shipped > order.quantity_kg + KG:
        yield finding("order_kg", name, "shipped within quantity_kg", stated=shipped, expected=order.quantity_kg)
    elif abs(shipped + refused - order.quantity_kg) > ROUNDING_KG:
        yield finding("order_kg", name, "shipped + refused", stated=shipped + refused, expected=order.quantity_kg)
    if order.id in ledger.refused_twice:
        yield finding("refusal", name, "it is refused in one row", stated="several")
    if order.missed_at is not None and order.id in ledger.parts:
        yield finding(
            "confirm_by", name, "its confirmation time has passed: it is not planned",
            stated=order.missed_at, expected=ledger.case.problem.as_of,
        )  # fmt: skip


def _reason(row: Refusal, order: Wanted, grounds: Grounds) -> Iterator[Violation]:
    """The first rule that leaves nothing: what can be verified cheaply is."""
    name, code = f"refusal {row.order_id}", row.reasons[0].code
    if row.kg <= 0:
        yield finding("refusal", name, "kg is positive", stated=row.kg)
    if any(not reason.message.strip() for reason in row.reasons):
        yield finding("refusal", name, "every reason has its sentence", stated="empty")
    passed = order.missed_at is not None
    settled = order.id in grounds.case.committed_orders
    if (code == "confirm_by_passed") != passed and not settled:
        expected = "confirm_by_passed" if passed else "another reason"
        yield finding("refusal_reason", name, "confirm_by_at against as_of", stated=code, expected=expected)
    elif not settled and (example := grounds.counterexample(code, order.wish)) is not None:
        stated = f"{code}, but {example.batch.id} on {example.pick_on} passes"
        yield finding("refusal_reason", name, "the rule leaves nothing", stated=stated)


class Grounds:
    """What may be the ground of a refusal, asked once for all wishes that ask the same of a batch.

    Batches and days that no rule tells apart stand for each other: the first of them is the example.
    """

    def __init__(self, case: Case, routes: Routes) -> None:
        self.case, self._routes = case, routes
        self._examples: dict[tuple[object, ...], PickDay | None] = {}
        self._kinds: dict[str, tuple[PickDay, ...]] = {}

    def counterexample(self, code: str, wish: Wish) -> PickDay | None:
        """A batch and day that pass the rule which is said to leave nothing, and all before it; None: it holds."""
        if code not in _VERIFIED:
            return None
        key = (code, wish.crop_id, wish.destination_id, wish.grade, wish.certifications)
        if key not in self._examples:
            rank = _VERIFIED.index(code)
            passing = (day for day in self._days(wish.crop_id) if self._passes(rank, day, wish))
            self._examples[key] = next(passing, None)
        return self._examples[key]

    def _passes(self, rank: int, day: PickDay, wish: Wish) -> bool:
        """Whether every rule up to that rank lets the day serve the wish."""
        batch, crop = day.batch, self.case.crop(day.batch)
        start, end = self.case.place_id(batch.place_id), self.case.place_id(wish.destination_id)
        return (
            (rank < 1 or (batch.quantity_kg > 0 and day.in_season))
            and (rank < 2 or grade_serves(wish, batch, crop.grades))
            and (rank < 3 or certificates_serve(wish, day))
            and (rank < 4 or day.interval_kept)
            and self._routes.reaches(start, end, crop.goods)
        )

    def _days(self, crop_id: str) -> tuple[PickDay, ...]:
        """The first of every kind of pick day of a crop."""
        if crop_id not in self._kinds:
            found: dict[tuple[object, ...], PickDay] = {}
            for batch in self.case.batches.values():
                if batch.crop_id != crop_id:
                    continue
                kind = (batch.place_id, batch.grade, batch.certifications, batch.quantity_kg > 0)
                for day in self.case.orchard.days(batch):
                    found.setdefault((*kind, day.in_season, day.certified, day.interval_kept), day)
            self._kinds[crop_id] = tuple(found.values())
        return self._kinds[crop_id]

"""Refusals made when they are asked for: reckoning why costs more than planning."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from types import MappingProxyType

from harvest_planner.planning.leftover import CAPACITIES
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.outlook import Outlooks
from harvest_planner.planning.pools import Kind
from harvest_planner.planning.refusals import no_lane, reason_by
from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Reason, Refusal
from harvest_planner.schema.record_table import MadeRows

CONTESTED = frozenset(("not_worth_it", *CAPACITIES, "outbid"))
"""Reasons that lie in what else is planned, which nobody knows where there was no time to fill in what fits."""
NOWHERE: Mapping[str, str] = MappingProxyType({})
"""Nothing is stranded anywhere."""


def told_refusals(
    order_ids: Sequence[str],
    missing_kg: Sequence[float],
    order: Callable[[int], Order],
    meeting: Meeting,
    outlooks: Callable[[], Outlooks],
    *,
    unjudged: Container[str] = (),
    stranded: Mapping[str, str] = NOWHERE,
    hurried: bool = False,
) -> MadeRows[Refusal]:
    """A refusal of each order that misses something, with its reason beside the finished plan.

    Parameters
    ----------
    order_ids, missing_kg : of each the order and what it misses [kg].
    order : the record of a number from 0 on.
    outlooks : what could become of orders beside the plan; asked for with the first reason.
    unjudged : ids of orders for which there was no time.
    stranded : by order, where goods that are settled for it wait and find no journey.
    hurried : there was no time to fill in what still fits.
    """

    def refusal(at: int) -> Refusal:
        return told(at, meeting.buyer(order(at)))

    def told(at: int, buyer: BuyerOrder) -> Refusal:
        kg = missing_kg[at]
        if order_ids[at] in unjudged:
            return Refusal(order_id=order_ids[at], kg=kg, reasons=(_unjudged(),))
        if order_ids[at] in stranded:
            reasons = (no_lane([stranded[order_ids[at]]], buyer.destination.id),)
            return Refusal(order_id=order_ids[at], kg=kg, reasons=reasons)
        reason = reason_by(buyer, meeting, outlooks(), missing_kg=kg)
        if hurried and (reason is None or reason.code in CONTESTED):
            reason = _unjudged()
        return Refusal(order_id=order_ids[at], kg=kg, reasons=(reason or _outbid(),))

    def several(numbers: Sequence[int]) -> list[Refusal]:
        """Worked out together for crops of one kind at one destination, wish by wish."""
        ways: dict[tuple[Kind, str], list[tuple[int, BuyerOrder]]] = {}
        for number in numbers:
            buyer = meeting.buyer(order(number))
            ways.setdefault((meeting.kind(buyer.crop.id), buyer.destination.id), []).append((number, buyer))
        found: dict[int, Refusal] = {}
        for asked in ways.values():
            outlooks().foresee([buyer for _, buyer in asked])
            alike: dict[Wish, list[tuple[int, BuyerOrder]]] = {}
            for number, buyer in asked:
                alike.setdefault(buyer.wish.shape, []).append((number, buyer))
            found.update((number, told(number, buyer)) for each in alike.values() for number, buyer in each)
        return [found[number] for number in numbers]

    known: dict[str, Sequence[str] | Sequence[float]] = {"order_id": order_ids, "kg": missing_kg}
    return MadeRows(len(order_ids), refusal, known=known, make_many=several)


def _outbid() -> Reason:
    return Reason(code="outbid", message="the fruit that could serve it goes to orders that bring more")


def _unjudged() -> Reason:
    """What is true of an order for which there was no time."""
    message = "the time for planning was over before it was looked for a way to serve it"
    return Reason(code="outbid", params={"looked_for": False}, message=message)

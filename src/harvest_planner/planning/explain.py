"""Why a plan serves an order as it does, as plain data: what binds, and what a day earlier or later would do."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from harvest_planner.planning.answer import SHARE_DIGITS
from harvest_planner.planning.candidates import Candidate, candidate_of, certified, promises_enough, safe, worth
from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.occupied import CAPACITIES, Occupied
from harvest_planner.planning.settled import PLANNED_STATES
from harvest_planner.planning.verdict import age_at_delivery, judge
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.ripening.window import share_between
from harvest_planner.schema.plan import HarvestPlan, Refusal, Shipment
from harvest_planner.schema.policy import Policy
from harvest_planner.schema.problem import PlanningProblem

Data = dict[str, Any]
SAME_VND = 1.0
"""Plans whose worth differs by less are worth the same."""
_BINDS = {
    "past": "horizon",
    "horizon": "horizon",
    "tree": "tree",
    "pre_harvest_interval": "law",
    "rest_day": "capacity",
    "certification": "law",
    "no_departure": "transit",
    "too_late": "transit",
    "too_green": "ripeness",
    "too_ripe": "ripeness",
    "chilled": "ripeness",
    "parcel": "ripeness",
    "not_safe": "ripeness",
    "picker_capacity": "capacity",
    "packing_capacity": "capacity",
    "lane_capacity": "capacity",
    "trip": "trip",
    "trip_cost": "trip",
    "worth_less": "ripeness",
    "equal": "nothing",
    "more": "nothing",
}
CODES = tuple(_BINDS)
"""What can be said of another day for a shipment."""


def explained(plan: HarvestPlan, problem: PlanningProblem, order_id: str) -> Data:
    """What the plan does with an order, and why, as numbers, texts and lists.

    Raises
    ------
    UnknownIdError : the problem has no such order.
    ValueError : the plan was made at another moment, or says nothing of the order: it is not this problem's.
    """
    order = problem.order(order_id)
    if plan.provenance.as_of != problem.as_of:
        raise ValueError(
            f"the plan was made for as_of = {plan.provenance.as_of.isoformat()}, the problem has "
            f"{problem.as_of.isoformat()}; give the problem that was planned"
        )
    shipments = [row for row in plan.shipments if row.order_id == order_id]
    refusals = [row for row in plan.refusals if row.order_id == order_id]
    if order.state in PLANNED_STATES and not shipments and not refusals:
        raise ValueError(f"the plan neither ships nor refuses order {order_id!r}; give the problem that was planned")
    return {
        "order_id": order_id,
        "state": order.state,
        "quantity_kg": order.quantity_kg,
        "shipments": [_shipment(plan, problem, row) for row in shipments],
        "refusals": [_refusal(row) for row in refusals],
    }


def _refusal(refusal: Refusal) -> Data:
    return {"kg": refusal.kg, "reasons": [reason.model_dump(mode="json") for reason in refusal.reasons]}


def _shipment(plan: HarvestPlan, problem: PlanningProblem, row: Shipment) -> Data:
    order, policy = problem.order(row.order_id), problem.policy
    committed = any(
        (c.order_id, c.batch_id, c.pick_on) == (row.order_id, row.batch_id, row.pick_on) for c in problem.commitments
    )
    data: Data = {
        "batch_id": row.batch_id,
        "pick_on": row.pick_on.isoformat(),
        "kg": row.kg,
        "lane_ids": [leg.lane_id for leg in row.legs],
        "arrive_p95_at": row.arrive_p95_at.isoformat(),
        "deliver_until_at": order.deliver_until_at.isoformat(),
        "good_share": row.good_share,
        "on_time_share": row.on_time_share,
        "wait_days": row.wait_days,
        "wait_vnd": round(row.kg * row.wait_days * policy.earliness_cost_vnd_per_kg_day, 2),
        "late_days": row.late_days,
        "late_vnd": round(row.kg * row.late_days * policy.lateness_cost_vnd_per_kg_day, 2),
        "value_vnd": row.value_vnd,
        "committed": committed,
        "earlier": None,
        "later": None,
    }
    if not committed:
        other = _OtherDays(plan, problem, row)
        data["earlier"] = other.on(row.pick_on - dt.timedelta(days=1))
        data["later"] = other.on(row.pick_on + dt.timedelta(days=1))
    return data


class _OtherDays:
    """The same kilograms of the same batch for the same order, picked on another day; all else as it is planned."""

    def __init__(self, plan: HarvestPlan, problem: PlanningProblem, shipment: Shipment) -> None:
        self._plan, self._policy, self._shipment = plan, problem.policy, shipment
        self._meeting = Meeting(problem, [problem.batch(shipment.batch_id)])
        self._field: FieldBatch = self._meeting.fields[0]
        self._buyer: BuyerOrder = self._meeting.buyer(problem.order(shipment.order_id))
        self._occupied = Occupied(plan, shipment, self._meeting)

    def on(self, pick_on: dt.date) -> Data:
        """What that day would do, and the rule or the price that forbids it."""
        day = self._field.pick_day(pick_on)
        found = list(self._candidates(pick_on))
        code = self._by_law(day, found)
        if code is not None:
            return self._said(day, code, max(found, key=self._value_vnd, default=None))
        kept = [c for c in found if promises_enough(c.verdict, self._policy) and safe(c.verdict, self._policy)]
        if not kept:
            best = max(found, key=lambda c: (c.verdict.good_share, c.value_vnd))
            return self._said(day, _unkept(best, self._meeting, self._policy), best)
        roomy = [candidate for candidate in kept if not self._occupied.short_of(candidate)]
        if not roomy:
            best = max(kept, key=self._value_vnd)
            return self._said(day, *_scarcest(self._occupied.short_of(best), best))
        best = max(roomy, key=self._value_vnd)
        if not self._occupied.may_make(day):
            return self._said(day, "trip", best)
        trips_vnd = self._occupied.trips_vnd(pick_on)
        return self._said(day, self._by_worth(best, trips_vnd), best, trips_vnd=trips_vnd)

    def _candidates(self, pick_on: dt.date) -> Iterator[Candidate]:
        buyer, meeting = self._buyer, self._meeting
        for journey, entries in meeting.offers(buyer.crop.id, buyer.destination.id):
            for entry in entries:
                if entry.trip.day.pick_on == pick_on:
                    verdict = judge(meeting.delivery(journey, buyer.wish), buyer.wish, entry.start)
                    yield candidate_of(buyer, entry, journey, verdict, self._policy)

    def _by_law(self, day: PickDay, found: list[Candidate]) -> str | None:
        """What forbids the day whatever is planned; None where nothing does."""
        if day.from_at < self._meeting.problem.as_of:
            return "past"
        if day.pick_on >= self._field.horizon_on:
            return "horizon"
        if not day.on_tree:
            return "tree"
        if not day.interval_kept:
            return "pre_harvest_interval"
        if day.rests:
            return "rest_day"
        if not found:
            return "no_departure"
        return None if certified(found[0].entry, self._buyer.wish) else "certification"

    def _value_vnd(self, candidate: Candidate) -> float:
        """Worth of the shipment's kilograms that way [VND]."""
        _, entry, journey, verdict, _ = candidate
        return worth(self._buyer, verdict, journey, entry, kg=self._shipment.kg, policy=self._policy)

    def _by_worth(self, best: Candidate, trips_vnd: float) -> str:
        change = self._value_vnd(best) - self._shipment.value_vnd
        if abs(change - trips_vnd) <= SAME_VND:
            return "equal"
        if change > trips_vnd:
            return "more"
        return "trip_cost" if trips_vnd > -change else "worth_less"

    def _said(
        self,
        day: PickDay,
        code: str,
        best: Candidate | None,
        scarce: tuple[str, dt.date, float] | None = None,
        *,
        trips_vnd: float | None = None,
    ) -> Data:
        data: Data = {"pick_on": day.pick_on.isoformat(), "code": code, "binds": _BINDS[code]}
        data["blocked"] = trips_vnd is None
        if best is not None:
            data |= self._compared(best)
            if code == "worth_less" and data["good_share_change"] >= 0:
                data["binds"] = "worth"
        if trips_vnd is not None:
            data["trips_vnd"] = round(trips_vnd, 2)
            data["plan_change_vnd"] = round(data["value_change_vnd"] - trips_vnd, 2)
        if code in ("too_late", "too_green", "too_ripe", "chilled"):
            data["floor_share"] = self._policy.min_good_share
        if scarce is not None:
            resource, on, room = scarce
            data |= {"resource": resource, "resource_day": on.isoformat(), "room_kg": round(max(0.0, room), 6)}
            data["vnd_per_kg"] = self._price(resource, on)
        return data

    def _compared(self, best: Candidate) -> Data:
        here, verdict, value = self._shipment, best.verdict, self._value_vnd(best)
        return {
            "lane_ids": [leg.lane_id for leg in best.journey.legs],
            "good_share": round(verdict.good_share, SHARE_DIGITS),
            "good_share_change": round(verdict.good_share - here.good_share, SHARE_DIGITS),
            "parcel_good_share": round(verdict.parcel_good_share, SHARE_DIGITS),
            "on_time_share": round(verdict.on_time_share, SHARE_DIGITS),
            "safety_risk": round(verdict.safety_risk, SHARE_DIGITS),
            "value_vnd": round(value, 2),
            "value_change_vnd": round(value - here.value_vnd, 2),
        }

    def _price(self, resource: str, day: dt.date) -> float:
        """The plan's price of that resource on that day, the highest where several departures share it [VND/kg]."""
        rows = [row for row in self._plan.shadow_prices if (row.resource, row.day) == (resource, day)]
        return max((row.vnd_per_unit for row in rows), default=0.0)


def _unkept(best: Candidate, meeting: Meeting, policy: Policy) -> str:
    """Why the best candidate of a day cannot be promised."""
    verdict, wish = best.verdict, best.buyer.wish
    if promises_enough(verdict, policy):
        return "not_safe"
    if verdict.good_share >= policy.min_good_share:
        return "parcel"
    if not safe(verdict, policy) and verdict.good_share + verdict.safety_risk >= policy.min_good_share:
        return "not_safe"
    start, delivery = best.entry.start, meeting.delivery(best.journey, wish)
    aged = math.fsum(
        in_time * share_between(start.age_d20 + age, start.sd_d20, wish.lower_d20, wish.upper_d20)
        for in_time, age in zip(delivery.in_time, delivery.ages_d20, strict=True)
    )
    if aged >= policy.min_good_share:
        return "chilled"
    if 1.0 - verdict.on_time_share >= verdict.on_time_share - aged:
        return "too_late"
    mean, _ = age_at_delivery(delivery, start)
    return "too_green" if mean < (wish.lower_d20 + wish.upper_d20) / 2 else "too_ripe"


def _scarcest(
    short: dict[str, tuple[str, dt.date, float]], best: Candidate
) -> tuple[str, Candidate, tuple[str, dt.date, float]]:
    code = next(code for code in CAPACITIES if code in short)
    return code, best, short[code]

"""All that may be shipped: (order, batch, pick day, journey), what it brings, and how surely it is admitted."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.fruit import age_on, ambient, good_ages, pick_days, speeds, stage_of
from tests.oracle.shares import delivered, good_share, parcel_share
from tests.oracle.travel import Journey, Network, Outcomes


@dataclass(frozen=True)
class Option:
    """One order from one batch on one day by one journey."""

    order: Order
    batch: Batch
    day: dt.date
    departures: tuple[tuple[str, float], ...]
    """Planned (lane, hour after as_of)."""
    limited: bool
    good_share: float
    parcel_good_share: float
    per_kg_vnd: float
    review_vnd: float
    slack: float
    """How far its shares lie above what the policy asks; negative: below."""

    @property
    def value_vnd(self) -> float:
        """What it brings when the whole order goes this way [VND]."""
        return self.order.quantity_kg * self.per_kg_vnd - self.review_vnd


def options(problem: PlanningProblem, *, least_slack: float = 0.0) -> list[Option]:
    """Every candidate whose shares lie above the policy's by `least_slack`."""
    networks: dict[str, Network] = {}
    found: list[Option] = []
    for batch in problem.batches:
        network = networks.setdefault(batch.crop_id, Network(problem, problem.crop(batch.crop_id)))
        wanted = [order for order in problem.orders if _asks(problem, order) and order.crop_id == batch.crop_id]
        for day in pick_days(problem, batch):
            served = [order for order in wanted if _suits(network.crop, order, batch, day)]
            found.extend(option for option in _on_day(network, batch, day, served) if option.slack >= least_slack)
    return found


def _asks(problem: PlanningProblem, order: Order) -> bool:
    late = order.confirm_by_at is not None and order.confirm_by_at < problem.as_of
    return order.state in ("reserved", "firm") and not late


def _suits(crop: Crop, order: Order, batch: Batch, day: dt.date) -> bool:
    """Grade and certificates as asked."""
    best_first = crop.grades.index
    if order.grade and (batch.grade is None or best_first(batch.grade) > best_first(order.grade)):
        return False
    if not order.certifications:
        return True
    held = set(order.certifications) <= set(batch.certifications)
    return held and (batch.certified_until is None or batch.certified_until >= day)


def _on_day(network: Network, batch: Batch, day: dt.date, orders: list[Order]) -> Iterator[Option]:
    problem, crop = network.problem, network.crop
    local = zone(problem.place(batch.place_id).timezone)
    grower = problem.grower(batch.grower_id)
    treatment_h = crop.treatment.duration_h if crop.treatment else 0.0
    start = network.hour(dt.datetime.combine(day, grower.picks_from, tzinfo=local)) + treatment_h
    ready = network.hour(dt.datetime.combine(day, grower.picks_until, tzinfo=local)) + treatment_h
    ready += problem.policy.handling_h
    origin = problem.place(batch.place_id).id
    for destination in sorted({problem.place(order.destination_id).id for order in orders}):
        served = [order for order in orders if problem.place(order.destination_id).id == destination]
        moments = [order.deliver_until_at for order in served]
        moments += [order.deliver_from_at for order in served if order.deliver_from_at is not None]
        moments += [order.due_at for order in served if order.due_at is not None]
        edges = sorted({network.hour(moment) for moment in moments})
        for journey in network.on_offer(origin, destination, start_h=start, ready_h=ready):
            outcomes = journey.outcomes(edges)
            for order in served:
                yield _judged(network, journey, outcomes, batch=batch, day=day, order=order)


def _judged(
    network: Network, journey: Journey, outcomes: Outcomes, *, batch: Batch, day: dt.date, order: Order
) -> Option:
    problem, crop, policy = network.problem, network.crop, network.problem.policy
    arrived = delivered(
        outcomes,
        from_h=None if order.deliver_from_at is None else network.hour(order.deliver_from_at),
        until_h=network.hour(order.deliver_until_at),
        waiting=speeds(crop, ambient(problem, order.destination_id)),
    )
    stage, age, good = stage_of(crop, batch), age_on(problem, batch, day), good_ages(problem, order)
    share = good_share(arrived, stage, age=age, good=good)
    parcel = parcel_share(arrived, stage, age=age, good=good, order=order, crop=crop)
    slack = min(share - policy.min_good_share, parcel - policy.min_parcel_good_share)
    return Option(
        order=order,
        batch=batch,
        day=day,
        departures=journey.planned,
        limited=journey.limited,
        good_share=share,
        parcel_good_share=parcel,
        per_kg_vnd=order.price_vnd_per_kg * share
        - order.loss_vnd_per_kg * (1 - share)
        - journey.cost_vnd_per_kg
        - _timing_vnd(network, outcomes, order),
        review_vnd=policy.review_cost_vnd * (1 - parcel),
        slack=min(slack, policy.max_safety_risk - arrived.unsafe) if crop.safety_cap else slack,
    )


def _timing_vnd(network: Network, outcomes: Outcomes, order: Order) -> float:
    """What waiting for the buyer and coming after the due time cost a kilogram, arrival by arrival [VND/kg]."""
    policy, until_h = network.problem.policy, network.hour(order.deliver_until_at)
    from_h = -math.inf if order.deliver_from_at is None else network.hour(order.deliver_from_at)
    due_h = until_h if order.due_at is None else network.hour(order.due_at)
    early_h = np.maximum(0.0, from_h - outcomes.arrive_h)
    late_h = np.clip(outcomes.arrive_h, due_h, until_h) - due_h
    days = np.array([outcomes.mass @ early_h, outcomes.mass @ late_h]) / 24
    return float(days @ [policy.earliness_cost_vnd_per_kg_day, policy.lateness_cost_vnd_per_kg_day])

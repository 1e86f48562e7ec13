"""Which problem a shipment's plan answers, for plans made in this process: kept as long as both are in use."""

from __future__ import annotations

import threading
import weakref

from harvest_planner.schema.plan import HarvestPlan, Shipment
from harvest_planner.schema.problem import PlanningProblem

_LOCK = threading.Lock()
_PAIRS: list[tuple[weakref.ref[HarvestPlan], weakref.ref[PlanningProblem]]] = []


def remember(plan: HarvestPlan, problem: PlanningProblem) -> HarvestPlan:
    """The plan, noted as the answer to the problem; neither is kept alive by it."""
    with _LOCK:
        _PAIRS[:] = [pair for pair in _PAIRS if pair[0]() is not None and pair[1]() is not None]
        _PAIRS.append((weakref.ref(plan), weakref.ref(problem)))
    return plan


def problem_of(shipment: Shipment) -> PlanningProblem | None:
    """The problem behind the youngest plan that holds this very shipment, or one equal to it; None: it is not known."""
    with _LOCK:
        pairs = [(plan(), problem()) for plan, problem in reversed(_PAIRS)]
    for same in (lambda one: one is shipment, lambda one: one == shipment):
        for plan, problem in pairs:
            if plan is not None and problem is not None and any(map(same, plan.shipments)):
                return problem
    return None

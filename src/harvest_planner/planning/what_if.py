"""`what_if_more`: what more of a scarce thing would bring, by planning again."""

from __future__ import annotations

import math
from typing import NamedTuple

from harvest_planner import catalogue
from harvest_planner.errors import UnknownIdError
from harvest_planner.planning.fingerprint import fingerprint
from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import Record
from harvest_planner.transit.estimate import lanes_of


class _Limit(NamedTuple):
    table: str
    field: str


_LIMITS = {
    "picker": _Limit("growers", "pick_capacity_kg_per_day"),
    "packing": _Limit("places", "packing_kg_per_day"),
    "departure": _Limit("lanes", "capacity_kg"),
    "batch": _Limit("batches", "quantity_kg"),
}


class WhatIf(Record):
    """What a plan with more of one thing is worth."""

    resource: str
    amount: float
    """How much more there is of it."""
    unit: str = "kg"
    value_vnd: float
    """Worth of the plan with more of it [VND]."""
    difference_vnd: float
    """How much that is above the plan without [VND]."""
    at_most_vnd: float
    """The difference between the best plans is proven to be no larger [VND]; it is the difference itself where both
    plans are optimal."""


def what_if_more(problem: PlanningProblem, *, resource: str, amount: float, plan: HarvestPlan | None = None) -> WhatIf:
    """What the plan would be worth with more of one thing, found by planning again.

    This is not price × amount: the price of `plan.shadow_prices` holds at the margin, for parts of orders and for the
    trips that are made. Fifty kilograms more may pay for another trip and bring more, or meet the next limit after ten
    and bring less.

    Parameters
    ----------
    problem : the question.
    resource : `picker:<grower_id>`, more a day on each day; `packing:<place_id>`, more a day on each day;
        `departure:<lane_id>`, more on each departure of the lane; `batch:<batch_id>`, more fruit of it.
    amount : how much more [kg].
    plan : the problem's plan, where it is made already; none: it is made first.

    Returns
    -------
    WhatIf
        The same for the same problem. What has no limit brings nothing more. The old plan is still a plan of the new
        problem, so the difference is never negative; with `policy.gap` above 0 either plan may be off by its gap.

    Raises
    ------
    ValueError : no such kind of resource, an amount that is not positive, or a plan of another problem.
    UnknownIdError : the problem has no such grower, place, lane or batch.

    Examples
    --------
    >>> import datetime as dt
    >>> import harvest_planner as hp
    >>> batch = hp.Batch(id="b1", grower_id="g1", crop_id="na-chi-lang", place_id="chi-lang", quantity_kg=50,
    ...                  stage_id="S2", observed_on=dt.date(2026, 8, 10))
    >>> order = hp.Order(id="o1", crop_id="na-chi-lang", quantity_kg=30, destination_id="ha-noi",
    ...                  deliver_until_at="2026-08-16T18:00:00+07:00", price_vnd_per_kg=60000)
    >>> problem = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00", batches=(batch,), orders=(order,),
    ...                              growers=(hp.Grower(id="g1", pick_capacity_kg_per_day=20),))
    >>> hp.what_if_more(problem, resource="picker:g1", amount=5).difference_vnd
    0.0
    >>> hp.what_if_more(problem, resource="picker:g1", amount=10).difference_vnd > 1_000_000
    True
    """
    if not (math.isfinite(amount) and amount > 0):
        raise ValueError(f"amount = {amount!r} must be positive kilograms")
    raised = _raised(problem, resource, amount)
    if plan is not None and plan.provenance.problem_sha256 != fingerprint(problem):
        raise ValueError("the plan is another problem's; give the problem's own plan, or none")
    now = plan_harvest(problem) if plan is None else plan
    then = now if raised is None else plan_harvest(raised, seed=now.provenance.seed)
    value = max(now.value_vnd, then.value_vnd)
    return WhatIf(
        resource=resource,
        amount=amount,
        value_vnd=value,
        difference_vnd=round(value - now.value_vnd, 2),
        at_most_vnd=0.0 if raised is None else round(max(value, then.bound_vnd) - now.value_vnd, 2),
    )


def _raised(problem: PlanningProblem, resource: str, amount: float) -> PlanningProblem | None:
    """The problem with more of it; None where it has no limit."""
    kind, _, name = resource.partition(":")
    if kind not in _LIMITS or not name:
        forms = "picker:<grower_id>, packing:<place_id>, departure:<lane_id>, batch:<batch_id>"
        raise ValueError(f"no resource {resource!r}; one of {forms}")
    table, field = _LIMITS[kind]
    own = _own_id(problem, kind, name)
    rows = [row for row in getattr(problem, table) if row.id == own]
    if not rows or getattr(rows[0], field) is None:
        return None
    more = rows[0].model_copy(update={field: getattr(rows[0], field) + amount})
    changed = tuple(more if row.id == own else row for row in getattr(problem, table))
    return problem.model_copy(update={table: changed})


def _own_id(problem: PlanningProblem, kind: str, name: str) -> str:
    """The id of what is named, checked to be the problem's."""
    if kind == "picker":
        return problem.grower(name).id
    if kind == "packing":
        return problem.place(name).id
    if kind == "batch":
        return problem.batch(name).id
    known = [lane.id for lane in lanes_of(problem)]
    if name not in known:
        raise UnknownIdError("lane", name, catalogue.nearest(name, known))
    return name
